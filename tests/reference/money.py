"""What institutions do with money: governance, allocation and production."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulation.state import BEFORE, SECTORS
from tests.reference.agents import DIMENSIONS, Institution, Seat, clip, mean_trust
from tests.reference.people import logistic, truth_now

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

GOVERNMENT = SECTORS.index("government")
OWNER = SECTORS.index("external_owner")
Table = list[list[float]]
"""One value by group and dimension."""


def total(table: Table) -> float:
    return sum(sum(row) for row in table)


def distance(one: Table, two: Table) -> float:
    """Return the sum of squared differences."""
    return sum(
        (a - b) ** 2.0
        for row, other in zip(one, two, strict=True)
        for a, b in zip(row, other, strict=True)
    )


def weighted_resistance(model: ReferenceModel) -> float:
    """Return resistance weighted by budget."""
    items = model.institutions
    if not items:
        return 0.0
    budget = sum(it.budget for it in items)
    if budget > 0.0:
        return sum(it.budget * it.resistance for it in items) / budget
    return sum(it.resistance for it in items) / len(items)


# --- governance -----------------------------------------------------------------------------------


def need_share(population: list[float], wellbeing: Table) -> Table:
    """Return how need is distributed, summing to 1."""
    need = [
        [share * (1.0 - value) for value in row]
        for share, row in zip(population, wellbeing, strict=True)
    ]
    whole = total(need)
    if whole > 0.0:
        return [[value / whole for value in row] for row in need]
    return [[share / 3.0 for _ in DIMENSIONS] for share in population]


def governance(model: ReferenceModel, p: Any) -> None:
    """5 · The shared table decides what the shared money is for."""
    population = model.population()
    sensed = [group.sensed for group in model.groups]
    votes = cast_votes(model, p, population, need_share(population, sensed))
    agenda = [group.agenda for group in model.groups]
    proposal = weighted_mean(votes)
    if proposal is not None and passes(p, votes, proposal, agenda):
        for group, row in zip(model.groups, proposal, strict=True):
            group.agenda = row[:]
    truth = need_share(population, truth_now(model))
    model.stocks.quality = -distance([group.agenda for group in model.groups], truth)
    hold_power(model)
    count_decisions(model, votes, proposal)
    for it in model.institutions:
        wanted = p.pool_most * it.openness * mean_trust(it.partners, 0.0)
        it.pooled = clip(it.pooled + p.pool_rate * (wanted - it.pooled))


Vote = tuple[Seat, float, Table]


def cast_votes(model: ReferenceModel, p: Any, population: list[float], needs: Table) -> list[Vote]:
    """Return the filled seats with the weight and the content of their votes."""
    by_dimension = [sum(row[d] for row in needs) for d in DIMENSIONS]
    flat = [[share * value for value in by_dimension] for share in population]
    across = trust_across(model)
    votes = []
    for seat in model.seats:
        if not seat.filled:
            continue
        if seat.resident:
            blind, voice = p.resident_blindness, model.people[seat.holder].voice
            care = clip(p.care + p.care_trust * across)
            own = [[0.0] * 3 for _ in model.groups]
            own[seat.group] = own_need(model.groups[seat.group].sensed)
        else:
            blind, voice = p.leader_blindness, p.leader_voice
            care = clip(p.care + p.care_openness * seat.institution.openness)
            own = [[share * w for w in seat.institution.serves] for share in population]
        vote = [
            [
                (1.0 - care) * own[g][d] + care * ((1.0 - blind) * needs[g][d] + blind * flat[g][d])
                for d in DIMENSIONS
            ]
            for g in range(len(population))
        ]
        votes.append((seat, voice**p.loudness, vote))
    return votes


def own_need(sensed: list[float]) -> list[float]:
    """Return how one group's need is distributed over dimensions."""
    need = [1.0 - value for value in sensed]
    return [value / sum(need) for value in need] if sum(need) > 0.0 else [1.0 / 3.0] * 3


def trust_across(model: ReferenceModel) -> float:
    """Return mean trust over friend ties across groups."""
    trusts = [
        tie.trust
        for who in model.present
        for tie in who.friends.values()
        if tie.other.present and tie.other.group != who.group
    ]
    return sum(trusts) / len(trusts) if trusts else 0.5


def weighted_mean(votes: list[Vote]) -> Table | None:
    """Return the weighted mean of votes; None where nobody votes."""
    whole = sum(weight for _, weight, _ in votes)
    if whole <= 0.0:
        return None
    groups = range(len(votes[0][2]))
    return [
        [sum(weight * vote[g][d] for _, weight, vote in votes) / whole for d in DIMENSIONS]
        for g in groups
    ]


def passes(p: Any, votes: list[Vote], proposal: Table, agenda: Table) -> bool:
    """Return whether a proposal becomes the agenda."""
    if p.rule == "mean":
        return True
    whole = sum(weight for _, weight, _ in votes)
    yes = sum(
        weight
        for _, weight, vote in votes
        if distance(vote, proposal) <= distance(vote, agenda) + 1e-12
    )
    if p.rule == "majority":
        return yes > whole / 2.0 + 1e-12 * whole
    return yes >= 2.0 * whole / 3.0 - 1e-12 * whole


