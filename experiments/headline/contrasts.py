"""Contrasts: what one arm has more than another, pair by pair, draw by draw, and over the draws.

A *frame* has a row a pair (replicate) and a column a draw. As replicate r has the same luck in all
draws, pairs and draws are crossed; the bootstrap draws both again, each by itself, which is on the
careful side (Owen 2007, Annals of Applied Statistics 1:386). Draws are not a sample from a
population of places: an interval over them says what so few of them leave open.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.statistics import mean_interval, paired_share_difference, wilson

Floats = NDArray[np.float64]
Arms = Sequence[pd.DataFrame]

SAMPLES = 2000
"""Bootstrap samples."""
CHUNK = 4_000_000
BOOTSTRAP_SEED = 20


class Spread(NamedTuple):
    """A quantity over the draws, each draw the mean of its pairs.

    Attributes:
        mean, median, q05, q95: over the draws' means.
        low, high: 95 % bootstrap interval of the mean over draws and pairs.
        median_low, median_high: the same for the median over draws.
        draws, pairs: how many draws have a value, and how many pairs there are in all.
    """

    mean: float
    median: float
    q05: float
    q95: float
    low: float
    high: float
    median_low: float
    median_high: float
    draws: int
    pairs: int

    @property
    def found(self) -> bool:
        """Tell whether the interval of the mean leaves out 0."""
        return self.low > 0.0 or self.high < 0.0


NAN = math.nan
NOWHERE = Spread(NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0)
"""Where nothing is known."""


def frame(table: pd.DataFrame, outcome: str, **where: Any) -> pd.DataFrame:
    """Return one outcome of the rows that hold these values: a row a replicate, a column a draw.

    Failed runs are nan. Where a value of `where` is a tuple, any of it will do, and cells that fall
    together are averaged.
    """
    chosen = np.ones(len(table), dtype=bool)
    for name, value in where.items():
        if name not in table.columns:
            return pd.DataFrame()
        values = value if isinstance(value, tuple) else (value,)
        chosen &= table[name].isin(values).to_numpy()
    part = table[chosen]
    if outcome not in part.columns or part.empty:
        return pd.DataFrame()
    # mean(skipna=False): where one of the cells that are averaged failed, nothing is known
    grouped = part.groupby(["replicate", "draw"])[outcome].agg(lambda v: v.mean(skipna=False))
    return grouped.unstack("draw").astype("float64")


def difference(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return what the first has more than the second, where both are known."""
    if one.empty or other.empty:
        return pd.DataFrame()
    return one - other


def draw_means(values: pd.DataFrame) -> pd.Series:
    """Return the mean over pairs of each draw that has a value."""
    return values.mean(axis=0).dropna() if not values.empty else pd.Series(dtype="float64")


def spread(values: pd.DataFrame, arms: Arms = ()) -> Spread:
    """Return what a frame comes to over the draws; nan where nothing is known.

    Args:
        values: the frame.
        arms: where it holds yes and no, itself; where it is a difference of two such frames, both.
            The interval then reaches at least as far as Wilson's, or Newcombe's, over all pairs: a
            bootstrap has no width where all pairs agree.
    """
    means = draw_means(values).to_numpy(dtype=np.float64)
    if not len(means):
        return NOWHERE
    q05, median, q95 = np.quantile(means, (0.05, 0.5, 0.95))
    boot = resampled(values)
    low, high = np.quantile(boot.mean(axis=1), (0.025, 0.975))
    if arms:
        _, least, most = _of_shares([arm.to_numpy(dtype=np.float64).ravel() for arm in arms])
        low, high = min(low, least), max(high, most)
    medians = np.quantile(np.median(boot, axis=1), (0.025, 0.975))
    return Spread(
        float(means.mean()), float(median), float(q05), float(q95), float(low), float(high),
        float(medians[0]), float(medians[1]), len(means), int(values.notna().to_numpy().sum()),
    )  # fmt: skip


def _of_shares(arms: Sequence[Floats]) -> tuple[float, float, float]:
    """Return a share of pairs, or the difference of two, with its interval over the pairs."""
    known = ~np.logical_or.reduce([np.isnan(arm) for arm in arms])
    first, *rest = (arm[known] for arm in arms)
    if rest:
        return paired_share_difference(first, rest[0])
    share = wilson(int(first.sum()), len(first))
    return share.share, share.low, share.high


def resampled(values: pd.DataFrame) -> Floats:
    """Return the draws' means of every bootstrap sample, shape (samples, draws)."""
    kept = values.dropna(axis=1, how="all").to_numpy(dtype=np.float64)
    pairs, draws = kept.shape
    luck = np.random.default_rng(BOOTSTRAP_SEED)
    found = []
    per_chunk = max(1, min(SAMPLES, CHUNK // (pairs * draws)))
    for first in range(0, SAMPLES, per_chunk):
        count = min(per_chunk, SAMPLES - first)
        rows = luck.integers(pairs, size=(count, pairs, 1))
        columns = luck.integers(draws, size=(count, 1, draws))
        taken = kept[rows, columns]
        known = ~np.isnan(taken)
        counted = known.sum(axis=1)
        total = np.where(known, taken, 0.0).sum(axis=1)
        own = np.nanmean(kept, axis=0)[columns[:, 0, :]]  # where all pairs drawn again had failed
        found.append(np.where(counted > 0, total / np.maximum(counted, 1), own))
    return np.concatenate(found)


# --- the table ------------------------------------------------------------------------------------

COLUMNS = (
    "part", "contrast", "outcome", "draw", "value", "low", "high", "median", "q05", "q95", "draws",
    "pairs",
)  # fmt: skip
"""Columns of the table of contrasts.

A line with a draw holds the mean over its pairs with Student's t interval (a share of pairs
Wilson's, a difference of shares Newcombe's); the line with draw "all" the mean over draws with its
bootstrap interval, and median and 5-95 % over the draws.
"""


def lines(
    part: str, contrast: str, outcome: str, values: pd.DataFrame, arms: Arms = ()
) -> list[dict[str, Any]]:
    """Return the lines of one contrast: all draws together, then each."""
    if values.empty:
        return []
    head: Mapping[str, Any] = {"part": part, "contrast": contrast, "outcome": outcome}
    s = spread(values, arms)
    if not s.draws:
        return []
    over = {
        **head, "draw": "all", "value": s.mean, "low": s.low, "high": s.high, "median": s.median,
        "q05": s.q05, "q95": s.q95, "draws": s.draws, "pairs": s.pairs,
    }  # fmt: skip
    found = [over]
    for draw, column in values.items():
        mean = mean_interval(column.to_numpy())
        value, low, high = mean.mean, mean.low, mean.high
        if arms and mean.n:
            value, low, high = _of_shares([arm[draw].to_numpy(dtype=np.float64) for arm in arms])
        own = {"value": value, "low": low, "high": high, "draws": 1, "pairs": mean.n}
        found.append({**head, "draw": str(draw), **own})
    return found
