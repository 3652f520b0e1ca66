"""Coalition survival against the data: the share alive by month (row P1)."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

import scenarios
from experiments.figures.style import QUIET, end_labels, look
from experiments.judge import push_of
from experiments.simulate import simulate
from experiments.statistics import wilson
from experiments.validation.report.budget import Budget
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
from experiments.validation.rows.patterns import FOUR_YEARS, SPELL, WIND_UP
from experiments.validation.words import amount
from simulation.errors import InputError
from simulation.outcomes import coalition_survival

ROW = "P1"
TITLE = "Coalitions alive, by month since the grant began"
COLUMNS = ("kind", "month", "value", "low", "high", "n")
AFTER = {"continued": WIND_UP, "alive": FOUR_YEARS}
"""Readings of row P1 that are points of this figure, by months after the grant."""


def compute(budget: Budget, processes: int) -> pd.DataFrame:
    """Return the share of coalitions alive by month with Wilson's interval, and the data's points.

    Months that are too late to see a whole spell without a coalition are left out.
    """
    row = all_rows()[ROW]
    specification = scenarios.load(row.scenario)
    push = push_of(specification)
    if push is None:
        raise InputError("nobody funds the coalition", file=row.scenario, key="events")
    (recorded,) = simulate(
        [specification], seed=1, replicates=2 * budget.replicates, processes=processes
    )
    ends = []
    for active in recorded.measure("active_institutions"):
        lasted = coalition_survival(active, recorded.months, push.start, spell=SPELL)
        if lasted is not None:
            ends.append(math.inf if lasted.censored else push.start + lasted.months)
    lines: list[Line] = []
    for month in range(push.start, int(recorded.months[-1]) - SPELL + 2):
        share = wilson(sum(end > month for end in ends), len(ends))
        lines.append(("model", month, share.share, share.low, share.high, share.n))
    for target in row.cases[0].targets:
        if target.reading in AFTER:
            month = push.end - 1 + AFTER[target.reading]
            lines.append(("published", month, *published(target), math.nan))
    lines.append(("grant ends", push.end - 1, math.nan, math.nan, math.nan, math.nan))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def draw(table: pd.DataFrame) -> Figure:
    """Draw the share alive with its interval, the data's ranges, and the end of the grant."""
    model, points, grant = (
        table[table["kind"] == kind] for kind in ("model", "published", "grant ends")
    )
    with sheet(TITLE, "month", "share of coalitions alive") as (figure, axes):
        for month in grant["month"]:
            axes.axvline(month, color=QUIET, linewidth=0.9, linestyle=(0, (2, 2)))
            axes.annotate(
                "grant ends", (month, 0.03), xytext=(4, 0), textcoords="offset points",
                color=QUIET,
            )  # fmt: skip
        style, other = look(0), look(1)
        band(axes, floats(model, "month"), model, style)
        marks(axes, floats(points, "month"), points, other, "s")
        last = float(table["month"].max())
        axes.set_xlim(0, last + 1)
        axes.set_ylim(0, 1.05)
        ends = [(float(model["value"].iloc[-1]), "model", style.colour)]
        if len(points):
            ends.append((float(points["value"].iloc[-1]), "data", other.colour))
        end_labels(axes, last + 1, ends)
    return figure


def describe(table: pd.DataFrame) -> str:
    """Say how many are alive where the data have a point, and what the data say."""
    model, points = (table[table["kind"] == kind] for kind in ("model", "published"))
    alive = dict(zip(floats(model, "month"), floats(model, "value"), strict=True))
    ends = (floats(points, name) for name in ("month", "low", "high"))
    parts = [
        f"in month {month:.0f} {amount(alive.get(month))} are alive, against {amount(low)} to "
        f"{amount(high)} in the data"
        for month, low, high in zip(*ends, strict=True)
    ]
    return f"Share of coalitions alive: {'; '.join(parts)}."


CHART = Chart(
    name="coalitions",
    row=ROW,
    title=TITLE,
    columns=COLUMNS,
    compute=compute,
    draw=draw,
    describe=describe,
    caption="The line is the scenario of row P1 with Wilson’s 95 % band over runs; open squares "
    "are the figures of Feinberg et al. 2008 and HCAP with the bounds of row P1. The model was "
    "calibrated to these points, so that it meets them is a fit.",
)
