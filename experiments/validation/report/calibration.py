"""Calibration on the page: what P1 and P5 came to, how draws were judged, and which were kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.calibration.design import UNCERTAIN, Uncertain
from experiments.calibration.ensemble import SHIPPED, made, retained
from experiments.validation.report.families import HEADS, MISSING, lines_of
from experiments.validation.report.markdown import cell, paragraph, table
from experiments.validation.rows import all_rows
from experiments.validation.stored import Record
from experiments.validation.words import NOTHING, amount, interval

CALIBRATED = ("P1", "P5")


def section(records: Mapping[str, Sequence[Record]]) -> str:
    """Return what the calibrated patterns came to at the defaults, and which draws were kept."""
    rows = [row for name, row in all_rows().items() if name in CALIBRATED]
    lines = [line for row in rows for line in lines_of(row, records.get(row.id))]
    parts = [
        paragraph(
            "These are the patterns that the model was fitted to. At its defaults they come out as "
            "follows."
        ),
        table(HEADS, lines),
        *(paragraph(f"**{row.id}.** {row.note}") for row in rows if row.note),
    ]
    if not (SHIPPED.exists() and SHIPPED.with_suffix(".json").exists()):
        text = "The draws over what is uncertain have"
        command = "`python -m experiments.calibration --draws 500 --seed 1`"
        return "\n\n".join([*parts, paragraph(f"{text} {MISSING}: {command} makes them.")])
    account, kept = made(), retained()
    return "\n\n".join([*parts, _objective(account), _stages(account), _prior(kept)])


def _objective(account: Mapping[str, Any]) -> str:
    bounds = "; ".join(
        f"{t['pattern']} {t['reading']}: {interval(t['low'], t['high'])}"
        for t in account["targets"]
    )
    return paragraph(
        f"**Draws.** {account['draws']} draws of a Latin hypercube (seed {account['seed']}) over "
        f"what is uncertain; {account['retained']} were kept. **Objective.** A draw is kept if the "
        "estimates of all readings, after all replicates, lie within the bounds of the data. "
        f"**Bounds.** {bounds}. **Seeds.** Replicate r of draw d uses a seed derived from (seed, "
        "pattern, d, r). Stages before a pattern's last only reject, where a reading's 95 % "
        "interval lies wholly out of bounds. **Again.** `python -m experiments.calibration --draws "
        f"{account['draws']} --seed {account['seed']}` gives the same ensemble, "
        "`experiments/calibration/ensemble.csv`, which headline findings are judged over."
    )


def _stages(account: Mapping[str, Any]) -> str:
    lines = [
        (
            str(stage["pattern"]),
            str(stage["replicates"]),
            "decides" if stage["last"] else "only rejects",
            f"{stage['passed']} of {stage['tried']}",
        )
        for stage in account["stages"]
    ]
    return table(("pattern", "after replicates", "stage", "draws that passed"), lines)


def _prior(kept: pd.DataFrame) -> str:
    heads = ("uncertain", "drawn from", "why", "kept: median (middle 90 %)")
    lines = [(f"`{i.name}`", _range(i), cell(i.reason), _kept(i, kept)) for i in UNCERTAIN]
    return table(heads, lines)


def _range(item: Uncertain) -> str:
    if item.choices:
        return cell(", ".join(map(str, item.choices)))
    scale = ", evenly in the logarithm" if item.scale == "log" else ""
    return f"{interval(item.low, item.high)}{scale}"


def _kept(item: Uncertain, kept: pd.DataFrame) -> str:
    """Return what the retained draws have: a median and its middle 90 %, or how many of each."""
    values = kept[item.name]
    if values.empty:
        return NOTHING
    if item.choices:
        counts = values.value_counts()
        return cell(", ".join(f"{choice}: {counts.get(choice, 0)}" for choice in item.choices))
    low, middle, high = (float(values.quantile(q)) for q in (0.05, 0.5, 0.95))
    return f"{amount(middle)} ({interval(low, high)})"
