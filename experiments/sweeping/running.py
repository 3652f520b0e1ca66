"""Running: jobs become rows, here or in many processes, and no worker's death costs a run.

Small sweeps run where they are. Larger ones go in batches of a fraction of a second to a pool of
processes, or to any `concurrent.futures.Executor`. A run that kills its worker is found and becomes
a failed row; those that were under way beside it are done again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import islice
from typing import Any

from experiments.flow import Lost, Workers, WorkersLost, flow
from experiments.pool import LocalPool
from experiments.store.schema import Row
from experiments.sweeping.batches import (
    Batch,
    again,
    batch_of,
    check_code,
    perform_batch,
    perform_within,
    row_of_lost,
)
from experiments.sweeping.job import Job
from experiments.sweeping.stopping import Stop
from simulation.errors import InputError
from simulation.processes import own_processes

SHORT, SHORT_WHEN_WARM = 2.0, 0.3
"""Seconds of work that are not worth starting processes for, the first time and later."""

AIM = 0.4
"""Seconds of work that a batch should hold."""

MOST = 1000
"""Runs in a batch at most."""

AHEAD = 8
"""Batches under way for each worker of a foreign executor, which may be far away."""


def run_jobs(
    jobs: Iterable[Job],
    left: Callable[[], int],
    *,
    processes: int = 1,
    executor: Executor | None = None,
    timeout: float | None = None,
    stop: Stop | None = None,
) -> Generator[list[Row], None, None]:
    """Yield the rows of all jobs, some at a time, as they are done.

    Args:
        jobs: read only as fast as they are done.
        left: tells how many are not done yet, at most.
        processes: how many processes share the work; with one, all is done here.
        executor: any other pool to do the work, in place of `processes`; it is left open.
        timeout: seconds after which a run is given up.
        stop: when to stop early; what is done by then is yielded.

    Raises:
        InputError: workers run other code than this process.
        WorkersLost: workers die whatever they are given.
        KeyboardInterrupt: a run in this process was broken off.
    """
    asked = Stop() if stop is None else stop
    reading = iter(jobs)
    if executor is None and (processes == 1 or not own_processes()):
        yield from _here(reading, left, processes == 1, timeout, asked)
    if asked():
        return
    first = next(reading, None)
    if first is None:
        return
    workers: Workers = LocalPool(processes, own=()) if executor is None else Foreign(executor)
    yield from _elsewhere(_with(first, reading), left, workers, timeout, asked)


def run_apart(job: Job, timeout: float | None = None) -> Row:
    """Do one run in a process of its own, which it may kill."""
    for batch, rows in flow(perform_batch, iter([batch_of([job], 1, timeout)]), LocalPool(1, ())):
        if isinstance(rows, Lost):
            return row_of_lost(job, batch.tries, rows.reason)
        return rows[0]
    raise WorkersLost("no worker did the run")


def _here(
    jobs: Iterator[Job], left: Callable[[], int], all_: bool, timeout: float | None, stop: Stop
) -> Generator[list[Row], None, None]:
    """Do jobs in this process: all of them, or until it is clear that there is much to do."""
    times: list[float] = []
    while not stop():
        job = next(jobs, None)
        if job is None:
            return
        with stop.breakable():
            row = perform_within(job, 1, timeout)
        times.append(row.seconds)
        yield [row]
        short = SHORT_WHEN_WARM if LocalPool.warm else SHORT
        known = LocalPool.warm or len(times) > 1  # the first run of all loads the kernels
        if not all_ and (known or times[0] > 2 * SHORT) and min(times) * left() > short:
            return


def _elsewhere(
    jobs: Iterator[Job],
    left: Callable[[], int],
    workers: Workers,
    timeout: float | None,
    stop: Stop,
) -> Generator[list[Row], None, None]:
    """Do jobs with workers, in batches that fit their pace."""
    pace = Pace()

    def batches() -> Iterator[Batch]:
        while some := list(islice(jobs, pace.size(left(), workers.count))):
            yield batch_of(some, timeout=timeout)

    done = flow(perform_batch, batches(), workers, split=again, stop=stop, died=_worker_died)
    try:
        for batch, rows in done:
            if isinstance(rows, Lost):
                yield [row_of_lost(job, batch.tries, rows.reason) for job in batch.jobs]
                continue
            check_code(rows, batch.jobs)
            pace.add(rows)
            yield rows
    except BrokenExecutor as problem:
        raise WorkersLost(
            f"the executor is broken ({problem}): what is done is kept; give it another one"
        ) from problem
    finally:
        done.close()


def _worker_died(problem: BaseException) -> bool:
    """Tell whether a batch was lost: `perform_batch` itself raises nothing but `InputError`."""
    return not isinstance(problem, InputError)


def _with(first: Job, others: Iterator[Job]) -> Iterator[Job]:
    yield first
    yield from others


class Pace:
    """How long runs take of late, and so how many make a batch."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.seconds: float | None = None

    def add(self, rows: list[Row]) -> None:
        """Take note of a batch."""
        mean = sum(row.seconds for row in rows) / len(rows)
        self.seconds = mean if self.seconds is None else (self.seconds + mean) / 2

    def size(self, left: int, workers: int) -> int:
        """Return how many runs the next batch should hold; less when the end is near."""
        if self.seconds is None:
            return 1
        fitting = int(AIM / max(self.seconds, 1e-6))
        return max(1, min(fitting, MOST, left // (2 * workers)))


class Foreign:
    """Any executor as workers. It belongs to its maker, who closes it.

    How many workers it has is read from its attribute `workers`, `num_workers` (MPI) or
    `_max_workers` (the standard library's); otherwise as many as there are processors here.
    """

    def __init__(self, executor: Executor) -> None:
        """Ask how many workers there are."""
        names = ("workers", "num_workers", "_max_workers")
        counts = [getattr(executor, name, None) for name in names]
        self.count = next((n for n in counts if isinstance(n, int) and n > 0), os.cpu_count() or 1)
        self.window = AHEAD * self.count
        self._executor = executor

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""
        return self._executor.submit(function, task)

    def renew(self) -> None:
        """Nothing can be done: whoever made it has to make another."""

    def close(self, *, now: bool) -> None:
        """Leave it open."""
