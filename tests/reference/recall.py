"""Encounters in pairs, and what people remember of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.reference.agents import Resident

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

LONGEST_RECALL = 60


def encounters(model: ReferenceModel) -> list[tuple[Resident, Resident]]:
    """Return who meets whom this month."""
    chance = {who.id: model.draw("activation/pair", who.id) for who in model.present}
    turns = sorted(model.present, key=lambda who: chance[who.id])
    free, pairs = list(turns), []
    for who in turns:
        met = next((other for other in free if other.id in who.friends), None)
        if who in free and met is not None:
            free.remove(who)
            free.remove(met)
            pairs.append((who, met))
    return pairs


def remember_encounters(model: ReferenceModel, p: Any) -> None:
    """Let people meet in pairs and add what they see to what they remember."""
    for one, two in encounters(model):
        notice(model, p, one, two)
        notice(model, p, two, one)


def notice(model: ReferenceModel, p: Any, who: Resident, other: Resident) -> None:
    """Add to somebody's memory whether the other was seen to act."""
    tie = who.friends.get(other.id)
    if tie is None:
        return
    seen = p.base_presence if other.in_seat else 1.0
    chance = tie.trust * (seen * other.stewardship)
    acted = model.draw("activation/notice", who.id, other.id) < chance
    who.recall = [int(acted), *who.recall][:LONGEST_RECALL]


def recalled(p: Any, who: Resident) -> float:
    """Return the share of the encounters recalled in which the other acted."""
    return sum(who.recall[: p.memory]) / p.memory
