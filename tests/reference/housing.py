"""Who can stay, who comes, and how ties change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulation.state import HOMES
from tests.reference.agents import Connector, Resident, Tie, clip, sort_ties
from tests.reference.events import draw_newcomer

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel


def housing(model: ReferenceModel, p: Any) -> None:
    """12 · People leave and move in; ties are dropped and made."""
    stocks = model.stocks
    stocks.pressure = pressure(model, p)
    for who in model.residents:
        if not who.present:
            free = 1.0 - model.parameters.living.burden_weight * who.burden
            there = [p.outside * v * free for v in model.groups[who.group].conditions_start]
            pairs = zip(who.wellbeing, there, strict=True)
            who.wellbeing = [w + (goal - w) / p.outside_delay for w, goal in pairs]
    leavers = []
    for who in model.present:
        chance = p.base_turnover + p.moving_rate * stocks.pressure / (1.0 + who.resources)
        if who.lives_here and model.draw("housing/leave", who.id) < min(1.0, chance):
            leavers.append(who)
    for who in leavers:
        leave(model, p, who)
    for who in leavers:
        move_in(model, p, who)
    change_ties(model, p)


def pressure(model: ReferenceModel, p: Any) -> float:
    """Return the pressure on people to leave."""
    risen = 0.0
    for share, group in zip(model.population(), model.groups, strict=True):
        risen += share * (sum(group.conditions) - sum(group.conditions_start)) / 3.0
    owned = model.stocks.ownership
    return clip(model.levers.displacement + p.sensitivity * max(0.0, risen) * (1.0 - owned))


def leave(model: ReferenceModel, p: Any, who: Resident) -> None:
    for seat in model.seats:
        if seat.holder == who.id:
            model.vacate(seat)
    who.present, who.stewardship = False, 0.0
    who.wellbeing = [max(0.0, value - p.moving_loss) for value in who.wellbeing]


def move_in(model: ReferenceModel, p: Any, leaver: Resident) -> None:
    """Let somebody take over a leaver's home and most of the leaver's ties."""
    id = leaver.id + HOMES
    group = leaver.group
    if p.newcomer_group >= 0 and model.draw("housing/newcomer", id) < p.newcomer_share:
        group = p.newcomer_group
    who = draw_newcomer(model, id, group, leaver.place, leaver.home)
    trust = p.newcomer_trust
    for friend_id, tie in leaver.friends.items():
        if tie.other.present:
            who.friends[friend_id] = Tie(tie.other, trust, trust, trust)
            tie.other.friends[id] = Tie(who, trust, trust, trust)
    for connector_id, tie in leaver.mentors.items():
        who.mentors[connector_id] = Tie(tie.other, trust, trust, trust)
        tie.other.clients[id] = Tie(who, trust, trust, trust)
        tie.other.clients = sort_ties(tie.other.clients)
    for institution_id, tie in leaver.services.items():
        who.services[institution_id] = Tie(tie.other, 0.5, 0.5, 0.5)
    drop_all(model, leaver)


def drop_all(model: ReferenceModel, leaver: Resident) -> None:
    """Forget all ties of somebody who left."""
    for other in model.present:
        other.friends.pop(leaver.id, None)
        other.friends = sort_ties(other.friends)
    for tie in leaver.mentors.values():
        tie.other.clients.pop(leaver.id, None)
    leaver.friends, leaver.mentors, leaver.services = {}, {}, {}


# --- ties -----------------------------------------------------------------------------------------


def pair(one: int, two: int) -> tuple[int, int]:
    return min(one, two), max(one, two)


def tied(one: Resident, two: Resident) -> bool:
    """Return whether two are friends, in either direction."""
    return two.id in one.friends or one.id in two.friends


def change_ties(model: ReferenceModel, p: Any) -> None:
    """Rewire and bridge; everything is judged by the ties as they stood after the moves."""
    dropped: set[tuple[int, int]] = set()
    added: set[tuple[int, int]] = set()
    for who in model.present:
        rewire(model, p, who, dropped, added)
    for connector in model.connectors:
        bridge(model, p, connector, added)
    for one, two in dropped:
        model.people[one].friends.pop(two, None)
        model.people[two].friends.pop(one, None)
    for one, two in added:
        i, k = model.people[one], model.people[two]
        values = (p.newcomer_trust, p.newcomer_trust, 1.0 - abs(i.opinion - k.opinion))
        i.friends[two], k.friends[one] = Tie(k, *values), Tie(i, *values)
        i.friends, k.friends = sort_ties(i.friends), sort_ties(k.friends)


def rewire(
    model: ReferenceModel,
    p: Any,
    who: Resident,
    dropped: set[tuple[int, int]],
    added: set[tuple[int, int]],
) -> None:
    """Let somebody swap the least trusted friend for a friend's friend."""
    friends = list(who.friends.values())
    if len(friends) < 2 or model.draw("housing/rewire", who.id) >= p.rewiring:
        return
    least = min(friends, key=lambda tie: tie.trust).other
    via = friends[math.floor(model.draw("housing/via", who.id) * len(friends))].other
    choice = list(via.friends.values())
    if not choice:
        return
    found = choice[math.floor(model.draw("housing/candidate", who.id) * len(choice))].other
    new = pair(who.id, found.id)
    if found is who or not found.present or tied(who, found) or new in added:
        return
    if pair(who.id, least.id) in dropped:
        return
    if who.group != found.group and model.draw("housing/accept", who.id) < p.homophily:
        return
    dropped.add(pair(who.id, least.id))
    added.add(new)


def bridge(
    model: ReferenceModel, p: Any, connector: Connector, added: set[tuple[int, int]]
) -> None:
    """Let a connector tie a client to several clients of another group."""
    clients = [tie.other for tie in connector.clients.values() if tie.other.present]
    n = len(clients)
    chance = p.bridging * connector.pay * (1.0 - connector.burnout)
    if n < 2 or model.draw("housing/bridge", connector.id) >= chance:
        return
    one = clients[math.floor(model.draw("housing/bridge-from", connector.id) * n)]
    if len(one.friends) >= p.most_ties:
        return
    first = math.floor(model.draw("housing/bridge-to", connector.id) * n)
    built = 0
    for step in range(n):
        other = clients[(first + step) % n]
        new = pair(one.id, other.id)
        free = not tied(one, other) and new not in added
        if built < connector.width and other.group != one.group and free:
            added.add(new)
            built += 1
