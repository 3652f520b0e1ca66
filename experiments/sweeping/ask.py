"""Ask: run what is not known yet, then tell what all of it came to.

This is the door through which every answer goes, adaptive ones too: they ask again and again, and
no run is ever made twice. Whatever keeps the runs (a store on disk, or `Memory`) is asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from itertools import batched
from typing import Any, NamedTuple, Protocol

import pandas as pd

from experiments.designs.cell import Cell
from experiments.judge import OUTCOMES, judged
from experiments.simulate import check_counts
from experiments.store.schema import Row
from experiments.sweeping.job import Job
from experiments.sweeping.running import run_jobs
from experiments.sweeping.stopping import Stop, heeding
from experiments.sweeping.todo import Todo, jobs_of


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
        self._rows: dict[str, list[Row]] = {}

    def lacking(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield the jobs whose runs are not kept, each run once."""
        seen: set[tuple[str, int, str]] = set()
        for job in jobs:
            wish = job.run, job.subject.months, job.subject.kept
            if wish not in seen and self._answering(*wish) is None:
                seen.add(wish)
                yield job

    def add(self, row: Row) -> None:
        """Keep a run; one that holds no less than another of the same run takes its place."""
        others = self._rows.get(row.run, [])
        stay = [o for o in others if not row.covers(o.months, o.kept) or (row.failed > o.failed)]
        self._rows[row.run] = sorted([*stay, row], key=lambda r: (r.failed, -r.months))

    def rows(self, runs: Sequence[str]) -> Mapping[str, Row]:
        """Return the rows of these runs; of each the longest that came to something."""
        return {run: self._rows[run][0] for run in runs if run in self._rows}

    def rows_for(self, jobs: Iterable[Job]) -> Mapping[Job, Row]:
        """Return the rows that answer jobs: as long, and with as many measures, as is wanted."""
        found = {j: self._answering(j.run, j.subject.months, j.subject.kept) for j in jobs}
        return {job: row for job, row in found.items() if row is not None}

    def _answering(self, run: str, months: int, kept: str) -> Row | None:
        return next((row for row in self._rows.get(run, ()) if row.covers(months, kept)), None)


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
        KeyboardInterrupt: somebody asked to stop; what is done by then is kept.
    """
    wanted = range(replicates) if isinstance(replicates, int) else replicates
    check_counts(seed=seed, replicates=max(len(wanted), 1), processes=processes)
    kept: Runs = Memory() if runs is None else runs
    todo = Todo(cells, wanted, seed, kept)
    with heeding() as stop:
        carry_out(todo, kept, stop, processes=processes, executor=executor, progress=progress)
    if stop.asked:
        raise KeyboardInterrupt
    return outcomes_of(cells, wanted, seed, kept)


def carry_out(
    todo: Todo,
    runs: Runs,
    stop: Stop,
    *,
    processes: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    timeout: float | None = None,
) -> Tally:
    """Do what is to be done and keep every row; return how far it came.

    Args:
        todo: the runs.
        runs: what keeps them.
        stop: when to stop early.
        processes: how many processes share the work.
        executor: any other pool, in place of `processes`.
        progress: called after every run, and once before the first.
        timeout: seconds after which a run is given up.
    """
    done = failed = 0

    def tally() -> Tally:
        return Tally(done, failed, todo.found, todo.total)

    def left() -> int:
        return todo.total - todo.found - done

    say = progress or _silent
    say(tally())
    rows = run_jobs(
        todo, left, processes=processes, executor=executor, timeout=timeout, stop=stop
    )  # fmt: skip
    with closing(rows):
        while some := _next(rows, stop):
            _add(runs, some)
            for row in some:
                done, failed = done + 1, failed + row.failed
                say(tally())
    return tally()


def _next(rows: Iterator[list[Row]], stop: Stop) -> list[Row]:
    """Return the next rows; none at the end, or where a wish to stop broke off a run here."""
    try:
        return next(rows, [])
    except KeyboardInterrupt:
        if not stop.asked:
            raise
        return []


def _add(runs: Runs, rows: list[Row]) -> None:
    """Keep rows: all at once where whoever keeps them can do that."""
    add_all: Callable[[list[Row]], None] | None = getattr(runs, "add_all", None)
    if add_all is not None:
        add_all(rows)
        return
    for row in rows:
        runs.add(row)


def _silent(tally: Tally) -> None:
    """Say nothing."""


OUTCOME_COLUMNS = ("point", "arm", "replicate", "run", "pair", "status", "error")
"""First columns of the table of outcomes; then the factors, then the outcomes."""


def outcomes_of(cells: Sequence[Cell], replicates: range, seed: int, runs: Runs) -> pd.DataFrame:
    """Return what every cell came to: a row a cell and replicate whose run is kept.

    Columns: those of `OUTCOME_COLUMNS`, one a factor, one an outcome (see `experiments.judge`): yes
    is 1, no 0, and nan what the runs cannot tell. `status` is "failed" where a run or its pair
    failed, with the reason in `error`; a cell whose pair is not kept yet is left out.
    """
    places = ((cell, replicate) for replicate in replicates for cell in cells)  # as runs are kept
    found = [record for some in batched(places, AT_A_TIME) for record in _records(some, seed, runs)]
    turn = {(cell.point, cell.arm): number for number, cell in enumerate(cells)}
    records = sorted(found, key=lambda record: turn[record["point"], record["arm"]])
    factors = dict.fromkeys(name for cell in cells for name in cell.factors)
    seen = {name for record in records for name in record}
    known = [name for name in OUTCOMES if name in seen]
    other = [n for n in dict.fromkeys(name for r in records for name in r) if n not in OUTCOMES]
    rest = [n for n in other if n not in OUTCOME_COLUMNS and n not in factors]
    return pd.DataFrame(records, columns=[*OUTCOME_COLUMNS, *factors, *known, *rest])


AT_A_TIME = 500
"""Places whose rows are read together."""


def _records(places: Sequence[tuple[Cell, int]], seed: int, runs: Runs) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table of outcomes for cells and replicates."""
    wishes = []
    for cell, replicate in places:
        own = Job(cell.subject, seed, replicate)
        wishes.append((own, None if cell.without is None else own._replace(subject=cell.without)))
    rows = _rows_for(runs, dict.fromkeys(job for wish in wishes for job in wish if job))
    for (cell, replicate), (own, pair) in zip(places, wishes, strict=True):
        if own in rows and (pair is None or pair in rows):
            yield _record(cell, replicate, rows[own], None if pair is None else rows[pair])


def _rows_for(runs: Runs, jobs: Iterable[Job]) -> Mapping[Job, Row]:
    """Return the rows that answer jobs: as long, and with as many measures, as is wanted."""
    exactly: Callable[[Iterable[Job]], Mapping[Job, Row]] | None = getattr(runs, "rows_for", None)
    if exactly is not None:
        return exactly(jobs)
    wanted = list(jobs)
    rows = runs.rows([job.run for job in wanted])
    return {
        job: row
        for job in wanted
        if (row := rows.get(job.run)) is not None
        and row.covers(job.subject.months, job.subject.kept)
    }


def _record(cell: Cell, replicate: int, own: Row, pair: Row | None) -> dict[str, Any]:
    """Return one row of the table of outcomes."""
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
    known = own.outcomes if own.months == months else None
    values = judged(own.as_recorded(months), without, cell.push, cell.limits, known)
    return record | {k: float("nan") if v is None else float(v) for k, v in values.items()}


__all__ = [
    "OUTCOME_COLUMNS", "Memory", "Progress", "Runs", "Tally", "ask", "carry_out", "jobs_of",
    "outcomes_of",
]  # fmt: skip
