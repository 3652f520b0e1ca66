"""1 · Events: what happens to the community from outside, by the timeline.

An event is active in the months month + delay <= t < month + delay + duration. Every draw of an
event is made under its own id, so removing one shifts no other. Active events set this month's
*levers*; those marked "once" act in their first active month only. Empty lists of groups, places,
institutions or dimensions stand for all of them.

funding          spends `amount` (resource a resident of the start, a month), split by `uses`:
                 organising, mentoring, services, cash, policy, connectors, conditions. Money for
                 conditions is upstream investment (see `production`), shared among the groups named
                 by their numbers. Organising and cash go to those reached: present residents who
                 live here, of `groups` and `places`, with `events/reach/<id>` (drawn before the
                 start) < reach. Each of them gets amount * share * N0 / number reached: organising
                 adds to spend_i, cash to resources. Lever grants = amount * all shares but that of
                 cash, which pays for no joint work.
leader_leaves    once: vacates `count` filled seats: "random" (smallest `events/target/<id>`, keyed
                 by institution and slot), "most_central" (greatest knowledge * rapport, the first
                 among equals), or "person" (all seats held by the ids in `people`).
crisis           once: V[g, d] <- V[g, d] * (1 - strength) for `groups` and `dimensions`.
policy           once: policy <- policy + strength * (1 - policy).
acknowledgement  lever acknowledgement = the greatest of the active strengths.
displacement     lever displacement = the sum of the active strengths.
facilitation     lever facilitation = the greatest of the active strengths.
promise          every service tie of present residents of `groups` to `institutions` has a promise
                 due, with outcome `kept`; where several name a tie, the last one listed wins.
share_seats      once: pooled_j <- max(pooled_j, strength) for `institutions`.
loud_voice       once: the voice of present residents of `groups` is multiplied by `factor`.
recruit          once: present residents rise to s = 1, for good with `committed`: `count` of them,
                 "random" (smallest `events/target/<id>`) or "most_central" (most friend ties,
                 smallest id among equals); the ids in `people` ("person"); or these and their
                 friends ("neighbourhood").
newcomers        once: `count` people of the group move into new homes of the first place (their
                 numbers follow from the event's id), drawn as other newcomers (see `housing`); each
                 is tied both ways to `degree` of the residents present before (smallest
                 `events/tie/<id>`, keyed by newcomer and resident) at newcomer_trust, and to the
                 first `service_ties` institutions at 1/2. With `informed`, those of whose friends
                 more than half act (mean s > 1/2) start with s = 1 and recall that all have acted.
set              while active, the parameter `key` has `value`; later events win.

Any event may have a `cost` (resource a resident, a month, while active): charge = min(1, sum of
costs / sum of budgets) is taken from every institution's budget.

Streams: `events/reach/<id>`, `events/target/<id>`, `events/tie/<id>`.
Source: the events are the levers that the workshop's questions name (see `answers` in scenarios).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.moving import move_in
from simulation.processes.base import Process, ProcessParameters
from simulation.processes.leadership import vacate
from simulation.processes.trust import BROKEN, KEPT, NOT_FORCED
from simulation.state import BEFORE, DIMENSIONS

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """Events carry their own settings; here is only the switch."""


@dataclass
class Levers:
    """What this month's active events make of the world; reset every month.

    Money is in resource a resident of the start, a month.
    """

    facilitation: float = 0.0
    acknowledgement: float = 0.0
    displacement: float = 0.0
    mentoring: float = 0.0
    services: float = 0.0
    policy: float = 0.0
    connectors: float = 0.0
    grants: float = 0.0
    """Money that pays for joint work: all but cash to residents."""
    conditions: NDArray[np.float64] | None = None
    """Money for living conditions by group; None where there is none."""
    charge: float = 0.0
    forced: NDArray[np.int8] | None = None


class Events(Process[Parameters]):
    """Let the timeline act."""

    name = "events"
    streams = ("events/reach", "events/target", "events/tie")

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Set the month's levers and carry out what happens once."""
        month = community.month
        community.levers = levers = Levers()
        community.residents.spend[:] = 0.0
        active = [e for e in community.specification.events if e.first <= month <= e.last]
        community.set_parameters([e for e in active if e.kind == "set"])
        for event in active:
            act = getattr(self, event.kind)
            act(community, event, levers)
        cost = sum(event.cost for event in active)
        budget = float(community.institutions.budget.sum())
        if cost > 0.0 and budget > 0.0:
            levers.charge = min(1.0, cost / budget)

    def funding(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Spread money over its uses."""
        uses = event.uses
        levers.mentoring += event.amount * uses.mentoring
        levers.services += event.amount * uses.services
        levers.policy += event.amount * uses.policy
        levers.connectors += event.amount * uses.connectors
        levers.grants += event.amount * (sum(uses.model_dump().values()) - uses.cash)
        if uses.conditions * event.amount > 0.0:
            self.direct(community, event, levers)
        direct = uses.organising + uses.cash
        if direct <= 0.0 or event.amount <= 0.0:
            return
        r = community.residents
        reached = r.present & r.lives_here & community.members(event.groups, event.places)
        if event.reach < 1.0:
            draw = community.luck.uniforms(f"events/reach/{event.id}", BEFORE, r.id)
            reached &= draw < event.reach
        count = int(np.count_nonzero(reached))
        if count:
            each = event.amount * community.size / count
            r.spend[reached] += each * uses.organising
            r.resources[reached] += each * uses.cash

    def direct(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Share money for living conditions among groups, by the people who live here."""
        r = community.residents
        here = r.present & r.lives_here & community.members(event.groups, event.places)
        people = np.bincount(r.group[here], minlength=len(community.groups))
        if people.any():
            money = event.amount * event.uses.conditions * (people / people.sum())
            levers.conditions = money if levers.conditions is None else levers.conditions + money

    def leader_leaves(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Empty the seats that the target names."""
        if community.month != event.first:
            return
        seats, target = community.seats, event.target
        filled = np.flatnonzero(seats.holder >= 0)
        if target.pick == "most_central":
            weight = seats.knowledge[filled] * seats.rapport[filled]
            filled = filled[np.argsort(-weight, kind="stable")][: target.count]
        elif target.pick == "random":
            owner = community.institutions.id[seats.institution[filled]]
            draw = community.luck.uniforms(
                f"events/target/{event.id}", community.month, owner, seats.slot[filled]
            )
            filled = filled[np.argsort(draw, kind="stable")][: target.count]
        else:
            filled = filled[np.isin(seats.holder[filled], target.people)]
        for seat in filled.tolist():
            vacate(community, seat)

    def crisis(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Let living conditions fall."""
        if community.month == event.first:
            groups = community.group_rows(event.groups)
            dims = [DIMENSIONS.index(d) for d in event.dimensions or DIMENSIONS]
            community.groups.conditions[np.ix_(groups, dims)] *= 1.0 - event.strength

    def policy(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Let a law pass."""
        if community.month == event.first:
            stock = community.stocks.policy
            stock[0] += event.strength * (1.0 - stock[0])

    def acknowledgement(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Name the history."""
        levers.acknowledgement = max(levers.acknowledgement, event.strength)

    def displacement(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Press people to leave."""
        levers.displacement += event.strength

    def facilitation(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Host meetings well."""
        levers.facilitation = max(levers.facilitation, event.strength)

    def promise(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Force promises to fall due, and their outcome."""
        if levers.forced is None:
            shape = (len(community.institutions), len(community.groups))
            levers.forced = np.full(shape, NOT_FORCED, np.int8)
        rows = community.institution_rows(event.institutions)
        columns = community.group_rows(event.groups)
        levers.forced[np.ix_(rows, columns)] = KEPT if event.kept else BROKEN

    def share_seats(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Let the shared table decide about more money."""
        if community.month == event.first:
            rows = community.institution_rows(event.institutions)
            pooled = community.institutions.pooled
            pooled[rows] = np.maximum(pooled[rows], event.strength)

    def loud_voice(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Make some voices louder."""
        if community.month == event.first:
            r = community.residents
            r.voice[r.present & community.members(event.groups, ())] *= event.factor

    def recruit(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Make stewards of the residents that the target names."""
        if community.month != event.first:
            return
        r, t, target = community.residents, community.ties, event.target
        rows = np.flatnonzero(r.present)
        if target.pick == "random":
            draw = community.luck.uniforms(f"events/target/{event.id}", community.month, r.id[rows])
            rows = rows[np.argsort(draw, kind="stable")][: target.count]
        elif target.pick == "most_central":
            rows = rows[np.lexsort((r.id[rows], -t.degrees()[rows]))][: target.count]
        else:
            named = np.isin(r.id, target.people)
            if target.pick == "neighbourhood":
                for i in np.flatnonzero(named):
                    row = t.first_resident + i
                    friends = t.target[t.start[row] : t.friends_end[row]]
                    named[friends - t.first_resident] = True
            rows = np.flatnonzero(named & r.present)
        r.stewardship[rows] = 1.0
        r.committed[rows] |= event.committed

    def newcomers(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Let people move into new homes."""
        if community.month == event.first:
            move_in(community, event)

    def set(self, community: CommunityModel, event: Any, levers: Levers) -> None:
        """Nothing more: `CommunityModel.set_parameters` has done it."""
