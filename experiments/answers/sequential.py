"""Sequential comparison: more and more pairs, until the interval is narrow enough.

Looking again and again at an interval, and stopping when it pleases, makes it cover less than it
says (Anscombe 1953; Armitage, McPherson & Rowe 1969). So the looks are laid down beforehand, at
numbers of pairs that double, and every look's interval is widened so that *all* of them together
hold with 95 %: with k looks each has a confidence of 1 - .05 / k (Bonferroni; the equal shares are
those of Pocock 1977). It holds whenever and for whatever reason one stops, also at the cap.

The first look comes late, by default at 40 pairs: in ten pairs, a branch that one in ten takes is
missed by every third study, which would stop there with a narrow interval around the wrong place.
Rarer branches are missed by this too. For outcomes with two peaks, compare shares ("tipped").

Sources: Anscombe (1953), Journal of the Royal Statistical Society B 15:1; Armitage, McPherson &
Rowe (1969), Journal of the Royal Statistical Society A 132:235; Pocock (1977), Biometrika 64:191.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from experiments.judge import OUTCOMES
from experiments.recorded import Floats
from experiments.simulate import MOST_REPLICATES
from experiments.statistics import mean_interval, paired_effect, paired_share_difference
from simulation.errors import InputError, nearest_name

CONFIDENCE = 0.95
FIRST_LOOK = 40
"""Pairs of the first look by default: enough to see a branch that one pair in ten takes."""
CAP = 400
LOOK_COLUMNS = ("pairs", "difference", "low", "high", "width", "confidence")
"""A row a look: pairs so far, the difference b - a, its widened interval, and how wide that is."""

Draw = Callable[[int], tuple[Floats, Floats]]
"""Returns the outcomes of the first so many pairs in both arms, nan where a run failed."""


@dataclass(frozen=True)
class Stopping:
    """When to stop.

    Attributes:
        width: how wide the interval may be, from end to end, in the unit of the outcome.
        cap: the most pairs.
        batch: pairs of the first look; at each further look there are twice as many.
        share: whether the outcome is yes or no.
    """

    width: float
    cap: int = CAP
    batch: int = FIRST_LOOK
    share: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers with which nothing could be learnt.

        Raises:
            InputError: naming the first that is out of range.
        """
        if not (0 < self.width < math.inf):
            raise InputError("out of range", key="--width", found=self.width, allowed="> 0")
        for name, number in (("--cap", self.cap), ("--batch", self.batch)):
            if not 2 <= number <= MOST_REPLICATES:
                allowed = f"2 to {MOST_REPLICATES:,}"
                raise InputError("out of range", key=name, found=number, allowed=allowed)

    @cached_property
    def looks(self) -> tuple[int, ...]:
        """The numbers of pairs at which one looks, the cap the last of them."""
        found, pairs = [], self.batch
        while pairs < self.cap:
            found.append(pairs)
            pairs *= 2
        return (*found, self.cap)

    @cached_property
    def confidence(self) -> float:
        """Confidence of the interval at each look, so that all of them together hold with 95 %."""
        return 1.0 - (1.0 - CONFIDENCE) / len(self.looks)

    def interval(self, a: Floats, b: Floats) -> tuple[float, float, float]:
        """Return the difference b - a over known pairs, with the widened interval of a look."""
        known = ~(np.isnan(a) | np.isnan(b))
        if self.share:
            return paired_share_difference(b[known], a[known], self.confidence)
        effect = paired_effect(b, a, self.confidence)
        return effect.mean, effect.low, effect.high


def outcome_named(name: str) -> str:
    """Return the name of an outcome that can be compared.

    Raises:
        InputError: there is no such outcome.
    """
    if name not in OUTCOMES:
        near = nearest_name(name, OUTCOMES)
        raise InputError("there is no such outcome", key="--outcome", found=name, nearest=near)
    return name


