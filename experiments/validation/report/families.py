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
from experiments.validation.words import NOTHING, ORIGINS, amount, interval, met, verdict

HEADS = ("id", "what it says, and its source", "case: reading", "target", "origin",
         "result (95 % interval)", "n", "verdict")  # fmt: skip
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


COUNTED = ("emerges", "implements", "structural", "fitted", "held out", "held out, structural")
"""The kinds of targets that are counted apart."""


def counted(row: Row) -> str:
    """Return under which of `COUNTED` a row's targets are counted."""
    if row.calibrated:
        return "fitted"
    if row.held_out:
        return "held out, structural" if row.nature == "structural" else "held out"
    return row.nature


def glance(records: Mapping[str, Sequence[Record]]) -> str:
    """Return the table of families: how many targets are met, by what meeting them says."""
    lines, everything = [], list[Row]()
    for family in families():
        missing = [row.id for row in family.rows if row.id not in records]
        ids = ", ".join(row.id for row in family.rows)
        shown = ", ".join(missing) or "none"
        lines.append((cell(family.title), ids, *_counts(family.rows, records), shown))
        everything += family.rows
    lines.append(("**all**", f"{len(everything)} rows", *_counts(everything, records), ""))
    made = table(("family", "rows", *COUNTED, MISSING), lines)
    return f"{made}\n\n{paragraph(_origins(everything, records))}"


def _counts(rows: Sequence[Row], records: Mapping[str, Sequence[Record]]) -> list[str]:
    """Return, for each of `COUNTED`, how many of the targets that were run are met."""
    found = []
    for name in COUNTED:
        own = [r for row in rows if counted(row) == name for r in records.get(row.id, ())]
        verdicts = [r["verdict"] for r in own if r["target"]]
        found.append(met(verdicts) if verdicts else NOTHING)
    return found


def _origins(rows: Sequence[Row], records: Mapping[str, Sequence[Record]]) -> str:
    """Return how many of the targets that were run come from where."""
    own = [r["origin"] for row in rows for r in records.get(row.id, ()) if r["target"]]
    counts = (f"{own.count(name)} are {words}" for name, words in ORIGINS.items())
    return f"Of the {len(own)} targets that were run, {', '.join(counts)}."


def sections(records: Mapping[str, Sequence[Record]]) -> str:
    """Return one table for each family, with every row, and what readers should know of it."""
    parts = []
    for family in families():
        lines = [line for row in family.rows for line in lines_of(row, records.get(row.id))]
        parts.append(f"### {family.title}\n\n{table(HEADS, lines)}")
        parts += notes(family.rows)
    return "\n\n".join(parts)


def notes(rows: Sequence[Row]) -> list[str]:
    """Return what readers should know of rows, a paragraph a row that has a note."""
    return [paragraph(f"**{row.id}.** {row.note}") for row in rows if row.note]


def lines_of(row: Row, records: Sequence[Record] | None) -> list[tuple[str, ...]]:
    """Return the lines of one row; its id and words stand only on the first."""
    words = f"{cell(row.title)} ({cell(row.source)}); `{row.scenario}`, tier {row.tier}; "
    words += f"{row.nature}, fitted" if row.calibrated else row.nature
    if not records:
        targets = [t for case in row.cases for t in case.targets]
        targets += [contrast.target for contrast in row.contrasts]
        says = cell("; ".join(dict.fromkeys(t.says for t in targets)))
        origin = ", ".join(dict.fromkeys(row.origin_of(t) for t in targets)) or NOTHING
        return [(row.id, words, NOTHING, says, origin, MISSING, NOTHING, MISSING)]
    lines: list[tuple[str, ...]] = []
    for number, one in enumerate(records):
        between = interval(one["low"], one["high"])
        lines.append(
            (
                row.id if number == 0 else "",
                words if number == 0 else "",
                cell(f"{one['case']}: {one['reading']}"),
                cell(one["target"] or NOTHING),
                one["origin"] or NOTHING,
                amount(one["value"]) + (f" ({between})" if between else ""),
                str(one["n"]),
                verdict(one["verdict"], one["held_out"]) or NOTHING,
            )
        )
    return lines
