"""To do: which runs cells need, each once, replicate by replicate, and which are lacking."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import batched, islice
from typing import Protocol

from experiments.designs.cell import Cell
from experiments.store.schema import EVERYTHING
from experiments.sweeping.job import Job
from experiments.sweeping.subject import Subject

AT_A_TIME = 1000
"""Jobs that are looked up together."""


class Keeps(Protocol):
    """What knows which runs are lacking."""

    def lacking(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield the jobs whose runs are not kept."""


def jobs_of(cells: Sequence[Cell], replicates: range, seed: int) -> Iterator[Job]:
    """Yield the runs of cells, replicate by replicate, so that a sweep cut short is balanced.

    Each cell is followed by its pair; the same run may come more than once.
    """
    for replicate in replicates:
        for cell in cells:
            yield Job(cell.subject, seed, replicate)
            if cell.without is not None:
                yield Job(cell.without, seed, replicate)


def subjects_of(cells: Iterable[Cell]) -> list[Subject]:
    """Return the subjects of cells and of their pairs, in order, each once.

    Of two that are the same but for their length or what is kept, one that covers the other stays.
    """
    found: dict[str, list[Subject]] = {}
    order: dict[int, Subject] = {}
    for cell in cells:
        for subject in (cell.subject, cell.without):
            if subject is None:
                continue
            same = found.setdefault(subject.id, [])
            if any(_covers(other, subject) for other in same):
                continue
            for other in [o for o in same if _covers(subject, o)]:
                same.remove(other)
                del order[id(other)]
            same.append(subject)
            order[id(subject)] = subject
    return list(order.values())


def _covers(one: Subject, other: Subject) -> bool:
    """Tell whether a run of one holds all that a run of the other would."""
    if one.months < other.months:
        return False
    if EVERYTHING in (one.kept, other.kept):
        return one.kept == EVERYTHING
    return set(other.kept.split("|")) <= set(one.kept.split("|"))


class Todo:
    """Runs to do; reading it yields those that are lacking.

    Attributes:
        total: how many runs there are in all.
        found: how many of those looked at so far need not be done.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        replicates: range,
        seed: int,
        runs: Keeps,
        *,
        shard: tuple[int, int] = (1, 1),
        retry: Collection[str] = (),
    ) -> None:
        """Look at nothing yet.

        Args:
            cells: the places of the design.
            replicates: which draws of chance.
            seed: seed of the experiment.
            runs: what keeps the runs.
            shard: (i, n): only every n-th run, from the i-th on, counted from 1.
            retry: ids of runs to be done even if they are kept.
        """
        self.found = 0
        self._subjects = subjects_of(cells)
        self._replicates, self._seed, self._runs = replicates, seed, runs
        self._first, self._step = shard[0] - 1, shard[1]
        self._retry = frozenset(retry)
        everything = len(self._subjects) * len(replicates)
        self.total = len(range(self._first, everything, self._step))

    def jobs(self) -> Iterator[Job]:
        """Yield all runs, lacking or not."""
        everything = (Job(s, self._seed, r) for r in self._replicates for s in self._subjects)
        return islice(everything, self._first, None, self._step)

    def __iter__(self) -> Iterator[Job]:
        """Yield the runs that are lacking."""
        for jobs in batched(self.jobs(), AT_A_TIME):
            lacking = list(self._runs.lacking(jobs))
            if self._retry:
                wanted = {job.run for job in lacking} | self._retry
                lacking = [job for job in jobs if job.run in wanted]
            self.found += len(jobs) - len(lacking)
            yield from lacking
