"""Chain: from a name to the files of a scenario, and those it extends, laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from scenarios.merging import merged
from scenarios.reading import Table, read_toml
from simulation.errors import InputError, nearest_name
from simulation.specification import FILE_TABLES

MOST_FILES = 20
"""The longest chain of `extends`."""

NameOrPath = str | Path


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
        if not exists(path):
            stem = text.removesuffix(".toml")
            raise InputError(
                "there is no such file",
                file=text,
                mend=f"the shipped scenario is '{stem}'" if stem in shipped else None,
            )
        return path
    if isinstance(name_or_path, Path) or "/" in text or "\\" in text:
        if exists(path):
            return path
        looked = f"neither a shipped scenario nor a file {text}"
    else:
        looked = "no shipped scenario has this name; a file's name ends in .toml"
    raise InputError(
        looked,
        file=text or "''",
        nearest=nearest_name(text, shipped),
        mend="kindling list shows the names",
    )


def exists(path: Path) -> bool:
    """Tell whether there is anything at a path; what cannot be a path is not there."""
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
    return lay(read_chain(path))


def lay(layers: Sequence[Layer]) -> Table:
    """Return the values of a chain of files, each laid over those it extends."""
    data: Table = {}
    for layer in reversed(layers):
        try:
            data = merged(data, layer.data, file=layer.file)
        except InputError as error:
            raise extended(error, layers) from None
    return data


def read_chain(name_or_path: NameOrPath) -> list[Layer]:
    """Read a file and all it extends, the file itself first."""
    path = find(name_or_path)
    shown = str(path) if str(name_or_path) not in _shipped() else str(name_or_path)
    layers: list[Layer] = []
    chain: list[tuple[Path, str]] = []
    while True:
        here = path.resolve()
        if here in [p for p, _ in chain]:
            raise InputError(
                "extends goes round in a circle",
                file=chain[0][1],
                key="extends",
                mend=" → ".join([*(name for _, name in chain), shown]),
            )
        chain.append((here, shown))
        if len(chain) > MOST_FILES:
            raise InputError(
                f"a chain of more than {MOST_FILES} files",
                file=chain[0][1],
                key="extends",
                mend=" → ".join(name for _, name in chain[:3]) + " → …",
            )
        try:
            data = read_toml(path)
        except InputError as error:
            raise extended(error, layers) from None
        base = data.pop("extends", None)
        _place_files(data, path)
        layers.append(Layer(shown, data))
        if base is None:
            return layers
        try:
            path, shown = _base(base, path, shown)
        except InputError as error:
            raise extended(error, layers[:-1]) from None


def _base(base: Any, path: Path, shown: str) -> tuple[Path, str]:
    if not isinstance(base, str):
        raise InputError(
            "wrong type",
            file=shown,
            key="extends",
            found=base,
            allowed="the name of a shipped scenario, or a path",
        )
    try:
        found = find(base, folder=path.parent)
    except InputError as error:
        raise InputError(
            error.problem,
            file=shown,
            key="extends",
            found=base,
            nearest=error.nearest,
            mend=error.mend,
        ) from None
    return found, base if base in _shipped() else Path(base).name


def _place_files(data: Table, path: Path) -> None:
    """Make the paths of a scenario's files absolute, as seen from the file that states them."""
    for name in FILE_TABLES:
        table = data.get(name)
        if isinstance(table, dict) and isinstance(table.get("path"), str) and table["path"]:
            data[name] = {**table, "path": str(path.resolve().parent / table["path"])}


def top_of(layers: Sequence[Layer]) -> str | None:
    """Return the file that the user named, or None where there is none."""
    return layers[0].file if layers else None


def extended(error: InputError, layers: Sequence[Layer]) -> InputError:
    """Say which file the user named, where the problem lies in one that it extends."""
    top = top_of(layers)
    if top is None or top in error.line():
        return error
    error.mend = "; ".join(filter(None, (error.mend, f"extended by {top}")))
    return error.at()
