"""Who holds power and voice: shares of seats, money and decisions, and how they are concentrated.

Where a measure is not defined it is nan, never zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simulation.compiled import kernel
from simulation.vectors import (
    ROUNDING,
    Floats,
    amounts_of,
    divide,
    labels,
    same_length,
    share_of,
    shares_of,
)


@dataclass(frozen=True, slots=True)
class Dominance:
    """Who holds more than its share; see `dominance`.

    Attributes:
        index: D, 0 (power as population) to below 1.
        leader: the group with the largest excess of power, -1 where none leads.
        power: share of power by group; sums to 1.
    """

    index: float
    leader: int
    power: Floats


def group_shares(amounts: ArrayLike, groups: ArrayLike, n_groups: int) -> Floats:
    """Return each group's share of a total (seats, money, unpaid hours), shape (n_groups,).

    Unit: share, 0 to 1, summing to 1. Nothing held at all: nan for every group.

    Raises:
        InputError: an amount is negative, lengths differ, or a label lies outside the groups.
    """
    held, members = amounts_of(amounts, "amounts"), labels(groups, n_groups)
    same_length(held, members, "amounts and groups")
    return shares_of(np.bincount(members, weights=held, minlength=n_groups))


def share_held(amounts: ArrayLike, holders: ArrayLike) -> float:
    """Return the share of a total that is in the hands of some holders: Σ held by them ÷ Σ all.

    Ownership by people with lived experience (F5) is this measure for seats, for money controlled
    and for voice. Unit: share, 0 to 1. Nothing held by anybody: nan.

    Args:
        amounts: what each holder has, not negative.
        holders: true for those who count (residents, people with lived experience).
    """
    held, count = amounts_of(amounts, "amounts"), np.asarray(holders, dtype=bool)
    same_length(held, count, "amounts and holders")
    return share_of(float(held[count].sum()), float(held.sum()))


def effective_voices(voices: ArrayLike) -> float:
    """Return the effective number of voices: (Σ v)² ÷ Σ v², the inverse Herfindahl index.

    How many equally loud people would be as concentrated as these: 1 (one person is all that is
    heard) to n (all equally loud). Zeros count as not heard. Nobody heard: nan.

    Raises:
        InputError: a voice is negative.

    Source: Laakso & Taagepera (1979), Comparative Political Studies 12; Hill (1973), order 2.
    """
    voice = amounts_of(voices, "voices")
    loudest = float(voice.max()) if len(voice) else 0.0
    if not 0.0 < loudest < math.inf:
        return math.nan
    voice = voice / loudest
    return float(voice.sum()) ** 2 / float((voice * voice).sum())


def representation(amounts: ArrayLike, groups: ArrayLike, n_groups: int) -> Floats:
    """Return each group's share of voice (or of seats, or money) ÷ its share of the population.

    One entry per person in `amounts` and `groups`. Unit: ratio, shape (n_groups,); 1 is
    proportional, above 1 over-represented; weighted by population shares it averages 1. A group
    without people: nan. Nothing held by anybody: nan for every group.

    Raises:
        InputError: an amount is negative, lengths differ, or a label lies outside the groups.
    """
    members = labels(groups, n_groups)
    population = np.bincount(members, minlength=n_groups)
    return divide(group_shares(amounts, members, n_groups), population / max(len(members), 1))


@kernel
def _add_shares(amounts, shares):  # type: ignore[no-untyped-def]
    """Add amounts ÷ their sum to the shares; return 1, or 0 where there is nothing to share."""
    whole = amounts.sum()
    if not whole > 0.0:
        return 0
    for group in range(amounts.shape[0]):
        shares[group] += amounts[group] / whole
    return 1


@kernel
def excess_power(seats, money, decisions, people, rounding, power):  # type: ignore[no-untyped-def]
    """Fill in the power of each group; return D and the leader."""
    power[:] = 0.0
    known = _add_shares(seats, power) + _add_shares(money, power) + _add_shares(decisions, power)
    population = people.sum()
    if known == 0 or not population > 0.0:
        power[:] = math.nan
        return math.nan, -1
    most = -math.inf
    second = -math.inf
    leader = -1
    for group in range(people.shape[0]):
        power[group] /= known
        excess = power[group] - people[group] / population
        if excess > most:
            most, second, leader = excess, most, group
        elif excess > second:
            second = excess
    if most <= rounding or second >= most - rounding:
        leader = -1
    return max(most, 0.0), leader


def dominance(
    seats: ArrayLike, money: ArrayLike, decisions: ArrayLike, population: ArrayLike
) -> Dominance:
    """Return the dominance index: D = max over groups of (power share - population share).

    A group's power is the mean of its shares of seats held, of money controlled, and of decisions
    that change when the group is taken out. All arguments are amounts or counts by group, shape
    (groups,); the shares are taken here. A dimension of which there is nothing (no seat filled, no
    decision changed) is left out of the mean. D is 0 where power follows population and tends to 1
    where a tiny group holds all. The leader is the group with the largest excess; where excesses
    are equal or none is above 0, nobody leads (-1). Nothing to hold, or no population: D and power
    are nan.

    Raises:
        InputError: lengths differ or an amount is negative.
    """
    people = amounts_of(population, "population")
    held = [
        amounts_of(amounts, name)
        for name, amounts in (("seats", seats), ("money", money), ("decisions", decisions))
    ]
    for name, amounts in zip(("seats", "money", "decisions"), held, strict=True):
        same_length(amounts, people, f"{name} and population")
    power = np.empty(len(people))
    index, leader = excess_power(*held, people, ROUNDING, power)
    return Dominance(float(index), int(leader), power)


def leadership_continuity(before: ArrayLike, now: ArrayLike) -> float:
    """Return the share of leaders' seats held by the same person at both times.

    Holders are ids by seat, -1 vacant; a seat vacant at either time does not continue. Unit: share,
    0 to 1. No seats: nan.
    """
    earlier, later = np.asarray(before), np.asarray(now)
    same_length(earlier, later, "seats before and now")
    same = np.count_nonzero((earlier == later) & (earlier >= 0))
    return share_of(int(same), len(earlier))
