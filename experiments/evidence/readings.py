"""Readings: what a town that measures itself would see of what really goes on.

The model knows every month exactly. A town asks some residents, now and then. A survey of n of N
residents adds error: for well-being that of single answers, with the standard deviation `ANSWER_SD`
(people in the same conditions answer differently); for a share that of drawing n of N.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from experiments.recorded import Floats

ANSWER_SD = 0.2
"""Standard deviation of single answers on a scale from 0 to 1; assumed: about 2 on a scale of 0-10,
as in national surveys of life satisfaction."""


@dataclass(frozen=True)
class Measure:
    """Something that a town can watch.

    Attributes:
        name: name of the recorded measure.
        words: what it is, for people.
        good: 1 where more is better, -1 where less is.
        share: whether it is a share of residents; otherwise a mean of answers.
        parts: means of how many groups it compares; 1 for a mean of all.
    """

    name: str
    words: str
    good: int = 1
    share: bool = False
    parts: int = 1


MEASURES = (
    Measure("participants", "residents who have ever taken part", share=True),
    Measure("stewards", "stewards", share=True),
    Measure("wellbeing", "well-being"),
    Measure("gap", "the gap", good=-1, parts=2),
)
"""What is watched, from the earliest sign to the goal."""


class Window(NamedTuple):
    """When a town is watched: the push's first month, and months before and since."""

    start: int
    before: int
    since: int

    def months(self, every: int) -> tuple[list[int], list[int]]:
        """Return the months of readings before and since, the last before right before the push."""
        last = self.start - 1
        before = [last - n * every for n in range(self.before) if n * every < self.before]
        since = [last + n * every for n in range(1, self.since // every + 1)]
        return before[::-1], since


def survey(values: Floats, measure: Measure, people: int | None, luck: np.random.Generator,
           *, residents: int) -> Floats:  # fmt: skip
    """Return what surveys would show, shape as `values` (towns, months); more is better.

    Args:
        values: the truth.
        measure: what is measured.
        people: residents asked each time; None: everyone, without any error.
        luck: chance of the surveys.
        residents: how many live there.
    """
    seen = values
    if people is not None:
        asked = min(people, residents)
        if measure.share:
            left = (residents - asked) / max(residents - 1, 1)
            variance = np.clip(values * (1.0 - values), 0.0, None) / asked * left
        else:
            variance = np.full_like(values, ANSWER_SD**2 * measure.parts**2 / asked)
        seen = values + np.sqrt(variance) * luck.standard_normal(values.shape)
    return measure.good * seen
