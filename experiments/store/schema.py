"""Schema: what is kept of a run, as one row of one table.

A run is one row, so that it is kept whole or not at all. Its months stand in nested columns:
`series` holds a list of numbers for every measure, group and boundary. Columns in `VOLATILE` say
how the run went on this machine; all others follow from its id, its months and what was kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
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
    return pa.RecordBatch.from_pylist([_plain(row) for row in rows], schema=RUNS)


def rows_of(table: pa.Table | pa.RecordBatch) -> list[Row]:
    """Return the rows of an Arrow table or batch that has the columns of `RUNS`."""
    return [_row(record) for record in table.select(RUNS.names).to_pylist()]


def _plain(row: Row) -> dict[str, Any]:
    record = row._asdict()
    columns = np.ascontiguousarray(row.values.T)
    record["series"] = [
        {"measure": k.measure, "group": k.group, "boundary": k.boundary, "values": column}
        for k, column in zip(row.keys, columns, strict=True)
    ]
    record["outcomes"] = [{"outcome": k, "value": v} for k, v in row.outcomes.items()]
    del record["keys"], record["values"]
    return record


def _row(record: dict[str, Any]) -> Row:
    series = record.pop("series") or []
    recorded = np.array(record.pop("recorded") or [], dtype=np.int64)
    keys = tuple(Key(s["measure"], s["group"], s["boundary"]) for s in series)
    values = np.array([s["values"] for s in series], dtype=np.float64).reshape(len(keys), -1).T
    outcomes = {o["outcome"]: o["value"] for o in record.pop("outcomes") or []}
    return Row(**record, recorded=recorded, keys=keys, values=values, outcomes=outcomes)
