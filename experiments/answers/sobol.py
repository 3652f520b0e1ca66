"""Sobol' indices of a Saltelli design, with luck taken out of them.

S1 is the share of the variance between points that goes when a factor is known; ST the share that
is left when all others are. Both are of what a point comes to in the long run: a mean over few
replicates still holds noise, which would count as interaction. It is subtracted, term by term: the
covariance between replicates of the two things that are multiplied, over the number of replicates.
That is right whether or not the points share their luck, and where a factor does nothing at all,
so that its runs are the very same, there is nothing to subtract.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.answers.screening import FLOOR_COLUMNS, INDEX_COLUMNS, Found, with_verdicts
from experiments.answers.sensitivity_library import salib
from experiments.answers.sensitivity_luck import RESAMPLES, TAILS, noise_of_product
from experiments.answers.sensitivity_points import Points
from experiments.recorded import Floats, Integers
from simulation.errors import InputError

FEWEST = 8
"""Whole blocks below which nothing is told."""
FLIPS = 300
"""Draws of signs behind the floor of ST."""


class Blocks(NamedTuple):
    """The whole blocks of a design, replicates along the last axis, nan where one is left out.

    Attributes:
        a, b: shape (blocks, replicates).
        ab: A with one factor of B: shape (blocks, factors, replicates).
        ba: B with one factor of A, the same shape; None where the design has none.
    """

    a: Floats
    b: Floats
    ab: Floats
    ba: Floats | None


class Terms(NamedTuple):
    """Means over replicates, and what noise adds to each product of them, block by block."""

    a: Floats
    b: Floats
    ab: Floats
    ba: Floats | None
    variance_noise: Floats
    first_noise: Floats
    total_noise: Floats


def sobol(points: Points, step: int, *, second: bool = False, seed: int = 1) -> Found:
    """Return S1 and ST of every factor, with bootstrap intervals over blocks.

    A block (A, B and what is mixed of them) in which a point is not known in any replicate is
    dropped whole; a replicate in which any of its points failed is left out of that block, which
    needs two where there are several.

    The floor of S1 is what 5 % of signs drawn at random for each block's product give, that of ST
    what 5 % of signs drawn for each block and replicate give: how large the index is by chance, and
    by luck, where a factor does nothing (a randomisation test). Both hold for the draws of luck
    that all blocks share.

    Args:
        points: the outcome at every point, in the order of SALib.
        step: points in a block.
        second: whether to tell S2, what two factors do only together; needs blocks of 2k + 2.
        seed: seed of the resampling.

    Raises:
        InputError: fewer than eight blocks are whole, the outcome is the same everywhere, or S2 is
            asked of a design that cannot tell it.

    Source: Saltelli et al. (2010), Computer Physics Communications 181; S2: Saltelli (2002),
    Computer Physics Communications 145; computed by SALib. Noise: Sun, Apley and Staum (2011),
    Operations Research 59.
    """
    blocks, notes = _blocks(points, step)
    if second and blocks.ba is None:
        raise InputError(
            "this design cannot tell second-order indices", key="--second",
            mend="give the Saltelli design second_order = true",
        )  # fmt: skip
    n = len(blocks.a)
    terms = _terms(blocks)
    everything = np.arange(n)[:, None]
    raw, variance = _variances(terms, everything)
    if raw[0] <= 1e-18:
        raise InputError("the outcome is the same at every point", found=points.outcome)
    picks = np.random.default_rng(seed).integers(n, size=(n, RESAMPLES))
    _, drawn = _variances(terms, picks)
    if np.percentile(drawn, TAILS[0]) <= 0.0:
        notes.append(
            "What points differ by cannot be told from luck: there are no indices to give. More "
            "replicates or more blocks would tell."
        )
        return Found(_nothing(points), pd.DataFrame(columns=list(FLOOR_COLUMNS)), tuple(notes))
    used = int(sum(np.isfinite(part).sum() for part in blocks if part is not None))
    rows = []
    for order in ("S1", "ST"):
        for j, factor in enumerate(points.factors):
            value = float(_index(order, terms, j, everything)[0])
            low, high = np.percentile(_index(order, terms, j, picks), TAILS)
            rows.append((factor.name, factor.label, order, value, float(low), float(high), used))
    indices = pd.DataFrame(rows, columns=list(INDEX_COLUMNS))
    floors = _floors(points, blocks, terms, float(variance[0]), indices, seed)
    if points.replicates < 2:
        notes.append("With one replicate, luck cannot be told from interactions: it counts in ST.")
    extra = {"second_order": _second(points, blocks, terms, picks)} if second else {}
    return Found(indices, floors, tuple(notes), extra)


def _blocks(points: Points, step: int) -> tuple[Blocks, list[str]]:
    """Return the whole blocks of a design, and what was dropped."""
    count = len(points.factors)
    grid = points.grid.reshape(-1, step, points.replicates)
    good = ~np.isnan(grid).any(axis=1)
    needed = min(2, points.replicates)
    whole = good.sum(axis=1) >= needed
    if whole.sum() < FEWEST:
        raise InputError(
            "too few whole blocks of the design to tell anything", found=int(whole.sum()),
            allowed=f">= {FEWEST}", mend="run more, or run the failed ones again: --retry-failed",
        )  # fmt: skip
    notes = []
    if dropped := int((~whole).sum()):
        notes.append(f"{dropped} of {len(whole)} blocks were dropped whole: runs are lacking.")
    if partly := int((~good[whole]).sum()):
        notes.append(
            f"Replicates left out of the others, as one of their runs is lacking: {partly} of "
            f"{good[whole].size}."
        )
    kept = np.where(good[:, None], grid, np.nan)[whole]
    kept = kept - np.nanmean(kept[:, [0, -1]])
    ba = kept[:, count + 1 : -1] if step == 2 * count + 2 else None
    return Blocks(kept[:, 0], kept[:, -1], kept[:, 1 : count + 1], ba), notes


def _terms(blocks: Blocks) -> Terms:
    a, b, ab, ba = blocks
    means = _mean(a), _mean(b), _mean(ab), None if ba is None else _mean(ba)
    if a.shape[1] < 2:
        none = np.zeros(ab.shape[:2])
        return Terms(*means, none[:, 0], none, none)
    za, zb = _centred(blocks, a), _centred(blocks, b)
    change = ab - a[:, None]
    return Terms(
        *means,
        (noise_of_product(za, za) + noise_of_product(zb, zb)) / 2.0,
        noise_of_product(np.broadcast_to(zb[:, None], change.shape), change),
        noise_of_product(change, change) / 2.0,
    )


def _mean(values: Floats) -> Floats:
    found: Floats = np.nanmean(values, axis=-1)
    return found


def _centred(blocks: Blocks, values: Floats) -> Floats:
    """Return values without the luck that all points share, which is no noise between them."""
    found: Floats = values - np.nanmean(np.concatenate([blocks.a, blocks.b]), axis=0)
    return found


def _variances(terms: Terms, picks: Integers) -> tuple[Floats, Floats]:
    """Return the variance over points of their means, and the same without noise."""
    raw = np.var(np.concatenate([terms.a[picks], terms.b[picks]]), axis=0)
    return raw, raw - terms.variance_noise[picks].mean(axis=0)


def _index(order: str, terms: Terms, j: int, picks: Integers) -> Floats:
    """Return an index for every column of picks: SALib's, with what noise adds taken out."""
    salib_sobol = salib("sobol")
    a, b, ab = terms.a[picks], terms.b[picks], terms.ab[:, j][picks]
    raw, variance = _variances(terms, picks)
    estimate, noise = (
        (salib_sobol.first_order, terms.first_noise)
        if order == "S1"
        else (salib_sobol.total_order, terms.total_noise)
    )
    found = np.asarray(estimate(a, ab, b)) * raw - noise[:, j][picks].mean(axis=0)
    return _ratio(found, variance)


