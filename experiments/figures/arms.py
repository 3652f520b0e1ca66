"""Arms beside each other: differences, small multiples over a factor, and distributions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.figures.canvas import (
    Drawing,
    canvas,
    digits_for,
    in_order,
    legend_of,
    lines_of,
    needed,
    percent_axis,
    percent_of,
    signed_axis,
    styled,
    text_of,
    with_interval,
)
from experiments.figures.style import COLOURS, INK, QUIET, RULE, look
from experiments.statistics import wilson

FOREST = ("label", "value", "low", "high", "pairs")
MULTIPLES = ("panel", "x", "arm", "value", "low", "high", "pairs")
MOST_ROWS = 30
MOST_DOTS = 600
"""Runs of an arm beyond which they are drawn as heights."""


@styled
def forest(
    table: pd.DataFrame, *, what: str, title: str = "", unit: str = "", share: bool = False
) -> Drawing:
    """Draw paired differences with their intervals, one below the other.

    Args:
        table: columns of `FOREST`: what is compared, the mean paired difference, its 95 % interval,
            and from how many pairs it comes.
        what: label of the difference.
        title: title; default: the label.
        unit: unit of the difference.
        share: whether it is a difference of shares: told in percentage points.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, FOREST, "paired differences")
    factor, unit = (100.0, "percentage points") if share else (1.0, unit)
    shown = table.head(MOST_ROWS).assign(
        **{n: factor * table[n].astype(float) for n in ("value", "low", "high")}
    )
    left = len(table) - len(shown)
    note = "Dots: mean paired difference; lines: 95 % interval. A line across nought: too few "
    note += "pairs to tell the direction."
    note += f" {left} more are not shown." if left else ""
    figure, axes = canvas(0.75 + 0.33 * len(shown), title=title or what, note=note)
    plot: Axes = axes[0, 0]
    values, low, high = (shown[n].to_numpy() for n in ("value", "low", "high"))
    places = np.arange(len(shown))
    clear = (low > 0) | (high < 0)
    plot.axvline(0, color=INK, linewidth=0.9)
    plot.hlines(places, low, high, color=COLOURS[0], linewidth=1.6)
    for is_clear, fill in ((True, COLOURS[0]), (False, "white")):
        own = clear == is_clear
        plot.plot(values[own], places[own], "o", color=COLOURS[0], markerfacecolor=fill,
                  markersize=6, zorder=3)  # fmt: skip
    digits = digits_for(np.concatenate([values, low, high]))
    for place, line in zip(places, shown.to_dict("records"), strict=True):
        told = with_interval(line["value"], line["low"], line["high"], signed=True, digits=digits)
        plot.annotate(
            f"{told}  n = {int(line['pairs'])}", xy=(1.0, place),
            xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=7.5, color=INK, annotation_clip=False,
        )  # fmt: skip
    plot.set_yticks(places, [lines_of(str(n), 26) for n in shown["label"]], color=INK)
    plot.set_ylim(len(shown) - 0.5, -0.5)
    signed_axis(plot, "x", float(np.nanmax(np.abs([values, low, high]), initial=0.0)))
    plot.locator_params(axis="x", nbins=5)
    plot.grid(axis="x", color=RULE)
    plot.grid(visible=False, axis="y")
    plot.spines["left"].set_visible(False)
    plot.set_xlabel(f"{what} ({unit})" if unit and unit != "1" else what)
    return figure, _forest_words(shown, what, unit, digits)


def _forest_words(shown: pd.DataFrame, what: str, unit: str, digits: int) -> str:
    parts = [
        f"{line['label']}: "
        + with_interval(line["value"], line["low"], line["high"], signed=True, digits=digits)
        for line in shown.to_dict("records")
    ]
    told = f" in {unit}" if unit and unit != "1" else ""
    return f"Paired differences, {what}{told}, with 95 % intervals. {'; '.join(parts)}."


# --------------------------------------------------------------------------- small multiples