def hold_power(model: ReferenceModel) -> None:
    """Work out each group's share of seats and of money controlled."""
    filled = [seat for seat in model.seats if seat.filled]
    budget = sum(it.budget for it in model.institutions)
    for group in model.groups:
        own = [seat for seat in filled if seat.group == group.index]
        group.seats = len(own) / len(filled) if filled else 0.0
        group.money = 0.0
        for it in model.institutions if filled and budget > 0.0 else []:
            its = [seat for seat in filled if seat.institution is it]
            held = len([s for s in its if s.group == group.index]) / len(its) if its else 0.0
            share = it.pooled * group.seats + (1.0 - it.pooled) * held
            group.money += it.budget * share / budget
    model.stocks.ownership = sum(group.money for group in model.groups)


def count_decisions(model: ReferenceModel, votes: list[Vote], proposal: Table | None) -> None:
    """Work out each group's share of the decisions that would change without it."""
    change = []
    for group in model.groups:
        others = [vote for vote in votes if vote[0].group != group.index]
        if proposal is None or len(others) == len(votes):
            change.append(0.0)
            continue
        without = weighted_mean(others)
        if without is None:
            change.append(1.0)
            continue
        moved = (
            abs(a - b)
            for row, other in zip(proposal, without, strict=True)
            for a, b in zip(row, other, strict=True)
        )
        change.append(0.5 * sum(moved))
    whole = sum(change)
    for group, value in zip(model.groups, change, strict=True):
        group.decisions = value / whole if whole > 0.0 else 0.0


# --- allocation -----------------------------------------------------------------------------------


def allocation(model: ReferenceModel, p: Any) -> None:
    """6 · Institutions decide between services now and causes."""
    if p.mode == "schedule":
        due = [share for month, share in p.schedule if month <= model.month]
        for it in model.institutions if due else []:
            it.upstream = due[-1]
        return
    population = model.population()
    for it in model.institutions:
        offset = math.floor(model.draw("allocation/offset", it.id, month=BEFORE) * p.review_months)
        if (model.month + offset) % p.review_months == 0 and model.month >= it.bound_until:
            review(model, p, it)
        if model.month >= it.bound_until:
            known = 0.0
            for share, group in zip(population, model.groups, strict=True):
                known += share * sum(it.serves[d] * group.sensed[d] for d in DIMENSIONS)
            felt = p.pressure * max(0.0, p.aspiration - known)
            it.upstream = max(p.least, it.upstream - felt * it.upstream)


def review(model: ReferenceModel, p: Any, it: Institution) -> None:
    """Let an institution compare a switch with staying as it is."""
    more, less = min(p.most, it.upstream + p.step), max(p.least, it.upstream - p.step)
    taken = None
    if abs(more - it.upstream) >= 1e-12:
        value = value_of_switch(p, it, more)
        if p.temperature > 0.0:
            if model.draw("allocation/move", it.id) < logistic(value / p.temperature):
                taken = more
        elif value > 1e-12:
            taken = more
    if taken is None and abs(less - it.upstream) >= 1e-12 and value_of_switch(p, it, less) > 1e-12:
        taken = less
    if taken is not None:
        it.upstream = taken
        it.bound_until = model.month + int(it.commit_months)


def value_of_switch(p: Any, it: Institution, switched: float) -> float:
    """Return what an institution believes it gains by another upstream share."""
    kept = p.kept_months if p.kept_months > 0 else it.present_length
    kept = math.inf if p.kept_months < 0 else kept
    kept = max(kept, it.commit_months)
    value = 0.0
    for t in range(math.floor(it.horizon) + 1):
        weight = it.discount ** (t / 12.0)
        if t >= it.present_length:
            weight *= it.present_bias
        share = switched if t < kept else it.upstream
        after = (1.0 - share) * believed(
            t, kept, switched, it.upstream, it.capability, p.believed_time
        )
        after += (
            p.recovered
            * it.keeps
            * believed(t, kept, switched, it.upstream, it.upstream, p.benefit_delay)
        )
        stay = it.upstream + (it.capability - it.upstream) * math.exp(-t / p.believed_time)
        before = (1.0 - it.upstream) * stay + p.recovered * it.keeps * it.upstream
        value += weight * (after - before)
    return value


def believed(
    t: float, kept: float, switched: float, stays: float, first: float, time: float
) -> float:
    """Return a stock t months after a switch that is taken back after `kept` months."""
    if t <= kept:
        return switched + (first - switched) * math.exp(-t / time)
    then = switched + (first - switched) * math.exp(-kept / time)
    return stays + (then - stays) * math.exp(-(t - kept) / time)


# --- production -----------------------------------------------------------------------------------


