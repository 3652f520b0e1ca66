"""Writing results: a folder that is either whole or not there.

Everything is written to a hidden folder beside the target, which is then renamed. A folder that
holds anything but an earlier result is never touched.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.compare import Comparison
from experiments.provenance import provenance
from experiments.run import RunResult
from experiments.shared import shared_comparison, shared_run
from experiments.suppression import left_out_of, suppress_table
from scenarios import file_names, to_toml
from simulation.errors import InputError
from simulation.specification import Specification

PROVENANCE = "provenance.json"


def write_run(
    result: RunResult,
    folder: Path,
    *,
    name: str,
    force: bool = False,
    command: Sequence[str] | None = None,
) -> Path:
    """Write a run's folder: months, summary, figure, resolved scenario and provenance.

    `series.parquet` holds the tidy months, with a column `arm` ("with", "without"); `outcomes.csv`
    a row for each replicate; `figure.svg` and `figure.png` the picture; `summary.json` the
    outcomes; `scenario.toml` what is needed to run it again; `provenance.json` time, machine
    and versions. Values of small groups of real people are left out of all of them (see
    `experiments.suppression`).

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    from experiments.figures.run_figure import run_figure
    from experiments.figures.save import save_figure

    check_folder(folder, force=force, result_id=result.id)
    complete, result = result, shared_run(result)
    with whole_folder(folder) as partial:
        _write_series(partial, [_months(complete, "with", "without")])
        result.outcomes.to_csv(partial / "outcomes.csv", index=False)
        figure, text = run_figure(result)
        save_figure(figure, partial / "figure", title=result.specification.title, text=text)
        summary = {**result.summary, "figure": text}
        summary["notes"] = [*summary["notes"], *_kept_back_lines(result.specification)]
        _write_json(partial / "summary.json", summary)
        write_scenario(result.specification, partial)
        record = provenance(
            kind="run", result_id=result.id, run_ids=result.run_ids, seed=result.seed,
            scenarios=[name], command=command,
        )  # fmt: skip
        _write_json(partial / PROVENANCE, record)
    return folder


def write_comparison(
    comparison: Comparison,
    folder: Path,
    *,
    names: tuple[str, str],
    force: bool = False,
    command: Sequence[str] | None = None,
) -> Path:
    """Write a comparison's folder, as `write_run` does, with `effects.csv` and both scenarios.

    In `series.parquet` the column `arm` is "a", "a without", "b" or "b without".

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    from experiments.figures.run_figure import comparison_figure
    from experiments.figures.save import save_figure

    check_folder(folder, force=force, result_id=comparison.id)
    tables = [_months(comparison.a, "a", "a without"), _months(comparison.b, "b", "b without")]
    comparison = shared_comparison(comparison)
    a, b = comparison.a, comparison.b
    with whole_folder(folder) as partial:
        _write_series(partial, tables)
        comparison.effects.to_csv(partial / "effects.csv", index=False)
        figure, text = comparison_figure(comparison, names)
        save_figure(figure, partial / "figure", title=f"{names[0]} and {names[1]}", text=text)
        summary = {**comparison.summary, "figure": text}
        lines = _kept_back_lines(a.specification, b.specification)
        summary["warnings"] = [*summary["warnings"], *lines]
        _write_json(partial / "summary.json", summary)
        write_scenario(a.specification, partial / "a")
        write_scenario(b.specification, partial / "b")
        record = provenance(
            kind="comparison", result_id=comparison.id, run_ids=[*a.run_ids, *b.run_ids],
            seed=a.seed, scenarios=names, command=command,
        )  # fmt: skip
        _write_json(partial / PROVENANCE, record)
    return folder


def write_scenario(specification: Specification, folder: Path) -> None:
    """Write a resolved scenario; the files that it reads are copied beside it.

    Files that tell of single people are not (see `kept_back`): the scenario runs again once they
    are laid beside it.
    """
    folder.mkdir(exist_ok=True)
    (folder / "scenario.toml").write_text(to_toml(specification), encoding="utf-8")
    names = file_names(specification)
    for table, path in specification.files().items():
        if table not in kept_back(specification):
            shutil.copyfile(path, folder / names[table])


def kept_back(specification: Specification) -> dict[str, str]:
    """Return the files that are never copied into results, by the table that names them."""
    names = file_names(specification)
    return {table: names[table] for table in ("people", "ties", "services") if table in names}


def _kept_back_lines(*specifications: Specification) -> list[str]:
    """Say which files are not copied, in one line, where there are any."""
    names = dict.fromkeys(n for s in specifications for n in kept_back(s).values())
    if not names:
        return []
    return [
        f"not copied, for they tell of single people: {', '.join(names)}; lay them beside "
        "scenario.toml to run it again"
    ]


def check_folder(folder: Path, *, force: bool = False, result_id: str | None = None) -> None:
    """Refuse, before any work is done, a folder that a result may not be written to.

    Free are: a folder that does not exist, an empty one, an earlier result with the same id and,
    with `force`, any earlier result.

    Raises:
        InputError: naming the folder and what to do.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("this is a file, not a folder", key="out", found=str(folder))
    if folder.is_dir() and any(folder.iterdir()):
        earlier = earlier_id(folder)
        if earlier is None:
            raise InputError(
                "the folder holds something other than a Kindling result",
                key="out", found=str(folder), mend="name another folder",
            )  # fmt: skip
        if not force and earlier != result_id:
            raise InputError(
                "the folder holds another result",
                key="out", found=str(folder), mend="name another, or give --force",
            )  # fmt: skip
    parent = _nearest_folder(folder)
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise InputError("nothing can be written here", key="out", found=str(parent))


