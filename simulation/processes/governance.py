"""5 · Governance: who sits at the shared table, and what the shared money is for.

*Staying at the table.* Institution j, in the month's state before anybody moves:

    hold_j = (openness_j + P_j + C) / 3
    P_j    = mean over its partners k of (trust of j in k) * [k at the table]  (0 if none)
    C      = 1 - (1 - L) * (1 - g),    g = 1 - exp(-grants / convening_scale)

with L the strength of leadership and `grants` this month's money from events, cash to residents
left out (see `events`). At the table, j leaves when `governance/leave`, keyed by j, is below
leave_rate * (1 - hold_j); away from it, j comes back when `governance/join` is below join_rate *
hold_j. So a table lasts where members want to share, where trusted partners sit as well, and where
somebody convenes, be it leaders or a grant that pays for it; and as each who leaves takes away a
reason to stay, it can fall apart. leave_rate = 0 keeps everybody at the table. An institution is
*jointly active* while it is at the table with a filled seat.

*Votes.*

    pop_g   share of present residents in group g;  need[g, d] = 1 - sensed[g, d]
    w[g, d] = pop_g * need[g, d], normalised to sum 1 (pop_g / 3 where the sum is 0)
    w_flat[g, d] = pop_g * sum over groups of w[., d]   (blind to differences between groups)

Each filled seat k of an institution at the table votes for a distribution over groups and
dimensions:

    seen_k = (1 - b) * w + b * w_flat,    b = resident_blindness or leader_blindness
    own_k  = resident of group g: need[g, .] normalised, on group g only (1/3 each where it is 0)
             leader from outside: pop_g * serves_d of the institution, its narrow line of work
    care_k = clip(care + care_trust * T_across, 0, 1)          resident
             clip(care + care_openness * openness_j, 0, 1)     leader from outside
    vote_k = (1 - care_k) * own_k + care_k * seen_k
    weight_k = voice of the resident (leader_voice for a leader from outside) ** loudness

T_across is the mean trust over friend ties across groups between present residents (1/2 if none).
Loudness 0 counts heads; 1 gives the loudest voice most. The proposal is the weighted mean of the
votes. rule = "mean": it becomes the agenda. "majority" / "supermajority": seats vote yes when
their vote is nearer (sum of squares) to the proposal than to the present agenda or as near; the
proposal passes with more than 1/2, or at least 2/3, of the weight. With no vote cast the agenda
stays as it was.

    quality = - sum over g, d of (agenda - true need share)**2

where the true need share is w with the truth (see `sense`) in place of `sensed`. The mix at the
table is never scored: it works through what is seen.

*Power.* With filled seats only:

    seats_g = share of seats held by residents of g
    money_g = sum_j B_j * (pooled_j * table_g + (1 - pooled_j) * seats_jg) / sum_j B_j,
              table_g = the same share among seats of institutions at the table (0 if none),
              seats_jg = share of j's filled seats held by residents of g
    decisions_g = d_g / sum d,  d_g = 1/2 sum |proposal - proposal without g's seats|
                  (1 where nobody else votes; up to 1e-12 is 0; all 0 where sum d = 0)
    ownership = sum_g money_g

Leaders from outside are counted in the same way, as one more holder beside the groups (kept as
`outside_seats`, `outside_money`, `outside_decisions`): they can dominate too. With sum_j B_j = 0,
money_g = 0. Without any filled seat all are 0.

*Pooling.* pooled_j <- clip(pooled_j + pool_rate * (pool_most * openness_j * T_j - pooled_j), 0,
1) at the table, with T_j the mean trust of j in its partners (0 if none); away from it the target
is 0: what was agreed runs out as slowly as it was built up. This uses openness before the month's
update.

The distribution of j's money, used by `production`:

    share[j, g, d] = (1 - pooled_j) * voice_g * serves[j, d] + pooled_j * agenda[g, d]

with voice_g the group's share of the summed voice of present residents: without a shared table,
services follow the voice.

Streams: `governance/leave`, `governance/join`.
Sources: the principle of co-design (100 Million Healthier Lives, Communities of Solution); voting
by need or by voice is a project definition, so that quality is an outcome, not an assumption. What
keeps a coalition together: how its board works, leadership and money (Feinberg, Bontempo &
Greenberg 2008, American Journal of Preventive Medicine 34:495; Butterfoss & Kegler 2002, community
coalition action theory); that each member's stay gives others a reason (Oliver, Marwell & Teixeira
1985, American Journal of Sociology 91:522). The form is a project definition; leave_rate,
join_rate and convening_scale are calibrated to how long coalitions last (row P1 of the validation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.processes.table import convened, sit
from simulation.state import Floats, Ints
from simulation.tally import mean_wellbeing, people, shares

if TYPE_CHECKING:
    from simulation.community import CommunityModel


P1 = "calibrated to Feinberg et al. 2008 (P1)"


class Parameters(ProcessParameters):
    """Who stays at the shared table, how it decides, and how much it decides about."""

    rule: Literal["mean", "majority", "supermajority"] = parameter(
        "mean", "how votes become the agenda", unit="choice"
    )
    loudness: float = parameter(0.0, "weight of voice: 0 counts heads, 1 voices", low=0, high=5)
    leader_voice: float = parameter(2.0, "voice of a leader from outside", low=1e-3, high=100)
    leader_blindness: float = parameter(
        0.5, "how far outside leaders miss differences between groups", low=0, high=1
    )
    resident_blindness: float = parameter(0.2, "how far residents miss them", low=0, high=1)
    care: float = parameter(0.2, "weight of everyone's need in a vote", low=0, high=1)
    care_trust: float = parameter(
        0.6, "rise of it with trust across groups (residents)", low=0, high=1
    )
    care_openness: float = parameter(
        0.6, "rise of it with the institution's openness (leaders)", low=0, high=1
    )
    pool_rate: float = parameter(
        0.02, "speed at which institutions pool money", unit="a month", low=0, high=1
    )
    pool_most: float = parameter(0.6, "share pooled under full openness and trust", low=0, high=1)
    leave_rate: float = parameter(
        0.04,
        "chance of leaving the table where nothing holds",
        unit="a month",
        low=0,
        high=1,
        source=P1,
    )
    join_rate: float = parameter(
        0.085,
        "chance of coming (back) to it where everything does",
        unit="a month",
        low=0,
        high=1,
        source=P1,
    )
    convening_scale: float = parameter(
        1.0,
        "grant that does 63 % of what money can do to convene",
        unit="resource a resident and month",
        low=1e-6,
        high=1e6,
        source=P1,
    )


@kernel
def trust_across(
    order: Ints,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    group: Ints,
    present: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
) -> float:
    """Return the mean trust over friend ties across groups between present residents, or 1/2."""
    total, ties = 0.0, 0.0
    for n in range(order.size):
        i = order[n]
        if not present[i]:
            continue
        for e in range(start[first + i], friends_end[first + i]):
            j = target[e] - first
            if present[j] and group[j] != group[i]:
                total += (reliability[e] + openness[e] + mission[e]) / 3.0
                ties += 1.0
    return total / ties if ties > 0.0 else 0.5


@kernel
def need_shares(pop: Floats, wellbeing: Floats) -> Floats:
    """Return each group's and dimension's share of all need, need = 1 - well-being."""
    out = np.empty_like(wellbeing)
    total = 0.0
    for g in range(pop.size):
        for d in range(wellbeing.shape[1]):
            out[g, d] = pop[g] * (1.0 - wellbeing[g, d])
            total += out[g, d]
    for g in range(pop.size):
        for d in range(wellbeing.shape[1]):
            out[g, d] = out[g, d] / total if total > 0.0 else pop[g] / wellbeing.shape[1]
    return out


@kernel
def vote(
    p: Any,
    across: float,
    pop: Floats,
    sensed: Floats,
    institution: Ints,
    holder_voice: Floats,
    seat_group: Ints,
    resident: Any,
    voting: Any,
    openness: Floats,
    serves: Floats,
    votes: Floats,
    weights: Floats,
) -> None:
    """Write each voting seat's vote over groups and dimensions, and its weight."""
    groups, dims = sensed.shape
    need = need_shares(pop, sensed)
    flat = np.zeros(dims)
    for d in range(dims):
        for g in range(groups):
            flat[d] += need[g, d]
    for k in range(institution.size):
        weights[k] = 0.0
        if not voting[k]:
            continue
        j = institution[k]
        blind = p.resident_blindness if resident[k] else p.leader_blindness
        if resident[k]:
            care = p.care + p.care_trust * across
            weights[k] = holder_voice[k] ** p.loudness
        else:
            care = p.care + p.care_openness * openness[j]
            weights[k] = p.leader_voice**p.loudness
        care = min(max(care, 0.0), 1.0)
        own_need = 0.0
        if resident[k]:
            for d in range(dims):
                own_need += 1.0 - sensed[seat_group[k], d]
        for g in range(groups):
            for d in range(dims):
                seen = (1.0 - blind) * need[g, d] + blind * pop[g] * flat[d]
                if not resident[k]:
                    own = pop[g] * serves[j, d]
                elif g != seat_group[k]:
                    own = 0.0
                else:
                    own = (1.0 - sensed[g, d]) / own_need if own_need > 0.0 else 1.0 / dims
                votes[k, g, d] = (1.0 - care) * own + care * seen


