"""Pairs: what one run shows, and what two runs on the same random numbers come to.

The equity gain E is `simulation.outcomes.equity_gain`: month by month the smaller of the gap's fall
and the rise of the group worst off at the baseline. As the smaller of two noisy numbers it leans
below 0 where nothing happens, so a gain above 0 is hard-won, and a value below 0 says only that
the gap grew *or* the worst off fell. Both parts are therefore given as well.

Where the pushes of a pair end at different times, both arms are read at one time, which is further
from the end of the shorter push. `gain_48_own` therefore takes each arm at its own time:

    gain_48_own = E(with, with's own run without its push; its own end + 48)
                - E(without, without's own run without its push; its own end + 48)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from experiments import judge
from experiments.recorded import Floats, Integers, Recorded
from experiments.robustness.findings import AFTER, WINDOW, Finding
from experiments.statistics import mean_interval, paired_share_difference, wilson
from simulation.outcomes import equity_gain_by_group
from simulation.specification import Measures


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing a pair comes to.

    Attributes:
        name: its name in files.
        label: its name for people.
        kind: "amount" for the mean over pairs; "share" for yes or no in each arm, compared; "pairs"
            for yes or no of the pair as a whole.
        unit: unit of the value.
        arms: whether each arm has a value of its own.
    """

    name: str
    label: str
    kind: Literal["amount", "share", "pairs"]
    unit: str
    arms: bool = False


PRIMARY = f"gain_{AFTER}"
OWN = f"{PRIMARY}_own"

OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome(PRIMARY, f"equity gain {AFTER} months after the push", "amount", "well-being"),
        Outcome(
            f"gap_fall_{AFTER}", f"fall of the gap at {AFTER} months", "amount", "well-being"
        ),
        Outcome(
            f"worst_rise_{AFTER}", f"rise of the worst off at {AFTER} months", "amount",
            "well-being",
        ),
        Outcome(
            OWN, f"equity gain {AFTER} months after each push's own end", "amount", "well-being"
        ),
        Outcome("gain_end", "equity gain in the last year", "amount", "well-being"),
        Outcome("tipped", "stewardship tipped", "share", "share of runs", True),
        Outcome("displaced", "displaced", "amount", "share of residents", True),
        Outcome("worst_off_worse", "worst off fare worse at the end", "pairs", "share of pairs"),
        Outcome("power_swapped", "power only changed hands", "share", "share of runs", True),
    )
}  # fmt: skip
"""Every outcome of a pair, in the order in which they are shown; the first is the primary one."""


def outcomes_of(finding: Finding) -> tuple[str, ...]:
    """Return the names of the outcomes that a finding is read by."""
    return tuple(name for name in OUTCOMES if name != OWN or finding.own_end)


class Reading(NamedTuple):
    """What is kept of a run.

    `means` is the well-being of the people who were there at the start, shape (months, groups);
    `alone` the outcomes that need no pair (yes 1, no 0, nan where the run is too short to tell).
    """

    months: Integers
    means: Floats
    alone: dict[str, float]


def reading(run: Recorded, measures: Measures) -> Reading:
    """Return what is kept of the first run of an arm."""
    groups = run.groups("wellbeing")
    means = np.stack([run.measure("wellbeing", g, "people")[0] for g in groups], axis=1)
    row = judge.outcomes(run, None, None, measures).iloc[0]
    names = [name for name, outcome in OUTCOMES.items() if outcome.arms]
    alone = {name: math.nan if row[name] is pd.NA else float(row[name]) for name in names}
    return Reading(run.months, means, alone)


class Own(NamedTuple):
    """Each arm's own run without its push, and the first month after its own push."""

    with_: Reading
    without: Reading
    ends: tuple[int, int]