def earlier_id(folder: Path) -> str | None:
    """Return the id of the result that a folder holds, None where it holds none."""
    try:
        record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or record.get("made_by") != "kindling":
        return None
    return str(record.get("id"))


def _nearest_folder(folder: Path) -> Path:
    """Return the closest parent that exists: the folder in which something will be made."""
    for parent in folder.absolute().parents:
        if parent.exists():
            return parent
    return Path(folder.absolute().anchor)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a hidden folder beside the target; it takes the target's place only when all is well."""
    target = folder.absolute()
    made = [p for p in target.parents if not p.exists()]
    partial: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        yield partial
        partial.chmod(0o777 & ~_umask())
        _swap(partial, target)
    except BaseException as problem:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        if isinstance(problem, OSError):
            reason = problem.strerror or str(problem)
            raise InputError(
                f"the result cannot be written: {reason}", key="out", found=str(folder)
            ) from problem
        raise


def _swap(partial: Path, target: Path) -> None:
    """Put the finished folder in the target's place; the old one returns if that fails."""
    if not target.exists():
        partial.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    target.rename(old / target.name)
    try:
        partial.rename(target)
    except BaseException:
        (old / target.name).rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _months(result: RunResult, with_: str, without: str) -> pd.DataFrame:
    """Return the tidy months of both arms of a run as they are shared."""
    tables = []
    for arm, recorded in ((with_, result.recorded), (without, result.unpushed)):
        if recorded is not None:
            table = recorded.tidy()
            table.insert(1, "arm", arm)
            tables.append(table)
    joined = pd.concat(tables, ignore_index=True)
    return suppress_table(joined, left_out_of(result.specification))


def _write_series(folder: Path, tables: Sequence[pd.DataFrame]) -> None:
    """Write all months of all arms as one Parquet file."""
    joined = pd.concat(tables, ignore_index=True)
    words = [name for name in joined.columns if name not in ("month", "value")]
    joined = joined.astype(dict.fromkeys(words, "category"))
    joined.to_parquet(folder / "series.parquet", engine="pyarrow", compression="zstd", index=False)


def as_json(value: Any) -> str:
    """Return plain values as JSON text: sorted keys, two spaces, no number that is not one."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _write_json(file: Path, value: Any) -> None:
    file.write_text(as_json(value) + "\n", encoding="utf-8")
