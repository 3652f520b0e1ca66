"""What is measured each month: pure functions of plain arrays, each with formula and source.

This is the one door to all measures. Here are the plain ones: means, shares, the gap and the first
rungs. Re-exported: inequality (`simulation.inequality`), the health gradient
(`simulation.gradient`), power and voice (`simulation.power`) and ties across groups
(`simulation.reach`). What a whole *course* of months means (sustained, swapped, tipped) is in
`simulation.outcomes`.

One rule holds throughout: where a measure is not defined, because nobody is there or because it
would divide by zero, it is nan and never zero. A call that makes no sense raises `InputError`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from simulation.errors import InputError
from simulation.gradient import (
    Gradient,
    concentration_index,
    erreygers,
    fractional_rank,
    health_gradient,
    relative_index,
    slope_index,
    wagstaff,
)
from simulation.inequality import (
    InequalitySummary,
    Theil,
    atkinson,
    gini,
    inequality_summary,
    theil_l,
    theil_t,
)
from simulation.power import (
    Dominance,
    dominance,
    effective_voices,
    group_shares,
    leadership_continuity,
    representation,
    share_held,
)
from simulation.reach import cross_group_reach, ei_index
from simulation.vectors import (
    Floats,
    amounts_of,
    divide,
    labels,
    same_length,
    share_of,
    vector,
)

__all__ = [
    "Dominance",
    "Gap",
    "Gradient",
    "InequalitySummary",
    "Theil",
    "atkinson",
    "concentration_index",
    "cross_group_reach",
    "dominance",
    "effective_voices",
    "ei_index",
    "erreygers",
    "fractional_rank",
    "gap",
    "gini",
    "group_means",
    "group_shares",
    "health_gradient",
    "inequality_summary",
    "ladder_reached",
    "leadership_continuity",
    "relative_index",
    "representation",
    "share_held",
    "share_of",
    "slope_index",
    "theil_l",
    "theil_t",
    "wagstaff",
    "weighted_mean",
]


class Gap(NamedTuple):
    """The difference between groups; see `gap`."""

    absolute: float
    relative: float
    signed: float


def weighted_mean(values: ArrayLike, weights: ArrayLike) -> float:
    """Return Σ weight·value ÷ Σ weight in the unit of the values; nan where weights sum to zero.

    For instance the upstream share of a community: institutions' shares weighted by their budgets.
    """
    amounts, weight = vector(values), amounts_of(weights, "weights")
    same_length(amounts, weight, "values and weights")
    total = float(weight.sum())
    return float((weight * amounts).sum()) / total if total > 0.0 else math.nan


def group_means(values: ArrayLike, groups: ArrayLike, n_groups: int) -> Floats:
    """Return the mean by group, shape (n_groups,), in the unit of the values; empty groups are nan.

    Groups are any labels 0 … `n_groups` - 1: people's groups, or kinds of ties (trust by kind).

    Raises:
        InputError: lengths differ or a label lies outside the groups.
    """
    amounts, members = vector(values), labels(groups, n_groups)
    same_length(amounts, members, "values and groups")
    count = np.bincount(members, minlength=n_groups)
    total = np.bincount(members, weights=amounts, minlength=n_groups)
    return divide(total, count)


def gap(
    means: ArrayLike, sizes: ArrayLike | None = None, *, reference: int = 0, compared: int = 1
) -> Gap:
    """Return how far groups' means lie apart.

    absolute = largest - smallest mean, in the unit of well-being, 0 or more.
    relative = absolute ÷ the population's mean (means weighted by `sizes`; equal weights without
    them), no unit, 0 or more.
    signed = mean of group `compared` - mean of group `reference`: positive where the compared group
    (the second, unless said otherwise) is better off.

    Relabelling two groups leaves the first two as they are and flips the third. Empty groups (nan)
    are passed over. Fewer than two groups with people: all nan. Population mean of zero: relative
    is nan. Signed is nan where one of its two groups is empty.

    Raises:
        InputError: sizes do not match, or a named group does not exist.

    Source: Harper & Lynch (2005), Methods for Measuring Cancer Disparities (range measures).
    """
    mean = vector(means, "means").tolist()
    size = [1.0] * len(mean) if sizes is None else amounts_of(sizes, "sizes").tolist()
    same_length(mean, size, "means and sizes")
    known = [(value, people) for value, people in zip(mean, size, strict=True) if value == value]
    if len(known) < 2:
        return Gap(math.nan, math.nan, math.nan)
    for group in (reference, compared):
        if not 0 <= group < len(mean):
            raise InputError("no such group", found=group, allowed=f"0 to {len(mean) - 1}")
    absolute = max(known)[0] - min(known)[0]
    overall = share_of(
        sum(value * people for value, people in known), sum(people for _, people in known)
    )
    return Gap(absolute, share_of(absolute, overall), mean[compared] - mean[reference])


def ladder_reached(rungs: ArrayLike, n_rungs: int = 6) -> Floats:
    """Return the share of people at or above each rung of the ladder of first contacts (Q13).

    Rungs 0 … `n_rungs` - 1 (unaware, visited, trusted tie, participant, steward, leader). Unit:
    share, shape (n_rungs,), falling from 1. These are the earliest signs: visits and first trusted
    ties move long before well-being can. Nobody: nan.

    Raises:
        InputError: a rung lies outside the ladder.
    """
    people = labels(rungs, n_rungs, name="rungs")
    count = np.bincount(people, minlength=n_rungs)
    return divide(np.cumsum(count[::-1])[::-1], np.full(n_rungs, len(people)))
