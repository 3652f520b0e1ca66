"""Writing: all files of an import, or none of them.

Everything is written into a folder beside the one that is wanted, tried, and then renamed. What
was there before comes back where anything fails.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from scenarios.importing.report import MADE_BY
from simulation.errors import InputError

TABLES = ("people.csv", "ties.csv", "services.csv", "partners.csv")
REPORTS = ("report.md", "report.json")


def scenario_name(folder: Path) -> str:
    """Return the name of the scenario file of a folder."""
    return f"{folder.name}.toml"


def check_target(folder: Path, key: Path | None, *, force: bool) -> None:
    """Refuse to write where something else would be lost.

    Raises:
        InputError: where the folder holds what no import wrote, or what was changed since.
    """
    if not folder.name or folder.parent == folder:
        raise InputError("this cannot be a community's folder", key="out", found=str(folder))
    if key is not None and folder in [key, *key.parents]:
        raise InputError(
            "the key file must not lie inside the folder, which others may see",
            key="key",
            found=str(key),
            mend="name a place beside it",
        )
    if key is not None and key.is_dir():
        raise InputError("the key file is a folder", file=key)
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError("there is a file of this name", file=folder, mend="choose another --out")
    present = {path.name for path in folder.iterdir()}
    if not present or force:
        return
    written = _digests(folder)
    if written is None:
        raise InputError(
            "the folder is there already and is no earlier import",
            file=folder,
            mend="choose another --out; --force writes into it and leaves its other files",
        )
    for name in sorted(present & set(written)):
        if _digest((folder / name).read_bytes()) != written[name]:
            raise InputError(
                "was changed since it was imported",
                file=folder / name,
                mend="choose another --out, or replace it with --force",
            )


def _digests(folder: Path) -> dict[str, str] | None:
    """Return what an earlier import wrote, or None where there was none."""
    try:
        data: Any = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        if data["made_by"] != MADE_BY:
            return None
        return {str(name): str(digest) for name, digest in data["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digests(files: Mapping[str, str]) -> dict[str, str]:
    """Return what is kept of each file, to see later whether it was changed."""
    return {name: _digest(text.encode()) for name, text in sorted(files.items())}


def write_all(
    folder: Path,
    files: Mapping[str, str],
    key: Path | None,
    key_text: str,
    trial: Callable[[Path], None],
) -> None:
    """Write a folder and its key file, both or neither.

    Args:
        folder: where the files go; others that are there stay.
        files: text by name.
        key: the key file, or None for none.
        key_text: what it holds.
        trial: called with the new folder before it takes its place; what it raises stops all.

    Raises:
        InputError: where the disk refuses.
    """
    made = _missing_parents(folder.parent, None if key is None else key.parent)
    scratch: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}-", dir=folder.parent))
        fresh = scratch / folder.name
        fresh.mkdir()
        for name, text in files.items():
            (fresh / name).write_bytes(text.encode())
        trial(fresh)
        _swap(fresh, folder, scratch / "before", key, key_text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"cannot be written: {reason}", file=folder) from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
        _remove(made)


def _swap(fresh: Path, folder: Path, before: Path, key: Path | None, key_text: str) -> None:
    """Put the new folder in its place and the key beside it; undo the first if the second fails."""
    ours = {*TABLES, *REPORTS, scenario_name(folder)}
    had = folder.exists()
    if had:
        folder.rename(before)
    placed = False
    moved: list[str] = []
    try:
        fresh.rename(folder)
        placed = True
        for path in before.iterdir() if had else ():
            if path.name not in ours:
                path.rename(folder / path.name)
                moved.append(path.name)
        if key is not None:
            _write_key(key, key_text)
    except BaseException:
        for name in moved:
            (folder / name).rename(before / name)
        if placed:
            shutil.rmtree(folder)
        if had:
            before.rename(folder)
        raise


def _write_key(path: Path, text: str) -> None:
    """Write the key file at one stroke, for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        Path(name).chmod(0o600)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _missing_parents(*folders: Path | None) -> list[Path]:
    """Return the folders that have yet to be made, the deepest first."""
    wanted = {p for f in folders if f is not None for p in (f, *f.parents) if not p.exists()}
    return sorted(wanted, key=lambda p: len(p.parts), reverse=True)


def _remove(folders: list[Path]) -> None:
    """Remove folders made for nothing: only those that are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
