"""March's table: the code's score by how fast people learn and how fast the code does (row T30)."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import scenarios
from experiments.figures.style import INK
from experiments.validation.judging import judge
from experiments.validation.report.budget import Budget, thinned
from experiments.validation.report.charts.chart import Chart, Line, floats, sheet
from experiments.validation.rows import all_rows
from experiments.validation.words import amount

ROW = "T30"
TITLE = "March’s table: the code’s score by both speeds of learning"
COLUMNS = ("kind", "people", "code", "value", "low", "high", "n")
PEOPLE, CODE, READING = "learning.from_memory", "learning.teaching", "code"
SPEEDS = [0.1, 0.3, 0.5, 0.7, 0.9]


def compute(budget: Budget, processes: int) -> pd.DataFrame:
    """Return the score over both speeds of learning, and the published points."""
    row = all_rows()[ROW]
    lines: list[Line] = []
    speeds = thinned(SPEEDS, 3) if budget.name == "small" else SPEEDS
    count = 3 * budget.slow
    for people in speeds:
        for code in speeds:
            changes = {PEOPLE: people, CODE: code}
            found = judge([row], settings=changes, replicates=count, processes=processes)
            lines += [
                ("model", people, code, r.value, r.low, r.high, r.n)
                for r in found
                if r.reading == READING
            ]
    for case in row.cases:
        learning = scenarios.load(row.scenario_of(case), overrides=case.settings).parameters
        at = (learning.learning.from_memory, learning.learning.teaching)
        for target in case.targets:
            if target.reading == READING:
                middle = (target.low + target.high) / 2.0
                lines.append(("published", *at, middle, target.low, target.high, math.nan))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def draw(table: pd.DataFrame) -> Figure:
    """Draw the table as shaded fields with their numbers; published ones below in brackets."""
    model = table[table["kind"] == "model"]
    people, code = (sorted(set(floats(model, name))) for name in ("people", "code"))
    scores = _by_speeds(model)
    published = _by_speeds(table[table["kind"] == "published"])
    fields = np.array([[scores[x, y] for x in people] for y in code])
    with sheet(
        TITLE, "p1: how fast people learn from the code", "p2: how fast the code learns"
    ) as (figure, axes):
        shades = axes.imshow(fields, origin="lower", cmap="cividis", aspect="auto")
        axes.grid(False)
        axes.set_xticks(range(len(people)), [f"{v:g}" for v in people])
        axes.set_yticks(range(len(code)), [f"{v:g}" for v in code])
        middle = (fields.min() + fields.max()) / 2.0
        for (column, x), (line, y) in product(enumerate(people), enumerate(code)):
            words = f"{scores[x, y]:.2f}"
            if (x, y) in published:
                words += f"\n({published[x, y]:.2f})"
            colour = INK if scores[x, y] > middle else "white"
            axes.text(column, line, words, ha="center", va="center", color=colour)
        figure.colorbar(shades, ax=axes, label="score of the code")
    return figure


def _by_speeds(table: pd.DataFrame) -> dict[tuple[float, float], float]:
    """Return scores by both speeds."""
    columns = (floats(table, name).tolist() for name in ("people", "code", "value"))
    return {(people, code): score for people, code, score in zip(*columns, strict=True)}


def describe(table: pd.DataFrame) -> str:
    """Say where the code does best and worst."""
    model = table[table["kind"] == "model"]
    people, code, score = (floats(model, name) for name in ("people", "code", "value"))
    best, worst = int(np.argmax(score)), int(np.argmin(score))
    return (
        f"The code's score is best, {amount(score[best])}, where people learn with p1 = "
        f"{people[best]:g} and the code with p2 = {code[best]:g}; it is worst, "
        f"{amount(score[worst])}, at p1 = {people[worst]:g} and p2 = {code[worst]:g}."
    )


CHART = Chart(
    name="exploration",
    row=ROW,
    title=TITLE,
    columns=COLUMNS,
    compute=compute,
    draw=draw,
    describe=describe,
    caption="Means of this engine; in brackets the published scores where the row has one. People "
    "who learn slowly leave the code more to learn from.",
)
