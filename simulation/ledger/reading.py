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
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    group: Ints,
    present: Any,
    out: Floats,
) -> tuple[Any, Ints]:
    """Return each tie's kind, and how many there are of the kinds 0, 1 and 2; write their trust.

    Between people who are present: 0 within a group, 1 across, 2 to a connector; all others 3.
    What is written is that of `trust_by_kind`.
    """
    kinds, count = np.full(target.size, 3, np.int8), np.zeros(3, np.int64)
    there = np.empty(group.size, np.int64)
    for i in range(group.size):
        there[i] = group[i] if present[i] else -1
    near, far, within, across, clients = 0, 0, 0.0, 0.0, 0.0
    for i in range(group.size):
        if not present[i]:
            continue
        row, own = first + i, group[i]
        for e in range(start[row], friends_end[row]):
            other = there[target[e] - first]
            kind = np.int8(other != own) | (np.int8(other < 0) << 1)
            kinds[e] = kind
            near += int(kind == 0)
            far += int(kind == 1)
            trust = reliability[e] + openness[e] + mission[e]
            within += trust * np.float64(kind == 0)
            across += trust * np.float64(kind == 1)
        for e in range(friends_end[row], mentors_end[row]):
            kinds[e] = 2
            clients += reliability[e] + openness[e] + mission[e]
        count[2] += mentors_end[row] - friends_end[row]
    count[0], count[1] = near, far
    out[0, -1] = within / (3.0 * near) if near > 0 else np.nan
    out[1, -1] = across / (3.0 * far) if far > 0 else np.nan
    out[2, -1] = clients / (3.0 * count[2]) if count[2] > 0 else np.nan
    return kinds, count


@kernel
def trust_by_kind(
    kinds: Any, count: Ints, reliability: Floats, openness: Floats, mission: Floats, out: Floats
) -> None:
    """Write mean trust of friends within groups, across groups, and of residents in connectors."""
    within, across, clients = 0.0, 0.0, 0.0
    for e in range(kinds.size):
        trust, kind = reliability[e] + openness[e] + mission[e], kinds[e]
        within += trust * np.float64(kind == 0)
        across += trust * np.float64(kind == 1)
        clients += trust * np.float64(kind == 2)
    out[0, -1] = within / (3.0 * count[0]) if count[0] > 0 else np.nan
    out[1, -1] = across / (3.0 * count[1]) if count[1] > 0 else np.nan
    out[2, -1] = clients / (3.0 * count[2]) if count[2] > 0 else np.nan


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
def trust_in_institutions(
    order: Ints,
    first: int,
    start: Ints,
    mentors_end: Ints,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    present: Any,
) -> float:
    """Return the mean trust of present residents in institutions; nan without service ties."""
    total, ties = 0.0, 0
    for n in range(order.size):
        i = order[n]
        if not present[i]:
            continue
        row = first + i
        for e in range(mentors_end[row], start[row + 1]):
            total += reliability[e] + openness[e] + mission[e]
        ties += start[row + 1] - mentors_end[row]
    return total / (3.0 * ties) if ties > 0 else np.nan


@kernel
def weighted_mean(values: Floats, weights: Floats) -> float:
    """Return a mean by weight; nan where all weights are 0."""
    total, weight = 0.0, 0.0
    for k in range(values.size):
        total += weights[k] * values[k]
        weight += weights[k]
    return total / weight if weight > 0.0 else np.nan
