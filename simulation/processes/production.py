"""7 · Production: what the money becomes.

Money is counted per resident of the start; pop_g is the present share of group g; events may
charge the budgets: m_j = budget_j * (1 - charge). `share[j, g, d]` is as in `governance`, I the
number of institutions. Groups without present residents receive nothing.

*Capability* (exact over one month): C_j <- s_j + (C_j - s_j) * exp(-1 / capability_time).

*Services*, per head: services[g, d] = sum_j (m_j * (1 - s_j) + grant / I) * C_j * share[j, g, d]
/ pop_g, with C_j after its update and `grant` this month's money for services.

*Capture and reinvest*: F_j = recapture * keeps_j * savings_j, acting in the same month,

    savings_j <- retention * savings_j + return_rate * F_j * (1 - savings_j / savings_most)
                 + savings_rate * m_j * s_j * C_j                 (not below 0)

*Idle assets*: released_j = release_rate * openness_j * trust_j * idle_j, trust_j = sum_g pop_g *
legitimacy[j, g]; it leaves idle_j and enters the fund. released = sum_j released_j.

*Investment* in causes, per head: investment[g, d] = CES + ((F + fund_rate * fund) * agenda[g, d] +
G_g / 3) / pop_g, F = sum_j F_j, G_g this month's money from events for the conditions of g; the
fund then loses fund_rate * fund and gains `released`. CES joins the institutions' efforts
e_j = I * m_j * s_j * share[j, g, d] / pop_g:

    (1/I * sum_j e_j**complementarity)**(1/complementarity)

complementarity 1 adds up; 0 (within 1e-6) is the geometric mean; the lower, the nearer to the
weakest link. With complementarity <= 0 (or within 1e-6 of 0) and any e_j = 0 the result is 0.

*Resources* of present residents:

    income_i = living * (1 - burden_i) + [i lives here] * local_g
    local_g = sum_j m_j * local_spend_j * sum_d share[j, g, d] / pop_g
    resources_i <- resources_i * (1 - living) + income_i

*Skill in use*: skill_used_i <- skill_used_i + use_rate * (skill_i * (s_i + (1 - s_i) * openness *
trust_g) - skill_used_i), openness = mean over institutions, trust_g = mean over institutions of
legitimacy[j, g] (both 0 without institutions).

*Mutual aid* follows, on friend ties in both directions between present residents, where t =
min(trust_ij, trust_ji) >= aid_trust. What i gives to j (negative: receives), on the resources
just updated:

    flow_ij = aid * t * (resources_i - resources_j) / (2 * (1 + max(degree_i, degree_j)))

with degree the number of friend ties. Each gives the sum of its flows in ascending id: nothing is
lost or made. aid recorded = half the sum of |flow|.

Sources: capability trap P = (1 - s) * C (Repenning & Sterman 2002); captured savings (ReThink
Health Dynamics); CES and weakest link (Arrow et al. 1961; Hirshleifer 1983).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.processes.governance import split_money
from simulation.state import Floats, Ints
from simulation.tally import people, shares

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """How money, idle assets and people's help turn into services and change."""

    capability_time: float = parameter(
        60.0,
        "time constant of capability",
        unit="months",
        low=1,
        high=1200,
        source="Repenning & Sterman 2002 (illustration)",
    )
    complementarity: float = parameter(
        1.0, "1: efforts add up; lower: nearer to the weakest link", low=-20, high=1
    )
    recapture: float = parameter(
        0.3,
        "share of kept savings that is captured",
        low=0,
        high=1,
        source="ReThink Health Dynamics (half reinvested)",
    )
    retention: float = parameter(0.98, "monthly persistence of savings", low=0, high=1)
    return_rate: float = parameter(0.05, "savings that captured money brings", low=0, high=10)
    savings_most: float = parameter(
        1.0, "greatest savings", unit="resource a resident and month", low=1e-6, high=1e6
    )
    savings_rate: float = parameter(0.02, "savings from upstream work", low=0, high=10)
    release_rate: float = parameter(
        0.02, "speed at which idle assets are released", unit="a month", low=0, high=1
    )
    fund_rate: float = parameter(0.1, "share of the fund spent", unit="a month", low=0, high=1)
    living: float = parameter(
        0.1, "share of resources used up and earned again", unit="a month", low=0, high=1
    )
    use_rate: float = parameter(
        0.1, "speed at which skill comes into use", unit="a month", low=0, high=1
    )
    aid: float = parameter(
        0.05, "part of a difference that neighbours even out", unit="a month", low=0, high=1
    )
    aid_trust: float = parameter(0.5, "trust from which people help each other", low=0, high=1)


