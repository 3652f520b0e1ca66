"""Conditions: one way of changing a scenario, laid on both arms of a pair alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import scenarios
from simulation.naming import key_of
from simulation.specification import Specification

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """What is different from the scenarios as they come.

    Attributes:
        id: its name in files.
        family: what it belongs with: a process, or networks, sizes, order …
        label: its name for people.
        settings: changes by key, as `--set` takes them; or a function that reads them off a
            scenario, where they depend on its own values.
        removed: ids of events taken away, in the scenarios that have them.
        other_chance: 0 for the same random numbers as at the defaults, else the number of another
            set of them.
    """

    id: str
    family: str
    label: str
    settings: Settings | Callable[[Specification], Settings] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    other_chance: int = 0

    def changes(self, specification: Specification) -> Settings:
        """Return the settings changed in this scenario, by key."""
        return self.settings(specification) if callable(self.settings) else self.settings

    def applied(self, specification: Specification) -> Specification:
        """Return the scenario under this condition.

        Raises:
            InputError: the scenario cannot take it.
        """
        gone = {event.id for event in specification.events} & set(self.removed)
        if gone:
            kept = tuple(e for e in specification.events if e.id not in gone)
            specification = specification.model_copy(update={"events": kept})
        changes = self.changes(specification)
        return scenarios.with_settings(specification, changes) if changes else specification

    def text(self, specification: Specification) -> str:
        """Return what is changed as text, such as `activation.rate=0.5; ties.degree=4`."""
        parts = [f"{key}={_value(value)}" for key, value in self.changes(specification).items()]
        parts += [f"{key_of('events', name)} removed" for name in self.removed]
        if self.other_chance:
            parts.append(f"other random numbers, set {self.other_chance}")
        return "; ".join(parts)


DEFAULT = Condition("default", "default", "the scenarios as they come")
"""Nothing is changed."""


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return ",".join(value) if isinstance(value, tuple) else str(value)
