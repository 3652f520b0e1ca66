"""Sources: the scenarios of a design, from their files or as a stored design holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.designs.axis import SCENARIO
from experiments.designs.declared import Declared
from experiments.designs.table import Columns, different
from scenarios import find, load, names
from scenarios.problems import input_error
from simulation.errors import InputError
from simulation.specification import Specification, specification_class


def load_scenarios(
    declared: Declared,
    given: Mapping[str, Specification],
    table: Columns | None,
    folder: Path | None,
) -> dict[str, Specification]:
    """Return every scenario that a design names, by that name, the design's own first.

    Args:
        declared: the design; scenarios that it holds whole go before files.
        given: scenarios given whole, by name.
        table: listed points, where scenarios may be among them.
        folder: where relative paths begin; default: the current folder.

    Raises:
        InputError: a scenario is not there or not right.
    """
    found: dict[str, Specification] = {}
    for key, name in _named(declared, table):
        if name in found:
            continue
        if name in given:
            found[name] = given[name]
        elif name in declared.scenarios:
            found[name] = _stored(name, declared.scenarios[name])
        else:
            found[name] = _loaded(key, name, folder)
    return found


def _named(declared: Declared, table: Columns | None) -> Iterator[tuple[str, str]]:
    """Yield every scenario that a design names, and the key that does."""
    yield "scenario", declared.scenario
    for arm in declared.arms:
        if arm.scenario is not None:
            yield f"arms.{arm.name}.scenario", arm.scenario
    columns = {SCENARIO}
    for factor in declared.factors:
        if factor.key == SCENARIO or factor.keys == (SCENARIO,):
            name = factor.name or SCENARIO
            columns.add(name)
            for value in factor.values or ():
                yield f"factors.{name}.values", _text(value, f"factors.{name}.values")
    for name in columns & set(table or {}):
        for value in different((table or {})[name]):
            yield f"table.{name}", _text(value, f"table.{name}")


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise InputError("wrong type", key=key, found=value, allowed="names of scenarios")
    return value


def _loaded(key: str, name: str, folder: Path | None) -> Specification:
    try:
        return load(name if name in names() else find(name, folder=folder))
    except InputError as error:
        if error.file != name:
            raise
        raise InputError(
            error.problem, key=key, found=name, nearest=error.nearest, mend=error.mend
        ) from None


def _stored(name: str, data: dict[str, Any]) -> Specification:
    cls = specification_class()
    try:
        specification: Specification = cls.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problem = input_error(error, cls, data)
        raise problem.at(key=f"scenarios.{name}") from None
    for table, path in specification.files().items():
        if not Path(path).is_file():
            raise InputError(
                "there is no such file any more", key=f"scenarios.{name}.{table}.path", found=path
            )
    return specification
