"""Robustness on the page: what carries each finding (ablation), and whether it stands (audit)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from experiments.robustness.storing import read_tables
from experiments.robustness.tables import (
    Cells,
    ablation_cells,
    ablation_sentences,
    audit_cells,
    findings_cells,
    markdown,
    verdict_sentences,
)
from experiments.store_run import PROVENANCE
from experiments.validation.report.families import MISSING
from experiments.validation.report.markdown import paragraph

ROBUSTNESS = "robustness"
"""Folder beside the stored results in which `kindling audit` leaves its tables."""


def sections(folder: Path) -> tuple[str, str]:
    """Return the sections on ablation and on the perturbation audit.

    Args:
        folder: where stored results are.
    """
    missing = (
        f"This has {MISSING}: `kindling audit` with `--out docs/validation/{ROBUSTNESS}` does it."
    )
    place = folder / ROBUSTNESS
    if not (place / "findings.csv").exists():
        return missing, missing
    tables = read_tables(place)
    findings, made = tables["findings"], paragraph(_made(place))
    ablation, audit = missing, missing
    if "ablation" in tables:
        lines = ablation_sentences(tables["ablation"], findings)
        shown = _each(findings, tables["ablation"], ablation_cells)
        ablation = "\n\n".join([made, "\n".join(f"- {line}" for line in lines), shown])
    if "audit" in tables:
        lines = verdict_sentences(findings)
        shown = _each(findings, tables["audit"], audit_cells)
        told = "\n".join(f"- {line}" for line in lines)
        audit = "\n\n".join([made, told, _marked(findings_cells(findings)), shown])
    return ablation, audit


def _made(place: Path) -> str:
    """Return how the tables were made, and how little a few pairs can show."""
    file = place / PROVENANCE
    record = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    command = " ".join(record.get("command", ["kindling", "audit"]))
    pairs = record.get("replicates", "a few")
    return (
        f"Made by `{command}`. An equity gain is here what a finding's first scenario comes to "
        "beside its second, both with their push, 48 months after the push. (`gain_48` of "
        "`kindling compare` is another question: what the push itself adds in each of the two. A "
        "way of working can move the one and leave the other as it is, as that of F3 does.) "
        f"Intervals are 95 %, of paired differences; {pairs} pairs stand behind each number, so "
        "that *undecided* and *no visible part* also say that few pairs show little. All are in "
        f"[the tables](validation/{ROBUSTNESS}/findings.csv)."
    )


def _each(
    findings: pd.DataFrame, table: pd.DataFrame, cells: Callable[[pd.DataFrame, str], Cells]
) -> str:
    """Return one table for each finding that the table has."""
    names = [name for name in dict.fromkeys(findings["finding"]) if name in set(table["finding"])]
    return "\n\n".join(f"**{name}**\n\n{_marked(cells(table, name))}" for name in names)


def _marked(cells: Cells) -> str:
    return markdown(cells).strip()
