"""Levers: which settings of a scenario a threshold study turns, and the cells that come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.compare import spent
from experiments.designs.cell import Cell, community_cell
from experiments.judge import HORIZONS, going_on, push_of
from scenarios.loader import with_settings
from simulation.errors import InputError
from simulation.specification import Specification

VALUES = (0.25, 0.5, 1.0, 2.0)
"""Strengths by default, in shares of the push's own."""
LONGEST = 120.0
WINDOW = 6
"""Months on either side of a verdict that are averaged."""
GRID = 40
"""Steps of a lever that is not counted in months."""


@dataclass(frozen=True)
class Levers:
    """What is turned: a strength, and the lever that is searched at each strength.

    Attributes:
        strength: name of the strength, for people.
        values: its values.
        lever: name of the lever, for people.
        unit: unit of the lever; "" where it has none.
        candidates: the lever's values that may be tried, ascending.
        cell: makes the cell of a strength and a candidate.
        money: what it costs, in resource a resident; None where money plays no part.
        notes: what a reader has to know of how the scenario was changed.
    """

    strength: str
    values: tuple[float, ...]
    lever: str
    unit: str
    candidates: tuple[float, ...]
    cell: Callable[[float, float], Cell]
    money: Callable[[float, float], float] | None = None
    notes: tuple[str, ...] = ()
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def push(self) -> str:
        """The lever with its unit, for people: the label of an axis."""
        return f"{self.lever} ({self.unit})" if self.unit else self.lever


def levers_of(
    specification: Specification,
    *,
    strength: str | None = None,
    values: Sequence[float] | None = None,
    levers: Sequence[str] = (),
    shortest: float | None = None,
    longest: float | None = None,
    step: float | None = None,
    after: int = max(HORIZONS),
    fixed_months: bool = False,
) -> Levers:
    """Return the levers of a scenario; by default how strong its push is, and how long it lasts.

    Args:
        specification: the resolved scenario.
        strength: key of the strength, as `--set` takes it; default: the amount of the push.
        values: its values; default: a quarter, half, one and two times the scenario's own. With a
            lever and no strength named, the scenario's own alone.
        levers: keys of the lever; several take the same value. Default: the push's duration.
        shortest: least value of the lever; default for months: one step.
        longest: greatest value; default for months: 120.
        step: distance of values; default for months: 3, else a fortieth of the range.
        after: months after the push that have to be seen.
        fixed_months: refuse a scenario that is too short, rather than lengthen it.

    Raises:
        InputError: there is no single push to turn, a key does not fit, a value is out of range, or
            the scenario ends too early.
    """
    push = None if strength and levers else _push(specification)
    keys = tuple(levers) or (f"events.{_quoted(push)}.duration",)
    counted = not levers or all(key.rpartition(".")[2] == "duration" for key in levers)
    strength_key = strength or f"events.{_quoted(push)}.amount"
    if values is None:
        if strength:
            raise InputError("say which strengths", key="--values", mend="--values .25,.5,1,2")
        own = _amount(specification, push)
        values = (own,) if levers else [own * v for v in VALUES]
    chosen = tuple(sorted(set(map(float, values))))
    candidates = _candidates(shortest, longest, step, counted)
    longer, notes = _long_enough(
        specification, strength_key, chosen, keys, candidates, after, fixed_months
    )

    def at(value: float, candidate: float) -> Specification:
        changes = {strength_key: _number(value)} | {key: _number(candidate) for key in keys}
        return _changed(longer, changes)

    def cell(value: float, candidate: float) -> Cell:
        factors = {strength_key: value, keys[0]: candidate}
        return community_cell(at(value, candidate), factors=factors)

    def money(value: float, candidate: float) -> float:
        return spent(at(value, candidate))

    return Levers(
        _name(strength_key), chosen, _name(keys[0]), "months" if counted else "", candidates, cell,
        money, tuple(notes), {"strength": (strength_key,), "lever": keys},
    )  # fmt: skip


def _push(specification: Specification) -> str | None:
    """Return the id of the one funding that is the push.

    Raises:
        InputError: there is none, or more than one.
    """
    pushes = [e.id for e in specification.events if e.kind == "funding" and e.intervention]
    if len(pushes) == 1:
        return pushes[0]
    problem = "the scenario has no push: no funding that somebody chose to bring"
    if pushes:
        problem = "the scenario has several fundings, and one has to be turned"
    raise InputError(
        problem,
        found=", ".join(pushes) or None,
        mend="name two settings: --strength KEY --values 1,2 --lever KEY --longest 120",
    )


def _quoted(name: str | None) -> str:
    plain = (name or "").replace("_", "").replace("-", "")
    return name or "" if plain.isalnum() and plain.isascii() else f'"{name}"'


def _amount(specification: Specification, push: str | None) -> float:
    return next(float(e.amount) for e in specification.events if e.id == push)  # type: ignore[union-attr]


def _name(key: str) -> str:
    """Return a key for people: an event's as "amount of push", any other without quotes."""
    plain = key.replace('"', "")
    if not plain.startswith("events."):
        return plain
    event, _, setting = plain.removeprefix("events.").rpartition(".")
    return f"{setting} of {event}"


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def _candidates(
    shortest: float | None, longest: float | None, step: float | None, counted: bool
) -> tuple[float, ...]:
    """Return the values of the lever that may be tried."""
    if longest is None:
        if not counted:
            raise InputError("say how far the lever goes", key="--longest", mend="--longest 1")
        longest = LONGEST
    if step is None:
        step = 3.0 if counted else (longest - (shortest or 0.0)) / GRID
    first = (step if counted else 0.0) if shortest is None else shortest
    if not first < longest or not step > 0:
        raise InputError(
            "the lever's values must rise", key="--shortest", found=(first, longest, step)
        )
    if counted and any(not float(x).is_integer() for x in (first, longest, step)):
        raise InputError("months are whole", key="--step", found=(first, longest, step))
    count = int(np.floor((longest - first) / step + 1e-9)) + 1
    found = [round(first + n * step, 9) for n in range(count)]
    return tuple(found if found[-1] >= longest - 1e-9 else [*found, longest])


def _changed(specification: Specification, changes: dict[str, Any]) -> Specification:
    """Return the scenario with settings changed; whole numbers fit settings of either kind."""
    return with_settings(specification, changes)


def _long_enough(
    specification: Specification,
    strength: str,
    values: Sequence[float],
    levers: Sequence[str],
    candidates: Sequence[float],
    after: int,
    fixed_months: bool,
) -> tuple[Specification, list[str]]:
    """Return the scenario, long enough to see the months after every push, and what to say of it.

    Raises:
        InputError: nobody intervenes, or the number of months was asked for and is too small.
    """
    ends = []
    for value in (values[0], values[-1]):
        for candidate in (candidates[0], candidates[-1]):
            changes = {strength: _number(value)} | {key: _number(candidate) for key in levers}
            push = push_of(_changed(specification, changes))
            if push is None:
                raise InputError("nobody intervenes, so nothing can be sustained")
            ends.append(push.end)
    needed = max(ends) + after + WINDOW
    notes = going_on(specification)
    if specification.months >= needed:
        return specification, notes
    if fixed_months:
        raise InputError(
            f"too short to see {after} months after the longest push",
            key="months", found=specification.months, allowed=f">= {needed}",
            mend="give more months, or a smaller --longest",
        )  # fmt: skip
    notes.append(
        f"all runs last {needed} months in place of {specification.months}, to see {after} months "
        "after the longest push"
    )
    return specification.model_copy(update={"months": needed}), notes
