"""Canvas: a figure of column width in the one look, with its title, its note and its numbers.

Every figure of a study is made here: the title stands at its top left, what a reader has to know
beneath it, and room is made for every label before anything is drawn.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import wraps
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from experiments.figures.style import INK, QUIET, STYLE
from experiments.summary import number
from simulation.errors import InputError

Drawing = tuple[Figure, str]
"""A figure, and what it shows in words."""

WIDTH = 6.3
"""Inches: the text width of a page, about 600 pixels."""

LETTERS = 16.6
"""Letters of the note's type that fit an inch."""

TITLE_LETTERS = 10.6
"""Letters of the title's type that fit an inch."""


def styled[**P, R](draw: Callable[P, R]) -> Callable[P, R]:
    """Let a function draw in the one look, whatever matplotlib is set to outside."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return drawn


def canvas(
    height: float,
    *,
    title: str,
    note: str = "",
    rows: int = 1,
    columns: int = 1,
    width: float = WIDTH,
    legend: bool = False,
    **grid: Any,
) -> tuple[Figure, np.ndarray[Any, Any]]:
    """Return a figure with its title and note, and its axes, shape (rows, columns).

    Args:
        height: inches for the axes and their labels; lines of title and note come on top.
        title: what it shows.
        note: what a reader has to know, beneath it in small type.
        rows: how many axes stand below each other.
        columns: how many stand side by side.
        width: inches.
        legend: whether to leave room for a legend beneath the title; see `legend_of`.
        **grid: further arguments of `Figure.subplots`.
    """
    heading = textwrap.wrap(title[:1].upper() + title[1:], int(width * TITLE_LETTERS))
    heading += [" "] * (legend and bool(heading))
    below = textwrap.wrap(note, int(width * LETTERS))
    tall = height + 0.2 * len(heading) + 0.16 * len(below)
    figure = Figure(figsize=(width, tall), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **grid)
    if heading:
        figure.suptitle(
            "\n".join(heading), x=0.01, ha="left", fontsize=11.0, fontweight="bold", color=INK
        )
    if below:
        figure.supxlabel("\n".join(below), x=0.01, ha="left", fontsize=7.8, color=QUIET)
    return figure, axes


def legend_of(figure: Figure, axes: Axes, columns: int) -> None:
    """Write the legend of axes beneath the figure's title, where `canvas` left room for it."""
    lines = figure.get_suptitle().count("\n")
    top = 1.0 - (0.05 + 0.19 * lines) / figure.get_figheight()
    figure.legend(
        *axes.get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(0.0, top),
        ncols=columns, frameon=False, fontsize=8, borderaxespad=0.0, handlelength=2.6,
    ).set_in_layout(False)  # fmt: skip


def text_of(value: Any) -> str:
    """Return a value of a factor as people write it: yes, no, 36, 0.7, a name, "not set"."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "not set"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | float | np.number):
        return f"{float(value):.4g}".replace("-", "−")
    return str(value)


def percent_of(share: float) -> str:
    """Return a share as a whole percentage, "under 1 %" and "over 99 %" at the ends."""
    if math.isnan(share):
        return "–"
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 < share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def digits_for(values: Iterable[float]) -> int:
    """Return with how many decimals numbers of this size are told: the largest shows two digits."""
    size = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    if size == 0:
        return 2
    return int(np.clip(1 - math.floor(math.log10(size)), 0, 6)) if size < 100 else 0


def amount(value: float, digits: int = 3, *, share: bool = False, signed: bool = False) -> str:
    """Return a number in words: a percentage, or with decimals and a true minus sign."""
    if math.isnan(value):
        return "–"
    return percent_of(value) if share else number(value, signed, digits)


def with_interval(
    value: float, low: float, high: float, *, share: bool = False, signed: bool = False,
    digits: int = 3,
) -> str:  # fmt: skip
    """Return a number with its interval: "0.03 (0.01 to 0.05)" or "57 % (42 to 71)"."""
    if math.isnan(low) or math.isnan(high):
        return amount(value, digits, share=share, signed=signed)
    if share:
        return f"{percent_of(value)} ({100 * low:.0f} to {100 * high:.0f})"
    ends = (number(end, signed, digits) for end in (low, high))
    return f"{number(value, signed, digits)} ({' to '.join(ends)})"


def percent_axis(axes: Axes, which: str = "y") -> None:
    """Show an axis of shares from 0 to 100 %, all of it."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    (axes.set_ylim if which == "y" else axes.set_xlim)(0.0, 1.0)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    axis.set_ticks(ticks, [f"{100 * tick:.0f} %" for tick in ticks])


def signed_axis(axes: Axes, which: str, furthest: float) -> None:
    """Show an axis of differences as far to one side of nought as to the other."""
    reach = furthest * 1.08 if furthest > 0 and math.isfinite(furthest) else 1.0
    (axes.set_xlim if which == "x" else axes.set_ylim)(-reach, reach)
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: _signed_tick(value)))


def _signed_tick(value: float) -> str:
    return "0" if abs(value) < 1e-12 else f"{value:+.3g}".replace("-", "−")


def needed(table: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Refuse a table that a figure cannot be drawn from.

    Raises:
        InputError: a column is missing, or there is no row.
    """
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(
            f"the table for {what} lacks columns", found=", ".join(missing),
            mend=f"give {', '.join(columns)}",
        )  # fmt: skip
    if table.empty:
        raise InputError(f"the table for {what} has no rows")


def in_order(values: Iterable[Hashable]) -> list[Any]:
    """Return the different values: numbers rising, all others in the order they come."""
    found = list(dict.fromkeys(values))
    numeric = all(
        isinstance(v, int | float | np.number) and not isinstance(v, bool | np.bool_) for v in found
    )
    known = [v for v in found if not (isinstance(v, float) and math.isnan(v))]
    return sorted(known) if numeric else known


def short(text: str, letters: int) -> str:
    """Return a text cut to so many letters."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def lines_of(text: str, letters: int, lines: int = 2) -> str:
    """Return a label broken between words into a few lines of so many letters."""
    parts = textwrap.wrap(text, letters) or [""]
    if len(parts) > lines:
        parts = [*parts[: lines - 1], short(" ".join(parts[lines - 1 :]), letters)]
    return "\n".join(parts)
