"""Discovery: the box in which an outcome happens, and how it was peeled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.figures.canvas import (
    Drawing,
    canvas,
    lines_of,
    needed,
    percent_axis,
    percent_of,
    styled,
    text_of,
)
from experiments.figures.heat_map import SHADES
from experiments.figures.style import COLOURS, INK, QUIET, RULE

BOX = ("factor", "label", "low", "high", "least", "most")
PEELING = ("step", "coverage", "density")
"""step may be left out: then it is the row's number, from 0."""


@styled
def box_limits(
    table: pd.DataFrame,
    *,
    what: str,
    density: float = math.nan,
    coverage: float = math.nan,
    title: str = "",
) -> Drawing:
    """Draw the limits of a box, each factor on its own range.

    Args:
        table: columns of `BOX`: the limits of the box (nan: not limited there), and the least and
            most value that was tried.
        what: what happens in the box, as "the gain is sustained".
        density: share of the runs in the box in which it happens.
        coverage: share of all runs in which it happens that lie in the box.
        title: title; default: says what it shows.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, BOX, "the limits of a box")
    known = [f"{percent_of(density)} of the runs in the box"] if math.isfinite(density) else []
    if math.isfinite(coverage):
        known.append(f"the box holds {percent_of(coverage)} of all runs in which it is so")
    told = f"It is so in {'; '.join(known)}. " if math.isfinite(density) else ""
    figure, axes = canvas(
        0.5 + 0.44 * len(table), title=title or f"Where {what}",
        note=f"{told}Thin lines: the range tried; thick: the box.",
    )  # fmt: skip
    plot: Axes = axes[0, 0]
    words = []
    for row, line in enumerate(table.to_dict("records")):
        least, most = float(line["least"]), float(line["most"])
        width = (most - least) or 1.0
        low = least if math.isnan(float(line["low"])) else max(float(line["low"]), least)
        high = most if math.isnan(float(line["high"])) else min(float(line["high"]), most)
        a, b = (low - least) / width, (high - least) / width
        plot.hlines(row, 0, 1, color="#B9B9B9", linewidth=1.4)
        plot.hlines(row, a, b, color=COLOURS[0], linewidth=6)
        for at, value, side in ((a, low, "right"), (b, high, "left")):
            inner = (side == "right" and at < 0.02) or (side == "left" and at > 0.98)
            plot.annotate(
                text_of(value), xy=(at, row), xytext=(0, 7), textcoords="offset points",
                ha="center", fontsize=7.5, color=QUIET if inner else INK,
                fontweight="normal" if inner else "bold",
            )  # fmt: skip
        words.append(f"{line['label']} {text_of(low)} to {text_of(high)}")
    plot.set_yticks(range(len(table)), [lines_of(str(n), 30) for n in table["label"]], color=INK)
    plot.set(xlim=(-0.06, 1.06), ylim=(len(table) - 0.5, -0.65), xticks=[])
    plot.grid(visible=False)
    plot.spines[["left", "bottom"]].set_visible(False)
    return figure, f"The box in which {what}: {'; '.join(words)}. {told}".strip()


@styled
def peeling(
    table: pd.DataFrame, *, chosen: int | None = None, what: str = "", title: str = ""
) -> Drawing:
    """Draw how PRIM traded coverage for density, step by step.

    Args:
        table: columns of `PEELING`, a row a box; a column restricted (how many factors are
            limited) shades the dots where it is there.
        chosen: step of the box that was kept.
        what: what happens in the box.
        title: title; default: says what it shows.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, PEELING[1:], "a peeling")
    if "step" not in table:
        table = table.assign(step=np.arange(len(table)))
    figure, axes = canvas(
        3.3, title=title or f"From all runs to the box{f' in which {what}' if what else ''}",
        note="Each dot is a box, from all runs (left) inwards (right)."
        + (" Darker: more factors limited." if "restricted" in table else ""),
    )  # fmt: skip
    plot: Axes = axes[0, 0]
    coverage, density = (table[n].to_numpy(dtype=float) for n in ("coverage", "density"))
    plot.plot(coverage, density, color="#B9B9B9", linewidth=1.0, zorder=1)
    shade: Any = COLOURS[0]
    if "restricted" in table:
        shade = SHADES(0.25 + 0.75 * table["restricted"] / max(float(table["restricted"].max()), 1))
    plot.scatter(coverage, density, c=shade, s=28, edgecolors="#595959", linewidths=0.5, zorder=2)
    words = ""
    if chosen is not None and (table["step"] == chosen).any():
        own = table[table["step"] == chosen].iloc[0]
        at = float(own["coverage"]), float(own["density"])
        plot.plot(*at, "o", markersize=12, markerfacecolor="none", markeredgecolor=COLOURS[1],
                  markeredgewidth=1.8)  # fmt: skip
        plot.annotate("kept", xy=at, xytext=(0, -16), textcoords="offset points", ha="center",
                      color=COLOURS[1], fontsize=8.5)  # fmt: skip
        words = f" Kept: coverage {percent_of(at[0])}, density {percent_of(at[1])}."
    percent_axis(plot, "x")
    percent_axis(plot, "y")
    plot.set(xlim=(1.03, -0.03), ylim=(0, 1.03))
    plot.set_xlabel("coverage: share of the cases that the box holds")
    plot.set_ylabel("density: share of the box\nin which it is so")
    plot.grid(axis="both", color=RULE)
    return figure, (
        f"Peeling in {len(table)} steps, from density {percent_of(float(density[0]))} of all runs "
        f"to {percent_of(float(np.nanmax(density)))}.{words}"
    )
