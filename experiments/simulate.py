"""Simulating many runs: the same numbers on one process or on many.

Every run depends on its scenario and its own seed alone, so it does not matter where or in which
order runs are computed. Scenarios that are the same run once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import NamedTuple

import numpy as np

from experiments.pool import each
from experiments.recorded import Floats, Integers, Key, Recorded
from simulation.chance import derive
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.fingerprint import run_id
from simulation.specification import Specification

Progress = Callable[[int, int], None]
"""Called with months simulated so far and months in all."""


class Task(NamedTuple):
    """One run to do: which scenario of a list, which replicate, and the seed of that replicate."""

    arm: int
    replicate: int
    specification: Specification
    seed: int


class Record(NamedTuple):
    """What one run recorded."""

    months: Integers
    keys: tuple[Key, ...]
    values: Floats


def simulate(
    specifications: Sequence[Specification],
    *,
    seed: int,
    replicates: int = 1,
    processes: int = 1,
    progress: Progress | None = None,
) -> list[Recorded]:
    """Run each scenario `replicates` times, replicate by replicate on the same random numbers.

    Replicate r of every scenario uses `derive(seed, r)`: these are the pairs of a comparison.

    Args:
        specifications: the scenarios; equal ones are simulated once.
        seed: seed of the experiment, from 0.
        replicates: how many draws of chance, at least 1.
        processes: how many processes share the work; results are the same for any number.
        progress: called as months are done.

    Returns:
        What was recorded, one entry for each scenario, in their order.

    Raises:
        InputError: a number is out of range.
    """
    check_counts(seed=seed, replicates=replicates, processes=processes)
    ids = [[run_id(s, seed, r) for r in range(replicates)] for s in specifications]
    first_of: dict[tuple[str, int], int] = {}
    for arm, own in enumerate(ids):
        first_of.setdefault((own[0], specifications[arm].months), arm)
    tasks = [
        Task(arm, r, specifications[arm], derive(seed, r))
        for r in range(replicates)
        for arm in first_of.values()
    ]
    total = sum(task.specification.months for task in tasks)
    report = _Counter(progress, total)
    done: dict[tuple[int, int], Record] = {}
    if processes == 1 or len(tasks) == 1:
        for task in tasks:
            done[task.arm, task.replicate] = run_once(task, report)
    else:
        with closing(each(run_once, tasks, processes)) as finished:
            for position, record in finished:
                task = tasks[position]
                done[task.arm, task.replicate] = record
                report(task.specification.months)
    arms = []
    for own, specification in zip(ids, specifications, strict=True):
        source = first_of[own[0], specification.months]
        arms.append(_gather([done[source, r] for r in range(replicates)], tuple(own)))
    return arms


MOST_REPLICATES = 1_000_000
MOST_PROCESSES = 1_024


def check_counts(*, seed: int, replicates: int, processes: int) -> None:
    """Refuse a seed, a number of replicates or of processes that makes no sense.

    Raises:
        InputError: naming the first that is out of range.
    """
    if not 0 <= seed < 2**63:
        raise InputError(
            "the seed is out of range", key="seed", found=seed, allowed="0 to 2^63 - 1"
        )
    limits = (("replicates", replicates, MOST_REPLICATES), ("processes", processes, MOST_PROCESSES))
    for name, number, most in limits:
        if not isinstance(number, int) or not 1 <= number <= most:
            allowed = f"a whole number from 1 to {most:,}"
            raise InputError("out of range", key=name, found=number, allowed=allowed)


def run_once(task: Task, report: Callable[[int], None] | None = None) -> Record:
    """Simulate one run and return what it recorded.

    Raises:
        InputError: the scenario has switched recording off.
    """
    model = CommunityModel(task.specification, rng=task.seed)
    for _ in range(task.specification.months):
        model.step()
        if report is not None:
            report(1)
    recorder = model.recorder
    if not len(recorder.months):
        raise InputError("nothing is recorded", key="record.enabled", mend="switch it on")
    keys = tuple(Key(*key) for key in recorder.keys)
    return Record(
        np.array(recorder.months, dtype=np.int64), keys, np.array(recorder.values, dtype=np.float64)
    )


def _gather(records: list[Record], run_ids: tuple[str, ...]) -> Recorded:
    """Stack the replicates of one scenario, which all record the same things."""
    first = records[0]
    values = np.stack([record.values for record in records])
    return Recorded(first.months, first.keys, values, run_ids)


class _Counter:
    """Adds up months done and passes them on."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self, months: int) -> None:
        self.done += months
        if self.progress is not None:
            self.progress(self.done, self.total)
