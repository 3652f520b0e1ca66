"""Storing: the headline experiment as a folder, whole or not at all.

`numbers.json` holds verdict and ten numbers, `results.csv` every contrast, `arms.csv` how outcomes
are distributed; `provenance.json` time, machine and versions, all that changes from run to run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.headline.study import Headline
from experiments.provenance import provenance
from experiments.store_run import PROVENANCE, as_json, check_folder, whole_folder

NUMBERS, RESULTS, ARMS = "numbers.json", "results.csv", "arms.csv"


def write_study(
    study: Headline, folder: Path, *, force: bool = False, command: Sequence[str] = ()
) -> Path:
    """Write the folder and return it.

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    check_folder(folder, force=force, result_id=study.id)
    with whole_folder(folder) as partial:
        for name, table in ((RESULTS, study.contrasts), (ARMS, study.arms)):
            text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
            (partial / name).write_text(text, encoding="utf-8", newline="")
        _write(partial / NUMBERS, study.summary)
        record = provenance(
            kind="headline", result_id=study.id, run_ids=(), seed=study.plan.seed,
            scenarios=(), command=command,
        )  # fmt: skip
        _write(partial / PROVENANCE, {**record, "runs": len(study.runs)})
    return folder


def _write(file: Path, value: Any) -> None:
    file.write_text(as_json(value) + "\n", encoding="utf-8", newline="")
