"""Estimates: what runs come to over many points, with intervals that know which runs share luck.

All points of a design draw on the same luck, replicate by replicate. So where there are three
replicates or more, an outcome is first averaged over the points of each replicate, and the
replicates are what the interval is reckoned from; with fewer, the points are.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from experiments.statistics import mean_interval

LEAST_REPLICATES = 3


class Estimate(NamedTuple):
    """A mean or a share with its 95 % interval.

    Attributes:
        value: mean, or share of runs; nan without runs.
        low: lower end of the interval; nan where one unit tells nothing of the spread.
        high: upper end.
        runs: how many runs (or pairs) stand behind it.
        units: how many independent units: replicates, or points.
        missing: runs that could not tell.
    """

    value: float
    low: float
    high: float
    runs: int
    units: int
    missing: int


def estimate(table: pd.DataFrame, column: str, *, yes_or_no: bool = False) -> Estimate:
    """Return the mean of a column over points and replicates.

    Args:
        table: columns point, replicate and the column; a row a run.
        column: what is averaged; nan marks runs that cannot tell.
        yes_or_no: whether it is 1 or 0: then it has Wilson's interval, widened by what the runs
            that share luck have in common.
    """
    known = table[table[column].notna()]
    missing = len(table) - len(known)
    if known.empty:
        return Estimate(math.nan, math.nan, math.nan, 0, 0, missing)
    unit = "replicate" if known["replicate"].nunique() >= LEAST_REPLICATES else "point"
    means = known.groupby(unit)[column].mean().to_numpy(dtype=float)
    if yes_or_no:
        share = float(known[column].mean())
        low, high = _wilson(share, _effective(share, means, len(known)))
        if len(known) == 1:
            low = high = math.nan
        return Estimate(share, low, high, len(known), len(means), missing)
    value = float(known[column].mean())
    spread = mean_interval(means)
    shift = value - spread.mean  # unequal units: the interval stays around the mean of all runs
    return Estimate(value, spread.low + shift, spread.high + shift, len(known), len(means), missing)


def difference(
    table: pd.DataFrame, column: str, arm: str, base: str, *, within: tuple[str, ...] = ("point",)
) -> Estimate:
    """Return the mean paired difference of two arms, paired by point and replicate.

    Args:
        table: columns arm, replicate, those of `within`, and the column.
        column: what is compared; yes is 1, no 0.
        arm: the arm that is compared.
        base: the arm it is compared with.
        within: what else a pair has in common.
    """
    keys = [*within, "replicate"]
    own, other = (
        table.loc[table["arm"] == name, [*keys, column]].set_index(keys)[column]
        for name in (arm, base)
    )
    both = (own - other).rename("difference").reset_index()
    return estimate(both.assign(point=both[within[0]]), "difference")


def _effective(share: float, means: np.ndarray, runs: int) -> float:
    """Return how many independent runs tell as much, given how few units tell their own spread.

    The number is between that of the units and that of the runs, and then made smaller by the
    square of Student's quantile for the runs over that for the units; 1 at least.

    Source: the design effect of Kish (1965), Survey Sampling; its degrees of freedom: Korn and
    Graubard (1998), Survey Methodology 24.
    """
    units = len(means)
    alone = share * (1.0 - share)
    if units < 2 or alone == 0.0:
        return float(units)
    variance = float(means.var(ddof=1)) / units
    effective = float(np.clip(alone / variance if variance > 0 else runs, units, runs))
    known = float(stats.t.ppf(0.975, runs - 1) / stats.t.ppf(0.975, units - 1)) ** 2
    return max(effective * known, 1.0)


def _wilson(share: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval for a share and a number of runs that need not be whole."""
    z = float(stats.norm.ppf(0.975))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - reach), min(1.0, middle + reach)
