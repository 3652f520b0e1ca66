"""The figure of a run, and of a comparison: six small charts and the words for them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from experiments.compare import Comparison
from experiments.figures.panels import (
    Line,
    Panel,
    comparison_panels,
    draw_panel,
    run_panels,
    summary_of,
)
from experiments.figures.style import COLOURS, INK, QUIET, STYLE
from experiments.judge import Push
from experiments.run import RunResult
from experiments.summary import number

WIDTH, HEIGHT, LEFT = 11.0, 6.6, 0.045


def run_figure(result: RunResult) -> tuple[Figure, str]:
    """Return the figure of a run and what it shows in words."""
    specification = result.specification
    panels = run_panels(result.recorded, result.unpushed, specification.measures.tipping_share)
    caption = _caption(result.replicates, result.push)
    months = [int(month) for month in result.recorded.months]
    figure = _draw(panels, [(specification.title, INK)], caption, months, result.push)
    return figure, _words(specification.title, caption, panels)


def comparison_figure(comparison: Comparison, names: tuple[str, str]) -> tuple[Figure, str]:
    """Return the figure of a comparison and what it shows in words."""
    a, b = comparison.a, comparison.b
    share = a.specification.measures.tipping_share
    panels = comparison_panels(a.recorded, b.recorded, share)
    same = a.push if a.push == b.push else None
    caption = _caption(comparison.replicates, same)
    arms = zip("AB", names, (a, b), COLOURS, strict=False)
    titles = [
        (f"{arm}: {arm_result.specification.title} ({name})", colour)
        for arm, name, arm_result, colour in arms
    ]
    months = [int(month) for month in a.recorded.months]
    figure = _draw(panels, titles, caption, months, same)
    return figure, _words(". ".join(title for title, _ in titles), caption, panels)


def _draw(
    panels: Sequence[Panel],
    titles: Sequence[tuple[str, str]],
    caption: str,
    months: Sequence[int],
    push: Push | None,
) -> Figure:
    """Draw two rows of three panels with room at the right of each for its labels.

    Every title has its colour; a single one is set larger.
    """
    size = 14.0 if len(titles) == 1 else 12.0
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        grid = figure.subplots(2, 3)
        figure.subplots_adjust(
            left=LEFT, right=0.9, top=0.83, bottom=0.085, wspace=0.62, hspace=0.42
        )
        for line, (title, colour) in enumerate(titles):
            figure.text(
                LEFT,
                (0.965 if len(titles) == 1 else 0.98) - 0.037 * line,
                textwrap.shorten(title, 95, placeholder=" …"),
                fontsize=size,
                fontweight="bold",
                color=colour,
                va="top",
            )
        figure.text(LEFT, 0.915 if len(titles) == 1 else 0.904, caption, color=QUIET, va="top")
        for axes, panel in zip(grid.flat, panels, strict=True):
            if panel.empty:
                axes.set_title(panel.title)
                axes.set_axis_off()
                axes.text(0, 0.9, "not recorded here", color=QUIET, transform=axes.transAxes)
            else:
                draw_panel(axes, panel, months, push)
    return figure


def _caption(replicates: int, push: Push | None) -> str:
    text = "One run."
    if replicates > 1:
        text = f"Thick lines are medians of {replicates} runs, bands hold 90 % of them, "
        text += "thin lines are single runs."
    if push is not None:
        text += " The push is shaded."
    return f"{text} A model, not a forecast."


def _words(title: str, caption: str, panels: Sequence[Panel]) -> str:
    """Return the figure in words: for every line where it starts and where it ends."""
    parts = [f"Six charts over time. {title}. {caption}"]
    for panel in panels:
        lines = [text for line in panel.lines if (text := _line_words(line))]
        if lines:
            parts.append(f"{panel.title}: {'; '.join(lines)}.")
    return " ".join(parts)


def _line_words(line: Line) -> str:
    middle = summary_of(line.runs, np.median)
    known = middle[~np.isnan(middle)]
    if not len(known):
        return ""
    name = f"{line.name} " if line.name else ""
    return f"{name}from {number(float(known[0]))} to {number(float(known[-1]))}"
