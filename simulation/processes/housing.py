"""12 · Housing and ties: who can stay, who comes, and how ties change.

*Pressure* = clip(displacement + sensitivity * max(0, mean V - mean V0) * (1 - ownership), 0, 1),
means over groups (weighted by pop_g) and dimensions; `displacement` from events: improvement
without ownership drives people out.

*Leaving.* A present resident who lives here leaves when `housing/leave` < min(1, base_turnover +
moving_rate * pressure / (1 + resources)). Leavers keep their row (present = False, s = 0), lose
moving_loss in every dimension at once (not below 0), and empty a seat they hold (vacant_for = 0).
Those who left in earlier months follow w <- w + (outside * V0[g, d] * (1 - burden_weight *
burden_i) - w) / outside_delay: no place is better to them than theirs was without lasting policy.

*Newcomers* take over the home in the same month: id = home + HOMES * (times the home changed
hands). Group: the leaver's, or newcomer_group (if >= 0) when `housing/newcomer` (keyed by the new
id) < newcomer_share. Their other attributes are drawn as at the start (`simulation.start`), except
that they live here, s = 0, not committed, grievance is the parameter's (history is not theirs) and
wellbeing = V * (1 - burden_weight * burden). Friend ties go to those friends of the leaver who are
present after all moves of the month (newcomers included only through ties already replaced: a tie
between two leavers is lost), at newcomer_trust in all three parts both ways; service ties to the
institutions of the leaver, all parts 1/2; the leaver's client ties to connectors pass to the
newcomer at newcomer_trust. All ties of leavers are dropped.

*Rewiring*, present residents in ascending id on the ties as they stand after the moves: with
`housing/rewire` < rewiring and at least two friends, i drops the friend tie with the least trust
(smallest id among equals) and ties to a friend's friend instead: j = friends_i[floor(`housing/via`
* n)], k = friends_j[floor(`housing/candidate` * n_j)], in ascending id. Nothing happens if k = i,
k is absent, i and k are tied already in either direction (or were tied earlier in the month; ties
are judged as they stood after the moves), or the tie to drop is gone already; or if their groups
differ and `housing/accept` < homophily. New ties start at newcomer_trust (mission = 1 - |x_i -
x_k|), both ways.

*Bridges.* Connectors in ascending id, with `housing/bridge` < bridging * pay * (1 - burnout) and
n >= 2 present clients: client b = clients[floor(`housing/bridge-from` * n)]; then going round the
clients from floor(`housing/bridge-to` * n), the first `width` of another group than b's who are
not tied to b (nor became so this month) get a friend tie with b at newcomer_trust (mission as
above), if b has fewer than most_ties friends. One weak tie carries news; several reinforcing ones
carry commitment.

Streams: all keyed by the resident's or connector's id.
Sources: displacement (Newman & Wyly 2006); homophily (McPherson et al. 2001); wide bridges
(Centola & Macy 2007).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.moving import NewTies, leave, next_ids, outside, pressure, replace
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.state import Floats, Ints
from simulation.tally import people, shares
from simulation.ties import FRIEND

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """Who can stay, who comes, and how ties are dropped and made."""

    sensitivity: float = parameter(
        0.5, "pressure per unit of improvement not owned", low=0, high=10
    )
    moving_rate: float = parameter(
        0.02, "chance of having to leave under full pressure", unit="a month", low=0, high=1
    )
    base_turnover: float = parameter(
        0.0, "chance of leaving without pressure", unit="a month", low=0, high=1
    )
    moving_loss: float = parameter(0.1, "well-being lost by having to leave", low=0, high=1)
    outside: float = parameter(
        1.0, "conditions where leavers end up, against their group's at the start", low=0, high=2
    )
    outside_delay: float = parameter(
        24.0, "delay of leavers' well-being", unit="months", low=1, high=1200
    )
    newcomer_share: float = parameter(
        0.5, "chance that a newcomer is of newcomer_group", low=0, high=1
    )
    newcomer_group: int = parameter(
        -1, "group of newcomers; -1: as the leaver", unit="index", low=-1, high=1000
    )
    newcomer_trust: float = parameter(0.3, "trust on new ties", low=0, high=1)
    rewiring: float = parameter(0.005, "chance of swapping a tie", unit="a month", low=0, high=1)
    homophily: float = parameter(0.5, "chance of turning down another group", low=0, high=1)
    bridging: float = parameter(
        0.1, "chance that a connector builds a bridge", unit="a month", low=0, high=1
    )
    most_ties: int = parameter(
        20, "friends from which no bridge is added", unit="people", low=0, high=10_000
    )


@kernel
def leavers(
    p: Any,
    pressure: float,
    month: int,
    leaving: Key,
    order: Ints,
    ids: Ints,
    present: Any,
    lives_here: Any,
    resources: Floats,
    rows: Ints,
) -> int:
    """Write the rows of those who have to leave this month, by id; return their number."""
    this_leaving = at(leaving, month)
    count = 0
    for n in range(order.size):
        i = order[n]
        if not present[i] or not lives_here[i]:
            continue
        chance = min(1.0, p.base_turnover + p.moving_rate * pressure / (1.0 + resources[i]))
        if draw(this_leaving, ids[i], 0) < chance:
            rows[count] = i
            count += 1
    return count


@kernel
def rewire(
    p: Any,
    month: int,
    rewiring: Key,
    through: Key,
    candidate: Key,
    accepting: Key,
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
    group: Ints,
    present: Any,
    dropped: Any,
    new_one: Ints,
    new_two: Ints,
) -> int:
    """Flag ties to drop and write the pairs of residents to tie; return their number.

    Both directions of a dropped tie are flagged. `new_one` and `new_two` hold one place for each
    resident, which is the most there can be.
    """
    this_rewiring, this_through = at(rewiring, month), at(through, month)
    this_candidate, this_accepting = at(candidate, month), at(accepting, month)
    added = 0
    for n in range(order.size):
        i = order[n]
        row = first + i
        friends = friends_end[row] - start[row]
        if not present[i] or friends < 2 or draw(this_rewiring, ids[i], 0) >= p.rewiring:
            continue
        weakest, least = start[row], np.inf
        for e in range(start[row], friends_end[row]):
            trust = (reliability[e] + openness[e] + mission[e]) / 3.0
            if trust < least:
                weakest, least = e, trust
        via = target[start[row] + int(draw(this_through, ids[i], 0) * friends)]
        others = friends_end[via] - start[via]
        if others == 0:
            continue
        k = target[start[via] + int(draw(this_candidate, ids[i], 0) * others)] - first
        if k == i or not present[k] or dropped[weakest]:
            continue
        if group[k] != group[i] and draw(this_accepting, ids[i], 0) < p.homophily:
            continue
        known = False
        for e in range(start[row], friends_end[row]):
            if target[e] == first + k:
                known = True
                break
        for e in range(start[first + k], friends_end[first + k]):
            if target[e] == row:
                known = True
                break
        for m in range(added):
            if (new_one[m] == i and new_two[m] == k) or (new_one[m] == k and new_two[m] == i):
                known = True
                break
        if known:
            continue
        dropped[weakest] = True
        if reverse[weakest] >= 0:
            dropped[reverse[weakest]] = True
        new_one[added], new_two[added] = i, k
        added += 1
    return added


class Housing(Process[Parameters]):
    """Let people be displaced and replaced, and let ties be dropped and made."""

    name = "housing"
    streams = (
        "housing/leave",
        "housing/newcomer",
        "housing/rewire",
        "housing/via",
        "housing/candidate",
        "housing/accept",
        "housing/bridge",
        "housing/bridge-from",
        "housing/bridge-to",
    )

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move people and friend ties."""
        self.move(community, p)
        if not community.ties.implicit:
            self.change_ties(community, p)

    def move(self, community: CommunityModel, p: Parameters) -> None:
        """Let people leave under pressure, and newcomers take over their homes."""
        r, groups, stocks = community.residents, community.groups, community.stocks
        luck, month = community.luck, community.month
        pop = shares(people(community.order, r.present, r.group, r.stewardship, len(groups))[0])
        push = pressure(
            community.levers.displacement,
            p.sensitivity,
            pop,
            groups.conditions,
            groups.conditions_start,
            float(stocks.ownership[0]),
        )
        stocks.pressure[0] = push
        if community.absent:
            away = ~r.present
            there = outside(community, r.group[away], r.burden[away])
            r.wellbeing[away] += (p.outside * there - r.wellbeing[away]) / p.outside_delay
        if p.base_turnover <= 0.0 and p.moving_rate * push <= 0.0:
            return
        gone = np.empty(len(r), np.int64)
        count = leavers(
            p.packed,
            push,
            month,
            luck.key("housing/leave"),
            community.order,
            r.id,
            r.present,
            r.lives_here,
            r.resources,
            gone,
        )
        rows = gone[:count]
        if not rows.size:
            return
        leave(community, rows, p.moving_loss)
        group = r.group[rows].copy()
        if p.newcomer_group >= 0:
            other = (
                luck.uniforms("housing/newcomer", month, next_ids(r.id[rows])) < p.newcomer_share
            )
            group[other] = p.newcomer_group
        replace(community, rows, group, p.newcomer_trust)

    def change_ties(self, community: CommunityModel, p: Parameters) -> None:
        """Rewire, build bridges, and rebuild the graph where anything changed."""
        r, t, key = community.residents, community.ties, community.luck.key
        dropped = np.zeros(len(t), np.bool_)
        one, two = np.empty(len(r), np.int64), np.empty(len(r), np.int64)
        count = 0
        if p.rewiring > 0.0:
            count = rewire(
                p.packed,
                community.month,
                key("housing/rewire"),
                key("housing/via"),
                key("housing/candidate"),
                key("housing/accept"),
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
                r.group,
                r.present,
                dropped,
                one,
                two,
            )
        pairs = list(zip(one[:count].tolist(), two[:count].tolist(), strict=True))
        self.bridge(community, p, pairs)
        if not pairs:
            return
        new, first, trust = NewTies(), t.first_resident, p.newcomer_trust
        for a, b in pairs:
            mission = 1.0 - abs(float(r.opinion[a]) - float(r.opinion[b]))
            new.both(first + a, first + b, FRIEND, (trust, trust, mission))
        new.apply(community, dropped)

    def bridge(
        self, community: CommunityModel, p: Parameters, pairs: list[tuple[int, int]]
    ) -> None:
        """Let connectors add wide bridges between groups to `pairs`."""
        c, r, t, month = community.connectors, community.residents, community.ties, community.month
        if not len(c) or p.bridging <= 0.0:
            return
        luck = community.luck
        builds = luck.uniforms("housing/bridge", month, c.id) < p.bridging * c.pay * (
            1.0 - c.burnout
        )
        for k in np.flatnonzero(builds).tolist():
            node, who = t.first_connector + k, int(c.id[k])
            clients = t.target[t.start[node] : t.start[node + 1]] - t.first_resident
            clients = clients[r.present[clients]]
            n = clients.size
            if n < 2:
                continue
            b = int(clients[int(luck.uniform("housing/bridge-from", month, who) * n)])
            row = t.first_resident + b
            friends = t.target[t.start[row] : t.friends_end[row]] - t.first_resident
            if friends.size >= p.most_ties:
                continue
            known = set(friends.tolist())
            known |= {y for x, y in pairs if x == b} | {x for x, y in pairs if y == b}
            known |= {a for a in clients.tolist() if t.listens(t.first_resident + a, row)}
            turn, made = int(luck.uniform("housing/bridge-to", month, who) * n), 0
            for step in range(n):
                a = int(clients[(turn + step) % n])
                if made < c.width[k] and r.group[a] != r.group[b] and a not in known:
                    pairs.append((a, b))
                    made += 1
