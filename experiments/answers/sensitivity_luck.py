"""Luck: how much of what differs between runs comes from chance, and not from the factors."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from experiments.recorded import Floats

RESAMPLES = 1000
LEVEL = 0.95
FEW_DRAWS = 10
"""With fewer draws of luck, what resampling points tells is said to hang on them."""
TAILS = (100.0 * (1.0 - LEVEL) / 2.0, 100.0 * (1.0 + LEVEL) / 2.0)
"""Percentiles that bound an interval."""


class Luck(NamedTuple):
    """The variance of an outcome, split in two.

    Attributes:
        points: how many points it rests on.
        replicates: how many draws of luck.
        between: variance between points, of what a point comes to in the long run.
        within: variance at one point, between draws of luck.
        share: `within` of the sum of both.
        low: lower end of the 95 % interval of the share, by resampling points.
        high: its upper end.
    """

    points: int
    replicates: int
    between: float
    within: float
    share: float
    low: float
    high: float


def luck_of(grid: Floats, seed: int = 1) -> Luck | None:
    """Split the variance of an outcome into what points and what luck account for.

    Within: the mean over points of the variance between replicates. Between: the covariance over
    points of different replicates, averaged over all pairs of them; so the noise that is left in a
    point's mean is not taken for a difference between points.

    Args:
        grid: shape (points, replicates); nan where a run is not known.
        seed: seed of the resampling.

    Returns:
        The split; None with fewer than 2 replicates or 3 points, where it cannot be made.

    Source: law of total variance; random effects as in Searle, Casella and McCulloch (1992),
    Variance Components, chapter 4; products between replicates as in Sun, Apley and Staum (2011),
    Operations Research 59.
    """
    rows = grid[(~np.isnan(grid)).sum(axis=1) >= 2]
    if rows.shape[0] < 3 or rows.shape[1] < 2:
        return None
    centred = rows - np.nanmean(rows, axis=0)
    within = np.nanvar(rows, axis=1, ddof=1)
    cross = cross_square(centred) * len(rows) / (len(rows) - 1)
    picks = np.random.default_rng(seed).integers(len(rows), size=(RESAMPLES, len(rows)))
    shares = _share(cross[picks].mean(axis=1), within[picks].mean(axis=1))
    between, inside = max(float(cross.mean()), 0.0), float(within.mean())
    if between + inside <= 0.0:
        return None
    low, high = np.percentile(shares, TAILS)
    return Luck(
        len(rows), grid.shape[1], between, inside, inside / (between + inside),
        float(low), float(high),
    )  # fmt: skip


def cross_square(values: Floats) -> Floats:
    """Return the mean over replicates of the products of different ones: an unbiased square.

    Args:
        values: replicates along the last axis; nan where one is not known.
    """
    count = (~np.isnan(values)).sum(axis=-1)
    total, squares = np.nansum(values, axis=-1), np.nansum(values**2, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (total**2 - squares) / (count * (count - 1.0))
    return found


def noise_of_product(one: Floats, other: Floats) -> Floats:
    """Return what noise adds to a product of two means over the same replicates.

    It is the covariance between replicates, divided by how many there are.

    Args:
        one: replicates along the last axis; nan where one is not known.
        other: the same of what it is multiplied with, nan in the same places.
    """
    count = (~np.isnan(one)).sum(axis=-1)
    a = one - np.nanmean(one, axis=-1, keepdims=True)
    b = other - np.nanmean(other, axis=-1, keepdims=True)
    found: Floats = np.nansum(a * b, axis=-1) / ((count - 1.0) * count)
    return found


def few_draws(kind: str, replicates: int) -> tuple[str, ...]:
    """Return what has to be said of a study with few draws of luck; nothing of one with enough.

    Where trajectories, blocks or points are resampled, the draws of luck that all points share are
    kept as they are. With one replicate other notes say more; one factor at a time and a factorial
    design have intervals over the draws themselves.
    """
    if kind not in ("morris", "saltelli", "table") or not 2 <= replicates < FEW_DRAWS:
        return ()
    return (
        f"Intervals, and what chance alone gives, hold for these {replicates} draws of luck, which "
        "all points share: other draws could move them by more than they say, and a factor that "
        "acts through luck alone is told from none more often than in 5 % of studies. "
        f"{FEW_DRAWS} replicates or more make that rarer.",
    )


def _share(between: Floats, within: Floats) -> Floats:
    between = np.maximum(between, 0.0)
    total = between + within
    found: Floats = np.where(total > 0.0, within / np.where(total > 0.0, total, 1.0), math.nan)
    return found
