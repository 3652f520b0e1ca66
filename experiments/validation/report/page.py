"""The page: every part of `validation.md`, in order, from what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from experiments.validation.report import (
    calibration,
    evidence,
    families,
    plan,
    prose,
    robustness,
)
from experiments.validation.report.charts import CHARTS
from experiments.validation.report.charts.chart import Chart
from experiments.validation.report.markdown import cell, paragraph
from experiments.validation.stored import read

MADE = (
    "<!-- made by `python -m experiments.validation.report` from docs/validation/; "
    "do not edit by hand -->"
)


def page(folder: Path, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the whole page.

    Args:
        folder: where stored results are.
        tables: the figures' data that are stored, by name.
    """
    records = families.by_row(read(folder))
    ablation, audit = robustness.sections(folder)
    parts = [
        "# Validation",
        MADE,
        *map(paragraph, prose.MEANING),
        "## How to repeat it",
        prose.REPEAT,
        "## At a glance",
        families.glance(records),
        "\n".join(f"- **{name}**: {words}." for name, words in prose.COUNTS.items()),
        "## Every row",
        families.sections(records),
        "## Figures",
        *(_figure(chart, tables) for chart in CHARTS),
        "## Calibration: P1 and P5",
        calibration.section(records),
        "## Held-out patterns",
        evidence.held_out(records, folder),
        "## Mean field",
        evidence.mean_field(records),
        "## Ablation",
        ablation,
        "## Perturbation audit",
        audit,
        "## Sensitivity plan",
        plan.sensitivity(),
        "## TRACE",
        *(paragraph(f"**{name}.** {text}") for name, text in prose.TRACE),
        "## What the model may be used for, and what not",
        evidence.limits(),
    ]
    return "\n\n".join(parts) + "\n"


def _figure(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> str:
    head = f"### {chart.title}"
    if chart.name not in tables:
        command = "`python -m experiments.validation.report --data`"
        text = f"This has {families.MISSING}: {command} computes it."
        return f"{head}\n\n{paragraph(text)}"
    told = chart.describe(tables[chart.name])
    image = f"![{cell(told)}](images/validation/{chart.name}.png)"
    data = f"[Data](validation/{chart.name}.csv), row {chart.row}."
    return f"{head}\n\n{image}\n\n{paragraph(f'*{chart.caption}* {told} {data}')}"
