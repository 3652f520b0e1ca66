"""Ties: who listens to whom, as one sparse directed graph over all agents.

Nodes are numbered institutions first, then connectors, then residents, so that newcomers are
appended without moving anyone. Row i of the compressed sparse rows holds the ties of those whom i
listens to, in ascending id: friends, then connectors, then institutions. All sums over neighbours
run in that order, so no result depends on the row in which a person is stored.

A tie holds the three parts of trust of the PARTNER survey (Varda et al. 2008): reliability,
openness and mission, each in [0, 1]. Trust is their mean and is never stored.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

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


@kernel
def _rebuild(
    start: Ints,
    friends_end: Ints,
    mentors_end: Ints,
    target: Nodes,
    kind: Bytes,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    reverse: Nodes,
    dropped: Any,
    drops: Ints,
    drop_rows: Ints,
    rank: Ints,
    nodes: int,
    order: Ints,
    source_new: Nodes,
    target_new: Nodes,
    kind_new: Bytes,
    values: Floats,
    opposite: Ints,
) -> Any:
    """Copy the kept ties and slot in the new ones (visited in `order`).

    Rows in which nothing changes are copied in blocks; the others are merged tie by tie.
    """
    old_nodes = start.size - 1
    touched = np.zeros(nodes, np.bool_)
    count = np.zeros(nodes + 1, np.int64)
    for row in range(old_nodes):
        count[row + 1] = start[row + 1] - start[row]
    for d in range(drops.size):
        touched[drop_rows[d]] = True
        count[drop_rows[d] + 1] -= 1
    for x in range(order.size):
        touched[source_new[x]] = True
        count[source_new[x] + 1] += 1
    new_start = np.cumsum(count)
    edges = new_start[nodes]
    t, k = np.empty(edges, np.int32), np.empty(edges, np.int8)
    r, o, m = np.empty(edges), np.empty(edges), np.empty(edges)
    back = np.full(edges, -1, np.int32)
    f_end, m_end = new_start[:-1].copy(), new_start[:-1].copy()
    place = np.empty(target.size, np.int32)
    place_new = np.empty(order.size, np.int32)
    row, a = 0, 0
    while row < nodes:
        if not touched[row] and row < old_nodes:
            last = row
            while last < old_nodes and not touched[last]:
                last += 1
            shift = new_start[row] - start[row]
            one, two = start[row], start[last]
            t[one + shift : two + shift] = target[one:two]
            k[one + shift : two + shift] = kind[one:two]
            r[one + shift : two + shift] = reliability[one:two]
            o[one + shift : two + shift] = openness[one:two]
            m[one + shift : two + shift] = mission[one:two]
            for n in range(row, last):
                f_end[n] = friends_end[n] + shift
                m_end[n] = mentors_end[n] + shift
            row = last
            continue
        at = new_start[row]
        e = start[row] if row < old_nodes else 0
        end = start[row + 1] if row < old_nodes else 0
        while True:
            while e < end and dropped[e]:
                place[e] = -1
                e += 1
            fresh = a < order.size and source_new[order[a]] == row
            if not fresh and e == end:
                break
            if fresh and (e == end or rank[target_new[order[a]]] < rank[target[e]]):
                x = order[a]
                t[at], k[at] = target_new[x], kind_new[x]
                r[at], o[at], m[at] = values[x, 0], values[x, 1], values[x, 2]
                place_new[x] = at
                a += 1
            else:
                t[at], k[at] = target[e], kind[e]
                r[at], o[at], m[at] = reliability[e], openness[e], mission[e]
                place[e] = at
                e += 1
            if k[at] == FRIEND:
                f_end[row] += 1
                m_end[row] += 1
            elif k[at] == MENTOR:
                m_end[row] += 1
            at += 1
        row += 1
    for row in range(old_nodes):
        shift = new_start[row] - start[row]
        for e in range(start[row], start[row + 1]):
            there = reverse[e]
            if there < 0 or (touched[row] and place[e] < 0):
                continue
            here = place[e] if touched[row] else e + shift
            other = target[e]
            if touched[other]:
                back[here] = place[there]
            else:
                back[here] = there + (new_start[other] - start[other])
    for x in range(order.size):
        if opposite[x] >= 0:
            back[place_new[x]] = place_new[opposite[x]]
    return new_start, f_end, m_end, t, k, r, o, m, back


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
        by_id = self._rank_ids()
        order = _order(source, target, self._rank, nodes)
        source = source[order]
        self.target = target[order]
        self.kind = kind[order]
        self.reliability = reliability[order]
        self.openness = openness[order]
        self.mission = mission[order]
        self.start, self.friends_end, self.mentors_end, self.reverse = _index(
            source, self.target, self.kind, by_id, nodes
        )
        return self

    def change(
        self,
        dropped: NDArray[np.bool_],
        source: Nodes,
        target: Nodes,
        kind: Bytes,
        values: Floats,
        opposite: Ints,
    ) -> None:
        """Drop the flagged ties and add new ones, in one pass.

        Args:
            dropped: flag for each tie that ends, shape (ties,).
            source: node that holds each new tie, shape (n,); none may stand already.
            target: node it leads to.
            kind: its kind.
            values: reliability, openness and mission of each, shape (n, 3).
            opposite: for each new tie the position, among the new ones, of the tie that answers
                it, or -1.
        """
        if self.ids.size != self._rank.size:
            self._rank_ids()
        order = np.lexsort((self._rank[target], source))
        drops = np.flatnonzero(dropped)
        (
            self.start,
            self.friends_end,
            self.mentors_end,
            self.target,
            self.kind,
            self.reliability,
            self.openness,
            self.mission,
            self.reverse,
        ) = _rebuild(
            self.start,
            self.friends_end,
            self.mentors_end,
            self.target,
            self.kind,
            self.reliability,
            self.openness,
            self.mission,
            self.reverse,
            dropped,
            drops,
            np.searchsorted(self.start, drops, side="right") - 1,
            self._rank,
            self.ids.size,
            order,
            source,
            target,
            kind,
            values,
            opposite,
        )

    def _rank_ids(self) -> Ints:
        by_id = np.argsort(self.ids, kind="stable")
        self._rank: Ints = np.empty(self.ids.size, np.int64)
        self._rank[by_id] = np.arange(self.ids.size)
        return by_id

    def sources(self) -> Nodes:
        """Return the node that holds each tie, shape (ties,)."""
        nodes = np.arange(self.start.size - 1, dtype=np.int32)
        return np.repeat(nodes, np.diff(self.start))

    def __len__(self) -> int:
        return int(self.target.size)

    def trust(self) -> Floats:
        """Return the trust of every tie."""
        result: Floats = (self.reliability + self.openness + self.mission) / 3.0
        return result

    def listens(self, one: int, other: int) -> bool:
        """Return whether node `one` has a friend tie to node `other`."""
        return bool((self.target[self.start[one] : self.friends_end[one]] == other).any())

    def degrees(self) -> Ints:
        """Return the number of friend ties of each resident."""
        first = self.first_resident
        result: Ints = self.friends_end[first:] - self.start[first:-1]
        return result

    def table(self) -> TieTable:
        """Return all ties with ids, by source id and then target id."""
        source, target = self.ids[self.sources()], self.ids[self.target]
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
