"""Months of runs as one tidy table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from experiments.recorded import SERIES_COLUMNS, Key
from experiments.store.holdings import Holdings
from experiments.store.index import Entry
from experiments.store.plan import Plan
from experiments.store.schema import EVERYTHING, Row
from experiments.store.wishes import Wish, wish_of
from experiments.sweeping.job import Job

if TYPE_CHECKING:
    from experiments.store.store import Store

AT_A_TIME = 200
"""How many runs are read at a time."""


class Wanted(NamedTuple):
    """A run to be told of: which row answers, and how much of it was asked for."""

    run: str
    entry: Entry
    months: int
    kept: str


def wanted_runs(holdings: Holdings, plan: Plan | None) -> list[Wanted]:
    """Return the runs of a plan that are kept, replicate by replicate; without a plan, all by id.

    Where cells of a plan want different lengths of one run, the longest counts.
    """
    index = holdings.index
    if plan is None:
        best = ((run, index.best(run)) for run in sorted(index))
        return [Wanted(run, e, e.months, e.kept) for run, e in best if e is not None]
    wishes: dict[str, Wish] = {}
    for job in jobs_of_plan(plan):
        wish = wish_of(job)
        known = wishes.get(wish.run)
        if known is None or wish.covers(known):
            wishes[wish.run] = wish
    found = ((wish, index.covering(*wish)) for wish in wishes.values())
    return [Wanted(w.run, entry, w.months, w.kept) for w, entry in found if entry is not None]


def jobs_of_plan(plan: Plan) -> Iterator[Job]:
    """Yield the jobs of a plan, replicate by replicate, each cell followed by its pair."""
    for replicate in range(plan.replicates):
        for cell in plan.cells:
            yield Job(cell.subject, plan.seed, replicate)
            if cell.without is not None:
                yield Job(cell.without, plan.seed, replicate)


def months_of(
    store: Store,
    measures: Iterable[str] | None,
    groups: Iterable[str] | None,
    plan: Plan | None,
) -> pd.DataFrame:
    """Return the months of runs; see `Store.months`.

    Raises:
        InputError: a part is damaged.
    """
    some = None if measures is None else frozenset(measures)
    of = None if groups is None else frozenset(groups)

    def read(holdings: Holdings) -> pd.DataFrame:
        table = Tidy(some, of)
        wanted = wanted_runs(holdings, plan)
        places: dict[Entry, list[tuple[int, Wanted]]] = {}
        for turn, want in enumerate(wanted):
            places.setdefault(want.entry, []).append((turn, want))
        for rows in in_chunks(holdings, list(places)):
            for entry, row in rows.items():
                for turn, want in places[entry]:
                    table.add(turn, want, row)
        return table.frame([want.run for want in wanted])

    return store.reading(read)


def in_chunks(holdings: Holdings, entries: Sequence[Entry]) -> Iterator[Mapping[Entry, Row]]:
    """Read rows as they lie in their files, some hundreds at a time."""
    ordered = sorted(set(entries), key=lambda entry: (entry.file, entry.at))
    for first in range(0, len(ordered), AT_A_TIME):
        yield holdings.fetch(ordered[first : first + AT_A_TIME])


class Tidy:
    """A table of months that is being put together, in numbers until the end."""

    def __init__(self, measures: frozenset[str] | None, groups: frozenset[str] | None) -> None:
        self._measures, self._groups = measures, groups
        self._keys: dict[Key, int] = {}
        self._pieces: list[tuple[np.ndarray, ...]] = []

    def add(self, turn: int, want: Wanted, row: Row) -> None:
        """Take in one run: as many of its months, and those measures, that are wanted.

        Args:
            turn: its place among the runs.
            want: how much of it is asked for.
            row: the run.
        """
        kept = None if want.kept == EVERYTHING else set(want.kept.split("|"))
        columns = [
            n
            for n, key in enumerate(row.keys)
            if (kept is None or key.measure in kept)
            and (self._measures is None or key.measure in self._measures)
            and (self._groups is None or key.group in self._groups)
        ]
        first = int((row.recorded <= want.months).sum())
        values = row.values[:first, columns]
        month, column = np.nonzero(~np.isnan(values))
        codes = np.array(
            [self._keys.setdefault(row.keys[n], len(self._keys)) for n in columns], dtype=np.int64
        )
        self._pieces.append(
            (np.full(len(month), turn), row.recorded[month], codes[column], values[month, column])
        )

    def frame(self, runs: Sequence[str], community: str = "community") -> pd.DataFrame:
        """Return the table, run by run.

        Args:
            runs: ids of the runs, by their places.
            community: name of the community.
        """
        nothing = (np.zeros(0, np.int64),) * 3 + (np.zeros(0),)
        turn, month, key, value = (
            np.concatenate(arrays) for arrays in zip(nothing, *self._pieces, strict=True)
        )
        order = np.argsort(turn, kind="stable")
        turn, month, key, value = (array[order] for array in (turn, month, key, value))
        words = {
            name: _named(key, [k[n] for k in self._keys])
            for n, name in enumerate(("measure", "group", "boundary"))
        }
        columns = {
            "run": _named(turn, list(runs)),
            "month": month,
            "community": _named(np.zeros_like(turn), [community]),
            **words,
            "value": value,
        }
        return pd.DataFrame({name: columns[name] for name in SERIES_COLUMNS})


def _named(codes: np.ndarray, names: Sequence[str]) -> pd.Categorical:
    """Return names by position as a categorical column, each name stored once."""
    places: dict[str, int] = {}
    code = np.array([places.setdefault(name, len(places)) for name in names], dtype=np.int64)
    different = pd.Index(list(places), dtype=object)
    return pd.Categorical.from_codes(code[codes] if len(code) else codes, categories=different)
