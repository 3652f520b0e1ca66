"""Screening: elementary effects of a Morris design, with intervals and a floor of noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from experiments.answers.sensitivity_layout import Steps
from experiments.answers.sensitivity_luck import RESAMPLES, TAILS, noise_of_product
from experiments.answers.sensitivity_points import Points, places
from experiments.recorded import Floats
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.designs.axis import Axis

FEWEST = 4
"""Whole trajectories below which nothing is told."""
FEW_VALUES = 3
"""A number with no more different values than this moves on steps of its own, not the grid's."""


class Found(NamedTuple):
    """What an analysis found.

    Attributes:
        indices: columns factor, label, index, value, low, high, runs.
        floors: columns factor, label, index, value, floor, told: up to where luck alone comes,
            and whether the index lies above; told is None where that cannot be known.
        notes: what a reader has to know.
        extra: further tables by name.
    """

    indices: pd.DataFrame
    floors: pd.DataFrame
    notes: tuple[str, ...] = ()
    extra: dict[str, pd.DataFrame] = {}  # noqa: RUF012  (never changed)


INDEX_COLUMNS = ("factor", "label", "index", "value", "low", "high", "runs")
FLOOR_COLUMNS = ("factor", "label", "index", "value", "floor", "told")


def screen(
    points: Points,
    steps: Steps,
    *,
    levels: int | None = None,
    axes: Sequence[Axis] = (),
    seed: int = 1,
) -> Found:
    """Return mu* and sigma of every factor, with bootstrap intervals over trajectories.

    An elementary effect is the change of the outcome (its mean over replicates) for a step of one
    factor, per whole range of that factor: it is divided by the share of the range that was
    stepped. That is the grid's for a number on a range; for whole numbers and listed ones what
    their values make of it; and a choice changes whole in every step. mu* is the mean of their
    sizes, sigma their standard deviation: large where a factor acts differently in different
    places, or where there are several choices. A trajectory in which a
    point is not known in any replicate is dropped whole; a replicate in which any of its points
    failed is left out of that trajectory.

    The floor is the size that mu* reaches in 5 % of cases if a factor does nothing and its effects
    are luck alone: normal noise of the variance that replicates show in its elementary effects,
    drawn for each trajectory by itself. It holds for the draws of luck that all trajectories share.

    Args:
        points: the outcome at every point.
        steps: which factor changes where, and which way.
        levels: levels of the grid of the design; default: as many as there are.
        axes: the factors as the design lays them out; default: told from their values.
        seed: seed of the resampling.

    Raises:
        InputError: fewer than four trajectories are whole.

    Source: Morris (1991), Technometrics 33; mu*: Campolongo, Cariboni and Saltelli (2007),
    Environmental Modelling & Software 22.
    """
    size = len(points.factors) + 1
    runs = points.grid.reshape(-1, size, points.replicates)
    good = ~np.isnan(runs).any(axis=1)
    whole = good.any(axis=1)
    if whole.sum() < FEWEST:
        raise InputError(
            "too few whole trajectories to tell anything", found=int(whole.sum()),
            allowed=f">= {FEWEST}", mend="run more, or run the failed ones again: --retry-failed",
        )  # fmt: skip
    runs = np.where(good[:, None], runs, np.nan)[whole]
    signs = steps.signs[whole]
    grid = _levels(points) if levels is None else levels
    shares = stepped(points, steps, grid / (2.0 * (grid - 1.0)), axes)[whole]
    changes = np.einsum("tsr,tsk->tkr", np.diff(runs, axis=1), signs) / shares[:, :, None]
    effects: Floats = np.nanmean(changes, axis=2)
    star: Floats = np.abs(effects).mean(axis=0)
    used = int((~np.isnan(runs)).sum())
    indices = _indices(points, star, effects.std(axis=0, ddof=1), effects, used, seed)
    floors = _floors(points, star, changes, seed)
    return Found(indices, floors, tuple(_notes(whole, good, points)))


def stepped(points: Points, steps: Steps, delta: float, axes: Sequence[Axis] = ()) -> Floats:
    """Return which share of its range each factor steps in each trajectory.

    Args:
        points: the points, with the values of their factors.
        steps: which factor changes where.
        delta: the step of the grid, as a share of a range.
        axes: the factors as the design lays them out; default: told from their values.

    Returns:
        Shape (trajectories, factors). A step in which the factor does not apply counts as the
        grid's.
    """
    known = {axis.name: axis for axis in axes}
    values = places(points)
    shares = np.full((len(steps.signs), len(points.factors)), delta)
    for k, factor in enumerate(points.factors):
        if factor.choices:
            shares[:, k] = 1.0
            continue
        scaled = _scaled(values[:, k], known.get(factor.name))
        if scaled is not None:
            walks = scaled.reshape(len(shares), -1)
            change = np.abs(np.diff(walks, axis=1) * steps.signs[:, :, k])
            most = np.nan_to_num(change).max(axis=1)
            shares[:, k] = np.where(most > 0.0, most, delta)
    return shares


