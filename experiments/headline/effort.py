"""Effort: how many runs each part takes and how long, by the clock of a few, which are kept.

With a budget, parts are filled in their order, each with as many pairs as there is time for; what
has no time for two pairs is not run, and nothing is guessed for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from experiments.designs.cell import Cell
from experiments.headline.registered import REGISTERED
from experiments.sweeping.ask import Runs, jobs_of
from experiments.sweeping.job import Job, perform
from experiments.sweeping.subject import Community

PROBES = 3
"""Runs that are timed, each in another draw; the first only warms up."""


@dataclass(frozen=True)
class PartPlan:
    """What is to be done of a part.

    Attributes:
        name: the part.
        cells: its places.
        pairs: how many of them are run; 0: the part is not.
        wanted: how many were asked for.
        runs, found: runs to do, and runs that are there already.
        seconds: expected, on all processes together.
    """

    name: str
    cells: tuple[Cell, ...]
    pairs: int
    wanted: int
    runs: int
    found: int
    seconds: float


class Wish(NamedTuple):
    """A part that was asked for: its cells, and how many pairs."""

    name: str
    cells: tuple[Cell, ...]
    pairs: int


def pace(wishes: Sequence[Wish], seed: int, runs: Runs) -> float:
    """Return the seconds that a person takes a month, by a few lacking runs; they are kept.

    0 where no run is lacking.
    """
    lacking: dict[int, Job] = {}
    for wish in wishes:
        for job in runs.lacking(jobs_of(wish.cells, range(1), seed)):
            lacking.setdefault(_draw_of(job, wish.cells), job)
        if lacking:
            break
    else:
        everything = (j for w in wishes for j in jobs_of(w.cells, range(w.pairs), seed))
        first = next(iter(runs.lacking(everything)), None)
        if first is None:
            return 0.0
        lacking[0] = first
    chosen = list(lacking.values())[: PROBES + 1]
    paces = []
    for job in chosen:
        row = perform(job)
        runs.add(row)
        paces.append(row.seconds / _work(job))
    return median(paces[1:] or paces)


def _draw_of(job: Job, cells: Sequence[Cell]) -> int:
    for cell in cells:
        if job.subject is cell.subject or job.subject is cell.without:
            return int(cell.factors["draw"])
    return -1


def planned(
    wishes: Sequence[Wish],
    seed: int,
    runs: Runs,
    *,
    pace: float,
    processes: int = 1,
    budget: float | None = None,
) -> list[PartPlan]:
    """Return what is to be done of every part.

    Args:
        wishes: the parts asked for, in their order.
        seed: seed of the experiment.
        runs: what keeps the runs.
        pace: seconds that a person takes a month.
        processes: how many processes share the work, each with a processor of its own.
        budget: seconds there are; None: as long as it takes.
    """
    seen: set[tuple[str, int]] = set()
    left = math.inf if budget is None else budget
    plans = []
    for wish in wishes:
        pairs = count = found = 0
        seconds = 0.0
        fresh: set[tuple[str, int]] = set()
        for replicate in range(wish.pairs):
            wanted = list(jobs_of(wish.cells, range(replicate, replicate + 1), seed))
            todo = [
                job for job in runs.lacking(wanted) if (job.run, job.subject.months) not in seen
            ]
            cost = sum(_work(job) for job in todo) * pace / processes
            if seconds + cost > left:
                break
            seconds += cost
            count += len(todo)
            found += len({job.run for job in wanted}) - len({job.run for job in todo})
            fresh |= {(job.run, job.subject.months) for job in todo}
            pairs += 1
        if pairs < min(REGISTERED.replicates["least"], wish.pairs):
            pairs = count = found = 0
            seconds, fresh = 0.0, set()
        seen |= fresh
        left -= seconds
        plans.append(PartPlan(wish.name, wish.cells, pairs, wish.pairs, count, found, seconds))
    return plans


def _work(job: Job) -> float:
    """Return how many months are lived in a run, summed over people."""
    subject = job.subject
    if not isinstance(subject, Community):
        return float(subject.months)
    return float(subject.specification.size * (subject.months + subject.specification.spin_up))


def told(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 90:
        return f"{math.ceil(seconds)} seconds"
    if seconds < 5400:
        return f"{math.ceil(seconds / 60)} minutes"
    return f"{seconds / 3600:.1f} hours"
