"""8 · Living: conditions, lasting policy, well-being.

    B[g, d] = min(persistence, potency * investment[g, d] * (alone + (1 - alone) * s_g)
                  * (unled + (1 - unled) * L) * (unlearned + (1 - unlearned) * M))
    a[g, d] = (1 - persistence) * (V0[g, d] + (best - V0[g, d]) * policy),  V0 at most best
    V[g, d] <- a[g, d] + persistence * V[g, d] + B[g, d] * (1 - V[g, d])

s_g = mean stewardship of present residents of g (0 if none), s = the same over all, L leadership,
M shared memory, V0 conditions without lasting policy. Conditions stay in [0, 1] because 0 <= a <=
1 - persistence and B <= persistence. `conditions_before` keeps V from before.

    votes = eligible * turnout * s + advocacy_effect * (1 - exp(-advocacy)),  0 without government
    policy <- clip(policy + policy_rate * votes * (1 - R) * (1 - policy)
                   - (policy_decay + policy_neglect * (1 - s)) * policy, 0, 1)

R = resistance (see `trust`); `advocacy` = this month's money for policy work. V uses the policy
from before. Well-being of present residents follows with a delay of `delay` months:

    target[i, d] = clip(V[g, d] * (1 - burden_weight * burden_i)
                        + service_gain * (1 - exp(-services[g, d] / service_scale))
                        + resource_gain * (resources_i / (1 + resources_i) - 1/2), 0, 1)
    wellbeing[i, d] <- wellbeing[i, d] + (target - wellbeing[i, d]) / delay

Half-life of a gap without investment: ln 2 / -ln(persistence); unequal V0 leave a gap that
nothing but policy or lasting investment closes.

Sources: stocks of living conditions and services (Milstein & Homer 2020; ReThink Health Dynamics),
in our own form; policy that needs government and fades without stewards is an assumption.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.state import SECTORS, Floats, Ints
from simulation.tally import people

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """How conditions, policy and well-being move."""

    persistence: float = parameter(0.985, "monthly persistence of conditions", low=0, high=1)
    best: float = parameter(
        0.9, "conditions under full lasting policy, the same for all groups", low=0, high=1
    )
    potency: float = parameter(0.12, "rise of conditions per unit of investment", low=0, high=10)
    alone: float = parameter(0.3, "effect of investment without stewards", low=0, high=1)
    unled: float = parameter(0.5, "effect of investment without leadership", low=0, high=1)
    unlearned: float = parameter(0.6, "effect of investment without shared memory", low=0, high=1)
    policy_rate: float = parameter(
        0.02, "speed of policy change under full votes", unit="a month", low=0, high=1
    )
    eligible: float = parameter(0.8, "share of residents who may vote", low=0, high=1)
    turnout: float = parameter(0.5, "share of eligible stewards who vote", low=0, high=1)
    advocacy_effect: float = parameter(
        0.5, "votes that money for policy work can add", low=0, high=10
    )
    policy_decay: float = parameter(
        0.002, "fading of policy under full stewardship", unit="a month", low=0, high=1
    )
    policy_neglect: float = parameter(
        0.008, "more fading without stewards", unit="a month", low=0, high=1
    )
    burden_weight: float = parameter(
        0.5, "part of conditions that a full burden takes away", low=0, high=1
    )
    service_gain: float = parameter(0.15, "most that services add to well-being", low=0, high=1)
    service_scale: float = parameter(
        0.2,
        "services at which the gain nears its most",
        unit="resource a head and month",
        low=1e-6,
        high=1e6,
    )
    resource_gain: float = parameter(0.1, "swing of well-being with resources", low=0, high=1)
    delay: float = parameter(
        12.0, "delay of well-being behind conditions", unit="months", low=1, high=1200
    )


GOVERNMENT = SECTORS.index("government")


@kernel
def improve(
    p: Any,
    policy: float,
    leadership: float,
    memory: float,
    tally: Floats,
    investment: Floats,
    start: Floats,
    conditions: Floats,
) -> None:
    """Move living conditions by one month."""
    led = p.unled + (1.0 - p.unled) * leadership
    known = p.unlearned + (1.0 - p.unlearned) * memory
    for g in range(conditions.shape[0]):
        stewards = tally[1, g] / tally[0, g] if tally[0, g] > 0.0 else 0.0
        joint = (p.alone + (1.0 - p.alone) * stewards) * led * known
        for d in range(conditions.shape[1]):
            base = min(start[g, d], p.best)
            gain = min(p.persistence, p.potency * investment[g, d] * joint)
            drift = (1.0 - p.persistence) * (base + (p.best - base) * policy)
            v = conditions[g, d]
            conditions[g, d] = drift + p.persistence * v + gain * (1.0 - v)


@kernel
def follow(
    p: Any,
    group: Ints,
    present: Any,
    burden: Floats,
    resources: Floats,
    conditions: Floats,
    services: Floats,
    wellbeing: Floats,
) -> None:
    """Let the well-being of present residents follow conditions, services and resources."""
    groups, dims = conditions.shape
    served = np.empty((groups, dims))
    for g in range(groups):
        for d in range(dims):
            served[g, d] = p.service_gain * (1.0 - math.exp(-services[g, d] / p.service_scale))
    for i in range(group.size):
        if not present[i]:
            continue
        g = group[i]
        own = p.resource_gain * (resources[i] / (1.0 + resources[i]) - 0.5)
        free = 1.0 - p.burden_weight * burden[i]
        for d in range(dims):
            target = min(max(conditions[g, d] * free + served[g, d] + own, 0.0), 1.0)
            wellbeing[i, d] += (target - wellbeing[i, d]) / p.delay


class Living(Process[Parameters]):
    """Move living conditions, lasting policy and well-being."""

    name = "living"

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move `groups.conditions`, `stocks.policy` and `residents.wellbeing`."""
        r, groups, stocks = community.residents, community.groups, community.stocks
        tally = people(community.order, r.present, r.group, r.stewardship, len(groups))
        policy = float(stocks.policy[0])
        groups.conditions_before[:] = groups.conditions
        improve(
            p.packed,
            policy,
            float(stocks.leadership[0]),
            float(stocks.memory[0]),
            tally,
            groups.investment,
            groups.conditions_start,
            groups.conditions,
        )
        counted = float(tally[0].sum())
        stewards = float(tally[1].sum()) / counted if counted > 0 else 0.0
        votes = 0.0
        if (community.institutions.sector == GOVERNMENT).any():
            votes = p.eligible * p.turnout * stewards
            votes += p.advocacy_effect * (1.0 - math.exp(-community.levers.policy))
        gained = p.policy_rate * votes * (1.0 - float(stocks.resisted[0])) * (1.0 - policy)
        lost = (p.policy_decay + p.policy_neglect * (1.0 - stewards)) * policy
        stocks.policy[0] = min(max(policy + gained - lost, 0.0), 1.0)
        follow(
            p.packed,
            r.group,
            r.present,
            r.burden,
            r.resources,
            groups.conditions,
            groups.services,
            r.wellbeing,
        )