@styled
def small_multiples(
    table: pd.DataFrame,
    *,
    x: str,
    value: str,
    panel: str = "",
    title: str = "",
    share: bool = False,
    labels: Mapping[str, str] | None = None,
    own_axes: bool = False,
) -> Drawing:
    """Draw a value over one factor, a line an arm, in a small chart for each value of another.

    Args:
        table: columns of `MULTIPLES`; a row a point of a line.
        x: label of the factor that runs across.
        value: label of what is shown.
        panel: label of the factor that the charts are for.
        title: title; default: says what it shows.
        share: whether values are shares of runs.
        labels: what arms are called.
        own_axes: whether each chart is for another factor, named by the column panel, and has its
            own axis across.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, MULTIPLES, "small multiples")
    panels, arms = in_order(table["panel"])[:9], in_order(table["arm"])
    across = 2 if len(panels) == 4 else min(3, len(panels))
    down = -(-len(panels) // across)
    figure, axes = canvas(
        2.1 * down + 0.35, title=title or f"{value} by {x}", rows=down, columns=across,
        note=f"Bars: 95 % interval. {_pairs(table)} runs a point.",
        sharex=not own_axes, sharey=True, legend=len(arms) > 1,
    )  # fmt: skip
    for place, plot in enumerate(axes.flat):
        if place >= len(panels):
            plot.set_axis_off()
            continue
        own = table[table["panel"] == panels[place]]
        levels = in_order((own if own_axes else table)["x"])
        numeric = all(_is_number(v) for v in levels)
        for n, arm in enumerate(arms):
            name = (labels or {}).get(str(arm), str(arm))
            _line(plot, own[own["arm"] == arm], levels, numeric, n, name)
        head = text_of(panels[place])
        plot.set_title(lines_of(f"{panel}: {head}" if panel else head, 76 // across), fontsize=8.5)
        if numeric:
            plot.locator_params(axis="x", nbins=5)
        if not share:
            plot.axhline(0, color=QUIET, linewidth=0.8)
        if not numeric:
            letters = max(5, 42 // (across * len(levels)))
            names = [lines_of(text_of(v), max(letters, 7), 3) for v in levels]
            plot.set_xticks(range(len(levels)), names, fontsize=7.5)
            plot.margins(x=0.12)
    _value_axis(axes[0, 0], table, share)
    figure.supylabel(lines_of(value, 26 * min(down, 2), 2), fontsize=8.5, color=QUIET)
    for plot in axes.flat[max(0, len(panels) - across) : len(panels)]:
        plot.set_xlabel("" if own_axes else lines_of(x, 70 // across))
        plot.tick_params(labelbottom=True)
    if len(arms) > 1:
        legend_of(figure, axes[0, 0], min(len(arms), 4))
    return figure, _multiples_words(table, x, value, panel, share)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)


def _line(
    plot: Axes, own: pd.DataFrame, levels: list[Any], numeric: bool, place: int, label: str
) -> None:
    style = look(place)
    own = own.assign(_order=[levels.index(v) for v in own["x"]]).sort_values("_order")
    at = own["x" if numeric else "_order"].to_numpy(dtype=float)
    at = at + 0.008 * place * (float(np.ptp(at)) or 1.0)  # so that equal arms are both seen
    plot.vlines(at, own["low"], own["high"], color=style.colour, linewidth=1.2, alpha=0.6)
    plot.plot(at, own["value"], color=style.colour, linestyle=style.dashes, marker="o",
              markersize=3.5, linewidth=1.4, label=label)  # fmt: skip


def _value_axis(plot: Axes, table: pd.DataFrame, share: bool) -> None:
    """Let the axis of values hold nought."""
    if share:
        percent_axis(plot)
        return
    ends = table[["value", "low", "high"]].to_numpy(dtype=float)
    low = min(0.0, float(np.nanmin(ends, initial=0.0)))
    high = max(0.0, float(np.nanmax(ends, initial=0.0)))
    room = 0.06 * ((high - low) or 1.0)
    plot.set_ylim(low - room * (low < 0), high + room * (high > 0))


def _pairs(table: pd.DataFrame) -> str:
    least, most = int(table["pairs"].min()), int(table["pairs"].max())
    return str(least) if least == most else f"{least} to {most}"


def _multiples_words(table: pd.DataFrame, x: str, value: str, panel: str, share: bool) -> str:
    digits = digits_for(table["value"])
    parts = []
    for (head, arm), own in table.groupby(["panel", "arm"], sort=False):
        levels = in_order(own["x"])
        own = own.set_index("x")
        ends = [
            f"{text_of(level)}: "
            + with_interval(*(float(own.loc[level, n]) for n in ("value", "low", "high")),
                            share=share, digits=digits)
            for level in dict.fromkeys((levels[0], levels[-1]))
        ]  # fmt: skip
        where = " and ".join(t for t in (f"{panel} {text_of(head)}".strip(), str(arm)) if t)
        parts.append(f"{where}: {x} {', '.join(ends)}")
    return f"Small charts of {value} by {x}. {'; '.join(parts)}."


# ------------------------------------------------------------------------------ distributions


@styled
def distribution(
    table: pd.DataFrame,
    *,
    what: str,
    title: str = "",
    mark: tuple[float, str] | None = None,
    unit_range: bool = False,
) -> Drawing:
    """Draw every run of every arm, so that two kinds of outcome are seen as two.

    Args:
        table: columns arm and value; a row a run. Where a column point says that runs stand for
            different settings, shares are counted without an interval: the runs share their luck.
        what: label of the value.
        title: title; default: the label.
        mark: a value that divides the runs, and the words for those at or above it; the share of
            them is told with Wilson's interval.
        unit_range: whether to show the values from 0 to 1.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, ("arm", "value"), "distributions")
    arms = in_order(table["arm"])[:12]
    known = table["value"].dropna().astype(float)
    low, high = (0.0, 1.0) if unit_range else _span(known, mark)
    most = int(table.groupby("arm")["value"].count().max())
    each = "Each dot is a run; where dots would cover each other they are stacked."
    note = each if most <= MOST_DOTS else "Heights: how many runs."
    note += " Bars: middle 90 % and 50 % of runs, with the median; where runs fall into two kinds "
    note += "it stands for neither."
    figure, axes = canvas(
        0.6 + 0.78 * len(arms), title=title or what, note=note, rows=len(arms), sharex=True
    )
    told = []
    mixed = "point" in table and table["point"].nunique() > 1
    for plot, arm in zip(axes[:, 0], arms, strict=True):
        values = np.sort(table.loc[table["arm"] == arm, "value"].dropna().to_numpy(dtype=float))
        _dots(plot, values, low, high)
        words = _share_words(values, mark, mixed)
        told.append(f"{arm or 'all runs'}: {_summary_words(values)}" + (words and f", {words}"))
        plot.set_title(
            " – ".join(t for t in (lines_of(str(arm), 60, 1), words) if t), fontsize=8.3,
            fontweight="normal", color=INK, pad=2,
        )  # fmt: skip
        if mark is not None:
            plot.axvline(mark[0], color=COLOURS[1], linewidth=1.0, linestyle=(0, (2, 2)))
        plot.set(xlim=(low, high), ylim=(-0.55, 1.05), yticks=[])
        plot.spines["left"].set_visible(False)
        plot.grid(axis="x")
    axes[-1, 0].set_xlabel(what)
    return figure, f"Distribution of {what}, run by run. {'; '.join(told)}."


