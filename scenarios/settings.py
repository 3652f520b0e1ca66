"""Settings: changes to single keys of a scenario, as `--set` and Python give them.

A key names a parameter (`activation.reinforcement`, or in full `parameters.activation.rate`), an
entry of a list by its name (`groups.north.size`, `institutions.clinic.present_bias`,
`events.push.duration`) or any other setting (`ties.degree`, `months`). Words with dots or spaces
are quoted as in TOML: `groups."North side".size`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from scenarios.declarations import field_names, parameter_tables
from scenarios.problems import ENTRY_KEYS, entry_name
from scenarios.reading import Table, plain
from simulation.errors import InputError, nearest_name
from simulation.naming import key_of
from simulation.specification import FILE_TABLES

SHORT_NUMBER = re.compile(r"[+-]?(\d+\.|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
"""Numbers that TOML would want written out: .5 and 2. (for 0.5 and 2.0)."""


class Change(NamedTuple):
    """One change: the words of its key, the new value (None: back to the default), its label."""

    words: tuple[str, ...]
    value: Any
    label: str


def changes_of(overrides: Mapping[str, Any] | Sequence[str]) -> list[Change]:
    """Return changes from `{"activation.rate": 0.3}` or `["activation.rate=0.3"]`.

    Raises:
        InputError: for a text without `=`, a key that is none, or a value that no setting can be.
    """
    if isinstance(overrides, str):
        overrides = [overrides]
    if isinstance(overrides, Mapping):
        return [
            Change(
                _words(str(k), f"setting {k}"), plain(v, file=f"setting {k}"), f"setting {k}={v}"
            )
            for k, v in overrides.items()
        ]
    return [_from_text(text) for text in overrides]


def _from_text(text: str) -> Change:
    label = f"--set {text}"
    key, equals, value = text.partition("=")
    if not equals:
        raise InputError(
            "a setting is written key=value",
            file=label,
            mend="for example activation.reinforcement=2",
        )
    return Change(_words(key.strip(), label), _parsed(value.strip(), label), label)


def _words(key: str, label: str) -> tuple[str, ...]:
    """Split a key at its dots, honouring quotes."""
    words: list[str] = []
    try:
        table: Any = tomllib.loads(f"{key} = 0") if "\n" not in key else {}
    except (ValueError, RecursionError):
        table = {}
    while isinstance(table, dict) and len(table) == 1:
        word, table = next(iter(table.items()))
        words.append(word)
    if words:
        return tuple(words)
    if all(key.split(".")) and '"' not in key and "=" not in key:
        return tuple(key.split("."))  # unquoted words that TOML would want quoted
    raise InputError(
        "not a key", file=label, found=key, mend="for example activation.reinforcement=2"
    )


def _parsed(text: str, label: str) -> Any:
    """Read a value as TOML; a number may start with its point, and all else is a word."""
    try:
        read = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError, OverflowError):
        return float(text) if SHORT_NUMBER.fullmatch(text) else text
    return plain(read["value"], file=label) if set(read) == {"value"} else text


def apply(data: Table, changes: Sequence[Change], cls: type[BaseModel]) -> Table:
    """Return the values of a scenario with changes made; `data` stays as it is.

    Raises:
        InputError: for a key that is not there, naming the change and the nearest valid key.
    """
    result: Table = plain(data)
    for change in changes:
        _apply_one(result, change, cls)
    return result


def _apply_one(data: Table, change: Change, cls: type[BaseModel]) -> None:
    words = _full(change.words, data, cls, change.label)
    if words[1:] == ("path",) and words[0] in FILE_TABLES and isinstance(change.value, str):
        change = change._replace(value=str(Path(change.value).absolute()))
    inner: Any = data
    for depth, word in enumerate(words[:-1]):
        if depth == 1 and words[0] in ENTRY_KEYS:
            inner = _entry(words[0], inner, word, change.label)
        else:
            below = inner.get(word)
            if depth == 0 and word in ENTRY_KEYS:
                below = _list(word, below, cls)
            elif not isinstance(below, dict):
                below = {}
            inner[word] = below
            inner = below
    if isinstance(inner, list):
        _entry(words[0], inner, words[-1], change.label)
        raise InputError(
            "names a whole entry, not one of its settings",
            file=change.label,
            mend=f"for example {key_of(*words)}.…",
        )
    if change.value is None:
        inner.pop(words[-1], None)
    else:
        inner[words[-1]] = change.value


def _list(table: str, below: Any, cls: type[BaseModel]) -> list[Any]:
    """Return the entries of a list, those of the default where the scenario has none."""
    if isinstance(below, list):
        return below
    default = cls.model_fields[table].get_default(call_default_factory=True) or ()
    return [entry.model_dump(mode="json", exclude_none=True) for entry in default]


def _entry(table: str, entries: list[Any], name: str, label: str) -> Any:
    names = []
    for entry in entries:
        names.append(entry_name(table, entry))
        if names[-1] == name:
            return entry
    known = [n for n in names if n]
    near = nearest_name(name, known)
    raise InputError(
        f"there is no entry '{key_of(name)}' in {table}",
        file=label,
        allowed=", ".join(key_of(n) for n in known[:12]) or "none: the list is empty",
        nearest=f"{table}.{near}" if near else None,
    )


def _full(words: tuple[str, ...], data: Table, cls: type[BaseModel], label: str) -> tuple[str, ...]:
    """Return the key from the top of the scenario; a parameter may leave out `parameters`."""
    top, tables = field_names(cls), parameter_tables(cls)
    head = words[0]
    if head in tables and not (head in top and _is_entry(head, words, data)):
        return ("parameters", *words)
    if head in top:
        return words
    keys = [f"{t}.{name}" for t, c in tables.items() for name in c.model_fields]
    key = key_of(*words)
    candidates = [*keys, *top] if len(words) > 1 else [*top, *keys]
    near = nearest_name(key, candidates) or _by_last_word(words, keys)
    if near is None and nearest_name(head, [*tables, *top]):
        near = key_of(str(nearest_name(head, [*tables, *top])), *words[1:])
    raise InputError(f"unknown key '{key}'", file=label, nearest=near)


def _by_last_word(words: tuple[str, ...], keys: Sequence[str]) -> str | None:
    same = [key for key in keys if key.rpartition(".")[2] == words[-1]]
    return same[0] if same else None


def _is_entry(head: str, words: tuple[str, ...], data: Table) -> bool:
    """Tell whether `events.x` means an event rather than the settings of the process `events`."""
    entries = data.get(head)
    names = {entry_name(head, e) for e in entries} if isinstance(entries, list) else set()
    return len(words) != 2 or words[1] in names
