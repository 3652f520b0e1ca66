"""Storing a study: CSV files that hold nothing of the machine, and a provenance that does.

- `findings.csv`: the findings at the defaults with their verdicts (`audit.FINDING_COLUMNS`);
- `ablation.csv`: what changes without each mechanism (`ablation.COLUMNS`);
- `audit.csv`: every finding under every perturbation (`audit.AUDIT_COLUMNS`);
- `provenance.json`: when, where and with what it was made.

Numbers are written in full, so that reading them gives the same; what is not known is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from experiments.provenance import provenance
from experiments.robustness.study import Study
from experiments.store_run import PROVENANCE, as_json, check_folder, whole_folder
from simulation.errors import InputError

TABLES = ("findings", "ablation", "audit")

WORDS = (
    "reason", "settings", "setting_off", "part", "verdict", "remark", "families", "reverses_with",
    "falls_with", "state", "told", "size",
)  # fmt: skip
"""Columns of text, which are empty where there is nothing to say."""


def write_study(
    study: Study, folder: Path, *, force: bool = False, command: Sequence[str] | None = None
) -> Path:
    """Write the tables of a study and their provenance into a folder, whole or not at all.

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    check_folder(folder, force=force, result_id=study.plan.id)
    with whole_folder(folder) as partial:
        for name, table in study.tables.items():
            table.to_csv(partial / f"{name}.csv", index=False)
        record = provenance(
            kind="audit",
            result_id=study.plan.id,
            run_ids=list(study.plan.runs),
            seed=study.plan.seed,
            scenarios=sorted({name for f in study.plan.findings for name in f.arms}),
            command=command,
        )
        record["replicates"] = study.plan.replicates
        text = as_json(record) + "\n"
        (partial / PROVENANCE).write_text(text, encoding="utf-8")
    return folder


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables a folder holds, by name.

    Raises:
        InputError: there is no table of findings, or a file cannot be read.
    """
    found = {}
    for name in TABLES:
        file = folder / f"{name}.csv"
        if not file.exists():
            if name == "findings":
                raise InputError("there is no such table", file=file.name, mend="kindling audit")
            continue
        try:
            table = pd.read_csv(file, engine="python")
        except (OSError, ValueError) as problem:
            raise InputError(f"the table cannot be read: {problem}", file=file.name) from problem
        for column in WORDS:
            if column in table:
                table[column] = table[column].astype(object).fillna("")
        found[name] = table
    return found
