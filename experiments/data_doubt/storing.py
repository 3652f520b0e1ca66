"""Writing a study of data doubt: a folder that is either whole or not there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from experiments.data_doubt.study import DataDoubt
from experiments.provenance import provenance
from experiments.store_run import PROVENANCE, as_json, check_folder, whole_folder, write_scenario
from experiments.suppression import left_out_of


def write_doubt(
    study: DataDoubt,
    folder: Path,
    *,
    names: Sequence[str],
    force: bool = False,
    command: Sequence[str] | None = None,
) -> Path:
    """Write the folder of a study: `table.csv`, `effects.csv`, `summary.json`, the scenarios.

    Outcomes that rest on groups of few real people are left out; the summary says so.

    Args:
        study: what `doubt` returned.
        folder: where to.
        names: names of the scenarios as the user gave them.
        force: replace an earlier, different result in the folder.
        command: the command line; default: this process's own.

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    plan = study.plan
    check_folder(folder, force=force, result_id=plan.id)
    shown = shared_study(study)
    summary = dict(shown.summary)
    if study.hidden:
        lines = dict.fromkeys(n for s in plan.specifications for n in left_out_of(s).lines)
        summary["notes"] = [*summary["notes"], *lines, f"left out: {', '.join(study.hidden)}"]
    with whole_folder(folder) as partial:
        shown.table.to_csv(partial / "table.csv", index=False, lineterminator="\n")
        shown.effects.to_csv(partial / "effects.csv", index=False, lineterminator="\n")
        (partial / "summary.json").write_text(as_json(summary) + "\n", encoding="utf-8")
        folders = [partial] if plan.other is None else [partial / "a", partial / "b"]
        for specification, own in zip(plan.specifications, folders, strict=True):
            write_scenario(specification, own)
        record = provenance(
            kind="data doubt", result_id=plan.id, run_ids=[], seed=plan.seed, scenarios=names,
            command=command,
        )  # fmt: skip
        (partial / PROVENANCE).write_text(as_json(record) + "\n", encoding="utf-8")
    return folder


def shared_study(study: DataDoubt) -> DataDoubt:
    """Return a study without the outcomes that rest on groups of few real people."""
    if not study.hidden:
        return study
    base = {name: b for name, b in study.base.items() if name not in study.hidden}
    effects = study.effects[~study.effects["outcome"].isin(study.hidden)]
    return DataDoubt(study.plan, base, effects, study.hidden)
