"""Events in the mean field: the levers of a month, and what happens once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.meanfield.stocks import COMMITTED, FULL, Stocks, World
from simulation.processes.events import Levers
from simulation.processes.trust import BROKEN, KEPT, NOT_FORCED
from simulation.state import DIMENSIONS, Floats

if TYPE_CHECKING:
    from simulation.specification import Specification


def act(spec: Specification, world: World, s: Stocks, month: int) -> tuple[Levers, list[Any]]:
    """1 · Events: carry out what happens this month; return its levers and its `set` events.

    What reaches people reaches all of their group alike, in expectation: a recruit is anybody with
    the same chance, and organising money is spent on everybody.
    """
    levers = Levers()
    s.spend = np.zeros_like(s.spend)
    active = [e for e in spec.events if e.first <= month <= e.last]
    for event in active:
        handler = ACTIONS.get(event.kind)
        if handler is not None:
            handler(event, world, s, levers, month == event.first)
    cost, budget = sum(e.cost for e in active), float(world.institutions.budget.sum())
    if cost > 0.0 and budget > 0.0:
        levers.charge = min(1.0, cost / budget)
    return levers, [e for e in active if e.kind == "set"]


def _named(names: Sequence[str], known: Sequence[str]) -> Any:
    return np.array([not names or name in names for name in known])


def _funding(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    uses, amount = event.uses, event.amount
    levers.mentoring += amount * uses.mentoring
    levers.services += amount * uses.services
    levers.policy += amount * uses.policy
    joint = uses.organising + uses.mentoring + uses.services + uses.policy + uses.connectors
    levers.grants += amount * joint
    here = s.number * _named(event.groups, world.names)
    if here.sum() <= 0.0:
        return
    if amount * uses.conditions > 0.0:
        money = amount * uses.conditions * here / here.sum()
        levers.conditions = money if levers.conditions is None else levers.conditions + money
    each: Floats = (here > 0.0) * amount / here.sum()
    s.spend = s.spend + each * uses.organising
    s.resources = s.resources + each * uses.cash


def _crisis(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    if first:
        hit = np.outer(_named(event.groups, world.names), _named(event.dimensions, DIMENSIONS))
        s.conditions = s.conditions * np.where(hit, 1.0 - event.strength, 1.0)


def _policy(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    if first:
        s.policy += event.strength * (1.0 - s.policy)


def _acknowledgement(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    levers.acknowledgement = max(levers.acknowledgement, event.strength)


def _displacement(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    levers.displacement += event.strength


def _promise(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    if levers.forced is None:
        levers.forced = np.full(s.reliability.shape, NOT_FORCED, np.int8)
    rows = np.arange(len(world.institutions))
    if event.institutions:
        rows = np.array([world.institution_names.index(name) for name in event.institutions])
    columns = np.flatnonzero(_named(event.groups, world.names))
    levers.forced[np.ix_(rows, columns)] = KEPT if event.kept else BROKEN


def _share_seats(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    if first:
        named = _named(event.institutions, world.institution_names)
        s.pooled = np.where(named, np.maximum(s.pooled, event.strength), s.pooled)


def _loud_voice(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    if first:
        s.voice = s.voice * np.where(_named(event.groups, world.names), event.factor, 1.0)


def _recruit(event: Any, world: World, s: Stocks, levers: Levers, first: bool) -> None:
    if not first:
        return
    here = float(s.number.sum()) * world.size
    part = min(1.0, event.target.count / here) if here > 0.0 else 0.0
    goal = COMMITTED if event.committed else FULL
    for name in ("people", "burnout", "skill", "know_how"):
        stock: Floats = getattr(s, name)
        picked = part * stock
        picked[..., goal:] = 0.0
        new = stock - picked
        new[..., goal] += picked.sum(axis=-1)
        setattr(s, name, new)


ACTIONS: dict[str, Any] = {
    "funding": _funding,
    "crisis": _crisis,
    "policy": _policy,
    "acknowledgement": _acknowledgement,
    "displacement": _displacement,
    "promise": _promise,
    "share_seats": _share_seats,
    "loud_voice": _loud_voice,
    "recruit": _recruit,
}
"""What events do. `set` changes parameters; facilitation helps meetings, which are on ties."""
