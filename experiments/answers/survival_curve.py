"""Survival curves: the share of runs that still keep what they had, month by month.

Kaplan and Meier's estimate takes runs that were watched too briefly for what they are. Its interval
comes from Greenwood's variance on the scale log(-log share), so that it stays within 0 and 1; where
all or none are left that has no width, and the exact binomial limits of those at risk stand in its
place. Intervals hold month by month, not for the whole curve at once.

Where runs share their luck (replicate r is the same draw at every point of a design), they are
not independent, and Greenwood's variance is too small. It is then that of whole clusters, with
Student's quantile for so many of them, and never narrower than Greenwood's.

Sources: Kaplan & Meier (1958), Journal of the American Statistical Association 53:457; Greenwood
(1926), Reports on Public Health and Medical Subjects 33; Kalbfleisch & Prentice (2002), The
Statistical Analysis of Failure Time Data, section 1.4; Williams (1995), Lifetime Data Analysis
1:171, for clusters; Brookmeyer & Crowley (1982), Biometrics 38:29, for the median; Royston & Parmar
(2013), BMC Medical Research Methodology 13:152, for the restricted mean.
"""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from experiments.answers.threshold_response import exact_share
from experiments.recorded import Floats

SURVIVAL_COLUMNS = ("arm", "month", "share", "low", "high", "at_risk")
"""A row an arm and month after the push at which the share changes, the first and the last month
among them: the share that lasts through that month, its 95 % interval, and how many were still
watched and had not lost it when the month began."""

RESAMPLES = 2000


class Median(NamedTuple):
    """The month by which half have lost it; nan where it, or an end, was not seen."""

    month: float
    low: float
    high: float


class Mean(NamedTuple):
    """A mean with its 95 % interval, and how many stand behind it."""

    mean: float
    low: float
    high: float
    n: int


def kaplan_meier(
    months: Floats, censored: NDArray[np.bool_], arm: str = "", clusters: Floats | None = None
) -> pd.DataFrame:
    """Return the survival curve of one arm, with the columns `SURVIVAL_COLUMNS`.

    Args:
        months: months kept, by run.
        censored: whether the loss was not seen.
        arm: name of the arm.
        clusters: the cluster of each run, such as its replicate; default: all are independent.
    """
    rows: list[tuple[str, float, float, float, float, int]] = []
    if len(months):
        sample = stats.CensoredData(uncensored=months[~censored], right=months[censored])
        curve = stats.ecdf(sample).sf
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # no width at 0 and 1: mended below
            ends = curve.confidence_interval(method="log-log")
        at = {float(t): n for n, t in enumerate(curve.quantiles)}
        lost = set(months[~censored].tolist())
        groups = _Clusters(months, censored, clusters)
        for month in sorted({0.0, *lost, float(months.max())}):
            n = at.get(month)
            share = float(curve.evaluate(month))
            low = high = math.nan
            if n is not None:
                low, high = (float(e.probabilities[n]) for e in (ends.low, ends.high))
            wide = groups.within(share, month, low, high)
            rows.append((arm, month, share, *wide, int((months >= month).sum())))
    return pd.DataFrame(rows, columns=list(SURVIVAL_COLUMNS))


class _Clusters:
    """Runs that share their luck, and how wide they make an interval."""

    def __init__(
        self, months: Floats, censored: NDArray[np.bool_], clusters: Floats | None
    ) -> None:
        """Note which run lies in which cluster; by default each in its own."""
        self.months, self.lost = months, ~censored
        names = np.arange(len(months)) if clusters is None else clusters
        self.of = np.unique(names, return_inverse=True)[1]
        self.number = int(self.of.max()) + 1
        self.shared = self.number < len(months)

    def within(self, share: float, month: float, low: float, high: float) -> tuple[float, float]:
        """Return the ends of an interval; exact limits where Greenwood's has no width."""
        if math.isnan(low) or math.isnan(high) or low == high or not 0.0 < share < 1.0:
            alone = len(np.unique(self.of[self.months >= month]))
            exact = exact_share(alone if round(share) == 1 else 0, alone)
            return exact.low, exact.high
        if not self.shared:
            return low, high
        if self.number < 2:
            return math.nan, math.nan
        reach = float(stats.t.ppf(0.975, self.number - 1)) * self._error(month)
        reach /= abs(math.log(share))
        ends = (share ** math.exp(sign * min(reach, 700.0)) for sign in (1.0, -1.0))
        first, last = ends
        return min(low, first), max(high, last)

    def _error(self, month: float) -> float:
        """Return the standard error of the logarithm of the share; alone, it is Greenwood's."""
        each = np.zeros(len(self.months))
        for when in np.unique(self.months[self.lost & (self.months <= month)]):
            here, gone = self.months >= when, self.lost & (self.months == when)
            at_risk, lost = int(here.sum()), int(gone.sum())
            each += (gone - here * (lost / at_risk)) / (at_risk - lost)
        summed = np.bincount(self.of, each)
        return math.sqrt(self.number / (self.number - 1) * float(np.square(summed).sum()))


def median_of(curve: pd.DataFrame) -> Median:
    """Return the first month by which half have lost it, and the first by which each limit says so.

    The interval holds every month whose own interval holds one half (Brookmeyer and Crowley).
    """

    def first(column: str) -> float:
        below = curve[curve[column] <= 0.5]
        return float(below["month"].iloc[0]) if len(below) else math.nan

    return Median(first("share"), first("low"), first("high"))


def share_at(curve: pd.DataFrame, month: float) -> tuple[float, float, float]:
    """Return the share that lasts through a month, with its interval."""
    before = curve[curve["month"] <= month]
    if before.empty:
        return math.nan, math.nan, math.nan
    row = before.iloc[-1]
    return float(row["share"]), float(row["low"]), float(row["high"])


def restricted_mean(kept: Floats, clusters: Floats, seed: int = 1) -> Mean:
    """Return the mean of months kept within a horizon, or of their differences between arms.

    The interval holds the middle 95 % of means over draws, with repeats, of whole clusters: runs
    that share their luck. Where clusters hold several runs, they may be few: the interval is then
    widened by as much as Student's is wider than the normal one.

    Args:
        kept: months by run, cut at the horizon, or their differences by pair.
        clusters: the cluster of each.
        seed: seed of the draws.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    if not len(kept):
        return Mean(math.nan, math.nan, math.nan, 0)
    mean, (names, codes) = float(kept.mean()), np.unique(clusters, return_inverse=True)
    if len(names) < 2:
        return Mean(mean, math.nan, math.nan, len(kept))
    sums, counts = np.bincount(codes, kept), np.bincount(codes)
    drawn = np.random.default_rng(seed).integers(0, len(names), (RESAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975]).tolist()
    few = len(names)
    if few < len(kept):
        wider = float(stats.t.ppf(0.975, few - 1) / stats.norm.ppf(0.975))
        wider *= math.sqrt(few / (few - 1))
        low, high = mean - wider * (mean - low), mean + wider * (high - mean)
    return Mean(mean, low, high, len(kept))
