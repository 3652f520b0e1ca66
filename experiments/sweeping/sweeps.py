"""Sweeps: a whole design, run into a store; stopped and taken up again at any time."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from experiments.designs import Design, load_design
from experiments.simulate import check_counts
from experiments.store import Store
from experiments.store.plan import Plan
from experiments.sweeping.ask import Progress, Tally, carry_out
from experiments.sweeping.stopping import heeding
from experiments.sweeping.todo import Todo
from simulation.errors import InputError


@dataclass(frozen=True)
class Report:
    """What a sweep did.

    Attributes:
        store: folder of the store.
        plans: ids of the plans it followed.
        tally: how far it came.
        seconds: how long it took.
        stopped: why it ended before all was done: "asked", "time", or "" where it did not.
    """

    store: Path
    plans: tuple[str, ...]
    tally: Tally
    seconds: float
    stopped: str = ""

    @property
    def rate(self) -> float:
        """Runs done a second."""
        return self.tally.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> int:
        """Runs that are still lacking."""
        return self.tally.total - self.tally.done - self.tally.found


class Interrupted(KeyboardInterrupt):
    """Somebody asked a sweep to stop; what was done is kept.

    Attributes:
        report: how far it came.
    """

    def __init__(self, report: Report) -> None:
        super().__init__("the sweep was stopped; what was done is kept")
        self.report = report


def sweep(
    design: Design | Path | str,
    store: Store | Path | str,
    *,
    processes: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    retry_failed: bool = False,
    timeout: float | None = None,
    minutes: float | None = None,
) -> Report:
    """Run a design into a store: every run that the store lacks, replicate by replicate.

    It may be stopped, or killed, at any moment: called again, it goes on where it was. A run that
    fails is kept as a row that says where and why.

    Args:
        design: a design, the name of a shipped one, or a file.
        store: a store, or its folder, which is made where there is none.
        processes: how many processes share the work; default: one for each processor.
        executor: any other pool to do the work, in place of `processes`.
        progress: called after every run; see `experiments.sweeping.progress.show`.
        retry_failed: do the runs again that failed before.
        timeout: seconds after which a run is given up, and failed.
        minutes: stop after so many minutes; what is left is for the next time.

    Raises:
        InputError: the design, the store or a number cannot be used.
        Interrupted: Ctrl-C or SIGTERM; what was done is kept.
    """
    chosen = design if isinstance(design, Design) else load_design(design)
    kept = store if isinstance(store, Store) else Store.create_or_open(store)
    return follow(
        [Plan.of(chosen)], kept, processes=processes, executor=executor, progress=progress,
        retry_failed=retry_failed, timeout=timeout, minutes=minutes,
    )  # fmt: skip


def follow(
    plans: Sequence[Plan],
    store: Store,
    *,
    processes: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    retry_failed: bool = False,
    timeout: float | None = None,
    minutes: float | None = None,
    shard: tuple[int, int] | None = None,
) -> Report:
    """Do what plans need and a store lacks, plan after plan.

    Args:
        plans: what is to be done, with cells that can be run.
        store: where the runs are kept.
        processes: as in `sweep`, and so are the others down to `minutes`.
        executor: any other pool.
        progress: called after every run.
        retry_failed: do the runs again that failed before.
        timeout: seconds after which a run is given up.
        minutes: stop after so many minutes.
        shard: (i, n): only every n-th run, from the i-th on, beside n - 1 others who do the rest.

    Raises:
        InputError: the store or a number cannot be used.
        Interrupted: Ctrl-C or SIGTERM; what was done is kept.
    """
    count = processors() if processes is None else processes
    check_counts(seed=0, replicates=1, processes=count)
    if shard is not None:
        check_shard(shard)
    retry = _failed(store) if retry_failed else frozenset()
    started = time.monotonic()
    done = Tally(0, 0, 0, 0)
    with heeding() as stop, store.writer(shard) as writer:
        stop.end = None if minutes is None else started + 60 * minutes
        for plan in plans:
            if shard is None:
                writer.add_plan(plan)
            todo = Todo(
                plan.cells,
                range(plan.replicates),
                plan.seed,
                writer,
                shard=shard or (1, 1),
                retry=retry,
            )
            tally = carry_out(
                todo, writer, stop, processes=count, executor=executor, timeout=timeout,
                progress=None if progress is None else _after(done, progress),
            )  # fmt: skip
            done = _sum(done, tally)
    seconds = time.monotonic() - started
    left = done.total - done.found - done.done
    why = "asked" if stop.asked else "time" if left and stop() else ""
    report = Report(store.path, tuple(plan.id for plan in plans), done, seconds, why)
    if stop.asked:
        raise Interrupted(report)
    return report


def check_shard(shard: tuple[int, int]) -> None:
    """Refuse a shard that is not one of its number.

    Raises:
        InputError: there is no such shard.
    """
    number, of = shard
    if not 1 <= number <= of <= MOST_SHARDS:
        raise InputError(
            "there is no such shard", key="shard", found=f"{number}/{of}", allowed="1/n to n/n"
        )


MOST_SHARDS = 10_000


def _failed(store: Store) -> frozenset[str]:
    """Return the ids of runs that failed."""
    return frozenset(store.sql("select run from runs where status = 'failed'")["run"])


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sum(one: Tally, other: Tally) -> Tally:
    return Tally(*(a + b for a, b in zip(one, other, strict=True)))


def _after(done: Tally, progress: Progress) -> Progress:
    """Return a progress that counts what was done before, too."""
    return lambda tally: progress(_sum(done, tally))
