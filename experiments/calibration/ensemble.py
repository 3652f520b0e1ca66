"""Ensemble: the draws that reproduce P1 and P5, as every headline uses them.

`ensemble.csv` has a row a retained draw: its number, its value of everything in
`design.UNCERTAIN`, and its readings of the patterns. `ensemble.json` beside it says how it was
made: draws, seed, stages with how many draws came to each, and the targets.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.calibration.design import UNCERTAIN, overrides_of
from experiments.calibration.patterns import STAGES, targets_of
from experiments.calibration.search import Calibration
from simulation.errors import InputError

SHIPPED = Path(__file__).parent / "ensemble.csv"


def ensemble(path: Path | None = None) -> list[dict[str, Any]]:
    """Return the settings of every retained draw, each ready for `scenarios.with_settings`.

    Args:
        path: another ensemble than the one that is shipped.

    Raises:
        InputError: the file cannot be read, or lacks a column.
    """
    table = retained(path)
    rows: list[dict[str, Any]] = []
    for values in table.to_dict("records"):
        plain = {str(name): getattr(v, "item", lambda v=v: v)() for name, v in values.items()}
        rows.append(overrides_of(plain))
    return rows


def retained(path: Path | None = None) -> pd.DataFrame:
    """Return the table of retained draws: number, values and readings.

    Raises:
        InputError: the file cannot be read, lacks a column, or holds a value out of range.
    """
    file = path or SHIPPED
    try:
        table = pd.read_csv(file)
    except (OSError, ValueError) as error:
        raise InputError(
            "the ensemble cannot be read",
            file=file,
            found=type(error).__name__,
            mend="make one: kindling calibrate",
        ) from None
    for item in UNCERTAIN:
        if item.name not in table.columns:
            raise InputError("the ensemble lacks a column", file=file, key=item.name)
        for value in table[item.name]:
            if not item.holds(value):
                raise InputError(
                    "a value lies outside of the design", file=file, key=item.name, found=value
                )
    return table


def made(path: Path | None = None) -> dict[str, Any]:
    """Return how the ensemble was made: draws, seed, stages and targets.

    Raises:
        InputError: the file beside the ensemble cannot be read.
    """
    file = (path or SHIPPED).with_suffix(".json")
    try:
        read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "the account of the ensemble cannot be read", file=file, found=type(error).__name__
        ) from None
    return read


def write(calibration: Calibration, path: Path | None = None) -> Path:
    """Write an ensemble and the account of it; return where the table is.

    Raises:
        InputError: the place cannot be written to.
    """
    file = path or SHIPPED
    account = {
        "draws": calibration.draws,
        "seed": calibration.seed,
        "retained": calibration.tried[-1],
        "stages": [
            {**stage._asdict(), "tried": tried, "passed": passed}
            for stage, tried, passed in zip(
                STAGES, calibration.tried, calibration.tried[1:], strict=False
            )
        ],
        "targets": [
            {"pattern": p, "reading": t.reading, "low": t.low, "high": t.high, "says": t.says}
            for p in dict.fromkeys(stage.pattern for stage in STAGES)
            for t in targets_of(p)
        ],
    }
    try:
        calibration.retained.to_csv(file, index=False, lineterminator="\n")
        text = json.dumps(account, indent=1, ensure_ascii=False)
        file.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            "the ensemble cannot be written", file=file, found=error.strerror
        ) from None
    return file
