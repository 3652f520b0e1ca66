"""Survival in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from experiments.answers.plain import records
from experiments.answers.survival import SurvivalStudy
from experiments.answers.survival_times import LASTED, NEVER
from experiments.judge import HORIZONS
from experiments.summary import number, percent

QUESTIONS = {
    "gain": "How long does a gain in equity last after the push?",
    "coalition": "How long does a coalition of three last after the push?",
}
THINGS = {"gain": "gain", "coalition": "coalition"}


def sentences(found: SurvivalStudy) -> Iterator[str]:
    """Yield what each arm came to, and by how much the second lasts longer."""
    for row in records(found.by_arm):
        yield _arm(found, row)
    yield from _difference(found)


def notes(found: SurvivalStudy) -> Iterator[str]:
    """Yield what has to be known beside it."""
    yield (
        "Only runs that had something to lose at the end of the push are on the curve; its "
        "intervals hold month by month, and cover the chance in runs, not other settings of the "
        "model."
    )
    for row in records(found.by_arm):
        if row["failed"] or row["unseen"]:
            yield (
                f"{_named(row)}{row['failed']} pairs failed and {row['unseen']} are too short to "
                "tell; they are left out."
            )
        if row["had"] and row["not_lost"]:
            yield (
                f"{_named(row)}in {row['not_lost']} of {row['had']} runs the loss was not seen "
                "before the end: they count as long as they were watched (right-censored)."
            )
    if found.times["point"].nunique() > 1:
        why = (
            "as all settings share their luck, intervals come from the replicates"
            if found.unit == "replicate"
            else "with so few replicates, intervals come from the settings and leave out most of "
            "what other luck would change"
        )
        yield f"Runs of different settings are pooled; {why}."
    if found.lacking:
        yield f"{found.lacking} runs or their pairs are not there yet; nothing is told of them."


def _named(row: dict[str, Any]) -> str:
    return f"{row['arm']}: " if row["arm"] else ""


def _arm(found: SurvivalStudy, row: dict[str, Any]) -> str:
    thing = THINGS[found.of]
    judged = row["had"] + row["never"]
    text = f"{_named(row)}in this model, {row['had']} of {judged} runs had a {thing} to lose when "
    text += "the push ended"
    if not row["had"]:
        return f"{text}, so that there is nothing of which to tell how long it lasts."
    text += f"; {_median(row)}"
    shares = [
        f"{percent(row[f'share_{k}'])} through month {k} ({percent(row[f'share_{k}_low'])} to "
        f"{percent(row[f'share_{k}_high'])})"
        for k in HORIZONS
        if row[f"share_{k}"] is not None
    ]
    return f"{text}. It lasted in {', '.join(shares)}." if shares else f"{text}."


def _median(row: dict[str, Any]) -> str:
    if row["median"] is None:
        text = "fewer than half of them lost it while they were watched"
        low = row["median_low"]
        return text if low is None else f"{text} (half may have by month {low:.0f})"
    high = "no upper end seen" if row["median_high"] is None else f"{row['median_high']:.0f}"
    return (
        f"half of them had lost it by month {row['median']:.0f} after the push (95 % interval "
        f"{row['median_low']:.0f} to {high})"
    )


def _some_of_each(found: SurvivalStudy) -> bool:
    """Tell whether some runs had something to lose, and some never did."""
    statuses = set(found.times["status"])
    return LASTED in statuses and NEVER in statuses


def _difference(found: SurvivalStudy) -> Iterator[str]:
    names = found.arms
    for with_never in (False, True):
        mean = found.difference(with_never=with_never)
        if mean is None or not mean.n or (with_never and not _some_of_each(found)):
            continue
        who = "pairs in which both had one" if not with_never else "pairs"
        extra = ", runs that never had one counted as no month" if with_never else ""
        more = "longer" if mean.mean >= 0 else "shorter"
        text = (
            f"Within {found.horizon:.0f} months after the push, {names[1]} keeps it "
            f"{number(abs(mean.mean), digits=1)} months {more} than {names[0]} (mean of {mean.n} "
            f"{who}{extra}"
        )
        if math.isnan(mean.low):
            yield f"{text}; too few for an interval)."
        else:
            yield (
                f"{text}; 95 % interval {number(mean.low, True, 1)} to "
                f"{number(mean.high, True, 1)})."
            )
