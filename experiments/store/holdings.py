"""Holdings: all runs that lie in the files of a store at one moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from experiments.store import parts, spool
from experiments.store.folder import Folder, told
from experiments.store.index import COLUMNS, Entry, Index
from experiments.store.parts import Part, read_foot, read_part
from experiments.store.schema import RUNS, Row, rows_of
from experiments.store.spool import Spooled, read_spool

GROUPS_AT_HAND = 4
"""How many groups of rows stay in memory: about 8 MB each."""

ATTEMPTS = 20
"""How often to look again where a file has gone because somebody just published it."""


class Holdings:
    """What files hold runs, and the index of these runs.

    Attributes:
        folder: the store.
        parts: parts that count, by name.
        spools: spools that count, by name, with their runs.
    """

    def __init__(
        self, folder: Folder, parts: Mapping[str, Part], spools: Mapping[str, Spooled]
    ) -> None:
        self.folder, self.parts, self.spools = folder, dict(parts), dict(spools)
        self._index: Index | None = None
        self._columns: dict[str, pa.Table] = {}
        self._sizes: dict[str, list[int]] = {}
        self._groups: dict[tuple[str, int], pa.Table] = {}

    def same(self, other: Holdings) -> bool:
        """Tell whether nothing has changed."""
        return self.parts == other.parts and _sizes(self.spools) == _sizes(other.spools)

    def take_over(self, before: Holdings) -> None:
        """Take what was read before of the parts that are still there."""
        self._columns = {n: t for n, t in before._columns.items() if n in self.parts}

    @property
    def index(self) -> Index:
        """The index of all runs; read when it is first needed.

        Raises:
            InputError: a part is damaged.
        """
        if self._index is None:
            index = Index()
            for name in self.parts:
                index.add_table(name, self.columns(name))
            for name in self.spools:
                index.add_table(name, self.spooled(name))
            self._index = index
        return self._index

    def hidden(self) -> list[Entry]:
        """Return the rows that do not stand for their run; quick where there are none.

        Raises:
            InputError: a part is damaged.
        """
        if self._index is None:
            ids = [self.columns(name).column("run") for name in self.parts]
            ids += [self.spooled(name).column("run") for name in self.spools]
            runs = pa.chunked_array([c for i in ids for c in i.chunks], pa.string())
            if pc.count_distinct(runs).as_py() == len(runs):
                return []
        return self.index.hidden()

    def columns(self, name: str) -> pa.Table:
        """Return those columns of a part that the index is made of; read once."""
        if name not in self._columns:
            self._columns[name] = read_part(self.folder.root, name, COLUMNS)
        return self._columns[name]

    def spooled(self, name: str) -> pa.Table:
        """Return the runs of one spool."""
        return pa.Table.from_batches(self.spools[name].batches, schema=RUNS)

    def fetch(
        self, entries: Iterable[Entry], columns: Iterable[str] | None = None
    ) -> dict[Entry, Any]:
        """Read rows, each file once.

        Args:
            entries: where they stand.
            columns: where given, dictionaries of these columns are returned in place of rows.

        Raises:
            InputError: a part is damaged.
        """
        found: dict[Entry, Any] = {}
        for entry_list, table in self.tables(entries, columns):
            values: list[Any] = rows_of(table) if columns is None else table.to_pylist()
            found.update(zip(entry_list, values, strict=True))
        return found

    def tables(
        self, entries: Iterable[Entry], columns: Iterable[str] | None = None
    ) -> Iterator[tuple[list[Entry], pa.Table]]:
        """Yield rows as Arrow tables, a few thousand at most at a time, with where they stand."""
        chosen = None if columns is None else list(columns)
        by_file: dict[str, list[Entry]] = {}
        for entry in dict.fromkeys(entries):
            by_file.setdefault(entry.file, []).append(entry)
        for name, wanted in by_file.items():
            wanted.sort(key=lambda entry: entry.at)
            if name in self.spools:
                yield wanted, _from_spool(self.spools[name].batches, wanted, chosen)
            else:
                yield from self._from_part(name, wanted, chosen)

    def _from_part(
        self, name: str, wanted: list[Entry], columns: list[str] | None
    ) -> Iterator[tuple[list[Entry], pa.Table]]:
        """Read only those groups of a part in which a wanted row stands."""
        first = 0
        for group, size in enumerate(self._sizes_of(name)):
            here = [entry for entry in wanted if first <= entry.at < first + size]
            if here:
                table = self._group(name, group, columns)
                places = pa.array([entry.at - first for entry in here], pa.int64())
                yield here, table if len(here) == size else table.take(places)
            first += size

    def _sizes_of(self, name: str) -> list[int]:
        """Return how many rows each group of a part has; read once."""
        if name not in self._sizes:
            self._sizes[name] = parts.group_sizes(self.folder.root, name)
        return self._sizes[name]

    def _group(self, name: str, group: int, columns: list[str] | None) -> pa.Table:
        """Read one group of a part; the last few stay at hand, for who asks run by run."""
        if columns is not None:
            return read_part(self.folder.root, name, columns, [group])
        if (name, group) not in self._groups:
            while len(self._groups) >= GROUPS_AT_HAND:
                del self._groups[next(iter(self._groups))]
            self._groups[name, group] = read_part(self.folder.root, name, None, [group])
        return self._groups[name, group]


def _from_spool(
    batches: list[pa.RecordBatch], wanted: list[Entry], columns: list[str] | None
) -> pa.Table:
    """Take single rows out of the batches of a spool."""
    ends = list(accumulate(batch.num_rows for batch in batches))
    places = ((bisect_right(ends, entry.at), entry.at) for entry in wanted)
    slices = [batches[n].slice(at - (ends[n] - batches[n].num_rows), 1) for n, at in places]
    table = pa.Table.from_batches(slices, schema=RUNS)
    return table if columns is None else table.select(columns)


def _sizes(spools: Mapping[str, Spooled]) -> dict[str, int]:
    return {name: found.size for name, found in spools.items()}


def scan(folder: Folder, before: Holdings | None = None) -> Holdings:
    """Look which runs a store holds now.

    Spools are listed before parts: what is published meanwhile is then found in the part.

    Args:
        folder: the store.
        before: what was found earlier; what has not changed is not read again.

    Raises:
        InputError: a part is damaged, or files cannot be read.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _scan(folder, before)
        except FileNotFoundError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError


