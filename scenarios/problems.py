"""Problems: turns what a file got wrong into one line that says where, what, and how to mend it.

The place of a problem is written as a key that `--set` would take too: `events.push.duration`,
`groups.north.size`. Entries without a name are counted: `events[#3].duration` is the third.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from scenarios.declarations import (
    MOST_KEYS,
    allowed,
    bare,
    choices_of,
    field_names,
    is_union,
    model_of,
    optional,
    parameter_tables,
    quoted,
    tag_of,
    tags_of,
)
from simulation.errors import InputError, nearest_name
from simulation.naming import key_of

ENTRY_KEYS = {
    "groups": "name",
    "places": "name",
    "institutions": "name",
    "connectors": "name",
    "events": "id",
    "choices": "name",
}
"""The lists of a scenario whose entries are known by a name, and the key that holds it."""

DEFAULT_NAMES = {"connectors": "connectors"}
"""The name of an entry that states none."""


def entry_name(table: str, entry: Any) -> str | None:
    """Return the name by which an entry of a list is known, or None where it has none."""
    if not isinstance(entry, Mapping) or table not in ENTRY_KEYS:
        return None
    name = entry.get(ENTRY_KEYS[table], DEFAULT_NAMES.get(table))
    return name if isinstance(name, str) and name else None


# --- from pydantic's errors to one line -----------------------------------------------------------


class Place(NamedTuple):
    """Where an error happened: its key, the setting's type with its limits, the table around it."""

    key: str
    path: tuple[str | int, ...]
    kind: Any
    limits: tuple[Any, ...]
    table: type[BaseModel] | None


def input_error(error: ValidationError, cls: type[BaseModel], data: Any) -> InputError:
    """Turn pydantic's errors into the one line for the first of them.

    The `path` of the place, as the values were read (keys and positions), is kept as the attribute
    `path` of the returned error.

    Args:
        error: what pydantic raised.
        cls: the model that refused the data.
        data: the data, to name the entries of lists.
    """
    errors: list[Mapping[str, Any]] = list(error.errors(include_url=False))
    found: dict[tuple[str | int, ...], list[tuple[Mapping[str, Any], Place]]] = {}
    for item in errors:
        place = _place(item["loc"], cls, data)
        found.setdefault(place.path, []).append((item, place))
    inside = {path[:n] for path in found for n in range(len(path))}
    problems = [_plainest(same) for path, same in found.items() if path not in inside]
    item, place = _first(problems)
    result = _told(item, place, cls)
    more = len(problems) - 1
    if more:
        words = f"and {more} more problem{'s' if more > 1 else ''}"
        result.mend = f"{result.mend}; {words}" if result.mend else words
        result = result.at()
    return located(result, place.path)


def located(error: InputError, path: tuple[str | int, ...]) -> InputError:
    """Note on an error the path of the values it is about."""
    error.path = path  # type: ignore[attr-defined]
    return error


def _plainest(same: list[tuple[Mapping[str, Any], Place]]) -> tuple[Mapping[str, Any], Place]:
    """Pick, among the errors of a setting's alternatives, the one that fits it."""
    if len(same) == 1:
        return same[0]
    ranges = [s for s in same if not s[0]["type"].endswith(("_type", "_parsing"))]
    item, place = (ranges or same)[0]
    return item, place


def _first(
    problems: list[tuple[Mapping[str, Any], Place]],
) -> tuple[Mapping[str, Any], Place]:
    """Return the first problem; a misspelt key goes before the key that is then missing."""
    item, place = problems[0]
    if item["type"] == "missing":
        for other, where in problems:
            same_table = where.path[:-1] == place.path[:-1]
            if other["type"] == "extra_forbidden" and same_table:
                return other, where
    return item, place


def _told(item: Mapping[str, Any], place: Place, cls: type[BaseModel]) -> InputError:
    kind, value = item["type"], item["input"]
    context: Mapping[str, Any] = item.get("ctx", {})
    if kind == "extra_forbidden":
        return InputError(
            "unknown key", key=place.key, nearest=_meant(place, cls), allowed=_keys(place.table)
        )
    if kind == "missing":
        return InputError("is missing", key=place.key, allowed=allowed(place.kind, place.limits))
    if kind == "union_tag_not_found":
        return _no_kind(place, value)
    if kind == "union_tag_invalid":
        choices = tags_of(place.kind)
        return InputError(
            "there is no such kind",
            key=f"{place.key}.kind",
            found=value["kind"],
            allowed=quoted(choices),
            nearest=nearest_name(context["tag"], choices),
        )
    if kind in ("value_error", "assertion_error"):
        return _from_validator(item, place)
    words = {
        "literal_error": "not one of the choices",
        "finite_number": "not a finite number",
        "too_short": "too few entries",
        "too_long": "too many entries",
        "string_too_short": "too short",
        "string_too_long": "too long",
        "string_pattern_mismatch": "not of the right form",
    }
    if kind in words:
        problem = words[kind]
    elif kind.startswith(("greater_than", "less_than")):
        problem = "out of range"
    elif kind.endswith(("_type", "_parsing", "_from_float", "_size")):
        problem = "wrong type"
    else:
        problem = item["msg"][:1].lower() + item["msg"][1:]
    nearest = None
    if kind == "literal_error" and isinstance(value, str):
        nearest = nearest_name(value, [str(c) for c in choices_of(place.kind)])
    return InputError(
        problem,
        key=place.key,
        found=value,
        nearest=nearest,
        allowed=allowed(place.kind, place.limits),
    )


