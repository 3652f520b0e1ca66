"""Moving: people leave and come, and their ties with them.

Leavers keep their row (`present` False); newcomers get new rows and ids. The sparse graph is
rebuilt once for all moves of a month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.errors import InputError
from simulation.population import GroupTable, draw_people
from simulation.state import CONNECTOR_IDS, HOMES, LONGEST_RECALL, Floats, Ints
from simulation.ties import FRIEND, MENTOR, SERVICE

if TYPE_CHECKING:
    from simulation.community import CommunityModel

ALL_ACTED = (1 << LONGEST_RECALL) - 1
"""The `recall` of somebody who has seen everybody act."""


class NewTies:
    """Ties to be added to the graph in one go."""

    def __init__(self) -> None:
        self.source: list[int] = []
        self.target: list[int] = []
        self.kind: list[int] = []
        self.values: list[tuple[float, float, float]] = []
        self.opposite: list[int] = []

    def both(self, one: int, two: int, kind: int, values: tuple[float, float, float]) -> None:
        """Add a tie in both directions between two nodes."""
        self.one_way(one, two, kind, values)
        self.one_way(two, one, kind, values)
        last = len(self.source) - 1
        self.opposite[-2:] = [last, last - 1]

    def one_way(self, one: int, two: int, kind: int, values: tuple[float, float, float]) -> None:
        """Add a tie in one direction."""
        self.source.append(one)
        self.target.append(two)
        self.kind.append(kind)
        self.values.append(values)
        self.opposite.append(-1)

    def apply(self, community: CommunityModel, dropped: Any) -> None:
        """Drop the flagged ties and add these."""
        community.ties.change(
            dropped,
            np.array(self.source, np.int32),
            np.array(self.target, np.int32),
            np.array(self.kind, np.int8),
            np.array(self.values, float).reshape(-1, 3),
            np.array(self.opposite, np.int64),
        )


def next_ids(ids: Ints) -> Ints:
    """Return the ids of those who move into the homes of the residents with these ids.

    Raises:
        InputError: where a home has changed hands so often that no id is left for it.
    """
    new = ids + HOMES
    if (new >= CONNECTOR_IDS).any():
        raise InputError(
            "a home has changed hands a hundred times, more than there are ids for",
            key="parameters.housing",
            mend="lower base_turnover or moving_rate, or run fewer months",
        )
    return new


def outside(community: CommunityModel, group: Ints, burden: Floats) -> Floats:
    """Return the conditions people carry with them: their group's at the start, less the burden."""
    p: Any = community.parameters
    free = 1.0 - p.living.burden_weight * burden
    result: Floats = community.groups.conditions_start[group] * free[:, None]
    return result


def leave(community: CommunityModel, rows: Ints, moving_loss: float) -> None:
    """Let the residents in `rows` leave the community."""
    from simulation.processes.leadership import vacate

    r = community.residents
    for row in rows[r.in_seat[rows]].tolist():
        for seat in np.flatnonzero(community.seats.holder == r.id[row]).tolist():
            vacate(community, seat)
    r.present[rows] = False
    r.stewardship[rows] = 0.0
    r.wellbeing[rows] = np.maximum(0.0, r.wellbeing[rows] - moving_loss)
    community.note_rows()


def add_people(community: CommunityModel, ids: Ints, group: Ints, place: Ints, home: Ints) -> Ints:
    """Append residents with attributes drawn as at the start; return their rows."""
    from simulation.processes.shared_code import believe

    r, spec = community.residents, community.specification
    part = r.append(ids.size)
    r.id[part], r.group[part], r.place[part], r.home[part] = ids, group, place, home
    p: Any = community.parameters
    draw_people(r, part, GroupTable.of(spec), p.start, p.living.burden_weight, community.luck)
    r.lives_here[part] = True
    r.stewardship[part] = 0.0
    r.committed[part] = False
    r.grievance[part] = p.start.grievance
    free = 1.0 - p.living.burden_weight * r.burden[part]
    r.wellbeing[part] = community.groups.conditions[r.group[part]] * free[:, None]
    community.ties.ids = np.concatenate([community.ties.ids, ids])
    community.note_rows()
    new = np.arange(part.start, part.stop)
    believe(community, new)
    return new


def replace(community: CommunityModel, leavers: Ints, group: Ints, trust: float) -> None:
    """Let newcomers take over the homes and most ties of `leavers` (rows, in ascending id)."""
    r, t = community.residents, community.ties
    ids = next_ids(r.id[leavers])
    new = add_people(community, ids, group, r.place[leavers], r.home[leavers])
    r = community.residents
    gone = np.zeros(t.ids.size, bool)
    gone[t.first_resident + leavers] = True
    ties = NewTies()
    low, half = (trust, trust, trust), (0.5, 0.5, 0.5)
    for row, newcomer in zip(leavers.tolist(), new.tolist(), strict=True):
        node, own = t.first_resident + row, t.first_resident + newcomer
        for e in range(t.start[node], t.start[node + 1]):
            other, kind = int(t.target[e]), int(t.kind[e])
            if kind == SERVICE:
                ties.one_way(own, other, SERVICE, half)
            elif kind == MENTOR or (not gone[other] and r.present[other - t.first_resident]):
                ties.both(own, other, kind, low)
    ties.apply(community, gone[t.sources()] | gone[t.target])


def move_in(community: CommunityModel, event: Any) -> None:
    """Let people move into new homes (the event `newcomers`)."""
    p: Any = community.parameters
    r, t, luck = community.residents, community.ties, community.luck
    ids = np.array(event.homes(community.size))
    group = np.full(event.count, community.group_rows(event.groups)[0])
    known = np.flatnonzero(r.present)
    known = known[np.argsort(r.id[known], kind="stable")]
    institutions = np.arange(min(p.start.service_ties, len(community.institutions)))
    new = add_people(community, ids, group, np.zeros(event.count, np.int64), ids)
    r = community.residents
    trust = (p.housing.newcomer_trust,) * 3
    ties = NewTies()
    for row in new.tolist():
        own, friends = t.first_resident + row, known
        if not t.implicit:
            draw = luck.uniforms(
                f"events/tie/{event.id}", community.month, int(r.id[row]), r.id[known]
            )
            friends = known[np.argsort(draw, kind="stable")[: event.degree]]
            for friend in friends.tolist():
                ties.both(own, t.first_resident + friend, FRIEND, trust)
        if event.informed and friends.size and r.stewardship[friends].mean() > 0.5:
            r.stewardship[row], r.recall[row] = 1.0, ALL_ACTED
        for j in institutions.tolist():
            ties.one_way(own, j, SERVICE, (0.5, 0.5, 0.5))
    ties.apply(community, np.zeros(len(t), bool))


def pressure(
    displacement: float,
    sensitivity: float,
    pop: Floats,
    conditions: Floats,
    start: Floats,
    ownership: float,
) -> float:
    """Return the pressure to leave: from events, and from improvement that residents do not own."""
    risen = float((pop * conditions.mean(axis=1)).sum() - (pop * start.mean(axis=1)).sum())
    return min(max(displacement + sensitivity * max(0.0, risen) * (1.0 - ownership), 0.0), 1.0)
