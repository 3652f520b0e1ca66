"""11 · Learning: what works becomes known, and leaves with people.

*Form "stock"* (the default): know-how is one number for each person and one for the community.

    evidence = min(1, evidence_gain * sum_g pop_g * mean_d max(0, V[g, d] - V[g, d] a month ago))
    know_how_i <- k + from_memory * max(0, M - k) + by_doing * s_i * evidence * (1 - k)
                  - forgetting * k
    M <- M + teaching * max(0, K - M) - memory_decay * M - exit_loss * (exits / seats) * M

for present residents, both kept in 0-1; K = mean know-how of present stewards (sum of s_i k_i /
sum of s_i, 0 if none) before the month's update; exits = seats that emptied since the last month's
learning, whatever the cause, at most all; M in the second line is from before. People who leave
take their know-how with them: they no longer count in K.

*Form "code"*: March's mutual learning in full. Reality is so or not so (1 or -1) on each of
`dimensions`, drawn at the start. Each person believes 1, -1 or nothing (0) on each, drawn with
equal chances at the start or when they move in; the shared code starts at 0. Beliefs score (right -
wrong) / dimensions. In a month, all at once, from beliefs and code as they were before:

1. Present people show what they believe, and on dimensions without belief the toss of a coin,
   `learning/show` < 1/2 for 1. Those whose shown beliefs score more than the code are the
   superior group.
2. The code learns from them. Where `for` of them show 1 and `against` show -1 on a dimension, k =
   |for - against| > 0 and the code differs from the majority, it takes over the majority's belief
   when `learning/code` < 1 - (1 - teaching)**k.
3. People learn from the code. Where it is not 0 and they differ from it, they move a step towards
   it when `learning/socialise` < from_memory: from its opposite to 0, from 0 to the code.
4. Each present person, when `learning/turnover` < personnel_turnover, is replaced by somebody with
   fresh beliefs (`learning/new-belief`), who keeps the home, the ties and the id.
5. Each dimension of reality flips when `learning/turbulence` < turbulence.

Then know_how_i = max(0, the person's score) and M = max(0, the code's score): that is how the rest
of the model meets this form (M starts at 0, `start.memory` is not read, and neither are
evidence_gain, by_doing, forgetting, memory_decay and exit_loss). A third of each draw of beliefs
is for 1, the next for -1, the last for 0. Draws are keyed by (person, dimension), (dimension) or
(person).

The article's words leave open what a belief of 0 does and how k is counted. The rules above are one
reading, chosen because it gives the equilibria of its Figure 1; that agreement is therefore no test
of it, and its effects of turnover and turbulence are. Of the other readings tried none did:
counting only beliefs that are held, in judging who is superior or for the majority (code's score
too low by up to .2); tossing the coins once for all (by up to .08); moving to the code in one step
(by up to .06); k = those who differ from the code less those who do not, so that a code at 0 learns
from a narrow majority as from a unanimous one (by .16 at from_memory = .9, teaching = .1).

Streams: `learning/show`, `learning/code`, `learning/socialise`, `learning/turnover`,
`learning/new-belief`, `learning/turbulence`; at the start `learning/reality`, `learning/belief`.
Sources: mutual learning (March 1991, Organization Science 2:71); the form "stock" has it in one
dimension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.processes.shared_code import STREAMS, learn_together
from simulation.state import Floats, Ints
from simulation.tally import people, shares

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """How know-how is gained, shared and lost."""

    form: Literal["stock", "code"] = parameter(
        "stock",
        "what is known: one number, or beliefs about many dimensions and a shared code",
        unit="choice",
    )
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
    dimensions: int = parameter(
        30,
        "dimensions of reality, in the form code",
        unit="dimensions",
        low=1,
        high=60,
        source="March 1991 (m)",
    )
    personnel_turnover: float = parameter(
        0.0,
        "chance that a person is replaced by somebody with fresh beliefs, in the form code",
        unit="a month",
        low=0,
        high=1,
        source="March 1991 (p3)",
    )
    turbulence: float = parameter(
        0.0,
        "chance that a dimension of reality flips, in the form code",
        unit="a month",
        low=0,
        high=1,
        source="March 1991 (p4)",
    )


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
    streams = STREAMS

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move `residents.know_how` and `stocks.memory`, in the form code beliefs and the code."""
        if p.form == "code":
            community.exits = 0
            learn_together(community, p)
            return
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
