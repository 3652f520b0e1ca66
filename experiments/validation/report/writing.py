"""Writing the report: the figures' data, the figures, and the page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.figures.save import save_figure
from experiments.validation.report.budget import Budget
from experiments.validation.report.charts import CHARTS
from experiments.validation.report.charts.chart import Chart
from experiments.validation.report.page import page
from experiments.validation.rows import all_rows
from experiments.validation.stored import put
from simulation.errors import InputError

STORED = "validation"
IMAGES = "images/validation"


def compute(out: Path, budget: Budget, processes: int = 1) -> list[Path]:
    """Compute and store what the figures show, for every figure whose row exists.

    Args:
        out: folder of the pages; tables go to its folder `validation`.
        budget: how much is computed.
        processes: how many processes share the work.

    Raises:
        InputError: a table cannot be written.
    """
    folder = out / STORED
    written = []
    rows = all_rows()
    for chart in CHARTS:
        if chart.row in rows:
            found = chart.compute(budget, processes)
            file = folder / f"{chart.name}.csv"
            text = found.to_csv(index=False, float_format="%.10g", lineterminator="\n")
            _put(file, text)
            written.append(file)
    return written


def write(out: Path) -> list[Path]:
    """Write the page and every figure whose data are stored; the same bytes from the same data.

    Raises:
        InputError: a stored table is not one of ours, or a file cannot be written.
    """
    stored = {chart.name: table for chart in CHARTS if (table := _read(out, chart)) is not None}
    text = page(out / STORED, stored)
    images = out / IMAGES
    written = [_draw(c, stored[c.name], images) for c in CHARTS if c.name in stored]
    file = out / "validation.md"
    _put(file, text)
    return [*written, file]


def _draw(chart: Chart, table: pd.DataFrame, folder: Path) -> Path:
    """Draw one figure; only its picture is kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        vector, picture = save_figure(
            chart.draw(table), folder / chart.name, title=chart.title, text=chart.describe(table)
        )
        vector.unlink()
    except OSError as problem:
        raise _unwritten(folder, problem) from problem
    return picture


def _read(out: Path, chart: Chart) -> pd.DataFrame | None:
    file = out / STORED / f"{chart.name}.csv"
    if not file.exists():
        return None
    try:
        table = pd.read_csv(file)
    except (OSError, ValueError) as problem:
        raise InputError(f"the table cannot be read: {problem}", file=file) from problem
    if tuple(table.columns) != chart.columns:
        raise InputError("the columns are not those of this figure", file=file, mend="--data")
    return table


def _put(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, text)
    except OSError as problem:
        raise _unwritten(file, problem) from problem


def _unwritten(path: Path, problem: OSError) -> InputError:
    return InputError(f"cannot be written: {problem.strerror or problem}", file=path)
