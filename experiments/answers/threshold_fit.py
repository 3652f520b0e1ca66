"""The strength–duration law: rheobase and chronaxie of a threshold curve.

Weiss found for the stimulation of nerves that the charge needed grows with duration along a line,
strength · duration = rheobase · (duration + chronaxie), and Lapicque gave its two constants their
names: below the *rheobase* no push is long enough, and at twice the rheobase the push has to last
as long as the *chronaxie*. Here the charge is the money of the push. Whether a community follows
that law is a question, not a given: the largest misfit is told with the constants.

Source: Weiss (1901), Archives Italiennes de Biologie 35:413; Lapicque (1909), Comptes Rendus de la
Société de Biologie 67:280.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize

from experiments.answers.threshold_curve import smoothed_crossing
from experiments.answers.threshold_response import Responses
from experiments.recorded import Floats

LEAST_STRENGTHS = 3
RESAMPLES = 400
FIT_COLUMNS = (
    "share", "strengths", "rheobase", "rheobase_low", "rheobase_high",
    "chronaxie", "chronaxie_low", "chronaxie_high", "misfit", "resamples",
)  # fmt: skip
"""A row a share: constants of the law with 95 % intervals; `misfit` is the largest ratio of a found
push to the law's or of the law's to a found one; `resamples` counts those that could be fitted."""


class Law(NamedTuple):
    """The two constants of a strength–duration curve, and how far the curve is from the law."""

    rheobase: float
    chronaxie: float
    misfit: float

    def duration(self, strength: float) -> float:
        """Return how long a push of this strength has to be; infinite at or below the rheobase."""
        if strength <= self.rheobase:
            return math.inf
        return self.chronaxie * self.rheobase / (strength - self.rheobase)


def fit_law(strengths: Floats, durations: Floats) -> Law | None:
    """Fit the law by least squares of the logarithms of durations.

    Args:
        strengths: strengths whose crossing is known, above 0.
        durations: the crossings, above 0, in the same order; nan ones are left out.

    Returns:
        The constants; None with fewer than three crossings, or where they do not fall with strength
        so that no such law fits.
    """
    known = ~np.isnan(durations)
    strengths, durations = strengths[known], durations[known]
    if len(strengths) < LEAST_STRENGTHS or np.ptp(np.log(durations)) == 0:
        return None
    least, logs = float(strengths.min()), np.log(durations)

    def shape(part: float) -> Floats:
        """Log duration of the law without its constant; the rheobase is a part of the least."""
        return -np.log(strengths - part * least)

    def misfit(part: float) -> float:
        off = logs - shape(part)
        return float(np.square(off - off.mean()).sum())

    found = optimize.minimize_scalar(misfit, bounds=(1e-6, 1 - 1e-9), method="bounded")
    part = float(found.x)
    if part < 1e-4:  # the curve falls no faster than 1 / strength: no rheobase can be told
        return None
    rheobase = part * least
    constant = float((logs - shape(part)).mean())
    law = Law(rheobase, math.exp(constant) / rheobase, 1.0)
    ratios = np.abs(logs - np.log([law.duration(float(s)) for s in strengths]))
    return law._replace(misfit=float(np.exp(ratios.max())))


def law_at(tried: Mapping[float, Responses], share: float, replicates: Floats) -> Law | None:
    """Return the law fitted to the crossings over these replicates, drawn with repeats or not."""
    drawn = [int(r) for r in replicates]
    values = [value for value in tried if value > 0]
    crossings = [
        smoothed_crossing(tried[v].candidates, tried[v].resampled(drawn), share) for v in values
    ]
    return fit_law(np.array(values, dtype=float), np.array(crossings))


def fit_table(
    tried: Mapping[float, Responses], shares: tuple[float, ...], seed: int = 1
) -> pd.DataFrame:
    """Return the law of every share that has one, with the columns `FIT_COLUMNS`.

    Intervals are percentiles over draws of whole replicates with repeats: a replicate is the same
    draw of chance at every strength and duration. Draws without a law are left out and counted.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    pairs = min(responses.pairs for responses in tried.values())
    complete = all(responses.full for responses in tried.values())
    rows = []
    for share in shares if complete else ():
        law = law_at(tried, share, np.arange(pairs, dtype=float))
        if law is None:
            continue
        generator = np.random.default_rng(seed)
        drawn = [
            law_at(tried, share, generator.integers(0, pairs, pairs).astype(float))
            for _ in range(RESAMPLES)
        ]
        fitted = np.array([(d.rheobase, d.chronaxie) for d in drawn if d is not None])
        ends = np.full((2, 2), math.nan)
        if len(fitted) >= RESAMPLES // 2:
            ends = np.quantile(fitted, [0.025, 0.975], axis=0)
        strengths = sum(
            not math.isnan(smoothed_crossing(r.candidates, r.resampled(range(pairs)), share))
            for value, r in tried.items()
            if value > 0
        )
        rheobase = (law.rheobase, *ends[:, 0].tolist())
        chronaxie = (law.chronaxie, *ends[:, 1].tolist())
        rows.append((share, strengths, *rheobase, *chronaxie, law.misfit, len(fitted)))
    return pd.DataFrame(rows, columns=list(FIT_COLUMNS))
