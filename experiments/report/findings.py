"""Findings: what a study's runs came to, as tidy tables: by arm, by factor, and by two at once."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from experiments.figures.canvas import in_order, text_of
from experiments.judge import Outcome
from experiments.report.estimates import LEAST_REPLICATES, Estimate, difference, estimate
from experiments.report.material import Study, Varied

FEW = 8
"""A factor with more different values is told in groups of neighbouring values."""

GROUPS = 5
MOST_LEVELS = 12
"""A factor of names with more of them is not told level by level."""

ENDS = ["value", "low", "high"]


def by_arm(study: Study) -> pd.DataFrame:
    """Return every outcome of every arm.

    Columns: outcome, label, kind, unit, arm, value, low, high, runs, missing; a row an outcome and
    arm. A value is a mean, or a share of runs where `kind` is "share".
    """
    rows = []
    for outcome in study.outcomes.values():
        for arm in study.arms:
            own = study.done[study.done["arm"] == arm]
            found = _estimate(own, outcome)
            rows.append(
                (outcome.name, outcome.label, outcome.kind, outcome.unit, arm, *found[:4],
                 found.missing)
            )  # fmt: skip
    columns = ["outcome", "label", "kind", "unit", "arm", *ENDS, "runs", "missing"]
    return pd.DataFrame(rows, columns=columns)


def differences(study: Study) -> pd.DataFrame:
    """Return for every outcome by how much each further arm differs from the first, in pairs.

    Columns: outcome, label, kind, unit, arm, base, value, low, high, pairs, missing.
    """
    rows = []
    base, *others = study.arms or ("",)
    for outcome in study.outcomes.values():
        for arm in others:
            found = difference(study.done, outcome.name, arm, base)
            rows.append(
                (outcome.name, outcome.label, outcome.kind, outcome.unit, arm, base, *found[:4],
                 found.missing)
            )  # fmt: skip
    columns = ["outcome", "label", "kind", "unit", "arm", "base", *ENDS, "pairs", "missing"]
    return pd.DataFrame(rows, columns=columns)


def leveled(table: pd.DataFrame, factor: Varied) -> pd.Series[Any]:
    """Return the level of a factor in every row: its value, or the group of values it lies in.

    Groups hold equally many of the design's values; they are told as "0.5 to 0.7".
    """
    column = table[factor.name]
    if factor.low is None or factor.values <= FEW:
        return column
    places = pd.qcut(column.astype(float), GROUPS, labels=False, duplicates="drop")
    names = {
        place: f"{text_of(float(own.min()))} to {text_of(float(own.max()))}"
        for place, own in column.astype(float).groupby(places)
    }
    return places.map(names)


def levels_of(table: pd.DataFrame, factor: Varied) -> list[Hashable]:
    """Return the levels of a factor in their order."""
    column, level = table[factor.name], leveled(table, factor)
    if factor.low is None:
        return in_order(level)
    first = column.astype(float).groupby(level).min().sort_values()
    return list(first.index)


def told_by_level(study: Study) -> list[Varied]:
    """Return the factors that can be told level by level."""
    return [f for f in study.factors if f.low is not None or f.values <= MOST_LEVELS]


def by_level(study: Study, outcome: Outcome) -> pd.DataFrame:
    """Return an outcome at every level of every factor, all else averaged.

    Columns: factor, label, level, arm, value, low, high, runs, missing.
    """
    rows = []
    for factor in told_by_level(study):
        level = leveled(study.done, factor)
        for name in levels_of(study.done, factor):
            for arm in study.arms:
                own = study.done[(level == name) & (study.done["arm"] == arm)]
                found = _estimate(own, outcome)
                rows.append((factor.name, factor.label, name, arm, *found[:4], found.missing))
    columns = ["factor", "label", "level", "arm", *ENDS, "runs", "missing"]
    return pd.DataFrame(rows, columns=columns)


def main_effects(study: Study, outcome: Outcome) -> pd.DataFrame:
    """Return what each factor changes at its first and last level, in the form of a tornado.

    One factor at a time: the change against the base point. Otherwise: the mean over all points of
    the level against the mean over all points. Both are taken replicate by replicate, where there
    are three or more, over all arms.

    Columns: those of `figures.sensitivity.TORNADO`.
    """
    done = study.done[study.done[outcome.name].notna()]
    base = _base(study)
    rows = []
    for factor in told_by_level(study):
        names = levels_of(done, factor)
        if len(names) < 2:
            continue
        level = leveled(done, factor)
        ends = [
            _against(done, (level == name) & _others_at(done, study, factor, base), outcome, base,
                     study)
            for name in (names[0], names[-1])
        ]  # fmt: skip
        rows.append((factor.name, factor.label, names[0], names[-1], *ends[0][:3], *ends[1][:3]))
    columns = ["factor", "label", "low_value", "high_value"]
    columns += ["effect_low", "low_low", "low_high", "effect_high", "high_low", "high_high"]
    return pd.DataFrame(rows, columns=columns)


def base_values(study: Study) -> dict[str, Any] | None:
    """Return the base of a design that changes one factor at a time; None for any other."""
    return _base(study)


def two_main(study: Study, outcome: Outcome) -> tuple[Varied, Varied] | None:
    """Return the two factors whose ends differ most in an outcome; None where there are not two.

    Only factors that are crossed with each other come into question.
    """
    if _base(study) is not None:
        return None
    effects = main_effects(study, outcome).dropna(subset=["effect_low", "effect_high"])
    if len(effects) < 2:
        return None
    size = (effects["effect_high"] - effects["effect_low"]).abs()
    names = list(effects.loc[size.sort_values(ascending=False, kind="stable").index, "factor"])
    by_name = {factor.name: factor for factor in study.factors}
    order = list(by_name)
    first, second = sorted(names[:2], key=order.index)
    return by_name[first], by_name[second]


def by_two(study: Study, outcome: Outcome, x: Varied, y: Varied, arm: str) -> pd.DataFrame:
    """Return an outcome of one arm at every pair of levels, all else averaged.

    Columns: those of `figures.heat_map.HEAT_MAP`.
    """
    own = study.done[study.done["arm"] == arm]
    across, up = leveled(own, x), leveled(own, y)
    rows = []
    for column in levels_of(own, x):
        for row in levels_of(own, y):
            found = _estimate(own[(across == column) & (up == row)], outcome)
            rows.append((column, row, *found[:4]))
    return pd.DataFrame(rows, columns=["x", "y", *ENDS, "pairs"])


def survival(study: Study) -> pd.DataFrame:
    """Return which share of the gains still lasts, month by month after the push, by arm.

    Only runs that gained something are counted. A gain that lasts until the last month seen is
    censored then. Runs that share their luck are taken together: the replicates, where there are
    three or more; else the points, where there are several.

    Columns: those of `figures.over_time.SURVIVAL`, as Kaplan and Meier estimate it.
    """
    from experiments.answers.survival_curve import kaplan_meier

    if "gain_survival" not in study.outcomes:
        return pd.DataFrame(columns=["arm", "month", "share", "low", "high", "at_risk"])
    watched = {
        (cell.point, cell.arm): cell.subject.months - cell.push.end + 1
        for cell in study.cells
        if cell.push is not None
    }
    curves = []
    for arm in study.arms:
        own = study.done[(study.done["arm"] == arm) & study.done["gain_survival"].notna()]
        seen = np.array([watched[point, arm] for point in own["point"]], dtype=float)
        months = own["gain_survival"].to_numpy(dtype=float)
        curves.append(kaplan_meier(months, months >= seen, arm, _clusters(own)))
    known = [curve for curve in curves if len(curve)]
    return pd.concat(known, ignore_index=True) if known else curves[0]


def _clusters(own: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what each run shares with others: its luck, or its setting where draws are few."""
    by_luck = own["replicate"].nunique() >= LEAST_REPLICATES or own["point"].nunique() < 2
    return own["replicate" if by_luck else "point"].to_numpy(dtype=np.float64)


