"""The perturbation audit: does a finding stand under other assumptions?

The rule, stated before anything is run. A perturbation *holds* a finding when the effect has the
sign it has at the defaults, its 95 % interval leaves out 0, and it lies on the same side of .03 as
at the defaults (for stewardship that tips, the first two decide). A perturbation that leaves every
pair's outcome as it was, to the bit, says nothing and is not counted; one that cannot be run is not
counted either; both are listed.
Of those counted,

- *robust*: 90 % or more hold it;
- *conditional*: 60 % or more, and where it fails is named;
- *artefact*: fewer;
- *not found at the defaults*: there the interval holds 0, so there is nothing to perturb.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.robustness.conditions import DEFAULT, Condition
from experiments.robustness.findings import AFTER, THRESHOLD, Finding
from experiments.robustness.pairs import OUTCOMES, PRIMARY, Contrast, Effect, arm, effect
from experiments.robustness.running import Plan

ROBUST = "robust"
CONDITIONAL = "conditional"
ARTEFACT = "artefact"
NOT_FOUND = "not found at the defaults"
UNJUDGED = "not judged"

AUDITED = (PRIMARY, "gain_end", "tipped")
"""Outcomes that get a verdict; the first is the primary one, the others stand beside it."""

COUNTED = "counted"
UNCHANGED = "changes nothing"
CANNOT = "cannot be run"

AUDIT_COLUMNS = (
    "finding", "family", "perturbation", "label", "settings", "outcome", "kind", "unit",
    "effect", "low", "high", "pairs", "dropped", "pairs_above_threshold",
    "with", "with_low", "with_high", "without", "without_low", "without_high",
    "state", "holds", "reason",
)  # fmt: skip
"""Columns of the audit, one row a finding, perturbation (first the defaults) and outcome.

`effect` is what the arm with the thing has more than the one beside it, `low` and `high` the ends
of its 95 % interval; of `kind` "pairs" it is a share of pairs. `pairs_above_threshold` counts pairs
with an equity gain of .03 or more. `with` and `without` are the arms' own values, where they have
one. `state` is counted, changes nothing, or cannot be run (`reason` says why); `holds` is true or
false for outcomes that get a verdict, where the perturbation is counted.
"""

FINDING_COLUMNS = (
    "finding", "name", "claim", "scenario_with", "scenario_without", "equal_money", "outcome",
    "label", "kind", "unit", "effect", "low", "high", "pairs", "dropped", "pairs_above_threshold",
    "with", "with_low", "with_high", "without", "without_low", "without_high",
    "verdict", "held", "counted", "unchanged", "not_run", "fails_with",
)  # fmt: skip
"""Columns of the findings at the defaults, one row a finding and outcome.

