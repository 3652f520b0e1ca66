"""Outcomes of a plan: what every cell came to, read in batches and reckoned once.

A run's numbers follow from its id, and so do the outcomes of a cell whose runs went well. These are
noted in `derived/` and not reckoned again by the same code; all others are looked at every time.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments import judge, recorded
from experiments.designs.cell import Cell
from experiments.judge import OUTCOMES
from experiments.store.folder import write_whole
from experiments.store.holdings import Holdings, rows_by_run
from experiments.store.index import Entry, Index
from experiments.store.plan import Plan
from experiments.store.schema import Row
from experiments.store.wishes import wish_of
from experiments.sweeping.ask import OUTCOME_COLUMNS, outcomes_of
from experiments.sweeping.job import Job
from simulation.errors import InputError
from simulation.fingerprint import code_hash, without_docstrings

if TYPE_CHECKING:
    from experiments.store.store import Store

OWN = ("cell", "replicate", "run", "pair", "status", "error")


def outcomes_of_plan(store: Store, plan: Plan) -> pd.DataFrame:
    """Return the outcomes of a plan; see `Store.outcomes`.

    Raises:
        InputError: a part is damaged.
    """
    noted = _noted(_note_file(store.path, plan))
    found = store.reading(lambda holdings: _outcomes(holdings, plan, noted))
    if len(found.new):
        _note(_note_file(store.path, plan), found.table)
    return _with_factors(plan, found.table)


class Found(NamedTuple):
    """The outcomes without factors, and those of them that were reckoned now and will stay."""

    table: pd.DataFrame
    new: pd.DataFrame


class Place(NamedTuple):
    """One cell under one draw of chance, and the rows that answer it."""

    cell: int
    replicate: int
    done: bool


class Answering:
    """The rows that answer the wishes of a plan, for `outcomes_of`."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self.entries: dict[str, Entry] = {}

    def lacking(self, jobs: object) -> Iterator[Job]:
        """Yield nothing: what a store lacks is not asked here."""
        return iter(())

    def add(self, row: Row) -> None:
        """Refuse: outcomes are read from what is kept, never written."""
        raise TypeError("outcomes are read, never written")

    def rows(self, runs: Sequence[str]) -> Mapping[str, Row]:
        """Return the rows."""
        wanted = {run: self.entries[run] for run in runs if run in self.entries}
        return rows_by_run(self._holdings, wanted)


def _outcomes(holdings: Holdings, plan: Plan, noted: pd.DataFrame) -> Found:
    """Reckon what is not noted yet."""
    rows = Answering(holdings)
    places = list(_places(holdings.index, plan, rows.entries))
    done = {(place.cell, place.replicate) for place in places if place.done}
    known = [key in done for key in zip(noted["cell"], noted["replicate"], strict=True)]
    noted = noted[pd.Series(known, index=noted.index, dtype=bool)]
    have = set(zip(noted["cell"], noted["replicate"], strict=True))
    todo: dict[int, list[int]] = {}
    for place in places:
        if (place.cell, place.replicate) not in have:
            todo.setdefault(place.replicate, []).append(place.cell)
    tables = [_reckoned(plan, *block, rows) for block in _blocks(todo)]
    new = [table[table["status"] == "done"] for table in tables]
    parts = [table for table in (noted, *tables) if len(table)]
    table = pd.concat(parts, ignore_index=True) if parts else noted
    ordered = table.sort_values(["cell", "replicate"], ignore_index=True)
    return Found(ordered, pd.concat(new) if new else noted[:0])


def _places(index: Index, plan: Plan, entries: dict[str, Entry]) -> Iterator[Place]:
    """Yield the cells and replicates whose runs are all kept; note where these stand."""
    for number, cell in enumerate(plan.cells):
        subjects = [s for s in (cell.subject, cell.without) if s is not None]
        for replicate in range(plan.replicates):
            wishes = [wish_of(Job(subject, plan.seed, replicate)) for subject in subjects]
            found = [index.covering(*wish) for wish in wishes]
            whole = [entry for entry in found if entry is not None]
            if len(whole) == len(wishes):
                for wish, entry in zip(wishes, whole, strict=True):
                    entries[wish.run] = entry
                yield Place(number, replicate, all(entry.done for entry in whole))