@kernel
def weighted_mean(votes: Floats, weights: Floats, seat_group: Ints, without: int) -> Floats:
    """Return the weighted mean vote, leaving out one group's seats (-2: none); zeros if no seat."""
    out = np.zeros(votes.shape[1:])
    total = 0.0
    for k in range(weights.size):
        if weights[k] > 0.0 and seat_group[k] != without:
            total += weights[k]
            out += weights[k] * votes[k]
    if total > 0.0:
        out /= total
    return out


@kernel
def passes(votes: Floats, weights: Floats, proposal: Floats, agenda: Floats, needed: float) -> bool:
    """Return whether the proposal gets the needed share of the weight (1/2: more than half)."""
    yes, total = 0.0, 0.0
    for k in range(weights.size):
        if weights[k] == 0.0:
            continue
        total += weights[k]
        to_new = ((votes[k] - proposal) ** 2).sum()
        to_old = ((votes[k] - agenda) ** 2).sum()
        if to_new <= to_old + 1e-12:
            yes += weights[k]
    return yes > 0.5 * total if needed == 0.5 else yes >= needed * total - 1e-12


@kernel
def power(
    votes: Floats,
    weights: Floats,
    proposal: Floats,
    seat_group: Ints,
    filled: Any,
    voting: Any,
    institution: Ints,
    budget: Floats,
    pooled: Floats,
    seats: Floats,
    money: Floats,
    decisions: Floats,
) -> Floats:
    """Write each group's share of seats, of money controlled, and of decisions.

    Returns the same three shares for leaders from outside.
    """
    groups = seats.size
    holders = groups + 1  # the last one stands for leaders from outside
    held = np.zeros((budget.size, holders))
    shares = np.zeros((3, holders))
    taken = np.zeros(budget.size)
    table = np.zeros(holders)
    all_seats, all_votes = 0.0, 0.0
    for k in range(institution.size):
        if filled[k]:
            h = seat_group[k] if seat_group[k] >= 0 else groups
            all_seats += 1.0
            if voting[k]:
                all_votes += 1.0
                table[h] += 1.0
            taken[institution[k]] += 1.0
            shares[0, h] += 1.0
            held[institution[k], h] += 1.0
    all_money, moved = budget.sum(), 0.0
    for h in range(holders):
        if shares[0, h] == 0.0:
            continue
        if table[h] == all_votes:
            shares[2, h] = 1.0 if all_votes > 0.0 else 0.0
        elif table[h] > 0.0:
            other = weighted_mean(votes, weights, seat_group, h if h < groups else -1)
            changed = 0.5 * np.abs(proposal - other).sum()
            shares[2, h] = changed if changed > 1e-12 else 0.0
        moved += shares[2, h]
        shares[0, h] /= all_seats
        at_table = table[h] / all_votes if all_votes > 0.0 else 0.0
        for j in range(budget.size):
            inside = held[j, h] / taken[j] if taken[j] > 0.0 else 0.0
            shares[1, h] += budget[j] * (pooled[j] * at_table + (1.0 - pooled[j]) * inside)
        shares[1, h] = shares[1, h] / all_money if all_money > 0.0 else 0.0
    for h in range(holders):
        shares[2, h] = shares[2, h] / moved if moved > 0.0 else 0.0
    seats[:], money[:], decisions[:] = shares[0, :groups], shares[1, :groups], shares[2, :groups]
    return shares[:, groups].copy()


