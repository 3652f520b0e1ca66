"""Rules that ring when readings look better than before, on many towns at once.

Each rule is given the readings before the push and those since, in the order of time, and says at
which reading since it first rings. More counts as better: turn a gap around first. The rules ring
for the better only; `simulation.evidence.run_chart` is the same rule for one series and both sides.

Sources: Perla, Provost & Murray (2011), BMJ Quality & Safety 20 (a shift of six); Nelson (1984),
Journal of Quality Technology 16 (runs beyond the centre line); Anhøj & Olesen (2014), PLoS ONE 9
(longest run and crossings); Shewhart's limits for single values, mean ± 2.66 mean moving ranges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.recorded import Floats, Integers
from simulation.evidence import run_limits

NEVER = -1
"""Position of the first alarm of a series without any."""

FEWEST_FOR_LIMITS = 6
"""Readings before the push from which limits can be drawn."""

Truths = NDArray[np.bool_]

Ring = Callable[[Floats, Floats], Integers]
"""From readings before, shape (towns, before), and since, shape (towns, since), to the position of
the first alarm among those since, shape (towns,); `NEVER` where there is none."""


@dataclass(frozen=True)
class Rule:
    """A rule of evidence: its name in tables, what it says in words, and how it rings."""

    name: str
    words: str
    ring: Ring
    before: int = 1
    """Readings before the push that it needs."""


def shift(length: int) -> Rule:
    """Return the rule of so many readings in a row above the median of those before.

    Readings exactly on the median are passed over.
    """

    def ring(before: Floats, since: Floats) -> Integers:
        centre = np.median(before, axis=1)[:, None]
        return _first_run(since > centre, since < centre, length)

    return Rule(f"run of {length}", f"{length} readings in a row beyond the old median", ring)


def _first_run(better: Truths, worse: Truths, length: int) -> Integers:
    """Return where the first run of better readings is complete."""
    row = np.zeros(len(better), dtype=np.int64)
    first = np.full(len(better), NEVER)
    for position in range(better.shape[1]):
        row = np.where(better[:, position], row + 1, np.where(worse[:, position], 0, row))
        first[(first == NEVER) & (row >= length)] = position
    return first


def _beyond_limits(before: Floats, since: Floats) -> Integers:
    """Return the first reading above the upper limit of single values."""
    ranges = np.abs(np.diff(before, axis=1)).mean(axis=1)
    upper = before.mean(axis=1) + 2.66 * ranges
    return _first(since > upper[:, None])


def _anhoej(before: Floats, since: Floats) -> Integers:
    """Return the first reading at which the whole chart breaks a rule and has moved up.

    The chart is drawn anew with every reading: its centre is the median of all so far.
    """
    first = np.full(len(since), NEVER)
    centre = np.median(before, axis=1)
    for position in range(since.shape[1]):
        up = np.median(since[:, : position + 1], axis=1) > centre
        open_ = np.flatnonzero((first == NEVER) & up)
        so_far = np.concatenate([before[open_], since[open_, : position + 1]], axis=1)
        first[open_[_unusual(so_far)]] = position
    return first


def _unusual(series: Floats) -> Truths:
    """Tell which series have too long a run or too few crossings, by Anhøj's limits."""
    side = np.sign(series - np.median(series, axis=1)[:, None]).astype(np.int8)
    on_a_side = side != 0
    counted = np.cumsum(on_a_side, axis=1)
    places = np.where(on_a_side, np.arange(side.shape[1]), 0)
    held = np.take_along_axis(side, np.maximum.accumulate(places, axis=1), axis=1)
    before = np.concatenate([np.zeros_like(held[:, :1]), held[:, :-1]], axis=1)
    begins = on_a_side & (held != before)
    first = np.maximum.accumulate(np.where(begins, counted, 0), axis=1)
    longest = ((counted - first + 1) * on_a_side).max(axis=1)
    crossings = (begins & (before != 0)).sum(axis=1)
    useful = counted[:, -1]
    limits = {int(n): run_limits(int(n)) for n in np.unique(useful)}
    most = np.array([limits[int(n)][0] for n in useful])
    fewest = np.array([limits[int(n)][1] for n in useful])
    unusual: Truths = (useful >= 10) & ((longest > most) | (crossings < fewest))
    return unusual


def _first(rings: Truths) -> Integers:
    return np.where(rings.any(axis=1), rings.argmax(axis=1), NEVER)


RULES = (
    shift(6),
    shift(8),
    Rule("chart rules", "too long a run or too few crossings in the whole chart", _anhoej),
    Rule("limits", "one reading beyond the limits of single values", _beyond_limits,
         FEWEST_FOR_LIMITS),
)  # fmt: skip
"""The rules of the textbooks."""

FITTED = "fitted run"
"""Name of the run whose length is chosen for the town: see `fitted_length`."""

ALLOWED = 0.05
"""Share of towns without a push in which the fitted run may ring."""


def fitted_length(before: Floats, since: Floats) -> int | None:
    """Return the shortest run that rings in at most `ALLOWED` of these towns; None if none does."""
    for length in range(3, since.shape[1] + 1):
        if float((shift(length).ring(before, since) != NEVER).mean()) <= ALLOWED:
            return length
    return None


def textbook(rule: Rule, before: int, since: int, *, series: int = 2000) -> Integers:
    """Return where a rule first rings on independent, normal readings of a town without change.

    So the textbooks imagine readings.

    Args:
        rule: the rule.
        before: readings before.
        since: readings since.
        series: how many towns are drawn; always the same ones.
    """
    luck = np.random.default_rng(20)
    readings = luck.standard_normal((series, before + since))
    return rule.ring(readings[:, :before], readings[:, before:])