def _span(known: pd.Series[float], mark: tuple[float, str] | None) -> tuple[float, float]:
    values = [*known, *([mark[0]] if mark else []), 0.0]
    low, high = min(values), max(values)
    room = 0.04 * ((high - low) or 1.0)
    return low - room, high + room


def _dots(plot: Axes, values: np.ndarray, low: float, high: float) -> None:
    """Stack a dot a run above the line, and draw the quantiles beneath it."""
    if not len(values):
        plot.text(0.5, 0.4, "no run that tells", transform=plot.transAxes, color=QUIET)
        return
    bins = 90
    cell = np.clip(((values - low) / (high - low) * bins).astype(int), 0, bins - 1)
    if len(values) > MOST_DOTS:
        count = np.bincount(cell, minlength=bins)
        edges = np.linspace(low, high, bins + 1)
        plot.stairs(count / count.max(), edges, fill=True, color=COLOURS[0], alpha=0.75)
    else:
        _stack(plot, cell, low, (high - low) / bins)
    q05, q25, q50, q75, q95 = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
    plot.hlines(-0.3, q05, q95, color=INK, linewidth=1.0)
    plot.hlines(-0.3, q25, q75, color=INK, linewidth=4.0)
    plot.plot([q50], [-0.3], "o", color="white", markeredgecolor=INK, markersize=5)


def _stack(plot: Axes, cell: np.ndarray, low: float, width: float) -> None:
    """Draw a dot a run, those of one cell on top of each other."""
    rank = np.zeros(len(cell))
    for at in np.unique(cell):
        rank[cell == at] = np.arange((cell == at).sum())
    step = min(0.17, 0.95 / max(float(rank.max()), 1.0))
    plot.plot(low + (cell + 0.5) * width, rank * step + 0.03, "o", color=COLOURS[0],
              markersize=3.6 if len(cell) <= 200 else 2.2, markeredgewidth=0,
              alpha=0.75)  # fmt: skip


def _share_words(values: np.ndarray, mark: tuple[float, str] | None, mixed: bool) -> str:
    if mark is None or not len(values):
        return ""
    share = wilson(int((values >= mark[0]).sum()), len(values))
    if mixed:
        return f"{mark[1]}: {share.successes} of {share.n} runs"
    told = with_interval(share.share, share.low, share.high, share=True)
    return f"{mark[1]}: {told} of {share.n} runs"


def _summary_words(values: np.ndarray) -> str:
    if not len(values):
        return "no run that tells"
    digits = max(2, digits_for(values)) if math.isfinite(float(values[0])) else 2
    q05, q50, q95 = (float(q) for q in np.quantile(values, (0.05, 0.5, 0.95)))
    return (
        f"{len(values)} runs, median {q50:.{digits}f}, middle {percent_of(0.9)} "
        f"{q05:.{digits}f} to {q95:.{digits}f}"
    ).replace("-", "−")
