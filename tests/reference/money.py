"""What institutions do with money: allocation and production."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulation.state import BEFORE
from tests.reference.agents import DIMENSIONS, Institution
from tests.reference.governance import Table
from tests.reference.people import logistic

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel


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
            own_money = model.levers.conditions.get(g, 0.0) / 3.0
            group.investment[d] = joined + (change * group.agenda[d] + own_money) / here


def join(efforts: list[float], complementarity: float) -> float:
    """Return the efforts of institutions, joined with constant elasticity of substitution."""
    if not efforts:
        return 0.0
    if abs(complementarity) <= 1e-6:
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
