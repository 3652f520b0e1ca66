"""Centola and Macy's collapse: reach by rewiring, for one and for two friends (row T4)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import scenarios
from experiments.figures.style import end_labels, look
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

ROW = "T4"
TITLE = "Centola and Macy’s collapse: reach by share of long ties"
COLUMNS = ("kind", "threshold", "rewiring", "value", "low", "high", "n")
REWIRING = [0.0, *(round(float(p), 5) for p in np.geomspace(0.001, 1.0, 16))]
NONE_AT = 0.0005
"""Where a logarithmic axis shows no rewiring."""
TICKS = {NONE_AT: "none", 0.001: "0.1 %", 0.01: "1 %", 0.1: "10 %", 1.0: "all"}


def compute(budget: Budget, processes: int) -> pd.DataFrame:
    """Return mean reach over shares of rewired ties, and the published points."""
    row = all_rows()[ROW]
    lines: list[Line] = []
    for threshold in (1, 2):
        for rewiring in thinned(REWIRING, budget.points):
            changes = {"start.threshold": float(threshold), "ties.rewiring": rewiring}
            found = judge([row], settings=changes, replicates=budget.slow, processes=processes)
            lines += [
                ("model", threshold, rewiring, r.value, r.low, r.high, r.n)
                for r in found
                if r.reading == "share"
            ]
    for case in row.cases:
        specification = scenarios.load(row.scenario_of(case), overrides=case.settings)
        for target in case.targets:
            threshold = round(float(specification.parameters.start.threshold))
            at = specification.ties.rewiring
            lines.append(("published", threshold, at, *published(target), math.nan))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def draw(table: pd.DataFrame) -> Figure:
    """Draw one line a threshold with its interval, and the published points."""
    with sheet(TITLE, "share of ties rewired", "reach") as (figure, axes):
        axes.set_xscale("log")
        axes.set_xticks(list(TICKS), list(TICKS.values()))
        axes.minorticks_off()
        ends = []
        for place, threshold in enumerate((2, 1)):
            style = look(place)
            own = table[table["threshold"] == threshold]
            model, points = (own[own["kind"] == kind] for kind in ("model", "published"))
            band(axes, floats(model, "rewiring").clip(min=NONE_AT), model, style)
            at = floats(points, "rewiring").clip(min=NONE_AT)
            marks(axes, at, points, style, "os"[place])
            words = "one friend" if threshold == 1 else "two friends"
            ends.append((float(model["value"].iloc[-1]), words, style.colour))
        axes.set_xlim(NONE_AT * 0.9, 1.1)
        axes.set_ylim(-0.02, 1.05)
        end_labels(axes, 1.1, ends)
    return figure


def describe(table: pd.DataFrame) -> str:
    """Say how far both kinds of contagion reach without and with long ties."""
    parts = []
    for threshold, words in ((1, "one friend is"), (2, "two friends are")):
        own = table[(table["kind"] == "model") & (table["threshold"] == threshold)]
        ends = [amount(float(own["value"].iloc[n])) for n in (0, -1)]
        parts.append(f"Where {words} needed, the mean reach is {ends[0]} with no tie rewired and "
                     f"{ends[1]} with all rewired.")  # fmt: skip
    two = table[(table["kind"] == "model") & (table["threshold"] == 2)]
    below = two[two["value"] < 0.5]
    if len(below):
        parts.append(f"With two it is below a half from {amount(float(below.rewiring.min()))} on.")
    return " ".join(parts)


CHART = Chart(
    name="long-ties",
    row=ROW,
    title=TITLE,
    columns=COLUMNS,
    compute=compute,
    draw=draw,
    describe=describe,
    caption="Lines are means of this engine with 95 % intervals; open marks are the published "
    "targets with their tolerance. Between 1 % and 10 % of ties rewired, what needs two friends "
    "collapses, while what needs one does not notice.",
)
