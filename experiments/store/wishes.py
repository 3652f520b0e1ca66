"""Wishes: how much of a run somebody wants, and which wishes no kept run answers yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from experiments.store.index import Index, within
from experiments.sweeping.job import Job


class Wish(NamedTuple):
    """So many months of a run, and these measures."""

    run: str
    months: int
    kept: str

    def covers(self, other: Wish) -> bool:
        """Tell whether who grants this wish grants the other, too."""
        return self.months >= other.months and within(other.kept, self.kept)


def wish_of(job: Job) -> Wish:
    """Return what a job wants."""
    return Wish(job.run, job.subject.months, job.subject.kept)


def lacking(index: Index, jobs: Iterable[Job], wished: dict[str, Wish] | None = None) -> list[Job]:
    """Return, in their order, the jobs whose runs are not kept, each run once.

    Where one job wants more of a run than another, that one alone remains.

    Args:
        index: what is kept.
        jobs: what is wanted.
        wished: where given, the last wish for each run is noted there.
    """
    first: dict[str, list[tuple[Wish, Job]]] = {}
    for job in jobs:
        wish = wish_of(job)
        if wished is not None:
            wished[wish.run] = wish
        if index.covering(*wish) is not None:
            continue
        known = first.setdefault(wish.run, [])
        if not any(other.covers(wish) for other, _ in known):
            known[:] = [pair for pair in known if not wish.covers(pair[0])]
            known.append((wish, job))
    return [job for pairs in first.values() for _, job in pairs]