As in the audit; `verdict` is given for outcomes that get one, with how many perturbations `held`
it of those `counted`, how many left it `unchanged` to the bit, how many could be `not_run`, and the
names of those that do not hold it (`fails_with`, as "family: perturbation; …").
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the audit says of one finding and outcome.

    Attributes:
        verdict: robust, conditional, artefact, not found at the defaults, or not judged.
        held: how many perturbations hold it.
        counted: of how many.
        fails_with: names of the others.
    """

    verdict: str
    held: int
    counted: int
    fails_with: tuple[str, ...] = ()


def holds(default: Effect, other: Effect, threshold: float | None = THRESHOLD) -> bool:
    """Tell whether a perturbed effect says the same as the one at the defaults; see the module."""
    if not other.found or (other.value > 0) != (default.value > 0):
        return False
    return threshold is None or (other.value >= threshold) == (default.value >= threshold)


def threshold(name: str) -> float | None:
    """Return from which size an outcome matters: an equity gain from .03, others from any size."""
    return THRESHOLD if name.startswith("gain_") else None


def judged(
    default: Effect, others: Iterable[tuple[str, Effect]], threshold: float | None = THRESHOLD
) -> Verdict:
    """Return the verdict on a finding by the stated rule.

    Args:
        default: the effect at the defaults.
        others: name and effect of every perturbation that counts.
        threshold: effect from which a finding is large enough to matter; None for none.
    """
    effects = list(others)
    failing = tuple(name for name, other in effects if not holds(default, other, threshold))
    counted = len(effects)
    held = counted - len(failing)
    if not default.found:
        return Verdict(NOT_FOUND, held, counted, failing)
    if not counted:
        return Verdict(UNJUDGED, 0, 0)
    word = ARTEFACT
    if 10 * held >= 9 * counted:
        word = ROBUST
    elif 10 * held >= 6 * counted:
        word = CONDITIONAL
    return Verdict(word, held, counted, failing)


def state(default: Contrast, other: Contrast, name: str) -> str:
    """Tell whether a perturbation counts for an outcome.

    Whether anything changed is told from the equity gain at the same time: yes and no stay the
    same in many runs that differ.
    """
    if other.failed:
        return CANNOT
    told_by = PRIMARY if name.endswith(f"_{AFTER}") else "gain_end"
    same = np.array_equal(default.pairs[told_by], other.pairs[told_by], equal_nan=True)
    return UNCHANGED if same else COUNTED


# --------------------------------------------------------------------------------------- tables


def audit_table(
    made: Plan, results: Mapping[tuple[str, str], Contrast], perturbations: tuple[Condition, ...]
) -> pd.DataFrame:
    """Return every finding under every perturbation; see `AUDIT_COLUMNS`."""
    rows = [
        row
        for finding in made.findings
        for condition in (DEFAULT, *perturbations)
        for row in _rows(made, results, finding, condition)
    ]
    table = pd.DataFrame(rows, columns=list(AUDIT_COLUMNS))
    whole = ["pairs", "dropped", "pairs_above_threshold"]
    return table.astype({**dict.fromkeys(whole, "Int64"), "holds": "boolean"})


def _rows(
    made: Plan,
    results: Mapping[tuple[str, str], Contrast],
    finding: Finding,
    condition: Condition,
) -> list[dict[str, Any]]:
    default, other = (results[finding.id, c.id] for c in (DEFAULT, condition))
    first: dict[str, Any] = {
        "finding": finding.id,
        "family": condition.family,
        "perturbation": condition.id,
        "label": condition.label,
        "settings": made.texts[finding.id, condition.id],
        "reason": other.failed,
    }
    if other.failed:
        return [first | {"outcome": PRIMARY, "pairs": 0, "state": CANNOT}]
    rows = []
    for name in OUTCOMES:
        row = first | numbers(other, name)
        if condition is not DEFAULT:
            row["state"] = state(default, other, name)
            if name in AUDITED and row["state"] == COUNTED:
                row["holds"] = holds(effect(default, name), effect(other, name), threshold(name))
        rows.append(row)
    return rows


def numbers(contrast: Contrast, name: str) -> dict[str, Any]:
    """Return one outcome of a contrast as plain numbers, by column."""
    outcome, found = OUTCOMES[name], effect(contrast, name)
    row: dict[str, Any] = {"outcome": name, "kind": outcome.kind, "unit": outcome.unit}
    row |= {"effect": found.value, "low": found.low, "high": found.high}
    row |= {"pairs": found.pairs, "dropped": found.dropped}
    if threshold(name) is not None:
        row["pairs_above_threshold"] = int(np.count_nonzero(contrast.pairs[name] >= THRESHOLD))
    for which in ("with", "without"):
        if outcome.arms:
            own = arm(contrast, which, name)
            row |= {which: own.value, f"{which}_low": own.low, f"{which}_high": own.high}
    return row


def findings_table(
    made: Plan,
    results: Mapping[tuple[str, str], Contrast],
    perturbations: tuple[Condition, ...] = (),
) -> pd.DataFrame:
    """Return the findings at the defaults, with verdicts where perturbations were run."""
    rows = []
    for finding in made.findings:
        first = {
            "finding": finding.id,
            "name": finding.name,
            "claim": finding.claim,
            "scenario_with": finding.with_,
            "scenario_without": finding.without,
            "equal_money": finding.equal_money,
        }
        for name, outcome in OUTCOMES.items():
            row = first | {"label": outcome.label} | numbers(results[finding.id, DEFAULT.id], name)
            if perturbations and name in AUDITED:
                row |= _verdict(results, finding, perturbations, name)
            rows.append(row)
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    whole = ["pairs", "dropped", "pairs_above_threshold", "held", "counted", "unchanged", "not_run"]
    return table.astype(dict.fromkeys(whole, "Int64"))


def _verdict(
    results: Mapping[tuple[str, str], Contrast],
    finding: Finding,
    perturbations: tuple[Condition, ...],
    name: str,
) -> dict[str, Any]:
    default = results[finding.id, DEFAULT.id]
    others = [(c, results[finding.id, c.id]) for c in perturbations]
    states = [state(default, other, name) for _, other in others]
    counting = [
        (f"{c.family}: {c.id}", effect(other, name))
        for (c, other), counts in zip(others, states, strict=True)
        if counts == COUNTED
    ]
    verdict = judged(effect(default, name), counting, threshold(name))
    return {
        "verdict": verdict.verdict,
        "held": verdict.held,
        "counted": verdict.counted,
        "unchanged": states.count(UNCHANGED),
        "not_run": states.count(CANNOT),
        "fails_with": "; ".join(verdict.fails_with),
    }
