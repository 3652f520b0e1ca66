"""Running a sequential comparison: two scenarios, pair after pair, until enough is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from experiments.answers.sequential import Sequential, Stopping, compare_until, outcome_named
from experiments.compare import Comparison, pairing_warnings
from experiments.designs.cell import Cell, community_cell
from experiments.judge import OUTCOMES
from experiments.recorded import Floats, Recorded
from experiments.run import RunResult
from experiments.store.schema import Row
from experiments.sweeping.ask import Memory, Runs, Tally, ask
from experiments.sweeping.job import Job
from experiments.sweeping.subject import Community, Subject
from simulation.errors import InputError
from simulation.specification import Specification

FIXED = "all intervals but that of {} are those of a number of pairs settled beforehand"

TWO_PEAKS = (
    "stewardship tips in some runs and not in others, so that a mean over them has two peaks; "
    "compare the share as well: --outcome tipped"
)


def compare_sequentially(
    a: Specification,
    b: Specification,
    *,
    width: float,
    outcome: str,
    cap: int,
    batch: int,
    seed: int,
    runs: Runs | None = None,
    processes: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Run two scenarios in pairs until the interval of one outcome is narrow enough.

    Args:
        a: the first scenario.
        b: the second; differences are what it adds to the first.
        width: how wide the interval may be, from end to end.
        outcome: of which outcome.
        cap: the most pairs.
        batch: pairs of the first look; each further look has twice as many.
        seed: seed of the experiment.
        runs: what keeps the runs; default: they are forgotten.
        processes: how many processes share the work; results are the same for any number.
        executor: any other pool to do the work.
        progress: called with runs done and the most there may be.

    Raises:
        InputError: a number is out of range, or the runs do not show the outcome.
    """
    name = outcome_named(outcome)
    stopping = Stopping(width, cap, batch, OUTCOMES[name].kind == "share")
    cells = [community_cell(s, point=n, measures=None) for n, s in enumerate((a, b))]
    drawn = _Drawn(cells, name, stopping, seed, runs, processes, executor, progress)
    found = compare_until(name, stopping, drawn.first)
    return _comparison(cells, found, drawn.runs, seed)


class _Drawn:
    """Draws pairs, and gives the outcome of all that were drawn so far."""

    def __init__(
        self,
        cells: Sequence[Cell],
        outcome: str,
        stopping: Stopping,
        seed: int,
        runs: Runs | None,
        processes: int,
        executor: Executor | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.cells, self.outcome, self.seed = cells, outcome, seed
        self.runs: Runs = Memory() if runs is None else runs
        self.processes, self.executor, self.progress = processes, executor, progress
        self.values = np.zeros((2, 0))
        each = sum(1 if cell.without is None else 2 for cell in cells)
        self.most, self.each = stopping.cap * each, each

    def first(self, pairs: int) -> tuple[Floats, Floats]:
        """Return the outcomes of the first so many pairs, in both arms."""
        have = self.values.shape[1]
        wanted = range(have, pairs)

        def told(tally: Tally) -> None:
            if self.progress is not None:
                self.progress(have * self.each + tally.done + tally.found, self.most)

        table = ask(
            self.cells, wanted, seed=self.seed, runs=self.runs, processes=self.processes,
            executor=self.executor, progress=told,
        )  # fmt: skip
        rows = [_values(table, n, self.outcome, wanted) for n in range(len(self.cells))]
        self.values = np.concatenate([self.values, rows], axis=1)
        if np.isnan(self.values).any(axis=0).all():
            raise InputError(
                "no pair shows this outcome",
                key="--outcome",
                found=self.outcome,
                mend="take one that both scenarios have, or more months",
            )
        return self.values[0], self.values[1]


def _values(table: pd.DataFrame, point: int, outcome: str, replicates: range) -> Floats:
    own = table[table["point"] == point].set_index("replicate").reindex(replicates)
    if outcome not in own:
        return np.full(len(replicates), np.nan)
    return own[outcome].to_numpy(dtype=np.float64, na_value=np.nan)


def _comparison(cells: Sequence[Cell], found: Sequential, runs: Runs, seed: int) -> Comparison:
    """Return the runs as a comparison; replicates of which a run failed are left out."""
    subjects = [s for cell in cells for s in (cell.subject, cell.without) if s is not None]
    rows = [_rows(subject, found.pairs, seed, runs) for subject in subjects]
    good = [r for r in range(found.pairs) if not any(arm[r].failed for arm in rows)]
    if not good:
        raise InputError(f"every pair failed: {rows[0][0].stage}: {rows[0][0].error}")
    by_id = {
        s.id: _stacked(s, [arm[r] for r in good]) for s, arm in zip(subjects, rows, strict=True)
    }
    results = [_result(cell, by_id, seed) for cell in cells]
    a, b = (result.specification for result in results)
    warnings = [*pairing_warnings(a, b), FIXED.format(found.outcome)]
    tips = [arm.outcomes["tipped"].dropna() for arm in results]
    if OUTCOMES[found.outcome].kind == "mean" and any(0 < t.sum() < len(t) for t in tips):
        warnings.append(TWO_PEAKS)
    if len(good) < found.pairs:
        warnings.append(f"{found.pairs - len(good)} pairs failed and are left out")
    return Comparison(results[0], results[1], tuple(warnings), found)


def _rows(subject: Subject, pairs: int, seed: int, runs: Runs) -> list[Row]:
    ids = [Job(subject, seed, r).run for r in range(pairs)]
    kept = runs.rows(ids)
    return [kept[run] for run in ids]


def _stacked(subject: Subject, rows: Sequence[Row]) -> Recorded:
    """Return the months of several replicates as one."""
    single = [row.as_recorded(subject.months) for row in rows]
    values = np.concatenate([each.values for each in single])
    return Recorded(single[0].months, single[0].keys, values, tuple(row.run for row in rows))


def _result(cell: Cell, by_id: dict[str, Recorded], seed: int) -> RunResult:
    assert isinstance(cell.subject, Community)
    specification = cell.subject.specification.model_copy(update={"seed": seed})
    return RunResult(
        specification=specification,
        seed=seed,
        recorded=by_id[cell.subject.id],
        unpushed=None if cell.without is None else by_id[cell.without.id],
        push=cell.push,
    )
