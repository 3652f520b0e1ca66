"""Heat map over two levers: a cell for each pair of values, its number written in it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

from experiments.figures.canvas import (
    Drawing,
    amount,
    canvas,
    digits_for,
    in_order,
    lines_of,
    needed,
    percent_of,
    styled,
    text_of,
    with_interval,
)
from experiments.figures.style import COLOURS, INK

HEAT_MAP = ("x", "y", "value", "low", "high", "pairs")

SHADES = LinearSegmentedColormap.from_list("kindling", ["#F7FBFF", "#9CC7E4", "#0072B2", "#08306B"])
"""From little to much."""

SIDES = LinearSegmentedColormap.from_list(
    "kindling-sides", ["#7F3B08", "#D98B45", "#F7F7F7", "#5B9BC8", "#08306B"]
)
"""From loss to gain, through nought; told apart by every kind of colour vision."""

MOST_INTERVALS = 7
"""Columns beyond which intervals no longer fit into the cells."""

MOST_VALUES = 14


@styled
def heat_map(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    title: str = "",
    share: bool = True,
    line: float | None = 0.5,
) -> Drawing:
    """Draw a value over two levers.

    Args:
        table: columns x, y, value, low, high, pairs; a row a cell. A cell without a row, or whose
            value is nan, is hatched.
        x: name of the lever that runs across.
        y: name of the lever that runs upward.
        value: what is shown.
        title: title; default: the value and both levers.
        share: whether values are shares of runs (0 to 1); else differences about nought.
        line: value at whose crossing a line is drawn along the cells; None: no line.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, HEAT_MAP, "a heat map")
    columns, rows = in_order(table["x"]), in_order(table["y"])
    grid = _grid(table, columns, rows)
    note = _note(table, grid["value"], share, line)
    figure, axes = canvas(
        max(1.6, 0.9 + 0.46 * len(rows)), title=title or f"{value}, by {x} and {y}", note=note
    )
    plot: Axes = axes[0, 0]
    colours, scale = _colours(grid["value"], share)
    mesh = plot.pcolormesh(
        np.arange(len(columns) + 1), np.arange(len(rows) + 1),
        np.ma.masked_invalid(grid["value"]), cmap=colours, norm=scale, edgecolors="white",
        linewidth=1.2,
    )  # fmt: skip
    _write(plot, grid, colours, scale, share)
    if line is not None:
        _edge(plot, grid["value"], line, COLOURS[1] if share else INK)
    plot.set_xticks(np.arange(len(columns)) + 0.5, [text_of(v) for v in columns])
    plot.set_yticks(np.arange(len(rows)) + 0.5, [text_of(v) for v in rows])
    letters = max(14, int(4.6 * len(rows)))
    plot.set_ylabel(lines_of(y, letters, 3))
    plot.set(xlabel=x, xlim=(0, len(columns)), ylim=(0, len(rows)))
    plot.tick_params(length=0)
    plot.grid(visible=False)
    plot.spines[["left", "bottom"]].set_visible(False)
    bar = figure.colorbar(mesh, ax=plot, shrink=0.9, aspect=24, pad=0.02)
    bar.outline.set_visible(False)
    if share:
        bar.set_ticks([0, 0.5, 1], labels=["0 %", "50 %", "100 %"])
    return figure, _words(table, x, y, value, share)


def _grid(table: pd.DataFrame, columns: list[Any], rows: list[Any]) -> dict[str, Any]:
    """Return value, low and high as arrays, shape (rows, columns)."""
    found = {}
    for name in ("value", "low", "high"):
        array = np.full((len(rows), len(columns)), np.nan)
        for across, up, number in zip(table["x"], table["y"], table[name], strict=True):
            if across in columns and up in rows:
                array[rows.index(up), columns.index(across)] = number
        found[name] = array
    return found


def _colours(values: Any, share: bool) -> tuple[Colormap, Normalize]:
    if share:
        return SHADES, Normalize(0.0, 1.0)
    known = np.abs(values[~np.isnan(values)])
    reach = float(known.max()) if len(known) and known.max() > 0 else 1.0
    return SIDES, Normalize(-reach, reach)