@kernel
def joined(efforts: Floats, complementarity: float) -> float:
    """Return the CES mean of efforts: 1 adds up, 0 is geometric, lower nears the weakest link."""
    count = efforts.size
    if count == 0:
        return 0.0
    geometric = abs(complementarity) <= 1e-6
    total = 0.0
    for j in range(count):
        if efforts[j] <= 0.0 and (geometric or complementarity < 0.0):
            return 0.0
        if geometric:
            total += math.log(efforts[j])
        elif complementarity == 1.0:
            total += efforts[j]
        else:
            total += efforts[j] ** complementarity
    if geometric:
        return math.exp(total / count)
    mean = total / count
    return mean if complementarity == 1.0 else mean ** (1.0 / complementarity)


@kernel
def produce(
    p: Any,
    charge: float,
    grant: float,
    directed: Floats,
    pop: Floats,
    share: Floats,
    agenda: Floats,
    legitimacy: Floats,
    budget: Floats,
    upstream: Floats,
    openness: Floats,
    keeps: Floats,
    local_spend: Floats,
    capability: Floats,
    savings: Floats,
    idle: Floats,
    fund: Floats,
    released: Floats,
    services: Floats,
    investment: Floats,
    local: Floats,
    faith: Floats,
) -> float:
    """Turn the institutions' money, savings and idle assets into services and investment.

    Writes to `local` the money spent with each resident of a group, and to `faith` each group's
    mean trust in institutions; returns the mean openness of institutions.
    """
    count = budget.size
    groups, dims = agenda.shape
    money = budget * (1.0 - charge)
    captured, freed, open_sum = 0.0, 0.0, 0.0
    for j in range(count):
        open_sum += openness[j]
        trust = 0.0
        for g in range(groups):
            trust += pop[g] * legitimacy[j * groups + g]
            faith[g] += legitimacy[j * groups + g] / count
            if pop[g] > 0.0:
                reached = 0.0
                for d in range(dims):
                    reached += share[j, g, d]
                local[g] += money[j] * local_spend[j] * reached / pop[g]
        decay = math.exp(-1.0 / p.capability_time)
        capability[j] = upstream[j] + (capability[j] - upstream[j]) * decay
        flow = p.recapture * keeps[j] * savings[j]
        captured += flow
        new = (
            p.retention * savings[j]
            + p.return_rate * flow * (1.0 - savings[j] / p.savings_most)
            + p.savings_rate * money[j] * upstream[j] * capability[j]
        )
        savings[j] = max(0.0, new)
        out = p.release_rate * openness[j] * trust * idle[j]
        idle[j] -= out
        freed += out
    efforts = np.empty(count)
    for g in range(groups):
        for d in range(dims):
            services[g, d] = 0.0
            investment[g, d] = 0.0
            if pop[g] <= 0.0:
                continue
            served = 0.0
            for j in range(count):
                spent = money[j] * (1.0 - upstream[j]) + grant / count
                served += spent * capability[j] * share[j, g, d] / pop[g]
                efforts[j] = count * money[j] * upstream[j] * share[j, g, d] / pop[g]
            services[g, d] = served
            common = (captured + p.fund_rate * fund[0]) * agenda[g, d] / pop[g]
            common += directed[g] / dims / pop[g]
            investment[g, d] = joined(efforts, p.complementarity) + common
    fund[0] += freed - p.fund_rate * fund[0]
    released[0] = freed
    return open_sum / count if count > 0 else 0.0


