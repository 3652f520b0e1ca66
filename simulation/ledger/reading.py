"""Reading: the kernels behind the ledger's indicators, each one pass over people, ties or groups.

What is not defined is nan, never 0. The last place of every row stands for all groups together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.compiled import kernel
from simulation.state import Floats, Ints


@kernel
def book(values: Floats, last: Floats, amounts: Floats) -> None:
    """Write what has changed since the last known values, and make these the last known.

    A value that is not known (nan) changes nothing; once it is known again, the whole difference
    from when it was last known goes to the process that brought it back.
    """
    for i in range(values.shape[0]):
        for g in range(values.shape[1]):
            now = values[i, g]
            if not np.isnan(now):
                if not np.isnan(last[i, g]):
                    amounts[i, g] += now - last[i, g]
                last[i, g] = now


@kernel
def mean_by_group(who: Ints, start: Ints, column: Floats, out: Floats) -> None:
    """Write the mean of a column over the rows in `who`, which hold one group after another."""
    groups = start.size - 1
    total = 0.0
    for g in range(groups):
        part = 0.0
        for n in range(start[g], start[g + 1]):
            part += column[who[n]]
        total += part
        number = start[g + 1] - start[g]
        out[g] = part / number if number > 0 else np.nan
    out[groups] = total / who.size if who.size > 0 else np.nan


@kernel
def two_means_by_group(who: Ints, start: Ints, one: Floats, two: Floats, out: Floats) -> None:
    """Write the means of two columns, one below the other, as `mean_by_group` does for one."""
    groups = start.size - 1
    all_one, all_two = 0.0, 0.0
    for g in range(groups):
        part_one, part_two = 0.0, 0.0
        for n in range(start[g], start[g + 1]):
            part_one += one[who[n]]
            part_two += two[who[n]]
        all_one += part_one
        all_two += part_two
        number = start[g + 1] - start[g]
        out[0, g] = part_one / number if number > 0 else np.nan
        out[1, g] = part_two / number if number > 0 else np.nan
    out[0, groups] = all_one / who.size if who.size > 0 else np.nan
    out[1, groups] = all_two / who.size if who.size > 0 else np.nan


@kernel
def wellbeing_and_gap(who: Ints, start: Ints, wellbeing: Floats, out: Floats) -> None:
    """Write mean well-being, and below it the widest difference between two groups."""
    groups, dims = start.size - 1, wellbeing.shape[1]
    total, least, most, known = 0.0, np.inf, -np.inf, 0
    for g in range(groups):
        part = 0.0
        for n in range(start[g], start[g + 1]):
            i = who[n]
            for d in range(dims):
                part += wellbeing[i, d]
        total += part
        number = start[g + 1] - start[g]
        out[0, g] = part / (dims * number) if number > 0 else np.nan
        if number > 0:
            known += 1
            least, most = min(least, out[0, g]), max(most, out[0, g])
    out[0, groups] = total / (dims * who.size) if who.size > 0 else np.nan
    out[1, groups] = most - least if known > 1 else np.nan


@kernel
def living(
    pop: Floats, conditions: Floats, services: Floats, investment: Floats, out: Floats
) -> None:
    """Write living conditions (mean), services and investment (sums over dimensions)."""
    groups, dims = conditions.shape
    out[:, groups] = 0.0
    for g in range(groups):
        one, two, three = 0.0, 0.0, 0.0
        for d in range(dims):
            one += conditions[g, d]
            two += services[g, d]
            three += investment[g, d]
        out[0, g], out[1, g], out[2, g] = one / dims, two, three
        for k in range(3):
            out[k, groups] += pop[g] * out[k, g]


@kernel
def with_sum(values: Floats, out: Floats) -> None:
    """Write a value for each group, and their sum."""
    groups = values.size
    out[groups] = 0.0
    for g in range(groups):
        out[g] = values[g]
        out[groups] += values[g]


@kernel
def who_is_here(order: Ints, counted: Any, group: Ints, groups: int) -> tuple[Ints, Ints]:
    """Return the counted rows, group after group in the given order, and their starts."""
    start = np.zeros(groups + 1, np.int64)
    for n in range(order.size):
        if counted[order[n]]:
            start[group[order[n]] + 1] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    who, place = np.empty(start[groups], np.int64), start.copy()
    for n in range(order.size):
        i = order[n]
        if counted[i]:
            who[place[group[i]]] = i
            place[group[i]] += 1
    return who, start


@kernel
def sort_ties(
    first: int,
    start: Ints,
    friends_end: Ints,
    mentors_end: Ints,
    target: Any,
    group: Ints,
    present: Any,
) -> tuple[Any, Any, Any, Any]:
    """Return residents' ties: to friends within and across groups, connectors, institutions.

    Residents and friends count where they are present. Places are unsigned: nobody need ask
    whether one counts from the end.
    """
    within = np.empty(target.size, np.uint32)
    across, clients, services = np.empty_like(within), np.empty_like(within), np.empty_like(within)
    near, far, led, served = 0, 0, 0, 0
    for i in range(group.size):
        if not present[i]:
            continue
        row, own = first + i, group[i]
        for e in range(start[row], friends_end[row]):
            other = target[e] - first
            here, same = present[other], group[other] == own
            within[near], across[far] = e, e
            near += int(here and same)
            far += int(here and not same)
        for e in range(friends_end[row], mentors_end[row]):
            clients[led] = e
            led += 1
        for e in range(mentors_end[row], start[row + 1]):
            services[served] = e
            served += 1
    return within[:near].copy(), across[:far].copy(), clients[:led].copy(), services[:served].copy()


@kernel
def mean_of_ties(ties: Any, reliability: Floats, openness: Floats, mission: Floats) -> float:
    """Return the mean trust of the named ties; nan where there are none.

    Two sums in turn: half as long a wait for each addition, and always in the same order.
    """
    one, two, pairs = 0.0, 0.0, ties.size // 2
    for k in range(pairs):
        e, f = ties[2 * k], ties[2 * k + 1]
        one += reliability[e] + openness[e] + mission[e]
        two += reliability[f] + openness[f] + mission[f]
    if ties.size % 2:
        e = ties[-1]
        one += reliability[e] + openness[e] + mission[e]
    return (one + two) / (3.0 * ties.size) if ties.size > 0 else np.nan


@kernel
def mean_trust(last: int, reliability: Floats, openness: Floats, mission: Floats) -> float:
    """Return the mean trust of the first ties, those before `last`; nan where there are none."""
    total = 0.0
    for e in range(last):
        total += reliability[e] + openness[e] + mission[e]
    return total / (3.0 * last) if last > 0 else np.nan


@kernel
def mean(values: Floats) -> float:
    """Return a mean; nan of nothing."""
    return values.sum() / values.size if values.size > 0 else np.nan


@kernel
def weighted_mean(values: Floats, weights: Floats) -> float:
    """Return a mean by weight; nan where all weights are 0."""
    total, weight = 0.0, 0.0
    for k in range(values.size):
        total += weights[k] * values[k]
        weight += weights[k]
    return total / weight if weight > 0.0 else np.nan
