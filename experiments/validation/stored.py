"""Stored results: what a validation came to as plain records, and as files beside the pages."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.provenance import provenance
from experiments.store_run import as_json
from experiments.validation.judging import Result, Settings
from scenarios.settings import changes_of
from simulation.errors import InputError
from simulation.fingerprint import combined_id, monthly_id, run_id
from simulation.naming import key_of

RESULTS = "results.csv"
PROVENANCE = "results-provenance.json"
COLUMNS = (
    "id",
    "title",
    "source",
    "tier",
    "scenario",
    "case",
    "settings",
    "reading",
    "value",
    "low",
    "high",
    "n",
    "target",
    "origin",
    "verdict",
    "passed",
    "held_out",
    "nature",
)
"""Columns of `results.csv`: one line for each reading of each case."""

Record = dict[str, Any]


def record(result: Result, changes: Settings = ()) -> Record:
    """Return one result as plain values, by `COLUMNS`; what is not a number is None.

    Args:
        result: what came out.
        changes: changes to every case, as `judge` was given them.
    """
    row = result.row
    settings = {str(key): value for key, value in result.settings.items()}
    settings |= {key_of(*change.words): change.value for change in changes_of(changes)}
    return {
        "id": row.id,
        "title": row.title,
        "source": row.source,
        "tier": row.tier,
        "scenario": result.scenario or row.scenario,
        "case": result.label,
        "settings": settings,
        "reading": result.reading,
        "value": _number(result.value),
        "low": _number(result.low),
        "high": _number(result.high),
        "n": result.n,
        "target": None if result.target is None else result.target.says,
        "origin": None if result.target is None else row.origin_of(result.target),
        "verdict": result.verdict,
        "passed": result.passed,
        "held_out": row.held_out,
        "nature": row.nature,
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def check_folder(folder: Path) -> None:
    """Refuse, before any work is done, a folder in which results cannot be stored.

    Other files are left alone. Only `results.csv` and its provenance are written, and only where
    there is no `results.csv` that is not an earlier one of ours.

    Raises:
        InputError: naming the folder and what to do.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("this is a file, not a folder", key="out", found=str(folder))
    if (folder / RESULTS).exists() and not (folder / PROVENANCE).exists():
        raise InputError(
            f"the folder has a {RESULTS} that Kindling did not write",
            key="out",
            found=str(folder),
            mend="name another folder",
        )
    parent = folder
    while not parent.exists() and parent != parent.parent:
        parent = parent.absolute().parent
    if not os.access(parent, os.W_OK | os.X_OK):
        raise InputError("nothing can be written here", key="out", found=str(parent))


def write(
    results: Sequence[Result],
    folder: Path,
    *,
    seed: int,
    command: Sequence[str],
    changes: Settings = (),
) -> None:
    """Write `results.csv` and `results-provenance.json` into a folder; each is whole or as before.

    Args:
        results: what came out.
        folder: where; made if it is not there.
        seed: seed of the whole.
        command: the command line that repeats it.
        changes: changes to every case, as `judge` was given them.

    Raises:
        InputError: the files cannot be written.
    """
    lines = [record(result, changes) for result in results]
    made = provenance(
        kind="validation",
        result_id=combined_id(_ids(results, seed, changes)),
        run_ids=[],
        seed=seed,
        scenarios=sorted({line["scenario"] for line in lines}),
        command=command,
    )
    made["rows"] = list(dict.fromkeys(line["id"] for line in lines))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        put(folder / RESULTS, as_csv(lines, COLUMNS))
        put(folder / PROVENANCE, as_json(made) + "\n")
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(
            f"the results cannot be written: {reason}", key="out", found=str(folder)
        ) from problem


def _ids(results: Sequence[Result], seed: int, changes: Settings) -> list[str]:
    """Return the id of each case's first run, with how many there are."""
    import scenarios

    ids = []
    for result in results:
        specification = scenarios.load(
            result.scenario or result.row.scenario, overrides=result.settings
        )
        if changes:
            specification = scenarios.with_settings(specification, changes)
        run = monthly_id(run_id(specification, seed), specification.months)
        ids.append(f"{run} {result.reading} {result.n}")
    return ids


def as_csv(lines: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return records as CSV: nothing for None, yes or no, settings as JSON, numbers in full."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for line in lines:
        writer.writerow([_cell(line[name]) for name in columns])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def put(file: Path, text: str) -> None:
    """Write a file whole: beside its place first, then into it."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        partial.chmod(0o644)
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def read(folder: Path) -> list[Record] | None:
    """Return the records stored in a folder, None where there are none.

    Raises:
        InputError: the file is not one of ours.
    """
    file = folder / RESULTS
    if not file.exists():
        return None
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InputError(
                "the columns are not those of stored results",
                file=file,
                mend="make them anew: kindling validate --tier 0,1,2 --out FOLDER",
            )
        return [_parsed(line) for line in reader]


def _parsed(line: Mapping[str, str]) -> Record:
    truth = {"yes": True, "no": False, "": None}
    return {
        **line,
        "tier": int(line["tier"]),
        "settings": json.loads(line["settings"]),
        **{name: float(line[name]) if line[name] else None for name in ("value", "low", "high")},
        "n": int(line["n"]),
        **{name: line[name] or None for name in ("target", "origin", "verdict")},
        "passed": truth[line["passed"]],
        "held_out": bool(truth[line["held_out"]]),
    }
