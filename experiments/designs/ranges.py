"""Ranges: what a setting is and how far it may go, from where it is declared."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args, get_origin

import annotated_types as bounds
from pydantic import BaseModel

from experiments.designs.laying import Words, entries, key_of, value_at, words_of
from scenarios import with_settings
from scenarios.declarations import bare, choices_of, is_union
from scenarios.problems import ENTRY_KEYS
from simulation.errors import InputError
from simulation.specification import Set, Specification

WIDE = 1000.0
"""Any setting but a parameter that may be as large is bounded only against slips: its range has
to be stated."""


class Setting(NamedTuple):
    """What a setting is.

    Attributes:
        value: its value in the scenario.
        whole: whether it takes whole numbers only.
        number: whether it is a number at all.
        low, high: its own range; None where it is open, or too wide to vary over.
        choices: what it takes, where that is a few words or a flag.
        unit: unit of a parameter; "1" for shares and numbers, "" where nobody says.
        meaning: what it means.
    """

    value: Any
    whole: bool
    number: bool
    low: float | None
    high: float | None
    choices: tuple[Any, ...]
    unit: str
    meaning: str


def setting_at(specification: Specification, words: Words) -> Setting:
    """Return what the setting of a scenario at a key is.

    Raises:
        InputError: the scenario has no such key; the nearest is named.
    """
    place: Any = specification
    field: Any = None
    for depth, word in enumerate(words):
        if depth == 1 and words[0] in ENTRY_KEYS:
            place = dict(entries(specification, words[0])).get(word)
            field = None
        elif isinstance(place, BaseModel) and word in type(place).model_fields:
            if isinstance(place, Set) and word == "value" and depth == len(words) - 1:
                own = setting_at(specification, words_of(place.key))
                return own._replace(value=place.value)
            field = type(place).model_fields[word]
            place = getattr(place, word)
        else:
            return _unknown(specification, words)
        if place is None and depth < len(words) - 1:
            return _unknown(specification, words)
    if field is None:
        return _unknown(specification, words)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return _setting(
        value_at(specification, words),
        field.annotation,
        tuple(field.metadata),
        str(extra.get("unit", "")),
        field.description or "",
    )


def _unknown(specification: Specification, words: Words) -> Setting:
    """Refuse a key that leads nowhere; one below a table that is not filled in may still do."""
    try:
        with_settings(specification, {key_of(words): 0})
    except InputError as error:
        if error.problem.startswith(("unknown key", "there is no", "names a whole")):
            raise InputError(
                error.problem, allowed=error.allowed, nearest=error.nearest, mend=error.mend
            ) from None
    return Setting(None, False, True, None, None, (), "", "")


def _setting(value: Any, kind: Any, limits: tuple[Any, ...], unit: str, meaning: str) -> Setting:
    kind, limits = bare(kind, limits)
    if is_union(kind):
        inner = [bare(choice, limits) for choice in get_args(kind)]
        numbers = [(k, n) for k, n in inner if k in (int, float)]
        if numbers:
            kind, limits = numbers[0]
    choices: tuple[Any, ...] = ()
    if kind is bool:
        choices = (False, True)
    elif get_origin(kind) is Literal or is_union(kind):
        choices = tuple(choices_of(kind))
    ends: list[float | None] = []
    for cls, name in ((bounds.Ge, "ge"), (bounds.Le, "le")):
        found = [float(getattr(limit, name)) for limit in limits if isinstance(limit, cls)]
        ends.append(found[0] if found else None)
    low, high = ends
    if high is not None and high >= WIDE and not unit:  # a parameter has a unit
        high = None
    return Setting(value, kind is int, kind in (int, float), low, high, choices, unit, meaning)
