"""Other evidence on the page: held-out patterns, mean field, ablation, audit, limits."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.reference_docs import ROOT
from experiments.robustness.storing import read_tables
from experiments.robustness.tables import (
    Cells,
    ablation_sentences,
    findings_cells,
    markdown,
    verdict_sentences,
)
from experiments.validation.report.families import HEADS, MISSING, lines_of
from experiments.validation.report.markdown import cell, paragraph, table
from experiments.validation.report.prose import MAY
from experiments.validation.rows import all_rows
from experiments.validation.stored import Record
from experiments.validation.words import NOTHING, amount
from simulation import meanfield

ROBUSTNESS = "robustness"
"""Folder beside the stored results in which `kindling audit` leaves its tables."""

# -------------------------------------------------------------------------------- held out


def held_out(records: Mapping[str, Sequence[Record]]) -> str:
    """Return which held-out patterns hold: a pattern does if all of its targets do."""
    rows = [row for row in all_rows().values() if row.held_out]
    lines, holding, run = [], 0, 0
    for row in rows:
        own = [r for r in records.get(row.id, ()) if r["passed"] is not None]
        run += bool(own)
        all_hold = bool(own) and all(r["passed"] for r in own)
        holding += all_hold
        told = MISSING if not own else "✓ holds" if all_hold else "✗ does not hold"
        missed = [cell(f"{r['case']}: {r['reading']} {amount(r['value'])}, not {r['target']}")
                  for r in own if not r["passed"]]  # fmt: skip
        lines.append(
            (row.id, cell(row.title), cell(row.source), told, "; ".join(missed) or NOTHING)
        )
    text = (
        f"The model was not calibrated to these {len(rows)} patterns. A pattern holds if all of "
        f"its targets are met: {holding} of the {run} that were run do."
    )
    heads = ("id", "pattern", "source", "verdict", "what differs")
    return f"{paragraph(text)}\n\n{table(heads, lines)}" if rows else f"No pattern: {MISSING}."


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


# ---------------------------------------------------------------------- ablation and audit


def robustness(folder: Path) -> tuple[str, str]:
    """Return the sections on ablation and on the perturbation audit."""
    missing = (
        f"This has {MISSING}: `kindling audit` with `--out docs/validation/{ROBUSTNESS}` does it."
    )
    place = folder / ROBUSTNESS
    if not (place / "findings.csv").exists():
        return missing, missing
    tables = read_tables(place)
    findings = tables["findings"]
    ablation, audit = missing, missing
    if "ablation" in tables:
        lines = ablation_sentences(tables["ablation"], findings)
        ablation = "\n".join(f"- {line}" for line in lines)
    if "audit" in tables:
        lines = verdict_sentences(findings)
        shown = _marked(findings_cells(findings))
        audit = "\n".join(f"- {line}" for line in lines) + f"\n\n{shown}"
    return ablation, audit


def _marked(cells: Cells) -> str:
    return markdown(cells).strip()


# ------------------------------------------------------------------------------------- limits


def limits() -> str:
    """Return what the model may and may not be used for, as the model's own page has it."""
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("\n# What may not be claimed\n")
    listed = rest.partition("\n# ")[0].strip()
    return f"{paragraph(MAY)}\n\n{listed}"