def _blocks(todo: Mapping[int, Sequence[int]]) -> Iterator[tuple[Sequence[int], range]]:
    """Yield cells and the draws of chance, one after another, under which all of them are told."""
    replicates = sorted(todo)
    first = 0
    for n, replicate in enumerate(replicates, start=1):
        following = replicates[n] if n < len(replicates) else None
        if following != replicate + 1 or todo[following] != todo[replicate]:
            yield todo[replicate], range(replicates[first], replicate + 1)
            first = n


def _reckoned(
    plan: Plan, numbers: Sequence[int], replicates: range, rows: Answering
) -> pd.DataFrame:
    """Return the outcomes of some cells under some draws of chance, without factors."""
    cells = [_numbered(plan.cells[number], number) for number in numbers]
    table = outcomes_of(cells, replicates, plan.seed, rows)
    return table.rename(columns={"point": "cell"}).drop(columns="arm")


def _numbered(cell: Cell, number: int) -> Cell:
    """Return a cell with its place in the plan as its point, and without factors."""
    return Cell(number, "", {}, cell.subject, cell.without, cell.push, cell.limits)


def _with_factors(plan: Plan, table: pd.DataFrame) -> pd.DataFrame:
    """Lay point, arm and factors beside the outcomes, in the columns of `outcomes_of`."""
    cells = [plan.cells[number] for number in table["cell"]]
    factors = list(dict.fromkeys(name for cell in plan.cells for name in cell.factors))
    columns: dict[str, object] = {
        "point": [cell.point for cell in cells],
        "arm": [cell.arm for cell in cells],
    }
    columns |= {name: table[name] for name in OUTCOME_COLUMNS if name in OWN}
    records = [{name: cell.factors.get(name) for name in factors} for cell in cells]
    columns |= dict(pd.DataFrame(records, columns=factors))
    other = [name for name in table.columns if name not in OWN]
    known = [name for name in OUTCOMES if name in other]
    for name in (*known, *(n for n in other if n not in OUTCOMES)):
        columns[name] = table[name].astype("float64")
    return pd.DataFrame(columns)


@lru_cache(maxsize=1)
def judge_id() -> str:
    """Return 16 hex digits for the code that tells what runs come to."""
    sources = [without_docstrings(inspect.getsource(module)) for module in (judge, recorded)]
    text = "\n".join([code_hash(), *sources])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _note_file(root: Path, plan: Plan) -> Path:
    return root / "derived" / f"outcomes-{plan.id[:16]}-{judge_id()}.parquet"


def _noted(file: Path) -> pd.DataFrame:
    """Return the outcomes that are noted; none where the note cannot be read."""
    try:
        table: pd.DataFrame = pq.read_table(file, page_checksum_verification=True).to_pandas()
        return table
    except (OSError, pa.ArrowException):
        return pd.DataFrame({name: [] for name in OWN}).astype({"cell": int, "replicate": int})


def _note(file: Path, table: pd.DataFrame) -> None:
    """Note the outcomes that will not change; a store that may only be read goes without."""
    stay = table[table["status"] == "done"]
    sink = pa.BufferOutputStream()
    arrow = pa.Table.from_pandas(stay, preserve_index=False)
    pq.write_table(arrow, sink, compression="zstd", write_page_checksum=True)
    with suppress(InputError, OSError):
        file.parent.mkdir(exist_ok=True)
        for old in file.parent.glob(f"{file.name.rpartition('-')[0]}-*"):
            old.unlink(missing_ok=True)
        write_whole(file, sink.getvalue().to_pybytes())
