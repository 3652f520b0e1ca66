"""The curve: for every strength the shortest push that is enough, with its interval.

The shortest push that succeeds in half of all pairs is found by turning tests round: a push is left
out of the interval from below if, at the share of its pairs that said yes, half can be excluded,
and closes the interval from above if less than half can be. Nothing is assumed of the curve's form
but that in no pair a shorter push does better than a longer one. Where pairs answer each push by a
luck of its own, the lower end holds all the same, but each push below the threshold has its own
chance of closing the interval too early: with forty pushes at a share of .495, nine studies in a
hundred had an upper end below the threshold of .5 in place of two or three.

Source: an interval for a quantile from exact binomial limits, Thompson (1936), Annals of
Mathematical Statistics 7:122, and Clopper & Pearson (1934), Biometrika 26:404.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from experiments.answers.threshold_response import Responses, pairs_to_bound
from experiments.answers.threshold_search import Rule, bracket

CURVE_COLUMNS = ("lever", "value", "share", "duration", "low", "high", "pairs", "note")
"""A row a strength and share: the shortest push that is enough (nan: none), its 95 % interval (nan
where an end lies beyond the longest push), and what has to be known of it."""
POINT_COLUMNS = ("value", "duration", "pairs", "sustained", "share", "low", "high")
"""A row a push tried: of how many pairs, how many said yes, the share with its 95 % interval."""

NONE = "none within reach"
SHORTEST = "the shortest is enough"
BEYOND = "no upper end within reach"
UNSETTLED = "not settled: stopped early"


def curve_table(
    lever: str, tried: Mapping[float, Responses], shares: Sequence[float]
) -> pd.DataFrame:
    """Return the curve, with the columns `CURVE_COLUMNS`."""
    rows = [
        {"lever": lever, "value": value, **crossing(responses, share)}
        for value, responses in tried.items()
        for share in shares
    ]
    return pd.DataFrame(rows, columns=list(CURVE_COLUMNS))


def points_table(tried: Mapping[float, Responses]) -> pd.DataFrame:
    """Return every push that was tried, with the columns `POINT_COLUMNS`."""
    rows = []
    for value, responses in tried.items():
        for n in sorted(responses.seen):
            share = responses.share(n)
            found = (share.n, share.successes, share.share, share.low, share.high)
            rows.append((value, responses.candidates[n], *found))
    return pd.DataFrame(rows, columns=list(POINT_COLUMNS))


def crossing(responses: Responses, share: float) -> dict[str, Any]:
    """Return the shortest push that reaches a share of successes, with its interval, and a note.

    The interval covers, in at least 95 % of studies, the shortest push among the candidates that
    succeeds in such a share of all pairs there could be; each end errs in 2.5 % at most. The upper
    one does so only if in no pair less push does better. It says nothing of other settings.
    """
    last = len(responses.candidates)
    before, first = bracket(responses, Rule("seen", share))
    excluded, possible = bracket(responses, Rule("possible", share))
    proven = bracket(responses, Rule("proven", share))[1]
    low = responses.candidates[excluded + 1] if excluded + 1 < last else math.nan
    if not responses.full:
        low = math.nan
    notes = []
    if first == last:
        notes.append(NONE)
    elif first == 0:
        notes.append(SHORTEST)
    elif first - before > 1:
        notes.append(f"between {responses.candidates[max(before, 0)]:g} and "
                     f"{responses.candidates[first]:g}")  # fmt: skip
    if proven == last and possible < last:
        few = responses.pairs < pairs_to_bound(share)
        notes.append(f"{BEYOND}: too few pairs" if few else BEYOND)
    return {
        "share": share,
        "duration": responses.candidates[first] if first < last else math.nan,
        "low": low,
        "high": responses.candidates[proven] if proven < last else math.nan,
        "pairs": responses.pairs,
        "note": "; ".join(notes),
    }


def smoothed_crossing(candidates: Sequence[float], shares: Mapping[int, float], at: float) -> float:
    """Return where a rising curve through the shares passes `at`; nan where it does not.

    Shares are made to rise by pooling neighbours that do not (isotonic regression), with straight
    lines between them. Nan also where the first push tried is above already.

    Source: Barlow, Bartholomew, Bremner & Brunk (1972), Statistical Inference under Order
    Restrictions.
    """
    known = sorted(n for n, share in shares.items() if not math.isnan(share))
    if len(known) < 2:
        return math.nan
    height = optimize.isotonic_regression([shares[n] for n in known]).x
    if height[0] >= at or height[-1] < at:
        return math.nan
    above = int(np.argmax(height >= at))
    left, right = candidates[known[above - 1]], candidates[known[above]]
    part = (at - height[above - 1]) / (height[above] - height[above - 1])
    return float(left + part * (right - left))