@kernel
def live(
    p: Any,
    openness: float,
    local: Floats,
    trust: Floats,
    group: Ints,
    present: Any,
    lives_here: Any,
    burden: Floats,
    stewardship: Floats,
    skill: Floats,
    resources: Floats,
    skill_used: Floats,
) -> None:
    """Let residents spend and earn, and let their skill come into use."""
    for i in range(group.size):
        if not present[i]:
            continue
        g = group[i]
        income = p.living * (1.0 - burden[i])
        if lives_here[i]:
            income += local[g]
        resources[i] = resources[i] * (1.0 - p.living) + income
        s = stewardship[i]
        wanted = skill[i] * (s + (1.0 - s) * openness * trust[g])
        skill_used[i] += p.use_rate * (wanted - skill_used[i])


@kernel
def help_each_other(
    p: Any,
    order: Ints,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    reverse: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    ids: Ints,
    present: Any,
    resources: Floats,
    new: Floats,
) -> float:
    """Even out resources along trusted ties; return how much changed hands."""
    given = np.zeros(resources.size)
    moved = 0.0
    for n in range(order.size):
        i = order[n]
        if not present[i]:
            continue
        row = first + i
        for e in range(start[row], friends_end[row]):
            j = target[e] - first
            back = reverse[e]
            if back < 0 or ids[j] < ids[i] or not present[j]:
                continue
            there = (reliability[e] + openness[e] + mission[e]) / 3.0
            here = (reliability[back] + openness[back] + mission[back]) / 3.0
            trust = min(there, here)
            if trust < p.aid_trust:
                continue
            most = max(friends_end[row] - start[row], friends_end[first + j] - start[first + j])
            flow = p.aid * trust * (resources[i] - resources[j]) / (2.0 * (1.0 + most))
            given[i] += flow
            given[j] -= flow
            moved += abs(flow)
    for i in range(resources.size):
        new[i] = resources[i] - given[i]
    return moved


class Production(Process[Parameters]):
    """Turn money, idle assets and people's help into services and change."""

    name = "production"

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move capability, savings, the fund, services, investment, resources and skill in use."""
        r, t, groups, stocks = (
            community.residents,
            community.ties,
            community.groups,
            community.stocks,
        )
        i, levers = community.institutions, community.levers
        tally = people(community.order, r.present, r.group, r.stewardship, len(groups))
        pop = shares(tally[0])
        share = split_money(
            community.order, r.present, r.group, r.voice, i.serves, i.pooled, groups.agenda
        )
        local, faith = np.zeros(len(groups)), np.zeros(len(groups))
        openness = produce(
            p.packed,
            levers.charge,
            levers.services,
            np.zeros(len(groups)) if levers.conditions is None else levers.conditions,
            pop,
            share,
            groups.agenda,
            community.pairs.legitimacy,
            i.budget,
            i.upstream,
            i.openness,
            i.keeps,
            i.local_spend,
            i.capability,
            i.savings,
            i.idle_assets,
            stocks.fund,
            stocks.released,
            groups.services,
            groups.investment,
            local,
            faith,
        )
        live(
            p.packed,
            openness,
            local,
            faith,
            r.group,
            r.present,
            r.lives_here,
            r.burden,
            r.stewardship,
            r.skill,
            r.resources,
            r.skill_used,
        )
        new = np.empty_like(r.resources)
        stocks.aid[0] = help_each_other(
            p.packed,
            community.order,
            t.first_resident,
            t.start,
            t.friends_end,
            t.target,
            t.reverse,
            t.reliability,
            t.openness,
            t.mission,
            r.id,
            r.present,
            r.resources,
            new,
        )
        r.resources = new
