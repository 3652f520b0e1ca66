"""Folders for what a visitor brings: on this machine, theirs alone, gone when the session ends."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from simulation.browser.parts.files import MOST_BYTES
from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.browser.session.session import Session

File = tuple[str, bytes | None]
MOST_FILES = 20


def folder_of(session: Session) -> Path:
    """Return a new folder that is deleted when the visitor's session ends, or the page stops."""
    folder = Path(tempfile.mkdtemp(prefix="kindling-brought-"))
    gone = weakref.finalize(session, shutil.rmtree, folder, ignore_errors=True)
    _on_close(gone)
    return folder


def _on_close(action: weakref.finalize) -> None:
    """Do something when the browser's window has gone, where there is one."""
    from solara.server.kernel_context import get_current_context, has_current_context

    if has_current_context():
        get_current_context().on_close(lambda: action() and None)


def keep(folder: Path, files: Sequence[File]) -> list[Path]:
    """Write the files into a folder under their own names, and return where they are.

    Raises:
        InputError: for one that is too large or cannot be read, two of one name, or a name that
            is none.
    """
    if len(files) > MOST_FILES:
        raise InputError("too many files at once", found=len(files), allowed=f"up to {MOST_FILES}")
    written: list[Path] = []
    for given, data in files:
        name = PureWindowsPath(PurePosixPath(given).name).name
        if not name.isprintable() or name in ("", ".", "..") or len(name) > 100:
            raise InputError("no possible name of a file", found=given)
        if data is None:
            most = f"up to {MOST_BYTES / 1e6:g} million bytes"
            raise InputError("cannot be read, or is too large", file=name, allowed=most)
        path = folder / name
        if path in written:
            raise InputError("two files have the same name", file=name)
        path.write_bytes(data)
        written.append(path)
    return written


def without_folder(problem: InputError, folder: Path) -> str:
    """Return an error in words without the folder, which means nothing to the visitor."""
    text = str(problem)
    for place in (folder.resolve(), folder):
        text = text.replace(f"{place}/", "").replace(str(place), "")
    return text
