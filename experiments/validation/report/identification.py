"""What the calibration tells about each uncertain thing: how far draws left the prior."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from experiments.calibration.design import JOIN_RATIO, LEAVE, UNCERTAIN, Uncertain
from experiments.validation.report.markdown import cell, paragraph, table
from experiments.validation.words import NOTHING, amount, interval

LEVEL = 0.95
"""Share of samples from the prior itself that stay below the chance level."""
SAMPLES = 20_000
"""Samples from the prior by which the chance level of a list of forms is found."""
FEW = 60
"""Kept draws below which it is said how little they tell."""
CONVENING = "governance.convening_scale"
TOGETHER = (LEAVE, JOIN_RATIO, CONVENING)
"""What P1 can only narrow together; independent of each other in the prior."""


class Distance(NamedTuple):
    """How far kept draws depart from the prior, and how far as many draws from it would by chance.

    Of an interval: the Kolmogorov-Smirnov distance to the prior. Of a list of forms, which have no
    order: half the sum of the differences between shares and equal shares (total variation).
    """

    found: float
    chance: float

    @property
    def identified(self) -> bool:
        """Whether the distance is beyond the chance level."""
        return self.found > self.chance


def distance(item: Uncertain, values: Sequence[object]) -> Distance:
    """Return the distance of kept values to the prior, with its chance level for as many."""
    n = len(values)
    if not n:
        return Distance(math.nan, math.nan)
    if item.choices:
        counts = np.array([list(values).count(choice) for choice in item.choices])
        even = np.full(len(counts), 1.0 / len(counts))
        drawn = np.random.Generator(np.random.PCG64(1)).multinomial(n, even, SAMPLES)
        apart = np.abs(np.vstack([counts, drawn]) / n - even).sum(axis=1) / 2.0
        return Distance(float(apart[0]), float(np.quantile(apart[1:], LEVEL)))
    kept = np.asarray(values, dtype=np.float64)
    if item.scale == "log":
        places = np.log(kept / item.low) / math.log(item.high / item.low)
    else:
        places = (kept - item.low) / (item.high - item.low)
    found = float(stats.kstest(np.clip(places, 0.0, 1.0), "uniform").statistic)
    return Distance(found, float(stats.kstwo.ppf(LEVEL, n)))


def section(kept: pd.DataFrame) -> str:
    """Return what is known better after the calibration than before, thing by thing."""
    distances = {item.name: distance(item, kept[item.name].tolist()) for item in UNCERTAIN}
    heads = ("uncertain", "drawn from", "why", "kept: median (middle 90 %), or draws per form",
             "distance to the prior", "by chance up to", "identified")  # fmt: skip
    lines = [
        (f"`{item.name}`", drawn_from(item), cell(item.reason), _kept(item, kept),
         *_shown(distances[item.name]))
        for item in UNCERTAIN
    ]  # fmt: skip
    told = paragraph(_told(len(kept), distances))
    return "\n\n".join([told, table(heads, lines), paragraph(_together(kept))])


def _told(n: int, distances: dict[str, Distance]) -> str:
    named = ", ".join(f"`{name}`" for name, one in distances.items() if one.identified)
    few = ""
    if 0 < n < FEW:
        few = (
            f"{n} kept draws are few: only a distance above {stats.kstwo.ppf(LEVEL, n):.2f} (of at "
            "most 1) stands out, so that a range that is somewhat narrowed cannot be told from one "
            "that is not, and the middle 90 % is hardly less than all that was kept. "
        )
    return (
        "**What is identified.** A parameter is said to be identified if the kept draws lie "
        "further from the prior than 95 % of as many draws from the prior itself would: by the "
        "Kolmogorov-Smirnov distance for intervals, by the total variation of shares for lists of "
        f"forms. {few}Of {len(distances)} such tests, {(1.0 - LEVEL) * len(distances):.1f} on "
        "average stand out by chance alone. Identified here: "
        f"{named or 'none'}. Of everything else the calibration says nothing: its range is the "
        "prior's, an assumption."
    )


def _shown(one: Distance) -> tuple[str, str, str]:
    if math.isnan(one.found):
        return NOTHING, NOTHING, NOTHING
    told = "yes" if one.identified else "not identified"
    return f"{one.found:.2f}", f"{one.chance:.2f}", told


def drawn_from(item: Uncertain) -> str:
    """Return the range of something uncertain in words."""
    if item.choices:
        return cell(", ".join(map(str, item.choices)))
    scale = ", evenly in the logarithm" if item.scale == "log" else ""
    return f"{interval(item.low, item.high)}{scale}"


def _kept(item: Uncertain, kept: pd.DataFrame) -> str:
    """Return what the retained draws have: a median and its middle 90 %, or how many of each."""
    values = kept[item.name]
    if values.empty:
        return NOTHING
    if item.choices:
        counts = values.value_counts()
        return cell(", ".join(f"{choice}: {counts.get(choice, 0)}" for choice in item.choices))
    low, middle, high = (float(values.quantile(q)) for q in (0.05, 0.5, 0.95))
    return f"{amount(middle)} ({interval(low, high)})"


def _together(kept: pd.DataFrame) -> str:
    """Return how what P1 is fitted by goes together in the kept draws."""
    n = len(kept)
    if n < 4:
        return (
            "**Together.** Leaving, joining and convening make up P1 together. With fewer than "
            "four kept draws their rank correlations would say nothing."
        )
    student = float(stats.t.ppf(0.5 + LEVEL / 2.0, n - 2))
    chance = student / math.sqrt(n - 2 + student**2)
    shown = []
    for one, other in combinations(TOGETHER, 2):
        rho = float(stats.spearmanr(kept[one], kept[other]).statistic)
        shown.append(f"`{one}` and `{other}` {amount(round(rho, 2))}")
    return (
        "**Together.** Leaving, joining (as a ratio to leaving) and convening make up P1 together, "
        "so that one can stand in for another. Spearman's rank correlations in the kept draws, "
        f"which are about 0 in the prior: {'; '.join(shown)}. By chance {n} draws reach "
        f"±{chance:.2f} in 5 % of samples."
    )
