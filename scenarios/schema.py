"""Schema: the JSON Schema of scenario files, from the same declarations that check them.

Editors use it to complete and check a scenario while it is written; with Taplo, for example, by a
first line `#:schema scenario.schema.json` (write that file with `kindling check --schema`).
"""

from __future__ import annotations

from typing import Any

from scenarios.problems import DEFAULT_NAMES, ENTRY_KEYS
from simulation.specification import specification_class

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of scenario files.

    A file with `extends` may leave out of an entry what its base says, and may drop an entry with
    `remove = true`; a file without it may not.
    """
    schema = specification_class().model_json_schema(by_alias=True, mode="validation")
    parts: Schema = schema["$defs"]
    properties: Schema = schema["properties"]
    properties["extends"] = {
        "type": "string",
        "minLength": 1,
        "description": "scenario to start from: a shipped name, or a path relative to this file",
    }
    whole: Schema = {}
    for table, key in ENTRY_KEYS.items():
        items = properties[table]["items"]
        whole[table] = {"items": items}
        properties[table]["items"] = _partial(items, parts, table, key)
        properties[table].pop("default", None)
        properties[table].pop("minItems", None)
    return {
        "$schema": DIALECT,
        "title": "Kindling scenario",
        "description": "A community, and what happens to it.",
        **{k: v for k, v in schema.items() if k not in ("title", "description")},
        "if": {"not": {"required": ["extends"]}},
        "then": {"properties": whole},
    }


def _partial(items: Schema, parts: Schema, table: str, key: str) -> Schema:
    """Return the schema of an entry that may build on an entry of the base."""
    kinds = [_resolved(choice, parts) for choice in items.get("oneOf", [items])]
    known: Schema = {}
    for kind in kinds:
        for name, value in kind["properties"].items():
            same = known.setdefault(name, value)
            if same != value:
                known[name] = _either(same, value)
    known["remove"] = {"const": True, "description": "drop the entry of this name of the base"}
    named = [] if table in DEFAULT_NAMES else [key]
    return {"type": "object", "properties": known, "required": named, "additionalProperties": False}


def _either(one: Schema, two: Schema) -> Schema:
    choices = one["anyOf"] if set(one) == {"anyOf"} else [one]
    return {"anyOf": [*choices, two]} if two not in choices else {"anyOf": choices}


def _resolved(part: Schema, parts: Schema) -> Schema:
    reference = part.get("$ref")
    found: Schema = parts[reference.rpartition("/")[2]] if reference else part
    return found