@dataclass(frozen=True)
class Sequential:
    """How a sequential comparison went.

    Attributes:
        outcome: name of the outcome.
        stopping: when to stop.
        looks: a row a look, with the columns `LOOK_COLUMNS`.
        a: the outcome in the first arm, pair by pair.
        b: the same in the second.
    """

    outcome: str
    stopping: Stopping
    looks: pd.DataFrame
    a: Floats = field(repr=False)
    b: Floats = field(repr=False)

    @property
    def pairs(self) -> int:
        """How many pairs were run."""
        return len(self.a)

    @property
    def missing(self) -> int:
        """Pairs whose outcome is not known."""
        return int(np.count_nonzero(np.isnan(self.a) | np.isnan(self.b)))

    @property
    def last(self) -> dict[str, float]:
        """The last look: the result."""
        row = self.looks.iloc[-1]
        return {str(name): float(row[name]) for name in self.looks.columns}

    @property
    def reached(self) -> bool:
        """Tell whether the interval became narrow enough."""
        return bool(self.last["width"] <= self.stopping.width)

    @property
    def variance_ratio(self) -> float:
        """Var(b - a) ÷ (Var a + Var b): what pairing did; nan where nothing varies."""
        return paired_effect(self.b, self.a).variance_ratio

    @property
    def unpaired_runs(self) -> float:
        """Runs in all that two independent arms would have taken for the same width, roughly.

        As many in each arm as there were pairs, divided by the variance ratio; nan where it is 0 or
        not known.
        """
        ratio = self.variance_ratio
        return 2 * (self.pairs - self.missing) / ratio if ratio > 0 else math.nan

    @property
    def price(self) -> float:
        """How many times the pairs of one look alone, at the same width: what looking costs."""
        known = ~(np.isnan(self.a) | np.isnan(self.b))
        if known.sum() < 2:
            return math.nan
        difference = (self.b - self.a)[known]
        wide, plain = (mean_interval(difference, c) for c in (self.stopping.confidence, CONFIDENCE))
        if plain.half_width == 0:
            return math.nan
        return float((wide.half_width / plain.half_width) ** 2)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What came out, in plain words."""
        from experiments.answers.sequential_words import sentences

        return tuple(sentences(self))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Everything as plain values."""
        from experiments.answers.plain import records
        from experiments.summary import plain

        numbers = {**self.last, "variance_ratio": self.variance_ratio}
        numbers |= {"unpaired_runs": self.unpaired_runs, "price_of_looking": self.price}
        return {
            "outcome": self.outcome,
            "width_asked": self.stopping.width,
            "cap": self.stopping.cap,
            "reached": self.reached,
            "missing": self.missing,
            "looks": records(self.looks),
            "sentences": list(self.sentences),
            **{name: plain(value) for name, value in numbers.items()},
            "pairs": self.pairs,
        }


def compare_until(outcome: str, stopping: Stopping, draw: Draw) -> Sequential:
    """Draw more and more pairs, until the interval is narrow enough or the cap is reached.

    Args:
        outcome: name of what is compared.
        stopping: when to stop.
        draw: returns the outcomes of the first so many pairs.
    """
    rows, a, b = [], np.zeros(0), np.zeros(0)
    for pairs in stopping.looks:
        a, b = draw(pairs)
        difference, low, high = stopping.interval(a, b)
        width = high - low
        rows.append((pairs, difference, low, high, width, stopping.confidence))
        if width <= stopping.width and not _nothing_seen(a, b, stopping):
            break
    return Sequential(outcome, stopping, pd.DataFrame(rows, columns=list(LOOK_COLUMNS)), a, b)


def _nothing_seen(a: Floats, b: Floats, stopping: Stopping) -> bool:
    """Tell whether an amount has not varied yet, so that its interval of no width means nothing."""
    difference = (b - a)[~np.isnan(b - a)]
    return not stopping.share and len(difference) > 0 and float(np.ptp(difference)) == 0.0
