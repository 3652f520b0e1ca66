"""Ties: who listens to whom, as one sparse directed graph over all agents.

Nodes are numbered institutions first, then connectors, then residents, so that newcomers are
appended without moving anyone. Row i of the compressed sparse rows holds the ties of those whom i
listens to, in ascending id: friends, then connectors, then institutions. All sums over neighbours
run in that order, so no result depends on the row in which a person is stored.

A tie holds the three parts of trust of the PARTNER survey (Varda et al. 2008): reliability,
openness and mission, each in [0, 1]. Trust is their mean and is never stored.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import kernel
from simulation.state import Bytes, Floats, Ints

FRIEND, SERVICE, PARTNER, MENTOR = 0, 1, 2, 3
KINDS = ("friend", "service", "partner", "mentor")

Nodes = NDArray[np.int32]


@kernel
def _order(source: Nodes, target: Nodes, rank: Ints, nodes: int) -> Ints:
    """Return the order of edges by source node, then target id (two stable counting passes)."""
    edges = source.size
    fill = np.zeros(nodes + 1, np.int64)
    for e in range(edges):
        fill[rank[target[e]] + 1] += 1
    for n in range(nodes):
        fill[n + 1] += fill[n]
    by_target = np.empty(edges, np.int64)
    for e in range(edges):
        place = rank[target[e]]
        by_target[fill[place]] = e
        fill[place] += 1
    fill[:] = 0
    for e in range(edges):
        fill[source[e] + 1] += 1
    for n in range(nodes):
        fill[n + 1] += fill[n]
    order = np.empty(edges, np.int64)
    for k in range(edges):
        e = by_target[k]
        order[fill[source[e]]] = e
        fill[source[e]] += 1
    return order


@kernel
def _index(
    source: Nodes, target: Nodes, kind: Bytes, by_id: Ints, nodes: int
) -> tuple[Ints, Ints, Ints, Nodes]:
    """Return row starts, ends of the friend and connector parts, and the opposite ties."""
    edges = source.size
    start = np.zeros(nodes + 1, np.int64)
    friends_end = np.zeros(nodes, np.int64)
    mentors_end = np.zeros(nodes, np.int64)
    for e in range(edges):
        start[source[e] + 1] += 1
        if kind[e] == FRIEND:
            friends_end[source[e]] += 1
        elif kind[e] == MENTOR:
            mentors_end[source[e]] += 1
    for n in range(nodes):
        start[n + 1] += start[n]
        friends_end[n] += start[n]
        mentors_end[n] += friends_end[n]
    reverse = np.full(edges, -1, np.int32)
    cursor = start[:-1].copy()
    place = np.empty(nodes, np.int64)
    for k in range(nodes):
        place[by_id[k]] = k
    for k in range(nodes):
        node = by_id[k]
        for e in range(start[node], start[node + 1]):
            other = target[e]
            c = cursor[other]
            while c < start[other + 1] and place[target[c]] < k:
                c += 1
            if c < start[other + 1] and target[c] == node:
                reverse[e] = np.int32(c)
                c += 1
            cursor[other] = c
    return start, friends_end, mentors_end, reverse


class TieTable(NamedTuple):
    """Ties as plain columns, by source id and then target id; for tests, export and display."""

    source: Ints
    target: Ints
    kind: Bytes
    reliability: Floats
    openness: Floats
    mission: Floats


class Ties:
    """The sparse graph of trust.

    Attributes:
        ids: permanent id of each node, shape (nodes,).
        first_resident: node number of the first resident's row; connectors start at
            `first_connector`, institutions at 0.
        start: row starts, shape (nodes + 1,); `friends_end` and `mentors_end` split each row.
        target, kind, reliability, openness, mission: one value per tie.
        reverse: position of the opposite tie, or -1 where nobody listens back.
        implicit: whether friend ties are "everyone with everyone" and not written out; their
            one trust is then `implicit_trust`.
    """

    def __init__(
        self,
        ids: Ints,
        first_connector: int,
        first_resident: int,
        *,
        implicit_trust: float | None = None,
    ) -> None:
        self.ids = ids
        self.first_connector = first_connector
        self.first_resident = first_resident
        self.implicit = implicit_trust is not None
        self.implicit_trust = 0.0 if implicit_trust is None else float(implicit_trust)

    def lay(
        self,
        source: Nodes,
        target: Nodes,
        kind: Bytes,
        reliability: Floats,
        openness: Floats,
        mission: Floats,
    ) -> Self:
        """Sort the given ties into rows; replaces all ties."""
        nodes = self.ids.size
        by_id = np.argsort(self.ids, kind="stable")
        rank = np.empty(nodes, np.int64)
        rank[by_id] = np.arange(nodes)
        order = _order(source, target, rank, nodes)
        self.source = source[order]
        self.target = target[order]
        self.kind = kind[order]
        self.reliability = reliability[order]
        self.openness = openness[order]
        self.mission = mission[order]
        self.start, self.friends_end, self.mentors_end, self.reverse = _index(
            self.source, self.target, self.kind, by_id, nodes
        )
        return self

    def change(
        self,
        dropped: NDArray[np.bool_],
        source: Nodes,
        target: Nodes,
        kind: Bytes,
        values: NDArray[np.float64],
    ) -> None:
        """Drop the flagged ties and add new ones; `values` has the columns of trust, (n, 3)."""
        keep = np.flatnonzero(~dropped)
        self.lay(
            np.concatenate([self.source[keep], source]),
            np.concatenate([self.target[keep], target]),
            np.concatenate([self.kind[keep], kind]),
            np.concatenate([self.reliability[keep], values[:, 0]]),
            np.concatenate([self.openness[keep], values[:, 1]]),
            np.concatenate([self.mission[keep], values[:, 2]]),
        )

    def __len__(self) -> int:
        return int(self.target.size)

    def trust(self) -> Floats:
        """Return the trust of every tie."""
        result: Floats = (self.reliability + self.openness + self.mission) / 3.0
        return result

    def degrees(self) -> Ints:
        """Return the number of friend ties of each resident."""
        first = self.first_resident
        result: Ints = self.friends_end[first:] - self.start[first:-1]
        return result

    def table(self) -> TieTable:
        """Return all ties with ids, by source id and then target id."""
        source, target = self.ids[self.source], self.ids[self.target]
        order = np.lexsort((target, source))
        return TieTable(
            source[order],
            target[order],
            self.kind[order],
            self.reliability[order],
            self.openness[order],
            self.mission[order],
        )

    def copy(self) -> Self:
        """Return an independent copy."""
        twin = object.__new__(type(self))
        for name, value in vars(self).items():
            setattr(twin, name, value.copy() if isinstance(value, np.ndarray) else value)
        return twin
