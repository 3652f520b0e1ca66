"""Answers on disk: what studies found, each in a file of words and one of each table."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.store.answer import Answer
from experiments.store.folder import (
    Folder,
    damaged,
    plain,
    read_json,
    told,
    write_json,
    write_whole,
)
from simulation.errors import InputError


def write_answer(folder: Folder, answer: Answer) -> None:
    """Keep an answer; an earlier one of that kind and name gives way once this one is whole.

    Tables are kept under names made of their content, so that an answer and its tables always
    belong together.

    Raises:
        InputError: it cannot be written.
    """
    tables: dict[str, str] = {}
    for name, table in answer.tables.items():
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), sink, compression="zstd")
        content = sink.getvalue().to_pybytes()
        mark = hashlib.blake2b(content, digest_size=8).hexdigest()
        tables[name] = f"{_stem(answer.kind, answer.name)}-{_safe(name)}-{mark}.parquet"
        write_whole(folder / "answers" / tables[name], content)
    write_json(
        folder / "answers" / f"{_stem(answer.kind, answer.name)}.json",
        {
            "kind": answer.kind,
            "name": answer.name,
            "question": answer.question,
            "sentences": list(answer.sentences),
            "notes": list(answer.notes),
            "numbers": dict(answer.numbers),
            "command": list(answer.command),
            "tables": [[name, file] for name, file in tables.items()],
        },
    )
    _forget_tables(folder, answer, set(tables.values()))


def _forget_tables(folder: Folder, answer: Answer, stay: set[str]) -> None:
    """Delete the tables of an earlier answer of that kind and name."""
    used = {file for data in _all(folder) for _, file in data["tables"]} | stay
    for name in folder.files("answers", ".parquet"):
        file = folder / name
        if file.name.startswith(f"{_stem(answer.kind, answer.name)}-") and file.name not in used:
            file.unlink(missing_ok=True)


def _all(folder: Folder) -> list[dict[str, Any]]:
    return [read_json(folder / name) for name in folder.files("answers", ".json")]


def read_answers(folder: Folder) -> list[Answer]:
    """Return all answers, by kind and name.

    Raises:
        InputError: one is damaged.
    """
    return [read_answer(folder, name) for name in folder.files("answers", ".json")]


def read_answer(folder: Folder, name: str) -> Answer:
    """Return one answer, given the name of its file of words.

    Raises:
        InputError: it is damaged.
    """
    data = read_json(folder / name)
    try:
        return _answer(folder, data)
    except (KeyError, TypeError, ValueError) as problem:
        if isinstance(problem, InputError):
            raise
        raise damaged(folder / name) from problem


def _answer(folder: Folder, data: dict[str, Any]) -> Answer:
    return Answer(
        kind=data["kind"],
        name=data["name"],
        question=data["question"],
        sentences=tuple(data["sentences"]),
        notes=tuple(data["notes"]),
        tables={name: _table(folder, file) for name, file in data["tables"]},
        numbers=data["numbers"],
        command=tuple(data["command"]),
    )


def _table(folder: Folder, name: str) -> pd.DataFrame:
    file = folder / "answers" / name
    try:
        with told(file):
            table: pd.DataFrame = pq.read_table(file).to_pandas()
            return table
    except (pa.ArrowException, OSError) as problem:
        raise damaged(file) from problem


def _stem(kind: str, name: str) -> str:
    """Return a file name that is readable and that no other answer has."""
    mark = hashlib.blake2b(json.dumps(plain([kind, name])).encode(), digest_size=4).hexdigest()
    return f"{_safe(kind)}-{_safe(name)}-{mark}"


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-")[:60] or "table"