def _ratio(part: Floats, whole: Floats) -> Floats:
    good = whole > 0.0
    made: Floats = np.where(good, part / np.where(good, whole, 1.0), math.nan)
    return made


def _second(points: Points, blocks: Blocks, terms: Terms, picks: Integers) -> pd.DataFrame:
    """Return S2 of every pair of factors, with its interval."""
    rows = []
    for j, k in combinations(range(len(points.factors)), 2):
        noise = _noise_of_pair(blocks, terms, j, k)
        value = _pair(terms, noise, j, k, np.arange(len(terms.a))[:, None])[0]
        low, high = np.nanpercentile(_pair(terms, noise, j, k, picks), TAILS)
        one, other = points.factors[j], points.factors[k]
        names = one.name, other.name, one.label, other.label
        rows.append((*names, "S2", float(value), float(low), float(high)))
    heads = ["factor", "other", "label", "other_label", "index", "value", "low", "high"]
    return pd.DataFrame(rows, columns=heads)


def _pair(terms: Terms, noise: Floats, j: int, k: int, picks: Integers) -> Floats:
    assert terms.ba is not None
    raw, variance = _variances(terms, picks)
    parts = terms.a, terms.ab[:, j], terms.ab[:, k], terms.ba[:, j], terms.b
    found = np.asarray(salib("sobol").second_order(*(part[picks] for part in parts))) * raw
    return _ratio(found - noise[picks].mean(axis=0), variance)


