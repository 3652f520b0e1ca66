"""Levels: what one-at-a-time and factorial designs tell, whose points are chosen and not drawn.

One at a time gives a tornado: each factor at its ends, against the base. A full factorial gives an
exact functional ANOVA: the variance over its points is a sum of parts, one of each factor and of
each combination of factors. As the points are chosen, all that is uncertain is luck, and intervals
are over replicates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.answers.screening import FLOOR_COLUMNS, INDEX_COLUMNS, Found
from experiments.answers.sensitivity_layout import base_of
from experiments.answers.sensitivity_luck import LEVEL, cross_square
from experiments.answers.sensitivity_points import Points, places
from experiments.recorded import Floats
from experiments.statistics import mean_interval, paired_effect
from simulation.errors import InputError

TORNADO_COLUMNS = (
    "factor", "label", "low_value", "high_value", "effect_low", "low_low", "low_high",
    "effect_high", "high_low", "high_high",
)  # fmt: skip


def tornado(points: Points) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return what each factor does at its ends against the base, in pairs on the same luck.

    Of a factor of numbers the ends are its least and greatest value; where one of them is the
    base's, its effect is 0. Of a choice they are the choices with the least and greatest effect.
    Factors come in the order of how far apart their effects lie.

    Returns:
        The table with `TORNADO_COLUMNS` (effects against the base, with 95 % intervals over pairs
        of replicates), and notes.

    Raises:
        InputError: there is no base, or it failed in every replicate.
    """
    values = places(points)
    base = base_of(values)
    if base is None:
        raise InputError("no point differs from all others in one factor only: there is no base")
    if np.isnan(points.grid[base]).all():
        raise InputError("the base failed in every replicate", mend="run it again: --retry-failed")
    rows = [_bar(points, values, base, k) for k in range(len(points.factors))]
    made = in_one_type(pd.DataFrame(rows, columns=list(TORNADO_COLUMNS)), "low_value", "high_value")
    reach = (made["effect_high"] - made["effect_low"]).abs()
    notes = []
    if points.replicates < 2:
        notes.append("With one replicate there are no intervals.")
    order = reach.sort_values(ascending=False, kind="stable").index
    return made.loc[order].reset_index(drop=True), tuple(notes)


def _bar(points: Points, values: Floats, base: int, k: int) -> tuple[Any, ...]:
    """Return one row of the tornado."""
    factor = points.factors[k]
    moved = np.flatnonzero((values[:, k] != values[base, k]) & ~np.isnan(values[:, k]))
    effects = {int(p): paired_effect(points.grid[p], points.grid[base]) for p in moved.tolist()}
    told = points.values[factor.name]
    key = {p: effects[p].mean for p in effects} if factor.choices else dict(
        zip(effects, values[list(effects), k], strict=True)
    )  # fmt: skip
    here = 0.0 if factor.choices else float(values[base, k])
    low = min((p for p in key if key[p] < here), key=lambda p: key[p], default=None)
    high = max((p for p in key if key[p] > here), key=lambda p: key[p], default=None)
    ends: list[float] = []
    for point in (low, high):
        if point is None:
            ends += [0.0, 0.0, 0.0]
        else:
            ends += [effects[point].mean, effects[point].low, effects[point].high]
    named = [_shown(told.iloc[base if point is None else point]) for point in (low, high)]
    return (factor.name, factor.label, *named, *ends)


