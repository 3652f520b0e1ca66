"""Designed: how a study was set up: factors with their meaning, arms, runs, settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from experiments.figures.canvas import text_of
from experiments.report.blocks import Block, Code, TableBlock, Words, anchor, plain_table
from experiments.report.material import Study

LONGEST_DESIGN = 200_000
"""Letters of the longest design that the page shows in full."""


def design_blocks(study: Study, number: int) -> Iterator[Block]:
    """Yield the words and tables that say how a study was set up."""
    yield Words(tuple(_setup(study)), listed=True)
    if study.factors:
        yield _factors(study, number)
    if len(study.arms) > 1:
        yield _arms(study, number)
    settings = changed_settings(study)
    if not settings.empty:
        yield plain_table(
            anchor("study", number, "settings"), "Settings that differ from the defaults",
            settings, f"designed.changed_settings(studies[{number}])",
            note="Arms and factors come on top.", folded=True,
        )  # fmt: skip
    text = design_text(study)
    if text:
        yield Code(text, "The design as a file", folded=True)


def _setup(study: Study) -> Iterator[str]:
    points = len({cell.point for cell in study.cells})
    months = sorted({cell.subject.months for cell in study.cells})
    many = f"{points} settings" if points != 1 else "1 setting"
    arms = f" × {len(study.arms)} arms" if len(study.arms) > 1 else ""
    yield (
        f"{many}{arms} × {study.plan.replicates} replicates; seed {study.plan.seed}; "
        f"{_span(months)} months each."
    )
    paired = [cell.without is not None for cell in study.cells]
    if all(paired):
        yield (
            "Every run has a pair on the same luck without the interventions; gains are "
            "differences within pairs."
        )
    elif any(paired):
        yield f"{sum(paired)} of {len(paired)} cells have a pair without the interventions."
    yield "Replicate r of every setting and arm draws on the same luck."
    if study.push is not None:
        yield f"The push runs from month {study.push.start} to month {study.push.end - 1}."
    kinds = {cell.subject.kind for cell in study.cells} - {"community"}
    if kinds:
        yield f"The runs are those of another model ({', '.join(sorted(kinds))})."


def _span(values: list[int]) -> str:
    first, last = values[0], values[-1]
    return str(first) if first == last else f"{first} to {last}"


def factor_table(study: Study) -> pd.DataFrame:
    """Return what varies: factor, setting, low, high, values, unit, meaning."""
    rows = [
        (f.label, f.key, f.low, f.high, f.values, f.unit, f.meaning) for f in study.factors
    ]  # fmt: skip
    return pd.DataFrame(
        rows, columns=["factor", "setting", "low", "high", "values", "unit", "meaning"]
    )


def _factors(study: Study, number: int) -> TableBlock:
    rows = []
    for factor in study.factors:
        named = [text_of(c.factors.get(factor.name)) for c in study.cells]
        span = f"{text_of(factor.low)} to {text_of(factor.high)}"
        if factor.low is None:
            span = ", ".join(dict.fromkeys(named))
        unit = "" if factor.unit == "1" else factor.unit
        rows.append(
            (factor.label, factor.key, span, str(factor.values), unit, factor.meaning or "–")
        )
    heads = ("factor", "setting", "range", "values", "unit", "what it means")
    return TableBlock(
        anchor("study", number, "factors"), "What varies", heads, tuple(rows),
        factor_table(study), f"designed.factor_table(studies[{number}])",
    )  # fmt: skip


def arm_table(study: Study) -> pd.DataFrame:
    """Return the arms: their scenarios, and what of their settings differs between arms."""
    rows: list[dict[str, Any]] = []
    declared = study.plan.design.get("arms", ())
    named = {str(a.get("name")): a for a in declared if isinstance(a, dict)}
    for arm in study.arms:
        settings = named.get(arm, {}).get("settings", {})
        told = ", ".join(f"{key} = {text_of(value)}" for key, value in settings.items())
        own = study.specifications.get(arm)
        rows.append(
            {"arm": arm, "scenario": own.title if own else "", "settings of its own": told}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _arms(study: Study, number: int) -> TableBlock:
    return plain_table(
        anchor("study", number, "arms"), "Arms; the first is what the others are compared with",
        arm_table(study), f"designed.arm_table(studies[{number}])",
    )  # fmt: skip


def changed_settings(study: Study) -> pd.DataFrame:
    """Return the parameters that no factor varies and that are not at their defaults.

    Columns: setting, value, default, unit, meaning; several values where arms differ.
    """
    from simulation.parameters import all_parameters

    varied = {k.strip() for factor in study.factors for k in factor.key.split(",")}
    rows = []
    for parameter in all_parameters():
        table, _, name = parameter.key.partition(".")
        found = [
            getattr(getattr(own.parameters, table), name)
            for own in study.specifications.values()
            if hasattr(own.parameters, table)
        ]
        if parameter.key in varied or all(value == parameter.default for value in found):
            continue
        told = ", ".join(dict.fromkeys(text_of(value) for value in found))
        rows.append(
            (parameter.key, told, text_of(parameter.default), parameter.unit, parameter.meaning)
        )
    return pd.DataFrame(rows, columns=["setting", "value", "default", "unit", "meaning"])


def design_text(study: Study) -> str:
    """Return the design as a file; nothing where it is none, or too long to be read."""
    import tomli_w

    try:
        text = tomli_w.dumps(_without_none(dict(study.plan.design)))
    except (TypeError, ValueError):
        return ""
    return text if len(text) <= LONGEST_DESIGN else ""


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_without_none(v) for v in value]
    return value
