"""Survival times: how long what a push brought about lasted in each run, and what cut it short.

A gain lasts until it first falls below what counts as sustained; a coalition until fewer than three
institutions act together for a whole year. Where that was not seen before the run ended, the time
is *censored*: it lasted at least so long. Runs in which there was nothing to lose are told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Literal, NamedTuple, Protocol

import numpy as np
import pandas as pd

from experiments.designs.cell import Cell
from experiments.judge import YEAR, gain_series
from experiments.recorded import Floats, Integers, Recorded
from experiments.store.schema import Row
from experiments.sweeping.job import Job
from simulation.outcomes import Survival, coalition_survival, survival_time

Of = Literal["gain", "coalition"]
"""What survives."""

LASTED, NEVER, UNSEEN, FAILED = "lasted", "never", "unseen", "failed"
"""There was something to lose; there never was; the months are too few to tell; the run failed."""

TIME_COLUMNS = ("point", "arm", "replicate", "status", "months", "censored", "watched")
"""A row a cell and replicate: whether there was something to lose, how many months after the push
it lasted, whether its end was not seen, and how many months after the push the run went on."""

LEAST = 3
"""Institutions that make a coalition."""
AT_A_TIME = 200


class Kept(Protocol):
    """Something that keeps runs: a store, its writer, or memory."""

    def rows(self, runs: Sequence[str]) -> Mapping[str, Row]:
        """Return the rows of these runs that are kept, by id."""


class Lasted(NamedTuple):
    """How long one run kept what it had."""

    status: str
    months: float
    censored: bool
    watched: float


def survival_times(
    cells: Sequence[Cell], replicates: range, seed: int, runs: Kept, of: Of = "gain"
) -> pd.DataFrame:
    """Return how long each run kept what it had, with the columns `TIME_COLUMNS`.

    Cells without interventions have no push to count from, and are left out; so are runs that are
    not kept.

    Args:
        cells: the cells; for a gain each with its pair.
        replicates: the draws of chance.
        seed: seed of the experiment.
        runs: what keeps the runs.
        of: what survives.
    """
    places = [(cell, r) for cell in cells if cell.push is not None for r in replicates]
    rows = [row for some in batched(places, AT_A_TIME) for row in _times(some, seed, runs, of)]
    return pd.DataFrame(rows, columns=list(TIME_COLUMNS))


def _times(
    places: Sequence[tuple[Cell, int]], seed: int, runs: Kept, of: Of
) -> Iterator[tuple[object, ...]]:
    wanted = {
        (n, k): Job(subject, seed, replicate).run
        for n, (cell, replicate) in enumerate(places)
        for k, subject in enumerate((cell.subject, cell.without))
        if subject is not None and (k == 0 or of == "gain")
    }
    kept = runs.rows(list(dict.fromkeys(wanted.values())))
    for n, (cell, replicate) in enumerate(places):
        own = kept.get(wanted[n, 0])
        pair = kept.get(wanted[n, 1]) if (n, 1) in wanted else None
        if own is None or (of == "gain" and pair is None):
            continue
        yield (cell.point, cell.arm, replicate, *_lasted(cell, own, pair, of))


def _lasted(cell: Cell, own: Row, pair: Row | None, of: Of) -> Lasted:
    months = cell.subject.months
    if own.failed or (pair is not None and pair.failed):
        return Lasted(FAILED, np.nan, False, np.nan)
    recorded = own.as_recorded(months)
    if of == "coalition":
        return coalition_lasted(recorded, cell)
    assert pair is not None
    return gain_lasted(recorded, pair.as_recorded(months), cell)


def gain_lasted(own: Recorded, pair: Recorded, cell: Cell) -> Lasted:
    """Return how long the gain of a run over its pair lasted after the push."""
    assert cell.push is not None
    start, end = cell.push
    gain, floor = gain_series(own, pair)[0], cell.limits.least_gain
    during = _mean(gain, own.months, max(start, end - YEAR), end - 1)
    lasted = survival_time(gain, own.months, end, push_start=start, floor=floor)
    return _told(lasted, during >= floor, own.months, end)


def coalition_lasted(own: Recorded, cell: Cell) -> Lasted:
    """Return how long a coalition lasted after the push."""
    assert cell.push is not None
    start, end = cell.push
    active = own.measure("active_institutions")[0]
    during = _mean(active, own.months, max(start, end - YEAR), end - 1)
    lasted = coalition_survival(active, own.months, end, least=LEAST)
    return _told(lasted, during >= LEAST, own.months, end)


def _told(lasted: Survival | None, had: bool, months: Integers, end: int) -> Lasted:
    watched = float(months[-1] - end + 1)
    if lasted is None:
        return Lasted(UNSEEN, np.nan, False, watched)
    if not had:
        return Lasted(NEVER, 0.0, False, watched)
    return Lasted(LASTED, float(lasted.months), lasted.censored, watched)


def _mean(series: Floats, months: Integers, first: int, last: int) -> float:
    """Return the mean over these months; nan, of which nothing holds, where one is missing."""
    inside = series[(months >= first) & (months <= last)]
    return float(inside.mean()) if len(inside) else float("nan")
