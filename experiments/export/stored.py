"""Months of an earlier result as tables, without simulating anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from experiments.export.writing import WRITERS, write_table
from experiments.provenance import provenance
from experiments.store_run import PROVENANCE, as_json, check_folder, earlier_id, whole_folder
from simulation.errors import InputError
from simulation.fingerprint import combined_id

SERIES = ("series.parquet", "monthly.parquet", "monthly.csv")
"""Files that hold the months of a result: of a run or comparison, and of an export."""


def is_result(path: Path) -> bool:
    """Tell whether a path is a folder that Kindling wrote a result to."""
    return path.is_dir() and earlier_id(path) is not None


def convert_result(
    source: Path,
    folder: Path,
    *,
    formats: Iterable[str] = tuple(WRITERS),
    force: bool = False,
    command: Sequence[str] | None = None,
) -> Path:
    """Write the months of a result's folder as `monthly.csv` and `monthly.parquet`.

    What the folder left out stays left out.

    Args:
        source: folder of a run, a comparison or an export.
        folder: where to.
        formats: "csv", "parquet" or both.
        force: replace an earlier, different result in the folder.
        command: the command line; default: this process's own.

    Raises:
        InputError: the source holds no months, or the folder cannot be written.
    """
    identity = earlier_id(source)
    if identity is None:
        raise InputError("this folder holds no result of Kindling", found=str(source))
    own_id = combined_id([identity, "months"])
    check_folder(folder, force=force, result_id=own_id)
    if folder.resolve() == source.resolve():
        raise InputError(
            "the tables would replace the result itself",
            key="out", found=str(folder), mend="name another folder",
        )  # fmt: skip
    table = _months(source)
    with whole_folder(folder) as partial:
        write_table(table, partial / "monthly", tuple(formats))
        record = provenance(
            kind="export", result_id=own_id, run_ids=sorted(set(table["run"].astype(str))),
            seed=0, scenarios=[source.name], command=command,
        )  # fmt: skip
        del record["seed"]
        (partial / PROVENANCE).write_text(as_json(record) + "\n", encoding="utf-8")
    return folder


def _months(source: Path) -> pd.DataFrame:
    """Return the tidy months that a folder holds."""
    file = next((source / name for name in SERIES if (source / name).is_file()), None)
    if file is None:
        raise InputError(
            "this result holds no months", found=str(source), allowed=", ".join(SERIES)
        )
    try:
        if file.suffix == ".csv":
            return pd.read_csv(file, keep_default_na=False, na_values={"value": [""]})
        return pd.read_parquet(file, engine="pyarrow")
    except (OSError, ValueError) as problem:
        reason = " ".join(str(problem).split())
        raise InputError(f"the months cannot be read: {reason}", file=file) from problem
