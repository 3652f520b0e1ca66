"""The study of evidence: towns with pushes of several sizes and none, watched in many ways."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.designs.cell import Cell, community_cell
from experiments.evidence.rates import HORIZONS, NO_PUSH, Towns, rates, verdicts
from experiments.evidence.readings import MEASURES, Window
from experiments.judge import push_of
from experiments.sweeping.ask import Memory, Progress, Runs, ask
from experiments.sweeping.job import Job
from simulation.errors import InputError
from simulation.specification import Specification

BEFORE = 24
"""Months watched before the push; a push that comes earlier is put off."""

SIZES = (0.5, 1.0, 2.0)
"""Sizes of the push, as parts of the scenario's own."""

FEWEST = 10
"""Fewest towns: with fewer, rates say nothing."""


@dataclass(frozen=True)
class Evidence:
    """What the study found.

    Attributes:
        title: title of the scenario.
        towns: towns of each kind whose runs went well.
        failed: towns left out because a run of theirs failed.
        window: when they were watched.
        sizes: sizes of the push.
        quiet: alarms without a push, see `rates`.
        pushed: alarms with one.
        seed: seed of the whole.
    """

    title: str
    towns: int
    failed: int
    window: Window
    sizes: tuple[float, ...]
    quiet: pd.DataFrame
    pushed: pd.DataFrame
    seed: int

    def verdicts(self, size: float = 1.0, months: int = 36) -> pd.DataFrame:
        """Return which rules can be trusted; see `rates.verdicts`."""
        return verdicts(self.quiet, self.pushed, size, months)


def put_off(specification: Specification, before: int, since: int) -> tuple[Specification, Window]:
    """Return the scenario with its push late enough, and when its towns are watched.

    All events are moved alike, so that the push begins `before` months in or later.

    Raises:
        InputError: nobody pushes.
    """
    push = push_of(specification)
    if push is None:
        raise InputError(
            "nobody intervenes in this scenario, so there is nothing to detect",
            key="events",
            mend="name a scenario with a push, such as headline/push_alone",
        )
    later = max(0, before + 1 - push.start)
    events = tuple(e.model_copy(update={"month": e.month + later}) for e in specification.events)
    window = Window(push.start + later, before, since)
    changed = {"events": events, "months": window.start - 1 + since}
    return specification.model_copy(update=changed), window


def cells_of(specification: Specification, sizes: Sequence[float]) -> list[Cell]:
    """Return the town without a push, then with every size of it."""
    kept = tuple(measure.name for measure in MEASURES)
    none = specification.without_interventions()
    arms = [(NO_PUSH, none), *((size, _sized(specification, size)) for size in sizes)]
    return [
        community_cell(
            scenario,
            point=point,
            arm=f"push x {size:g}" if size else "no push",
            factors={"size": size},
            measures=kept,
            paired=False,
        )
        for point, (size, scenario) in enumerate(arms)
    ]


def _sized(specification: Specification, size: float) -> Specification:
    """Return the scenario with the money of its push multiplied."""
    events = []
    for event in specification.events:
        money: Any = event
        if event.kind == "funding" and event.intervention:
            money = event.model_copy(update={"amount": money.amount * size})
        events.append(money)
    return specification.model_copy(update={"events": tuple(events)})


def study(
    specification: Specification,
    *,
    replicates: int = 100,
    seed: int = 1,
    before: int = BEFORE,
    since: int = HORIZONS[-1],
    sizes: Sequence[float] = SIZES,
    runs: Runs | None = None,
    processes: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Evidence:
    """Watch towns with and without a push, and count how rules of evidence do.

    Every replicate is one town, run once without the push and once with each size, on equal luck.

    Args:
        specification: a scenario with a push that brings money.
        replicates: how many towns.
        seed: seed of the towns and of the surveys.
        before: months watched before the push.
        since: months watched since it began.
        sizes: sizes of the push, as parts of the scenario's own.
        runs: what keeps the runs.
        processes: how many processes share the work.
        executor: any other pool.
        progress: called after every run.

    Raises:
        InputError: nobody pushes, no money is pushed, or there are too few towns.
    """
    if replicates < FEWEST:
        raise InputError(
            "too few towns for a rate",
            key="replicates",
            found=replicates,
            allowed=f"at least {FEWEST}",
        )
    later, window = put_off(specification, before, since)
    if not any(e.kind == "funding" and e.intervention for e in later.events):
        raise InputError("no funding among the interventions, so its size cannot be varied")
    cells = cells_of(later, sizes)
    kept = Memory() if runs is None else runs
    table = ask(
        cells, replicates, seed=seed, runs=kept, processes=processes, executor=executor,
        progress=progress,
    )  # fmt: skip
    wrong = set(table.loc[table["status"] == "failed", "replicate"])
    towns = _towns(cells, [r for r in range(replicates) if r not in wrong], seed, kept, window)
    if towns.number < FEWEST:
        raise InputError(f"{len(wrong)} of {replicates} towns failed", mend="see kindling replay")
    quiet, pushed = rates(towns, seed)
    return Evidence(
        specification.title, towns.number, len(wrong), window, tuple(sizes), quiet, pushed, seed
    )


def _towns(
    cells: Sequence[Cell], replicates: Sequence[int], seed: int, runs: Runs, window: Window
) -> Towns:
    """Gather the months of all towns."""
    series = {}
    for cell in cells:
        ids = [Job(cell.subject, seed, r).run for r in replicates]
        rows = runs.rows(ids)
        arms = [rows[run].as_recorded(cell.subject.months) for run in ids]
        series[cell.factors["size"]] = {
            m.name: np.concatenate([arm.measure(m.name) for arm in arms]) for m in MEASURES
        }
    subject: Any = cells[0].subject
    residents = sum(group.size for group in subject.specification.groups)
    return Towns(series, window, residents)
