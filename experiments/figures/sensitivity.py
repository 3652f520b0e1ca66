"""Sensitivity: which factors matter: tornado, Morris' plane, and Sobol' bars."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from experiments.figures.canvas import (
    Drawing,
    amount,
    canvas,
    digits_for,
    legend_of,
    lines_of,
    needed,
    percent_of,
    short,
    signed_axis,
    styled,
    text_of,
    with_interval,
)
from experiments.figures.style import COLOURS, INK, QUIET, RULE

TORNADO = (
    "factor", "label", "low_value", "high_value", "effect_low", "low_low", "low_high",
    "effect_high", "high_low", "high_high",
)  # fmt: skip
INDICES = ("factor", "label", "index", "value", "low", "high", "runs")
MOST_BARS = 20
NAMED = 12
"""Factors named in Morris' plane; the others are dots."""

LUCK = "luck"
"""Stands as the factor of what chance alone decides."""


@styled
def tornado(
    table: pd.DataFrame, *, outcome: str, title: str = "", share: bool = False,
    against: str = "the base",
) -> Drawing:  # fmt: skip
    """Draw what each factor changes at its low and its high value, against the base.

    Args:
        table: columns of `TORNADO`; effects are differences from the base, with 95 % intervals.
        outcome: label of what is changed.
        title: title; default: says what it shows.
        share: whether the outcome is a share of runs: differences in percentage points.
        against: what effects are differences from.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, TORNADO, "a tornado")
    size = table[["effect_low", "effect_high"]].abs().max(axis=1).fillna(0.0)
    order = table.assign(_size=size).sort_values("_size", ascending=False, kind="stable")
    shown, left = order.head(MOST_BARS), max(0, len(order) - MOST_BARS)
    unit = " (percentage points)" if share else ""
    note = f"Bars: change against {against}; thin lines: 95 % interval."
    note += f" The {left} smallest are not shown." if left else ""
    figure, axes = canvas(
        0.8 + 0.34 * len(shown), title=title or f"What moves {outcome}", note=note
    )
    plot: Axes = axes[0, 0]
    factor = 100.0 if share else 1.0
    for row, line in enumerate(shown.to_dict("records")):
        for side, colour in (("low", COLOURS[1]), ("high", COLOURS[0])):
            effect = factor * float(line[f"effect_{side}"])
            ends = [factor * float(line[f"{side}_{end}"]) for end in ("low", "high")]
            if math.isnan(effect):
                continue
            up = row - 0.19 if side == "high" else row + 0.19
            plot.barh(up, effect, height=0.34, color=colour, linewidth=0)
            plot.hlines(up, ends[0], ends[1], color=INK, linewidth=1.0)
            _value_at_end(plot, line[f"{side}_value"], effect, ends, up)
    names = [lines_of(str(label), 28) for label in shown["label"]]
    plot.set_yticks(range(len(shown)), names, color=INK)
    plot.set_ylim(len(shown) - 0.4, -0.6)
    intervals = [n for n in TORNADO if n.startswith(("effect", "low_l", "low_h", "high_l"))]
    far = float(np.nanmax(np.abs(shown[[*intervals, "high_high"]].drop(
        columns="low_value", errors="ignore").to_numpy(dtype=float)), initial=0.0))  # fmt: skip
    signed_axis(plot, "x", 1.25 * factor * far)
    plot.axvline(0, color=INK, linewidth=0.9)
    plot.grid(axis="x")
    plot.grid(visible=False, axis="y")
    plot.spines["left"].set_visible(False)
    plot.set_xlabel(f"change of {outcome}{unit}")
    return figure, _tornado_words(shown, outcome, factor, against)


def _value_at_end(plot: Axes, value: Any, effect: float, ends: list[float], up: float) -> None:
    """Write which value a bar stands for beyond its end."""
    known = [end for end in (*ends, effect) if math.isfinite(end)]
    right = effect >= 0
    at = max(known) if right else min(known)
    plot.annotate(
        text_of(value), xy=(max(at, 0.0) if right else min(at, 0.0), up),
        xytext=(4 if right else -4, 0), textcoords="offset points", va="center",
        ha="left" if right else "right", fontsize=7, color=QUIET,
    )  # fmt: skip


def _tornado_words(shown: pd.DataFrame, outcome: str, factor: float, against: str) -> str:
    effects = shown[["effect_low", "effect_high"]].to_numpy(dtype=float).ravel() * factor
    digits = digits_for(effects)
    parts = []
    for line in shown.to_dict("records"):
        sides = [
            f"{text_of(line[f'{side}_value'])}: "
            + with_interval(
                factor * float(line[f"effect_{side}"]), factor * float(line[f"{side}_low"]),
                factor * float(line[f"{side}_high"]), signed=True, digits=digits,
            )
            for side in ("low", "high")
        ]  # fmt: skip
        parts.append(f"{line['label']} at {', at '.join(sides)}")
    return (
        f"Tornado: change of {outcome} against {against}, largest first, with 95 % intervals. "
        f"{'; '.join(parts)}."
    )


# -------------------------------------------------------------------------------------- Morris


@styled
def morris(table: pd.DataFrame, *, outcome: str, title: str = "") -> Drawing:
    """Draw Morris' plane: how much each factor matters, and how unevenly.

    Args:
        table: columns of `INDICES` with index "mu_star" and "sigma".
        outcome: label of what is changed.
        title: title; default: says what it shows.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, INDICES, "Morris' plane")
    wide = _wide(table, ("mu_star", "sigma"))
    needed(wide, ("mu_star", "sigma"), "Morris' plane")
    note = (
        "To the right: matters more (bars: 95 % interval). Up: its effect depends on the other "
        "factors, is uneven, or is luck. Below the lower line an effect is nearly straight; above "
        "the upper one it is more uneven than large."
    )
    figure, axes = canvas(3.7, title=title or f"What moves {outcome}: Morris", note=note)
    plot: Axes = axes[0, 0]
    x, y = wide["mu_star"].to_numpy(dtype=float), wide["sigma"].to_numpy(dtype=float)
    ends = wide[["mu_star_low", "mu_star_high"]].to_numpy(dtype=float)
    far = float(np.nanmax(np.concatenate([x, ends[:, 1]]), initial=0.0)) or 1.0
    tall = float(np.nanmax(y, initial=0.0)) or 1.0
    plot.set(xlim=(-0.02 * far, 1.3 * far), ylim=(-0.03 * tall, 1.18 * tall))
    for slope in (0.1, 1.0):
        plot.plot([0, 2 * far], [0, 2 * slope * far], color="#B9B9B9", linewidth=0.9, zorder=0)
        _along(plot, slope, far, tall)
    plot.hlines(y, np.maximum(ends[:, 0], 0.0), ends[:, 1], color=COLOURS[0], linewidth=1.1,
                alpha=0.7)  # fmt: skip
    plot.plot(x, y, "o", color=COLOURS[0], markersize=5, markeredgecolor="white", zorder=3)
    plot.grid(axis="both")
    plot.set_xlabel("mean of |elementary effects| (mu*)")
    plot.set_ylabel("their spread (sigma)")
    top = wide.head(NAMED)
    points = list(zip(top["mu_star"], top["sigma"], top["label"], strict=True))
    _name_points(figure, plot, points, [(a, b, c) for (a, b), c in zip(ends, y, strict=True)])
    return figure, _morris_words(wide, outcome)


