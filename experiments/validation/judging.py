"""Judging rows: repeat, summarise with an interval, compare with the target."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import numpy as np

import scenarios
from experiments.pool import each
from experiments.simulate import check_counts
from experiments.statistics import mean_interval, wilson
from experiments.validation.row import Case, Contrast, Kind, Observe, Row, Target
from simulation.chance import derive
from simulation.errors import InputError
from simulation.specification import Specification

Progress = Callable[[int, int], None]


class Result(NamedTuple):
    """One reading of one case (or contrast) of a row, with what it should be.

    `low` and `high` are the ends of the 95 % interval, nan where there is none; `target` is None
    and `passed` too where nothing is judged; `n` counts the replicates that had the reading.
    """

    row: Row
    label: str
    reading: str
    value: float
    low: float
    high: float
    n: int
    target: Target | None
    passed: bool | None


class _Task(NamedTuple):
    row: str
    case: int
    observe: Observe
    specification: Specification
    seed: int


def _observe(task: _Task) -> dict[str, float]:
    return {name: float(v) for name, v in task.observe(task.specification, task.seed).items()}


def judge(
    rows: Sequence[Row],
    *,
    settings: Mapping[str, Any] | Sequence[str] = (),
    replicates: int | None = None,
    seed: int = 1,
    processes: int = 1,
    progress: Progress | None = None,
) -> list[Result]:
    """Run rows and compare what comes out with their targets.

    With `settings` the rows are no longer what was published: results are given without a verdict.

    Args:
        rows: which rows.
        settings: changes to every case, on top of its own, as `--set` takes them.
        replicates: how many draws of chance, in place of the rows' own; rows that are exact (one
            replicate) keep their one, unless settings were changed.
        seed: seed of the whole; replicate r of every case uses `derive(seed, r)`.
        processes: how many processes share the work; results are the same for any number.
        progress: called with replicates done and replicates in all.

    Raises:
        InputError: a setting does not fit the scenario, or a number is out of range.
    """
    check_counts(seed=seed, replicates=replicates or 1, processes=processes)
    changed = bool(settings)
    tasks: list[_Task] = []
    for row in rows:
        for number, case in enumerate(row.cases):
            specification = scenarios.load(row.scenario_of(case), overrides=case.settings)
            if changed:
                specification = scenarios.with_settings(specification, settings)
            count = row.replicates_of(case)
            if replicates is not None and (count > 1 or changed):
                count = replicates
            tasks += [
                _Task(row.id, number, row.observe, specification, derive(seed, r))
                for r in range(count)
            ]
    found: list[dict[str, float]] = [{} for _ in tasks]
    with closing(each(_observe, tasks, processes)) as finished:
        for done, (position, readings) in enumerate(finished, 1):
            found[position] = readings
            if progress is not None:
                progress(done, len(tasks))
    by_case: dict[tuple[str, int], list[dict[str, float]]] = {}
    for task, readings in zip(tasks, found, strict=True):
        by_case.setdefault((task.row, task.case), []).append(readings)
    results: list[Result] = []
    for row in rows:
        runs = [by_case[row.id, number] for number in range(len(row.cases))]
        for case, own in zip(row.cases, runs, strict=True):
            results += _case(row, case, own, judged=not changed)
        for contrast in row.contrasts:
            results.append(_contrast(row, contrast, runs, judged=not changed))
    return results


def _case(row: Row, case: Case, runs: list[dict[str, float]], *, judged: bool) -> list[Result]:
    targets = {target.reading: target for target in case.targets}
    names = dict.fromkeys([*targets, *(name for run in runs for name in run)])
    results = []
    for name in names:
        if name not in targets and case.targets and judged:
            continue
        values = np.array([run[name] for run in runs])
        kind = row.kinds.get(name, "exact")
        results.append(
            _result(row, case.label, name, values, kind, targets.get(name) if judged else None)
        )
    return results


def _contrast(
    row: Row, contrast: Contrast, runs: list[list[dict[str, float]]], *, judged: bool
) -> Result:
    labels = [case.label for case in row.cases]
    name = contrast.target.reading
    more, less = (
        np.array([run[name] for run in runs[labels.index(label)]])
        for label in (contrast.more, contrast.less)
    )
    count = min(len(more), len(less))
    difference = more[:count] - less[:count]
    kind: Kind = "mean" if count > 1 else "exact"
    target = contrast.target if judged else None
    return _result(row, contrast.label, name, difference, kind, target)


def _result(
    row: Row, label: str, name: str, values: Any, kind: Kind, target: Target | None
) -> Result:
    value, low, high, n = summary(values, kind)
    passed = None if target is None else target.met_by(value)
    return Result(row, label, name, value, low, high, n, target, passed)


def summary(values: Any, kind: Kind) -> tuple[float, float, float, int]:
    """Return estimate, ends of the 95 % interval and number of values; nan are left out."""
    kept = np.asarray(values, dtype=np.float64)
    kept = kept[~np.isnan(kept)]
    if not kept.size:
        return math.nan, math.nan, math.nan, 0
    if kind == "share":
        share = wilson(round(float(kept.sum())), int(kept.size))
        return share.share, share.low, share.high, share.n
    if kind == "exact" and np.ptp(kept) == 0.0:
        return float(kept[0]), math.nan, math.nan, int(kept.size)
    mean = mean_interval(kept)
    return mean.mean, mean.low, mean.high, mean.n


def chosen(rows: Mapping[str, Row], ids: Sequence[str], tiers: Sequence[int]) -> list[Row]:
    """Return the rows named, or all of the tiers named, in their order.

    Raises:
        InputError: there is no row of such an id.
    """
    from simulation.errors import nearest_name

    wanted = [name.upper() for name in ids]
    known = {name.upper(): row for name, row in rows.items()}
    for name in wanted:
        if name not in known:
            near = nearest_name(name, list(known))
            raise InputError("there is no such row", key="IDS", found=name, nearest=near)
    picked = [known[name] for name in wanted] if wanted else list(rows.values())
    return [row for row in picked if wanted or row.tier in tiers]