def _noise_of_pair(blocks: Blocks, terms: Terms, j: int, k: int) -> Floats:
    """Return what noise adds to the second-order term of two factors, block by block."""
    first = terms.first_noise[:, j] + terms.first_noise[:, k]
    if blocks.ba is None or blocks.a.shape[1] < 2:
        return -first
    mixed = _centred(blocks, blocks.ba[:, j]), _centred(blocks, blocks.ab[:, k])
    ends = _centred(blocks, blocks.a), _centred(blocks, blocks.b)
    return noise_of_product(*mixed) - noise_of_product(*ends) - first


def _floors(
    points: Points, blocks: Blocks, terms: Terms, variance: float, indices: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Return how large each index would be if its factor did nothing."""
    random = np.random.default_rng(seed)
    n = len(terms.a)
    products = terms.b[:, None] * (terms.ab - terms.a[:, None]) - terms.first_noise
    signs = random.integers(0, 2, size=(RESAMPLES, n)) * 2.0 - 1.0
    floor = {"S1": np.percentile(signs @ products / n, 95.0, axis=0) / variance}
    floor["ST"] = np.full(len(points.factors), math.nan)
    if points.replicates > 1:
        change = np.nan_to_num(blocks.ab - blocks.a[:, None])
        pairs = (~np.isnan(blocks.a)).sum(axis=1)
        pairs = (pairs * (pairs - 1.0))[:, None]
        squares = (change**2).sum(axis=2)
        drawn = []
        for _ in range(FLIPS):
            flip = random.integers(0, 2, size=(n, points.replicates)) * 2.0 - 1.0
            summed = np.einsum("nkr,nr->nk", change, flip)
            drawn.append((((summed**2 - squares) / pairs).mean(axis=0)) / 2.0)
        floor["ST"] = np.percentile(np.stack(drawn), 95.0, axis=0) / variance
    made = indices[["factor", "label", "index", "value"]].copy()
    made["floor"] = [
        float(floor[index][points.names.index(name)])
        for name, index in zip(made["factor"], made["index"], strict=True)
    ]
    return with_verdicts(made)


def _nothing(points: Points) -> pd.DataFrame:
    rows = [
        (f.name, f.label, order, math.nan, math.nan, math.nan, 0)
        for order in ("S1", "ST")
        for f in points.factors
    ]
    return pd.DataFrame(rows, columns=list(INDEX_COLUMNS))