def pair(
    with_: Reading, without: Reading, push_end: int, own: Own | None = None
) -> dict[str, float]:
    """Return what a pair comes to, by outcome: what the first run has more than the second.

    Args:
        with_: the run that has what the finding is about.
        without: the run beside it, on the same random numbers.
        push_end: first month after the push.
        own: the runs without pushes; None where both arms are read at the same time only.

    Raises:
        InputError: there are fewer than two groups.
    """
    gain = equity_gain_by_group(with_.means, without.means)
    worst = judge.last_year(gain.worst_rise)
    found = {
        PRIMARY: _around(gain.gain, with_.months, push_end + AFTER),
        f"gap_fall_{AFTER}": _around(gain.gap_reduction, with_.months, push_end + AFTER),
        f"worst_rise_{AFTER}": _around(gain.worst_rise, with_.months, push_end + AFTER),
        OWN: math.nan if own is None else _own_gain(with_, without, own),
        "gain_end": judge.last_year(gain.gain),
        "worst_off_worse": math.nan if math.isnan(worst) else float(worst < -judge.SAME),
    }
    found |= {name: value - without.alone[name] for name, value in with_.alone.items()}
    return {name: found[name] for name in OUTCOMES}


def _own_gain(with_: Reading, without: Reading, own: Own) -> float:
    """Return how much more the first arm gains than the second, each after its own push."""
    gains = [
        _around(equity_gain_by_group(arm.means, beside.means).gain, arm.months, end + AFTER)
        for arm, beside, end in zip(
            (with_, without), (own.with_, own.without), own.ends, strict=True
        )
    ]
    return gains[0] - gains[1]


def _around(series: Floats, months: Integers, middle: int) -> float:
    """Return the mean over a month and `WINDOW` on either side; nan where they are not all seen."""
    seen = series[(months >= middle - WINDOW) & (months <= middle + WINDOW)]
    return float(seen.mean()) if len(seen) == 2 * WINDOW + 1 else math.nan


class Contrast(NamedTuple):
    """A finding under one condition: every outcome by replicate, and of each arm where it has one.

    `failed` says why there is nothing, where the scenarios cannot take the condition.
    """

    pairs: dict[str, Floats]
    with_: dict[str, Floats]
    without: dict[str, Floats]
    failed: str = ""


def contrast(
    with_: Sequence[Reading],
    without: Sequence[Reading],
    push_end: int,
    own: Sequence[Own] | None = None,
) -> Contrast:
    """Return a finding's outcomes from its runs, replicate by replicate."""
    beside = [None] * len(with_) if own is None else own
    rows = [
        pair(one, other, push_end, third)
        for one, other, third in zip(with_, without, beside, strict=True)
    ]
    names = [name for name, outcome in OUTCOMES.items() if outcome.arms]
    return Contrast(
        {name: np.array([row[name] for row in rows]) for name in OUTCOMES},
        {name: np.array([run.alone[name] for run in with_]) for name in names},
        {name: np.array([run.alone[name] for run in without]) for name in names},
    )


class Effect(NamedTuple):
    """An effect with its 95 % interval, the number of pairs it rests on and of those left out."""

    value: float
    low: float
    high: float
    pairs: int
    dropped: int = 0

    @property
    def found(self) -> bool:
        """Tell whether the interval leaves out 0."""
        return self.low > 0.0 or self.high < 0.0


def effect(contrast: Contrast, name: str) -> Effect:
    """Return the effect on one outcome.

    Amounts have Student's t interval over pairs, shares of runs Newcombe's for paired shares,
    shares of pairs Wilson's.
    """
    values, outcome = contrast.pairs[name], OUTCOMES[name]
    known = ~np.isnan(values)
    n, dropped = int(known.sum()), int(np.count_nonzero(~known))
    if outcome.kind == "amount":
        mean = mean_interval(values)
        return Effect(mean.mean, mean.low, mean.high, n, dropped)
    if outcome.kind == "pairs":
        share = wilson(int(values[known].sum()), n)
        return Effect(share.share, share.low, share.high, n, dropped)
    one, other = contrast.with_[name][known], contrast.without[name][known]
    return Effect(*paired_share_difference(one, other), n, dropped)


def arm(contrast: Contrast, which: Literal["with", "without"], name: str) -> Effect:
    """Return one arm's own value of an outcome: a mean, or a share of runs, with its interval."""
    values = (contrast.with_ if which == "with" else contrast.without)[name]
    known = values[~np.isnan(values)]
    dropped = len(values) - len(known)
    if OUTCOMES[name].kind == "share":
        share = wilson(int(known.sum()), len(known))
        return Effect(share.share, share.low, share.high, len(known), dropped)
    mean = mean_interval(values)
    return Effect(mean.mean, mean.low, mean.high, len(known), dropped)