def _along(plot: Axes, slope: float, far: float, tall: float) -> None:
    """Write beside a guide line what ratio it stands for, where it leaves the plane."""
    end = min(1.3 * far, 1.18 * tall / slope)
    plot.annotate(
        f"sigma = {slope:g} mu*" if slope != 1 else "sigma = mu*", xy=(end, slope * end),
        xytext=(-3, -3 if slope >= 1 else 3), textcoords="offset points", ha="right",
        va="top" if slope >= 1 else "bottom", fontsize=6.8, color=QUIET,
    )  # fmt: skip


def _name_points(
    figure: Figure,
    plot: Axes,
    points: list[tuple[float, float, str]],
    bars: list[tuple[float, float, float]],
) -> None:
    """Name points where their names touch neither each other nor a point or its interval."""
    figure.draw_without_rendering()
    scale = figure.dpi / 72.0
    dots = [plot.transData.transform((x, y)) for x, y, _ in points]
    taken = [Bbox.from_bounds(d[0] - 4 * scale, d[1] - 4 * scale, 8 * scale, 8 * scale)
             for d in dots]  # fmt: skip
    for low, high, y in bars:
        if not math.isnan(low + high):
            ends = plot.transData.transform([(max(low, 0.0), y), (high, y)])
            taken.append(Bbox([ends[0] - scale, ends[1] + scale]))
    frame = plot.get_window_extent()
    places = [(8, 0, "left"), (0, 9, "left"), (0, -9, "left"), (-8, 0, "right"), (-6, 9, "right"),
              (-6, -9, "right"), (6, 18, "left"), (6, -18, "left"), (-6, 18, "right"),
              (-6, -18, "right"), (8, 28, "left"), (8, -28, "left")]  # fmt: skip
    for x, y, name in points:
        for across, up, side in places:
            label: Annotation = plot.annotate(
                short(str(name), 34), xy=(x, y), xytext=(across, up), textcoords="offset points",
                ha=side, va="center", fontsize=7.5, color=INK,
                arrowprops={"arrowstyle": "-", "color": "#B9B9B9", "linewidth": 0.6,
                            "shrinkB": 3} if abs(up) > 12 else None,
            )  # fmt: skip
            label.set_in_layout(False)
            box = label.get_window_extent()
            inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 + 2 and box.y1 <= frame.y1
            if inside and box.y0 >= frame.y0 and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            label.remove()