def shares_of_money(model: ReferenceModel) -> list[Table]:
    """Return how each institution's money is distributed over groups and dimensions."""
    voices = [0.0] * len(model.groups)
    for who in model.present:
        voices[who.group] += who.voice
    whole = sum(voices)
    return [
        [
            [
                (1.0 - it.pooled) * (voices[g] / whole if whole else 0.0) * it.serves[d]
                + it.pooled * group.agenda[d]
                for d in DIMENSIONS
            ]
            for g, group in enumerate(model.groups)
        ]
        for it in model.institutions
    ]


def production(model: ReferenceModel, p: Any) -> None:
    """7 · Money becomes services and change, and people help each other."""
    stocks, population = model.stocks, model.population()
    money = [it.budget * (1.0 - model.levers.charge) for it in model.institutions]
    share = shares_of_money(model)
    captured = 0.0
    for it, m in zip(model.institutions, money, strict=True):
        it.capability = it.upstream + (it.capability - it.upstream) * math.exp(
            -1.0 / p.capability_time
        )
        own = p.recapture * it.keeps * it.savings
        captured += own
        it.savings = max(
            0.0,
            p.retention * it.savings
            + p.return_rate * own * (1.0 - it.savings / p.savings_most)
            + p.savings_rate * m * it.upstream * it.capability,
        )
    change = captured + p.fund_rate * stocks.fund
    serve_and_invest(model, p, money, share, change)
    stocks.released = release_idle(model, p, population)
    stocks.fund = stocks.fund - p.fund_rate * stocks.fund + stocks.released
    earn(model, p, money, share, population)
    use_skill(model, p)
    help_each_other(model, p)


def serve_and_invest(
    model: ReferenceModel, p: Any, money: list[float], share: list[Table], change: float
) -> None:
    items, count = model.institutions, len(model.institutions)
    for g, (group, here) in enumerate(zip(model.groups, model.population(), strict=True)):
        if here <= 0.0:
            group.services, group.investment = [0.0] * 3, [0.0] * 3
            continue
        for d in DIMENSIONS:
            services, efforts = 0.0, []
            for it, m, own in zip(items, money, share, strict=True):
                work = m * (1.0 - it.upstream) + model.levers.grant / count
                services += work * it.capability * own[g][d] / here
                efforts.append(count * m * it.upstream * own[g][d] / here)
            group.services[d] = services
            joined = join(efforts, p.complementarity)
            group.investment[d] = joined + change * group.agenda[d] / here


def join(efforts: list[float], complementarity: float) -> float:
    """Return the efforts of institutions, joined with constant elasticity of substitution."""
    if not efforts:
        return 0.0
    if abs(complementarity) <= 1e-9:
        if min(efforts) <= 0.0:
            return 0.0
        return math.exp(sum(math.log(e) for e in efforts) / len(efforts))
    if complementarity < 0.0 and min(efforts) <= 0.0:
        return 0.0
    most = max(efforts)
    if most <= 0.0:
        return 0.0
    scale = min(efforts) if complementarity < 0.0 else most
    mean = sum((e / scale) ** complementarity for e in efforts) / len(efforts)
    return float(scale * mean ** (1.0 / complementarity))


def release_idle(model: ReferenceModel, p: Any, population: list[float]) -> float:
    """Put idle assets to use; return how much."""
    released = 0.0
    for it in model.institutions:
        trust = sum(s * pair.legitimacy for s, pair in zip(population, it.with_group, strict=True))
        own = p.release_rate * it.openness * trust * it.idle_assets
        it.idle_assets -= own
        released += own
    return released


def earn(
    model: ReferenceModel,
    p: Any,
    money: list[float],
    share: list[Table],
    population: list[float],
) -> None:
    local = [
        sum(
            m * it.local_spend * sum(own[g]) / here
            for it, m, own in zip(model.institutions, money, share, strict=True)
        )
        if here > 0.0
        else 0.0
        for g, here in enumerate(population)
    ]
    for who in model.present:
        income = p.living * (1.0 - who.burden)
        if who.lives_here:
            income += local[who.group]
        who.resources = who.resources * (1.0 - p.living) + income


def use_skill(model: ReferenceModel, p: Any) -> None:
    items = model.institutions
    openness = sum(it.openness for it in items) / len(items) if items else 0.0
    for who in model.present:
        trust = sum(it.with_group[who.group].legitimacy for it in items)
        trust = trust / len(items) if items else 0.0
        wanted = who.stewardship + (1.0 - who.stewardship) * openness * trust
        who.skill_used += p.use_rate * (who.skill * wanted - who.skill_used)


def help_each_other(model: ReferenceModel, p: Any) -> None:
    """Even out resources between friends; what one gives the other receives."""
    given, flows = {}, 0.0
    for who in model.present:
        gift = 0.0
        for tie in who.friends.values():
            back = tie.other.friends.get(who.id)
            if back is None or not tie.other.present:
                continue
            trust = min(tie.trust, back.trust)
            if trust >= p.aid_trust:
                most = max(len(who.friends), len(tie.other.friends))
                difference = who.resources - tie.other.resources
                flow = p.aid * trust * difference / (2.0 * (1.0 + most))
                gift += flow
                flows += abs(flow)
        given[who.id] = gift
    for who in model.present:
        who.resources -= given[who.id]
    model.stocks.aid = flows / 2.0
