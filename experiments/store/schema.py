"""Schema: what is kept of a run, as one row of one table.

A run is one row, so that it is kept whole or not at all. Its months stand in nested columns:
`series` holds a list of numbers for every measure, group and boundary. Columns in `VOLATILE` say
how the run went on this machine; all others follow from its id, its months and what was kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from experiments.recorded import Floats, Integers, Key, Recorded

VERSION = 1
"""Version of the layout of a store; a store of a later version is refused."""

DONE, FAILED = "done", "failed"
EVERYTHING = "*"
"""Stands in `kept` where every measure was kept."""

SERIES = pa.struct(
    [
        ("measure", pa.string()),
        ("group", pa.string()),
        ("boundary", pa.string()),
        ("values", pa.list_(pa.float64())),
    ]
)
OUTCOME = pa.struct([("outcome", pa.string()), ("value", pa.float64())])

RUNS = pa.schema(
    [
        ("run", pa.string()),  # id: 32 hex digits
        ("specification", pa.string()),  # id of code, libraries and scenario: all but the luck
        ("code", pa.string()),  # id of code and libraries alone
        ("kind", pa.string()),  # "community", or "mesa" for any other Mesa model
        ("seed", pa.int64()),  # of the experiment; the run's own is derive(seed, replicate)
        ("replicate", pa.int64()),
        ("months", pa.int32()),  # steps simulated; where the run failed, how many were asked for
        ("kept", pa.string()),  # measures kept, joined by "|"; "*": all of them
        ("status", pa.string()),  # "done" or "failed"
        ("stage", pa.string()),  # where it failed: "building", "month 17", "recording", "worker"
        ("error", pa.string()),  # what went wrong, in one line
        ("traceback", pa.string()),
        ("recorded", pa.list_(pa.int32())),  # the months of every series
        ("series", pa.list_(SERIES)),
        ("outcomes", pa.list_(OUTCOME)),  # what the run came to without its pair; yes is 1, no 0
        ("tries", pa.int32()),
        ("seconds", pa.float64()),
        ("finished", pa.timestamp("us", tz="UTC")),
        ("machine", pa.string()),
        ("process", pa.int64()),
    ]
)
"""The columns of every part and spool."""

VOLATILE = ("tries", "seconds", "finished", "machine", "process")
"""Columns that differ when the same run is done again."""


class Row(NamedTuple):
    """One run as it is kept; the fields are those of `RUNS`, with the months as arrays.

    Attributes:
        recorded: recorded months, shape (months,).
        keys: what the columns of `values` are.
        values: shape (months, keys).
        outcomes: what the run came to without its pair; nan where it cannot tell.
    """

    run: str
    specification: str
    code: str
    kind: str
    seed: int
    replicate: int
    months: int
    kept: str
    status: str
    stage: str
    error: str
    traceback: str
    recorded: Integers
    keys: tuple[Key, ...]
    values: Floats
    outcomes: dict[str, float]
    tries: int
    seconds: float
    finished: datetime
    machine: str
    process: int

    @property
    def failed(self) -> bool:
        """Tell whether the run came to nothing."""
        return self.status == FAILED

    def covers(self, months: int, kept: str) -> bool:
        """Tell whether the row answers a wish for so many months and these measures.

        A failed run covers nothing more than it was asked for: a longer wish runs it again.
        """
        have, wanted = self.kept, kept
        enough = have == EVERYTHING or (
            wanted != EVERYTHING and set(wanted.split("|")) <= set(have.split("|"))
        )
        return enough and self.months >= months

    def as_recorded(self, months: int | None = None) -> Recorded:
        """Return the months as `Recorded` with one replicate, cut after `months` where given."""
        first = len(self.recorded) if months is None else int((self.recorded <= months).sum())
        return Recorded(self.recorded[:first], self.keys, self.values[None, :first], (self.run,))


def kept_text(measures: Iterable[str] | None) -> str:
    """Return what stands in `kept` for these measures; None: everything."""
    return EVERYTHING if measures is None else "|".join(sorted(set(measures)))


def as_batch(rows: Iterable[Row]) -> pa.RecordBatch:
    """Return rows as an Arrow batch with the schema `RUNS`."""
    rows = list(rows)
    if not rows:
        return pa.RecordBatch.from_pylist([], schema=RUNS)
    records = pa.array([_single(row) for row in rows], SINGLE)
    columns = dict(zip((field.name for field in SINGLE), records.flatten(), strict=True))
    columns["recorded"] = _listed(
        [len(row.recorded) for row in rows],
        pa.array(_joined([row.recorded for row in rows], np.int32)),
        RUNS.field("recorded").type,
    )
    columns["series"] = _listed([len(row.keys) for row in rows], _series(rows))
    return pa.RecordBatch.from_arrays([columns[name] for name in RUNS.names], schema=RUNS)


SINGLE = pa.struct([field for field in RUNS if field.name not in ("recorded", "series")])
"""All but the months."""


def _single(row: Row) -> dict[str, Any]:
    record = row._asdict()
    record["outcomes"] = [{"outcome": k, "value": v} for k, v in row.outcomes.items()]
    return record


def _series(rows: Sequence[Row]) -> pa.StructArray:
    """Return the series of all rows, one after another."""
    words = [pa.concat_arrays(w) for w in zip(*(_words(row.keys) for row in rows), strict=True)]
    lengths = [row.values.shape[0] for row in rows for _ in row.keys]
    numbers = _joined([row.values.T.ravel() for row in rows], np.float64)
    values = _listed(lengths, pa.array(numbers), SERIES.field("values").type)
    return pa.StructArray.from_arrays([*words, values], fields=list(SERIES))


@lru_cache(maxsize=64)
def _words(keys: tuple[Key, ...]) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return measures, groups and boundaries; runs of one sweep have the same again and again."""
    first, second, third = (pa.array([key[n] for key in keys], pa.string()) for n in range(3))
    return first, second, third


