"""Ablation: what becomes of a finding when a mechanism is switched off in both of its arms.

The change is the effect without the mechanism minus the effect with everything on, pair by pair on
the same random numbers, so its interval is that of a difference of differences. In words:

- "carries it": the effect loses more than half, and the change is visible;
- "carries part of it": it loses half or less, and the change is visible;
- "works against it": the effect grows, and the change is visible;
- "no visible part": the change is not visible;
- "nothing to carry": there is no effect with everything on (its interval holds 0), and it does
  not grow, though the change is visible;
- "cannot be run": the scenarios cannot do without it; the reason is given.

Many mechanisms are tried at once, so a change counts as *visible* only where it stays so after the
adjustment of Benjamini and Hochberg (1995, Journal of the Royal Statistical Society B 57:289)
within each finding, at 5 %: of the mechanisms given a part, about one in twenty at most is expected
to have none. It rests on paired t tests of the change, which serve for nothing else and are shown
nowhere. A mechanism that changes no pair, to the bit, is no test and is left out of the count. The
intervals shown are single ones of 95 %, so one that leaves out 0 may still stand beside "no visible
part".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.robustness.conditions import DEFAULT, Condition
from experiments.robustness.findings import Finding
from experiments.robustness.pairs import (
    OUTCOMES,
    PRIMARY,
    Contrast,
    Effect,
    arm,
    effect,
    outcomes_of,
)
from experiments.robustness.running import Plan
from experiments.statistics import Floats, mean_interval

CARRIES = "carries it"
PART = "carries part of it"
AGAINST = "works against it"
NONE = "no visible part"
NOTHING = "nothing to carry"
CANNOT = "cannot be run"

LEVEL = 0.05
"""Share of the parts given that may be expected to be none."""

COLUMNS = (
    "finding", "mechanism", "family", "label", "setting_off", "outcome", "unit", "pairs",
    "effect_on", "effect_on_low", "effect_on_high",
    "effect_off", "effect_off_low", "effect_off_high",
    "change", "change_low", "change_high", "part",
    "tipped_with_on", "tipped_without_on", "tipped_with_off", "tipped_without_off", "tested",
    "reason",
)  # fmt: skip
"""Columns of the table of ablations, one row a finding, mechanism and outcome that is an amount.

`effect_on` is the effect with everything on, `effect_off` without the mechanism, `change` the
second minus the first; `_low` and `_high` are the ends of 95 % intervals. `tipped_with_*` and
`tipped_without_*` are the shares of runs in which stewardship tipped, in the arm with what the
finding is about and in the one beside it. `part` is the verdict in words, `tested` whether it is
one of the tests that were adjusted together; of outcomes other than the primary one both are left
empty. `reason` says why there is nothing.
"""


def part(on: Effect, off: Effect, change: Effect, visible: bool, claims: int = 1) -> str:
    """Return in words what part a mechanism has in a finding; see the module.

    Args:
        on: the effect with everything on.
        off: the effect without the mechanism.
        change: the second minus the first.
        visible: whether the change is, after the adjustment.
        claims: the direction the finding claims, which counts where there is no effect.
    """
    if not visible:
        return NONE
    direction = math.copysign(1.0, on.value) if on.found else float(claims)
    if direction * change.value > 0:
        return AGAINST
    if not on.found:
        return NOTHING
    return CARRIES if direction * off.value < direction * on.value / 2 else PART


def visible(changes: Sequence[Floats]) -> list[bool | None]:
    """Return which changes are visible after the adjustment; None where there is nothing to test.

    Args:
        changes: of every mechanism of a finding the change, pair by pair; nan where unknown.

    Source: Benjamini & Hochberg (1995), by `scipy.stats.false_discovery_control`.
    """
    chances = [_chance(change[~np.isnan(change)]) for change in changes]
    tested = [chance for chance in chances if chance is not None]
    if not tested:
        return [None] * len(chances)
    adjusted = iter(stats.false_discovery_control(tested))
    return [None if chance is None else bool(next(adjusted) <= LEVEL) for chance in chances]


def _chance(change: Floats) -> float | None:
    """Return the two-sided p value of a paired t test; None where there is nothing to test."""
    if len(change) < 2 or not change.any():
        return None
    if np.ptp(change) == 0.0:
        return 0.0
    return float(stats.ttest_1samp(change, 0.0).pvalue)


def changed(on: Contrast, off: Contrast, name: str) -> Effect:
    """Return the difference of two effects, pair by pair, with its interval."""
    difference = off.pairs[name] - on.pairs[name]
    mean = mean_interval(difference)
    dropped = int(np.count_nonzero(np.isnan(difference)))
    return Effect(mean.mean, mean.low, mean.high, mean.n, dropped)


def ablation_table(
    made: Plan, results: Mapping[tuple[str, str], Contrast], mechanisms: tuple[Condition, ...]
) -> pd.DataFrame:
    """Return what changes without each mechanism; see `COLUMNS`."""
    rows = []
    for finding in made.findings:
        on = results[finding.id, DEFAULT.id]
        others = [results[finding.id, mechanism.id] for mechanism in mechanisms]
        none = np.array([np.nan])
        found = visible(
            [none if o.failed else o.pairs[PRIMARY] - on.pairs[PRIMARY] for o in others]
        )
        for mechanism, seen in zip(mechanisms, found, strict=True):
            rows += _rows(made, results, finding, mechanism, seen)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"tested": "boolean"})


def _rows(
    made: Plan,
    results: Mapping[tuple[str, str], Contrast],
    finding: Finding,
    mechanism: Condition,
    seen: bool | None,
) -> list[dict[str, Any]]:
    on, off = (results[finding.id, condition.id] for condition in (DEFAULT, mechanism))
    first: dict[str, Any] = {
        "finding": finding.id,
        "mechanism": mechanism.id,
        "family": mechanism.family,
        "label": mechanism.label,
        "setting_off": made.texts[finding.id, mechanism.id],
        "reason": off.failed,
    }
    if off.failed:
        return [first | {"outcome": PRIMARY, "part": CANNOT, "pairs": 0}]
    for state, contrast in (("on", on), ("off", off)):
        first[f"tipped_with_{state}"] = arm(contrast, "with", "tipped").value
        first[f"tipped_without_{state}"] = arm(contrast, "without", "tipped").value
    rows = [
        first | _effects(on, off, name)
        for name in outcomes_of(finding)
        if OUTCOMES[name].kind == "amount"
    ]
    for row in rows:
        if row["outcome"] == PRIMARY:
            row["tested"] = seen is not None
            effects = (effect(on, PRIMARY), effect(off, PRIMARY), changed(on, off, PRIMARY))
            row["part"] = part(*effects, bool(seen), finding.claims)
    return rows


def _effects(on: Contrast, off: Contrast, name: str) -> dict[str, Any]:
    """Return the numbers of one outcome."""
    effects = {
        "effect_on": effect(on, name),
        "effect_off": effect(off, name),
        "change": changed(on, off, name),
    }
    row: dict[str, Any] = {"outcome": name, "unit": OUTCOMES[name].unit}
    for key, found in effects.items():
        row |= {key: found.value, f"{key}_low": found.low, f"{key}_high": found.high}
    row["pairs"] = effects["change"].pairs
    row["part"] = ""
    return row
