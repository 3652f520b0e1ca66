"""Cases: runs that came to what one is looking for, and runs that did not.

Points, not runs, are split into those a box is sought in and those it is tried on: two replicates
of one point would tell each other's answer.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from experiments.answers.sensitivity_points import Factor, factors_of
from experiments.judge import OUTCOMES
from experiments.recorded import Floats
from experiments.statistics import Share, wilson
from simulation.errors import InputError, nearest_name

HELD_OUT = 1 / 3
"""Share of the points that a box is tried on."""

COMPARISONS = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "==": operator.eq,
}  # fmt: skip
WORDS = {
    ">=": "at least", "<=": "at most", ">": "above", "<": "below", "==": "exactly",
}  # fmt: skip


@dataclass(frozen=True)
class Cases:
    """What is sought among which runs.

    Attributes:
        factors: what varies and applies everywhere.
        x: a row a run, a column a factor: numbers as floats, choices as text.
        y: 1.0 where a run is a case of what is sought, else 0.0.
        point: the point of each run.
        trained: the runs in which boxes are sought; all others they are tried on.
        sought: what is sought, in words: "sustained".
        notes: which runs and factors were left out.
    """

    factors: tuple[Factor, ...]
    x: pd.DataFrame
    y: Floats
    point: np.ndarray[Any, np.dtype[np.int64]]
    trained: np.ndarray[Any, np.dtype[np.bool_]]
    sought: str
    notes: tuple[str, ...]

    def factor(self, name: str) -> Factor:
        """Return a factor by its name."""
        return next(factor for factor in self.factors if factor.name == name)


def cases_of(
    table: pd.DataFrame,
    outcome: str = "sustained_48",
    where: str | None = None,
    factors: Sequence[Factor] | None = None,
    *,
    arm: str | None = None,
    seed: int = 1,
) -> Cases:
    """Return which runs are cases of what is sought.

    Args:
        table: a table of outcomes, as `ask` returns it, or any table.
        outcome: a yes-or-no outcome: yes is sought.
        where: a condition in its place: "gain_48 >= .02".
        factors: what may make the difference; default: every column that varies.
        arm: which arm; default: all, and the arm is a factor where there are several.
        seed: seed of the split.

    Raises:
        InputError: there is no such outcome or arm, it is no yes-or-no outcome, or the condition
            cannot be read.
    """
    if table.empty:
        raise InputError("there are no runs to answer from")
    name, sought, wanted = _condition(outcome, where)
    if name not in table.columns:
        raise InputError(
            "no such outcome", key="--outcome" if where is None else "--where", found=name,
            nearest=nearest_name(name, map(str, table.columns)),
        )  # fmt: skip
    rows, varying = _rows(table, name, factors, arm)
    notes = []
    values = pd.to_numeric(rows[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(values)
    if where is None and not np.isin(values[known], (0.0, 1.0)).all():
        raise InputError(
            "not a yes-or-no outcome", key="--outcome", found=name,
            mend=f'say what is sought, as in --where "{name} >= 0.02"',
        )  # fmt: skip
    if lost := int((~known).sum()):
        notes.append(f"Runs left out as they failed or cannot tell: {lost} of {len(known)}.")
    rows, values = rows[known], values[known]
    partly = [f for f in varying if rows[f.name].isna().any()]
    if partly:
        named = ", ".join(f.label for f in partly)
        notes.append(f"Factors left out as they do not apply everywhere: {named}.")
    used = tuple(f for f in varying if f not in partly and rows[f.name].nunique() > 1)
    if not used:
        raise InputError("nothing varies between the runs that could be told")
    x = pd.DataFrame(
        {f.name: rows[f.name].astype(str if f.choices else "float64").to_numpy() for f in used}
    )
    x = x.astype({f.name: object for f in used if f.choices})
    point = _points(rows, x)
    return Cases(
        used, x, wanted(values).astype(np.float64), point, _trained(point, seed), sought,
        tuple(notes),
    )  # fmt: skip


def share_of(y: Floats, point: np.ndarray[Any, Any], confidence: float = 0.95) -> Share:
    """Return a share of runs with Wilson's interval, as wide as runs at the same points make it.

    Replicates of a point are alike, so that they tell less than as many points would. The number
    of runs is divided by the design effect: the variance of the share over points, over what it
    would be of independent runs, 1 at least. As few points tell that variance badly, the number is
    then made smaller by the square of Student's quantile for n runs over that for k points.

    Source: Kish (1965), Survey Sampling; Korn and Graubard (1998), Survey Methodology 24.
    """
    n, yes = len(y), int(y.sum())
    plain = wilson(yes, n, confidence)
    groups = pd.DataFrame({"y": y, "point": point}).groupby("point")["y"].agg(["sum", "count"])
    k, share = len(groups), yes / n if n else 0.0
    if k < 2 or k == n or not 0.0 < share < 1.0:
        if k in (0, n) or 0.0 < share < 1.0:
            return plain
        one = wilson(
            k if share == 1.0 else 0, k, confidence
        )  # all or none: as many points, not runs
        return Share(plain.share, one.low, one.high, yes, n)
    residual = groups["sum"] - share * groups["count"]
    spread = k / (k - 1) * float((residual**2).sum()) / n**2
    effect = max(spread / (share * (1.0 - share) / n), 1.0)
    quantile = 0.5 + confidence / 2.0
    known = float(t.ppf(quantile, n - 1) / t.ppf(quantile, k - 1)) ** 2
    effective = max(n / effect * known, 1.0)
    low, high = _wilson_of(share, effective, confidence)
    return Share(plain.share, low, high, yes, n)


def _wilson_of(share: float, n: float, confidence: float) -> tuple[float, float]:
    """Return Wilson's interval for a number of runs that need not be whole."""
    z = float(norm.ppf(0.5 + confidence / 2.0))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
    return middle - reach, middle + reach


