"""Threshold: how long a push has to be, at each strength, for what it gained to be sustained.

The driver of a threshold study. It asks for runs through `ask`, so that none is made twice and a
study that was stopped goes on; what it returns depends on the runs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from experiments.answers.threshold_curve import curve_table, points_table
from experiments.answers.threshold_fit import fit_table
from experiments.answers.threshold_levers import Levers
from experiments.answers.threshold_response import Drop, Responses, Success, drop
from experiments.answers.threshold_search import SCAN, SCAN_PAIRS, CapReached, search
from experiments.designs.cell import Cell
from experiments.recorded import Floats
from experiments.simulate import MOST_REPLICATES
from experiments.store.answer import Answer
from experiments.sweeping.ask import Memory, Runs, Tally, ask, jobs_of
from simulation.errors import InputError

SHARES = (0.5, 0.9)
"""Shares of successes whose shortest push is sought."""

PLACING = 12
"""Pushes that are usually tried on all pairs to place both crossings and their intervals."""

Progress = Callable[[int, int], None]
"""Called with runs done so far and the most that there may be."""


@dataclass(frozen=True)
class Threshold:
    """What a threshold study found.

    Attributes:
        levers: what was turned.
        success: what counted as a success of a pair of runs.
        shares: the shares of successes that were sought.
        pairs: how many pairs a push was judged on.
        tried: what was tried at each strength.
        runs: how many different runs it rests on.
        failed: pairs that failed or could not be judged.
        capped: whether it stopped because more runs were not allowed.
        seed: seed of the experiment.
    """

    levers: Levers
    success: Success
    shares: tuple[float, ...]
    pairs: int
    tried: Mapping[float, Responses]
    runs: int
    failed: int
    capped: bool
    seed: int

    @cached_property
    def curve(self) -> pd.DataFrame:
        """The shortest push that is enough, by strength and share; `money` in resource a resident.

        Columns: those of `threshold_curve.CURVE_COLUMNS`, and money where it plays a part.
        """
        return self._with_money(curve_table(self.levers.strength, self.tried, self.shares))

    @cached_property
    def points(self) -> pd.DataFrame:
        """Every push tried: `threshold_curve.POINT_COLUMNS`, and money where it plays a part."""
        return self._with_money(points_table(self.tried))

    @cached_property
    def law(self) -> pd.DataFrame:
        """Rheobase and chronaxie: see `threshold_fit.FIT_COLUMNS`; empty where none can be told."""
        if self.levers.unit != "months":
            return fit_table(self.tried, (), self.seed) if self.tried else pd.DataFrame()
        return fit_table(self.tried, self.shares, self.seed)

    @cached_property
    def drops(self) -> dict[float, Drop]:
        """Strengths at which more push does worse than less, and the clearest case."""
        found = {value: drop(responses) for value, responses in self.tried.items()}
        return {value: case for value, case in found.items() if case is not None}

    @cached_property
    def cheapest(self) -> dict[float, dict[str, Any]]:
        """The row of the curve that costs least, by share; none for shares out of reach."""
        if "money" not in self.curve:
            return {}
        known = self.curve.dropna(subset=["duration"])
        found = {}
        for share in self.shares:
            rows = records(known[known["share"] == share].sort_values("money", kind="stable"))
            if rows:
                found[share] = rows[0]
        return found

    def answer(self, name: str, command: Sequence[str] = ()) -> Answer:
        """Return the answer in plain words and tables, as a store keeps it."""
        from experiments.answers.threshold_words import notes, sentences

        return Answer(
            kind="threshold",
            name=name,
            question=(
                f"How much push is enough? At each {self.levers.strength}, the least "
                f"{self.levers.lever} after which, in half and in nine of ten pairs of runs, "
                f"{self.success.words}."
            ),
            sentences=tuple(sentences(self)),
            notes=tuple(notes(self)),
            tables={"curve": self.curve, "points": self.points, "law": self.law},
            numbers={
                "pairs": self.pairs,
                "runs": self.runs,
                "failed": self.failed,
                "stopped_at_cap": self.capped,
                "outcome": self.success.outcome,
                "least": self.success.least,
                "push": self.levers.push,
            },
            command=tuple(command),
        )

    def _with_money(self, table: pd.DataFrame) -> pd.DataFrame:
        money = self.levers.money
        if money is None:
            return table
        pairs = zip(table["value"], table["duration"], strict=True)
        return table.assign(
            money=[float("nan") if pd.isna(d) else money(float(v), float(d)) for v, d in pairs]
        )


def most_runs(levers: Levers, pairs: int, paired: bool = True) -> int:
    """Return the most runs a study can take: every push on every pair, and each pair's other run.

    A search takes a fraction of it.
    """
    return pairs * (len(levers.values) * len(levers.candidates) + paired)


def usual_runs(levers: Levers, pairs: int) -> int:
    """Return about how many runs a study takes where every strength has its threshold in reach."""
    points = min(len(levers.candidates), PLACING)
    scan = min(SCAN_PAIRS, pairs) * min(len(levers.candidates), SCAN)
    return min(most_runs(levers, pairs), pairs + len(levers.values) * (scan + points * pairs))


def find_threshold(
    levers: Levers,
    success: Success,
    *,
    shares: Sequence[float] = SHARES,
    pairs: int = 40,
    cap: int | None = None,
    seed: int = 1,
    runs: Runs | None = None,
    processes: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Threshold:
    """Find, for each strength, the least push that succeeds in these shares of pairs.

    Args:
        levers: what is turned.
        success: what counts as a success.
        shares: shares of successes, between 0 and 1.
        pairs: pairs of runs on which every push that counts is judged.
        cap: the most runs it may rest on, found ones included; default: as many as it takes.
        seed: seed of the experiment.
        runs: what keeps the runs, such as a store; default: they are forgotten.
        processes: how many processes share the work; results are the same for any number.
        executor: any other pool to do the work.
        progress: called as runs are done.

    Raises:
        InputError: a number is out of range.
    """
    if not 2 <= pairs <= MOST_REPLICATES:
        raise InputError("out of range", key="--pairs", found=pairs, allowed=">= 2")
    if not shares or any(not 0 < share < 1 for share in shares):
        raise InputError("shares lie between 0 and 1", key="shares", found=tuple(shares))
    if cap is not None and cap < 1:
        raise InputError("out of range", key="--cap", found=cap, allowed=">= 1")
    kept = Memory() if runs is None else runs
    looker = _Looker(levers, success, seed, cap, kept, processes, executor, progress)
    looker.most = most_runs(levers, pairs) if cap is None else min(cap, most_runs(levers, pairs))
    tried = {value: Responses(levers.candidates, pairs) for value in levers.values}
    settled = [
        search(responses, looker.at(value), tuple(shares)) for value, responses in tried.items()
    ]
    return Threshold(
        levers, success, tuple(shares), pairs, tried, len(looker.known), looker.failed,
        not all(settled), seed,
    )  # fmt: skip


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain dictionaries."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict(orient="records")]


class _Looker:
    """Tries pushes: makes cells, asks for their runs, and counts what was used."""

    def __init__(
        self,
        levers: Levers,
        success: Success,
        seed: int,
        cap: int | None,
        runs: Runs,
        processes: int,
        executor: Executor | None,
        progress: Progress | None,
    ) -> None:
        self.levers, self.success, self.seed, self.cap = levers, success, seed, cap
        self.runs, self.processes, self.executor = runs, processes, executor
        self.progress, self.most = progress, 0
        self.cells: dict[tuple[float, int], Cell] = {}
        self.known: set[str] = set()
        self.failed = 0

    def at(self, value: float) -> Callable[[Sequence[int], range], list[Floats]]:
        """Return what tries candidates at one strength."""

        def look(candidates: Sequence[int], replicates: range) -> list[Floats]:
            return self._look(value, candidates, replicates)

        return look

    def _look(self, value: float, candidates: Sequence[int], replicates: range) -> list[Floats]:
        cells = [self._cell(value, n) for n in candidates]
        wanted = {job.run for job in jobs_of(cells, replicates, self.seed)} | self.known
        if self.cap is not None and len(wanted) > self.cap:
            raise CapReached
        before, self.known = len(self.known), wanted
        table = ask(
            cells, replicates, seed=self.seed, runs=self.runs, processes=self.processes,
            executor=self.executor, progress=self._told_from(before),
        )  # fmt: skip
        rows = []
        for cell in cells:
            own = table[table["point"] == cell.point].set_index("replicate").reindex(replicates)
            values = own.get(self.success.outcome, pd.Series(float("nan"), own.index))
            answers = self.success.of(values.to_numpy(dtype=float, na_value=float("nan")))
            self.failed += int(pd.isna(answers).sum())
            rows.append(answers)
        return rows

    def _cell(self, value: float, candidate: int) -> Cell:
        place = value, candidate
        if place not in self.cells:
            made = self.levers.cell(value, self.levers.candidates[candidate])
            number = self.levers.values.index(value) * len(self.levers.candidates) + candidate
            self.cells[place] = Cell(
                number, made.arm, made.factors, made.subject, made.without, made.push, made.limits
            )
        return self.cells[place]

    def _told_from(self, before: int) -> Callable[[Tally], None] | None:
        progress = self.progress
        if progress is None:
            return None

        def told(tally: Tally) -> None:
            progress(before + tally.done, max(self.most, before + tally.total))

        return told
