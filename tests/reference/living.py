"""How life goes on: living, trust and resistance, leadership."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulation.state import OUTSIDER_IDS, SECTORS
from tests.reference.agents import DIMENSIONS, Institution, Resident, Seat, Tie, clip, mean_trust
from tests.reference.sanctions import sanctioned

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel


GOVERNMENT = SECTORS.index("government")
OWNER = SECTORS.index("external_owner")


def mean_stewardship(people: list[Resident]) -> float:
    return sum(who.stewardship for who in people) / len(people) if people else 0.0


def living(model: ReferenceModel, p: Any) -> None:
    """8 · Conditions, lasting policy and well-being move."""
    stocks, active = model.stocks, mean_stewardship(model.present)
    for group in model.groups:
        group.conditions_before = group.conditions[:]
        members = [who for who in model.present if who.group == group.index]
        helped = (
            (p.alone + (1.0 - p.alone) * mean_stewardship(members))
            * (p.unled + (1.0 - p.unled) * stocks.leadership)
            * (p.unlearned + (1.0 - p.unlearned) * stocks.memory)
        )
        for d in DIMENSIONS:
            rise = min(p.persistence, p.potency * group.investment[d] * helped)
            base = min(group.conditions_start[d], p.best)
            level = (1.0 - p.persistence) * (base + (p.best - base) * stocks.policy)
            v = group.conditions[d]
            group.conditions[d] = level + p.persistence * v + rise * (1.0 - v)
    votes = 0.0
    if any(it.sector == GOVERNMENT for it in model.institutions):
        votes = p.eligible * p.turnout * active
        votes += p.advocacy_effect * (1.0 - math.exp(-model.levers.advocacy))
    stocks.policy = clip(
        stocks.policy
        + p.policy_rate * votes * (1.0 - stocks.resisted) * (1.0 - stocks.policy)
        - (p.policy_decay + p.policy_neglect * (1.0 - active)) * stocks.policy
    )
    for who in model.present:
        feel(model, p, who)


def feel(model: ReferenceModel, p: Any, who: Resident) -> None:
    """Let somebody's well-being follow how they live."""
    group = model.groups[who.group]
    swing = p.resource_gain * (who.resources / (1.0 + who.resources) - 0.5)
    for d in DIMENSIONS:
        served = p.service_gain * (1.0 - math.exp(-group.services[d] / p.service_scale))
        target = clip(group.conditions[d] * (1.0 - p.burden_weight * who.burden) + served + swing)
        who.wellbeing[d] += (target - who.wellbeing[d]) / p.delay


# --- trust ----------------------------------------------------------------------------------------


def trust(model: ReferenceModel, p: Any) -> None:
    """9 · Promises, grievance, legitimacy, resistance and openness."""
    chance = {it.id: keeping(model, p, it) for it in model.institutions}
    for it in model.institutions:
        for pair in it.with_group:
            pair.made = pair.kept = 0.0
    for who in model.present:
        make_promises(model, p, who, chance)
    for it in model.institutions:
        for tie in it.partners.values():
            kept = model.draw("trust/partner", it.id, tie.other.id) < chance[tie.other.id]
            move(p, tie, kept, spillover=0.0)
    legitimacy(model)
    resist(model, p)
    open_up(model, p)


def keeping(model: ReferenceModel, p: Any, it: Institution) -> float:
    """Return the chance that an institution keeps a promise."""
    chance = clip(
        p.keep_base
        + p.keep_leadership * model.stocks.leadership
        + p.keep_capability * 4.0 * (1.0 - it.upstream) * it.capability
        + p.keep_accountability * model.stocks.ownership
    )
    return sanctioned(p, chance)


