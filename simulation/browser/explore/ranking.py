"""What matters most: how far an outcome moves from one end of a factor to the other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.judge import Outcome
from experiments.report import findings
from experiments.report.estimates import Estimate, difference, estimate
from experiments.report.material import Study, Varied
from simulation.browser.explore.data import ALL, ARM, narrowed
from simulation.browser.words import say
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.answers.sensitivity import Sensitivity

FEW = 3
"""With no more factors, what every level comes to is shown at once."""


@dataclass(frozen=True)
class Effect:
    """How far an outcome moves with one factor, all else averaged.

    Attributes:
        factor: name of the factor; `ARM` for the arms.
        label: its name for people.
        first: level at one end.
        last: level at the other.
        change: the outcome at `last` less that at `first`, paired by luck, with its interval.
    """

    factor: str
    label: str
    first: Any
    last: Any
    change: Estimate

    @property
    def verdict(self) -> str:
        """What the interval allows to be said.

        "more", "less", "same" where nothing moved in any run, "unclear", or "few" without one.
        """
        if math.isnan(self.change.low) or math.isnan(self.change.high):
            return "few"
        if self.change.low == self.change.high == 0:
            return "same"
        if self.change.low > 0:
            return "more"
        return "less" if self.change.high < 0 else "unclear"


def effects(study: Study, outcome: Outcome, arm: str = ALL) -> list[Effect]:
    """Return what every factor changes between its first and its last level, largest first.

    The difference is taken replicate by replicate, on the same luck. Where a design changes one
    factor at a time, all others are at their base; in any other they are averaged. With all arms
    together, what each further arm changes against the first stands among them.
    """
    chosen = narrowed(study, arm)
    base = findings.base_values(chosen)
    done = chosen.done[chosen.done[outcome.name].notna()]
    found = [
        effect
        for factor in findings.told_by_level(chosen)
        if (effect := _effect(chosen, done, factor, outcome, base)) is not None
    ]
    if arm == ALL and len(study.arms) > 1:
        found += _of_arms(study, outcome)
    return sorted(found, key=lambda e: -_size(e))


def _size(effect: Effect) -> float:
    return -1.0 if math.isnan(effect.change.value) else abs(effect.change.value)


def _effect(
    study: Study, done: pd.DataFrame, factor: Varied, outcome: Outcome, base: dict[str, Any] | None
) -> Effect | None:
    """Return what one factor changes; None where it has one level only."""
    own = done
    for other in study.factors if base is not None else ():
        if other.name != factor.name:
            own = own[own[other.name] == (base or {})[other.name]]
    names = findings.levels_of(own, factor)
    if len(names) < 2:
        return None
    level = findings.leveled(own, factor)
    ends = [own[level == name].groupby("replicate")[outcome.name].mean() for name in
            (names[0], names[-1])]  # fmt: skip
    gap = (ends[1] - ends[0]).rename("gap").reset_index().assign(point=0)
    return Effect(factor.name, factor.label, names[0], names[-1], estimate(gap, "gap"))


def _of_arms(study: Study, outcome: Outcome) -> list[Effect]:
    first, *others = study.arms
    return [
        Effect(ARM, say("explore.arm"), first, arm,
               difference(study.done, outcome.name, arm, first))
        for arm in others
    ]  # fmt: skip


def levels(study: Study, outcome: Outcome, arm: str = ALL) -> pd.DataFrame:
    """Return an outcome at every level of every factor, all else averaged.

    Columns: factor, label, level, arm, value, low, high, runs, missing.
    """
    return findings.by_level(narrowed(study, arm), outcome)


def in_depth(study: Study, outcome: Outcome, arm: str = ALL) -> Sensitivity | str:
    """Return the full analysis that fits the design, or one line that says why there is none.

    It needs one arm: with all of them together it is made of the first.
    """
    from experiments.answers.sensitivity import sensitivity

    chosen = arm or study.arms[0]
    try:
        return sensitivity(study.table, outcome.name, design=study.design, arm=chosen or None)
    except InputError as problem:
        return problem.line()
