"""Loading: designs by their shipped name or from a file."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from experiments.designs.declared import Declared, declare
from experiments.designs.design import Design
from scenarios.reading import read_toml
from simulation.errors import InputError, nearest_name


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Path]:
    folder = Path(str(files("experiments.designs"))) / "shipped"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def design_names() -> list[str]:
    """Return the names of the designs that come along."""
    return list(_shipped())


def find_design(name_or_path: str | Path) -> Path:
    """Return the file of a shipped design's name, or of a path.

    Raises:
        InputError: there is neither.
    """
    text, shipped = str(name_or_path), _shipped()
    if text in shipped and not isinstance(name_or_path, Path):
        return shipped[text]
    path = Path(text)
    try:
        there = path.exists()
    except (OSError, ValueError):
        there = False
    if there and (text.endswith(".toml") or isinstance(name_or_path, Path) or "/" in text):
        return path
    stem = text.removesuffix(".toml")
    raise InputError(
        "there is no such file"
        if text.endswith(".toml")
        else "no shipped design has this name; a file's name ends in .toml",
        file=text or "''",
        nearest=None if stem in shipped else nearest_name(text, shipped),
        mend=f"the shipped design is '{stem}'" if stem in shipped else "kindling design lists them",
    )


def load_design(name_or_path: str | Path) -> Design:
    """Load a design by its shipped name, such as "first-sweep", or from a TOML file.

    Paths of scenarios and tables in it are relative to the file.

    Raises:
        InputError: one line with the file, the key, what was found and what is allowed.
    """
    path = find_design(name_or_path)
    return Design.from_data(read_toml(path), str(name_or_path), path.parent)


def shipped_designs() -> dict[str, Declared]:
    """Return what the designs that come along declare, by name; nothing is resolved yet."""
    return {name: declare(read_toml(path), name) for name, path in _shipped().items()}
