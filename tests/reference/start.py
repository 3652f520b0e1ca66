"""The community before its first month, as `simulation.start` describes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.chance import Luck, derive
from simulation.spaces import build_ties
from simulation.specification import SERVES
from simulation.state import BEFORE, CONNECTOR_IDS, INSTITUTION_IDS, OUTSIDER_IDS, SECTORS
from tests.reference.agents import (
    DIMENSIONS,
    Connector,
    Group,
    Institution,
    Pair,
    Resident,
    Seat,
    Tie,
    clip,
    sort_ties,
)
from tests.reference.code import begin
from tests.reference.given import PLAIN, commit, settle, take_over

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel


def build(model: ReferenceModel) -> None:
    """Bring a community into being."""
    build_groups(model)
    build_residents(model)
    build_institutions(model)
    build_connectors(model)
    tie_friends(model)
    tie_services(model)
    tie_clients(model)
    tie_partners(model)
    build_seats(model)
    first_stocks(model)


def by_dimension(value: Any) -> list[float]:
    """Return one value for each dimension."""
    if isinstance(value, int | float):
        return [float(value)] * 3
    return [value.housing, value.health, value.livelihood]


def divide(size: int, shares: list[float]) -> list[int]:
    """Divide a whole number by shares, rounding to the largest remainders."""
    exact = [size * share / sum(shares) for share in shares]
    parts = [math.floor(x) for x in exact]
    by_remainder = sorted(range(len(shares)), key=lambda n: -(exact[n] - parts[n]))
    for n in by_remainder[: size - sum(parts)]:
        parts[n] += 1
    return parts


def build_groups(model: ReferenceModel) -> None:
    for index, group in enumerate(model.specification.groups):
        here = by_dimension(group.conditions)
        model.groups.append(Group(index, here[:], here[:], here[:], here[:]))


def build_residents(model: ReferenceModel) -> None:
    if model.files.people is not None:
        seat_people(model)
        return
    shares = [place.share for place in model.specification.places]
    id = 0
    for index, group in enumerate(model.specification.groups):
        for place, size in enumerate(divide(group.size, shares)):
            for _ in range(size):
                model.people[id] = draw_person(model, id, index, place, id)
                id += 1


def seat_people(model: ReferenceModel) -> None:
    """Bring in the people of a file: by group, place and line."""
    spec, lines = model.specification, model.files.people or []
    for index, group in enumerate(spec.groups):
        mine = [line for line in lines if line.group in ("", group.name)]
        if all(line.group == "" for line in lines):
            mine = lines[sum(g.size for g in spec.groups[:index]) :][: group.size]
        at = {place.name: [x for x in mine if x.place == place.name] for place in spec.places}
        rest = [line for line in mine if not line.place]
        for place, size in zip(
            spec.places, divide(len(rest), [x.share for x in spec.places]), strict=True
        ):
            at[place.name] += rest[:size]
            del rest[:size]
        for place_index, here in enumerate(at.values()):
            for line in sorted(here, key=lambda x: x.number):
                id = len(model.people)
                who = draw_person(model, id, index, place_index, id, line.stated)
                who.name, who.sure_of_grievance = line.name, "grievance" in line.stated
                model.people[id] = who
                model.ids[line.name] = id


def draw_person(
    model: ReferenceModel,
    id: int,
    index: int,
    place: int,
    home: int,
    stated: dict[str, float] | None = None,
) -> Resident:
    """Return a resident as they stand at the start, without ties; what is stated is not drawn."""
    group = model.specification.groups[index]
    stated = stated or {}
    p = model.parameters.start
    who = Resident(model, id, index, place, home)

    def draw(name: str) -> float:
        return model.draw(f"start/{name}", id, month=BEFORE)

    def normal(name: str, second: int = 0) -> float:
        return model.normal(f"start/{name}", id, second, month=BEFORE)

    commuter = draw("commuter") < group.commuters
    who.lived_experience = bool(
        stated.get("lived_experience", draw("lived") < group.lived_experience)
    )
    who.lives_here = not commuter
    settle(who, stated)
    who.works_here = bool(
        stated.get("works_here", not who.lives_here or draw("works") < group.works)
    )
    who.committed = draw("committed") < group.committed
    commit(who, stated)
    mean = p.opinion if group.opinion is None else group.opinion
    if p.opinion_shape == "uniform":
        away = math.sqrt(3.0) * (2.0 * draw("opinion") - 1.0)
    else:
        away = normal("opinion")
    who.opinion = who.anchor = stated.get("opinion", clip(mean + p.opinion_spread * away))
    who.susceptibility, who.self_weight = (
        getattr(p, name) if getattr(group, name) is None else getattr(group, name)
        for name in ("susceptibility", "self_weight")
    )
    who.threshold = own_threshold(model, id, home) + group.threshold_shift
    who.skill = p.skill_low + (p.skill_high - p.skill_low) * draw("skill")
    who.skill = stated.get("skill", who.skill)
    who.skill_used = who.skill / 2.0
    who.voice, who.burden = group.voice, stated.get("burden", group.burden)
    spread = p.resource_spread
    who.resources = group.resources * math.exp(spread * normal("resources") - spread**2 / 2.0)
    who.safety, who.efficacy = p.safety, p.efficacy
    who.grievance = p.grievance + (1.0 - p.grievance) * group.extraction
    who.stewardship = 1.0 if who.committed or draw("steward") < p.stewards else 0.0
    for name in PLAIN:
        setattr(who, name, stated.get(name, getattr(who, name)))
    weight = model.parameters.living.burden_weight
    who.wellbeing = [
        clip(value * (1.0 - weight * who.burden) + p.wellbeing_spread * normal("wellbeing", d))
        for d, value in enumerate(by_dimension(group.conditions))
    ]
    return who


def own_threshold(model: ReferenceModel, id: int, home: int) -> float:
    """Return somebody's threshold before the group's shift."""
    p, size = model.parameters.start, model.specification.size
    if p.threshold_shape == "normal":
        drawn: float = p.threshold + p.threshold_spread * model.normal(
            "start/threshold", id, month=BEFORE
        )
        return drawn
    if p.threshold_shape == "even" and home < size:
        at = 2.0 * home / (size - 1) - 1.0 if size > 1 else 0.0
    else:
        at = 2.0 * model.draw("start/threshold", id, month=BEFORE) - 1.0
    return float(p.threshold + p.threshold_spread * at)


def build_institutions(model: ReferenceModel) -> None:
    same = (
        "budget present_bias discount horizon present_length commit_months upstream pooled "
        "openness resistance keeps savings local_spend idle_assets"
    )
    for row, item in enumerate(model.specification.institutions):
        it = Institution(model, INSTITUTION_IDS + row, row)
        for name in same.split():
            setattr(it, name, getattr(item, name))
        it.sector = SECTORS.index(item.sector)
        it.capability = it.upstream if item.capability is None else item.capability
        it.upstream_before = it.upstream
        weights = list(SERVES[item.sector]) if item.serves is None else by_dimension(item.serves)
        it.serves = [weight / sum(weights) for weight in weights]
        model.institutions.append(it)


def build_connectors(model: ReferenceModel) -> None:
    spec = model.specification
    employers = [item.name for item in spec.institutions]
    places = [place.name for place in spec.places]
    for team in spec.connectors:
        for _ in range(team.count):
            who = Connector(model, CONNECTOR_IDS + len(model.connectors))
            who.employer = employers.index(team.employer) if team.employer else -1
            who.place = places.index(team.place) if team.place else -1
            who.attention, who.width = team.attention, team.width
            who.depends, who.pay = team.depends, 1.0 - team.depends
            who.wanted = team.caseload
            model.connectors.append(who)


def friend_pairs(model: ReferenceModel) -> list[tuple[int, int]]:
    """Return which residents are tied at the start, each pair of ids once."""
    spec, pairs = model.specification, []
    for index, place in enumerate(spec.places):
        here = [person for person in model.residents if person.place == index]
        groups = np.array([person.group for person in here], dtype=np.int64)
        ids = np.array([person.id for person in here], dtype=np.int64)
        luck = model.luck
        if len(spec.places) > 1:
            seed = derive(model.luck.seed, "place", place.name)
            luck = Luck(seed, strict=model.luck.strict)
        edges = build_ties(spec.ties, groups, ids, luck)
        pairs += [
            (here[a].id, here[b].id)
            for a, b in zip(edges.first.tolist(), edges.second.tolist(), strict=True)
        ]
    known, n = set(pairs), len(model.people)
    for q in range(round(spec.ties.between * len(pairs)) if len(spec.places) > 1 else 0):
        ends = [math.floor(model.draw("start/between", q, k, BEFORE) * n) for k in (0, 1)]
        pair = (min(ends), max(ends))
        if model.people[pair[0]].place != model.people[pair[1]].place:
            known.add(pair)
    return sorted(known)


def tie_friends(model: ReferenceModel) -> None:
    if model.specification.ties.kind == "file":
        tie_from_file(model)
        return
    for one, two in friend_pairs(model):
        for i, j in ((one, two), (two, one)):
            model.people[i].friends[j] = new_friendship(model, i, j)
    for person in model.residents:
        person.friends = sort_ties(person.friends)


def new_friendship(model: ReferenceModel, i: int, j: int) -> Tie:
    """Return what i feels for j at the start."""
    p = model.parameters.start
    one, two = model.people[i], model.people[j]
    mean = p.trust_within if one.group == two.group else p.trust_across
    reliability, openness = (
        clip(mean + p.trust_spread * model.normal(f"start/{part}", i, j, BEFORE))
        for part in ("reliability", "openness")
    )
    mission = 1.0 - p.congruence * abs(one.opinion - two.opinion)
    return Tie(two, reliability, openness, mission)


def tie_from_file(model: ReferenceModel) -> None:
    """Tie those whom a file ties, and take over the trust it states."""
    for one, two, stated in model.files.friends or []:
        i, j = model.ids[one], model.ids[two]
        tie = new_friendship(model, i, j)
        take_over(tie, stated)
        model.people[i].friends[j] = tie
    for person in model.residents:
        person.friends = sort_ties(person.friends)


def tie_services(model: ReferenceModel) -> None:
    p = model.parameters.start
    by_name = institutions_by_name(model)
    for who in model.residents:
        by_chance = sorted(
            model.institutions, key=lambda it: model.draw("start/service", who.id, it.id, BEFORE)
        )
        chosen = {it.id: it for it in by_chance[: p.service_ties]}
        parts: dict[int, dict[str, float]] = {}
        if model.files.services is not None:
            mine = [(by_name[it], t) for name, it, t in model.files.services if name == who.name]
            chosen = {it.id: it for it, _ in mine}
            parts = {it.id: stated for it, stated in mine}
        felt = who.grievance
        for id, it in sorted(chosen.items()):
            tie = Tie(it, *[p.institution_trust] * 3)
            who.services[it.id] = tie
            live_through_history(model, who, tie)
            take_over(tie, parts.get(id, {}))
        if who.sure_of_grievance:
            who.grievance = felt


def institutions_by_name(model: ReferenceModel) -> dict[str, Institution]:
    """Return the institutions by their names in the scenario."""
    items = zip(model.specification.institutions, model.institutions, strict=True)
    return {item.name: it for item, it in items}


def live_through_history(model: ReferenceModel, who: Resident, tie: Tie) -> None:
    """Apply the promises an institution kept or broke before the start."""
    group, p = model.specification.groups[who.group], model.parameters.trust
    for h in range(group.promises):
        if model.draw("start/history", who.id, tie.other.id, BEFORE + 1 + h) < group.kept:
            tie.reliability += p.gain_kept * (1.0 - tie.reliability)
            tie.openness += p.spillover * p.gain_kept * (1.0 - tie.openness)
            tie.mission += p.spillover * p.gain_kept * (1.0 - tie.mission)
        else:
            tie.reliability -= p.loss_broken * tie.reliability
            tie.openness -= p.spillover * p.loss_broken * tie.openness
            tie.mission -= p.spillover * p.loss_broken * tie.mission
            who.grievance += p.hurt * (1.0 - who.grievance)


def tie_clients(model: ReferenceModel) -> None:
    trust = model.parameters.start.connector_trust
    for who in model.connectors:
        near = [r for r in model.residents if who.place in (-1, r.place)]
        near.sort(key=lambda r: model.draw("start/client", r.id, who.id, BEFORE))
        clients = near[: who.wanted]
        for client in sorted(clients, key=lambda r: r.id):
            who.clients[client.id] = Tie(client, trust, trust, trust)
            client.mentors[who.id] = Tie(who, trust, trust, trust)
        who.caseload = float(len(clients))


def tie_partners(model: ReferenceModel) -> None:
    trust = model.parameters.start.partner_trust
    by_name = institutions_by_name(model)
    if model.files.partners is not None:
        for source, target, stated in model.files.partners:
            one, two = by_name[source], by_name[target]
            one.partners[two.id] = Tie(two, trust, trust, trust)
            take_over(one.partners[two.id], stated)
        for it in model.institutions:
            it.partners = sort_ties(it.partners)
        return
    for one in model.institutions:
        for two in model.institutions:
            if one is not two:
                one.partners[two.id] = Tie(two, trust, trust, trust)


def build_seats(model: ReferenceModel) -> None:
    p = model.parameters.leadership
    for it, item in zip(model.institutions, model.specification.institutions, strict=True):
        for slot in range(item.leader_seats):
            row = len(model.seats)
            chance = model.draw("start/knowledge", it.id, slot, BEFORE)
            knowledge = p.knowledge_low + (p.knowledge_high - p.knowledge_low) * chance
            holder = OUTSIDER_IDS + 1000 * row
            rapport = model.parameters.start.rapport
            seat = Seat(row, it, slot, holder, knowledge, rapport)
            model.seats.append(seat)
            if slot < item.resident_seats:
                free = [r for r in model.residents if r.lives_here and not r.in_seat]
                best = max(free, key=lambda r: (r.skill, -r.id), default=None)
                if best is not None:
                    seat.holder, seat.group, seat.resident = best.id, best.group, True
                    best.in_seat = True


def first_stocks(model: ReferenceModel) -> None:
    """Work out what is recorded of the community as a whole."""
    from tests.reference.governance import hold_power
    from tests.reference.living import legitimacy, strength, weighted_resistance
    from tests.reference.people import true_wellbeing

    truth = true_wellbeing(model, [group.conditions for group in model.groups])
    population = model.population()
    for group, known, share in zip(model.groups, truth, population, strict=True):
        group.sensed = known[:]
        group.agenda = [share / 3.0 for _ in DIMENSIONS]
    untied = model.parameters.start.institution_trust
    for it in model.institutions:
        it.with_group = [Pair(untied) for _ in model.groups]
    legitimacy(model)
    hold_power(model)
    model.stocks.resisted = weighted_resistance(model)
    model.stocks.leadership = strength(model, mentoring_time=0.0)
    begin(model)


__all__ = ["build", "draw_person"]
