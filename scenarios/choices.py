"""Choices of a scenario: what an option sets here, and which option is in force."""

from __future__ import annotations

from typing import Any

from scenarios.loader import with_settings
from scenarios.problems import ENTRY_KEYS
from simulation.choices import Choice, Option
from simulation.errors import InputError
from simulation.naming import key_of
from simulation.specification import Specification

EVERY = "*"


def settings_of(specification: Specification, option: Option) -> dict[str, Any]:
    """Return the settings of an option by key; `*` becomes every entry of its list."""
    found: dict[str, Any] = {}
    for key, value in option.settings.items():
        table, _, rest = key.partition(f".{EVERY}.")
        if rest and table in ENTRY_KEYS:
            for entry in getattr(specification, table):
                name = getattr(entry, ENTRY_KEYS[table])
                found[f"{key_of(table, name)}.{rest}"] = value
        else:
            found[key] = value
    return found


def in_force(specification: Specification, choice: Choice) -> int | None:
    """Return which option the scenario stands at; None where it is at none of them.

    Raises:
        InputError: for an option that does not fit the scenario.
    """
    data = specification.data()
    for place, option in enumerate(choice.options):
        if with_settings(specification, settings_of(specification, option)).data() == data:
            return place
    return None


def check_choices(specification: Specification) -> None:
    """Refuse choices with options that the scenario cannot take.

    Raises:
        InputError: naming the choice and what is wrong with its settings.
    """
    for choice in specification.choices:
        for option in choice.options:
            try:
                with_settings(specification, settings_of(specification, option))
            except InputError as problem:
                key = f"{key_of('choices', choice.name)}.options"
                raise InputError(f"an option cannot be taken: {problem}", key=key) from None
