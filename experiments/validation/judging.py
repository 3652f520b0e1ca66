"""Judging rows: repeat, summarise with an interval, compare with the target."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

import scenarios
from experiments.simulate import check_counts
from experiments.statistics import mean_interval, wilson
from experiments.validation.repeating import Work, of_row, repeat
from experiments.validation.row import Case, Contrast, Kind, Row, Target, Verdict
from scenarios.settings import changes_of
from simulation.errors import InputError, nearest_name
from simulation.specification import Specification

Progress = Callable[[int, int], None]
Settings = Mapping[str, Any] | Sequence[str]
Readings = Mapping[str, float]


class Result(NamedTuple):
    """One reading of one case (or contrast) of a row, with what it should be.

    `low` and `high` are the ends of the 95 % interval, nan where there is none; `target` is None
    and `verdict` too where nothing is judged; `n` counts the replicates that had the reading.
    `scenario` and `settings` are those of the case; of a contrast, the row's scenario and none.
    """

    row: Row
    label: str
    reading: str
    value: float
    low: float
    high: float
    n: int
    target: Target | None
    verdict: Verdict | None
    scenario: str = ""
    settings: Mapping[str, Any] = {}

    @property
    def passed(self) -> bool | None:
        """Whether it counts as met, wide or not; None where nothing is judged."""
        return None if self.verdict is None else self.verdict in ("pass", "wide")


class _Prepared(NamedTuple):
    """A case that is ready to run: under which label, on what, and how often."""

    case: Case
    label: str
    specification: Specification
    replicates: int


def judge(
    rows: Sequence[Row],
    *,
    settings: Settings = (),
    replicates: int | None = None,
    seed: int = 1,
    processes: int = 1,
    progress: Progress | None = None,
) -> list[Result]:
    """Run rows and compare what comes out with their targets (`Target.verdict` says how).

    With `settings` the rows are no longer what was published: results are given without a verdict.
    Where they set what tells a row's cases apart, cases that have become the same are one, and
    contrasts between them are left out.

    Args:
        rows: which rows.
        settings: changes to every case, on top of its own, as `--set` takes them.
        replicates: how many draws of chance, in place of the rows' own; rows that are exact (one
            replicate) keep their one, unless settings were changed.
        seed: seed of the whole; replicate r of every case uses `derive(seed, r)`.
        processes: how many processes share the work; results are the same for any number.
        progress: called with replicates done and replicates in all; equal ones run once.

    Raises:
        InputError: a setting does not fit the scenario, or a number is out of range.
    """
    check_counts(seed=seed, replicates=1 if replicates is None else replicates, processes=processes)
    prepared = [_prepare(row, settings, replicates) for row in rows]
    work = [
        Work(row.id, row.observe, ready.specification, ready.replicates)
        for row, cases in zip(rows, prepared, strict=True)
        for ready in cases
    ]
    runs = iter(repeat(work, seed=seed, processes=processes, progress=progress))
    judged = not settings
    results: list[Result] = []
    for row, cases in zip(rows, prepared, strict=True):
        by_label: dict[str, list[Readings]] = {}
        for ready in cases:
            own = next(runs)
            by_label[ready.case.label] = own
            results += _case(row, ready, own, judged=judged)
        for contrast in row.contrasts:
            if contrast.more in by_label and contrast.less in by_label:
                results.append(_contrast(row, contrast, by_label, judged=judged))
    return results


# ---------------------------------------------------------------------------------- preparing


def _prepare(row: Row, settings: Settings, replicates: int | None) -> list[_Prepared]:
    """Return the cases of a row as they are to run; those that settings made equal, once."""
    changed = bool(settings)
    replaced = {_key(change.words) for change in changes_of(settings)} & _varied(row)
    ready: list[_Prepared] = []
    for case in row.cases:
        count = row.replicates_of(case)
        if replicates is not None and (count > 1 or changed):
            count = replicates
        specification = _specification(row, case, settings)
        label = _label(case, replaced) if replaced else case.label
        ready.append(_Prepared(case, label, specification, count))
    if not replaced:
        return ready
    distinct: list[_Prepared] = []
    for one in ready:
        places = [n for n, d in enumerate(distinct) if d.specification == one.specification]
        if not places:
            distinct.append(one)
        elif one.replicates > distinct[places[0]].replicates:
            distinct[places[0]] = one
    return distinct


def _specification(row: Row, case: Case, settings: Settings) -> Specification:
    try:
        specification = scenarios.load(row.scenario_of(case), overrides=case.settings)
        return scenarios.with_settings(specification, settings) if settings else specification
    except InputError as error:
        raise of_row(error, row.id) from None


def _key(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a key in its short form."""
    return tuple(words[1:] if words[0] == "parameters" else words)


def _varied(row: Row) -> set[tuple[str, ...]]:
    """Return the keys that tell the cases of a row apart."""
    return {_key(change.words) for case in row.cases for change in changes_of(case.settings)}


def _label(case: Case, replaced: set[tuple[str, ...]]) -> str:
    """Return what is left of a case's own settings once others have taken the place of some."""
    kept = [
        f"{name} = {value}"
        for name, value in case.settings.items()
        if _key(changes_of({name: value})[0].words) not in replaced
    ]
    if case.scenario:
        kept.insert(0, case.scenario)
    return ", ".join(kept) or "as set"


# -------------------------------------------------------------------------------- summarising


def _case(row: Row, ready: _Prepared, runs: list[Readings], *, judged: bool) -> list[Result]:
    targets = {target.reading: target for target in ready.case.targets} if judged else {}
    found = dict.fromkeys(name for run in runs for name in run)
    results = []
    for name in targets or found:
        values = np.array([run.get(name, math.nan) for run in runs])
        kind = row.kinds.get(name, "exact")
        result = _result(row, ready.label, name, values, kind, targets.get(name))
        scenario, settings = row.scenario_of(ready.case), ready.case.settings
        results.append(result._replace(scenario=scenario, settings=settings))
    return results


def _contrast(
    row: Row, contrast: Contrast, runs: Mapping[str, list[Readings]], *, judged: bool
) -> Result:
    name = contrast.target.reading
    more, less = (
        np.array([run.get(name, math.nan) for run in runs[label]])
        for label in (contrast.more, contrast.less)
    )
    count = min(len(more), len(less))
    difference = more[:count] - less[:count]
    kind: Kind = "mean" if count > 1 else "exact"
    target = contrast.target if judged else None
    result = _result(row, contrast.label, name, difference, kind, target)
    return result._replace(scenario=row.scenario)


def _result(
    row: Row, label: str, name: str, values: Any, kind: Kind, target: Target | None
) -> Result:
    value, low, high, n = summary(values, kind)
    exact = kind == "exact" and math.isnan(low)
    verdict = None if target is None else target.verdict(value, low, high, exact=exact)
    return Result(row, label, name, value, low, high, n, target, verdict)


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


# ----------------------------------------------------------------------------------- choosing


def chosen(rows: Mapping[str, Row], ids: Sequence[str], tiers: Sequence[int]) -> list[Row]:
    """Return the rows named, each once, or all of the tiers named, in their order.

    Raises:
        InputError: there is no row of such an id.
    """
    known = {name.upper(): row for name, row in rows.items()}
    for name in ids:
        if name.upper() not in known:
            near = nearest_name(name.upper(), list(known))
            raise InputError(
                "there is no such row",
                key="IDS",
                found=name,
                allowed=None if near else ", ".join(rows),
                nearest=known[near].id if near else None,
            )
    if ids:
        return [known[name] for name in dict.fromkeys(name.upper() for name in ids)]
    return [row for row in rows.values() if row.tier in tiers]
