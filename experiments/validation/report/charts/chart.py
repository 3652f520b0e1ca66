"""A chart of the report: a table that is computed once and stored, and a drawing made from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures.style import INK, STYLE, Look
from experiments.validation.report.budget import Budget
from experiments.validation.row import Target

Line = tuple[object, ...]
"""One line of a table, in the order of its columns."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure of the page.

    Attributes:
        name: of its files: `<name>.csv`, `<name>.png`.
        row: id of the row whose scenario it runs.
        title: what it is.
        columns: of its stored table.
        compute: budget and processes to its table, by running the row's scenario.
        draw: its table to the figure.
        describe: its table to what is seen, in words (the text for those who cannot see it).
        caption: what to know when looking at it.
    """

    name: str
    row: str
    title: str
    columns: tuple[str, ...]
    compute: Callable[[Budget, int], pd.DataFrame]
    draw: Callable[[pd.DataFrame], Figure]
    describe: Callable[[pd.DataFrame], str]
    caption: str


@contextmanager
def sheet(
    title: str, across: str, up: str, *, width: float = 7.2, height: float = 3.8
) -> Iterator[tuple[Figure, Axes]]:
    """Give a figure of one chart in the look of the house, named and with both axes labelled."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        axes = figure.subplots()
        figure.subplots_adjust(left=0.09, right=0.84, top=0.88, bottom=0.14)
        axes.set_title(title, color=INK)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        yield figure, axes


def floats(table: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Return a column as numbers."""
    return table[column].to_numpy(dtype=np.float64)


def published(target: Target) -> tuple[float, float, float]:
    """Return a target's value and the shares that meet it; one with a single bound stands there."""
    low, high = max(target.low, 0.0), min(target.high, 1.0)
    if math.isinf(target.low):
        return high, low, high
    return (low if math.isinf(target.high) else (low + high) / 2.0), low, high


def band(axes: Axes, across: NDArray[np.float64], table: pd.DataFrame, style: Look) -> None:
    """Draw `value` as a line within its interval, cut to shares where it leaves them."""
    low, high = (np.clip(floats(table, name), 0.0, 1.0) for name in ("low", "high"))
    axes.fill_between(across, low, high, color=style.colour, alpha=0.16, linewidth=0)
    axes.plot(across, floats(table, "value"), color=style.colour, linestyle=style.dashes)


def marks(
    axes: Axes, across: NDArray[np.float64], table: pd.DataFrame, style: Look, marker: str
) -> None:
    """Draw published values as open marks with their tolerance."""
    value = floats(table, "value")
    reach = np.abs(np.stack([floats(table, name) - value for name in ("low", "high")]))
    axes.errorbar(
        across, value, yerr=reach, fmt=marker, color=style.colour, markerfacecolor="white",
        capsize=3, markersize=5,
    )  # fmt: skip
