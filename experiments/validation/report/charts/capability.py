"""The capability trap: services after a switch to causes, against staying (row T25)."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

import scenarios
from experiments.figures.style import QUIET, end_labels, look
from experiments.validation.report.budget import Budget
from experiments.validation.report.charts.chart import Chart, Line, floats, sheet
from experiments.validation.running import build
from experiments.validation.words import amount
from simulation.specification import Specification

SCENARIO = "published/capability_trap"
TITLE = "The capability trap: worse before better"
COLUMNS = ("share", "month", "relative_services")
SHARES = [0.2, 0.3, 0.4]
MONTHS = 36


def compute(budget: Budget, processes: int) -> pd.DataFrame:
    """Return services by month after switches to several shares, over those without a switch."""
    del budget, processes  # no chance is in it, and it takes milliseconds
    specification = scenarios.load(SCENARIO)
    first = int(specification.parameters.allocation.schedule[0][0])
    before = specification.institutions[0].upstream
    horizon = {"months": first + MONTHS}
    unchanged = {**horizon, "allocation.schedule": [[1, before]]}
    stay = _services(scenarios.load(SCENARIO, overrides=unchanged))
    lines: list[Line] = []
    for share in SHARES:
        schedule = [[first, share]]
        changes = {**horizon, "allocation.schedule": schedule}
        switched = _services(scenarios.load(SCENARIO, overrides=changes))
        for after in range(-2, MONTHS + 1):
            month = first + after - 1  # the switch shows in month `first`, the first after it
            lines.append((share, after, switched[month - 1] / stay[month - 1]))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _services(specification: Specification) -> list[float]:
    """Return everyone's services, month by month from the first."""
    community = build(specification, 1)
    course = []
    for _ in range(specification.months):
        community.step()
        course.append(float(community.groups.services.sum()))
    return course


def draw(table: pd.DataFrame) -> Figure:
    """Draw one line a share, and the level of staying."""
    with sheet(TITLE, "months after the switch", "services, staying = 1") as (figure, axes):
        axes.axhline(1.0, color=QUIET, linewidth=0.9, linestyle=(0, (2, 2)))
        ends = [(1.0, "staying at .1", QUIET)]
        for place, (share, part) in enumerate(table.groupby("share")):
            style = look(place)
            axes.plot(
                part["month"], part["relative_services"], color=style.colour,
                linestyle=style.dashes,
            )  # fmt: skip
            end = float(part["relative_services"].iloc[-1])
            ends.append((end, f"to {share:g}", style.colour))
        last = int(table["month"].max())
        axes.set_xlim(int(table["month"].min()), last)
        end_labels(axes, last, ends)
    return figure


def describe(table: pd.DataFrame) -> str:
    """Say, for every switch, how deep the dip is and when it is over."""
    parts = []
    for share, part in table.groupby("share"):
        after = part[part["month"] >= 1]
        months, services = floats(after, "month"), floats(after, "relative_services")
        back = months[services >= 1.0]
        end = f"are back in month {back[0]:.0f}" if len(back) else "are not back in these months"
        parts.append(f"to {share}: they fall to {amount(services.min())} and {end}")
    text = "Services after a switch of the share spent on causes from .1, over those without: "
    return text + "; ".join(parts) + "."


def published(start: float, share: float, constant: float) -> tuple[float, float]:
    """Return dip and break-even, in the unit of `constant`, of the published model."""
    dip = (1.0 - share) / (1.0 - start)
    capable = math.log((share - start) / (share - start / dip))
    return dip, constant * capable


CHART = Chart(
    name="capability-trap",
    row="T25",
    title=TITLE,
    columns=COLUMNS,
    compute=compute,
    draw=draw,
    describe=describe,
    caption="Services of the scenario of row T25 over the same without a switch. In continuous "
    "time the published model falls at once to {:.3f} for the switch to .3 and breaks even {:.1f} "
    "months after it; the first month here has a month of recovery in it. Nothing is "
    "random.".format(*published(0.1, 0.3, 60.0)),
)
