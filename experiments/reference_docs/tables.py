"""Tables for the pages: columns of the state, settings, events, measures, outcomes."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from experiments.judge import OUTCOMES
from experiments.reference_docs.words import MEASURES, OUTCOMES_IN_WORDS
from scenarios.declarations import allowed
from simulation import state as columns
from simulation.errors import InputError
from simulation.recorder import Measure, Recorder
from simulation.specification import (
    ConnectorTeam,
    Group,
    Institution,
    Measures,
    Partners,
    People,
    Place,
    Services,
    Specification,
    Ties,
)
from simulation.timeline import AnyEvent, Event, Intervention, Target, Uses

LONG_NUMBER = 4
"""Digits that a default shows."""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; nothing for no rows."""
    if not rows:
        return ""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(value: Any) -> str:
    """Return a value as it stands in a cell."""
    if value is None or value is PydanticUndefined:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.{LONG_NUMBER}g}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(cell(v) for v in value) + "]"
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")


# ---------------------------------------------------------------------------------- state


def state() -> str:
    """Return the columns of every table of a community."""
    parts = []
    for name, kind in vars(columns).items():
        if isinstance(kind, type) and issubclass(kind, columns.Table) and kind.COLUMNS:
            rows = [_column(key, column) for key, column in kind.COLUMNS.items()]
            words = " ".join((inspect.getdoc(kind) or "").split())
            head = ["column", "unit or range", "type", "meaning"]
            parts.append(f"**{name}.** {cell(words)}\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def _column(name: str, column: columns.Column) -> list[str]:
    kind = f"{column.dtype} × {column.width}" if column.width else column.dtype
    return [f"`{name}`", cell(column.unit), kind, cell(column.meaning)]


# ------------------------------------------------------------------------------- settings


def settings() -> str:
    """Return the settings of a scenario file, table by table."""
    whole = {n: f for n, f in Specification.model_fields.items() if n not in _ELSEWHERE}
    parts = [_settings_of("At the top of the file", whole)]
    parts += [_settings_of(header, kind.model_fields, kind) for header, kind in _TABLES.items()]
    return "\n\n".join(parts)


_TABLES: dict[str, type[BaseModel]] = {
    "`[[groups]]`": Group,
    "`[[places]]`": Place,
    "`[[institutions]]`": Institution,
    "`[[connectors]]`": ConnectorTeam,
    "`[ties]`": Ties,
    "`[people]`": People,
    "`[services]`": Services,
    "`[partners]`": Partners,
    "`[measures]`": Measures,
}
_ELSEWHERE = (*(header.strip("`[]") for header in _TABLES), "events", "parameters")


def _settings_of(
    header: str, fields: dict[str, FieldInfo], kind: type[BaseModel] | None = None
) -> str:
    rows = [_setting(field.alias or name, field) for name, field in fields.items()]
    words = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split()) if kind else ""
    head = ["setting", "default", "allowed", "meaning"]
    return "\n\n".join(filter(None, (f"### {header}", cell(words), table(head, rows))))


def _setting(name: str, field: FieldInfo) -> list[str]:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit = f" ({extra['unit']})" if extra.get("unit") else ""
    default = "required" if field.is_required() else _default(field)
    limits = (allowed(field.annotation, field.metadata) or "").partition(" that matches")[0]
    return [f"`{name}`", default, cell(limits), cell(f"{field.description or ''}{unit}")]


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel):
        stated = {k: v for k, v in value.model_dump().items() if v}
        return ", ".join(f"{k} = {cell(v)}" for k, v in stated.items())
    return "empty" if value in ("", ()) else cell(value) or "not set"


# --------------------------------------------------------------------------------- events


def events() -> str:
    """Return the kinds of events, what each takes, and what all have in common."""
    kinds = get_args(get_args(AnyEvent)[0])
    rows = []
    for kind in kinds:
        (word,) = get_args(kind.model_fields["kind"].annotation)
        own = {n: f for n, f in kind.model_fields.items() if n not in Event.model_fields}
        own = {n: f for n, f in own.items() if n not in ("kind", "intervention")}
        chosen = "intervention" if issubclass(kind, Intervention) else "incident"
        settings = "; ".join(_own_setting(name, field) for name, field in own.items())
        words = " ".join((inspect.getdoc(kind) or "").split())
        rows.append([f"`{word}`", chosen, cell(words), settings])
    parts = [table(["kind", "counts as", "what it is", "its settings"], rows)]
    for title, part in (
        ("Settings of every event", Event),
        ("`uses` of a funding", Uses),
        ("`target`: whom an event concerns", Target),
    ):
        found = [_setting(name, field) for name, field in part.model_fields.items()]
        head = ["setting", "default", "allowed", "meaning"]
        parts.append(f"**{title}.**\n\n{table(head, found)}")
    return "\n\n".join(parts)


def _own_setting(name: str, field: FieldInfo) -> str:
    default = "required" if field.is_required() else _default(field)
    meaning = f": {cell(field.description)}" if field.description else ""
    return f"`{name}`{meaning} ({default})"


# --------------------------------------------------------------------- measures, outcomes


def measures() -> str:
    """Return every recorded measure: unit, by whom, within which boundary, and what it is.

    Raises:
        InputError: where a measure is recorded that nobody has described, or the reverse.
    """
    keys = Recorder(("A group",), 12, 0.6).keys
    _same_names("measure", [k.measure for k in keys], MEASURES)
    rows = []
    for name, (unit, meaning) in MEASURES.items():
        mine = [k for k in keys if k.measure == name]
        rows.append([f"`{name}`", cell(unit), _of_whom(mine), _boundaries(mine), cell(meaning)])
    return table(["measure", "unit", "of", "boundary", "what it is"], rows)


def _of_whom(keys: Sequence[Measure]) -> str:
    groups = {k.group for k in keys}
    return "all" if groups == {"all"} else "each group, all"


def _boundaries(keys: Sequence[Measure]) -> str:
    return ", ".join(dict.fromkeys(k.boundary for k in keys))


def outcomes() -> str:
    """Return every outcome: its label, unit, and how it is reckoned.

    Raises:
        InputError: where there is an outcome that nobody has described, or the reverse.
    """
    _same_names("outcome", list(OUTCOMES), OUTCOMES_IN_WORDS)
    signs = {1: "more", -1: "less", 0: ""}
    rows = []
    for name, outcome in OUTCOMES.items():
        unit = "share of runs" if outcome.kind == "share" else outcome.unit
        pair = "yes" if outcome.paired else ""
        words = [f"`{name}`", outcome.label, unit, pair, signs[outcome.good]]
        rows.append([*words, cell(OUTCOMES_IN_WORDS[name])])
    head = ["outcome", "in the table", "unit", "needs the pair", "better is", "how it is reckoned"]
    return table(head, rows)


def _same_names(what: str, found: Sequence[str], described: dict[str, Any]) -> None:
    for name in (*found, *described):
        if name not in described or name not in found:
            raise InputError(f"each {what} needs its words in the pages", found=name)
