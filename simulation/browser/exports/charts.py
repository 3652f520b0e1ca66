"""Charts: what the page showed over time, as one figure for a slide or a report."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from experiments.figures.canvas import canvas, styled
from experiments.figures.panels import Line as PanelLine
from experiments.figures.panels import Panel, draw_panel
from experiments.figures.save import svg_text
from experiments.figures.style import STYLE
from experiments.summary import number
from simulation.browser.exports.result import hidden_values
from simulation.browser.session.shadow import begun
from simulation.browser.words import say

if TYPE_CHECKING:
    from simulation.browser.session.line import Line

COLUMNS = 2
HEIGHT = 1.75
"""Inches for a row of charts."""


def charts_svg(line: Line, upto: int | None = None) -> str:
    """Return the charts up to a month (default: the last one made) as the text of an SVG file."""
    figure, text = _drawn(line, upto)
    return svg_text(figure, title=line.course.specification().title, text=text)


def charts_png(line: Line, upto: int | None = None) -> bytes:
    """Return the charts up to a month (default: the last one made) as a PNG file."""
    figure, text = _drawn(line, upto)
    drawn = io.BytesIO()
    title = line.course.specification().title
    with mpl.rc_context(STYLE):
        words = {"Title": title, "Description": text, "Software": None}
        figure.savefig(drawn, format="png", metadata=words)
    return drawn.getvalue()


@styled
def _drawn(line: Line, upto: int | None) -> tuple[Figure, str]:
    last = min(max(line.month if upto is None else upto, 1), line.months)
    line.upto(last)
    setup = line.setup()
    values = np.stack([frame.values for frame in line.frames[: last + 1]]).astype(float)
    hidden = hidden_values(line)
    values[:, [key in hidden for key in line.value_keys]] = np.nan
    panels = [p for chart in setup["charts"] if not (p := _panel(chart, values)).empty]
    note = say("exports.charts_note", month=last)
    if hidden:
        note += " " + say("exports.hidden")
    rows = -(-len(panels) // COLUMNS)
    figure, axes = canvas(
        HEIGHT * rows, title=setup["title"], note=note, rows=rows, columns=COLUMNS, width=8.2
    )
    figure.draw_without_rendering()
    push = begun(line.course.specification(), last)
    for plot, panel in zip(axes.flat, panels, strict=False):
        draw_panel(plot, panel, list(range(last + 1)), push)
        plot.set_title(panel.title, fontsize=9)
    for plot in axes.flat[len(panels) :]:
        plot.set_axis_off()
    return figure, _words(setup["title"], note, panels)


def _panel(chart: dict[str, Any], values: np.ndarray[Any, Any]) -> Panel:
    several = len(chart["lines"]) > 1
    lines = tuple(
        PanelLine(line["label"] if several else "", n, values[None, :, line["value"]])
        for n, line in enumerate(chart["lines"])
    )
    marks = chart["marks"]
    return Panel(
        f"{chart['title']} ({chart['unit']})",
        lines,
        mark=(marks[0]["at"], marks[0]["label"]) if marks else None,
        low=chart["low"],
        high=chart["high"],
    )


def _words(title: str, note: str, panels: list[Panel]) -> str:
    """Return the figure in words: where each line starts and where it ends."""
    parts = [f"{title}. {note}"]
    for panel in panels:
        told = []
        for line in panel.lines:
            known = line.runs[0][~np.isnan(line.runs[0])]
            if len(known):
                first, last = number(float(known[0])), number(float(known[-1]))
                told.append(say("exports.from_to", name=line.name, first=first, last=last).strip())
        parts.append(f"{panel.title}: {'; '.join(told)}.")
    return " ".join(parts)
