"""Loader: from a name or a file to a checked specification, and back to a file.

A scenario file holds what differs from its base (`extends`) or from the defaults. Loading reads the
chain of files, merges them (see `scenarios.merging`), makes the changes asked for (see
`scenarios.settings`), and checks the whole. `ties.path` is relative to the file that states it; in
memory it is absolute, and written scenarios hold only the file's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w
from pydantic import ValidationError

from scenarios import problems
from scenarios.merging import merged
from scenarios.reading import Table, plain, read_toml
from scenarios.settings import Change, apply, changes_of
from simulation.errors import InputError, nearest_name
from simulation.specification import Specification, specification_class

MOST_FILES = 20
"""The longest chain of `extends`."""

NameOrPath = str | Path
Overrides = Mapping[str, Any] | Sequence[str]


class Layer(NamedTuple):
    """One file of a chain, as it was read."""

    file: str
    data: Table


# --- names and files ------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Path]:
    folder = Path(str(files("scenarios")))
    found = sorted(folder.rglob("*.toml"))
    return {p.relative_to(folder).with_suffix("").as_posix(): p for p in found}


def names() -> list[str]:
    """Return the names of the shipped scenarios, such as `communities/cincinnati`."""
    return list(_shipped())


def find(name_or_path: NameOrPath, *, folder: Path | None = None) -> Path:
    """Return the file of a shipped name, or of a path.

    A shipped name goes before a file of the same name. Anything that ends in `.toml`, or has a
    separator and exists, is a path, relative to `folder` (default: the current one).

    Raises:
        InputError: saying what was looked for.
    """
    text = str(name_or_path)
    shipped = _shipped()
    if text in shipped and not isinstance(name_or_path, Path):
        return shipped[text]
    path = Path(text) if folder is None else folder / text
    if text.endswith(".toml"):
        if not _exists(path):
            stem = text.removesuffix(".toml")
            raise InputError("there is no such file", file=text,
                             mend=f"the shipped scenario is '{stem}'" if stem in shipped else None)
        return path
    if isinstance(name_or_path, Path) or "/" in text or "\\" in text:
        if _exists(path):
            return path
        looked = f"neither a shipped scenario nor a file {text}"
    else:
        looked = "no shipped scenario has this name; a file's name ends in .toml"
    raise InputError(looked, file=text or "''", nearest=nearest_name(text, shipped),
                     mend="kindling list shows the names")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


# --- chains of files ------------------------------------------------------------------------------


def resolve(path: NameOrPath) -> Table:
    """Return the values of a scenario with all it extends, not yet checked.

    Raises:
        InputError: where a file cannot be read, or the chain of `extends` is broken, a circle, or
            too long.
    """
    return _resolved(_layers(path))


def _resolved(layers: Sequence[Layer]) -> Table:
    data: Table = {}
    for layer in reversed(layers):
        data = merged(data, layer.data, file=layer.file)
    return data


def _layers(name_or_path: NameOrPath) -> list[Layer]:
    """Read a file and all it extends, the file itself first."""
    path = find(name_or_path)
    shown = str(path) if str(name_or_path) not in _shipped() else str(name_or_path)
    layers: list[Layer] = []
    chain: list[tuple[Path, str]] = []
    while True:
        here = path.resolve()
        if here in [p for p, _ in chain]:
            raise InputError("extends goes round in a circle", file=chain[0][1], key="extends",
                             mend=" → ".join([*(name for _, name in chain), shown]))
        chain.append((here, shown))
        if len(chain) > MOST_FILES:
            raise InputError(
                f"a chain of more than {MOST_FILES} files", file=chain[0][1], key="extends",
                mend=" → ".join(name for _, name in chain[:3]) + " → …",
            )
        data = read_toml(path)
        base = data.pop("extends", None)
        _place_ties(data, path)
        layers.append(Layer(shown, data))
        if base is None:
            return layers
        path, shown = _base(base, path, shown)


def _base(base: Any, path: Path, shown: str) -> tuple[Path, str]:
    if not isinstance(base, str):
        raise InputError("wrong type", file=shown, key="extends", found=base,
                         allowed="the name of a shipped scenario, or a path")
    try:
        found = find(base, folder=path.parent)
    except InputError as error:
        raise InputError(error.problem, file=shown, key="extends", found=base,
                         nearest=error.nearest, mend=error.mend) from None
    return found, base if base in _shipped() else Path(base).name


def _place_ties(data: Table, path: Path) -> None:
    """Make the path of a ties file absolute, as seen from the file that states it."""
    ties = data.get("ties")
    if isinstance(ties, dict) and isinstance(ties.get("path"), str) and ties["path"]:
        data["ties"] = {**ties, "path": str(path.resolve().parent / ties["path"])}


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
    layers = _layers(name_or_path)
    data = _resolved(layers)
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
        raise problem.at(file=_origin(problem, data, layers)) from None
    ties = specification.ties
    if ties.kind == "file" and not _exists(Path(ties.path or "")):
        raise InputError("there is no such file", file=_shown(layers), key="ties.path",
                         found=Path(ties.path or "").name)
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
    if specification.ties.kind == "file":
        return _checked(changed, layers)
    return specification


def _laid_at(problem: InputError, changes: Sequence[Change]) -> InputError:
    """Name the change a problem comes from, and speak of parameters as the change did."""
    key = (problem.key or "").removeprefix("parameters.")
    mine = [c for c in changes if _same(problems.dotted(c.words), key)] or list(changes)
    label = mine[-1].label if len(mine) == 1 else " ".join(c.label for c in mine)
    told = key if key != problems.dotted(mine[-1].words) else None
    nearest = problem.nearest.removeprefix("parameters.") if problem.nearest else None
    if problem.problem == "unknown key":
        return InputError(f"unknown key '{key}'", file=label, nearest=nearest,
                          allowed=problem.allowed, mend=problem.mend)
    return InputError(problem.problem, file=label, key=told, found=problem.found,
                      allowed=problem.allowed, nearest=nearest, mend=problem.mend)


def _same(one: str, two: str) -> bool:
    return one == two or one.startswith(f"{two}.") or two.startswith(f"{one}.")


def _shown(layers: Sequence[Layer]) -> str | None:
    return layers[0].file if layers else None


def _origin(problem: InputError, data: Table, layers: Sequence[Layer]) -> str | None:
    """Return the file that stated the value a problem is about: the first of the chain that did."""
    path = problems.named_path(getattr(problem, "path", ()), data)
    for layer in layers:
        if path and problems.states(layer.data, path):
            return layer.file
    return _shown(layers)


# --- writing --------------------------------------------------------------------------------------


def to_toml(specification: Specification) -> str:
    """Return the whole specification as a scenario file that needs no other.

    Every setting is stated, defaults included. Loading it gives an equal specification; a ties
    file is named without its folder and must lie beside it.
    """
    return tomli_w.dumps(portable(specification))


def portable(specification: Specification) -> Table:
    """Return plain values without any path of this machine: a ties file is only named."""
    data = specification.data()
    if data["ties"].get("path"):
        data["ties"]["path"] = Path(data["ties"]["path"]).name
    return data
