"""Loader: from a name or a file to a checked specification, and back to a file.

A scenario file holds what differs from its base (`extends`) or from the defaults. Loading reads the
chain of files, merges them (see `scenarios.merging`), makes the changes asked for (see
`scenarios.settings`), and checks the whole. The path of a file that belongs to a scenario
(`ties.path`, `people.path` and so on) is relative to the file that states it; in memory it is
absolute, and written scenarios hold only the file's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from scenarios import problems
from scenarios.chain import Layer, NameOrPath, exists, extended, lay, read_chain, top_of
from scenarios.reading import Table, plain
from scenarios.settings import Change, apply, changes_of
from simulation.errors import InputError
from simulation.specification import FILE_TABLES, Specification, specification_class

Overrides = Mapping[str, Any] | Sequence[str]
RESULT_FILES = ("scenario.toml", "outcomes.csv", "effects.csv")
"""Names that the files of a result have, and that no file of a scenario in it may take."""


# --- checked specifications -----------------------------------------------------------------------


def load(
    name_or_path: NameOrPath,
    *,
    overrides: Overrides = (),
    months: int | None = None,
    seed: int | None = None,
) -> Specification:
    """Load a scenario by its shipped name or its path.

    Args:
        name_or_path: such as "baseline", "communities/cincinnati" or "my-town.toml".
        overrides: changes by key, such as `{"groups.north.size": 300}` or
            `["activation.reinforcement=2"]`; see `scenarios.settings`.
        months: horizon, in place of the scenario's.
        seed: seed, in place of the scenario's.

    Raises:
        InputError: one line with the file, the key, what was found and what is allowed.
    """
    layers = read_chain(name_or_path)
    data = lay(layers)
    changes = [*changes_of(overrides), *_named(months=months, seed=seed)]
    if not changes:
        return _checked(data, layers)
    return _changed(data, changes, layers)


def with_settings(specification: Specification, overrides: Overrides) -> Specification:
    """Return the specification with settings changed, by keys as `--set` takes them.

    A value of `None` takes a setting back to its default.

    Raises:
        InputError: for an unknown key, naming the nearest, or a value that does not fit.
    """
    data = specification.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return _changed(data, changes_of(overrides), [])


def _named(**values: Any) -> list[Change]:
    given = {name: value for name, value in values.items() if value is not None}
    return [Change((n,), plain(v, file=n), f"{n}={v}") for n, v in given.items()]


def _checked(data: Table, layers: Sequence[Layer]) -> Specification:
    """Check merged values; a problem is laid at the file that stated what is wrong."""
    cls = specification_class()
    try:
        specification = _validated(data)
    except ValidationError as error:
        problem = problems.input_error(error, cls, data)
        raise extended(problem.at(file=_origin(problem, data, layers)), layers) from None
    for table, path in specification.files().items():
        if not exists(Path(path)):
            raise InputError(
                "there is no such file",
                file=top_of(layers),
                key=f"{table}.path",
                found=Path(path).name,
            )
    return specification


def _validated(data: Table) -> Specification:
    """Check values without bending their types: "3" is no number and 1 is no flag."""
    return specification_class().model_validate_json(json.dumps(data), strict=True)


def _changed(data: Table, changes: Sequence[Change], layers: Sequence[Layer]) -> Specification:
    """Apply and check changes; a problem is laid at the change that made it."""
    cls = specification_class()
    try:
        changed = apply(data, changes, cls)
    except InputError:
        _checked(data, layers)
        raise
    try:
        specification = _validated(changed)
    except ValidationError as error:
        _checked(data, layers)
        problem = problems.input_error(error, cls, changed)
        raise _laid_at(problem, changes) from None
    if specification.files():
        return _checked(changed, layers)
    return specification


def _laid_at(problem: InputError, changes: Sequence[Change]) -> InputError:
    """Name the change a problem comes from, and speak of parameters as the change did."""
    key = (problem.key or "").removeprefix("parameters.")
    exact = [c for c in changes if problems.dotted(c.words) == key][-1:]
    mine = exact or [c for c in changes if _same(problems.dotted(c.words), key)] or list(changes)
    label = mine[-1].label if len(mine) == 1 else " ".join(c.label for c in mine)
    told = key if key != problems.dotted(mine[-1].words) else None
    nearest = problem.nearest.removeprefix("parameters.") if problem.nearest else None
    if problem.problem == "unknown key":
        return InputError(
            f"unknown key '{key}'",
            file=label,
            nearest=nearest,
            allowed=problem.allowed,
            mend=problem.mend,
        )
    return InputError(
        problem.problem,
        file=label,
        key=told,
        found=problem.found,
        allowed=problem.allowed,
        nearest=nearest,
        mend=problem.mend,
    )


def _same(one: str, two: str) -> bool:
    return one == two or one.startswith(f"{two}.") or two.startswith(f"{one}.")


def _origin(problem: InputError, data: Table, layers: Sequence[Layer]) -> str | None:
    """Return the file that stated the value a problem is about: the first of the chain that did."""
    path = problems.named_path(getattr(problem, "path", ()), data)
    while path:
        for layer in layers:
            if problems.states(layer.data, path):
                return layer.file
        path = path[:-1]
    return top_of(layers)


# --- writing --------------------------------------------------------------------------------------


def to_toml(specification: Specification) -> str:
    """Return the whole specification as a scenario file that needs no other.

    Every setting is stated, defaults included. Loading it gives an equal specification; files that
    belong to it are named without their folders (see `file_names`) and must lie beside it.
    """
    return tomli_w.dumps(portable(specification))


def portable(specification: Specification) -> Table:
    """Return plain values without any path of this machine: files that belong to it are named."""
    data = specification.data()
    for table, name in file_names(specification).items():
        data[table]["path"] = name
    return data


def file_names(specification: Specification) -> dict[str, str]:
    """Return what the files of a written scenario are called, by the table that names them.

    Two files of one name from different folders, and names that results use, get the table's name
    in front, so that all can lie beside the scenario.
    """
    names: dict[str, str] = {}
    taken: dict[str, str] = dict.fromkeys(RESULT_FILES, "")
    for table in FILE_TABLES:
        path = getattr(specification, table).path
        if path:
            name = Path(path).name
            while taken.get(name.lower(), path) != path:
                name = f"{table}-{name}"
            taken[name.lower()] = path
            names[table] = name
    return names
