"""Keys: the keys of a design file as tables, from the same declarations that check them."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from experiments.designs.declared import Arm, Declared, Factor, Level, Record
from scenarios.declarations import allowed

TABLES: dict[str, type[BaseModel]] = {
    "the file": Declared,
    "[[factors]]": Factor,
    "a named level": Level,
    "[[arms]]": Arm,
    "[record]": Record,
}
"""The tables of a design file, by what they are called."""

HEAD = ("| key | what it may be | default | what it means |", "|---|---|---|---|")


def rows(cls: type[BaseModel]) -> Iterator[str]:
    """Yield the rows of a Markdown table: one a key, with what it may be and what it means."""
    for name, field in cls.model_fields.items():
        kind = allowed(field.annotation, tuple(field.metadata)) or "a table"
        kind = kind.replace("a list, each None", "a list of values")
        default = field.get_default(call_default_factory=True)
        shown = "must be given" if default is PydanticUndefined else ""
        if isinstance(default, int | float | str) and default not in ("", False):
            shown = f"`{default}`"
        yield f"| `{field.alias or name}` | {kind} | {shown} | {field.description} |"


def markdown() -> str:
    """Return all tables as Markdown."""
    parts = []
    for name, cls in TABLES.items():
        title = "### The file" if name == "the file" else f"### {name[:1].upper()}{name[1:]}"
        shown = f"### `{name}`" if name.startswith("[") else title
        parts.append("\n".join([shown, "", *HEAD, *rows(cls)]))
    return "\n\n".join(parts) + "\n"
