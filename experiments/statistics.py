"""Intervals for what runs show: paired differences, means and shares.

There are no p-values here: the number of runs is ours to choose, so any difference can be made
"significant". What matters is how large an effect is and how well it is known. Runs that failed
(nan) are left out, in pairs where they are paired, and how many is always said.

Every command and every process that helps it loads this, so quantiles come from `scipy.special`:
`scipy.stats`, which would do the same, takes a second to load. The tests hold both side by side.

Never report the mean of an outcome with two peaks (tipped or not): use `wilson` on the share.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

from simulation.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeanInterval:
    """A mean with Student's t interval; `sd` is the sample's, nan (as the interval) below n = 2."""

    mean: float
    low: float
    high: float
    sd: float
    n: int
    dropped: int = 0

    @property
    def half_width(self) -> float:
        """Return half the width of the interval, in the unit of the mean."""
        return (self.high - self.low) / 2.0


@dataclass(frozen=True, slots=True)
class PairedEffect(MeanInterval):
    """The mean difference of two arms run in pairs, with its interval.

    Attributes:
        variance_ratio: Var(a - b) ÷ (Var a + Var b): what pairing did to the variance. Below 1 it
            helped (at .1 the same interval takes a tenth of the runs), above 1 it hurt; nan where
            neither arm varies or n is below 2.
    """

    variance_ratio: float = math.nan


@dataclass(frozen=True, slots=True)
class Share:
    """A share of runs with Wilson's interval."""

    share: float
    low: float
    high: float
    successes: int
    n: int


def mean_interval(values: ArrayLike, confidence: float = 0.95) -> MeanInterval:
    """Return the mean of independent runs with its t interval.

    mean ± t(n - 1)·sd/√n. One value: the interval is nan. None: the mean is too.

    Args:
        values: one outcome per run; nan marks a failed run.
        confidence: coverage, between 0 and 1.

    Raises:
        InputError: the confidence is not between 0 and 1, or values are not one row of numbers.

    Source: Student (1908), Biometrika 6.
    """
    _check_confidence(confidence)
    runs = _row(values, "values")
    kept = runs[~np.isnan(runs)]
    return MeanInterval(*_summary(kept, confidence), len(kept), len(runs) - len(kept))


def paired_effect(a: ArrayLike, b: ArrayLike, confidence: float = 0.95) -> PairedEffect:
    """Return the mean of a - b over pairs of runs on common random numbers, with its t interval.

    Args:
        a: outcome of each pair's run with the intervention.
        b: outcome of the same pair's run without it.
        confidence: coverage, between 0 and 1.

    Raises:
        InputError: the arms differ in length, or as in `mean_interval`.

    Source: paired t interval; common random numbers as in Law (2015), Simulation Modeling and
    Analysis, chapter 11.
    """
    _check_confidence(confidence)
    first, second = _row(a, "a"), _row(b, "b")
    if len(first) != len(second):
        raise InputError("both arms need the same pairs", found=(len(first), len(second)))
    kept = ~(np.isnan(first) | np.isnan(second))
    first, second = first[kept], second[kept]
    difference = first - second
    ratio = math.nan
    if len(difference) > 1:
        apart = float(first.var(ddof=1)) + float(second.var(ddof=1))
        ratio = float(difference.var(ddof=1)) / apart if apart > 0.0 else math.nan
    dropped = len(kept) - len(difference)
    return PairedEffect(*_summary(difference, confidence), len(difference), dropped, ratio)


def wilson(successes: int, n: int, confidence: float = 0.95) -> Share:
    """Return a share of runs with Wilson's score interval.

    Unlike mean ± error it stays within 0 and 1 and has a width even where all or no runs succeed.
    No runs: share nan, interval 0 to 1.

    Raises:
        InputError: successes are not between 0 and n, or the confidence not between 0 and 1.

    Source: Wilson (1927), Journal of the American Statistical Association 22.
    """
    _check_confidence(confidence)
    if int(successes) != successes or int(n) != n or not 0 <= successes <= n:
        raise InputError("successes must be whole, from 0 to n", found=(successes, n))
    successes, n = int(successes), int(n)
    if n == 0:
        return Share(math.nan, 0.0, 1.0, 0, 0)
    share, z = successes / n, float(ndtri(0.5 + confidence / 2.0))
    twice = 2.0 * (n + z**2)
    middle = (2.0 * n * share + z**2) / twice
    reach = z / twice * math.sqrt(4.0 * n * share * (1.0 - share) + z**2)
    low = middle - reach if successes > 0 else 0.0
    high = middle + reach if successes < n else 1.0
    return Share(share, low, high, successes, n)


def _summary(values: Floats, confidence: float) -> tuple[float, float, float, float]:
    """Return mean, low, high and sample standard deviation."""
    n = len(values)
    if n == 0:
        return math.nan, math.nan, math.nan, math.nan
    mean = float(values.mean())
    if n == 1:
        return mean, math.nan, math.nan, math.nan
    sd = float(values.std(ddof=1))
    reach = float(stdtrit(n - 1, 0.5 + confidence / 2.0)) * sd / math.sqrt(n)
    return mean, mean - reach, mean + reach, sd


def _row(values: ArrayLike, name: str) -> Floats:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise InputError(f"{name} must be numbers") from problem
    if array.ndim != 1:
        raise InputError(f"{name} must have one dimension", found=f"{array.ndim} dimensions")
    return array


def _check_confidence(confidence: float) -> None:
    if not 0.0 < confidence < 1.0:
        raise InputError("confidence lies between 0 and 1", found=confidence)


def paired_share_difference(
    first: Floats, second: Floats, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Return the difference of two shares over the same pairs, with its interval.

    Newcombe's square-and-add interval from Wilson's limits with the pairs' correlation φ (corrected
    for continuity where it is positive): it stays within -1 and 1 and has a width even where no
    pair differs. Fewer than two pairs: no interval.

    Args:
        first: yes (1) or no (0) by pair.
        second: the same in the other arm; the difference is first - second.
        confidence: coverage, between 0 and 1.

    Source: Newcombe (1998), Statistics in Medicine 17:2635, method 10.
    """
    n = len(first)
    if n == 0:
        return math.nan, math.nan, math.nan
    one, two = (wilson(int(arm.sum()), n, confidence) for arm in (first, second))
    difference = one.share - two.share
    if n == 1:
        return difference, math.nan, math.nan
    phi = _correlation(first, second)

    def reach(down: float, up: float) -> float:
        return math.sqrt(max(down**2 - 2 * phi * down * up + up**2, 0.0))

    low = difference - reach(one.share - one.low, two.high - two.share)
    high = difference + reach(one.high - one.share, two.share - two.low)
    return difference, low, high


def _correlation(first: Floats, second: Floats) -> float:
    """Return φ of two rows of yes and no, corrected for continuity where it is positive."""
    n = len(first)
    both, neither = float((first * second).sum()), float(((1 - first) * (1 - second)).sum())
    only_one, only_two = float(first.sum()) - both, float(second.sum()) - both
    margins = (both + only_one) * (only_two + neither) * (both + only_two) * (only_one + neither)
    if margins == 0:
        return 0.0
    product = both * neither - only_one * only_two
    if product > 0:
        product = max(product - n / 2, 0.0)
    return product / math.sqrt(margins)
