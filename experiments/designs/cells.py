"""Cells: points and arms resolved into what is run; what is the same is resolved once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.designs.cell import Cell
from experiments.designs.declared import Arm
from experiments.designs.laying import Words, changes_for, laid
from experiments.designs.points import Point
from experiments.judge import push_of
from experiments.sweeping.subject import Community
from simulation.specification import Specification


class Resolver:
    """Resolves points; two that come to the same scenario share one subject, and so one id."""

    def __init__(
        self, bases: Mapping[str, Specification], measures: tuple[str, ...] | None
    ) -> None:
        """Begin with the scenarios, by name, and the measures that are kept of every run."""
        self._bases = bases
        self._measures = measures
        self._subjects: dict[str, Community] = {}
        self._pairs: dict[str, Community] = {}

    def cell(self, number: int, point: Point, arm: Arm | None) -> Cell:
        """Return the cell of a point in an arm.

        Raises:
            InputError: the scenario refuses a setting.
        """
        scenario = point.scenario if arm is None or arm.scenario is None else arm.scenario
        base = self._bases[scenario]
        settings = point.settings | (dict(arm.settings) if arm is not None else {})
        changes = changes_for(settings, base)
        subject = self._subject(scenario, base, changes)
        specification = subject.specification
        return Cell(
            point=number,
            arm="" if arm is None else arm.name,
            factors=point.values,
            subject=subject,
            without=self._pair(scenario, specification, changes),
            push=push_of(specification),
            limits=specification.measures,
        )

    def _subject(
        self, scenario: str, base: Specification, changes: Mapping[Words, Any]
    ) -> Community:
        key = _key(scenario, changes)
        if key not in self._subjects:
            self._subjects[key] = Community(laid(base, changes), self._measures)
        return self._subjects[key]

    def _pair(
        self, scenario: str, specification: Specification, changes: Mapping[Words, Any]
    ) -> Community | None:
        """Return the same without the interventions: what only they change, it does not see."""
        chosen = {event.id for event in specification.events if event.intervention}
        if not chosen:
            return None
        seen = {w: v for w, v in changes.items() if w[0] != "events" or w[1] not in chosen}
        key = _key(scenario, seen) + repr(sorted(chosen))
        if key not in self._pairs:
            self._pairs[key] = Community(specification.without_interventions(), self._measures)
        return self._pairs[key]


def _key(scenario: str, changes: Mapping[Words, Any]) -> str:
    """Return text that is the same for the same scenario; 1 and 1.0 may be told apart."""
    return repr((scenario, sorted((words, repr(value)) for words, value in changes.items())))
