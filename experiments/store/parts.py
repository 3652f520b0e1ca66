"""Parts: Parquet files in which runs stay for good.

A part appears under its name whole or not at all, and says in its metadata which files its runs
came from. Such a file no longer counts, so that nothing is doubled if the power goes between the
two steps "part in place" and "spool deleted".
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.store.folder import damaged, put_in_place, told
from experiments.store.schema import RUNS

ENDING = ".parquet"
NOTE = b"kindling"
VALUES = "series.list.element.values.list.element"
WORDS = (
    "specification", "code", "kind", "kept", "status", "stage", "machine",
    "series.list.element.measure", "series.list.element.group", "series.list.element.boundary",
    "outcomes.list.element.outcome", "recorded.list.element",
)  # fmt: skip
"""Columns in which the same few values come again and again."""

GROUP_BYTES = 8_000_000
"""About how much of a part is read to get at one run."""


class Part(NamedTuple):
    """What the foot of a part says.

    Attributes:
        name: such as "parts/x.parquet".
        size: bytes of the file.
        rows: how many runs it holds.
        holds: names of files whose runs it holds, and which count no longer.
    """

    name: str
    size: int
    rows: int
    holds: frozenset[str]


def write_part(file: Path, table: pa.Table, holds: Iterable[str]) -> None:
    """Write runs for good.

    Args:
        file: the part; it is not there yet.
        table: runs, with the schema `RUNS`.
        holds: names of the files that they were read from, as seen from the store's folder.

    Raises:
        InputError: it cannot be written; nothing is left of it then.
    """
    note = json.dumps({"holds": sorted(holds)}).encode()
    partial = file.with_name(f".{file.name}.partial")
    with told(file):
        try:
            with partial.open("wb") as stream:
                pq.write_table(
                    table.replace_schema_metadata({NOTE: note}),
                    stream,
                    compression="zstd",
                    use_dictionary=list(WORDS),
                    column_encoding={VALUES: "BYTE_STREAM_SPLIT"},
                    row_group_size=_rows_in_group(table),
                    write_page_checksum=True,
                )
                stream.flush()
                os.fsync(stream.fileno())
            put_in_place(partial, file)
        except OSError:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise


def _rows_in_group(table: pa.Table) -> int:
    each = max(1, table.nbytes // max(1, table.num_rows))
    return int(min(max(16, GROUP_BYTES // each), 10_000))


def read_foot(root: Path, name: str) -> Part:
    """Read what a part says of itself.

    Raises:
        InputError: the part is damaged.
        FileNotFoundError: it has gone.
    """
    file = root / name
    with told(file):
        size = file.stat().st_size
    try:
        foot = pq.read_metadata(file)
        note = json.loads((foot.metadata or {})[NOTE])
        return Part(name, size, foot.num_rows, frozenset(note["holds"]))
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as problem:
        if isinstance(problem, PermissionError):
            with told(file):
                raise
        raise damaged(file) from problem


def read_part(
    root: Path,
    name: str,
    columns: Sequence[str] | None = None,
    groups: Sequence[int] | None = None,
) -> pa.Table:
    """Read runs of a part, with all checksums.

    Args:
        root: folder of the store.
        name: name of the part.
        columns: columns of `RUNS`; default: all.
        groups: row groups; default: all.

    Raises:
        InputError: the part is damaged.
        FileNotFoundError: it has gone.
    """
    with whole(root / name):
        with pq.ParquetFile(root / name, page_checksum_verification=True) as part:
            wanted = None if columns is None else list(columns)
            if groups is None:
                table = part.read(columns=wanted)
            else:
                table = part.read_row_groups(list(groups), columns=wanted)
        return table.select(RUNS.names if columns is None else list(columns))


class whole:
    """Tell of a damaged part in one line where reading it fails."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        if isinstance(problem, FileNotFoundError | PermissionError):
            return
        if isinstance(problem, pa.ArrowException | OSError | KeyError):
            raise damaged(self.file) from problem


def group_sizes(root: Path, name: str) -> list[int]:
    """Return how many rows each row group of a part has.

    Raises:
        InputError: the part is damaged.
        FileNotFoundError: it has gone.
    """
    with whole(root / name):
        foot = pq.read_metadata(root / name)
        return [foot.row_group(n).num_rows for n in range(foot.num_row_groups)]
