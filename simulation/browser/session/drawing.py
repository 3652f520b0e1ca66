"""Drawing: follows a community's people and ties from month to month, as the map shows them.

Nodes are institutions, connectors, then homes; a home shows who lives in it now. Ties are pairs of
nodes, both directions as one; each keeps its place in the list for as long as the run lasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.browser.session import frames as bits
from simulation.browser.session.frames import Bytes, Floats32, Frame, byte, squashed
from simulation.state import Floats, Ints
from simulation.ties import FRIEND, SERVICE

if TYPE_CHECKING:
    from simulation.community import CommunityModel

CHANNELS = (
    "wellbeing", "trust", "safety", "skill", "resources", "burnout", "grievance", "voice",
)  # fmt: skip
"""What the map can be filled with, in the order in which frames hold it."""

OTHER_GROUP = 1 << 6
"""Bit of the flags: who lives here now is of another group than the first who did."""

FRIENDS = "friend"
SERVICES_UP_TO = 600
"""Communities of more agents are drawn without the ties between residents and institutions."""

FRIENDS_UP_TO = 200_000
"""Friends of everybody, counted from each side, up to which the ties between them are drawn."""


class Drawing:
    """Turns months of a community into frames.

    Attributes:
        homes: numbers of the homes, in the order of their nodes.
        first_home: node of the first home.
        people: who lived in each home, by month; -1 for nobody.
        source, target, kind: the ties known so far.
        left_out: kinds of ties that are not drawn.
    """

    def __init__(self, community: CommunityModel, new_homes: Sequence[range]) -> None:
        self._start_homes = community.size
        self.first_home = community.ties.first_resident
        self.left_out = _left_out(community)
        self._structure: Any = None
        self._codes: Ints = np.empty(0, np.int64)
        self._by_code: Ints = np.empty(0, np.int64)
        self.kind: Bytes = np.empty(0, np.uint8)
        self.people: list[Ints] = []
        self.map_homes(new_homes)
        self.group: Bytes = np.empty(0, np.uint8)

    def map_homes(self, new_homes: Sequence[range]) -> None:
        """Take in which homes there are; those of the start never change."""
        self.homes: Ints = np.concatenate(
            [np.arange(self._start_homes), *(np.array(h, np.int64) for h in new_homes)]
        )
        order = np.argsort(self.homes, kind="stable")
        self._sorted, self._order = self.homes[order], order
        self._structure = None

    @property
    def nodes(self) -> int:
        """How many nodes the map has."""
        return self.first_home + int(self.homes.size)

    @property
    def source(self) -> Ints:
        """Nodes at which the ties known so far begin, the lower of two."""
        return self._codes >> 32

    @property
    def target(self) -> Ints:
        """Nodes at which they end."""
        return self._codes & 0xFFFFFFFF

    def cut(self, ties: int, month: int) -> None:
        """Forget all ties but the first so many, and who lived where after a month."""
        self._codes, self.kind = self._codes[:ties], self.kind[:ties]
        self._by_code = np.empty(0, np.int64)
        self.people = self.people[: month + 1]
        self._structure = None

    def copy(self) -> Drawing:
        """Return an independent drawing that knows the same."""
        twin = object.__new__(Drawing)
        twin.__dict__.update(self.__dict__)
        twin.people, twin._structure = list(self.people), None
        return twin

    # ------------------------------------------------------------------ a month

    def frame(self, community: CommunityModel, values: Floats32) -> Frame:
        """Return the month at which a community stands; called month by month from 0."""
        known = self._codes.size
        trust, own = self._trust(community)
        if community.month == 0:
            known = self._codes.size  # the setup tells of them
        rows = np.zeros((1 + len(CHANNELS), self.nodes), np.uint8)
        self._draw_people(community, rows, own)
        self._draw_others(community, rows, own)
        added = np.column_stack((self.source[known:], self.target[known:])).astype(np.uint32)
        added[self.kind[known:] != 0, 0] |= np.uint32(bits.OTHER_KIND)
        return Frame.pack(community.month, rows[0], rows[1:], trust, values, added)

    def _draw_people(self, community: CommunityModel, rows: Bytes, own: Floats) -> None:
        """Write flags and channels of whoever lives in each home."""
        r = community.residents
        here = np.flatnonzero(r.present)
        node = self.first_home + self._place(r.home[here])
        self._note_people(node, r.id[here])
        if community.month == 0:
            self.group = np.full(self.nodes, 255, np.uint8)
            self.group[node] = r.group[here]
        flags = np.full(here.size, bits.PRESENT, np.uint8)
        acts = r.stewardship[here]
        for bit, true in (
            (bits.HALF, (acts > 0.0) & (acts < 1.0)),
            (bits.FULL, acts >= 1.0),
            (bits.LEADER, r.in_seat[here]),
            (bits.COMMITTED, r.committed[here]),
            (bits.NEWCOMER, ~r.founder[here]),
            (OTHER_GROUP, self._moved_group(node, r.group[here])),
        ):
            flags[true] |= bit
        rows[0, node] = flags
        wellbeing = r.wellbeing[:, 0] + r.wellbeing[:, 1] + r.wellbeing[:, 2]
        trust, sizes = own[community.ties.first_resident :], (r.resources, r.voice)
        resources, voice = (squashed(amount) for amount in sizes)
        channels = np.stack(
            (
                wellbeing / 3.0, trust, r.safety, r.skill,
                resources, r.burnout, r.grievance, voice,
            )
        )  # fmt: skip
        rows[1:, node] = byte(channels[:, here])

    def _moved_group(self, node: Ints, group: Ints) -> Any:
        first = self.group[np.minimum(node, self.group.size - 1)]
        return (node < self.group.size) & (first != 255) & (first != group)

    def _draw_others(self, community: CommunityModel, rows: Bytes, own: Floats) -> None:
        """Write what there is to say of institutions and connectors."""
        first, c = community.ties.first_connector, community.connectors
        rows[0, : self.first_home] = bits.PRESENT
        rows[1 + CHANNELS.index("trust"), : self.first_home] = byte(own[: self.first_home])
        rows[1 + CHANNELS.index("burnout"), first : first + len(c)] = byte(c.burnout)

    def _note_people(self, node: Ints, ids: Ints) -> None:
        now = np.full(self.nodes, -1, np.int64)
        now[node] = ids
        last = self.people[-1] if self.people else None
        same = last is not None and np.array_equal(last, now)
        self.people.append(last if same and last is not None else now)

    def _place(self, home: Ints) -> Ints:
        found: Ints = self._order[np.searchsorted(self._sorted, home)]
        return found

    # --------------------------------------------------------------------- ties

    def _trust(self, community: CommunityModel) -> tuple[Bytes, Floats]:
        """Return the trust of each tie drawn, as bytes, and each agent's mean trust in others."""
        t = community.ties
        if self._structure is not t.target:
            self._follow(community)
        trust = t.trust()
        # Without a single tie, bincount counts in whole numbers, weights or not.
        total = np.bincount(self._holder, weights=trust, minlength=t.ids.size).astype(float)
        count = self._count
        if t.implicit:
            others = max(0, len(community.residents) - community.absent - 1)
            total[t.first_resident :] += others * t.implicit_trust
            count = count + np.where(np.arange(t.ids.size) >= t.first_resident, others, 0)
        own = np.divide(total, count, out=np.zeros(t.ids.size), where=count > 0)
        summed = np.bincount(self._slot, weights=trust[self._drawn], minlength=self._codes.size)
        alive = self._alive > 0
        mean = np.divide(summed, self._alive, out=np.zeros(self._codes.size), where=alive)
        shown = np.where(alive, np.maximum(1, byte(mean)), 0).astype(np.uint8)
        return shown, own

    def _follow(self, community: CommunityModel) -> None:
        """Find each tie's place in the list, and add those that are new."""
        t = community.ties
        node = np.arange(t.ids.size)
        homes = community.residents.home
        node[t.first_resident :] = self.first_home + self._place(homes)
        self._holder = t.sources()
        self._count = np.diff(t.start)
        drawn = np.ones(len(t), bool) if not self.left_out else t.kind != SERVICE
        if FRIENDS in self.left_out and not t.implicit:
            drawn &= t.kind != FRIEND
        self._drawn = np.flatnonzero(drawn)
        one = node[self._holder[self._drawn]]
        two = node[t.target[self._drawn]]
        code = (np.minimum(one, two) << 32) | np.maximum(one, two)
        self._slot = self._slots(code, t.kind[self._drawn])
        self._alive = np.bincount(self._slot, minlength=self._codes.size)
        self._structure = t.target

    def _slots(self, code: Ints, kind: Any) -> Ints:
        """Return the place of each pair in the list of ties, those not known yet at its end."""
        if self._codes.size:
            if self._by_code.size != self._codes.size:
                self._by_code = np.argsort(self._codes, kind="stable")
            where = np.searchsorted(self._codes, code, sorter=self._by_code)
            slot = self._by_code[np.minimum(where, self._codes.size - 1)]
            new = self._codes[slot] != code
        else:
            slot, new = np.zeros(code.size, np.int64), np.ones(code.size, bool)
        if new.any():
            fresh, first = np.unique(code[new], return_index=True)
            slot[new] = self._codes.size + np.searchsorted(fresh, code[new])
            self._codes = np.concatenate([self._codes, fresh])
            self.kind = np.concatenate([self.kind, kind[new][first].astype(np.uint8)])
        return slot


def _left_out(community: CommunityModel) -> tuple[str, ...]:
    """Return which kinds of ties are not drawn, for there would be too many of them."""
    left = []
    if len(community.residents) + community.ties.first_resident > SERVICES_UP_TO:
        left.append("service")
    ties = community.ties
    if ties.implicit or np.count_nonzero(ties.kind == FRIEND) > FRIENDS_UP_TO:
        left.append(FRIENDS)
    return tuple(left)
