"""Rows by family: the modules that hold them, and the results that were stored for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import groupby
from typing import NamedTuple

from experiments.validation.report.markdown import cell, paragraph, table
from experiments.validation.row import Row
from experiments.validation.rows import MODULES
from experiments.validation.stored import Record
from experiments.validation.words import NOTHING, amount, interval, verdict

HEADS = ("id", "what it says, and its source", "case: reading", "target", "result (95 % interval)",
         "n", "verdict")  # fmt: skip
MISSING = "not run yet"


class Family(NamedTuple):
    """The rows of one module, under the first words of its docstring."""

    title: str
    rows: tuple[Row, ...]


def families() -> list[Family]:
    """Return every family that has rows, in the order of the modules."""
    found = []
    for name in MODULES:
        module = import_module(f"experiments.validation.rows.{name}")
        title = (module.__doc__ or name).split("\n")[0].split("(")[0].strip(" .")
        if module.ROWS:
            found.append(Family(title, tuple(module.ROWS)))
    return found


def by_row(records: Sequence[Record] | None) -> dict[str, list[Record]]:
    """Return stored results by the id of their row."""
    records = records or []
    return {key: list(own) for key, own in groupby(records, key=lambda record: record["id"])}


def glance(records: Mapping[str, Sequence[Record]]) -> str:
    """Return the table of families: how many rows and targets there are, and how many are met."""
    lines = []
    for family in families():
        own = [r for row in family.rows for r in records.get(row.id, ()) if r["target"]]
        required = [r for r in own if not r["held_out"]]
        held = [r for r in own if r["held_out"]]
        missing = [row.id for row in family.rows if row.id not in records]
        lines.append(
            (
                cell(family.title),
                ", ".join(row.id for row in family.rows),
                _met(required),
                _met(held),
                ", ".join(missing) or "none",
            )
        )
    heads = ("family", "rows", "targets met", "held out, hold", MISSING)
    return table(heads, lines)


def _met(records: Sequence[Record]) -> str:
    if not records:
        return NOTHING
    return f"{sum(bool(r['passed']) for r in records)} of {len(records)}"


def sections(records: Mapping[str, Sequence[Record]]) -> str:
    """Return one table for each family, with every row, and what readers should know of it."""
    parts = []
    for family in families():
        lines = [line for row in family.rows for line in lines_of(row, records.get(row.id))]
        parts.append(f"### {family.title}\n\n{table(HEADS, lines)}")
        notes = [f"**{row.id}.** {' '.join(row.note.split())}" for row in family.rows if row.note]
        parts += [paragraph(note) for note in notes]
    return "\n\n".join(parts)


def lines_of(row: Row, records: Sequence[Record] | None) -> list[tuple[str, ...]]:
    """Return the lines of one row; its id and words stand only on the first."""
    words = f"{cell(row.title)} ({cell(row.source)}); `{row.scenario}`, tier {row.tier}"
    if not records:
        targets = [t for case in row.cases for t in case.targets]
        says = "; ".join(dict.fromkeys(t.says for t in targets))
        return [(row.id, words, NOTHING, cell(says), MISSING, NOTHING, MISSING)]
    lines: list[tuple[str, ...]] = []
    for number, one in enumerate(records):
        between = interval(one["low"], one["high"])
        lines.append(
            (
                row.id if number == 0 else "",
                words if number == 0 else "",
                cell(f"{one['case']}: {one['reading']}"),
                cell(one["target"] or NOTHING),
                amount(one["value"]) + (f" ({between})" if between else ""),
                str(one["n"]),
                verdict(one["passed"], one["held_out"]) or NOTHING,
            )
        )
    return lines
