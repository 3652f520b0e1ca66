"""The study itself: effects with the data as they are, and with faults laid on them.

The effect of a scenario's interventions on an outcome is the mean difference to the same runs
without them; of two scenarios, the mean difference of the second to the first. Both are paired on
common random numbers, and every draw of faults uses the same replicates: what differs between two
draws comes of the data alone.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.data_doubt.faults import Fault, luck_of
from experiments.data_doubt.files import with_faults
from experiments.data_doubt.planning import Plan
from experiments.data_doubt.telling import sentence
from experiments.judge import OUTCOMES, outcomes, push_of
from experiments.pool import each
from experiments.recorded import Floats, Recorded
from experiments.run import RunResult
from experiments.shared import hidden_in
from experiments.simulate import Progress, check_counts, simulate
from experiments.statistics import MeanInterval, mean_interval
from experiments.summary import plain, values_of
from simulation.specification import Specification

NONE = 1e-12
"""Effects up to this count as none."""
MIDDLE = (0.05, 0.95)
"""The range of effects over draws that is told."""

EFFECTS = ("outcome", "kind", "level", "draw", "effect")
TABLE = (
    "outcome", "kind", "level", "effect", "mean", "low", "high", "sign_changes", "draws",
)  # fmt: skip
"""Columns of the table: effect as the data are; mean and range with faults; of how many draws the
sign is another."""


class Task(NamedTuple):
    """One draw of one fault; without a fault, the data as they are."""

    specifications: tuple[Specification, ...]
    fault: Fault | None
    draw: int
    names: tuple[str, ...]
    seed: int
    replicates: int


class Found(NamedTuple):
    """The effect on each outcome by replicate, and which outcomes rest on groups left out."""

    effects: dict[str, Floats]
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class DataDoubt:
    """What a study of data doubt came to.

    Attributes:
        plan: what was re-run.
        base: effect on each outcome with the data as they are, over replicates.
        effects: one row a fault, draw and outcome; `EFFECTS`.
        hidden: outcomes that rest on groups of few real people, and are not written.
    """

    plan: Plan
    base: dict[str, MeanInterval]
    effects: pd.DataFrame
    hidden: tuple[str, ...] = ()

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row an outcome, kind and level of fault; `TABLE`."""
        rows = [self._row(name, fault) for name in self.base for fault in self.plan.faults]
        return pd.DataFrame(rows, columns=list(TABLE))

    def _row(self, name: str, fault: Fault) -> tuple[Any, ...]:
        e, base = self.effects, self.base[name].mean
        own = e[(e["outcome"] == name) & (e["kind"] == fault.kind) & (e["level"] == fault.level)]
        values = own["effect"].to_numpy(dtype=np.float64)
        known = values[~np.isnan(values)]
        if not len(known):
            return (name, *fault, base, math.nan, math.nan, math.nan, 0, 0)
        low, high = np.quantile(known, MIDDLE)
        changes = sum(_sign(value) != _sign(base) for value in known.tolist())
        return (name, *fault, base, known.mean(), low, high, changes, len(known))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """One sentence an outcome: until where the conclusion holds."""
        rows: list[dict[Any, Any]] = self.table.to_dict(orient="records")
        compared = self.plan.other is not None
        own = {name: [row for row in rows if row["outcome"] == name] for name in self.base}
        return tuple(
            sentence(OUTCOMES[name], base, own[name], compared=compared)
            for name, base in self.base.items()
        )

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Everything as plain values: no time, no path, nothing of the machine."""
        plan = self.plan
        return {
            "kind": "data doubt",
            "titles": [s.title for s in plan.specifications],
            "seed": plan.seed,
            "replicates": plan.replicates,
            "draws": plan.draws,
            "effects": {
                name: {"mean": plain(b.mean), "low": plain(b.low), "high": plain(b.high)}
                for name, b in self.base.items()
            },
            "table": [
                {str(k): plain(v) for k, v in row.items()}
                for row in self.table.to_dict(orient="records")
            ],
            "sentences": list(self.sentences),
            "notes": list(plan.notes),
        }


def _sign(value: float) -> int:
    return 0 if abs(value) <= NONE else (1 if value > 0 else -1)


def doubt(plan: Plan, *, processes: int = 1, progress: Progress | None = None) -> DataDoubt:
    """Carry out a study of data doubt.

    Args:
        plan: what `prepare` returned.
        processes: how many processes share the work; results are the same for any number.
        progress: called with draws done and draws in all.

    Raises:
        InputError: a number is out of range, or a file cannot be used.
    """
    check_counts(seed=plan.seed, replicates=plan.replicates, processes=processes)
    as_they_are = Task(plan.specifications, None, 0, plan.outcomes, plan.seed, plan.replicates)
    tasks = [
        as_they_are,
        *(as_they_are._replace(fault=f, draw=d) for d in range(plan.draws) for f in plan.faults),
    ]
    found: dict[int, Found] = {}
    with closing(each(effects_under, tasks, processes)) as finished:
        for position, result in finished:
            found[position] = result
            if progress is not None:
                progress(len(found), len(tasks))
    base = {name: mean_interval(values) for name, values in found[0].effects.items()}
    if not plan.asked:
        base = {name: b for name, b in base.items() if not math.isnan(b.mean)} or base
    rows = [
        (name, *task.fault, task.draw, mean_interval(found[n].effects[name]).mean)
        for name in base
        for n, task in enumerate(tasks)
        if task.fault is not None
    ]
    hidden = tuple(name for name in found[0].hidden if name in base)
    return DataDoubt(plan, base, pd.DataFrame(rows, columns=list(EFFECTS)), hidden)


def effects_under(task: Task) -> Found:
    """Return the effect on each outcome with one draw of a fault laid on the data."""
    if task.fault is None:
        return _judged(task.specifications, task)
    luck = luck_of(task.seed, task.draw)
    with tempfile.TemporaryDirectory(prefix="kindling-") as folder:
        changed = [
            with_faults(s, task.fault, luck, Path(folder) / str(n))
            for n, s in enumerate(task.specifications)
        ]
        return _judged(changed, task)


def _judged(specifications: Sequence[Specification], task: Task) -> Found:
    """Run the scenarios and return the effects, replicate by replicate."""
    names, count = task.names, len(specifications)
    paired = count == 1 or any(OUTCOMES[name].paired for name in names)
    arms = list(specifications)
    if paired:
        arms += [s.without_interventions() for s in specifications]
    recorded = simulate(arms, seed=task.seed, replicates=task.replicates)
    runs = [
        RunResult(s, task.seed, recorded[n], _pair(s, recorded, count + n, paired), push_of(s))
        for n, s in enumerate(specifications)
    ]
    tables = [run.outcomes for run in runs]
    if count == 1:
        measures = specifications[0].measures
        tables.insert(0, outcomes(recorded[1], None, runs[0].push, measures))
    effects = {name: _effect(name, *tables, own=count == 1) for name in names}
    hidden = dict.fromkeys(name for run in runs for name in hidden_in(run, names))
    return Found(effects, tuple(hidden))


def _pair(
    specification: Specification, recorded: Sequence[Recorded], place: int, paired: bool
) -> Recorded | None:
    return recorded[place] if paired and push_of(specification) is not None else None


def _effect(name: str, before: pd.DataFrame, after: pd.DataFrame, *, own: bool) -> Floats:
    """Return the effect on one outcome by replicate; nan where runs cannot show it.

    An outcome that is already a difference to the pair is its own effect.
    """
    if name not in after.columns:
        return np.full(len(after), np.nan)
    values: Floats = values_of(after, OUTCOMES[name])
    if own and OUTCOMES[name].paired:
        return values
    if name not in before.columns:
        return np.full(len(after), np.nan)
    return values - values_of(before, OUTCOMES[name])
