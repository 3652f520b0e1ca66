"""Who decides what the shared money is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.reference.agents import DIMENSIONS, Seat, clip, mean_trust
from tests.reference.people import truth_now
from tests.reference.table import sit_or_leave

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

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
    sit_or_leave(model, p)
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
        wanted = p.pool_most * it.openness * mean_trust(it.partners, 0.0) if it.at_table else 0.0
        it.pooled = clip(it.pooled + p.pool_rate * (wanted - it.pooled))


Vote = tuple[Seat, float, Table]


def cast_votes(model: ReferenceModel, p: Any, population: list[float], needs: Table) -> list[Vote]:
    """Return the filled seats at the table, with the weight and the content of their votes."""
    by_dimension = [sum(row[d] for row in needs) for d in DIMENSIONS]
    flat = [[share * value for value in by_dimension] for share in population]
    across = trust_across(model)
    votes = []
    for seat in model.seats:
        if not seat.filled or not seat.institution.at_table:
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
    """Work out each group's, and outside leaders', share of seats and of money controlled."""
    stocks = model.stocks
    for group in model.groups:
        group.seats, group.money = shares_held(model, group.index)
    stocks.outside_seats, stocks.outside_money = shares_held(model, -1)
    stocks.ownership = sum(group.money for group in model.groups)


def shares_held(model: ReferenceModel, holder: int) -> tuple[float, float]:
    """Return one holder's share of seats and of money; -1 stands for leaders from outside."""
    filled = [seat for seat in model.seats if seat.filled]
    budget = sum(it.budget for it in model.institutions)
    own = [seat for seat in filled if seat.group == holder]
    seats, money = (len(own) / len(filled) if filled else 0.0), 0.0
    table = [seat for seat in filled if seat.institution.at_table]
    shared = len([seat for seat in table if seat.group == holder]) / len(table) if table else 0.0
    for it in model.institutions if filled and budget > 0.0 else []:
        its = [seat for seat in filled if seat.institution is it]
        held = len([s for s in its if s.group == holder]) / len(its) if its else 0.0
        money += it.budget * (it.pooled * shared + (1.0 - it.pooled) * held) / budget
    return seats, money


def count_decisions(model: ReferenceModel, votes: list[Vote], proposal: Table | None) -> None:
    """Work out whose share of the decisions would change without them."""
    change = []
    for holder in [*(group.index for group in model.groups), -1]:
        others = [vote for vote in votes if vote[0].group != holder]
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
        changed = 0.5 * sum(moved)
        change.append(changed if changed > 1e-12 else 0.0)
    whole = sum(change)
    parts = [value / whole if whole > 0.0 else 0.0 for value in change]
    model.stocks.outside_decisions = parts.pop()
    for group, part in zip(model.groups, parts, strict=True):
        group.decisions = part
