"""Compacting: many small parts become few, and rows of no more use go."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from experiments.store import parts
from experiments.store.folder import Folder, told
from experiments.store.holdings import Holdings, scan
from experiments.store.parts import Part, read_part, write_part

if TYPE_CHECKING:
    from experiments.store.store import Store

SMALL_RUNS = 250
SMALL_BYTES = 8_000_000
MANY = 16
"""How many small parts may lie about before a sweep that ends merges them."""

LARGE_BYTES = 64_000_000
LARGE_RUNS = 20_000
"""How large the parts are that compacting makes, at most."""


class Compacted(NamedTuple):
    """What compacting did: files and bytes before and after, and rows that went."""

    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    dropped: int


def compact(store: Store) -> Compacted:
    """Merge the parts of a store into few, and drop rows that a better one of their run replaces.

    Safe at any moment: a new part says which ones it stands for before these are deleted.

    Raises:
        InputError: somebody is writing, a part is damaged, or no room is left.
    """
    with store.writer() as writer:  # takes the lock, and takes up what a killed writer left
        writer.publish()
        before = scan(store.folder)
        dropped = _merge(store.folder, before, list(before.parts.values()))
    after = scan(store.folder)
    return Compacted(len(before.parts), len(after.parts), _size(before), _size(after), dropped)


def gather(folder: Folder) -> None:
    """Merge small parts where there are many; the caller holds the lock.

    Raises:
        InputError: a part is damaged, or no room is left.
    """
    found = scan(folder)
    small = [p for p in found.parts.values() if p.rows < SMALL_RUNS and p.size < SMALL_BYTES]
    if len(small) > MANY:
        _merge(folder, found, small)


def _size(holdings: Holdings) -> int:
    return sum(part.size for part in holdings.parts.values())


def _merge(folder: Folder, holdings: Holdings, chosen: Iterable[Part]) -> int:
    """Merge parts, heap by heap; return how many rows went."""
    useless: dict[str, list[int]] = {}
    for entry in holdings.index.superseded() if holdings.hidden() else ():
        useless.setdefault(entry.file, []).append(entry.at)
    dropped = 0
    for heap in _heaps(chosen):
        gone = sum(len(useless.get(part.name, ())) for part in heap)
        if len(heap) > 1 or gone:
            _replace(folder, heap, useless)
            dropped += gone
    return dropped


def _heaps(chosen: Iterable[Part]) -> list[list[Part]]:
    """Cut parts into heaps, each to become one part."""
    heaps: list[list[Part]] = []
    rows = size = 0
    for part in sorted(chosen):
        fits = rows + part.rows <= LARGE_RUNS and size + part.size <= LARGE_BYTES
        if not heaps or not fits:
            heaps.append([])
            rows = size = 0
        heaps[-1].append(part)
        rows, size = rows + part.rows, size + part.size
    return heaps


def _replace(folder: Folder, heap: Sequence[Part], useless: dict[str, list[int]]) -> None:
    """Write one part in place of several, and only then delete these."""
    tables = []
    for part in heap:
        table = read_part(folder.root, part.name)
        gone = set(useless.get(part.name, ()))
        stay = [at for at in range(table.num_rows) if at not in gone]
        tables.append(table.take(pa.array(stay, pa.int64())) if gone else table)
    table = pa.concat_tables(tables).combine_chunks()
    with told(folder.root, gone=True):
        if table.num_rows:
            now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
            name = f"parts/{now}-merged-{secrets.token_hex(4)}{parts.ENDING}"
            held = {name for part in heap for name in part.holds if (folder / name).exists()}
            write_part(folder / name, table, {part.name for part in heap} | held)
        for part in heap:
            (folder / part.name).unlink(missing_ok=True)
