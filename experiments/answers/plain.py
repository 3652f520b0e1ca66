"""Answers as plain values, and as a folder of files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.store.answer import Answer
from experiments.summary import plain


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain values; None where a number is missing or infinite."""
    return [{str(k): _plain(v) for k, v in row.items()} for row in table.to_dict(orient="records")]


def answer_data(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain values: no time, no path, nothing of the machine."""
    return {
        "kind": answer.kind,
        "name": answer.name,
        "question": answer.question,
        "sentences": list(answer.sentences),
        "notes": list(answer.notes),
        "tables": {name: records(table) for name, table in answer.tables.items()},
        "numbers": {str(k): _plain(v) for k, v in answer.numbers.items()},
        "command": list(answer.command),
    }


def answer_id(kind: str, command: Sequence[str]) -> str:
    """Return 32 hex digits for what was asked of this code: known before it is answered."""
    from simulation.fingerprint import code_hash

    text = json.dumps([kind, code_hash(), list(command)], ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def write_answer(
    answer: Answer, folder: Path, *, identity: str, scenarios: Sequence[str], seed: int,
    force: bool = False,
) -> Path:  # fmt: skip
    """Write an answer's folder: a CSV file a table, `answer.json`, and where it came from.

    Args:
        answer: what was found.
        folder: where; a folder that holds something else is never touched.
        identity: id of the answer, as `answer_id` gives it.
        scenarios: names of the scenarios it is about.
        seed: seed of the experiment.
        force: whether to replace an earlier, different result.

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    from experiments.provenance import provenance
    from experiments.store_run import PROVENANCE, as_json, check_folder, whole_folder

    check_folder(folder, force=force, result_id=identity)
    with whole_folder(folder) as partial:
        for name, table in answer.tables.items():
            table.to_csv(partial / f"{name}.csv", index=False)
        record = provenance(
            kind=answer.kind, result_id=identity, run_ids=(), seed=seed, scenarios=scenarios,
            command=answer.command,
        )  # fmt: skip
        for file, value in (("answer.json", answer_data(answer)), (PROVENANCE, record)):
            (partial / file).write_text(as_json(value) + "\n", encoding="utf-8")
    return folder


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return plain(value)
