"""How unequally something is held: Gini, Theil T and L with their parts, and Atkinson.

All take a plain vector with one value per person and treat it as the whole population, so there is
no small-sample correction and doubling everyone changes nothing. All are free of scale.

Where a measure is not defined the answer is nan, never an error: no people, a value that is
negative or missing, or a mean of zero. A zero among positive values is allowed, and each function
says what it does to the result. A malformed call (lengths that differ, labels outside the
groups) raises `InputError`.

`inequality_summary` gives every measure at once with a single sort, for monthly recording.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from simulation.compiled import kernel
from simulation.errors import InputError
from simulation.vectors import Floats, Integers, labels, same_length, vector


class Theil(NamedTuple):
    """A Theil index and its exact parts: `total` = `between` groups + `within` groups."""

    total: float
    between: float
    within: float


class InequalitySummary(NamedTuple):
    """Every inequality measure of one vector; each field is defined at the function it names."""

    gini: float
    theil_t: float
    theil_between: float
    theil_within: float
    theil_l: float
    theil_l_between: float
    theil_l_within: float
    atkinson_half: float
    atkinson_one: float
    atkinson_two: float


@kernel
def _moments(values, groups, n_groups):  # type: ignore[no-untyped-def]
    """Return mean, and by group: people, Σy, Σ y·ln y, Σ ln y; then Σ√y, Σ1/y and any zero."""
    n = values.shape[0]
    count = np.zeros(n_groups)
    held = np.zeros(n_groups)
    weighted_log = np.zeros(n_groups)
    plain_log = np.zeros(n_groups)
    total = 0.0
    sound = True
    for i in range(n):
        total += values[i]
        if not values[i] >= 0.0:
            sound = False
    mean = total / n if n > 0 and sound and 0.0 < total < math.inf else math.nan
    roots = 0.0
    inverses = 0.0
    any_zero = False
    for i in range(n):
        group = groups[i]
        y = values[i] / mean
        count[group] += 1.0
        held[group] += y
        if y > 0.0:
            log = math.log(y)
            weighted_log[group] += y * log
            plain_log[group] += log
            roots += math.sqrt(y)
            inverses += 1.0 / y
        else:
            any_zero = True
            plain_log[group] = -math.inf
    return mean, count, held, weighted_log, plain_log, roots, inverses, any_zero


@kernel
def _weighted_by_order(ordered):  # type: ignore[no-untyped-def]
    """Return Σ (2i - n - 1)·x_i and Σ x_i over ascending values, i = 1 … n."""
    n = ordered.shape[0]
    spread = 0.0
    total = 0.0
    for i in range(n):
        spread += (2.0 * i + 1.0 - n) * ordered[i]
        total += ordered[i]
    return spread, total


@kernel
def _theil_parts(count, held, weighted_log, plain_log):  # type: ignore[no-untyped-def]
    """Return T between and within groups, then L between and within, from `_moments`."""
    n = count.sum()
    t_between = t_within = l_between = l_within = 0.0
    for group in range(count.shape[0]):
        people = count[group]
        if people == 0.0:
            continue
        amount = held[group]
        if amount > 0.0:
            log = math.log(amount / people)
            t_between += amount / n * log
            t_within += weighted_log[group] / n - amount / n * log
            l_between -= people / n * log
            l_within += people / n * log - plain_log[group] / n
        else:
            l_between = math.inf
    return max(t_between, 0.0), max(t_within, 0.0), max(l_between, 0.0), max(l_within, 0.0)


def _grouped(
    values: ArrayLike, groups: ArrayLike | None, n_groups: int | None
) -> tuple[Floats, Integers, int]:
    people = vector(values)
    if groups is None:
        return people, np.zeros(len(people), dtype=np.int64), 1
    if n_groups is None:
        given = np.asarray(groups)
        n_groups = int(given.max()) + 1 if given.size else 1
    if n_groups < 1:
        raise InputError("n_groups must be at least 1", found=n_groups)
    members = labels(groups, n_groups)
    same_length(people, members, "values and groups")
    return people, members, n_groups


def theil_t(
    values: ArrayLike, groups: ArrayLike | None = None, n_groups: int | None = None
) -> Theil:
    """Return Theil's T with its parts between and within groups.

    T = mean(y·ln y) with y = value ÷ mean. Between: Σ share_g · ln(mean_g ÷ mean), share_g the
    group's share of everything held; within: Σ share_g · T_g. Unit: none; 0 (equal) to ln n.
    Zeros: 0·ln 0 counts as 0; a group holding nothing adds nothing. Without groups all is within.
    Undefined (see the top of this file): nan in all three.

    Source: Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48.
    """
    people, members, n = _grouped(values, groups, n_groups)
    mean, *sums, _, _, _ = _moments(people, members, n)
    if math.isnan(mean):
        return Theil(math.nan, math.nan, math.nan)
    between, within, _, _ = _theil_parts(*sums)
    return Theil(between + within, between, within)


def theil_l(
    values: ArrayLike, groups: ArrayLike | None = None, n_groups: int | None = None
) -> Theil:
    """Return Theil's L, the mean log deviation, with its parts between and within groups.

    L = mean(-ln y) with y = value ÷ mean. Between: Σ p_g · ln(mean ÷ mean_g), p_g the group's share
    of people; within: Σ p_g · L_g. Unit: none; 0 (equal) without upper bound. Zeros: the limit is
    taken, so one person with nothing makes L infinite: within groups, or between them where the
    whole group has nothing. Undefined (see the top of this file): nan in all three.

    Source: Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48.
    """
    people, members, n = _grouped(values, groups, n_groups)
    mean, *sums, _, _, _ = _moments(people, members, n)
    if math.isnan(mean):
        return Theil(math.nan, math.nan, math.nan)
    _, _, between, within = _theil_parts(*sums)
    return Theil(between + within, between, within)


def gini(values: ArrayLike) -> float:
    """Return the Gini coefficient of a whole population.

    G = Σ (2i - n - 1)·x_i ÷ (n·Σ x_i), x ascending: half the mean difference between two people,
    relative to the mean. Unit: none; 0 (equal) to 1 - 1/n (one holds all). Zeros need no rule.
    Undefined (see the top of this file): nan.

    Source: Gini (1912); the covariance form as in Cowell (2011), Measuring Inequality.
    """
    ordered = np.sort(vector(values))
    return _gini_of_ordered(ordered)


def _gini_of_ordered(ordered: Floats) -> float:
    if len(ordered) == 0 or not ordered[0] >= 0.0:
        return math.nan
    spread, total = _weighted_by_order(ordered)
    if not 0.0 < total < math.inf:
        return math.nan
    return max(float(spread) / (len(ordered) * float(total)), 0.0)


def atkinson(values: ArrayLike, epsilon: float = 1.0) -> float:
    """Return the Atkinson index for a given aversion to inequality.

    A = 1 - (equally distributed equivalent ÷ mean); the equivalent is the power mean of order
    1 - epsilon (the geometric mean at epsilon 1): the level which, given to all, would be worth
    as much as what is there now. Unit: share of the total that could be given up; 0 (equal) to 1.
    Zeros: below epsilon 1 they need no rule; from 1 on a single zero gives exactly 1 (the limit).
    Undefined (see the top of this file): nan.

    Args:
        values: one non-negative value per person.
        epsilon: aversion to inequality, at least 0 (at 0 the index is 0).

    Raises:
        InputError: epsilon is negative or not finite.

    Source: Atkinson (1970), Journal of Economic Theory 2.
    """
    if not (math.isfinite(epsilon) and epsilon >= 0.0):
        raise InputError("epsilon must be zero or more", found=epsilon, allowed="0 or more")
    people = vector(values)
    if len(people) == 0 or not np.all(people >= 0.0):
        return math.nan
    mean = float(people.mean())
    if not 0.0 < mean < math.inf:
        return math.nan
    least = float(people.min())
    if epsilon >= 1.0 and least == 0.0:
        return 1.0
    if epsilon == 1.0:
        equivalent = math.exp(float(np.mean(np.log(people / mean))))
    else:
        # Powers are taken relative to the term that grows largest, so that none overflows.
        unit = least if epsilon > 1.0 else float(people.max())
        power = 1.0 - epsilon
        equivalent = float(np.mean((people / unit) ** power)) ** (1.0 / power) * (unit / mean)
    return min(max(1.0 - equivalent, 0.0), 1.0)


def inequality_summary(values: ArrayLike, groups: ArrayLike, n_groups: int) -> InequalitySummary:
    """Return every inequality measure of one vector, with one sort and one pass over the people.

    Args:
        values: one value per person who counts (leave out those who do not).
        groups: each person's group, 0 … `n_groups` - 1.
        n_groups: number of groups; a group may be empty.

    Each field equals the function of its name (`theil_between` and `theil_within` are parts of T;
    `atkinson_half`, `_one`, `_two` are epsilon ½, 1 and 2), with the same rules for zeros and the
    same nan where a measure is not defined.

    Raises:
        InputError: lengths differ or a label lies outside the groups.
    """
    people, members, n_groups = _grouped(values, groups, n_groups)
    mean, *sums, roots, inverses, zero = _moments(people, members, n_groups)
    if math.isnan(mean):
        return InequalitySummary(*[math.nan] * 10)
    n = len(people)
    t_between, t_within, l_between, l_within = _theil_parts(*sums)
    theil_l_total = l_between + l_within
    half = 1.0 - (roots / n) ** 2
    one = 1.0 if zero else 1.0 - math.exp(-theil_l_total)
    two = 1.0 if zero else 1.0 - n / inverses
    return InequalitySummary(
        _gini_of_ordered(np.sort(people)),
        t_between + t_within,
        t_between,
        t_within,
        theil_l_total,
        l_between,
        l_within,
        max(half, 0.0),
        max(one, 0.0),
        max(two, 0.0),
    )
