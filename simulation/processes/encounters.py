"""Encounters: two people at a time change each other's opinions (forms of `dialogue`).

The equations stand in `simulation.processes.dialogue`. Encounters of one month follow one another:
each finds what those before it left. Who meets whom hangs on the month and the number of the
encounter alone, and people are counted in ascending id, so rows mean nothing here either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.state import Floats, Ints

if TYPE_CHECKING:
    from simulation.community import CommunityModel
    from simulation.processes.dialogue import Parameters


@kernel
def _who_and_whom(
    rank: int,
    chance: float,
    here: Ints,
    implicit: bool,
    all_present: bool,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    present: Any,
) -> tuple[int, int]:
    """Return the row of whom the present resident of this rank meets, and the tie to them.

    The row is -1 where there is nobody; the tie is -1 where ties are not written out.
    """
    if implicit:
        if here.size < 2:
            return -1, -1
        place = int(chance * (here.size - 1))
        return here[place + (place >= rank)], -1
    row = first + here[rank]
    e, end = start[row], friends_end[row]
    friends = end - e
    if not all_present:
        friends = 0
        for n in range(e, end):
            friends += present[target[n] - first]
    if friends == 0:
        return -1, -1
    skip = int(chance * friends)
    if all_present:
        e += skip
    else:
        while skip > 0 or not present[target[e] - first]:
            skip -= present[target[e] - first]
            e += 1
    return target[e] - first, e


@kernel
def _trust(e: int, reliability: Floats, openness: Floats, mission: Floats, without: float) -> Any:
    """Return the trust of a tie, or of those who have none written out."""
    return without if e < 0 else (reliability[e] + openness[e] + mission[e]) / 3.0


@kernel
def converge(
    p: Any,
    month: int,
    encounters: int,
    whose: Key,
    with_whom: Key,
    here: Ints,
    implicit: bool,
    implicit_trust: float,
    all_present: bool,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    reverse: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    group: Ints,
    present: Any,
    susceptibility: Floats,
    voice: Floats,
    opinion: Floats,
) -> None:
    """Let pairs whose opinions are near enough move toward each other, one pair after another."""
    this_whose, this_with_whom = at(whose, month), at(with_whom, month)
    for k in range(encounters):
        rank = int(draw(this_whose, k, 0) * here.size)
        i = here[rank]
        j, e = _who_and_whom(
            rank,
            draw(this_with_whom, k, 0),
            here,
            implicit,
            all_present,
            first,
            start,
            friends_end,
            target,
            present,
        )
        if j < 0 or abs(opinion[i] - opinion[j]) > p.confidence + 1e-12:
            continue
        back = -1 if e < 0 else reverse[e]
        step = p.convergence * (1.0 - p.group_bias * (group[i] != group[j]))
        trust = _trust(e, reliability, openness, mission, implicit_trust)
        trust_back = _trust(back, reliability, openness, mission, implicit_trust)
        both, gap = voice[i] + voice[j], opinion[j] - opinion[i]
        opinion[i] += min(1.0, step * susceptibility[i] * trust * (2.0 * voice[j] / both)) * gap
        opinion[j] -= (
            min(1.0, step * susceptibility[j] * trust_back * (2.0 * voice[i] / both)) * gap
        )


@kernel
def agree(
    p: Any,
    month: int,
    encounters: int,
    whose: Key,
    with_whom: Key,
    word: Key,
    heard: Key,
    here: Ints,
    implicit: bool,
    implicit_trust: float,
    all_present: bool,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    reverse: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    group: Ints,
    present: Any,
    committed: Any,
    opinion: Floats,
) -> None:
    """Let people name one of two words to each other, one pair after another."""
    this_whose, this_with_whom = at(whose, month), at(with_whom, month)
    this_word, this_heard = at(word, month), at(heard, month)
    for k in range(encounters):
        rank = int(draw(this_whose, k, 0) * here.size)
        i = here[rank]
        j, e = _who_and_whom(
            rank,
            draw(this_with_whom, k, 0),
            here,
            implicit,
            all_present,
            first,
            start,
            friends_end,
            target,
            present,
        )
        if j < 0:
            continue
        back = -1 if e < 0 else reverse[e]
        chance = _trust(back, reliability, openness, mission, implicit_trust)
        chance *= 1.0 - p.group_bias * (group[i] != group[j])
        if draw(this_heard, k, 0) >= chance:
            continue
        if opinion[i] < 0.25:
            said = 0.0
        elif opinion[i] > 0.75:
            said = 1.0
        else:
            said = 1.0 if draw(this_word, k, 0) < 0.5 else 0.0
        if abs(opinion[j] - said) <= 0.75:
            if not committed[i]:
                opinion[i] = said
            if not committed[j]:
                opinion[j] = said
        elif not committed[j]:
            opinion[j] = 0.5


def after_encounters(community: CommunityModel, p: Parameters) -> Floats:
    """Return the opinions of all residents after this month's encounters, shape (residents,)."""
    r, t, key = community.residents, community.ties, community.luck.key
    opinion = r.opinion.copy()
    here = community.order[r.present[community.order]]
    head = (
        p.packed,
        community.month,
        round(p.encounters * here.size),
        key("dialogue/who"),
        key("dialogue/partner"),
    )
    graph = (
        here,
        t.implicit,
        t.implicit_trust,
        community.absent == 0,
        t.first_resident,
        t.start,
        t.friends_end,
        t.target,
        t.reverse,
        t.reliability,
        t.openness,
        t.mission,
        r.group,
        r.present,
    )
    if p.exchange == "pairwise":
        converge(*head, *graph, r.susceptibility, r.voice, opinion)
    else:
        words = (key("dialogue/word"), key("dialogue/heard"))
        agree(*head, *words, *graph, r.committed, opinion)
    return opinion