def make_promises(model: ReferenceModel, p: Any, who: Resident, chance: dict[int, float]) -> None:
    """Let this month's promises to somebody be kept or broken, and what that does to them."""
    named = model.levers.acknowledgement
    trusted = mean_trust(who.services, 0.5)
    kept = broken = 0
    for tie in who.services.values():
        it: Institution = tie.other
        forced = model.levers.promises.get((it.id, who.group))
        due = model.draw("trust/promise", who.id, it.id) < p.promise_rate
        if due or forced is not None:
            keeps = model.draw("trust/kept", who.id, it.id) < chance[it.id]
            keeps = keeps if forced is None else forced
            move(p, tie, keeps, spillover=p.spillover)
            count_promise(model, it, who.group, keeps)
            kept, broken = kept + keeps, broken + (not keeps)
        tie.openness += named * p.acknowledgement_trust * (1.0 - tie.openness)
    e, q, n = who.efficacy, who.grievance, kept + broken
    hurt = 0.0
    if n:
        gain = p.efficacy_gain * kept * (1.0 - e)
        who.efficacy = e + (gain - p.efficacy_loss * broken * e) / n
        hurt = p.hurt * (broken / n) * (1.0 - q)
    who.grievance = clip(q - p.healing * trusted * q + hurt - p.acknowledged * named * q)
    cost = named * p.acknowledgement_cost * q
    who.wellbeing = [max(0.0, value - cost) for value in who.wellbeing]


def count_promise(model: ReferenceModel, it: Institution, g: int, kept: bool) -> None:
    for count in (it.with_group[g], model.groups[g]):
        count.made += 1.0
        count.kept += 1.0 if kept else 0.0


def move(p: Any, tie: Tie, kept: bool, spillover: float) -> None:
    """Move a tie by a promise kept or broken."""
    t = tie.trust
    if kept:
        gain = p.gain_kept * (1.0 - p.confirmation_bias * (1.0 - t))
        tie.reliability += gain * (1.0 - tie.reliability)
        tie.openness += spillover * gain * (1.0 - tie.openness)
        tie.mission += spillover * gain * (1.0 - tie.mission)
    else:
        loss = p.loss_broken * (1.0 - p.confirmation_bias * t)
        tie.reliability -= loss * tie.reliability
        tie.openness -= spillover * loss * tie.openness
        tie.mission -= spillover * loss * tie.mission


def legitimacy(model: ReferenceModel) -> None:
    """Note the mean trust of each group in each institution."""
    for it in model.institutions:
        for g, pair in enumerate(it.with_group):
            trusts = [
                who.services[it.id].trust
                for who in model.present
                if who.group == g and it.id in who.services
            ]
            if trusts:
                pair.legitimacy = sum(trusts) / len(trusts)


def resist(model: ReferenceModel, p: Any) -> None:
    active = mean_stewardship(model.present)
    for it in model.institutions:
        stake = p.stake_owner if it.sector == OWNER else p.stake_other
        loss = stake * (1.0 - it.openness) * (active + model.stocks.policy) / 2.0
        it.resistance += (
            p.resistance_rate * loss * (1.0 - it.resistance) - p.resistance_decay * it.resistance
        )
    model.stocks.resisted = weighted_resistance(model)


def weighted_resistance(model: ReferenceModel) -> float:
    """Return resistance weighted by what each institution stands to lose."""
    items, p = model.institutions, model.parameters.trust
    if not items:
        return 0.0
    stakes = [p.stake_owner if it.sector == OWNER else p.stake_other for it in items]
    if sum(stakes) > 0.0:
        weighted = sum(stake * it.resistance for stake, it in zip(stakes, items, strict=True))
        return weighted / sum(stakes)
    return sum(it.resistance for it in items) / len(items)


def open_up(model: ReferenceModel, p: Any) -> None:
    active = mean_stewardship(model.present)
    for it in model.institutions:
        example = 0.0
        for tie in it.partners.values():
            example += tie.trust * 4.0 * tie.other.upstream * tie.other.capability
        peers = min(1.0, example / len(it.partners)) if it.partners else 0.0
        o = it.openness
        it.openness = clip(
            o
            + p.openness_peers * peers * (1.0 - o)
            + p.openness_pressure * active * (1.0 - o)
            - p.openness_routine * abs(it.upstream - it.upstream_before) * o
        )
    for it in model.institutions:
        it.upstream_before = it.upstream


# --- leadership -----------------------------------------------------------------------------------


def leadership(model: ReferenceModel, p: Any) -> None:
    """10 · Seats empty and are filled, leaders are mentored, and people tire."""
    for seat in model.seats:
        if not seat.filled:
            continue
        if model.draw("leadership/exit", *seat.key) < p.turnover:
            model.vacate(seat)
        else:
            seat.knowledge += p.learning * (1.0 - seat.knowledge)
            seat.rapport += (1.0 - seat.rapport) / p.rapport_months
            seat.tenure += 1
    for seat in model.seats:
        if not seat.filled and seat.vacant_for >= p.vacancy_months:
            fill(model, p, seat)
    for seat in model.seats:
        if not seat.filled:
            seat.vacant_for += 1
    for who in model.residents:
        for id, tie in who.services.items():
            tie.reliability *= (1.0 - p.exit_trust_loss) ** float(model.exits_from.get(id, 0))
    model.exits_from = {}
    intensity = mentor(model, p)
    carry_load(model, p)
    model.stocks.leadership = strength(model, p.mentor_time * intensity)


