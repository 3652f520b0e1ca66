"""Given data: first-order indices of any table of points, such as a Latin hypercube.

S1 is the correlation ratio: the points are put in classes by one factor, and the index is the share
of the variance that lies between classes. Many points a class make its mean; what few points in it
make by chance is taken out. SALib's estimator of the same (`delta`) splits choices across classes
and keeps that bias, so it is worked out here.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from experiments.answers.screening import INDEX_COLUMNS, Found, with_verdicts
from experiments.answers.sensitivity_luck import RESAMPLES, TAILS, noise_of_product
from experiments.answers.sensitivity_points import Points, places
from experiments.recorded import Floats, Integers
from simulation.errors import InputError

FEWEST = 30
"""Points below which nothing is told."""
SHUFFLES = 300
AT_ONCE = 100
"""Draws worked out at a time."""
NOT_HERE = -1.0
"""Stands for a factor that does not apply at a point: a class of its own."""


def given(points: Points, *, seed: int = 1) -> Found:
    """Return S1 of every factor from any table of points, and the direction in which each works.

    Numbers are put in classes of equal size (√points, 3 to 20 of them), choices in a class each.
    With η² the share of the variance of point means between K classes, S1 is the adjusted
    1 - (1 - η²)(n - 1)/(n - K), of the variance that is left when noise is taken out of it. The
    floor is what 5 % of shuffles of the outcome give. Total effects cannot be told.

    The table `direction` holds standardised rank regression coefficients: the sign says which way
    a factor of numbers works, and `explained` how much of the ranks all of them explain.

    Raises:
        InputError: fewer than 30 points are known, or the outcome is the same everywhere.

    Source: given-data estimation: Plischke, Borgonovo and Smith (2013), European Journal of
    Operational Research 226; adjusted η²: Kelley (1935), PNAS 21; rank regression: Iman and
    Conover (1979), Technometrics 21.
    """
    grid = points.grid
    needed = min(2, points.replicates)
    known = (~np.isnan(grid)).sum(axis=1) >= needed
    if known.sum() < FEWEST:
        raise InputError(
            "too few points to tell anything", found=int(known.sum()), allowed=f">= {FEWEST}",
            mend="run more, or run the failed ones again: --retry-failed",
        )  # fmt: skip
    runs, values = grid[known], places(points)[known]
    means = np.nanmean(runs, axis=1)
    if np.ptp(means) <= 1e-12:
        raise InputError("the outcome is the same at every point", found=points.outcome)
    noise = np.zeros(len(runs))
    if points.replicates > 1:
        centred = runs - np.nanmean(runs, axis=0)
        noise = noise_of_product(centred, centred)
    notes = ["Total effects cannot be told from such a design: a Saltelli design tells them."]
    if dropped := int((~known).sum()):
        notes.append(f"{dropped} of {len(known)} points were dropped: runs are lacking.")
    if points.replicates < 2:
        notes.append("With one replicate, luck counts as what no factor explains.")
    random = np.random.default_rng(seed)
    picks = random.integers(len(means), size=(RESAMPLES, len(means)))
    shuffles = random.permuted(np.tile(np.arange(len(means)), (SHUFFLES, 1)), axis=1)
    rows, floors = [], []
    for k, factor in enumerate(points.factors):
        classes = _classes(values[:, k], bool(factor.choices))
        value = float(_ratio(classes, means, noise, np.arange(len(means))[None])[0])
        drawn = _in_parts(classes, means, noise, picks)
        shuffled = _in_parts(classes, means, noise, shuffles, classes_stay=True)
        # points that are drawn twice make classes look purer than they are: the shift is taken out
        low, high = np.nanpercentile(drawn, TAILS) - np.nanmean(drawn) + value
        used = int(np.isfinite(runs).sum())
        rows.append((factor.name, factor.label, "S1", value, float(low), float(high), used))
        limit = float(np.nanpercentile(shuffled, 95.0))
        floors.append((factor.name, factor.label, "S1", value, limit))
    heads = ["factor", "label", "index", "value", "floor"]
    return Found(
        pd.DataFrame(rows, columns=list(INDEX_COLUMNS)),
        with_verdicts(pd.DataFrame(floors, columns=heads)),
        tuple(notes),
        {"direction": _direction(points, values, means, picks)},
    )


def _classes(column: Floats, choice: bool) -> Integers:
    """Return the class of every point."""
    if choice:
        return np.unique(np.where(np.isnan(column), NOT_HERE, column), return_inverse=True)[1]
    here = ~np.isnan(column)
    count = int(np.clip(round(math.sqrt(here.sum())), 3, 20))
    places = np.zeros(len(column), dtype=np.int64)
    ranks = rankdata(column[here], method="average") / (here.sum() + 1.0)
    places[here] = 1 + np.minimum((ranks * count).astype(np.int64), count - 1)
    return np.unique(places, return_inverse=True)[1]


def _in_parts(
    classes: Integers, means: Floats, noise: Floats, picks: Integers, classes_stay: bool = False
) -> Floats:
    """Return `_ratio` of many rows of picks, some at a time, to spare memory."""
    parts = [
        _ratio(classes, means, noise, picks[n : n + AT_ONCE], classes_stay)
        for n in range(0, len(picks), AT_ONCE)
    ]
    return np.concatenate(parts)


def _ratio(
    classes: Integers, means: Floats, noise: Floats, picks: Integers, classes_stay: bool = False
) -> Floats:
    """Return S1 for each row of picks; with `classes_stay` only outcomes move, not classes."""
    draws, n = picks.shape
    of_class = np.broadcast_to(classes, picks.shape) if classes_stay else classes[picks]
    count = int(classes.max()) + 1
    flat = (of_class + count * np.arange(draws)[:, None]).ravel()
    y = means[picks]
    y = y - y.mean(axis=1, keepdims=True)
    size = np.bincount(flat, minlength=draws * count).reshape(draws, count)
    total = np.bincount(flat, weights=y.ravel(), minlength=draws * count).reshape(draws, count)
    filled = (size > 0).sum(axis=1)
    between = (total**2 / np.maximum(size, 1)).sum(axis=1)
    whole = (y**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        within = (whole - between) / (n - filled)
        variance = whole / (n - 1)
        found: Floats = (variance - within) / (variance - noise[picks].mean(axis=1))
    found[~np.isfinite(found)] = math.nan
    return found


def _direction(points: Points, values: Floats, means: Floats, picks: Integers) -> pd.DataFrame:
    """Return standardised rank regression coefficients of the factors of numbers."""
    numeric = [
        k
        for k, f in enumerate(points.factors)
        if not f.choices and not np.isnan(values[:, k]).any() and np.ptp(values[:, k]) > 0.0
    ]
    heads = ["factor", "label", "coefficient", "low", "high", "explained"]
    if not numeric or len(means) < 3 * len(numeric):
        return pd.DataFrame(columns=heads)
    x = np.stack([_standard(rankdata(values[:, k])) for k in numeric], axis=1)
    y = _standard(rankdata(means))
    solved = np.linalg.lstsq(x, y, rcond=None)[0]
    explained = 1.0 - float(((y - x @ solved) ** 2).sum() / (y**2).sum())
    drawn = np.stack([np.linalg.lstsq(x[p], y[p], rcond=None)[0] for p in picks[:300]])
    low, high = np.percentile(drawn, TAILS, axis=0)
    rows = [
        (points.factors[k].name, points.factors[k].label, float(solved[n]), float(low[n]),
         float(high[n]), explained)
        for n, k in enumerate(numeric)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=heads)


def _standard(values: Floats) -> Floats:
    found: Floats = (values - values.mean()) / values.std()
    return found
