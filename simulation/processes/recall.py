"""Recall: whom residents meet in pairs, and what they remember of it (`activation`).

    matching   present residents take their turn in ascending order of `activation/pair` (keyed by
               id). Each who is not paired yet is paired with the friend, present and not paired
               yet, whose draw is smallest (smallest id among equals).
    noticing   i notices the other act when `activation/notice`, keyed (i, other), < trust_i,other *
               seen_other. It becomes the lowest bit of `recall` of i, and all earlier bits move up.
    recalling  a_i = number of ones among the last `memory` bits / memory

Where everyone is tied to everyone, those next to each other in the order of draws are paired: a
matching drawn uniformly, perfect for an even number. Who meets nobody, or only somebody they do not
listen to (ties of a file may run one way), remembers what they did before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.state import LONGEST_RECALL, Floats, Ints

if TYPE_CHECKING:
    from simulation.community import CommunityModel


@kernel
def pair_along_ties(
    turns: Ints,
    draws: Floats,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    reverse: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    present: Any,
    other: Ints,
    felt: Floats,
) -> None:
    """Pair friends; write whom each meets (-1: nobody) and the trust in them (-1: no tie)."""
    for n in range(turns.size):
        i = turns[n]
        if other[i] >= 0:
            continue
        best, least = -1, 2.0
        for e in range(start[first + i], friends_end[first + i]):
            j = target[e] - first
            if present[j] and other[j] < 0 and draws[j] < least:
                best, least = e, draws[j]
        if best < 0:
            continue
        j = target[best] - first
        other[i], other[j] = j, i
        felt[i] = (reliability[best] + openness[best] + mission[best]) / 3.0
        back = reverse[best]
        if back >= 0:
            felt[j] = (reliability[back] + openness[back] + mission[back]) / 3.0


@kernel
def remember(
    memory: int,
    longest: int,
    month: int,
    noticing: Key,
    ids: Ints,
    present: Any,
    seen: Floats,
    other: Ints,
    felt: Floats,
    recall: Ints,
    pull: Floats,
) -> None:
    """Add this month's encounters to `recall`, and write the share of acts recalled to `pull`."""
    this_noticing = at(noticing, month)
    kept = (np.int64(1) << np.int64(longest)) - np.int64(1)
    for i in range(ids.size):
        pull[i] = 0.0
        if not present[i]:
            continue
        if felt[i] >= 0.0:
            j = other[i]
            bits = (recall[i] << np.int64(1)) & kept
            if draw(this_noticing, ids[i], ids[j]) < felt[i] * seen[j]:
                bits |= np.int64(1)
            recall[i] = bits
        bits, acts = recall[i], 0
        for _ in range(memory):
            acts += bits & np.int64(1)
            bits >>= np.int64(1)
        pull[i] = acts / memory


def pair(community: CommunityModel) -> tuple[Ints, Floats]:
    """Return the row of whom each resident meets this month, and the trust in them.

    Both have shape (residents,) and hold -1 for those who meet nobody, or nobody they listen to.
    """
    r, t = community.residents, community.ties
    draws = community.luck.uniforms("activation/pair", community.month, r.id)
    turns = community.order[r.present[community.order]]
    turns = turns[np.argsort(draws[turns], kind="stable")]
    other, felt = np.full(len(r), -1, np.int64), np.full(len(r), -1.0)
    if t.implicit:
        met = turns.size // 2 * 2
        other[turns[0:met:2]], other[turns[1:met:2]] = turns[1:met:2], turns[0:met:2]
        felt[turns[:met]] = t.implicit_trust
        return other, felt
    pair_along_ties(
        turns,
        draws,
        t.first_resident,
        t.start,
        t.friends_end,
        t.target,
        t.reverse,
        t.reliability,
        t.openness,
        t.mission,
        r.present,
        other,
        felt,
    )
    return other, felt


def recalled(community: CommunityModel, memory: int, seen: Floats, pull: Floats) -> None:
    """Let residents meet in pairs, remember, and write the share of acts recalled to `pull`."""
    r = community.residents
    other, felt = pair(community)
    remember(
        memory,
        LONGEST_RECALL,
        community.month,
        community.luck.key("activation/notice"),
        r.id,
        r.present,
        seen,
        other,
        felt,
        r.recall,
        pull,
    )