def factorial(points: Points) -> Found:
    """Return S1 and ST of a full factorial by functional ANOVA, and what each level comes to.

    S1 is the part of the variance over the points that a factor's own levels make, ST that plus
    all combinations with other factors. Squares are taken between different replicates, so luck
    adds nothing to them on average; intervals are by the jackknife over replicates. Only
    replicates that are whole at every point are used.

    Raises:
        InputError: no replicate is whole, or the outcome is the same everywhere.

    Source: functional ANOVA: Sobol' (1993), Mathematical Modelling and Computational Experiments
    1; on a grid it is the analysis of variance of Fisher (1925). Jackknife: Tukey (1958).
    """
    whole = ~np.isnan(points.grid).any(axis=0)
    if not whole.any():
        raise InputError(
            "no replicate is whole over all points", mend="run the failed ones: --retry-failed"
        )
    values = places(points)
    grid = points.grid[np.lexsort(values.T[::-1])][:, whole]
    levels = [len(np.unique(column)) for column in values.T]
    cube = grid.reshape(*levels, -1)
    shares = _shares(cube)
    if shares is None:
        raise InputError("the outcome is the same at every point", found=points.outcome)
    count = cube.shape[-1]
    notes = []
    if dropped := int((~whole).sum()):
        notes.append(f"{dropped} of {len(whole)} replicates were dropped: runs are lacking.")
    if count < 2:
        notes.append("With one replicate, luck cannot be told from what factors do together.")
    if np.isnan(shares).any():
        notes.append("What points differ by cannot be told from luck: there are no indices.")
    low, high = _jackknife(cube, shares)
    rows = [
        (f.name, f.label, index, shares[i, k], low[i, k], high[i, k], grid.size)
        for i, index in enumerate(("S1", "ST"))
        for k, f in enumerate(points.factors)
    ]
    indices = pd.DataFrame(rows, columns=list(INDEX_COLUMNS))
    floors = indices[["factor", "label", "index", "value"]].copy()
    floors["floor"] = indices["value"] - indices["low"]
    floors["told"] = pd.Series(
        [None if math.isnan(v) else bool(v > 0.0) for v in indices["low"]], dtype="object"
    )
    return Found(
        indices, floors[list(FLOOR_COLUMNS)], tuple(notes), {"levels": _levels(points, values)}
    )


def _shares(cube: Floats) -> Floats | None:
    """Return S1 and ST, shape (2, factors), of a cube with replicates along the last axis."""
    axes = range(cube.ndim - 1)
    replicates = cube.shape[-1]
    square = cross_square if replicates > 1 else _plain_square
    centred = cube - cube.mean(axis=tuple(axes), keepdims=True)
    if float(np.abs(centred).max()) <= 1e-12:
        return None
    total = float(square(centred).mean())
    found = np.full((2, cube.ndim - 1), math.nan)
    if total <= 0.0:
        return found
    for k in axes:
        others = tuple(axis for axis in axes if axis != k)
        found[0, k] = float(square(centred.mean(axis=others)).mean()) / total
        without = float(square(centred.mean(axis=k)).mean()) if others else 0.0
        found[1, k] = 1.0 - without / total
    return found


def _plain_square(values: Floats) -> Floats:
    found: Floats = values.mean(axis=-1) ** 2
    return found


def _jackknife(cube: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Return 95 % intervals by leaving out one replicate at a time; nan with fewer than three."""
    count = cube.shape[-1]
    nothing = np.full(shares.shape, math.nan)
    if count < 3:
        return nothing, nothing
    left = []
    for r in range(count):
        one = _shares(np.delete(cube, r, axis=-1))
        left.append(nothing if one is None else one)
    pseudo = count * shares - (count - 1) * np.stack(left)
    reach = stats.t.ppf(0.5 + LEVEL / 2.0, count - 1) * pseudo.std(axis=0, ddof=1) / count**0.5
    return shares - reach, shares + reach


def _levels(points: Points, values: Floats) -> pd.DataFrame:
    """Return what every level of every factor comes to, over all other factors and luck."""
    rows = []
    for k, factor in enumerate(points.factors):
        for level in np.unique(values[:, k]):
            here = values[:, k] == level
            one = mean_interval(points.grid[here].mean(axis=0))
            shown = _shown(points.values[factor.name][here].iloc[0])
            rows.append((factor.name, factor.label, shown, one.mean, one.low, one.high))
    made = pd.DataFrame(rows, columns=["factor", "label", "level", "value", "low", "high"])
    return in_one_type(made, "level")


def in_one_type(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a table whose columns hold numbers, or else words only: files know no mixture."""
    for column in columns:
        values = table[column].tolist()
        if any(isinstance(value, str) for value in values):
            words = [v if isinstance(v, str) else f"{v:g}" for v in values]
            table = table.assign(**{column: words})
        else:
            table = table.assign(**{column: pd.Series(values, dtype="float64")})
    return table


def _shown(value: Any) -> Any:
    """Return a value of a factor as a number, or as words where it is a choice."""
    number = isinstance(value, (int, float, np.integer, np.floating))
    return float(value) if number and not isinstance(value, (bool, np.bool_)) else str(value)
