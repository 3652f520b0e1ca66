"""Words: numbers of outcomes as people read them, and what a study found in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from experiments.figures.canvas import digits_for, percent_of, text_of, with_interval
from experiments.judge import Outcome
from experiments.report import findings
from experiments.report.material import Study

SMALL = 0.01
"""Amounts that stay below this are told with more decimals."""

FEWEST = 10
"""Fewer independent units than this are said to be few."""


def is_share(kind: str, unit: str) -> bool:
    """Tell whether a number is told in per cent."""
    return kind == "share" or unit == "share"


def digits(unit: str) -> int:
    """Return with how many decimals an amount is told."""
    return 1 if unit == "months" else 3


def told(row: Mapping[Any, Any], *, change: bool = False) -> str:
    """Return a number with its interval: a mean, a share, or a difference of either.

    Args:
        row: kind, unit, value, low and high.
        change: whether it is a difference: of shares in percentage points.
    """
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    if math.isnan(value):
        return "–"
    share = is_share(row["kind"], row["unit"])
    if change and share:
        points = (100 * value, 100 * low, 100 * high)
        return f"{with_interval(*points, signed=True, digits=1)} points"
    known = [abs(v) for v in (value, low, high) if not math.isnan(v)]
    places = digits(row["unit"])
    if row["unit"] != "months" and 0 < max(known) < SMALL:
        places = min(5, max(places, digits_for(known)))
    return with_interval(value, low, high, share=share, signed=change, digits=places)


def two_kinds(table: pd.DataFrame) -> str:
    """Return how many stewards there are among runs that tipped and those that did not.

    Nothing where all runs are of one kind: then a mean stands for them.
    """
    if "tipped" not in table or "stewards" not in table:
        return ""
    known = table.dropna(subset=["tipped", "stewards"])
    high, low = (known.loc[known["tipped"] == kind, "stewards"] for kind in (1.0, 0.0))
    if high.empty or low.empty:
        return ""
    return (
        f"{percent_of(float(high.median()))} in {len(high)} runs that tipped, "
        f"{percent_of(float(low.median()))} in {len(low)} others"
    )


def verdict(row: Mapping[Any, Any]) -> str:
    """Return what the interval of a difference allows to be said."""
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    if math.isnan(value):
        return "no pair that tells"
    if math.isnan(low) or math.isnan(high):
        return "one unit only: no interval"
    if low > 0:
        return "more"
    if high < 0:
        return "less"
    if low == high == 0:
        return "the same in every pair"
    return "too few pairs to tell"


def main_sentences(study: Study) -> Iterator[str]:
    """Yield the one or two sentences on what the study was first asked."""
    if study.primary is None:
        yield from sentences(study)
        return
    yield _arms(study, study.primary, findings.by_arm(study))
    yield from _apart(study.primary, findings.differences(study))


def sentences(study: Study) -> Iterator[str]:
    """Yield what a study found, the main thing first."""
    if study.primary is None:
        yield "No run of this plan can tell anything yet."
        return
    arms = findings.by_arm(study)
    apart = findings.differences(study)
    asked = [o for o in (study.primary, study.yes) if o is not None]
    for outcome in asked:
        yield _arms(study, outcome, arms)
    for outcome in asked:
        yield from _apart(outcome, apart)
    if "tipped" in study.outcomes and study.yes is not None and study.yes.name != "tipped":
        yield _arms(study, study.outcomes["tipped"], arms)
    yield from _factor(study, study.primary)
    yield from _harm(arms)


def _arms(study: Study, outcome: Outcome, arms: pd.DataFrame) -> str:
    """Say what an outcome is in every arm."""
    own = arms[(arms["outcome"] == outcome.name)]
    over = f", over all {_points(study)} settings" if _points(study) > 1 else ""
    parts = []
    for row in own.to_dict("records"):
        name = f"{row['arm']}: " if row["arm"] else ""
        unit = "" if outcome.unit in ("1", "share", "well-being") else f" {outcome.unit}"
        parts.append(f"{name}{told(row)}{unit} of {int(row['runs'])} runs"
                     if outcome.kind == "share"
                     else f"{name}{told(row)}{unit} in {int(row['runs'])} runs")  # fmt: skip
    return f"In this model{over}, {outcome.label} (95 % interval): {'; '.join(parts)}."


def _apart(outcome: Outcome, apart: pd.DataFrame) -> Iterator[str]:
    """Say for each further arm whether it differs from the first."""
    for row in apart[apart["outcome"] == outcome.name].to_dict("records"):
        found, word = told(row, change=True), verdict(row)
        name, base = (f"“{row[key]}”" for key in ("arm", "base"))
        what = f"{name} against {base}, {outcome.label}"
        if word in ("more", "less"):
            yield f"{what}: {word} ({found}; {int(row['pairs'])} pairs)."
        else:
            yield f"{what}: {word} ({found}; {int(row['pairs'])} pairs)."


def _factor(study: Study, outcome: Outcome) -> Iterator[str]:
    """Name the factor whose ends differ most, and say whether that can be told from none."""
    effects = findings.main_effects(study, outcome).dropna(subset=["effect_low", "effect_high"])
    if effects.empty:
        return
    size = (effects["effect_high"] - effects["effect_low"]).abs()
    row = effects.iloc[int(size.argmax())].to_dict()
    parts = []
    for end in ("low", "high"):
        entry = {"kind": outcome.kind, "unit": outcome.unit, "value": row[f"effect_{end}"],
                 "low": row[f"{end}_low"], "high": row[f"{end}_high"]}  # fmt: skip
        parts.append(f"{told(entry, change=True)} at {text_of(row[f'{end}_value'])}")
    base = "the base" if findings.base_values(study) else "the mean of all settings"
    most = "Of the factors, " if len(effects) > 1 else ""
    yield (
        f"{most}{row['label']} moves the {outcome.label} "
        f"{'most' if most else 'so'}: {' and '.join(parts)}, against {base}."
    )


def _harm(arms: pd.DataFrame) -> Iterator[str]:
    """Say how often the worst off fared worse, and whether power only changed hands."""
    for name, what in (
        ("worst_off_worse", "the worst off fare worse than without the push"),
        ("power_swapped", "power only changes hands"),
    ):
        own = arms[(arms["outcome"] == name) & arms["value"].notna()]
        parts = [f"{r['arm']}: {told(r)}" if r["arm"] else told(r) for r in own.to_dict("records")]
        if parts:
            yield f"Share of runs in which {what}: {'; '.join(parts)}."


def doubts(study: Study) -> Iterator[str]:
    """Yield what has to be known beside the findings."""
    points, replicates = _points(study), study.replicates
    if points > 1 and replicates >= 3:
        yield (
            "All settings share their luck, replicate by replicate. So outcomes are averaged over "
            f"settings first, and intervals come from the {replicates} replicates; where an "
            "outcome is yes or no, Wilson's interval is widened accordingly."
        )
    elif points > 1:
        yield (
            f"There are only {replicates} replicates, so intervals come from the {points} "
            "settings: they tell how well the mean over such settings is known, and not how luck "
            "would change it at one of them."
        )
    units = replicates if points == 1 or replicates >= 3 else points
    if units < FEWEST:
        what = "settings" if units != replicates else "replicates"
        yield (
            f"Only {units} independent {what}: intervals are wide. They hold 95 % where the means "
            f"of {what} scatter as a normal distribution does, which so few cannot show; where "
            "they are skewed, such as shares near none or all, they can hold less."
        )
    wanted = len(study.cells) * study.plan.replicates
    have = len(study.table)
    if have < wanted:
        yield f"The sweep is not finished: {have} of {wanted} results are there."
    failed = int((study.table["status"] == "failed").sum())
    if failed:
        yield f"{failed} of {have} results are missing because a run failed; see “Failed runs”."
    intervals = len(study.outcomes) * max(1, len(study.arms) - 1)
    if len(study.arms) > 1 and intervals >= 20:
        yield (
            f"The table of differences has {intervals} intervals: about one in twenty misses by "
            "chance. The question was about the first."
        )
    for line in study.left:
        yield f"Small groups: {line}."
    if study.hidden:
        yield f"Left out with them: {', '.join(study.outcomes[n].label for n in study.hidden)}."


def _points(study: Study) -> int:
    return len({cell.point for cell in study.cells})
