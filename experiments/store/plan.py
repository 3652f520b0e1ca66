"""Plans: what a sweep is to come to, kept so that it can be told without the model.

A plan knows every cell of its design by the ids of its runs, so that the table of outcomes can be
made by anybody who has the store: no scenario is resolved again, and a later version of the model,
under which the same scenario has other ids, changes nothing in it. Only new runs need the design.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.designs.cell import Cell
from experiments.judge import Push
from experiments.store.folder import (
    Folder,
    damaged,
    plain,
    read_json,
    told,
    write_json,
    write_whole,
)
from experiments.sweeping.subject import Simulated, Stage, Subject
from simulation.errors import InputError
from simulation.specification import Measures

CELLS = pa.schema(
    [
        ("point", pa.int64()),
        ("arm", pa.string()),
        ("factors", pa.string()),  # JSON: values by name of factor
        ("kind", pa.string()),
        ("specification", pa.string()),
        ("code", pa.string()),
        ("months", pa.int32()),
        ("kept", pa.string()),
        ("pair_specification", pa.string()),  # empty where a cell has no pair
        ("pair_code", pa.string()),
        ("pair_months", pa.int32()),
        ("pair_kept", pa.string()),
        ("push_start", pa.int32()),  # empty where nobody intervenes
        ("push_end", pa.int32()),
        ("limits", pa.string()),  # JSON: limits for tipping and for the least gain
    ]
)
"""The columns of a plan's table of cells."""


@dataclass(frozen=True)
class Known:
    """A subject of which only the ids are known: its kept runs can be told, new ones not made."""

    id: str
    code: str
    kind: str
    months: int
    kept: str

    def simulate(self, seed: int, stage: Stage) -> Simulated:
        """Refuse.

        Raises:
            InputError: always.
        """
        raise InputError(
            "this run is not kept, and the store knows its scenario only by its id",
            key=self.id, mend="sweep the design itself, which holds the scenario",
        )  # fmt: skip


class Designed(Protocol):
    """What a plan needs of a design."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def question(self) -> str:
        """What is asked."""

    @property
    def answers(self) -> Sequence[Any]:
        """The answers that it asks for, as plain values."""

    @property
    def replicates(self) -> int:
        """How many draws of chance each cell is run under."""

    @property
    def seed(self) -> int:
        """Seed of the experiment."""

    def cells(self) -> list[Cell]:
        """Return its places."""

    def data(self) -> dict[str, Any]:
        """Return it as plain values."""


@dataclass(frozen=True)
class Plan:
    """What a sweep is to come to.

    Attributes:
        id: 32 hex digits for cells and seed; more replicates or better words leave it as it is.
        title: what the design is called.
        question: what is asked.
        answers: the answers that the design asks for, plain.
        design: the design as plain values, to make it again.
        replicates: how many draws of chance each cell is run under, from 0 on.
        seed: seed of the experiment.
        cells: the places of the design.
    """

    id: str
    title: str
    question: str
    answers: Sequence[Any]
    design: Mapping[str, Any]
    replicates: int
    seed: int
    cells: Sequence[Cell] = field(repr=False)

    @classmethod
    def of(cls, design: Designed, cells: Sequence[Cell] | None = None) -> Self:
        """Return the plan of a design.

        Args:
            design: the design.
            cells: its cells, where they are made already.
        """
        return cls.made(
            design.cells() if cells is None else cells,
            design.replicates,
            seed=design.seed,
            title=design.title,
            question=design.question,
            answers=design.answers,
            design=design.data(),
        )

    @classmethod
    def made(
        cls,
        cells: Sequence[Cell],
        replicates: int,
        *,
        seed: int = 1,
        title: str = "",
        question: str = "",
        answers: Sequence[Any] = (),
        design: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return the plan of cells."""
        words = tuple(plain(list(answers)))
        own = plain(dict(design or {}))
        return cls(plan_id(cells, seed), title, question, words, own, replicates, seed, cells)


