"""Held-out patterns over the ensemble: in how many retained draws each one holds.

The draws were kept for P1 and P5 alone. Every other pattern of the whole model is a check, asked of
every draw: do its targets hold there, taken together? `python -m experiments.calibration.held_out`
writes the answers, one line for each target in each draw.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from experiments.calibration.ensemble import ensemble
from experiments.pool import each
from experiments.validation.judging import judge
from experiments.validation.row import Row, Target
from experiments.validation.rows import all_rows
from simulation.errors import InputError

FILE = "held-out.csv"
COLUMNS = ("id", "draw", "label", "reading", "value", "low", "high", "n", "target", "met")
"""Columns of the table: `low` and `high` are the ends of the 95 % interval within the draw."""


class _Task(NamedTuple):
    row: Row
    draw: int
    settings: dict[str, Any]
    replicates: int
    seed: int


def whole_model_rows() -> list[Row]:
    """Return the held-out patterns, in the order of the documentation."""
    return [row for row in all_rows().values() if row.held_out]


def over_ensemble(
    rows: Sequence[Row],
    draws: Sequence[Mapping[str, Any]],
    *,
    replicates: int = 4,
    seed: int = 1,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Judge patterns in every draw; the draw's settings come on top of those of each case.

    Args:
        rows: the patterns.
        draws: settings of each draw, as `ensemble` returns them.
        replicates: runs of each case in each draw.
        seed: seed of the whole; every draw uses the same luck.
        processes: how many processes share the work; results are the same for any number.
        progress: called with (pattern, draw) pairs done and in all.

    Returns:
        `COLUMNS`, a line for each target of each pattern in each draw.
    """
    tasks = [
        _Task(row, number, dict(settings), replicates, seed)
        for row in rows
        for number, settings in enumerate(draws)
    ]
    found: list[list[tuple[Any, ...]]] = [[] for _ in tasks]
    with closing(each(_judge, tasks, processes)) as finished:
        for done, (position, lines) in enumerate(finished, 1):
            found[position] = lines
            if progress is not None:
                progress(done, len(tasks))
    return pd.DataFrame([line for lines in found for line in lines], columns=list(COLUMNS))


def _judge(task: _Task) -> list[tuple[Any, ...]]:
    row = task.row
    results = judge([row], settings=task.settings, replicates=task.replicates, seed=task.seed)
    by_place = {(result.label, result.reading): result for result in results}
    lines = []
    for label, target in targets_of(row):
        result = by_place[label, target.reading]
        interval = (result.value, result.low, result.high, result.n)
        met = target.verdict(result.value, result.low, result.high) in ("pass", "wide")
        lines.append((row.id, task.draw, label, target.reading, *interval, target.says, met))
    return lines


def targets_of(row: Row) -> list[tuple[str, Target]]:
    """Return every target of a row with the label of its case or contrast."""
    found = [(case.label, target) for case in row.cases for target in case.targets]
    return [*found, *((contrast.label, contrast.target) for contrast in row.contrasts)]


def holds(table: pd.DataFrame) -> pd.DataFrame:
    """Return, by pattern, in how many draws all of its targets are met: `id`, `held`, `draws`."""
    by_draw = table.groupby(["id", "draw"], sort=False)["met"].all()
    counts = by_draw.groupby("id", sort=False).agg(["sum", "size"]).reset_index()
    counts.columns = pd.Index(["id", "held", "draws"])
    return counts.astype({"held": "int64", "draws": "int64"})


def main() -> int:
    """Judge the held-out patterns in every retained draw, and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.calibration.held_out", description=main.__doc__
    )
    parser.add_argument("--replicates", type=int, default=4, help="runs a case and draw")
    parser.add_argument("--seed", type=int, default=1, help="seed of it all")
    parser.add_argument("--processes", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, default=Path("docs/validation"), help="the folder")
    given = parser.parse_args()

    def progress(done: int, total: int) -> None:
        sys.stderr.write(f"\r{done} of {total} patterns in draws")
        sys.stderr.flush()

    try:
        table = over_ensemble(
            whole_model_rows(),
            ensemble(),
            replicates=given.replicates,
            seed=given.seed,
            processes=given.processes,
            progress=progress,
        )
        sys.stderr.write("\n")
        given.out.mkdir(parents=True, exist_ok=True)
        table.to_csv(given.out / FILE, index=False, lineterminator="\n")
    except (InputError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for line in holds(table).itertuples():
        sys.stdout.write(f"{line.id}: holds in {line.held} of {line.draws} draws\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
