"""Locks: one sweep writes to a store at a time; shards of one sweep write side by side.

The system itself holds the locks, so that those of a killed process are free at once. Beside each
lock a note says who holds it, for the line that a second sweep is refused with.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.store.folder import Folder, read_json, told
from simulation.errors import InputError

SWEEP = "sweep"
SHARD = re.compile(r"shard-(\d+)-of-(\d+)")
PATIENCE = 30.0
"""Seconds to wait for another process that is just taking or leaving its lock."""


@contextmanager
def held(folder: Folder, label: str = SWEEP) -> Iterator[None]:
    """Hold the right to write: alone as "sweep", beside others as "shard-i-of-n".

    Raises:
        InputError: somebody else is writing.
    """
    if label != SWEEP and not SHARD.fullmatch(label):
        raise InputError("not a shard", key="shard", found=label, allowed="shard-i-of-n")
    own = _lock(folder, label)
    with told(folder / "locks"), _waiting(folder):
        others = [SWEEP] if label != SWEEP else _shards(folder)
        for other in others:
            if _is_held(folder, other):
                raise _refusal(folder, other)
        try:
            own.acquire(timeout=0)
        except Timeout:
            raise _refusal(folder, label) from None
        _sign(folder, label)
    try:
        yield
    finally:
        with suppress(OSError):
            _note(folder, label).unlink(missing_ok=True)
        own.release()


def holders(folder: Folder) -> list[str]:
    """Return a few words for everyone who is writing now; trying takes no lock for long."""
    with suppress(InputError, OSError):
        return [_who(folder, n) for n in (SWEEP, *_shards(folder)) if _is_held(folder, n)]
    return []


def _lock(folder: Folder, name: str) -> FileLock:
    return FileLock(folder / "locks" / f"{name}.lock", thread_local=False)


def _note(folder: Folder, name: str) -> Path:
    return folder / "locks" / f"{name}.json"


@contextmanager
def _waiting(folder: Folder) -> Iterator[None]:
    """Let only one process at a time look at the locks and take one."""
    door = _lock(folder, "door")
    try:
        door.acquire(timeout=PATIENCE)
    except Timeout:
        raise InputError(
            "another process has been at the door of the store for long",
            file=folder.root, mend="see which processes use it",
        ) from None  # fmt: skip
    try:
        yield
    finally:
        door.release()


def _shards(folder: Folder) -> list[str]:
    names = [Path(name).stem for name in folder.files("locks", ".lock")]
    return [name for name in names if SHARD.fullmatch(name)]


def _is_held(folder: Folder, name: str) -> bool:
    if not (folder / "locks" / f"{name}.lock").exists():
        return False
    lock = _lock(folder, name)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _sign(folder: Folder, name: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    note = {"process": os.getpid(), "machine": platform.node(), "since": since}
    _note(folder, name).write_text(json.dumps(note), encoding="utf-8")


def _who(folder: Folder, name: str) -> str:
    what = "a sweep" if name == SWEEP else SHARD.sub(r"shard \1 of \2", name)
    try:
        note = read_json(_note(folder, name))
        since = str(note["since"]).replace("T", " ").replace("+00:00", " UTC")
        return f"{what} (process {note['process']} on {note['machine']}, since {since})"
    except (InputError, OSError, KeyError, TypeError):
        return what


def _refusal(folder: Folder, name: str) -> InputError:
    return InputError(
        f"{_who(folder, name)} is writing to this store",
        file=folder.root,
        mend="wait until it ends or stop it; reading, such as 'kindling store info', is free",
    )
