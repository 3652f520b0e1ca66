"""Survival: how long what a push brought about outlives the push, by arm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from experiments.answers.survival_curve import (
    SURVIVAL_COLUMNS,
    Mean,
    kaplan_meier,
    median_of,
    restricted_mean,
    share_at,
)
from experiments.answers.survival_times import (
    FAILED,
    LASTED,
    NEVER,
    UNSEEN,
    Kept,
    Of,
    survival_times,
)
from experiments.designs.cell import Cell
from experiments.judge import HORIZONS
from experiments.recorded import Floats
from experiments.store.answer import Answer
from simulation.errors import InputError

ARM_COLUMNS = (
    "arm", "runs", "had", "never", "unseen", "failed", "not_lost",
    "median", "median_low", "median_high", "mean", "mean_low", "mean_high",
    *(f"share_{k}{end}" for k in HORIZONS for end in ("", "_low", "_high")),
)  # fmt: skip
"""A row an arm: runs, how many had something to lose, never had, cannot tell, failed, and had not
lost it when the run ended; the median month of loss; the mean months kept within the horizon; and
the share that lasts through so many months, each with its 95 % interval."""

LEAST_REPLICATES = 3
"""Replicates from which on intervals come from them, where a design has several points."""


@dataclass(frozen=True)
class SurvivalStudy:
    """How long gains or coalitions last after the push.

    Attributes:
        of: what survives.
        times: a row a run: see `survival_times.TIME_COLUMNS`.
        seed: seed of the experiment.
        lacking: how many runs, or their pairs, are not kept, so that nothing is told of them.
    """

    of: Of
    times: pd.DataFrame
    seed: int = 1
    lacking: int = 0

    @property
    def arms(self) -> list[str]:
        """Names of the arms, in the order of the cells."""
        return list(dict.fromkeys(str(arm) for arm in self.times["arm"]))

    @cached_property
    def curves(self) -> pd.DataFrame:
        """The survival curves of all arms, with the columns `SURVIVAL_COLUMNS`."""
        tables = [self._curve(arm) for arm in self.arms]
        full = [table for table in tables if len(table)]
        return pd.concat(full, ignore_index=True) if full else _no_rows()

    def _curve(self, arm: str) -> pd.DataFrame:
        own = self._had(arm)
        return kaplan_meier(
            own["months"].to_numpy(dtype=float), own["censored"].to_numpy(dtype=bool), arm,
            self._clusters(own),
        )  # fmt: skip

    def _had(self, arm: str) -> pd.DataFrame:
        return self.times[(self.times["arm"] == arm) & (self.times["status"] == LASTED)]

    @cached_property
    def horizon(self) -> float:
        """Months after the push that every run was watched: means are cut there."""
        watched = self.times["watched"].min()
        return float(watched) if not pd.isna(watched) else math.nan

    @cached_property
    def by_arm(self) -> pd.DataFrame:
        """What each arm came to, with the columns `ARM_COLUMNS`."""
        rows = []
        for arm in self.arms:
            own = self.times[self.times["arm"] == arm]
            had, curve = self._had(arm), self._curve(arm)
            counts = [len(own), len(had)]
            counts += [int((own["status"] == s).sum()) for s in (NEVER, UNSEEN, FAILED)]
            mean = restricted_mean(self._cut(had), self._clusters(had), self.seed)
            shares = [x for k in HORIZONS for x in self._share(curve, had, k)]
            lost = [int(had["censored"].sum()), *median_of(curve), *mean[:3]]
            rows.append((arm, *counts, *lost, *shares))
        return pd.DataFrame(rows, columns=list(ARM_COLUMNS))

    def _share(
        self, curve: pd.DataFrame, had: pd.DataFrame, month: int
    ) -> tuple[float, float, float]:
        """Return the share that lasts through a month that was watched in some run."""
        if not len(had) or float(had["watched"].max()) <= month:
            return math.nan, math.nan, math.nan
        return share_at(curve, month)

    def _cut(self, table: pd.DataFrame) -> Floats:
        cut: Floats = np.minimum(table["months"].to_numpy(dtype=float), self.horizon)
        return cut

    @property
    def unit(self) -> str:
        """What intervals are reckoned from: replicates, or points where replicates are too few.

        All points share the luck of a replicate, so that their runs are not independent.
        """
        enough = self.times["replicate"].nunique() >= LEAST_REPLICATES
        return "replicate" if enough or self.times["point"].nunique() == 1 else "point"

    def _clusters(self, table: pd.DataFrame) -> Floats:
        name = self.unit
        return table[name].to_numpy(dtype=float)

    def difference(self, *, with_never: bool = False) -> Mean | None:
        """Return by how many months the second arm keeps it longer, over pairs on the same luck.

        Args:
            with_never: count runs that never had anything to lose as no month kept; otherwise only
                pairs in which both had are counted.

        Returns:
            The mean difference within the horizon; None unless there are two arms.
        """
        if len(self.arms) != 2:
            return None
        statuses = [LASTED, NEVER] if with_never else [LASTED]
        known = self.times[self.times["status"].isin(statuses)]
        brief = known["censored"].astype(bool) & (known["months"] < self.horizon)
        known = known[~brief]
        place = ["point", "replicate"]
        first, second = (known[known["arm"] == arm] for arm in self.arms)
        both = first.merge(second, on=place, suffixes=("_a", "_b"))
        months = [np.minimum(both[f"months_{k}"].to_numpy(float), self.horizon) for k in "ab"]
        return restricted_mean(months[1] - months[0], self._clusters(both), self.seed)

    def answer(self, name: str, command: Sequence[str] = ()) -> Answer:
        """Return the answer in plain words and tables, as a store keeps it."""
        from experiments.answers.survival_words import QUESTIONS, notes, sentences

        numbers: dict[str, Any] = {"horizon": self.horizon, "of": self.of}
        for with_never, label in ((False, "difference"), (True, "difference_all_runs")):
            found = self.difference(with_never=with_never)
            if found is not None:
                numbers |= {
                    label: found.mean, f"{label}_low": found.low, f"{label}_high": found.high,
                    f"{label}_pairs": found.n,
                }  # fmt: skip
        return Answer(
            kind="survival",
            name=name,
            question=QUESTIONS[self.of],
            sentences=tuple(sentences(self)),
            notes=tuple(notes(self)),
            tables={"survival": self.curves, "arms": self.by_arm, "times": self.times},
            numbers=numbers,
            command=tuple(command),
        )


def find_survival(
    cells: Sequence[Cell], replicates: range, seed: int, runs: Kept, of: Of = "gain"
) -> SurvivalStudy:
    """Tell how long gains or coalitions last after the push, from runs that are kept.

    Args:
        cells: the cells; cells of one name of arm make one curve.
        replicates: the draws of chance.
        seed: seed of the experiment.
        runs: what keeps the runs.
        of: what survives.

    Raises:
        InputError: no cell has a push, or none of its runs is kept.
    """
    if not any(cell.push is not None for cell in cells):
        raise InputError("nobody intervenes, so nothing lasts after it")
    if of == "gain" and not any(cell.without is not None for cell in cells):
        raise InputError(
            "a gain is measured against the same runs without the push, and there are none",
            mend="ask for --of coalition",
        )
    times = survival_times(cells, replicates, seed, runs, of)
    if times.empty:
        raise InputError("none of these runs is kept")
    wanted = sum(cell.push is not None for cell in cells) * len(replicates)
    return SurvivalStudy(of, times, seed, wanted - len(times))


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=list(SURVIVAL_COLUMNS))