def _scan(folder: Folder, before: Holdings | None) -> Holdings:
    spools = folder.files("spool", spool.ENDING)
    feet = {name: _foot(folder, name, before) for name in folder.files("parts", parts.ENDING)}
    held = {name for part in feet.values() for name in part.holds}
    found = Holdings(
        folder,
        {name: part for name, part in feet.items() if name not in held},
        {name: _spool(folder, name, before) for name in spools if name not in held},
    )
    if before is None:
        return found
    if found.same(before):
        return before
    found.take_over(before)
    return found


def _foot(folder: Folder, name: str, before: Holdings | None) -> Part:
    known = None if before is None else before.parts.get(name)
    return read_foot(folder.root, name) if known is None else known


def _spool(folder: Folder, name: str, before: Holdings | None) -> Spooled:
    known = None if before is None else before.spools.get(name)
    with told(folder / name):
        if known is not None and (folder / name).stat().st_size == known.size:
            return known
        return read_spool(folder / name)


def rows_by_run(holdings: Holdings, entries: Mapping[str, Entry]) -> dict[str, Row]:
    """Return rows by run.

    Args:
        holdings: where they are.
        entries: which row, by run.
    """
    rows: dict[Entry, Row] = holdings.fetch(entries.values())
    return {run: rows[entry] for run, entry in entries.items()}