def _write(
    plot: Axes, grid: dict[str, Any], colours: Colormap, scale: Normalize, share: bool
) -> None:
    """Write the numbers into the cells, and hatch those without."""
    values = grid["value"]
    digits = digits_for(values.ravel())
    many = values.shape[1] > MOST_INTERVALS
    for (row, column), value in np.ndenumerate(values):
        if math.isnan(value):
            plot.add_patch(
                Rectangle((column, row), 1, 1, facecolor="white", edgecolor="#9A9A9A",
                          hatch="////", linewidth=0)
            )  # fmt: skip
            continue
        red, green, blue, _ = colours(scale(value))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
        colour = "white" if dark else INK
        low, high = grid["low"][row, column], grid["high"][row, column]
        within = not many and math.isfinite(low) and math.isfinite(high)
        if values.shape[1] <= MOST_VALUES:
            text = f"{100 * value:.0f} %" if share else amount(value, digits, signed=True)
            plot.text(
                column + 0.5, row + (0.62 if within else 0.5), text, ha="center", va="center",
                fontsize=8.5 if not many else 7, color=colour,
            )  # fmt: skip
        if within:
            ends = f"{100 * low:.0f}–{100 * high:.0f}" if share else _ends(low, high, digits)
            plot.text(
                column + 0.5, row + 0.27, ends, ha="center", va="center", fontsize=6.5,
                color=colour,
            )  # fmt: skip


def _ends(low: float, high: float, digits: int) -> str:
    return f"{amount(low, digits, signed=True)} to {amount(high, digits, signed=True)}"


def _edge(plot: Axes, values: Any, line: float, colour: str) -> None:
    """Draw the edge between cells at or above the line and cells below it."""
    above = values >= line
    known = ~np.isnan(values)
    rows, columns = values.shape
    for row in range(rows):
        for column in range(columns):
            for down, right in ((0, 1), (1, 0)):
                other = row + down, column + right
                if other[0] >= rows or other[1] >= columns:
                    continue
                if not (known[row, column] and known[other]) or (
                    above[row, column] == above[other]
                ):
                    continue
                start = (column + right, row + down)
                end = (start[0] + down, start[1] + right)
                plot.plot(*zip(start, end, strict=True), color=colour, linewidth=2.6)


def _note(table: pd.DataFrame, values: Any, share: bool, line: float | None) -> str:
    pairs = table["pairs"].dropna()
    counts = [int(n) for n in (pairs.min(), pairs.max())] if len(pairs) else []
    parts = []
    if counts:
        each = str(counts[0]) if counts[0] == counts[1] else f"{counts[0]} to {counts[1]}"
        parts.append(f"{each} pairs of runs a cell.")
    if values.shape[1] <= MOST_INTERVALS and table["low"].notna().any():
        parts.append("Small numbers: 95 % interval.")
    if line is not None:
        level = percent_of(line) if share else text_of(line)
        known = values[~np.isnan(values)]
        crossed = (known >= line).any() and (known < line).any()
        side = "below" if (known < line).any() else "at or above"
        parts.append(
            f"Thick line: where {level} is crossed." if crossed else f"All are {side} {level}."
        )
    if np.isnan(values).any():
        parts.append("Hatched: no run that tells.")
    return " ".join(parts)


def _words(table: pd.DataFrame, x: str, y: str, value: str, share: bool) -> str:
    known = table[table["value"].notna()]
    if known.empty:
        return f"Heat map of {value} by {x} and {y}: no cell has a value."
    text = f"Heat map of {value} by {x} (across) and {y} (upward), {len(known)} cells with values."
    digits = digits_for(known["value"])
    ends = {"Highest": known["value"].argmax(), "Lowest": known["value"].argmin()}
    for word, place in ends.items():
        cell = known.iloc[int(place)]
        told = with_interval(
            float(cell["value"]), float(cell["low"]), float(cell["high"]), share=share,
            digits=digits,
        )  # fmt: skip
        text += f" {word}: {told} at {x} {text_of(cell['x'])} and {y} {text_of(cell['y'])}."
    return text
