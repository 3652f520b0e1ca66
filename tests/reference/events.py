"""What happens to the community from outside, by the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.state import BEFORE, DIMENSIONS
from tests.reference.agents import Institution, Levers, Resident, Seat, Tie, sort_ties
from tests.reference.code import believe
from tests.reference.recall import LONGEST_RECALL
from tests.reference.start import draw_person

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel


def active_events(model: ReferenceModel) -> list[Any]:
    """Return the events that act this month, as listed."""
    return [e for e in model.specification.events if e.first <= model.month <= e.last]


def parameters_now(model: ReferenceModel) -> Any:
    """Return the parameters with this month's settings; later events win."""
    tree = model.specification.parameters
    for event in active_events(model):
        if event.kind == "set":
            table, _, name = event.key.partition(".")
            now = getattr(tree, table)
            changed = type(now).model_validate({**now.model_dump(), name: event.value})
            tree = tree.model_copy(update={table: changed})
    return tree


def events(model: ReferenceModel, p: Any) -> None:
    """1 · Let this month's events happen."""
    model.levers = Levers()
    model.parameters = parameters_now(model)
    for who in model.residents:
        who.spend = 0.0
    cost = 0.0
    for event in active_events(model):
        cost += event.cost
        act = LASTING.get(event.kind)
        if event.kind in ONCE and model.month == event.first:
            act = ONCE[event.kind]
        if act is not None:
            act(model, event)
    budget = sum(it.budget for it in model.institutions)
    model.levers.charge = min(1.0, cost / budget) if budget > 0.0 else 0.0


def of_groups(model: ReferenceModel, names: tuple[str, ...]) -> list[int]:
    """Return the numbers of the named groups; of all where none is named."""
    known = [group.name for group in model.specification.groups]
    return [known.index(name) for name in names] if names else list(range(len(known)))


def of_places(model: ReferenceModel, names: tuple[str, ...]) -> list[int]:
    known = [place.name for place in model.specification.places]
    return [known.index(name) for name in names] if names else list(range(len(known)))


def of_institutions(model: ReferenceModel, names: tuple[str, ...]) -> list[Institution]:
    known = [item.name for item in model.specification.institutions]
    chosen = [known.index(name) for name in names] if names else range(len(known))
    return [model.institutions[n] for n in chosen]


# --- lasting --------------------------------------------------------------------------------------


def funding(model: ReferenceModel, event: Any) -> None:
    levers, uses, amount = model.levers, event.uses, event.amount
    levers.mentoring += amount * uses.mentoring
    levers.grant += amount * uses.services
    levers.advocacy += amount * uses.policy
    levers.connectors += amount * uses.connectors
    levers.grants += amount * sum(share for use, share in uses if use != "cash")
    groups, places = of_groups(model, event.groups), of_places(model, event.places)
    here = [
        who.group
        for who in model.present
        if who.lives_here and who.group in groups and who.place in places
    ]
    for group in set(here):
        money = amount * uses.conditions * here.count(group) / len(here)
        levers.conditions[group] = levers.conditions.get(group, 0.0) + money
    stream = f"events/reach/{event.id}"
    reached = [
        who
        for who in model.present
        if who.lives_here
        and who.group in groups
        and who.place in places
        and model.draw(stream, who.id, month=BEFORE) < event.reach
    ]
    for who in reached:
        each = amount * model.specification.size / len(reached)
        who.spend += each * uses.organising
        who.resources += each * uses.cash


def acknowledgement(model: ReferenceModel, event: Any) -> None:
    model.levers.acknowledgement = max(model.levers.acknowledgement, event.strength)


def displacement(model: ReferenceModel, event: Any) -> None:
    model.levers.displacement += event.strength


def facilitation(model: ReferenceModel, event: Any) -> None:
    model.levers.facilitation = max(model.levers.facilitation, event.strength)


def promise(model: ReferenceModel, event: Any) -> None:
    for g in of_groups(model, event.groups):
        for it in of_institutions(model, event.institutions):
            model.levers.promises[it.id, g] = event.kept


# --- once -----------------------------------------------------------------------------------------