def _from_validator(item: Mapping[str, Any], place: Place) -> InputError:
    cause = item.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        return cause.at(key=place.key or None)
    words = str(cause) if cause is not None else item["msg"].removeprefix("Value error, ")
    return InputError(words, key=place.key or None)


def _no_kind(place: Place, entry: Any) -> InputError:
    choices = tags_of(place.kind)
    known = {name for choice in get_args(place.kind) for name in field_names(choice)}
    for name in entry if isinstance(entry, Mapping) else ():
        if name not in known and nearest_name(str(name), ["kind"]):
            return InputError(
                "unknown key", key=f"{place.key}.{key_of(str(name))}", nearest=f"{place.key}.kind"
            )
    return InputError("is missing", key=f"{place.key}.kind", allowed=quoted(choices))


def _meant(place: Place, cls: type[BaseModel]) -> str | None:
    """Return the key that an unknown one was probably meant to be."""
    name = str(place.path[-1])
    near = nearest_name(name, field_names(place.table)) if place.table else None
    if near:
        return _sibling(place.key, near)
    tree = parameter_tables(cls)
    if len(place.path) == 1 and name in tree:
        return f"parameters.{name}"
    if place.path[0] == "parameters":
        elsewhere = [t for t, c in tree.items() if name in c.model_fields]
        return f"parameters.{elsewhere[0]}.{name}" if elsewhere else None
    return None


def _sibling(key: str, name: str) -> str:
    """Return the key beside this one, with another last word; quoted words may hold dots."""
    if key.endswith('"'):
        at = key.rfind('."')
        return f"{key[: at + 1]}{name}" if at >= 0 else name
    return f"{key.rpartition('.')[0]}.{name}".removeprefix(".")


def _keys(table: type[BaseModel] | None) -> str | None:
    names = field_names(table) if table else []
    return ", ".join(names) if 0 < len(names) <= MOST_KEYS else None


# --- finding the place ----------------------------------------------------------------------------


def _place(loc: Sequence[str | int], cls: type[BaseModel], data: Any) -> Place:
    """Walk from the top to the error, through tables, lists and alternatives."""
    kind: Any = cls
    limits: tuple[Any, ...] = ()
    table: type[BaseModel] | None = None
    key, value = "", data
    path: tuple[str | int, ...] = ()
    for depth, part in enumerate(loc):
        kind, limits = bare(kind, limits)
        while is_union(kind) and (only := optional(kind)) is not None:
            kind, limits = bare(only, limits)
        model = model_of(kind)
        if model is not None:
            field = _field(model, part)
            table = model
            kind, limits = (field.annotation, tuple(field.metadata)) if field else (None, ())
            key = f"{key}.{key_of(str(part))}" if key else key_of(str(part))
        elif get_origin(kind) in (tuple, list) and isinstance(part, int):
            name = entry_name(str(path[-1]), _at(value, part)) if len(path) == 1 else None
            key = f"{key}.{key_of(name)}" if name else f"{key}[#{part + 1}]"
            kind, limits, table = _item_kind(kind, part), (), None
        elif is_union(kind):
            if depth < len(loc) - 1:
                kind, limits = _alternative(kind, part), ()
            continue
        path, value = (*path, part), _at(value, part)
    return Place(key, path, *bare(kind, limits), table)


def _at(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def _field(model: type[BaseModel], part: str | int) -> FieldInfo | None:
    for name, field in model.model_fields.items():
        if part in (name, field.alias):
            return field
    return None


def _item_kind(kind: Any, at: int) -> Any:
    items = get_args(kind)
    if len(items) == 2 and items[1] is Ellipsis:
        return items[0]
    return items[at] if at < len(items) else None


def _alternative(kind: Any, label: str | int) -> Any:
    """Return the alternative that pydantic calls by this label: a tag, a class or a type."""
    plain = []
    for choice in get_args(kind):
        model = model_of(bare(choice, ())[0])
        if model is None:
            plain.append(choice)
        elif label == model.__name__ or label in tag_of(model):
            return choice
    return plain[0] if plain else None


# --- keys of merged files -------------------------------------------------------------------------


def dotted(words: Sequence[str]) -> str:
    """Return a key without the leading `parameters`, which a change may leave out."""
    return key_of(*(words[1:] if words[0] == "parameters" and len(words) > 1 else words))


def named_path(path: Sequence[str | int], data: Any) -> tuple[str | int, ...]:
    """Return a path with the names of entries in place of their positions."""
    if len(path) < 2 or path[0] not in ENTRY_KEYS:
        return tuple(path)
    name = entry_name(str(path[0]), _at(_at(data, path[0]), path[1]))
    return (path[0], path[1] if name is None else name, *path[2:])


def states(data: Any, path: Sequence[str | int]) -> bool:
    """Tell whether a file's own values have something at a path (see `named_path`).

    Entries without a name are not told apart: where they stand changes when lists merge.
    """
    for depth, part in enumerate(path):
        if depth == 1 and path[0] in ENTRY_KEYS:
            entries = data if isinstance(data, list) else []
            name = part if isinstance(part, str) else None
            found = [e for e in entries if entry_name(str(path[0]), e) == name]
            if name is None or not found:
                return bool(found)
            data = found[0]
            continue
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True
