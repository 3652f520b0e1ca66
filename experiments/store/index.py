"""The index: which runs are kept, how much of each, and in which file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from experiments.store.schema import DONE, EVERYTHING

COLUMNS = ("run", "months", "kept", "status")


class Entry(NamedTuple):
    """One row that is kept.

    Attributes:
        months: steps simulated, or asked for where the run failed.
        kept: measures kept, as in `schema.kept_text`.
        done: whether the run came to something.
        file: name of the file.
        at: number of the row in the file, from 0.
    """

    months: int
    kept: str
    done: bool
    file: str
    at: int

    def covers(self, months: int, kept: str) -> bool:
        """Tell whether the row answers a wish, as `Row.covers` does."""
        return self.months >= months and within(kept, self.kept)


def within(wanted: str, have: str) -> bool:
    """Tell whether all measures that are wanted are among those kept."""
    if wanted == have or have == EVERYTHING:
        return True
    return wanted != EVERYTHING and set(wanted.split("|")) <= set(have.split("|"))


class Index:
    """Which runs are kept.

    Of one run there may be several rows: a longer one, one with more measures, or a failed one that
    went well later. A row that another one covers no longer counts. Rows of one run that differ in
    what they hold, neither covering the other, stay side by side, the best first: done before
    failed, then the longer one, then the one with more measures.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._best: dict[str, Entry] = {}
        self._others: dict[str, list[Entry]] = {}
        self._gone: list[Entry] = []

    def __len__(self) -> int:
        """Return how many runs are kept."""
        return len(self._best)

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of all runs."""
        return iter(self._best)

    def add(self, run: str, entry: Entry) -> None:
        """Take in one row."""
        known = self._best.get(run)
        if known is None:
            self._best[run] = entry
            return
        entries = [known, *self._others.get(run, ())]
        if any(_replaces(other, entry, later=False) for other in entries):
            self._gone.append(entry)
            return
        self._gone += [other for other in entries if _replaces(entry, other, later=True)]
        stay = [other for other in entries if not _replaces(entry, other, later=True)]
        self._best[run], *rest = sorted([entry, *stay], key=_rank, reverse=True)
        if rest:
            self._others[run] = rest
        else:
            self._others.pop(run, None)

    def add_table(self, file: str, table: pa.Table) -> None:
        """Take in all rows of a file.

        Args:
            file: its name.
            table: its rows, with at least the columns `COLUMNS`.
        """
        columns = (table.column(name).to_pylist() for name in COLUMNS)
        best = self._best
        for at, (run, months, kept, status) in enumerate(zip(*columns, strict=True)):
            entry = Entry(months, kept, status == DONE, file, at)
            if run in best:
                self.add(run, entry)
            else:
                best[run] = entry

    def best(self, run: str) -> Entry | None:
        """Return the row that stands for a run."""
        return self._best.get(run)

    def covering(self, run: str, months: int, kept: str) -> Entry | None:
        """Return the row that answers a wish, a done one before a failed one."""
        known = self._best.get(run)
        if known is None or known.covers(months, kept):
            return known
        others = self._others.get(run, ())
        return next((other for other in others if other.covers(months, kept)), None)

    def moved(self, places: Iterable[tuple[str, Entry, Entry]]) -> None:
        """Note that rows stand in another file now.

        Args:
            places: run, the row as it was known, the row as it is.
        """
        new = {(run, old): entry for run, old, entry in places}
        for run in {run for run, _ in new}:
            self._best[run] = new.get((run, self._best[run]), self._best[run])
            if run in self._others:
                self._others[run] = [new.get((run, e), e) for e in self._others[run]]
        gone = {old: entry for (_, old), entry in new.items()}
        self._gone = [gone.get(entry, entry) for entry in self._gone]

    def hidden(self) -> list[Entry]:
        """Return the rows that do not stand for their run: those that no table shows."""
        return [*self._gone, *(e for entries in self._others.values() for e in entries)]

    def superseded(self) -> list[Entry]:
        """Return the rows that are of no more use."""
        return list(self._gone)


def _replaces(one: Entry, other: Entry, *, later: bool) -> bool:
    """Tell whether one row makes another of the same run useless."""
    if other.done and not one.done:
        return False
    covers = one.covers(other.months, other.kept)
    if one.done == other.done and other.covers(one.months, one.kept):
        return covers and (later or one.done)  # the same once more: of two failures the later one
    return covers


def _rank(entry: Entry) -> tuple[bool, int, bool, int]:
    return entry.done, entry.months, entry.kept == EVERYTHING, entry.kept.count("|")
