"""The folder of a store: what lies where in it, and how files come into it whole or not at all.

store.json    that it is a store, and of which layout
spool/        runs as they come, written through at once
parts/        runs for good, a thousand to a file
plans/        what was planned: the places of each design
answers/      what studies found
groups/       which small groups of real people are left out of what is shared
set-aside/    damaged files that `kindling store verify --mend` took out
derived/      what can be made again at any time, and may be deleted
locks/        who is writing
"""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.provenance import installed
from experiments.store.schema import VERSION
from simulation.errors import InputError

MARK = "store.json"
MADE_BY = "kindling store"
OLDEST = 1
"""The oldest layout that this version still reads."""

FOLDERS = ("spool", "parts", "plans", "answers", "groups", "locks")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True)
class Folder:
    """Where the files of a store lie.

    Attributes:
        root: the folder itself.
    """

    root: Path

    def __truediv__(self, name: str) -> Path:
        return self.root / name

    def files(self, inside: str, ending: str) -> list[str]:
        """Return the names of files, such as "parts/x.parquet", in order; hidden ones left out."""
        with told(self.root):
            inner = self.root / inside
            names = sorted(f.name for f in inner.iterdir()) if inner.is_dir() else []
        return [f"{inside}/{n}" for n in names if n.endswith(ending) and not n.startswith(".")]


def opened(path: Path | str) -> Folder:
    """Return the folder of a store that is there.

    Raises:
        InputError: there is none, it is something else, damaged, or of a layout not read here.
    """
    root = Path(path)
    if root.exists() and not root.is_dir():
        raise InputError("a file, not the folder of a store", file=root)
    if not root.exists():
        raise InputError("there is no store", file=root, mend="kindling sweep makes one")
    with told(root):
        there = (root / MARK).exists()
    if not there:
        raise InputError(f"not a store: it has no {MARK}", file=root)
    _check_layout(root / MARK)
    return Folder(root)


def created(path: Path | str) -> Folder:
    """Return the folder of a store, made where there is none yet.

    Raises:
        InputError: something else is there, or the folder may not be written.
    """
    root = Path(path)
    if root.exists() and not root.is_dir():
        raise InputError("a file, not a folder for a store", file=root)
    with told(root):
        root.mkdir(parents=True, exist_ok=True)
        if not (root / MARK).exists():
            others = sorted(f.name for f in root.iterdir() if not f.name.startswith("."))
            if others:
                raise InputError(
                    f"holds other files and is no store: it has no {MARK}",
                    file=root, found=others[0], mend="name a new folder",
                )  # fmt: skip
            write_json(
                root / MARK,
                {
                    "made_by": MADE_BY,
                    "layout": VERSION,
                    "kindling": installed("kindling-abm"),
                    "created": datetime.now(UTC).isoformat(timespec="seconds"),
                },
            )
        folder = opened(root)
        for name in FOLDERS:
            (root / name).mkdir(exist_ok=True)
    return folder


def _check_layout(file: Path) -> None:
    """Refuse a store whose mark cannot be read, or whose layout is another."""
    mend = "write it anew as another store's, with its own layout number"
    with told(file):
        text = file.read_bytes()
    try:
        mark = json.loads(text)
        layout = mark["layout"]
    except (ValueError, KeyError, TypeError):
        raise InputError("damaged: not the mark of a store", file=file, mend=mend) from None
    if mark.get("made_by") != MADE_BY or not isinstance(layout, int):
        raise InputError("damaged: not the mark of a store", file=file, mend=mend)
    by = f"Kindling {mark.get('kindling') or 'of an unknown version'}"
    if layout > VERSION:
        raise InputError(
            f"written by {by} in layout {layout}; this version reads layouts up to {VERSION}",
            file=file, mend="update Kindling to open it",
        )  # fmt: skip
    if layout < OLDEST:
        raise InputError(
            f"written by {by} in layout {layout}; this version reads layouts from {OLDEST} on",
            file=file, mend="export it with that version",
        )  # fmt: skip


@contextmanager
def told(file: Path, *, gone: bool = False) -> Iterator[None]:
    """Turn what the system says about a file into one line that a person can act on.

    Args:
        file: the file or folder in question.
        gone: whether to tell of files that have gone, too; a reader looks again.

    Raises:
        InputError: in place of an `OSError`.
        FileNotFoundError: a file has gone, and `gone` is not set.
    """
    try:
        yield
    except FileNotFoundError as problem:
        if gone:
            raise _told(problem, file) from problem
        raise
    except OSError as problem:
        raise _told(problem, file) from problem


def _told(problem: OSError, file: Path) -> InputError:
    if problem.errno in NO_ROOM:
        return InputError(
            "no room left on the disk; all runs kept so far are safe",
            file=file, mend="make room and give the same command again",
        )  # fmt: skip
    if problem.errno in NOT_ALLOWED:
        reason = "it lies on a read-only disk" if problem.errno == errno.EROFS else "not allowed"
        return InputError(
            f"cannot be read or written: {reason}",
            file=problem.filename or file, mend="see its owner and rights, or name another folder",
        )  # fmt: skip
    reason = problem.strerror or " ".join(str(problem).split())
    return InputError(f"the system refuses: {reason}", file=problem.filename or file)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that it is there whole, or as it was before, whenever the power goes.

    Raises:
        InputError: it cannot be written.
    """
    partial = file.with_name(f".{file.name}.{secrets.token_hex(4)}.partial")
    with told(file):
        try:
            with partial.open("xb", buffering=0) as stream:
                stream.write(content)
                os.fsync(stream.fileno())
            put_in_place(partial, file)
        except OSError:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise


def put_in_place(partial: Path, file: Path) -> None:
    """Give a file that is written and synced its name, for good."""
    partial.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk; where the system knows such a thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:  # some network file systems know no such thing
        if problem.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def write_json(file: Path, value: Any) -> None:
    """Write plain values as a file, whole: sorted keys, the same bytes every time.

    Raises:
        InputError: it cannot be written.
    """
    text = json.dumps(plain(value), indent=2, sort_keys=True, ensure_ascii=False)
    write_whole(file, text.encode() + b"\n")


def read_json(file: Path) -> Any:
    """Read plain values.

    Raises:
        InputError: the file is damaged or cannot be read.
    """
    with told(file):
        content = file.read_bytes()
    try:
        return json.loads(content)
    except ValueError:
        raise damaged(file) from None


def damaged(file: Path) -> InputError:
    """Return the one line that tells of a damaged file and what to do about it."""
    return InputError(
        "damaged: it cannot be read whole",
        file=file,
        mend="'kindling store verify STORE --mend' sets it aside; then sweep again",
    )


def plain(value: Any) -> Any:
    """Return nested values as JSON knows them: NumPy's numbers and tuples become Python's."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Path):
        return str(value)
    return value
