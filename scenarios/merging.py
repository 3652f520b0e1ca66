"""Merging: how a scenario that `extends` another is laid over it.

- Tables merge key by key, at any depth; what the extending file says wins.
- Lists of entries known by a name (groups, places, institutions, connectors, choices by `name`,
  events by `id`) merge entry by entry: the same name merges the keys, a new name is added at the
  end, and `remove = true` drops the entry. An event of the same id but another kind replaces the
  old one.
- All other lists are replaced whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.problems import ENTRY_KEYS, entry_name
from simulation.errors import InputError, nearest_name
from simulation.naming import key_of

Table = dict[str, Any]


def merged(base: Table, over: Table, *, file: object = None) -> Table:
    """Return `base` with `over` laid upon it; neither is changed.

    Args:
        base: values of the scenario that is extended, itself resolved; `{}` for none.
        over: values of the extending file.
        file: the extending file, for messages.

    Raises:
        InputError: where an entry to remove is not there, or two entries share a name.
    """
    result = dict(base)
    for key, value in over.items():
        if key in ENTRY_KEYS and isinstance(value, list):
            below = base.get(key)
            result[key] = _entries(key, below if isinstance(below, list) else [], value, file)
        else:
            result[key] = _value(base.get(key), value)
    return result


def _value(below: Any, value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(below, dict):
        return value
    return {**below, **{k: _value(below.get(k), v) for k, v in value.items()}}


def _entries(table: str, below: list[Any], over: list[Any], file: object) -> list[Any]:
    entries: list[Any] = list(below)
    at = {name: n for n, e in enumerate(below) if (name := entry_name(table, e)) is not None}
    seen: set[str] = set()
    for entry in over:
        name = entry_name(table, entry)
        if name is None:
            entries.append(entry)
            continue
        if name in seen:
            raise InputError(
                f"two entries have this {ENTRY_KEYS[table]}; each needs its own",
                file=file,
                key=key_of(table, name),
                found=name,
            )
        seen.add(name)
        if "remove" in entry:
            _remove(table, name, entry, at, file)
            entries[at[name]] = None
        elif name in at:
            entries[at[name]] = _entry(entries[at[name]], entry)
        else:
            entries.append(entry)
    return [e for e in entries if e is not None]


def _entry(below: Any, entry: Mapping[str, Any]) -> Any:
    another_kind = entry.get("kind", below.get("kind")) != below.get("kind")
    return dict(entry) if another_kind else _value(below, dict(entry))


def _remove(
    table: str, name: str, entry: Mapping[str, Any], at: Mapping[str, int], file: object
) -> None:
    key = key_of(table, name)
    if entry["remove"] is not True:
        raise InputError(
            "remove drops an entry of the scenario that is extended",
            file=file,
            key=f"{key}.remove",
            found=entry["remove"],
            allowed="true",
        )
    if name not in at:
        raise InputError(
            "there is no such entry to remove in the scenario that is extended",
            file=file,
            key=key,
            found=name,
            nearest=nearest_name(name, at),
        )
