"""Watts's window: how often one person sets off a global cascade, by mean degree (row T2)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.optimize import brentq

import scenarios
from experiments.figures.style import QUIET, end_labels, look
from experiments.validation.judging import judge
from experiments.validation.report.budget import Budget, thinned
from experiments.validation.report.charts.chart import (
    Chart,
    Line,
    band,
    floats,
    marks,
    published,
    sheet,
)
from experiments.validation.rows import all_rows
from experiments.validation.words import amount

ROW = "T2"
DEGREES = [round(0.5 + 0.25 * n, 2) for n in range(33)]
TITLE = "Watts’s window: global cascades by mean degree"


def compute(budget: Budget, processes: int) -> pd.DataFrame:
    """Return frequency and size of global cascades over mean degrees, and the published points."""
    row = all_rows()[ROW]
    lines: list[Line] = []
    for degree in thinned(DEGREES, budget.points):
        changes, count = {"ties.degree": degree}, budget.replicates
        found = judge([row], settings=changes, replicates=count, processes=processes)
        lines += [("model", degree, r.reading, r.value, r.low, r.high, r.n) for r in found]
    for case in row.cases:
        degree = scenarios.load(row.scenario_of(case), overrides=case.settings).ties.degree
        for target in case.targets:
            lines.append(("published", degree, target.reading, *published(target), math.nan))
    return pd.DataFrame(lines, columns=list(COLUMNS))


COLUMNS = ("kind", "degree", "reading", "value", "low", "high", "n")


def window(threshold: float) -> tuple[float, float]:
    """Return the mean degrees between which vulnerable people form a giant component.

    Sum over k ≤ 1/threshold of k(k - 1) p(k) = z with p Poisson of mean z: Watts (2002), eq. 5.
    """

    def surplus(z: float) -> float:
        last = math.floor(1.0 / threshold)
        terms = (math.exp(-z) * z**k / math.factorial(k - 2) for k in range(2, last + 1))
        return sum(terms) / z - 1.0

    return float(brentq(surplus, 0.5, 2.0)), float(brentq(surplus, 3.0, 20.0))


def draw(table: pd.DataFrame) -> Figure:
    """Draw frequency and size with their intervals, the published points, and the window."""
    names = {"global": "frequency", "size": "size"}
    with sheet(TITLE, "mean degree z", "share") as (figure, axes):
        for edge in window(0.18):
            axes.axvline(edge, color=QUIET, linewidth=0.9, linestyle=(0, (2, 2)))
        ends = []
        for place, (reading, label) in enumerate(names.items()):
            own = table[table["reading"] == reading]
            model = own[own["kind"] == "model"].dropna(subset=["value"])
            points, style = own[own["kind"] == "published"], look(place)
            band(axes, floats(model, "degree"), model, style)
            marks(axes, floats(points, "degree"), points, style, "os"[place])
            if len(model):
                ends.append((float(floats(model, "value")[-1]), label, style.colour))
        axes.set_xlim(0, max(DEGREES))
        axes.set_ylim(-0.02, 1.05)
        end_labels(axes, max(DEGREES), ends)
    return figure


def describe(table: pd.DataFrame) -> str:
    """Say between which degrees cascades were seen, and how often at the peak."""
    own = table[(table["kind"] == "model") & (table["reading"] == "global")]
    degrees, shares = floats(own, "degree"), floats(own, "value")
    text = f"Share of runs with a global cascade for mean degrees from {amount(degrees.min())} "
    text += f"to {amount(degrees.max())}. "
    if not (shares > 0).any():
        return text + "None was seen."
    seen, best = degrees[shares > 0], int(np.argmax(shares))
    low, high = window(0.18)
    return text + (
        f"They were seen from {amount(seen.min())} to {amount(seen.max())}, most often at "
        f"{amount(degrees[best])} ({amount(shares[best])} of runs). Watts’s condition puts the "
        f"window of very large networks at {low:.2f} to {high:.2f}."
    )


CHART = Chart(
    name="watts-window",
    row=ROW,
    title=TITLE,
    columns=COLUMNS,
    compute=compute,
    draw=draw,
    describe=describe,
    caption="Lines are this engine with 95 % intervals; open marks are the published targets with "
    "their tolerance; dashed verticals are the edges of Watts’s cascade condition for very large "
    "networks. Near the upper edge cascades are rare and complete, so the two lines part.",
)