def _condition(outcome: str, where: str | None) -> tuple[str, str, Any]:
    """Return the outcome that is looked at, what is sought in words, and how it is told."""
    if where is None:
        label = OUTCOMES[outcome].label if outcome in OUTCOMES else outcome
        return outcome, label.removeprefix("gain "), lambda values: values == 1.0
    read = re.fullmatch(r"\s*(\w+)\s*(>=|<=|==|>|<)\s*(\S+)\s*", where)
    try:
        limit = float(read[3]) if read else float("nan")
    except ValueError:
        read = None
    if read is None:
        raise InputError(
            "the condition cannot be read", key="--where", found=where, allowed='"gain_48 >= 0.02"'
        )
    name, sign = read[1], read[2]
    label = OUTCOMES[name].label if name in OUTCOMES else name
    words = f"with {label} {WORDS[sign]} {limit:g}"
    return name, words, lambda values: COMPARISONS[sign](values, limit)


def _rows(
    table: pd.DataFrame, name: str, factors: Sequence[Factor] | None, arm: str | None
) -> tuple[pd.DataFrame, list[Factor]]:
    varying = factors_of(table, name) if factors is None else list(factors)
    if "arm" not in table.columns:
        if arm is not None:
            raise InputError("the table has no arms", key="--arm", found=arm)
        return table, varying
    arms = list(dict.fromkeys(table["arm"].fillna("").astype(str)))
    if arm is not None:
        if arm not in arms:
            raise InputError("no such arm", key="--arm", found=arm, allowed=", ".join(arms))
        return table[table["arm"] == arm], varying
    if len(arms) > 1:
        varying = [*varying, Factor("arm", "the arm", tuple(arms))]
    return table, varying


def _points(rows: pd.DataFrame, x: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    keys = rows["point"] if "point" in rows.columns else x.groupby(list(x.columns)).ngroup()
    return np.unique(keys.to_numpy(), return_inverse=True)[1].astype(np.int64)


def _trained(point: np.ndarray[Any, Any], seed: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    count = int(point.max()) + 1 if len(point) else 0
    order = np.random.default_rng(seed).permutation(count)
    held = order[: round(count * HELD_OUT)]
    return ~np.isin(point, held)
