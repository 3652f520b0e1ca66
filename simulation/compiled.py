"""The one place where kernels are compiled: what `@kernel` means, and where the results are kept.

Numba stores compiled code on disk so that a second run compiles nothing. Its own cache does not
notice that a function *imported from another file* has changed, so each file's kernels live in a
folder whose name carries a hash of that file and of every file of this package it imports,
directly or not: any edit that could matter starts a fresh folder.

Kernels are compiled without fast-math and without parallel loops: sums keep one order, and results
are the same on any number of threads.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba

PACKAGE = Path(__file__).resolve().parent
KEEP_FOLDERS = 3
KEEP_DAYS = 14.0

_IMPORT = re.compile(rb"^from simulation((?:\.\w+)*) import ([\w, ]+|\([^)]*\))", re.MULTILINE)


@lru_cache(maxsize=1)
def _sources() -> dict[str, bytes]:
    """Return the files of the model by path: all of `simulation` but its two front doors."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if name.split("/")[0] not in {"cli", "browser"}:
            found[name] = file.read_bytes()
    return found


def source_files() -> list[Path]:
    """Return the paths of the model's files."""
    return [PACKAGE / name for name in _sources()]


@lru_cache(maxsize=1)
def package_hash() -> str:
    """Return sixteen hex digits that change with any byte of any of the model's files."""
    return _digest(_sources())


def _digest(names: Iterable[str]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(names):
        digest.update(name.encode())
        digest.update(_sources()[name])
    return digest.hexdigest()


@lru_cache(maxsize=256)
def _imports(name: str) -> frozenset[str]:
    """Return the files of this package that a file imports."""
    sources, found = _sources(), set()
    for match in _IMPORT.finditer(sources[name]):
        base = match.group(1).decode().strip(".").replace(".", "/")
        words = re.findall(r"\w+", match.group(2).decode())
        stems = [base, *(f"{base}/{word}".strip("/") for word in words)]
        for stem in stems:
            found.update({f"{stem}.py", f"{stem}/__init__.py"} & sources.keys())
    return frozenset(found)


@lru_cache(maxsize=256)
def source_hash(name: str) -> str:
    """Return sixteen hex digits that change with any byte of a file or of what it imports."""
    reached, todo = {name}, [name]
    while todo:
        for other in _imports(todo.pop()) - reached:
            reached.add(other)
            todo.append(other)
    return _digest(reached)


def cache_root() -> Path:
    """Return the folder for compiled code: `KINDLING_CACHE`, or the user's cache folder."""
    if given := os.environ.get("KINDLING_CACHE"):
        return Path(given)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "kindling"


@lru_cache(maxsize=256)
def cache_folder(name: str) -> Path | None:
    """Return (and create) the cache folder of a file's kernels, or None if none can be written."""
    stem = name.removesuffix(".py").replace("/", ".")
    root = cache_root()
    folder = root / f"{stem}-{source_hash(name)}"
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _prune(root, stem, keep=folder)
    except OSError:
        return None
    return folder


def _prune(root: Path, stem: str, keep: Path) -> None:
    """Remove folders of older versions: all but the newest few, once they are days old."""
    others = [(f.stat().st_mtime, f) for f in root.glob(f"{stem}-*") if f != keep and f.exists()]
    limit = time.time() - KEEP_DAYS * 86_400
    for when, folder in sorted(others, reverse=True)[KEEP_FOLDERS - 1 :]:
        if when < limit:
            shutil.rmtree(folder, ignore_errors=True)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function of plain numbers and arrays on first call, and keep the result on disk.

    Numba's cache folder is set only while this function is decorated, so other users of Numba in
    the same process keep their own settings. A function from outside this package (a researcher's
    own process) is compiled without a cache on disk.
    """
    file = Path(function.__code__.co_filename).resolve()
    folder = None
    if file.is_relative_to(PACKAGE):
        folder = cache_folder(file.relative_to(PACKAGE).as_posix())
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    try:
        compile_ = numba.njit(cache=folder is not None, error_model="numpy", nogil=True)
        return compile_(function)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
