"""Declarations: what a setting may be, in words, from the type and limits it was declared with."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types as bounds
from pydantic import BaseModel
from pydantic.fields import FieldInfo

MOST_KEYS = 20
"""A table of more keys is not listed in a message."""


def field_names(cls: type[BaseModel]) -> list[str]:
    """Return the keys of a table as a scenario writes them."""
    return [field.alias or name for name, field in cls.model_fields.items()]


def parameter_tables(cls: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the tables of `[parameters]` by name."""
    tree: Any = cls.model_fields["parameters"].annotation
    return {name: field.annotation for name, field in tree.model_fields.items()}


def allowed(kind: Any, limits: Sequence[Any] = ()) -> str | None:
    """Say in words which values a setting takes, from its declaration; None where nobody knows."""
    kind, limits = bare(kind, tuple(limits))
    if is_union(kind):
        tags = tags_of(kind)
        if tags:
            return f"a table with kind {quoted(tags)}"
        return " or ".join(filter(None, (allowed(c, limits) for c in get_args(kind)))) or None
    if get_origin(kind) is Literal:
        return quoted(get_args(kind))
    if kind is bool:
        return "true or false"
    if kind in (int, float):
        word = "a whole number" if kind is int else "a number"
        return f"{word}{_range(limits)}"
    if kind is str:
        forms = [limit.pattern for limit in limits if getattr(limit, "pattern", None)]
        form = f" that matches {forms[0]}" if forms else ""
        return f"text{_length(limits, 'characters')}{form}"
    if get_origin(kind) in (tuple, list):
        return _list_of(kind, limits)
    model = model_of(kind)
    if model is not None:
        names = field_names(model)
        return f"a table with {', '.join(names)}" if len(names) <= MOST_KEYS else "a table"
    return None


def _list_of(kind: Any, limits: Sequence[Any]) -> str:
    items = get_args(kind)
    if items and items[-1] is not Ellipsis:
        return f"[{', '.join(allowed(item) or 'a value' for item in items)}]"
    inner = bare(items[0], ())[0] if items else None
    if model_of(inner) is not None or is_union(inner):
        return f"a list of tables{_length(limits, 'entries')}"
    return f"a list{_length(limits, 'entries')}, each {allowed(items[0]) if items else 'a value'}"


def _range(limits: Sequence[Any]) -> str:
    found: dict[str, Any] = {}
    for limit in limits:
        for name, cls in (
            ("ge", bounds.Ge),
            ("gt", bounds.Gt),
            ("le", bounds.Le),
            ("lt", bounds.Lt),
        ):
            if isinstance(limit, cls):
                found[name] = getattr(limit, name)
    if "ge" in found and "le" in found:
        return f" from {_number(found['ge'])} to {_number(found['le'])}"
    words = {"ge": "at least {}", "gt": "above {}", "le": "at most {}", "lt": "below {}"}
    told = [words[name].format(_number(limit)) for name, limit in found.items()]
    return f", {' and '.join(told)}" if told else ""


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"


def _length(limits: Sequence[Any], what: str) -> str:
    least = most = None
    for limit in limits:
        least = limit.min_length if isinstance(limit, bounds.MinLen) else least
        most = limit.max_length if isinstance(limit, bounds.MaxLen) else most
    if least and most:
        return f" of {least} to {most} {what}" if least != most else f" of {least} {what}"
    if most:
        return f" of up to {most} {what}"
    return f" of at least {least} {what}" if least else ""


def quoted(choices: Sequence[Any]) -> str:
    """Return choices as a message lists them."""
    return ", ".join(f"'{c}'" if isinstance(c, str) else str(c) for c in choices)


# --- taking types apart ---------------------------------------------------------------------------


def bare(kind: Any, limits: tuple[Any, ...] = ()) -> tuple[Any, tuple[Any, ...]]:
    """Take off `Annotated`, keeping what it says about limits."""
    while get_origin(kind) is Annotated:
        kind, *notes = get_args(kind)
        for note in notes:
            limits += tuple(note.metadata) if isinstance(note, FieldInfo) else (note,)
    return kind, limits


def model_of(kind: Any) -> type[BaseModel] | None:
    """Return the class of a table; None for what is no table."""
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def is_union(kind: Any) -> bool:
    """Tell whether a setting may be one of several types."""
    return get_origin(kind) in (Union, types.UnionType)


def optional(kind: Any) -> Any:
    """Return what a setting is that may be left empty; None for real alternatives."""
    choices = [c for c in get_args(kind) if c is not type(None)]
    return choices[0] if len(choices) == 1 else None


def tag_of(model: type[BaseModel]) -> tuple[Any, ...]:
    """Return the words of `kind` by which a table is told from its alternatives."""
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()


def tags_of(kind: Any) -> list[str]:
    """Return the words of `kind` of all alternatives."""
    return [str(t) for c in get_args(kind) if model_of(c) is not None for t in tag_of(c)]


def choices_of(kind: Any) -> Iterator[Any]:
    """Yield the words and numbers of a choice."""
    if get_origin(kind) is Literal:
        yield from get_args(kind)
    elif is_union(kind):
        for choice in get_args(kind):
            yield from choices_of(choice)
