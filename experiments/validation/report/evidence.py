"""Other evidence on the page: held-out patterns, mean field, limits."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from experiments.calibration.held_out import COLUMNS, FILE, holds
from experiments.reference_docs import ROOT
from experiments.statistics import wilson
from experiments.validation.report.families import HEADS, MISSING, lines_of
from experiments.validation.report.markdown import cell, paragraph, table
from experiments.validation.report.prose import MAY
from experiments.validation.rows import all_rows
from experiments.validation.stored import Record
from experiments.validation.words import NOTHING, amount, interval
from simulation import meanfield
from simulation.errors import InputError

# -------------------------------------------------------------------------------- held out


def held_out(records: Mapping[str, Sequence[Record]], folder: Path) -> str:
    """Return which held-out patterns hold, at the defaults and over the retained draws.

    Args:
        records: stored results by the id of their row.
        folder: where stored results are, those over the draws among them.

    Raises:
        InputError: the table of draws is not one of ours.
    """
    rows = [row for row in all_rows().values() if row.held_out]
    drawn = _drawn(folder / FILE)
    lines = []
    holding: dict[bool, list[bool]] = {True: [], False: []}
    for row in rows:
        own = [r for r in records.get(row.id, ()) if r["verdict"] is not None]
        if own:
            holding[row.nature == "structural"].append(all(r["passed"] for r in own))
        missed = [cell(f"{r['case']}: {r['reading']} {amount(r['value'])}, not {r['target']}")
                  for r in own if not r["passed"]]  # fmt: skip
        lines.append(
            (
                row.id, cell(row.title), cell(row.source), row.nature, _at_defaults(own),
                drawn.get(row.id, MISSING), "; ".join(missed) or NOTHING,
            )
        )  # fmt: skip
    heads = ("id", "pattern", "source", "nature", "at the defaults", "in the retained draws",
             "what differs at the defaults")  # fmt: skip
    return f"{paragraph(_told(len(rows), holding))}\n\n{_draws_told(drawn)}\n\n" + table(
        heads, lines
    )


def _at_defaults(own: Sequence[Record]) -> str:
    if not own:
        return MISSING
    if not all(r["passed"] for r in own):
        return "✗ does not hold"
    wide = sum(r["verdict"] == "wide" for r in own)
    return "✓ holds" + (f" ({wide} of {len(own)} targets wide)" if wide else "")


def _told(count: int, holding: Mapping[bool, Sequence[bool]]) -> str:
    tests, built = holding[False], holding[True]
    text = (
        f"The model was not calibrated to these {count} patterns. A pattern holds if all of its "
        "targets are met. Those that are structural follow from how the model was built, and are "
        "not independent evidence; they are counted apart."
    )
    if not (tests or built):
        return f"{text} At the defaults they have {MISSING}."
    return (
        f"{text} At the defaults {sum(tests)} of {len(tests)} that were run and are not "
        f"structural hold, and {sum(built)} of {len(built)} that are."
    )


def _draws_told(drawn: Mapping[str, str]) -> str:
    command = "`python -m experiments.calibration.held_out`"
    if not drawn:
        return paragraph(f"Over the retained draws they have {MISSING}: {command} does it.")
    return paragraph(
        "The defaults are one draw among many that fit P1 and P5 alike; so each pattern was asked "
        "of every retained draw too, by its estimates from few runs a draw, with Wilson's interval "
        f"for the share of draws. {command} does it again, [every target in every draw]"
        f"(validation/{FILE}) is kept."
    )


def _drawn(file: Path) -> dict[str, str]:
    """Return in how many retained draws each pattern holds, in words; nothing if it was not run."""
    if not file.exists():
        return {}
    try:
        made = pd.read_csv(file)
    except (OSError, ValueError) as problem:
        raise InputError(f"the table cannot be read: {problem}", file=file) from problem
    if tuple(made.columns) != COLUMNS:
        raise InputError("the columns are not those of held-out patterns", file=file)
    found = {}
    for line in holds(made).itertuples():
        share = wilson(int(str(line.held)), int(str(line.draws)))
        between = interval(share.low, share.high)
        found[str(line.id)] = f"holds in {share.successes} of {share.n} ({between})"
    return found


# ------------------------------------------------------------------------------ mean field


def mean_field(records: Mapping[str, Sequence[Record]]) -> str:
    """Return the rows that compare the agents with stock-and-flow equations."""
    rows = [
        row
        for row in all_rows().values()
        if "mean field" in f"{row.title} {row.source} {row.note}".lower().replace("-", " ")
    ]
    text = (
        "In a well-mixed community the processes imply stock-and-flow equations, which "
        "`simulation/meanfield` integrates. On a complete graph of 20,000 people the agent model "
        "has to stay within .02 of them, alone and with the whole month together "
        "(`tests/test_meanfield.py`)."
    )
    if not rows:
        return paragraph(f"{text} The comparison: {MISSING}.")
    lines = [line for row in rows for line in lines_of(row, records.get(row.id))]
    words = inspect.getdoc(meanfield) or ""
    limits_of = "\n".join(line for line in words.splitlines() if line.startswith("|"))
    then = "What has a well-mixed limit, what has none, and why:"
    return f"{paragraph(text)}\n\n{table(HEADS, lines)}\n\n{then}\n\n{limits_of}"


# ------------------------------------------------------------------------------------- limits


def limits() -> str:
    """Return what the model may and may not be used for, as the model's own page has it."""
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("\n# What may not be claimed\n")
    listed = rest.partition("\n# ")[0].strip()
    return f"{paragraph(MAY)}\n\n{listed}"
