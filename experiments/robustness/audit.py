"""The perturbation audit: does a finding stand under other assumptions? The rule is `verdicts`'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.robustness.conditions import DEFAULT, Condition
from experiments.robustness.findings import AFTER, THRESHOLD, Finding
from experiments.robustness.pairs import (
    OUTCOMES,
    OWN,
    PRIMARY,
    Contrast,
    Effect,
    arm,
    effect,
    outcomes_of,
)
from experiments.robustness.perturbations import REPLICATION
from experiments.robustness.running import Plan
from experiments.robustness.verdicts import (
    HOLDS,
    REVERSES,
    UNDECIDED,
    Tried,
    crossed,
    family_text,
    judged,
    ratio,
    threshold,
    told,
)

AUDITED = (PRIMARY, OWN, "gain_end", "tipped")
"""Outcomes that get a verdict; the first is the primary one, the others stand beside it."""

COUNTED = "counted"
UNCHANGED = "changes nothing"
CANNOT = "cannot be run"
REPLICATED = "replication"

AUDIT_COLUMNS = (
    "finding", "family", "perturbation", "label", "settings", "outcome", "kind", "unit",
    "effect", "low", "high", "ratio", "pairs", "dropped", "pairs_above_threshold",
    "with", "with_low", "with_high", "without", "without_low", "without_high",
    "state", "told", "size", "reason",
)  # fmt: skip
"""Columns of the audit, one row a finding, perturbation (first the defaults) and outcome.

`effect` is what the arm with the thing has more than the one beside it, `low` and `high` the ends
of its 95 % interval, `ratio` the effect as a multiple of that at the defaults, where the interval
there leaves out 0; of `kind` "pairs" it is a share of pairs. `pairs_above_threshold` counts pairs
with an equity gain of .03 or more. `with` and `without` are the arms' own values, where they have
one. `state` is counted, replication, changes nothing, or cannot be run (`reason` says why). For
outcomes that get a verdict `told` is holds, reverses or undecided, and `size` is "falls below .03"
or "rises above .03" where the interval says so.
"""

FINDING_COLUMNS = (
    "finding", "name", "claim", "claims", "scenario_with", "scenario_without", "equal_money",
    "outcome", "label", "kind", "unit",
    "effect", "low", "high", "pairs", "dropped", "pairs_above_threshold",
    "with", "with_low", "with_high", "without", "without_low", "without_high",
    "verdict", "remark", "held", "reversed", "undecided", "counted", "unchanged", "not_run",
    "families", "reverses_with", "falls_with", "ratio_least", "ratio_median", "ratio_most",
    "replications", "replications_held",
)  # fmt: skip
"""Columns of the findings at the defaults, one row a finding and outcome.

As in the audit; `claims` is the direction claimed. For outcomes that get one, `verdict`, with a
`remark` where one is due, how many perturbations of those `counted` have `held` or `reversed` it or
left it `undecided`, how many left it `unchanged` to the bit, how many could be `not_run`; the
counts by family (`families`, as "networks 3/0/8; …": holds, reverses, undecided); the names of
those that reverse it or bring it wholly below .03 ("family: perturbation; …"); the least, median
and greatest ratio of effects; and of the `replications`, which are not counted, how many hold it.
"""

WHOLE = (
    "pairs", "dropped", "pairs_above_threshold", "held", "reversed", "undecided", "counted",
    "unchanged", "not_run", "replications", "replications_held",
)  # fmt: skip
"""Columns that hold whole numbers."""


def state(default: Contrast, other: Contrast, name: str, family: str = "") -> str:
    """Tell whether a perturbation counts for an outcome.

    Whether anything changed is told from an equity gain: yes and no stay the same in many runs that
    differ.
    """
    if other.failed:
        return CANNOT
    if family == REPLICATION:
        return REPLICATED
    told_by = PRIMARY if name.endswith(f"_{AFTER}") else OWN if name == OWN else "gain_end"
    same = np.array_equal(default.pairs[told_by], other.pairs[told_by], equal_nan=True)
    return UNCHANGED if same else COUNTED


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
    return table.astype(dict.fromkeys(WHOLE[:3], "Int64"))


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
    for name in outcomes_of(finding):
        row = first | numbers(other, name)
        if condition is not DEFAULT:
            row |= _beside(default, other, name, finding, condition.family)
        rows.append(row)
    return rows


def _beside(
    default: Contrast, other: Contrast, name: str, finding: Finding, family: str
) -> dict[str, Any]:
    """Return what a perturbed effect says beside the one at the defaults."""
    row: dict[str, Any] = {"state": state(default, other, name, family)}
    one, two = effect(default, name), effect(other, name)
    if OUTCOMES[name].kind != "pairs":
        row["ratio"] = ratio(one, two)
    if name in AUDITED and row["state"] in (COUNTED, REPLICATED):
        row["told"] = told(two, finding.claims)
        row["size"] = crossed(one, two, threshold(name), finding.claims)
    return row


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
            "claims": finding.claims,
            "scenario_with": finding.with_,
            "scenario_without": finding.without,
            "equal_money": finding.equal_money,
        }
        for name in outcomes_of(finding):
            row = first | {"label": OUTCOMES[name].label}
            row |= numbers(results[finding.id, DEFAULT.id], name)
            if perturbations and name in AUDITED:
                row |= _verdict(results, finding, perturbations, name)
            rows.append(row)
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    return table.astype(dict.fromkeys(WHOLE, "Int64"))


def _verdict(
    results: Mapping[tuple[str, str], Contrast],
    finding: Finding,
    perturbations: tuple[Condition, ...],
    name: str,
) -> dict[str, Any]:
    default = results[finding.id, DEFAULT.id]
    others = [(c, results[finding.id, c.id]) for c in perturbations]
    states = [state(default, other, name, c.family) for c, other in others]
    tried = {
        kind: [
            Tried(c.family, c.id, effect(other, name))
            for (c, other), own in zip(others, states, strict=True)
            if own == kind
        ]
        for kind in (COUNTED, REPLICATED)
    }
    found = effect(default, name)
    verdict = judged(found, tried[COUNTED], threshold(name), finding.claims)
    replications = [told(t.effect, finding.claims) for t in tried[REPLICATED]]
    return {
        "verdict": verdict.verdict,
        "remark": verdict.remark,
        "held": verdict.told[HOLDS],
        "reversed": verdict.told[REVERSES],
        "undecided": verdict.told[UNDECIDED],
        "counted": verdict.counted,
        "unchanged": states.count(UNCHANGED),
        "not_run": states.count(CANNOT),
        "families": family_text(verdict.families),
        "reverses_with": "; ".join(verdict.reverses_with),
        "falls_with": "; ".join(verdict.falls_with),
        "replications": len(replications),
        "replications_held": replications.count(HOLDS),
        **_ratios(found, tried[COUNTED]),
    }


def _ratios(default: Effect, tried: list[Tried]) -> dict[str, float]:
    """Return the least, median and greatest ratio of effects, where there are any."""
    found = [ratio(default, each.effect) for each in tried]
    known = [value for value in found if value is not None and not np.isnan(value)]
    if not known:
        return {}
    least, median, most = np.quantile(known, (0.0, 0.5, 1.0))
    return {"ratio_least": float(least), "ratio_median": float(median), "ratio_most": float(most)}
