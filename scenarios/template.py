"""Template: a starter file in which every setting stands ready, with its meaning and its range.

All of it is made from the declarations that check scenarios, and from the values of the scenario it
starts from. A line such as `#rate = 0.25` is a setting as it stands; a line that starts with `# `
explains.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import tomli_w
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.declarations import allowed
from scenarios.loader import load, portable
from scenarios.problems import ENTRY_KEYS
from simulation.processes.base import ASSUMPTION
from simulation.specification import FILE_TABLES, Specification
from simulation.timeline import AnyEvent

WIDTH = 100
STATED = ("schema_version", "title")
"""Settings that a starter states itself."""


def starter(title: str, base: str = "baseline", *, extends: str | None = None) -> str:
    """Return the text of a scenario that extends another and changes nothing yet.

    Args:
        title: title of the new scenario.
        base: the scenario it extends: a shipped name or a path.
        extends: how the new file calls it, where that is not `base`: a path seen from the file.

    Raises:
        InputError: where the base cannot be loaded.
    """
    return "\n".join(_lines(title, extends or base, load(base))) + "\n"


def _lines(title: str, base: str, spec: Specification) -> Iterator[str]:
    yield from _prose(
        f"A scenario for Kindling. It extends {base} and changes nothing yet. Below, every setting "
        "stands as it is there, with its meaning and what it may be: take the # off a line that "
        "starts with #name = and change the value. In lists of [[groups]], [[events]] and so on, "
        "take the # off the header and the name as well; an entry of a new name is added, and "
        "remove = true drops one. A parameter without a source is an assumption. "
        "Check the file with: kindling check FILE"
    )
    yield ""
    yield "schema = 1"
    yield f"extends = {_inline(base)}"
    yield f"title = {_inline(title)}"
    fields = type(spec).model_fields
    data = portable(spec)
    tables = [n for n, f in fields.items() if isinstance(getattr(spec, n), BaseModel)]
    for name, field in fields.items():
        if name not in (*STATED, *tables, *ENTRY_KEYS):
            yield from _setting(name, field, data.get(name))
    for name in (*FILE_TABLES, "measures"):
        yield from _table(name, getattr(spec, name), data[name])
    for table in ENTRY_KEYS:
        yield from _entries(table, spec, data[table])
    for name, cls in _parameter_classes(spec):
        yield from _table(f"parameters.{name}", cls, data["parameters"][name])


def _parameter_classes(spec: Specification) -> Iterator[tuple[str, BaseModel]]:
    for name in type(spec.parameters).model_fields:
        yield name, getattr(spec.parameters, name)


def _table(header: str, part: BaseModel, values: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"[{header}]"
    yield from _prose(_first_line(type(part)))
    for name, field in type(part).model_fields.items():
        yield from _setting(field.alias or name, field, values.get(name))


def _entries(table: str, spec: Specification, values: list[dict[str, Any]]) -> Iterator[str]:
    yield ""
    yield f"# ---- {table} " + "-" * (WIDTH - 8 - len(table))
    explained: set[type[BaseModel]] = set()
    for entry, plain in zip(getattr(spec, table), values, strict=True):
        yield ""
        yield f"#[[{table}]]"
        for name, field in type(entry).model_fields.items():
            if type(entry) in explained:
                yield from _setting(name, None, plain.get(name))
            else:
                yield from _setting(name, field, plain.get(name))
        explained.add(type(entry))
    if table == "events":
        yield from _kinds()


def _kinds() -> Iterator[str]:
    """List the kinds of events and what each takes."""
    classes = get_args(get_args(AnyEvent)[0])
    common = set.intersection(*(set(cls.model_fields) for cls in classes))
    yield ""
    yield from _prose("Kinds of events, and the settings of each beside those common to all:")
    for cls in classes:
        (kind,) = get_args(cls.model_fields["kind"].annotation)
        own = [
            f"{name} ({_meaning(field)})" if _meaning(field) else name
            for name, field in cls.model_fields.items()
            if name not in common
        ]
        yield from _prose(f"{kind}: {_first_line(cls)} {'; '.join(own)}", indent="  ")


def _setting(name: str, field: FieldInfo | None, value: Any) -> Iterator[str]:
    line = f"#{name} = {_inline(value)}" if value is not None else f"# {name} is not set"
    words = _meaning(field) if field else ""
    if not words:
        yield line
    elif len(line) + len(words) + 4 <= WIDTH:
        yield f"{line}  # {words}"
    else:
        yield from _prose(words)
        yield line


def _meaning(field: FieldInfo) -> str:
    """Return what a setting means, its range, its unit and its source, as declared."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit, source = str(extra.get("unit", "")), str(extra.get("source", ""))
    words = [(field.description or "").rstrip("."), allowed(field.annotation, field.metadata) or ""]
    words += [f"unit: {unit}"] if unit not in ("", "1", "choice", "flag") else []
    words += [f"source: {source}"] if source not in ("", ASSUMPTION) else []
    return "; ".join(word for word in words if word)


def _first_line(cls: type[BaseModel]) -> str:
    return (cls.__doc__ or "").strip().split("\n")[0]


def _prose(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"# {indent}",
        subsequent_indent=f"# {indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _inline(value: Any) -> str:
    """Return a value on one line of TOML."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(k)} = {_inline(v)}" for k, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_inline(v) for v in value)}]"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").rstrip("\n")


def _key(word: str) -> str:
    return tomli_w.dumps({word: 0}).removesuffix(" = 0\n")


def title_of(path: Path) -> str:
    """Return a title made of a file's name: `my-town.toml` becomes "My town"."""
    words = path.stem.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:200]
