"""How health follows social position: concentration indices and the slope index.

Everyone has a health (or well-being) value and a status; people are ordered from the lowest to the
highest status. A person's rank is the middle of the stretch of the population they take up,
(position - ½) ÷ n, and people of equal status share the mean of their ranks. If status is simply
the group, ordered by advantage, the slope index is the usual one fitted on the groups' midpoints.

Positive values mean that the better-off are healthier. Undefined measures are nan: no people, a
missing value, a mean of zero where the measure divides by it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from simulation.errors import InputError
from simulation.vectors import Floats, same_length, vector


class Gradient(NamedTuple):
    """All measures of one gradient; each field is defined at the function of its name."""

    concentration: float
    wagstaff: float
    erreygers: float
    slope_index: float
    relative_index: float


def fractional_rank(status: ArrayLike) -> Floats:
    """Return each person's rank in (0, 1): the middle of their place in the order of status.

    (position - ½) ÷ n from the lowest to the highest status, ties sharing their mean. The ranks
    average exactly ½. A missing status makes all ranks nan, since no order exists.
    """
    people = vector(status, "status")
    if len(people) == 0 or np.isnan(people).any():
        return np.full(len(people), math.nan)
    _, inverse, count = np.unique(people, return_inverse=True, return_counts=True)
    below = np.cumsum(count) - count
    middle = (below + 0.5 * count) / len(people)
    return middle[inverse]


def health_gradient(
    health: ArrayLike, status: ArrayLike, *, lower: float = 0.0, upper: float = 1.0
) -> Gradient:
    """Return every gradient measure with one sort of the status.

    Args:
        health: one value per person, within the bounds.
        status: social position per person; only its order matters.
        lower: least possible health (only Wagstaff's and Erreygers' index use the bounds).
        upper: greatest possible health.

    Raises:
        InputError: lengths differ, bounds are in the wrong order, or health lies outside them.
    """
    people = vector(health, "health")
    ranks = fractional_rank(status)
    same_length(people, ranks, "health and status")
    _check_bounds(people, lower, upper)
    if len(people) == 0:
        return Gradient(*[math.nan] * 5)
    mean = float(people.mean())
    covariance = float(np.mean((people - mean) * (ranks - 0.5)))
    spread = float(np.mean((ranks - 0.5) ** 2))
    slope = covariance / spread if spread > 0.0 else math.nan
    room = (upper - mean) * (mean - lower)
    return Gradient(
        concentration=2.0 * covariance / mean if mean != 0.0 else math.nan,
        wagstaff=2.0 * covariance * (upper - lower) / room if room > 0.0 else math.nan,
        erreygers=8.0 * covariance / (upper - lower),
        slope_index=slope,
        relative_index=slope / mean if mean != 0.0 else math.nan,
    )


def _check_bounds(health: Floats, lower: float, upper: float) -> None:
    if not lower < upper:
        raise InputError("the lower bound must be below the upper one", found=(lower, upper))
    outside = health[(health < lower) | (health > upper)]
    if len(outside):
        raise InputError(
            "health lies outside its bounds",
            found=float(outside[0]),
            allowed=f"{lower:g} to {upper:g}",
        )


def _unbounded(health: ArrayLike, status: ArrayLike) -> Gradient:
    return health_gradient(health, status, lower=-math.inf, upper=math.inf)


def concentration_index(health: ArrayLike, status: ArrayLike) -> float:
    """Return the concentration index: 2·cov(health, rank) ÷ mean health.

    Unit: none; for non-negative health within ±(1 - 1/n), 0 where health does not follow status.
    Zero mean: nan. For health bounded above, prefer Erreygers' index: this one depends on whether
    health or illness is measured.

    Source: Wagstaff, Paci & van Doorslaer (1991), Social Science & Medicine 33; the covariance
    form in Kakwani, Wagstaff & van Doorslaer (1997), Journal of Econometrics 77.
    """
    return _unbounded(health, status).concentration


def wagstaff(
    health: ArrayLike, status: ArrayLike, *, lower: float = 0.0, upper: float = 1.0
) -> float:
    """Return Wagstaff's normalised concentration index for bounded health.

    2·cov(health, rank)·(upper - lower) ÷ [(upper - mean)·(mean - lower)], which is the
    concentration index ÷ (1 - mean) for health in [0, 1]. Unit: none; -1 to 1. Mean at a bound:
    nan.

    Source: Wagstaff (2005), Health Economics 14.
    """
    return health_gradient(health, status, lower=lower, upper=upper).wagstaff


def erreygers(
    health: ArrayLike, status: ArrayLike, *, lower: float = 0.0, upper: float = 1.0
) -> float:
    """Return Erreygers' corrected concentration index for bounded health.

    8·cov(health, rank) ÷ (upper - lower), which is 4 · mean · concentration index for health in
    [0, 1]. Unit: none; -1 to 1, and the same size whether health or illness is measured.

    Source: Erreygers (2009), Journal of Health Economics 28.
    """
    return health_gradient(health, status, lower=lower, upper=upper).erreygers


def slope_index(health: ArrayLike, status: ArrayLike) -> float:
    """Return the slope index of inequality (SII): cov(health, rank) ÷ var(rank).

    The least-squares slope of health on rank: the fitted difference between the very top and the
    very bottom. Unit: that of health. All of one status: nan, since there is no slope to fit.

    Source: Preston, Haines & Pamuk (1981); Mackenbach & Kunst (1997), Social Science & Medicine 44.
    """
    return _unbounded(health, status).slope_index


def relative_index(health: ArrayLike, status: ArrayLike) -> float:
    """Return the relative index of inequality (RII): slope index ÷ mean health.

    Unit: none. This is Pamuk's form (a share of the mean), not the ratio of the fitted ends.
    Zero mean, or all of one status: nan.

    Source: Pamuk (1985), Population Studies 39; Mackenbach & Kunst (1997), as above.
    """
    return _unbounded(health, status).relative_index
