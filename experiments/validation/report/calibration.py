"""Calibration on the page: what P1 and P5 came to, how draws were judged, and which were kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.calibration.ensemble import SHIPPED, made, retained
from experiments.validation.report import identification
from experiments.validation.report.families import HEADS, MISSING, lines_of, notes
from experiments.validation.report.markdown import paragraph, table
from experiments.validation.rows import all_rows
from experiments.validation.rows.patterns import NARROW
from experiments.validation.stored import Record
from experiments.validation.words import interval


def section(records: Mapping[str, Sequence[Record]]) -> str:
    """Return what the calibrated patterns came to at the defaults, and which draws were kept."""
    rows = [row for row in all_rows().values() if row.calibrated]
    lines = [line for row in rows for line in lines_of(row, records.get(row.id))]
    parts = [
        paragraph(
            "P1 is what the whole model was fitted to, P5 what one parameter of one process was. "
            "At the defaults they come out as follows."
        ),
        table(HEADS, lines),
        *notes(rows),
    ]
    if not (SHIPPED.exists() and SHIPPED.with_suffix(".json").exists()):
        text = "The draws over what is uncertain have"
        command = "`python -m experiments.calibration --draws 500 --seed 1`"
        return "\n\n".join([*parts, paragraph(f"{text} {MISSING}: {command} makes them.")])
    account, kept = made(), retained()
    parts += [_objective(account), _stages(account)]
    parts += [_moved(account, kept, records.get("P1", ())), identification.section(kept)]
    return "\n\n".join(parts)


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


def _moved(account: Mapping[str, Any], kept: pd.DataFrame, records: Sequence[Record]) -> str:
    """Return what difference it makes that a bound of `ended` was widened."""
    low, high = NARROW
    wide = next(t for t in account["targets"] if t["reading"] == "ended")
    strict = int(kept["P1.ended"].between(low, high).sum()) if len(kept) else 0
    text = (
        f"**The bound that was moved.** To the letter, 3 to 8 % a year ask for {low:.3f} to "
        f"{high:.3f} of `ended`, against {wide['low']:.3f} to {wide['high']:.3f} here: {strict} of "
        f"the {len(kept)} kept draws would be kept to the letter too."
    )
    ended = [r["value"] for r in records if r["reading"] == "ended" and r["target"]]
    if ended and ended[0] is not None:
        inside = "meet" if low <= ended[0] <= high else "do not meet"
        text += f" The defaults, with {ended[0]:.3f}, {inside} it to the letter."
    return paragraph(text)
