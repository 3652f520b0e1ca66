"""Strength–duration curve: how long a push has to last, the stronger it is."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.figures.canvas import (
    Drawing,
    canvas,
    legend_of,
    needed,
    percent_of,
    styled,
    text_of,
)
from experiments.figures.heat_map import SHADES
from experiments.figures.style import QUIET, look

CURVE = ("lever", "value", "share", "duration", "low", "high", "pairs")
POINTS = ("value", "duration", "pairs", "sustained", "share", "low", "high")
MARKERS = ("o", "s", "^", "D")


@styled
def strength_duration(
    curve: pd.DataFrame,
    points: pd.DataFrame | None = None,
    *,
    lever: str = "",
    push: str = "months of push",
    reach: float = 120.0,
    money: bool = False,
    title: str = "",
) -> Drawing:
    """Draw the shortest sustained push for each strength.

    Args:
        curve: columns lever, value, share (.5, .9), duration (nan: none within reach), low, high,
            pairs; a row a value and share. low or high nan: the interval is open on that side.
        points: the durations tried: columns value, duration, pairs, sustained, share, low, high.
        lever: label of the lever; default: its name in the table.
        push: label of the push that has to be long enough.
        reach: longest push that was tried.
        money: whether to draw lines along which strength × duration, and so the money, is equal.
        title: title; default: says what it shows.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(curve, CURVE, "a strength–duration curve")
    lever = lever or str(curve["lever"].iloc[0])
    shares = sorted(curve["share"].unique())
    tried = points is not None and not points.empty
    figure, axes = canvas(
        3.5,
        title=title or f"Least push that is enough, by {lever}",
        note=_note(curve, reach, tried, money),
        legend=True,
    )
    plot: Axes = axes[0, 0]
    values = curve["value"].astype(float)
    span = float(values.max() - values.min()) or max(abs(float(values.max())), 1.0)
    low, high = float(values.min()) - 0.08 * span, float(values.max()) + 0.08 * span
    plot.set_xlim(min(low, 0.0) if 0 < values.min() <= 0.35 * values.max() else low, high)
    plot.set_ylim(0.0, reach * 1.16)
    if money:
        _equal_money(plot, curve, reach)
    if tried and points is not None:
        _tried(plot, points)
    for place, share in enumerate(shares):
        own = curve[curve["share"] == share].sort_values("value")
        _draw(plot, own, place, span, reach, f"enough in {percent_of(float(share))} of pairs")
    plot.axhline(reach, color=QUIET, linewidth=0.8, linestyle=(0, (2, 2)))
    plot.set(xlabel=lever, ylabel=push)
    plot.set_yticks(list(range(0, int(reach) + 1, _step(reach))))
    legend_of(figure, plot, len(shares) + 1)
    return figure, _words(curve, lever, push, reach)


def _step(reach: float) -> int:
    return next((s for s in (2, 6, 12, 24, 60) if reach / s <= 6), 120)


def _draw(plot: Axes, own: pd.DataFrame, place: int, span: float, reach: float, label: str) -> None:
    """Draw one curve, its intervals, and arrows where no push within reach suffices."""
    style, shift = look(place), (place - 0.5) * 0.012 * span
    x = own["value"].to_numpy(dtype=float) + shift
    y = own["duration"].to_numpy(dtype=float)
    low, high = own["low"].to_numpy(dtype=float), own["high"].to_numpy(dtype=float)
    known = ~np.isnan(y)
    bottom = np.where(np.isnan(low), 0.0, low)
    top = np.where(np.isnan(high) | (high > reach), reach, high)
    plot.vlines(x[known], bottom[known], top[known], color=style.colour, linewidth=1.3, alpha=0.7)
    open_ended = known & (np.isnan(high) | (high > reach))
    plot.plot(x[open_ended], top[open_ended], "^", color=style.colour, markersize=4)
    plot.plot(
        x, y, color=style.colour, linestyle=style.dashes, marker=MARKERS[place % len(MARKERS)],
        markersize=5.5, markeredgecolor="white", label=label, zorder=3,
    )  # fmt: skip
    for at, duration, least in zip(x, y, low, strict=True):
        if not math.isnan(duration):
            continue
        if math.isfinite(least):
            plot.vlines(at, least, reach, color=style.colour, linewidth=1.3, alpha=0.7)
        plot.annotate(
            "", xy=(at, reach * (1.14 - 0.02 * place)), xytext=(at, reach * 1.01),
            arrowprops={"arrowstyle": "-|>", "color": style.colour, "linewidth": 1.6},
        )  # fmt: skip


def _tried(plot: Axes, points: pd.DataFrame) -> None:
    """Show every duration that was tried as a ring, darker the more of its pairs were sustained."""
    needed(points, POINTS, "the points of a strength–duration curve")
    plot.scatter(
        points["value"], points["duration"], c=points["share"], cmap=SHADES, vmin=0, vmax=1,
        s=26, marker="o", edgecolors="#9A9A9A", linewidths=0.5, zorder=1,
        label="tried (darker: enough in more)",
    )  # fmt: skip


def _equal_money(plot: Axes, curve: pd.DataFrame, reach: float) -> None:
    """Draw lines of equal strength × duration through the range of the curve."""
    left, right = plot.get_xlim()
    strengths = np.linspace(max(left, 1e-3 * right), right, 200)
    biggest = right * reach
    for part in (0.125, 0.25, 0.5):
        months = part * biggest / strengths
        shown = months <= reach
        plot.plot(strengths[shown], months[shown], color="#B9B9B9", linewidth=0.9, zorder=0)
        plot.annotate(
            text_of(float(f"{part * biggest:.2g}")), xy=(strengths[-1], months[-1]),
            xytext=(-3, 3), textcoords="offset points", ha="right", fontsize=7, color=QUIET,
        )  # fmt: skip


def _note(curve: pd.DataFrame, reach: float, tried: bool, money: bool) -> str:
    pairs = curve["pairs"].dropna()
    parts = ["Bars: 95 % interval."]
    if len(pairs):
        least, most = int(pairs.min()), int(pairs.max())
        parts.append(f"{least if least == most else f'{least} to {most}'} pairs of runs a value.")
    if curve["duration"].isna().any():
        parts.append(f"Arrows: none up to {text_of(reach)} is enough.")
    if money:
        parts.append("Grey: equal strength × duration.")
    return " ".join(parts)


def _words(curve: pd.DataFrame, lever: str, push: str, reach: float) -> str:
    text = f"Strength–duration curve: least {push} that is enough, for each {lever}."
    for share in sorted(curve["share"].unique()):
        parts = []
        for row in curve[curve["share"] == share].sort_values("value").itertuples():
            duration, low, high = (float(str(v)) for v in (row.duration, row.low, row.high))
            told = f"none up to {text_of(reach)}"
            if not math.isnan(duration):
                ends = [text_of(low) if math.isfinite(low) else "0"]
                ends.append(text_of(high) if math.isfinite(high) else "open")
                told = f"{text_of(duration)} ({' to '.join(ends)})"
            parts.append(f"{text_of(row.value)}: {told}")
        text += f" Enough in {percent_of(float(share))} of pairs: {'; '.join(parts)}."
    return text
