"""The one place where kernels are compiled: what `@kernel` means, and where the results are kept.

Numba stores compiled code on disk so that a second run compiles nothing. Its own cache does not
notice that a function *imported from another file* has changed, so the cache folder here carries
a hash of every source file of this package in its name: any edit starts a fresh folder.

Kernels are compiled without fast-math and without parallel loops: sums keep one order, and results
are the same on any number of threads.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba

PACKAGE = Path(__file__).resolve().parent
KEEP_FOLDERS = 3
KEEP_DAYS = 14.0


def source_files() -> list[Path]:
    """Return the files of the model itself: all of `simulation` but its two front doors."""
    files = PACKAGE.rglob("*.py")
    return sorted(f for f in files if f.relative_to(PACKAGE).parts[0] not in {"cli", "browser"})


@lru_cache(maxsize=1)
def source_hash() -> str:
    """Return sixteen hex digits that change with any byte of the model's sources."""
    digest = hashlib.blake2b(digest_size=8)
    for file in source_files():
        digest.update(file.relative_to(PACKAGE).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


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


@lru_cache(maxsize=1)
def cache_folder() -> Path | None:
    """Return (and create) this version's cache folder, or None where no folder can be written."""
    root = cache_root()
    folder = root / f"kernels-{source_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
    except OSError:
        return None
    _prune(root, keep=folder)
    return folder


def _prune(root: Path, keep: Path) -> None:
    """Remove folders of older versions: all but the newest few, once they are days old."""
    others = [f for f in root.glob("kernels-*") if f != keep]
    others.sort(key=lambda f: f.stat().st_mtime if f.exists() else 0.0, reverse=True)
    limit = time.time() - KEEP_DAYS * 86_400
    for folder in others[KEEP_FOLDERS - 1 :]:
        try:
            if folder.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function of plain numbers and arrays on first call, and keep the result on disk.

    Numba's cache folder is set only while this function is decorated, so other users of Numba in
    the same process keep their own settings.
    """
    folder = cache_folder()
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    try:
        compile_ = numba.njit(cache=folder is not None, error_model="numpy", nogil=True)
        return compile_(function)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]
