"""6 · Allocation: services now, or causes? Institutions and their horizon.

Institution j spends the share s of its budget upstream, 0 <= least <= s <= most. Every
`review_months` (at its own offset: floor(`allocation/offset` * review_months), drawn once before
the start, keyed by institution; a review happens when (month + offset) % review_months == 0) an
institution not bound by an earlier decision (month >= bound_until) compares a switch s -> s1 with
staying, by its own belief:

    C(t) = s + (C0 - s) * exp(-t / believed_time)      capability approaches s
    A(t) likewise with benefit_delay, from A(0) = s before the switch
    payoff(t) = (1 - s(t)) * C(t) + recovered * keeps_j * A(t)
    value = sum over t = 0 … H of D(t) * (payoff with switch - payoff without)
    D(t) = discount**(t/12) for t < P;  present_bias * discount**(t/12) for P <= t <= H

t in months, H = floor(horizon), P = present_length. The switch is kept K months, K =
max(kept_months, commit_months), where kept_months = 0 stands for P and a negative one for ever;
at t < K the share is s1, afterwards s again, and C and A return from where they were at K with
the same time constants. First s1 = min(most, s + step) is tried. It is taken when value > 0 or,
with temperature > 0, when `allocation/move` < 1 / (1 + exp(-value / temperature)); then
bound_until = month + commit_months. If not taken (or s = most already), s1 = max(least, s - step)
is tried by the same rule without chance (value > 0) and binds for commit_months as well. Values up
to 1e-12 count as 0, and a step of less than 1e-12 is no step; s1 is tried whichever way it lies.

Every month, institutions not bound (month >= bound_until, as it stands after the review) feel
*outcome pressure*: s <- max(least, s - pressure * max(0, aspiration - y_j) * s), with y_j = sum
over g, d of pop_g * serves[j, d] * sensed[g, d].

mode = "schedule": s is set to the last entry [month, share] of `schedule` not after this month,
for every institution, and nothing else happens.

Streams: `allocation/offset` (before the start), `allocation/move`, keyed by institution.
Sources: quasi-hyperbolic discounting (Laibson 1997, QJE 112:443); capability trap (Repenning &
Sterman 2002, ASQ 47:265). No estimate of institutional present bias exists.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.state import BEFORE, Floats, Ints
from simulation.tally import people, shares

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """How institutions weigh the present against later."""

    mode: Literal["believes", "schedule"] = parameter(
        "believes", "by own belief, or by a schedule", unit="choice"
    )
    schedule: tuple[tuple[int, float], ...] = parameter(
        (), "entries [month, upstream share] for mode = schedule", unit="months, share"
    )
    review_months: int = parameter(
        12, "time between budget reviews", unit="months", low=1, high=240
    )
    step: float = parameter(0.05, "change of the upstream share in one decision", low=0, high=1)
    least: float = parameter(0.05, "least upstream share", low=0, high=1)
    most: float = parameter(0.5, "greatest upstream share", low=0, high=1)
    temperature: float = parameter(0.0, "chance in the decision; 0 for none", low=0, high=10)
    believed_time: float = parameter(
        60.0,
        "believed time constant of capability",
        unit="months",
        low=1,
        high=1200,
        source="Repenning & Sterman 2002 (illustration: 5 years)",
    )
    benefit_delay: float = parameter(
        36.0, "believed delay of benefits from causes", unit="months", low=1, high=1200
    )
    recovered: float = parameter(
        0.3, "believed value of full upstream benefits to the institution", low=0, high=10
    )
    kept_months: int = parameter(
        0,
        "how long a switch is thought to be kept; 0: the present, -1: for ever",
        unit="months",
        low=-1,
        high=1200,
    )
    pressure: float = parameter(
        0.02, "outcome pressure back to services", unit="a month", low=0, high=1
    )
    aspiration: float = parameter(0.7, "well-being below which pressure starts", low=0, high=1)


@kernel
def discount_factor(
    month: float, present_bias: float, discount: float, present_length: float
) -> float:
    """Return D(t): what something `month` months ahead is worth now."""
    factor: float = discount ** (month / 12.0)
    return factor if month < present_length else present_bias * factor


@kernel
def relax(begin: float, goal: float, months: float, constant: float) -> float:
    """Return where a stock stands after some months of approaching a goal exponentially."""
    return goal + (begin - goal) * math.exp(-months / constant)


@kernel
def switch_value(
    capability: float,
    share: float,
    switched: float,
    kept: float,
    horizon: float,
    every: float,
    present_bias: float,
    discount: float,
    present_length: float,
    believed_time: float,
    benefit_delay: float,
    benefit: float,
) -> float:
    """Return the discounted value, to the institution, of a switch of its upstream share.

    Args:
        capability: capability now.
        share: upstream share without the switch.
        switched: upstream share with it.
        kept: months the switch is kept; infinite for ever.
        horizon: months looked ahead, inclusive.
        every: step of the sum in months (1; 12 for yearly accounts).
        present_bias: factor on everything after the present.
        discount: yearly discount factor.
        present_length: months that count as the present.
        believed_time: believed time constant of capability, months.
        benefit_delay: believed time constant of benefits, months.
        benefit: value of full upstream benefits per month.
    """
    held = switched + (capability - switched) * math.exp(-kept / believed_time)
    reached = switched + (share - switched) * math.exp(-kept / benefit_delay)
    total = 0.0
    steps = math.floor(horizon / every)
    for n in range(steps + 1):
        t = n * every
        stay = (1.0 - share) * relax(capability, share, t, believed_time) + benefit * share
        if t < kept:
            able = relax(capability, switched, t, believed_time)
            gained = relax(share, switched, t, benefit_delay)
            move = (1.0 - switched) * able + benefit * gained
        else:
            able = relax(held, share, t - kept, believed_time)
            gained = relax(reached, share, t - kept, benefit_delay)
            move = (1.0 - share) * able + benefit * gained
        total += discount_factor(t, present_bias, discount, present_length) * (move - stay)
    return total


@kernel
def review(
    p: Any,
    month: int,
    moving: Key,
    offset: Ints,
    ids: Ints,
    capability: Floats,
    keeps: Floats,
    present_bias: Floats,
    discount: Floats,
    horizon: Floats,
    present_length: Floats,
    commit_months: Floats,
    bound_until: Ints,
    upstream: Floats,
) -> None:
    """Let institutions whose review falls in this month move their upstream share."""
    this_moving = at(moving, month)
    for j in range(ids.size):
        if (month + offset[j]) % int(p.review_months) != 0 or month < bound_until[j]:
            continue
        kept = present_length[j] if p.kept_months == 0.0 else p.kept_months
        kept = np.inf if p.kept_months < 0.0 else max(kept, commit_months[j])
        for direction in range(2):
            share = upstream[j]
            switched = (
                min(p.most, share + p.step) if direction == 0 else max(p.least, share - p.step)
            )
            if abs(switched - share) < 1e-12:
                continue
            value = switch_value(
                capability[j],
                share,
                switched,
                kept,
                math.floor(horizon[j]),
                1.0,
                present_bias[j],
                discount[j],
                present_length[j],
                p.believed_time,
                p.benefit_delay,
                p.recovered * keeps[j],
            )
            taken = value > 1e-12
            if direction == 0 and p.temperature > 0.0:
                z = value / p.temperature
                if z >= 0.0:
                    chance = 1.0 / (1.0 + math.exp(-z))
                else:
                    chance = math.exp(z) / (1.0 + math.exp(z))
                taken = draw(this_moving, ids[j], 0) < chance
            if taken:
                upstream[j] = switched
                bound_until[j] = month + int(commit_months[j])
                break


@kernel
def press(
    p: Any,
    month: int,
    pop: Floats,
    sensed: Floats,
    serves: Floats,
    bound_until: Ints,
    upstream: Floats,
) -> None:
    """Push institutions that are not bound back to services where well-being falls short."""
    for j in range(upstream.size):
        if month < bound_until[j]:
            continue
        seen = 0.0
        for g in range(pop.size):
            for d in range(serves.shape[1]):
                seen += pop[g] * serves[j, d] * sensed[g, d]
        short = max(0.0, p.aspiration - seen)
        upstream[j] = max(p.least, upstream[j] - p.pressure * short * upstream[j])


class Allocation(Process[Parameters]):
    """Let institutions choose between services now and causes."""

    name = "allocation"
    streams = ("allocation/offset", "allocation/move")

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move `institutions.upstream` and `bound_until`."""
        institutions, month = community.institutions, community.month
        if p.mode == "schedule":
            due = [share for start, share in p.schedule if start <= month]
            if due:
                institutions.upstream[:] = due[-1]
            return
        if not len(institutions):
            return
        luck = community.luck
        offset = luck.uniforms("allocation/offset", BEFORE, institutions.id) * p.review_months
        i = institutions
        review(
            p.packed,
            month,
            luck.key("allocation/move"),
            offset.astype(np.int64),
            i.id,
            i.capability,
            i.keeps,
            i.present_bias,
            i.discount,
            i.horizon,
            i.present_length,
            i.commit_months,
            i.bound_until,
            i.upstream,
        )
        r, groups = community.residents, community.groups
        tally = people(community.order, r.present, r.group, r.stewardship, len(groups))
        press(p.packed, month, shares(tally[0]), groups.sensed, i.serves, i.bound_until, i.upstream)
