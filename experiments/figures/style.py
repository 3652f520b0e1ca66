"""The one look of every figure: colours, dashes, type, and labels at the end of lines.

No line is told apart by colour alone: each colour comes with its own dashes and its name stands at
the line's end. All colours have a contrast of 5:1 or more on white.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

INK = "#222222"
QUIET = "#595959"
RULE = "#D9D9D9"
SHADE = "#F1EEE6"

LONGEST_LABEL = 13
"""Characters of a line's name that fit beside a panel."""

DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.6)),
    (0, (1.4, 1.4)),
    (0, (7, 1.6, 1.4, 1.6)),
    (0, (3, 1)),
)
COLOURS = ("#0072B2", "#B84A00", "#007A5E", "#882E72", "#3D3D3D")

STYLE: dict[Any, Any] = {
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "savefig.dpi": 160,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,
    "axes.facecolor": "white",
    "axes.edgecolor": QUIET,
    "axes.labelcolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlepad": 8.0,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "lines.linewidth": 1.9,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "path",
    "svg.hashsalt": "kindling",
    "path.simplify": True,
}
"""Settings of matplotlib under which every figure is drawn."""


class Look(NamedTuple):
    """How a line is drawn."""

    colour: str
    dashes: Any


def look(position: int) -> Look:
    """Return the look of a panel's line by its position; after five the dashes move on."""
    n = len(COLOURS)
    return Look(COLOURS[position % n], DASHES[(position + position // n) % n])


def end_labels(
    axes: Axes,
    x: float,
    labels: Sequence[tuple[float, str, str]],
    size: float = 8.5,
    letters: int = LONGEST_LABEL,
) -> None:
    """Write each line's name at its end, pushed apart so that no two touch.

    Args:
        axes: where to write; its limits must be final.
        x: where the lines end, in data.
        labels: height in data, name, and colour of each line.
        size: size of the type in points.
        letters: longest name; longer ones are cut.
    """
    known = [entry for entry in labels if np.isfinite(entry[0])]
    if not known:
        return
    low, high = axes.get_ylim()
    tall = axes.get_position().height * axes.figure.get_figheight() * 72.0  # type: ignore[union-attr]
    room = 1.25 * size / tall
    wanted = np.array([(y - low) / (high - low) for y, _, _ in known])
    places = spread(wanted, room)
    for (y, name, colour), place in zip(known, places, strict=True):
        del y
        axes.annotate(
            name if len(name) <= letters else name[: letters - 1] + "…",
            xy=(x, low + place * (high - low)),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=size,
            annotation_clip=False,
        )


def spread(wanted: np.ndarray[Any, Any], room: float) -> np.ndarray[Any, Any]:
    """Return places as near as possible to those wanted, at least `room` apart, within 0 to 1.

    Neighbours that are too close become one block around their mean (pool adjacent violators); if
    there is not room for all, they share what there is.
    """
    n = len(wanted)
    room = min(room, 1.0 / max(n - 1, 1))
    order = np.argsort(wanted, kind="stable")
    blocks: list[list[float]] = []
    for rank, index in enumerate(order):
        blocks.append([float(wanted[index]) - rank * room, 1.0])
        while len(blocks) > 1 and blocks[-1][0] < blocks[-2][0]:
            value, count = blocks.pop()
            other, number = blocks[-1]
            blocks[-1] = [(value * count + other * number) / (count + number), count + number]
    shifted = np.concatenate([np.full(int(count), value) for value, count in blocks])
    shifted = np.clip(shifted, 0.0, 1.0 - (n - 1) * room)
    places = np.empty(n)
    places[order] = shifted + room * np.arange(n)
    return places


def quiet_axis(axes: Axes, months: int) -> None:
    """Give the time axis few whole years and the value axis few ticks."""
    step = next((s for s in (12, 24, 60, 120, 240, 600) if months / s <= 6), 1200)
    if months < 24:
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_xlabel("month")
    else:
        ticks = np.arange(0, months + 1, step)
        axes.set_xticks(ticks, [f"{tick // 12}" for tick in ticks])
        axes.set_xlabel("year")
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
