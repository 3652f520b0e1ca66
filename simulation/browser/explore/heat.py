"""The heat map: an outcome at every pair of two factors' levels, with its interval and its runs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.judge import Outcome
from experiments.report import findings
from experiments.report.material import Study, Varied
from simulation.browser.explore.data import ALL, ARM, narrowed

STEPS = 6
"""Steps of colour."""

ONE, ARM_OF = " one", " arm of"
"""Columns of our own, which no factor is called by: one row for all, and the arms."""


@dataclass(frozen=True)
class HeatCell:
    """One place of the map.

    Attributes:
        value: share or mean; nan where no run can tell.
        low: lower end of the 95 % interval; nan where runs are too few for one.
        high: its upper end.
        runs: runs behind it; pairs of runs where the outcome is against the run without the push.
        step: step of colour from 0 to 5; -1 without a value.
    """

    value: float
    low: float
    high: float
    runs: int
    step: int


@dataclass(frozen=True)
class HeatMap:
    """An outcome over one or two factors.

    Attributes:
        outcome: what is shown.
        across: what runs across.
        down: what runs down; None with one row.
        columns: its levels across.
        rows: its levels down; one, None, with one row.
        cells: row by row.
        bounds: values between which the steps of colour lie, from least to most.
    """

    outcome: Outcome
    across: Varied
    down: Varied | None
    columns: tuple[Any, ...]
    rows: tuple[Any, ...]
    cells: tuple[tuple[HeatCell, ...], ...]
    bounds: tuple[float, ...]

    def known(self) -> list[tuple[Any, Any, HeatCell]]:
        """Return level down, level across and cell of all cells that have a value."""
        return [
            (row, column, cell)
            for row, line in zip(self.rows, self.cells, strict=True)
            for column, cell in zip(self.columns, line, strict=True)
            if not math.isnan(cell.value)
        ]


def heat_map(
    study: Study, outcome: Outcome, across: Varied, down: Varied | None, arm: str = ALL
) -> HeatMap:
    """Return an outcome over two factors, all others averaged.

    A factor with many values is cut into groups of neighbouring ones, as in a report. Where the
    arms are one of the two, every arm is shown, whatever `arm` says.
    """
    by_arm = ARM in (across.name, down.name if down else None)
    chosen = narrowed(study, ALL if by_arm else arm)
    table = chosen.done.assign(**{ONE: 0}, arm="")
    if by_arm:
        table = table.assign(**{ARM_OF: study.done["arm"]})
        across, down = _as_column(across), _as_column(down) if down else None
    second = down or Varied(ONE, ONE, "", None, None, 1)
    found = findings.by_two(replace(chosen, table=table), outcome, across, second, "")
    columns = tuple(findings.levels_of(table, across))
    rows: tuple[Any, ...] = tuple(findings.levels_of(table, second)) if down else (None,)
    bounds = _bounds(found["value"].to_numpy(dtype=float), share=outcome.kind == "share")
    made = iter(found[["value", "low", "high", "pairs"]].to_numpy(dtype=float).tolist())
    grid: dict[tuple[int, int], HeatCell] = {}
    for c in range(len(columns)):
        for r in range(len(rows)):
            value, low, high, pairs = next(made)
            grid[r, c] = HeatCell(value, low, high, int(pairs), step_of(value, bounds))
    cells = tuple(tuple(grid[r, c] for c in range(len(columns))) for r in range(len(rows)))
    return HeatMap(outcome, across, down, columns, rows, cells, bounds)


def _as_column(factor: Varied) -> Varied:
    return replace(factor, name=ARM_OF) if factor.name == ARM else factor


def _bounds(values: np.ndarray[Any, np.dtype[np.float64]], *, share: bool) -> tuple[float, ...]:
    """Return where steps of colour begin and end: of shares from none to all, else of the data."""
    known = values[~np.isnan(values)]
    low, high = (0.0, 1.0) if share or not len(known) else (float(known.min()), float(known.max()))
    return tuple(float(edge) for edge in np.linspace(low, high, STEPS + 1))


def step_of(value: float, bounds: tuple[float, ...]) -> int:
    """Return in which step of colour a value lies, from 0; -1 where it is none."""
    if math.isnan(value):
        return -1
    if bounds[-1] <= bounds[0]:
        return 0
    place = (value - bounds[0]) / (bounds[-1] - bounds[0])
    return int(np.clip(math.floor(place * STEPS), 0, STEPS - 1))