def leader_leaves(model: ReferenceModel, event: Any) -> None:
    filled, target = [seat for seat in model.seats if seat.filled], event.target
    if target.pick == "person":
        chosen = [seat for seat in filled if seat.holder in target.people]
    elif target.pick == "most_central":

        def strongest(seat: Seat) -> float:
            return -seat.knowledge * seat.rapport

        chosen = sorted(filled, key=strongest)[: target.count]
    else:

        def by_chance(seat: Seat) -> float:
            return model.draw(f"events/target/{event.id}", *seat.key)

        chosen = sorted(filled, key=by_chance)[: target.count]
    for seat in chosen:
        model.vacate(seat)


def crisis(model: ReferenceModel, event: Any) -> None:
    hit = [DIMENSIONS.index(name) for name in event.dimensions] or range(3)
    for g in of_groups(model, event.groups):
        for d in hit:
            model.groups[g].conditions[d] *= 1.0 - event.strength


def policy(model: ReferenceModel, event: Any) -> None:
    model.stocks.policy += event.strength * (1.0 - model.stocks.policy)


def share_seats(model: ReferenceModel, event: Any) -> None:
    for it in of_institutions(model, event.institutions):
        it.pooled = max(it.pooled, event.strength)


def loud_voice(model: ReferenceModel, event: Any) -> None:
    groups = of_groups(model, event.groups)
    for who in model.present:
        if who.group in groups:
            who.voice *= event.factor


def recruit(model: ReferenceModel, event: Any) -> None:
    for who in recruits(model, event):
        who.stewardship = 1.0
        who.committed = who.committed or event.committed


def recruits(model: ReferenceModel, event: Any) -> list[Resident]:
    """Return the present residents whom an event picks."""
    target, present = event.target, model.present
    if target.pick == "random":
        stream = f"events/target/{event.id}"
        return sorted(present, key=lambda who: model.draw(stream, who.id))[: target.count]
    if target.pick == "most_central":
        return sorted(present, key=lambda who: (-len(who.friends), who.id))[: target.count]
    named = set(target.people)
    if target.pick == "neighbourhood":
        for id in target.people:
            if id in model.people:
                named.update(model.people[id].friends)
    return [who for who in present if who.id in named]


def newcomers(model: ReferenceModel, event: Any) -> None:
    known = model.present
    group = of_groups(model, event.groups)[0]
    trust = model.parameters.housing.newcomer_trust
    for id in event.homes(model.specification.size):
        who = draw_newcomer(model, id, group, place=0, home=id)
        stream = f"events/tie/{event.id}"
        by_chance = sorted(known, key=lambda r: model.draw(stream, who.id, r.id))
        for friend in by_chance[: event.degree]:
            who.friends[friend.id] = Tie(friend, trust, trust, trust)
            friend.friends[who.id] = Tie(who, trust, trust, trust)
            friend.friends = sort_ties(friend.friends)
        who.friends = sort_ties(who.friends)
        friends = [tie.other for tie in who.friends.values()]
        acting = sum(friend.stewardship for friend in friends)
        if event.informed and acting > len(friends) / 2:
            who.stewardship, who.recall = 1.0, [1] * LONGEST_RECALL
        for it in model.institutions[: model.parameters.start.service_ties]:
            who.services[it.id] = Tie(it, 0.5, 0.5, 0.5)


def draw_newcomer(model: ReferenceModel, id: int, group: int, place: int, home: int) -> Resident:
    """Return somebody who moves in, without ties."""
    who = draw_person(model, id, group, place, home)
    who.lives_here = True
    who.stewardship, who.committed = 0.0, False
    who.grievance = model.parameters.start.grievance
    free = 1.0 - model.parameters.living.burden_weight * who.burden
    who.wellbeing = [value * free for value in model.groups[group].conditions]
    believe(model, who)
    model.people[id] = who
    model.people = dict(sorted(model.people.items()))
    return who


LASTING = {
    "funding": funding,
    "acknowledgement": acknowledgement,
    "displacement": displacement,
    "facilitation": facilitation,
    "promise": promise,
}
ONCE = {
    "leader_leaves": leader_leaves,
    "crisis": crisis,
    "policy": policy,
    "share_seats": share_seats,
    "loud_voice": loud_voice,
    "recruit": recruit,
    "newcomers": newcomers,
}
