"""Laying: changes laid on a scenario, fast enough for ten thousand points.

Only what a change touches is read and checked again; all else is shared between the points. The
result is that of `scenarios.with_settings`, which also finds the words where a change does not fit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from scenarios import with_settings
from scenarios.declarations import parameter_tables
from scenarios.problems import ENTRY_KEYS
from scenarios.settings import changes_of
from simulation.consistency import check
from simulation.errors import InputError
from simulation.naming import BARE
from simulation.specification import FILE_TABLES, Specification, specification_class

Words = tuple[str, ...]
EVERY = "*"
"""Stands in a key for every entry of a list."""


def words_of(key: str) -> Words:
    """Return the words of a key, in full: a parameter's begin with `parameters`.

    Raises:
        InputError: it is no key.
    """
    return _words(key, specification_class())


@lru_cache(maxsize=4096)
def _words(key: str, cls: type[Specification]) -> Words:
    words = changes_of({key: 0})[0].words
    if words[0] in parameter_tables(cls) and (words[0] not in cls.model_fields or len(words) == 2):
        return ("parameters", *words) if words[:1] != ("parameters",) else words
    return words


def key_of(words: Words) -> str:
    """Return words as a key that `--set` takes, however long they are."""
    told = words[1:] if words[0] == "parameters" and len(words) > 1 else words
    return ".".join(w if BARE.fullmatch(w) else json.dumps(w, ensure_ascii=False) for w in told)


def expanded(key: str, specification: Specification) -> list[Words]:
    """Return the keys that a key stands for: `*` is every entry of the scenario's list.

    Raises:
        InputError: it is no key, or its list is empty.
    """
    words = words_of(key)
    if len(words) < 3 or words[0] not in ENTRY_KEYS or words[1] != EVERY:
        return [words]
    names = [name for name, _ in entries(specification, words[0])]
    if not names:
        raise InputError(f"the scenario has no {words[0]}", found=key)
    return [(words[0], name, *words[2:]) for name in names]


def entries(specification: Specification, table: str) -> Iterator[tuple[str, Any]]:
    """Yield the entries of a list of the scenario by name."""
    for entry in getattr(specification, table):
        yield getattr(entry, ENTRY_KEYS[table]), entry


def changes_for(settings: Mapping[str, Any], specification: Specification) -> dict[Words, Any]:
    """Return settings as changes by the words of their keys, `*` expanded."""
    return {
        words: value for key, value in settings.items() for words in expanded(key, specification)
    }


def laid(specification: Specification, changes: Mapping[Words, Any]) -> Specification:
    """Return the specification with changes laid on it and checked.

    Raises:
        InputError: a change does not fit; the line names it.
    """
    if not changes:
        return specification
    try:
        fast = _laid(specification, changes)
        if fast is not None:
            return fast
    except (InputError, ValidationError):
        pass  # the slow way finds the words for it
    return with_settings(specification, {key_of(words): v for words, v in changes.items()})


def _laid(specification: Specification, changes: Mapping[Words, Any]) -> Specification | None:
    """Return the specification with changes, only the tables they touch read again; or None."""
    touched: dict[Words, dict[Words, Any]] = {}
    for words, value in changes.items():
        depth = 2 if words[0] in ENTRY_KEYS or words[0] == "parameters" else 1
        if value is None or (len(words) == 1 and words[0] != "months"):
            return None
        if len(words) == 1:
            depth = 0
        if len(words) <= depth or _names_file(words, value):
            return None
        touched.setdefault(words[:depth], {})[words[depth:]] = value
    update: dict[str, Any] = {}
    for place, inside in touched.items():
        if not place:
            months = inside[("months",)]
            if type(months) is not int or not 1 <= months <= 12_000:
                return None
            update["months"] = months
        elif place[0] == "parameters":
            tree = update.get("parameters", specification.parameters)
            new = _table(getattr(tree, place[1], None), inside)
            update["parameters"] = tree.model_copy(update={place[1]: new})
        elif place[0] in ENTRY_KEYS:
            listed = update.get(place[0], getattr(specification, place[0]))
            update[place[0]] = _entries(listed, place, inside)
        else:
            update[place[0]] = _table(getattr(specification, place[0], None), inside)
    result = specification.model_copy(update=update)
    check(result)
    return result


def _names_file(words: Words, value: Any) -> bool:
    """Tell whether a change is about a file of the scenario, which has to be looked for."""
    return words[0] in FILE_TABLES and (words[-1] == "path" or value == "file")


def _entries(listed: tuple[Any, ...], place: Words, inside: Mapping[Words, Any]) -> Any:
    name = ENTRY_KEYS[place[0]]
    found = [n for n, entry in enumerate(listed) if getattr(entry, name) == place[1]]
    if not found or any(words[0] in (name, "kind") for words in inside):
        raise InputError("no such entry")
    return tuple(_table(e, inside) if n == found[0] else e for n, e in enumerate(listed))


def _table(table: Any, inside: Mapping[Words, Any]) -> Any:
    """Return a table with changes, checked as its declaration says."""
    if not isinstance(table, BaseModel):
        raise InputError("no table")
    data = table.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for words, value in inside.items():
        here = data
        for word in words[:-1]:
            below = here.get(word)
            here[word] = here = dict(below) if isinstance(below, dict) else {}
        here[words[-1]] = value
    return type(table).model_validate_json(json.dumps(data), strict=True)


def value_at(specification: Specification, words: Words) -> Any:
    """Return the value that a scenario has at a key.

    Raises:
        KeyError: there is no such key.
    """
    value: Any = specification
    for depth, word in enumerate(words):
        if depth == 1 and words[0] in ENTRY_KEYS:
            value = dict(entries(specification, words[0]))[word]
        elif isinstance(value, BaseModel) and word in type(value).model_fields:
            value = getattr(value, word)
        elif isinstance(value, Mapping):
            value = value[word]
        else:
            raise KeyError(word)
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
