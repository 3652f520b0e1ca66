"""The writer: the one process through which runs come into a store.

Workers hand their rows back; only this process writes. A run is written through to the system
before `add` returns, about once a second all is forced to the disk, and every thousand runs (or 64
MB) go into a Parquet part. What a killed writer left behind is taken up by the next one.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import pyarrow as pa

from experiments.store import parts, spool
from experiments.store.answer import Answer
from experiments.store.folder import Folder, told
from experiments.store.holdings import Holdings, rows_by_run, scan
from experiments.store.index import Entry
from experiments.store.locks import SWEEP, held
from experiments.store.parts import read_foot, write_part
from experiments.store.plan import Plan, write_plan
from experiments.store.schema import Row, as_batch
from experiments.store.small_groups import note_groups, read_groups
from experiments.store.spool import Spooled, SpoolWriter
from experiments.store.wishes import Wish, lacking, wish_of
from experiments.sweeping.job import Job

RUNS_IN_PART = 1000
BYTES_IN_PART = 64_000_000
SYNC_EVERY = 1.0
"""Seconds after which runs are forced to the disk, at the latest with the next run."""


class Writer:
    """Brings runs, plans and answers into a store; use it in a `with` statement.

    It fulfils `experiments.sweeping.ask.Runs`. Its methods may be called from several threads.
    """

    def __init__(self, folder: Folder, label: str = SWEEP) -> None:
        self.folder, self.label = folder, label
        self._exit = ExitStack()
        self._turn = threading.RLock()
        self._spool: SpoolWriter | None = None
        self._spool_name, self._counted = "", 0
        self._synced = 0.0
        self._wished: dict[str, Wish] = {}

    def __enter__(self) -> Self:
        """Take the lock and take up what a killed writer left.

        Raises:
            InputError: somebody else is writing, or the store cannot be read or written.
        """
        with ExitStack() as undo:
            undo.enter_context(held(self.folder, self.label))
            self._tidy()
            self._holdings = scan(self.folder)
            self._recover()
            self._groups = read_groups(self.folder, to_write=True)
            _ = self._holdings.index
            self._exit = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Publish what there is; after an error leave it in the spool, where it is safe too."""
        with self._exit:
            if problem is None:
                self.publish()
                self._gather()
            elif self._spool is not None:
                with suppress(OSError):
                    self._spool.sync()
                self._spool.close()

    def lacking(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield, in their order, the jobs whose runs are not kept, each run once.

        Where two jobs want different lengths of one run, only the longer one is yielded.
        """
        wanted = list(jobs)
        with self._turn:
            todo = lacking(self._holdings.index, wanted, self._wished)
            subjects = {id(job.subject): job.subject for job in wanted}
            note_groups(self.folder, subjects.values(), self._groups)
        yield from todo

    def add(self, row: Row) -> None:
        """Keep a run; once this returns, only the loss of the machine can lose it.

        Raises:
            InputError: no room is left, or the store cannot be written; earlier runs are safe.
        """
        self.add_all([row])

    def add_all(self, rows: Sequence[Row]) -> None:
        """Keep several runs at once, which is quicker.

        Raises:
            InputError: as `add`.
        """
        if not rows:
            return
        batch = as_batch(rows)
        with self._turn, told(self.folder.root, gone=True):
            writer = self._open_spool()
            writer.append(batch)
            self._holdings.spools[self._spool_name].batches.append(batch)
            for at, row in enumerate(rows, start=self._counted):
                entry = Entry(row.months, row.kept, not row.failed, self._spool_name, at)
                self._holdings.index.add(row.run, entry)
            self._counted += len(rows)
            if time.monotonic() - self._synced > SYNC_EVERY:
                self.sync()
            if self._counted >= RUNS_IN_PART or writer.size >= BYTES_IN_PART:
                self.publish()

    def _open_spool(self) -> SpoolWriter:
        """Return the spool of this writer; begin one where there is none."""
        if self._spool is None:
            name = f"spool/{self._new_name()}{spool.ENDING}"
            self._spool = SpoolWriter(self.folder / name)
            self._spool_name, self._counted = name, 0
            self._holdings.spools[name] = Spooled([], 0, 0)
        return self._spool

    def _new_name(self) -> str:
        """Return a name that no other file has; those of later files come later."""
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        return f"{now}-{self.label}-{secrets.token_hex(4)}"

    def sync(self) -> None:
        """Wait until all runs are on the disk.

        Raises:
            InputError: the disk refuses.
        """
        with self._turn, told(self.folder.root, gone=True):
            if self._spool is not None:
                self._spool.sync()
            self._synced = time.monotonic()

    def rows(self, runs: Sequence[str]) -> Mapping[str, Row]:
        """Return the rows of these runs that are kept, by id.

        Where `lacking` was asked about a run, it is the row that answers the last such wish, and
        none where no row does; else the best one there is.
        """
        with self._turn:
            found = {run: entry for run in runs if (entry := self._answering(run)) is not None}
            return rows_by_run(self._holdings, found)

    def _answering(self, run: str) -> Entry | None:
        wish, index = self._wished.get(run), self._holdings.index
        return index.best(run) if wish is None else index.covering(*wish)

    def rows_for(self, jobs: Iterable[Job]) -> Mapping[Job, Row]:
        """Return the rows that answer jobs: as long, and with as many measures, as is wanted."""
        with self._turn:
            index = self._holdings.index
            places = {job: e for job in jobs if (e := index.covering(*wish_of(job))) is not None}
            rows = self._holdings.fetch(places.values())
            return {job: rows[entry] for job, entry in places.items()}

    def publish(self) -> None:
        """Put the runs of the spool into a part.

        Raises:
            InputError: it cannot be written; the runs stay in the spool.
        """
        with self._turn, told(self.folder.root, gone=True):
            if self._spool is None:
                return
            self._spool.sync()
            self._spool.close()
            self._spool = None
            self._into_part([self._spool_name])

    def _into_part(self, names: Sequence[str]) -> None:
        """Write the runs of spools as one part, and only then delete the spools."""
        tables = [self._holdings.spooled(name) for name in names]
        table = pa.concat_tables(tables).combine_chunks()
        if table.num_rows:
            part = f"parts/{self._new_name()}{parts.ENDING}"
            write_part(self.folder / part, table, names)
            self._holdings.parts[part] = read_foot(self.folder.root, part)
            self._move(tables, names, part)
        for name in names:
            del self._holdings.spools[name]
            (self.folder / name).unlink(missing_ok=True)

    def _move(self, tables: Sequence[pa.Table], names: Sequence[str], part: str) -> None:
        """Tell the index where the runs of spools stand now."""
        first = 0
        index = self._holdings.index
        for name, table in zip(names, tables, strict=True):
            columns = (table.column(c).to_pylist() for c in ("run", "months", "kept", "status"))
            places = []
            for at, (run, months, kept, status) in enumerate(zip(*columns, strict=True)):
                old = Entry(months, kept, status == "done", name, at)
                places.append((run, old, old._replace(file=part, at=first + at)))
            index.moved(places)
            first += table.num_rows

    def _tidy(self) -> None:
        """Delete what a killed writer left half written."""
        with told(self.folder.root, gone=True):
            for inside in ("parts", "plans", "answers", "groups"):
                for file in (self.folder / inside).glob(".*.partial"):
                    if self._own(file.name):
                        file.unlink(missing_ok=True)

    def _own(self, name: str) -> bool:
        return self.label == SWEEP or f"-{self.label}-" in name

    def _recover(self) -> None:
        """Publish the spools of killed writers, and delete those that were published already."""
        with told(self.folder.root, gone=True):
            names = [n for n in self.folder.files("spool", spool.ENDING) if self._own(n)]
            for name in names:
                if name not in self._holdings.spools:
                    (self.folder / name).unlink(missing_ok=True)
            for some in _heaps(names, self._holdings):
                self._into_part(some)

    def _gather(self) -> None:
        """Merge small parts where there are many, so that short sweeps do not pile up files."""
        from experiments.store.compacting import gather

        if self.label == SWEEP:
            gather(self.folder)

    def add_plan(self, plan: Plan) -> Plan:
        """Keep a plan; return it as it is kept, with the larger number of replicates.

        Raises:
            InputError: it cannot be written.
        """
        with self._turn, told(self.folder.root, gone=True):
            subjects = [s for c in plan.cells for s in (c.subject, c.without) if s is not None]
            note_groups(self.folder, subjects, self._groups)
            return write_plan(self.folder, plan)

    def keep_answer(self, answer: Answer) -> None:
        """Keep what a study found; an earlier answer of that kind and name gives way.

        Raises:
            InputError: it cannot be written.
        """
        from experiments.store.answers import write_answer

        with self._turn, told(self.folder.root, gone=True):
            write_answer(self.folder, answer)


def _heaps(names: Sequence[str], holdings: Holdings) -> Iterator[list[str]]:
    """Cut spools into heaps, each enough for a part."""
    heap: list[str] = []
    runs = size = 0
    for name in names:
        if name not in holdings.spools:
            continue
        found = holdings.spools[name]
        heap.append(name)
        runs += sum(batch.num_rows for batch in found.batches)
        size += found.size
        if runs >= RUNS_IN_PART or size >= BYTES_IN_PART:
            yield heap
            heap, runs, size = [], 0, 0
    if heap:
        yield heap