@kernel
def split_money(
    order: Ints,
    present: Any,
    group: Ints,
    voice: Floats,
    serves: Floats,
    pooled: Floats,
    agenda: Floats,
) -> Floats:
    """Return how each institution splits its money: (institutions, groups, dimensions)."""
    groups, dims = agenda.shape
    heard, all_heard = np.zeros(groups), 0.0
    for n in range(order.size):
        i = order[n]
        if present[i]:
            heard[group[i]] += voice[i]
    for g in range(groups):
        all_heard += heard[g]
    out = np.empty((pooled.size, groups, dims))
    for j in range(pooled.size):
        for g in range(groups):
            part = heard[g] / all_heard if all_heard > 0.0 else 0.0
            for d in range(dims):
                own = (1.0 - pooled[j]) * part * serves[j, d]
                out[j, g, d] = own + pooled[j] * agenda[g, d]
    return out


@kernel
def squared_error(agenda: Floats, need: Floats) -> float:
    """Return the sum of squared differences."""
    total = 0.0
    for g in range(agenda.shape[0]):
        for d in range(agenda.shape[1]):
            total += (agenda[g, d] - need[g, d]) ** 2
    return total


@kernel
def pool(
    p: Any,
    start: Ints,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    will: Floats,
    at_table: Any,
    pooled: Floats,
) -> None:
    """Move each institution's pooled share toward what its openness and its partners allow."""
    for j in range(pooled.size):
        total = 0.0
        for e in range(start[j], start[j + 1]):
            total += (reliability[e] + openness[e] + mission[e]) / 3.0
        count = start[j + 1] - start[j]
        partners = total / count if count > 0 else 0.0
        wanted = p.pool_most * will[j] * partners if at_table[j] else 0.0
        new = pooled[j] + p.pool_rate * (wanted - pooled[j])
        pooled[j] = min(max(new, 0.0), 1.0)


