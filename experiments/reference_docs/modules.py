"""The map of the code: every module with the first sentence of its docstring."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("simulation", "scenarios", "experiments", "tests")


def module_map(root: Path) -> str:
    """Return one table a folder: file, and what it says of itself."""
    return "\n\n".join(_folder(root, folder) for folder in folders(root))


def folders(root: Path) -> Iterator[Path]:
    """Yield the folders that hold modules, each package before the folders in it."""
    for package in PACKAGES:
        found = {file.parent for file in sources(root, package)}
        yield from sorted(found)


def sources(root: Path, package: str) -> list[Path]:
    """Return the modules of a package, in every folder of it."""
    return sorted(f for f in (root / package).rglob("*.py") if "__pycache__" not in f.parts)


def _folder(root: Path, folder: Path) -> str:
    name = folder.relative_to(root).as_posix()
    rows = [f"### `{name}/`", ""]
    about = folder / "__init__.py"
    if about.is_file() and (words := first_sentence(about)):
        rows += [words, ""]
    rows += ["| file | what it is |", "|---|---|"]
    rows += [
        f"| `{file.name}` | {first_sentence(file)} |"
        for file in sorted(folder.glob("*.py"))
        if file.name != "__init__.py"
    ]
    return "\n".join(rows)


def first_sentence(file: Path) -> str:
    """Return the first paragraph of a module's docstring, on one line."""
    words = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return " ".join(words.partition("\n\n")[0].split()).replace("|", "\\|")