def plan_id(cells: Sequence[Cell], seed: int) -> str:
    """Return 32 hex digits for cells and seed."""
    text = json.dumps([int(seed), [_record(cell) for cell in cells]], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _record(cell: Cell) -> dict[str, Any]:
    pair, push = cell.without, cell.push
    return {
        "point": int(cell.point),
        "arm": cell.arm,
        "factors": json.dumps(plain(dict(cell.factors)), ensure_ascii=False),
        "kind": cell.subject.kind,
        "specification": cell.subject.id,
        "code": cell.subject.code,
        "months": cell.subject.months,
        "kept": cell.subject.kept,
        "pair_specification": None if pair is None else pair.id,
        "pair_code": None if pair is None else pair.code,
        "pair_months": None if pair is None else pair.months,
        "pair_kept": None if pair is None else pair.kept,
        "push_start": None if push is None else push.start,
        "push_end": None if push is None else push.end,
        "limits": json.dumps(cell.limits.model_dump(mode="json"), sort_keys=True),
    }


def write_plan(folder: Folder, plan: Plan) -> Plan:
    """Keep a plan; return it as it is kept.

    A plan that is there already keeps the larger number of replicates, and gets the new words. The
    one written last is the one that tables are made of where nobody says which.

    Raises:
        InputError: it cannot be written.
    """
    words = folder / "plans" / f"{plan.id}.json"
    table = folder / "plans" / f"{plan.id}.parquet"
    before = read_json(words) if words.exists() and table.exists() else None
    replicates = max(plan.replicates, before["replicates"] if before else 0)
    if before is None:
        sink = pa.BufferOutputStream()
        rows = pa.Table.from_pylist([_record(cell) for cell in plan.cells], schema=CELLS)
        pq.write_table(rows, sink, compression="zstd")
        write_whole(table, sink.getvalue().to_pybytes())
    write_json(
        words,
        {
            "id": plan.id,
            "title": plan.title,
            "question": plan.question,
            "answers": list(plan.answers),
            "design": dict(plan.design),
            "replicates": replicates,
            "seed": plan.seed,
            "cells": len(plan.cells),
            "turn": _next_turn(folder),
        },
    )
    return Plan(
        plan.id, plan.title, plan.question, plan.answers, plan.design, replicates, plan.seed,
        plan.cells,
    )  # fmt: skip


def _next_turn(folder: Folder) -> int:
    """Return a number larger than that of any plan that is kept."""
    return 1 + max((int(w["turn"]) for w in _all_words(folder)), default=0)


def _all_words(folder: Folder) -> list[dict[str, Any]]:
    return [read_json(folder / name) for name in folder.files("plans", ".json")]


def read_plans(folder: Folder) -> list[Plan]:
    """Return all plans, in the order in which they were written, the last one last.

    Raises:
        InputError: a plan is damaged.
    """
    found = sorted(_all_words(folder), key=lambda words: int(words["turn"]))
    return [_plan(folder, words) for words in found]


def read_plan(folder: Folder, name: str) -> Plan:
    """Return one plan, given the name of its file of words.

    Raises:
        InputError: it is damaged.
    """
    return _plan(folder, read_json(folder / name))


def _plan(folder: Folder, words: Mapping[str, Any]) -> Plan:
    file = folder / "plans" / f"{words['id']}.parquet"
    try:
        with told(file):
            records = pq.read_table(file).select(CELLS.names).to_pylist()
        cells = _cells(records)
        return Plan(
            words["id"], words["title"], words["question"], tuple(words["answers"]),
            words["design"], words["replicates"], words["seed"], cells,
        )  # fmt: skip
    except InputError:
        raise
    except (pa.ArrowException, OSError, KeyError, ValueError, TypeError) as problem:
        raise damaged(file) from problem


def _cells(records: Sequence[Mapping[str, Any]]) -> list[Cell]:
    limits = {text: Measures(**json.loads(text)) for text in {r["limits"] for r in records}}
    return [
        Cell(
            record["point"],
            record["arm"],
            json.loads(record["factors"]),
            _known(record, ""),
            None if record["pair_specification"] is None else _known(record, "pair_"),
            None
            if record["push_start"] is None
            else Push(record["push_start"], record["push_end"]),
            limits[record["limits"]],
        )
        for record in records
    ]


def _known(record: Mapping[str, Any], which: str) -> Subject:
    return Known(
        record[f"{which}specification"],
        record[f"{which}code"],
        record["kind"],
        record[f"{which}months"],
        record[f"{which}kept"],
    )
