"""11 · Learning: what works becomes known, and leaves with people.

    evidence = min(1, evidence_gain * sum_g pop_g * mean_d max(0, V[g, d] - V[g, d] a month ago))
    know_how_i <- k + from_memory * max(0, M - k) + by_doing * s_i * evidence * (1 - k)
                  - forgetting * k
    M <- M + teaching * max(0, K - M) - memory_decay * M - exit_loss * (exits / seats) * M

for present residents, both kept in 0-1; K = mean know-how of present stewards (sum of s_i k_i /
sum of s_i, 0 if none) before the month's update; exits = seats that emptied since the last month's
learning, whatever the cause, at most all; M in the second line is from before. People who leave
take their know-how with them: they no longer count in K.

Sources: mutual learning (March 1991, Organization Science 2:71), in a one-dimensional form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.state import Floats, Ints
from simulation.tally import people, shares

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """How know-how is gained, shared and lost."""

    evidence_gain: float = parameter(
        100.0, "evidence per unit of improvement in a month", low=0, high=1e6
    )
    from_memory: float = parameter(
        0.05, "learning from shared memory", unit="a month", low=0, high=1, source="March 1991 (p1)"
    )
    by_doing: float = parameter(
        0.05, "learning from visible results", unit="a month", low=0, high=1
    )
    forgetting: float = parameter(0.005, "forgetting", unit="a month", low=0, high=1)
    teaching: float = parameter(
        0.05,
        "what stewards add to shared memory",
        unit="a month",
        low=0,
        high=1,
        source="March 1991 (p2)",
    )
    memory_decay: float = parameter(0.01, "fading of shared memory", unit="a month", low=0, high=1)
    exit_loss: float = parameter(0.3, "memory lost if all leaders left at once", low=0, high=1)


@kernel
def learn(
    p: Any,
    evidence: float,
    memory: float,
    order: Ints,
    present: Any,
    stewardship: Floats,
    know_how: Floats,
) -> float:
    """Move residents' know-how; return what present stewards knew before, on average."""
    total, known = 0.0, 0.0
    for n in range(order.size):
        i = order[n]
        if not present[i]:
            continue
        s, k = stewardship[i], know_how[i]
        total += s
        known += s * k
        new = (
            k
            + p.from_memory * max(0.0, memory - k)
            + p.by_doing * s * evidence * (1.0 - k)
            - p.forgetting * k
        )
        know_how[i] = min(max(new, 0.0), 1.0)
    return known / total if total > 0.0 else 0.0


class Learning(Process[Parameters]):
    """Learn from results, share it, and lose it with those who leave."""

    name = "learning"

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move `residents.know_how` and `stocks.memory`."""
        r, groups, stocks = community.residents, community.groups, community.stocks
        tally = people(community.order, r.present, r.group, r.stewardship, len(groups))
        risen = np.maximum(0.0, groups.conditions - groups.conditions_before).mean(axis=1)
        evidence = min(1.0, p.evidence_gain * float((shares(tally[0]) * risen).sum()))
        memory = float(stocks.memory[0])
        known = learn(
            p.packed, evidence, memory, community.order, r.present, r.stewardship, r.know_how
        )
        seats = len(community.seats)
        exits, community.exits = community.exits, 0
        lost = p.exit_loss * min(1.0, exits / seats) * memory if seats else 0.0
        new = memory + p.teaching * max(0.0, known - memory) - p.memory_decay * memory - lost
        stocks.memory[0] = min(max(new, 0.0), 1.0)