def _morris_words(wide: pd.DataFrame, outcome: str) -> str:
    digits = digits_for(wide["mu_star"])
    parts = [
        f"{line['label']}: mu* "
        + with_interval(
            float(line["mu_star"]), float(line["mu_star_low"]), float(line["mu_star_high"]),
            digits=digits,
        )
        + f", sigma {amount(float(line['sigma']), digits)}"
        for line in wide.to_dict("records")
    ]  # fmt: skip
    return f"Morris' elementary effects on {outcome}, largest first. {'; '.join(parts)}."


# -------------------------------------------------------------------------------------- Sobol'


@styled
def sobol(
    table: pd.DataFrame, *, outcome: str, luck: float | None = None, title: str = ""
) -> Drawing:
    """Draw the share of variance that each factor decides, alone and with the others.

    Args:
        table: columns of `INDICES` with index "S1" (alone) and "ST" (with all interactions); a row
            whose factor is "luck" is what chance decides.
        outcome: label of what varies.
        luck: share of the variance that chance alone decides, where no row says so.
        title: title; default: says what it shows.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, INDICES, "Sobol' bars")
    chance = table[table["factor"] == LUCK]
    wide = _wide(table[table["factor"] != LUCK], ("ST", "S1"))
    needed(wide, ("ST", "S1"), "Sobol' bars")
    if luck is None and not chance.empty:
        luck = float(chance["value"].iloc[0])
    shown, left = wide.head(MOST_BARS), max(0, len(wide) - MOST_BARS)
    note = "Thin lines: 95 % interval; below nought means too few runs to tell from none."
    note += f" The {left} smallest are not shown." if left else ""
    rows = len(shown) + (luck is not None)
    figure, axes = canvas(
        1.1 + 0.4 * rows,
        title=title or f"What decides {outcome}: shares of variance",
        note=note,
        legend=True,
    )
    plot: Axes = axes[0, 0]
    for index, label, colour, shift in (
        ("ST", "with all interactions (ST)", COLOURS[0], -0.19),
        ("S1", "alone (S1)", "#7FB8DE", 0.19),
    ):
        places = np.arange(len(shown)) + shift
        values = shown[index].to_numpy(dtype=float)
        plot.barh(places, values, height=0.34, color=colour, linewidth=0, label=label)
        plot.hlines(places, shown[f"{index}_low"], shown[f"{index}_high"], color=INK, linewidth=1)
    for place in np.flatnonzero(shown[["ST", "S1"]].isna().all(axis=1)):
        plot.text(0.01, float(place), "cannot be told", va="center", fontsize=7.5, color=QUIET)
    names = [lines_of(str(label), 28) for label in shown["label"]]
    if luck is not None:
        plot.barh(len(shown), luck, height=0.34, color=COLOURS[4], linewidth=0, label="luck")
        names.append("luck alone")
    plot.set_yticks(range(rows), names, color=INK)
    plot.set_ylim(rows - 0.4, -0.6)
    ends = shown[["ST", "S1", "ST_low", "S1_low", "ST_high", "S1_high"]].to_numpy(dtype=float)
    top = max(1.0, float(np.nanmax(ends, initial=1.0)))
    plot.set_xlim(min(0.0, 1.05 * float(np.nanmin(ends, initial=0.0))), top)
    plot.axvline(0, color=INK, linewidth=0.9)
    plot.grid(axis="x", color=RULE)
    plot.grid(visible=False, axis="y")
    plot.spines["left"].set_visible(False)
    plot.set_xlabel(f"share of the variance of {outcome}")
    legend_of(figure, plot, 3)
    return figure, _sobol_words(shown, outcome, luck)


def _sobol_words(shown: pd.DataFrame, outcome: str, luck: float | None) -> str:
    parts = [
        f"{line['label']}: ST "
        + with_interval(*(float(line[n]) for n in ("ST", "ST_low", "ST_high")), digits=2)
        + ", S1 "
        + with_interval(*(float(line[n]) for n in ("S1", "S1_low", "S1_high")), digits=2)
        for line in shown.to_dict("records")
    ]
    text = f"Sobol' indices of {outcome}, largest first. {'; '.join(parts)}."
    return text if luck is None else f"{text} Luck alone: {percent_of(luck)} of the variance."


def _wide(table: pd.DataFrame, indices: tuple[str, str]) -> pd.DataFrame:
    """Return a row a factor: each index with its interval beside it, the largest first."""
    own = table[table["index"].isin(indices)]
    rows: dict[str, dict[str, Any]] = {}
    for line in own.to_dict("records"):
        row = rows.setdefault(str(line["factor"]), {"label": line["label"]})
        name = line["index"]
        row |= {name: line["value"], f"{name}_low": line["low"], f"{name}_high": line["high"]}
    ends = [f"{name}{end}" for name in indices for end in ("", "_low", "_high")]
    wide = pd.DataFrame(list(rows.values()), columns=["label", *ends])
    return wide.sort_values(indices[0], ascending=False, kind="stable", ignore_index=True)