def fill(model: ReferenceModel, p: Any, seat: Seat) -> None:
    """Find a new holder for a seat."""
    drawn = model.draw("leadership/knowledge", *seat.key)
    fresh = p.knowledge_low + (p.knowledge_high - p.knowledge_low) * drawn
    knowledge = p.knowledge_carried * seat.knowledge + (1.0 - p.knowledge_carried) * fresh
    seat.changes += 1
    seat.tenure = seat.vacant_for = 0
    seat.rapport = p.ties_carried * seat.rapport
    insider = None
    if model.draw("leadership/origin", *seat.key) < p.resident_share:
        insider = best_on_bench(model, p, seat)
    if insider is None:
        seat.holder = OUTSIDER_IDS + 1000 * seat.row + seat.changes
        seat.knowledge = clip(knowledge)
        model.stocks.fund += p.outsider_funds
    else:
        seat.holder, seat.group, seat.resident = insider.id, insider.group, True
        seat.knowledge = clip(knowledge + p.insider_knowledge)
        insider.in_seat = True


def best_on_bench(model: ReferenceModel, p: Any, seat: Seat) -> Resident | None:
    """Return the resident who is to take a seat."""
    bench = [
        who
        for who in model.present
        if who.lives_here
        and not who.in_seat
        and who.skill >= p.bench_skill
        and p.bench_group in (-1, who.group)
        and (who.stewardship == 1.0 or not p.bench_stewards)
    ]
    if p.bench_pick == "most_skilled":
        return max(bench, key=lambda who: (who.skill, -who.id), default=None)
    second = seat.institution.id * 64 + seat.slot
    return min(
        bench,
        key=lambda who: (model.draw("leadership/bench", who.id, second), who.id),
        default=None,
    )


def mentor(model: ReferenceModel, p: Any) -> float:
    """Let skill grow and fade; return how intensely leaders mentor."""
    proteges = [
        who for who in model.present if who.stewardship > 0.0 and who.lives_here and not who.in_seat
    ]
    intensity = 0.0
    if proteges and any(seat.filled for seat in model.seats):
        money = (model.levers.mentoring + p.mentoring_base) * model.specification.size
        intensity = 1.0 - math.exp(-money / (p.mentoring_cost * len(proteges)))
    mentored = {who.id for who in proteges}
    for who in model.present:
        k = who.skill
        by_mentor = p.mentor_gain * intensity * (1.0 - k) if who.id in mentored else 0.0
        who.skill = clip(k + p.practice * who.stewardship * (1.0 - k) + by_mentor - p.fade * k)
    return intensity


def carry_load(model: ReferenceModel, p: Any) -> None:
    """Count unpaid hours, and let people burn out and recover."""
    for who in model.present:
        paid = min(1.0, who.spend / p.pay_rate)
        who.unpaid_hours = p.hours * who.stewardship * (1.0 - paid)
        b = who.burnout
        who.burnout = b + p.burning * who.unpaid_hours * (1.0 - b) - p.recovery * b
        who.burnout = clip(who.burnout)
    number = len(model.connectors)
    for connector in model.connectors:
        over = 0.0
        if connector.attention > 0.0:
            over = min(1.0, max(0.0, connector.caseload / connector.attention - 1.0))
        b = connector.burnout
        connector.burnout = clip(b + p.connector_burning * over * (1.0 - b) - p.recovery * b)
        money = model.levers.connectors * model.specification.size
        paid = min(1.0, money / (p.connector_cost * number))
        connector.pay = 1.0 - connector.depends * (1.0 - paid)


def strength(model: ReferenceModel, mentoring_time: float) -> float:
    """Return the strength of leadership."""
    if not model.seats:
        return 0.0
    held = sum(seat.knowledge * seat.rapport for seat in model.seats if seat.filled)
    return (1.0 - mentoring_time) * held / len(model.seats)
