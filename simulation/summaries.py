"""Summaries: the kernels behind the recorded measures, each one pass over people, ties or seats.

Sums run in ascending id, and what is not defined is nan, never 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.compiled import kernel
from simulation.state import Floats, Ints


@kernel
def group_means(
    order: Ints,
    group: Ints,
    member: Any,
    groups: int,
    wellbeing: Floats,
    stewardship: Floats,
    burnout: Floats,
    unpaid: Floats,
    grievance: Floats,
    safety: Floats,
    efficacy: Floats,
    skill: Floats,
    used: Floats,
    resources: Floats,
    ladder: Any,
) -> Floats:
    """Return means over members, row by row: the groups, then all; nan where there is nobody."""
    dims = wellbeing.shape[1]
    out = np.zeros((groups + 1, 1 + dims + 13))
    count = np.zeros(groups + 1)
    for n in range(order.size):
        i = order[n]
        if not member[i]:
            continue
        row = out[group[i]]
        count[group[i]] += 1.0
        total = 0.0
        for d in range(dims):
            row[1 + d] += wellbeing[i, d]
            total += wellbeing[i, d]
        row[0] += total / dims
        k = 1 + dims
        row[k] += stewardship[i]
        row[k + 1] += 1.0 if stewardship[i] == 1.0 else 0.0
        row[k + 2] += burnout[i]
        row[k + 3] += unpaid[i]
        row[k + 4] += grievance[i]
        row[k + 5] += safety[i]
        row[k + 6] += efficacy[i]
        row[k + 7] += skill[i]
        row[k + 8] += skill[i] - used[i]
        row[k + 9] += resources[i]
        row[k + 10] += 1.0 if ladder[i] >= 1 else 0.0
        row[k + 11] += 1.0 if ladder[i] >= 2 else 0.0
        row[k + 12] += 1.0 if ladder[i] >= 3 else 0.0
    for g in range(groups):
        out[groups] += out[g]
        count[groups] += count[g]
    for g in range(groups + 1):
        out[g] /= count[g] if count[g] > 0.0 else np.nan
    return out


@kernel
def people_means(order: Ints, group: Ints, member: Any, groups: int, wellbeing: Floats) -> Floats:
    """Return mean well-being over members, all dimensions and each: the groups, then all."""
    dims = wellbeing.shape[1]
    out = np.zeros((groups + 1, 1 + dims))
    count = np.zeros(groups + 1)
    for n in range(order.size):
        i = order[n]
        if member[i]:
            count[group[i]] += 1.0
            total = 0.0
            for d in range(dims):
                out[group[i], 1 + d] += wellbeing[i, d]
                total += wellbeing[i, d]
            out[group[i], 0] += total / dims
    for g in range(groups):
        out[groups] += out[g]
        count[groups] += count[g]
    for g in range(groups + 1):
        out[g] /= count[g] if count[g] > 0.0 else np.nan
    return out


@kernel
def tie_means(
    order: Ints,
    first_connector: int,
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
) -> Floats:
    """Return mean trust by kind of tie; nan where there are none.

    In order: friends within groups, friends across groups, residents in institutions, residents in
    connectors, institutions in their partners.
    """
    out, count = np.zeros(5), np.zeros(5)
    for e in range(start[0], start[first_connector]):
        out[4] += (reliability[e] + openness[e] + mission[e]) / 3.0
        count[4] += 1.0
    for n in range(order.size):
        i = order[n]
        if not present[i]:
            continue
        row = first + i
        for e in range(start[row], friends_end[row]):
            j = target[e] - first
            if present[j]:
                kind = 0 if group[i] == group[j] else 1
                out[kind] += (reliability[e] + openness[e] + mission[e]) / 3.0
                count[kind] += 1.0
        for e in range(friends_end[row], mentors_end[row]):
            out[3] += (reliability[e] + openness[e] + mission[e]) / 3.0
            count[3] += 1.0
        for e in range(mentors_end[row], start[row + 1]):
            out[2] += (reliability[e] + openness[e] + mission[e]) / 3.0
            count[2] += 1.0
    for kind in range(5):
        out[kind] = out[kind] / count[kind] if count[kind] > 0.0 else np.nan
    return out


@kernel
def by_group(
    order: Ints,
    group: Ints,
    present: Any,
    voice: Floats,
    institutions: int,
    made: Floats,
    kept: Floats,
    legitimacy: Floats,
    money: Floats,
    seats: Floats,
    decisions: Floats,
    conditions: Floats,
) -> Floats:
    """Return what is recorded by group, measure after measure: the groups, then all."""
    groups = seats.size
    out = np.full((8, groups + 1), np.nan)
    number, heard = np.zeros(groups + 1), np.zeros(groups + 1)
    for n in range(order.size):
        i = order[n]
        if present[i]:
            number[group[i]] += 1.0
            number[groups] += 1.0
            heard[group[i]] += voice[i]
            heard[groups] += voice[i]
    all_made, all_kept, all_trust, all_conditions = 0.0, 0.0, 0.0, 0.0
    for g in range(groups):
        made_g, kept_g, trust = 0.0, 0.0, 0.0
        for j in range(institutions):
            made_g += made[j * groups + g]
            kept_g += kept[j * groups + g]
            trust += legitimacy[j * groups + g]
        pop = number[g] / number[groups] if number[groups] > 0.0 else 0.0
        mean = conditions[g].mean()
        if institutions > 0:
            out[4, g] = trust / institutions
            all_trust += pop * trust / institutions
        if made_g > 0.0:
            out[5, g] = kept_g / made_g
        all_made += made_g
        all_kept += kept_g
        out[6, g] = mean
        if pop > 0.0 and heard[groups] > 0.0:
            out[7, g] = heard[g] / heard[groups] / pop
        all_conditions += pop * mean
    out[0] = number
    out[1, :groups], out[2, :groups], out[3, :groups] = money, seats, decisions
    out[1, groups], out[2, groups], out[3, groups] = money.sum(), seats.sum(), decisions.sum()
    if institutions > 0:
        out[4, groups] = all_trust
    if all_made > 0.0:
        out[5, groups] = all_kept / all_made
    out[6, groups] = all_conditions
    return out.ravel()


@kernel
def lived_together(
    institution: Ints,
    holder: Ints,
    openness: Floats,
    upstream: Floats,
    pooled: Floats,
    at_table: Any,
    budget: Floats,
    idle: Floats,
    seats: Floats,
) -> Floats:
    """Return means over institutions and seats.

    In order: openness, share of seats filled, share of filled seats held by residents, upstream
    and pooled share (by budget), idle assets, institutions jointly active: those at the table with
    a filled seat.
    """
    out = np.full(7, np.nan)
    count = budget.size
    taken = np.zeros(count, np.bool_)
    filled = 0.0
    for k in range(holder.size):
        if holder[k] >= 0:
            filled += 1.0
            taken[institution[k]] = True
    if holder.size > 0:
        out[1] = filled / holder.size
    out[2] = seats.sum()
    money, up, shared, active = 0.0, 0.0, 0.0, 0.0
    for j in range(count):
        money += budget[j]
        up += budget[j] * upstream[j]
        shared += budget[j] * pooled[j]
        if taken[j] and at_table[j]:
            active += 1.0
    if count > 0:
        out[0] = openness.mean()
    if money > 0.0:
        out[3], out[4] = up / money, shared / money
    out[5] = idle.sum()
    out[6] = active
    return out