def _scaled(column: Floats, axis: Axis | None) -> Floats | None:
    """Return where values lie from 0 to 1 of the range; None where they lie on the grid itself."""
    listed = None if axis is None else axis.values
    if axis is None or listed is not None:
        seen = np.unique(column[~np.isnan(column)])
        if axis is None and len(seen) > FEW_VALUES:
            return None
        order = seen if listed is None else np.asarray(listed, dtype=np.float64)
        rank = {float(value): float(n) for n, value in enumerate(order)}
        return np.array([rank.get(float(v), math.nan) for v in column]) / max(len(order) - 1, 1)
    if not axis.whole or axis.low is None or axis.high is None or axis.low >= axis.high:
        return None
    low, high = axis.low, axis.high
    if axis.scale == "log":
        column, low, high = np.log(column), math.log(low), math.log(high)
    found: Floats = (column - low) / (high - low)
    return found


def _levels(points: Points) -> int:
    """Return how many levels the grid of the design has: an even number, 4 or more."""
    seen = [len(np.unique(c[~np.isnan(c)])) for c in places(points).T]
    ranges = [n for n, factor in zip(seen, points.factors, strict=True) if not factor.choices]
    most = max(ranges, default=4)
    return max(4, most + most % 2)


def _indices(
    points: Points, mu_star: Floats, sigma: Floats, effects: Floats, runs: int, seed: int
) -> pd.DataFrame:
    n = len(effects)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), RESAMPLES) / n
    star = weights @ np.abs(effects)
    spread = np.maximum(weights @ effects**2 - (weights @ effects) ** 2, 0.0) * n / (n - 1)
    rows = []
    for index, values, drawn in (
        ("mu_star", mu_star, star),
        ("sigma", sigma, np.sqrt(spread)),
    ):
        low, high = np.percentile(drawn, TAILS, axis=0)
        rows += [
            (f.name, f.label, index, float(values[k]), float(low[k]), float(high[k]), runs)
            for k, f in enumerate(points.factors)
        ]
    return pd.DataFrame(rows, columns=list(INDEX_COLUMNS))


def _floors(points: Points, mu_star: Floats, changes: Floats, seed: int) -> pd.DataFrame:
    """Return how large mu* would be by luck alone."""
    counted = (~np.isnan(changes)).sum(axis=2) >= 2
    rows = []
    for k, factor in enumerate(points.factors):
        seen = changes[counted[:, k], k]
        floor = math.nan
        if len(seen):
            spread = math.sqrt(max(float(noise_of_product(seen, seen).mean()), 0.0))
            normal = np.random.default_rng(seed).normal(size=(RESAMPLES, len(changes)))
            floor = spread * float(np.percentile(np.abs(normal).mean(axis=1), 95.0))
        rows.append((factor.name, factor.label, "mu_star", float(mu_star[k]), floor))
    return with_verdicts(pd.DataFrame(rows, columns=list(FLOOR_COLUMNS[:-1])))


def with_verdicts(floors: pd.DataFrame) -> pd.DataFrame:
    """Return floors with a column `told`: whether the index lies above; None where unknown."""
    limits = zip(floors["value"], floors["floor"], strict=True)
    told = [None if math.isnan(f) else bool(v > f) for v, f in limits]
    return floors.assign(told=pd.Series(told, index=floors.index, dtype="object"))


def _notes(whole: np.ndarray, good: np.ndarray, points: Points) -> list[str]:
    notes = []
    dropped = int((~whole).sum())
    if dropped:
        notes.append(
            f"{dropped} of {len(whole)} trajectories were dropped whole: runs are lacking."
        )
    partly = int((~good[whole]).sum())
    if partly:
        notes.append(
            f"Replicates left out of the others, as one of their runs is lacking: {partly} of "
            f"{good[whole].size}."
        )
    if points.replicates < 2:
        notes.append("With one replicate, luck cannot be told from the effect of a factor.")
    notes.append(
        "mu* ranks factors; it is no share of the variance, and luck makes it larger on average."
    )
    return notes
