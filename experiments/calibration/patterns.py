"""Patterns: what a draw has to reproduce, judged how, on which random numbers.

The targets are those of the rows P1 and P5 of the validation: bounds from the data. A draw is
retained iff the estimates of all readings, over all replicates of the last stage, lie within them.
A stage before the last only rejects: where an estimate's 95 % interval lies wholly out of bounds.
Replicate r of draw d uses the seed `derive(seed, pattern, d, r)`, so draws share no luck, and a
stage goes on where the one before it stopped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

import scenarios
from experiments.validation.judging import summary
from experiments.validation.row import Row, Target
from experiments.validation.rows.patterns import ROWS
from simulation.chance import derive
from simulation.specification import Specification


class Stage(NamedTuple):
    """A check: of which pattern, after how many replicates, and whether it decides or only rejects.

    The cheapest pattern comes first.
    """

    pattern: str
    replicates: int
    last: bool


STAGES = (
    Stage("P5", 2, last=True),
    Stage("P1", 12, last=False),
    Stage("P1", 30, last=False),
    Stage("P1", 60, last=False),
    Stage("P1", 120, last=True),
)

Readings = dict[str, list[float]]
"""The values of each reading, replicate by replicate."""


def row_of(pattern: str) -> Row:
    """Return the row of the validation that holds a pattern."""
    (row,) = (row for row in ROWS if row.id == pattern)
    return row


def targets_of(pattern: str) -> tuple[Target, ...]:
    """Return what the pattern's readings must come to."""
    return row_of(pattern).cases[0].targets


@lru_cache(maxsize=4)
def scenario_of(pattern: str) -> Specification:
    """Return the scenario that a pattern is read from, before a draw changes it."""
    row = row_of(pattern)
    return scenarios.load(row.scenario, overrides=row.cases[0].settings)


def observe(
    pattern: str,
    overrides: Mapping[str, Any],
    *,
    seed: int,
    draw: int,
    replicates: int,
    before: Readings | None = None,
) -> Readings:
    """Return the readings of a pattern under a draw, after `replicates` of them in all.

    Args:
        pattern: "P1" or "P5".
        overrides: the draw's settings, as `design.overrides_of` gives them.
        seed: seed of the calibration.
        draw: number of the draw.
        replicates: how many in all.
        before: readings that are there already, from an earlier stage.
    """
    row, specification = row_of(pattern), scenarios.with_settings(scenario_of(pattern), overrides)
    found: Readings = {target.reading: [] for target in targets_of(pattern)}
    for name, values in (before or {}).items():
        found[name] += values
    done = len(next(iter(found.values())))
    for replicate in range(done, replicates):
        seen = row.observe(specification, derive(seed, pattern, draw, replicate))
        for name, values in found.items():
            values.append(float(seen[name]))
    return found


def passes(pattern: str, readings: Mapping[str, Sequence[float]], *, last: bool = True) -> bool:
    """Tell whether readings pass: all within bounds or, before the last stage, none clearly out."""
    kinds = row_of(pattern).kinds
    for target in targets_of(pattern):
        value, low, high, n = summary(readings[target.reading], kinds[target.reading])
        if last and not target.met_by(value):
            return False
        if not last and n and (high < target.low or low > target.high):
            return False
    return True


def estimate(values: Sequence[float]) -> float:
    """Return the mean of a reading over the replicates that have it; nan where none has."""
    known = np.asarray(values)[~np.isnan(values)]
    return float(known.mean()) if known.size else math.nan
