"""What two people at a time do to each other's opinions: the pairwise forms of dialogue."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.reference.agents import Resident

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

Opinions = dict[int, float]


def conversations(model: ReferenceModel, p: Any) -> Opinions:
    """Return everyone's opinion, by id, after the month's encounters."""
    here = model.present
    opinions = {who.id: who.opinion for who in here}
    for k in range(round(p.encounters * len(here))):
        who = here[math.floor(model.draw("dialogue/who", k) * len(here))]
        friends = [tie.other for tie in who.friends.values() if tie.other.present]
        if not friends:
            continue
        other = friends[math.floor(model.draw("dialogue/partner", k) * len(friends))]
        if p.exchange == "pairwise":
            move_closer(p, who, other, opinions)
        else:
            say_a_word(model, p, k, who, other, opinions)
    return opinions


def trust(one: Resident, other: Resident) -> float:
    """Return the trust of one in the other; none without a tie."""
    tie = one.friends.get(other.id)
    return tie.trust if tie is not None else 0.0


def heard(p: Any, one: Resident, other: Resident) -> float:
    """Return the part of what the other says that reaches one."""
    bias = p.group_bias if one.group != other.group else 0.0
    return trust(one, other) * (1.0 - bias)


def move_closer(p: Any, one: Resident, two: Resident, opinions: Opinions) -> None:
    """Let both move toward the other, if they are near enough."""
    x, y = opinions[one.id], opinions[two.id]
    if abs(x - y) > p.confidence + 1e-12:
        return
    for mover, other, here, there in ((one, two, x, y), (two, one, y, x)):
        loud = 2.0 * other.voice / (mover.voice + other.voice)
        part = p.convergence * mover.susceptibility * heard(p, mover, other) * loud
        opinions[mover.id] = here + min(1.0, part) * (there - here)


def words(opinion: float) -> set[str]:
    """Return the words that somebody holds."""
    if opinion > 0.75:
        return {"A"}
    return {"B"} if opinion < 0.25 else {"A", "B"}


def say_a_word(
    model: ReferenceModel, p: Any, k: int, speaker: Resident, hearer: Resident, opinions: Opinions
) -> None:
    """Let one say a word; both keep it alone if both hold it, otherwise the other adds it."""
    if model.draw("dialogue/heard", k) >= heard(p, hearer, speaker):
        return
    known = words(opinions[speaker.id])
    if len(known) == 2:
        word = "A" if model.draw("dialogue/word", k) < 0.5 else "B"
    else:
        (word,) = known
    agreed = word in words(opinions[hearer.id])
    if agreed:
        changed = {speaker.id: float(word == "A"), hearer.id: float(word == "A")}
    else:
        changed = {hearer.id: 0.5}
    for who in (speaker, hearer):
        if who.id in changed and not who.committed:
            opinions[who.id] = changed[who.id]
