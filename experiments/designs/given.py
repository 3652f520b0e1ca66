"""Given: the keys of a design as Python gives them, turned into what a file would hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from scenarios.reading import plain
from simulation.specification import Specification


def plain_keys(keys: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Specification], Any]:
    """Return keys as plain values, the specifications among them by name, and the table."""
    given: dict[str, Specification] = {}
    data = dict(keys)
    table = data.get("table")
    if table is not None and not isinstance(table, str):
        data.pop("table")
    data = {key: _entry(value) for key, value in data.items() if value is not None}
    data["scenario"] = _named(data.get("scenario"), "given", given)
    if data["scenario"] is None:
        del data["scenario"]
    arms = data.get("arms", ())
    if isinstance(arms, list | tuple):
        for arm in arms:
            if isinstance(arm, dict) and "scenario" in arm:
                arm["scenario"] = _named(arm["scenario"], f"given: {arm.get('name')}", given)
    return plain(data), given, table


def _entry(value: Any) -> Any:
    """Return parts made in Python as the tables that a file would hold."""
    if isinstance(value, Specification):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, Path):
        return value
    if isinstance(value, Mapping):
        return {key: _entry(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_entry(inner) for inner in value]
    return value


def _named(scenario: Any, name: str, given: dict[str, Specification]) -> Any:
    """Return the name under which a scenario is known; keep one that is given whole."""
    if isinstance(scenario, Specification):
        given[name] = scenario
        return name
    return str(scenario) if isinstance(scenario, Path) else scenario