def failures(study: Study) -> pd.DataFrame:
    """Return how many runs failed at which stage: columns stage, error, runs."""
    failed = study.table[study.table["status"] == "failed"]
    if failed.empty:
        return pd.DataFrame(columns=["stage", "error", "runs"])
    parts = failed["error"].str.partition(": ")
    told = pd.DataFrame({"stage": parts[0], "error": parts[2]})
    counted = told.groupby(["stage", "error"], sort=True).size().rename("runs").reset_index()
    return counted.sort_values("runs", ascending=False, kind="stable", ignore_index=True)


def _estimate(table: pd.DataFrame, outcome: Outcome) -> Estimate:
    """Return an estimate; an amount that is a share of people or money stays within 0 and 1."""
    found = estimate(table, outcome.name, yes_or_no=outcome.kind == "share")
    if outcome.kind == "mean" and outcome.unit == "share" and not math.isnan(found.low):
        found = found._replace(
            low=float(np.clip(found.low, 0.0, 1.0)), high=float(np.clip(found.high, 0.0, 1.0))
        )
    return found


def _base(study: Study) -> dict[str, Any] | None:
    """Return the point from which all others differ in one factor; None where there is none."""
    names = [factor.name for factor in study.factors]
    if len(names) < 2:
        return None
    points = [{n: cell.factors.get(n) for n in names} for cell in study.cells]
    usual = {n: pd.Series([p[n] for p in points], dtype=object).mode().iloc[0] for n in names}
    apart = [sum(p[n] != usual[n] for n in names) for p in points]
    return usual if min(apart) == 0 and max(apart) == 1 else None


def _others_at(
    done: pd.DataFrame, study: Study, factor: Varied, base: dict[str, Any] | None
) -> pd.Series[bool]:
    """Tell which rows have all other factors at the base; all rows where there is no base."""
    fits = pd.Series(True, index=done.index)
    for other in study.factors:
        if base is not None and other.name != factor.name:
            fits &= done[other.name] == base[other.name]
    return fits


def _against(
    done: pd.DataFrame, chosen: pd.Series[bool], outcome: Outcome, base: dict[str, Any] | None,
    study: Study,
) -> Estimate:  # fmt: skip
    """Return how far the chosen rows lie from the base point, or from all rows."""
    other = pd.Series(True, index=done.index)
    for factor in study.factors if base is not None else ():
        other &= done[factor.name] == base[factor.name]  # type: ignore[index]
    means = [done[rows].groupby("replicate")[outcome.name].mean() for rows in (chosen, other)]
    gap = (means[0] - means[1]).rename("gap").reset_index().assign(point=0)
    return estimate(gap, "gap")
