"""Ablation: what becomes of a finding when a mechanism is switched off in both of its arms.

The change is the effect without the mechanism minus the effect with everything on, pair by pair on
the same random numbers, so its interval is that of a difference of differences. In words:

- "carries it": the effect loses more than half, and the interval of the change leaves out 0;
- "carries part of it": it loses half or less, and the interval of the change leaves out 0;
- "works against it": the effect grows, and the interval of the change leaves out 0;
- "no visible part": the interval of the change holds 0;
- "nothing to carry": there is no effect with everything on (its interval holds 0), and it does
  not grow;
- "cannot be run": the scenarios cannot do without it; the reason is given.

Each row has an interval of 95 %: of a hundred mechanisms that do nothing, about five would seem to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from experiments.robustness.conditions import DEFAULT, Condition
from experiments.robustness.findings import Finding
from experiments.robustness.pairs import OUTCOMES, PRIMARY, Contrast, Effect, arm, effect
from experiments.robustness.running import Plan
from experiments.statistics import mean_interval

CARRIES = "carries it"
PART = "carries part of it"
AGAINST = "works against it"
NONE = "no visible part"
NOTHING = "nothing to carry"
CANNOT = "cannot be run"

COLUMNS = (
    "finding", "mechanism", "family", "label", "setting_off", "outcome", "unit", "pairs",
    "effect_on", "effect_on_low", "effect_on_high",
    "effect_off", "effect_off_low", "effect_off_high",
    "change", "change_low", "change_high", "part",
    "tipped_with_on", "tipped_without_on", "tipped_with_off", "tipped_without_off", "reason",
)  # fmt: skip
"""Columns of the table of ablations, one row a finding, mechanism and outcome that is an amount.

`effect_on` is the effect with everything on, `effect_off` without the mechanism, `change` the
second minus the first; `_low` and `_high` are the ends of 95 % intervals. `tipped_with_*` and
`tipped_without_*` are the shares of runs in which stewardship tipped, in the arm with what the
finding is about and in the one beside it. `part` is the verdict in words; of outcomes other than
the primary one it is left empty. `reason` says why there is nothing.
"""


def part(on: Effect, off: Effect, change: Effect) -> str:
    """Return in words what part a mechanism has in a finding; see the module."""
    if not change.found:
        return NONE
    direction = math.copysign(1.0, on.value) if on.found else 1.0
    if direction * change.value > 0:
        return AGAINST
    if not on.found:
        return NOTHING
    return CARRIES if direction * off.value < direction * on.value / 2 else PART


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
    rows = [
        row
        for finding in made.findings
        for mechanism in mechanisms
        for row in _rows(made, results, finding, mechanism)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(
    made: Plan,
    results: Mapping[tuple[str, str], Contrast],
    finding: Finding,
    mechanism: Condition,
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
    return [first | _effects(on, off, name) for name, o in OUTCOMES.items() if o.kind == "amount"]


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
    row["part"] = part(*effects.values()) if name == PRIMARY else ""
    return row
