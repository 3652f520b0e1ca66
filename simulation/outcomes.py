"""What a whole run came to: pure functions of monthly series.

This is the one door to all outcomes. Here: the equity gain of a pair of runs, whether power opened
up or only changed hands, and whether stewardship tipped. Re-exported: whether a gain is sustained
(`simulation.persistence`), the split into people and place (`simulation.decomposition`), and the
rules of evidence for a single series (`simulation.evidence`).

A verdict that the series is too short to show is **None**, never False: "not observable" is not
"no".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulation.decomposition import PeoplePlace, people_place
from simulation.errors import InputError
from simulation.evidence import RunChart, alarm_rate, run_chart
from simulation.persistence import (
    Survival,
    Sustained,
    coalition_survival,
    jointly_active,
    months_above,
    survival_time,
    sustained,
)
from simulation.vectors import ROUNDING, Floats, Integers, same_length, vector

__all__ = [
    "EquityGain",
    "PeoplePlace",
    "PowerShift",
    "RunChart",
    "Survival",
    "Sustained",
    "alarm_rate",
    "coalition_survival",
    "equity_gain",
    "equity_gain_by_group",
    "jointly_active",
    "levelling_down",
    "months_above",
    "people_place",
    "power_shift",
    "run_chart",
    "survival_time",
    "sustained",
    "tipped",
    "worst_off",
    "worst_off_worse",
]

NO_LEADER = -1


class EquityGain(NamedTuple):
    """The paired gain by month and what it is made of; see `equity_gain_by_group`."""

    gain: Floats
    gap_reduction: Floats
    worst_rise: Floats
    levelled_down: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PowerShift:
    """Whether power opened up or only changed hands; see `power_shift`.

    Attributes:
        swapped: another group now leads instead, at full strength; None where not observable.
        opened: nobody leads as strongly as before; None where not observable.
        first_swap: position in the series at which the first swap of full length began, even if it
            did not last to the end; None if there was none.
        leader_before: the leading group at the start, -1 if none led.
        leader_after: the group that leads all through the last window, -1 if no one group does.
        index_before: dominance at the start.
        index_after: mean dominance in the last window; nan where not observable.
    """

    swapped: bool | None
    opened: bool | None
    first_swap: int | None
    leader_before: int
    leader_after: int
    index_before: float
    index_after: float


def equity_gain(
    gap_with: ArrayLike, gap_without: ArrayLike, worst_with: ArrayLike, worst_without: ArrayLike
) -> Floats:
    """Return E by month: the smaller of the gap's paired fall and the worst-off's paired rise.

    E(t) = min(gap_without - gap_with, worst_with - worst_without). Unit: well-being. Positive only
    where the gap shrank *because* the group worst off at baseline rose, so that levelling down is
    never a gain. A missing value in any series makes that month nan.

    Args:
        gap_with: absolute gap by month with the intervention (people metric, true values).
        gap_without: the same in its pair without.
        worst_with: mean well-being of the group worst off at baseline, with the intervention.
        worst_without: the same without.

    Raises:
        InputError: lengths differ.
    """
    reduction, rise = _paired_changes(gap_with, gap_without, worst_with, worst_without)
    return np.minimum(reduction, rise)


def levelling_down(
    gap_with: ArrayLike, gap_without: ArrayLike, worst_with: ArrayLike, worst_without: ArrayLike
) -> NDArray[np.bool_]:
    """Tell by month whether the gap shrank while the group worst off at baseline did not rise.

    Arguments as in `equity_gain`. Differences up to 1e-12 count as none. A missing value: False.
    """
    reduction, rise = _paired_changes(gap_with, gap_without, worst_with, worst_without)
    return (reduction > ROUNDING) & (rise <= ROUNDING)


def worst_off(means: ArrayLike) -> Integers:
    """Return the groups with the lowest mean, usually one; all of them where several are equal.

    Differences up to 1e-12 count as none, so that the answer never rests on the groups' order.
    Empty groups (nan) are passed over; no group with people gives an empty answer.
    """
    mean = vector(means, "means")
    if np.isnan(mean).all():
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(mean <= np.nanmin(mean) + ROUNDING)


def equity_gain_by_group(
    means_with: ArrayLike, means_without: ArrayLike, baseline: int = 0
) -> EquityGain:
    """Return E by month from the groups' means in a pair of runs.

    Args:
        means_with: mean well-being with the intervention, shape (months, groups).
        means_without: the same in its pair without, same shape.
        baseline: row, before the intervention, in which the worst-off group is found. Where groups
            tie there, the rise is that of the tied group that rises least.

    Raises:
        InputError: shapes differ, there are fewer than two groups, or no such row.
    """
    with_, without = np.asarray(means_with, dtype=float), np.asarray(means_without, dtype=float)
    if with_.ndim != 2 or with_.shape != without.shape or with_.shape[1] < 2:
        raise InputError(
            "both runs need means of the same months and of two or more groups",
            found=(with_.shape, without.shape),
        )
    if not 0 <= baseline < len(with_):
        raise InputError("no such baseline month", found=baseline, allowed=f"0 to {len(with_) - 1}")
    worst = worst_off(without[baseline])
    if not len(worst):
        raise InputError("no group has people at the baseline", found=baseline)
    reduction = np.ptp(without, axis=1) - np.ptp(with_, axis=1)
    rise = np.min(with_[:, worst] - without[:, worst], axis=1)
    levelled = (reduction > ROUNDING) & (rise <= ROUNDING)
    return EquityGain(np.minimum(reduction, rise), reduction, rise, levelled)


def _paired_changes(
    gap_with: ArrayLike, gap_without: ArrayLike, worst_with: ArrayLike, worst_without: ArrayLike
) -> tuple[Floats, Floats]:
    names = ("gap_with", "gap_without", "worst_with", "worst_without")
    series = (gap_with, gap_without, worst_with, worst_without)
    gap_1, gap_0, worst_1, worst_0 = (vector(s, n) for s, n in zip(series, names, strict=True))
    for name, other in zip(names[1:], (gap_0, worst_1, worst_0), strict=True):
        same_length(gap_1, other, f"gap_with and {name}")
    return gap_0 - gap_1, worst_1 - worst_0


def worst_off_worse(worst_with: ArrayLike, worst_without: ArrayLike) -> NDArray[np.bool_]:
    """Tell by month whether the group worst off at baseline is worse off than without intervention.

    Differences up to 1e-12 count as none. A missing value: False.

    Raises:
        InputError: lengths differ.
    """
    with_, without = vector(worst_with, "worst_with"), vector(worst_without, "worst_without")
    same_length(with_, without, "worst_with and worst_without")
    return with_ < without - ROUNDING


# ------------------------------------------------------------------------ power and tipping


def power_shift(
    index: ArrayLike,
    leader: ArrayLike,
    *,
    window: int = 12,
    floor: float = 0.05,
    share: float = 0.5,
) -> PowerShift:
    """Tell whether the dominance of one group opened up, or another group took its place (Q9).

    Takes the monthly dominance index D and its leading group (`simulation.metrics.dominance`); D₀
    is the first entry. Swapped iff one other group leads in every one of the last `window` months
    and D is at least max(`floor`, `share`·D₀) in each. Opened iff D is below `share`·D₀ in each of
    them. So at most one of the two holds, and neither where the old leader stays as strong.

    Where nobody led at the start there is nothing to swap or to open: both are False.
    Not observable (None) with fewer than `window` months after the start, or where a value of D is
    missing at the start or in the last window.

    Args:
        index: D by month, 0 to 1; the first entry is the start.
        leader: leading group by month, -1 for none.
        window: months a new state has to last.
        floor: least D that counts as dominance.
        share: share of D₀ that separates swapped from opened.

    Raises:
        InputError: lengths differ, the series is empty, or the window is less than a month.
    """
    strength, leads = vector(index, "index"), np.asarray(leader).astype(np.int64)
    same_length(strength, leads, "index and leader")
    if not len(strength):
        raise InputError("a power shift needs at least the first month")
    if window < 1:
        raise InputError("the window needs at least one month", found=window)
    before, first = int(leads[0]), float(strength[0])
    last = strength[1:][-window:]
    if len(last) < window or math.isnan(first) or np.isnan(last).any():
        return PowerShift(None, None, None, before, NO_LEADER, first, math.nan)
    led = before != NO_LEADER
    other = led & (leads != before) & (leads != NO_LEADER)
    swap = _lasting(other & (strength >= max(floor, share * first) - ROUNDING), leads, window)
    now = leads[-window:]
    return PowerShift(
        swapped=bool(swap[-1]),
        opened=bool(led and (last < share * first - ROUNDING).all()),
        first_swap=int(np.argmax(swap)) - window + 1 if swap.any() else None,
        leader_before=before,
        leader_after=int(now[0]) if (now == now[0]).all() else NO_LEADER,
        index_before=first,
        index_after=float(last.mean()),
    )


def _lasting(true: NDArray[np.bool_], leads: Integers, window: int) -> NDArray[np.bool_]:
    """Mark the months that end `window` months in a row of true under one and the same leader."""
    answer = np.zeros(len(true), dtype=np.bool_)
    run = 0
    for month in range(len(true)):
        same = month > 0 and leads[month] == leads[month - 1]
        run = (run + 1 if same else 1) if true[month] else 0
        answer[month] = run >= window
    return answer


def tipped(shares: ArrayLike, threshold: float = 0.5, window: int = 12) -> bool | None:
    """Tell whether the steward share ended high: the mean of its last `window` months ≥ threshold.

    None where the series is shorter than the window or has a missing value in it.
    """
    share = vector(shares, "shares")
    if window < 1:
        raise InputError("the window needs at least one month", found=window)
    last = share[-window:]
    if len(share) < window or np.isnan(last).any():
        return None
    return bool(last.mean() >= threshold - ROUNDING)
