"""Reveal: the line that a room drew beside the one that came, in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.browser.play.months import when
from simulation.browser.words import say

if TYPE_CHECKING:
    from simulation.browser.session.line import Line
    from simulation.browser.session.session import Prediction

CLOSE = 0.05
"""A line that is off by less than this share of the chart's range counts as close."""


def told(line: Line, prediction: Prediction) -> str:
    """Return how a prediction compares with what came, at its last month and on average."""
    charts = {chart["key"]: chart for chart in line.setup()["charts"]}
    chart = charts.get(prediction.chart)
    if chart is None or not chart["lines"] or not prediction.points:
        return say("play.reveal_nothing")
    place = chart["lines"][0]["value"]
    months = [min(month, line.months) for month, _ in prediction.points]
    drawn = np.array([value for _, value in prediction.points])
    came = np.array([float(line.frame(month).values[place]) for month in months])
    known = np.isfinite(came)
    if not known.any():
        return say("play.reveal_nothing")
    drawn, came = drawn[known], came[known]
    month = np.array(months)[known][-1]
    span = _span(chart, drawn, came)
    off = float(np.abs(drawn - came).mean())
    last = drawn[-1] - came[-1]
    way = "close" if off < CLOSE * span else ("higher" if last > 0 else "lower")
    ends = f"{drawn[-1]:.2f}", f"{came[-1]:.2f}"
    if way != "close" and ends[0] == ends[1]:
        way = "end"
    return say(
        f"play.reveal_{way}",
        chart=_name(chart),
        when=when(int(month)),
        drawn=ends[0],
        came=ends[1],
        off=f"{off:.2f}",
    )


def _name(chart: dict[str, Any]) -> str:
    """Return what was drawn: the chart, and which of its lines where it has several."""
    title, lines = str(chart["title"]), chart["lines"]
    if len(lines) == 1:
        return title
    return say("play.reveal_line", chart=title, line=lines[0]["label"])


def _span(chart: dict[str, object], drawn: np.ndarray, came: np.ndarray) -> float:
    """Return the range of a chart; where it has none, that of what is drawn in it."""
    low, high = chart.get("low"), chart.get("high")
    if isinstance(low, int | float) and isinstance(high, int | float):
        return float(high) - float(low)
    both = np.concatenate([drawn, came])
    span = float(both.max() - both.min())
    return span if span > 0 and math.isfinite(span) else 1.0
