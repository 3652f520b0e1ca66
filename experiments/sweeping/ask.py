"""Ask: run what is not known yet, then tell what all of it came to.

This is the door through which every answer goes, adaptive ones too: they ask again and again, and
no run is ever made twice. Whatever keeps the runs (a store on disk, or `Memory`) is asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, NamedTuple, Protocol

import pandas as pd

from experiments.designs.cell import Cell
from experiments.judge import OUTCOMES, judged
from experiments.simulate import check_counts
from experiments.store.schema import Row
from experiments.sweeping.job import Job, perform


class Tally(NamedTuple):
    """How far a sweep is: runs done, of these failed, found in the store, and in all."""

    done: int
    failed: int
    found: int
    total: int


Progress = Callable[[Tally], None]
"""Called after every run, and once before the first."""


class Runs(Protocol):
    """Something that keeps runs."""

    def lacking(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield, in their order, the jobs whose runs are not kept, each run once."""

    def add(self, row: Row) -> None:
        """Keep a run."""

    def rows(self, runs: Sequence[str]) -> Mapping[str, Row]:
        """Return the rows of these runs that are kept, by id."""


class Memory:
    """Keeps runs as long as it is held itself."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rows: dict[str, Row] = {}

    def lacking(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield the jobs whose runs are not kept, each run once."""
        seen: set[tuple[str, int, str]] = set()
        for job in jobs:
            wish = job.run, job.subject.months, job.subject.kept
            row = self._rows.get(wish[0])
            if wish not in seen and (row is None or not row.covers(*wish[1:])):
                seen.add(wish)
                yield job

    def add(self, row: Row) -> None:
        """Keep a run."""
        self._rows[row.run] = row

    def rows(self, runs: Sequence[str]) -> Mapping[str, Row]:
        """Return the rows of these runs."""
        return {run: self._rows[run] for run in runs if run in self._rows}


def jobs_of(cells: Sequence[Cell], replicates: range, seed: int) -> Iterator[Job]:
    """Yield the runs of cells, replicate by replicate, so that a sweep cut short is balanced.

    Each cell is followed by its pair; the same run may come more than once.
    """
    for replicate in replicates:
        for cell in cells:
            yield Job(cell.subject, seed, replicate)
            if cell.without is not None:
                yield Job(cell.without, seed, replicate)


def ask(
    cells: Sequence[Cell],
    replicates: int | range,
    *,
    seed: int = 1,
    runs: Runs | None = None,
    processes: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run what is not kept yet, and return what every cell came to, replicate by replicate.

    Replicate r of every cell draws on `derive(seed, r)`: all cells are paired.

    Args:
        cells: the places of the design.
        replicates: how many draws of chance, or which.
        seed: seed of the experiment.
        runs: what keeps the runs; default: nothing is kept.
        processes: how many processes share the work; results are the same for any number.
        executor: any other pool to do the work, in place of `processes`.
        progress: called after every run.

    Returns:
        The table of `outcomes_of`.

    Raises:
        InputError: a number is out of range.
    """
    wanted = range(replicates) if isinstance(replicates, int) else replicates
    check_counts(seed=seed, replicates=max(len(wanted), 1), processes=processes)
    kept: Runs = Memory() if runs is None else runs
    everything = list(jobs_of(cells, wanted, seed))
    todo = list(kept.lacking(everything))
    found = len({job.run for job in everything}) - len({job.run for job in todo})
    done = failed = 0
    for job in todo:
        row = perform(job)
        kept.add(row)
        done, failed = done + 1, failed + row.failed
        if progress is not None:
            progress(Tally(done, failed, found, len(todo) + found))
    return outcomes_of(cells, wanted, seed, kept)


OUTCOME_COLUMNS = ("point", "arm", "replicate", "run", "pair", "status", "error")
"""First columns of the table of outcomes; then the factors, then the outcomes."""


def outcomes_of(cells: Sequence[Cell], replicates: range, seed: int, runs: Runs) -> pd.DataFrame:
    """Return what every cell came to: a row a cell and replicate whose run is kept.

    Columns: those of `OUTCOME_COLUMNS`, one a factor, one an outcome (see `experiments.judge`): yes
    is 1, no 0, and nan what the runs cannot tell. `status` is "failed" where a run or its pair
    failed, with the reason in `error`; a cell whose pair is not kept yet is left out.
    """
    records = [
        record
        for cell in cells
        for replicate in replicates
        if (record := _record(cell, replicate, seed, runs)) is not None
    ]
    factors = dict.fromkeys(name for cell in cells for name in cell.factors)
    seen = {name for record in records for name in record}
    known = [name for name in OUTCOMES if name in seen]
    other = [n for n in dict.fromkeys(name for r in records for name in r) if n not in OUTCOMES]
    rest = [n for n in other if n not in OUTCOME_COLUMNS and n not in factors]
    return pd.DataFrame(records, columns=[*OUTCOME_COLUMNS, *factors, *known, *rest])


def _record(cell: Cell, replicate: int, seed: int, runs: Runs) -> dict[str, Any] | None:
    """Return one row of the table of outcomes; None where a run is not kept yet."""
    ids = [Job(s, seed, replicate).run for s in (cell.subject, cell.without) if s is not None]
    rows = runs.rows(ids)
    if len(rows) < len(set(ids)):
        return None
    own, pair = rows[ids[0]], rows[ids[1]] if len(ids) > 1 else None
    wrong = [row for row in (own, pair) if row is not None and row.failed]
    record: dict[str, Any] = {
        "point": cell.point,
        "arm": cell.arm,
        "replicate": replicate,
        "run": own.run,
        "pair": pair.run if pair is not None else "",
        "status": "failed" if wrong else "done",
        "error": f"{wrong[0].stage}: {wrong[0].error}" if wrong else "",
        **cell.factors,
    }
    if wrong:
        return record
    if own.kind != "community":
        return record | own.outcomes
    months = cell.subject.months
    without = None if pair is None else pair.as_recorded(months)
    values = judged(own.as_recorded(months), without, cell.push, cell.limits)
    return record | {k: float("nan") if v is None else float(v) for k, v in values.items()}