class Governance(Process[Parameters]):
    """Let institutions stay or leave, the shared table decide, and count who has power."""

    name = "governance"
    streams = ("governance/leave", "governance/join")

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move who is at the table, the agenda, power, `pooled`, `quality` and `ownership`."""
        r, t, groups, seats = community.residents, community.ties, community.groups, community.seats
        institutions, stocks = community.institutions, community.stocks
        tally = people(community.order, r.present, r.group, r.stewardship, len(groups))
        pop = shares(tally[0])
        parts = (t.reliability, t.openness, t.mission)
        sit(
            p.packed,
            community.month,
            community.luck.key("governance/leave"),
            community.luck.key("governance/join"),
            convened(float(stocks.leadership[0]), community.levers.grants, p.convening_scale),
            institutions.id,
            t.start,
            t.target,
            *parts,
            institutions.openness,
            institutions.at_table,
        )
        across = trust_across(
            community.order,
            t.first_resident,
            t.start,
            t.friends_end,
            t.target,
            r.group,
            r.present,
            *parts,
        )
        votes, weights = np.zeros((len(seats), *groups.agenda.shape)), np.zeros(len(seats))
        filled = seats.holder >= 0
        voting = filled & institutions.at_table[seats.institution]
        voice = np.ones(len(seats))
        for k in np.flatnonzero(seats.resident).tolist():
            voice[k] = r.voice[community.row_of(int(seats.holder[k]))]
        vote(
            p.packed,
            across,
            pop,
            groups.sensed,
            seats.institution,
            voice,
            seats.group,
            seats.resident,
            voting,
            institutions.openness,
            institutions.serves,
            votes,
            weights,
        )
        proposal = weighted_mean(votes, weights, seats.group, -2)
        if weights.sum() > 0.0:
            needed = {"mean": 0.0, "majority": 0.5, "supermajority": 2 / 3}[p.rule]
            if needed == 0.0 or passes(votes, weights, proposal, groups.agenda, needed):
                groups.agenda[:] = proposal
        last = community.truths[-1] if len(community.truths) else groups.conditions
        truth = mean_wellbeing(community.order, r.present, r.group, r.wellbeing, last)
        stocks.quality[0] = -squared_error(groups.agenda, need_shares(pop, truth))
        outside = power(
            votes,
            weights,
            proposal,
            seats.group,
            filled,
            voting,
            seats.institution,
            institutions.budget,
            institutions.pooled,
            groups.seats,
            groups.money,
            groups.decisions,
        )
        stocks.outside_seats[0], stocks.outside_money[0], stocks.outside_decisions[0] = outside
        stocks.ownership[0] = groups.money.sum()
        pool(
            p.packed,
            t.start,
            *parts,
            institutions.openness,
            institutions.at_table,
            institutions.pooled,
        )