def _joined(arrays: Sequence[Floats | Integers], kind: type[np.generic]) -> np.ndarray[Any, Any]:
    return np.concatenate([np.zeros(0, kind), *arrays]).astype(kind, copy=False)


def _listed(
    lengths: Sequence[int], values: pa.Array, kind: pa.DataType | None = None
) -> pa.ListArray:
    """Return values, one after another, cut into lists of these lengths."""
    ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), values, type=kind or pa.list_(values.type))


def rows_of(table: pa.Table | pa.RecordBatch) -> list[Row]:
    """Return the rows of an Arrow table or batch that has the columns of `RUNS`."""
    chosen = table.select(RUNS.names)
    batches = [chosen] if isinstance(chosen, pa.RecordBatch) else chosen.to_batches()
    return [row for batch in batches for row in _rows(batch)]


def _rows(batch: pa.RecordBatch) -> Iterator[Row]:
    """Yield the rows of one batch; their numbers are parts of the batch's own memory."""
    nested = ("recorded", "series", "outcomes")
    plain = [name for name in RUNS.names if name not in nested]
    records = batch.select(plain).to_pylist()
    recorded, months = _cut(batch.column("recorded"))
    series, keys_end = _cut(batch.column("series"))
    outcomes, outcomes_end = _cut(batch.column("outcomes"))
    words = list(zip(*(series.field(n).to_pylist() for n in range(3)), strict=True))
    values, values_end = _cut(series.field(3))
    numbers = values.to_numpy(zero_copy_only=False)
    names, found = outcomes.field(0).to_pylist(), outcomes.field(1).to_pylist()
    every_month = recorded.to_numpy(zero_copy_only=False).astype(np.int64)
    known: dict[tuple[Any, ...], tuple[Key, ...]] = {}
    for n, record in enumerate(records):
        first, last = keys_end[n], keys_end[n + 1]
        wanted = tuple(words[first:last])
        keys = known.setdefault(wanted, tuple(Key(*word) for word in wanted))
        shape = len(keys), months[n + 1] - months[n]
        own = numbers[values_end[first] : values_end[last]].reshape(shape).T
        here = slice(outcomes_end[n], outcomes_end[n + 1])
        yield Row(
            **record,
            recorded=every_month[months[n] : months[n + 1]],
            keys=keys,
            values=own,
            outcomes=dict(zip(names[here], found[here], strict=True)),
        )


def _cut(lists: pa.ListArray) -> tuple[Any, list[int]]:
    """Return the values of all lists, one after another, and where each list ends."""
    lengths = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    return lists.flatten(), [0, *np.cumsum(lengths, dtype=np.int64).tolist()]
