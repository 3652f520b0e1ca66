"""Telling how far a conclusion holds, in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from experiments.data_doubt.faults import KINDS
from experiments.judge import Outcome
from experiments.statistics import MeanInterval
from experiments.summary import number

TOLERATED = 0.05
"""A conclusion holds at a level where no more than this share of draws changes its sign."""

NOUNS = {
    "missing": "of the ties missing at random",
    "respondents": "of the respondents not answering",
    "noise": "of error in the ratings",
}


def level_words(kind: str, level: float) -> str:
    """Return a level as people read it: a percentage, or points of the rating."""
    if kind == "noise":
        return f"±{level:g} " + ("point" if level == 1 else "points")
    return f"{100 * level:.3g} %"


def sentence(
    outcome: Outcome, base: MeanInterval, rows: Sequence[Mapping[str, Any]], *, compared: bool
) -> str:
    """Return until where the conclusion about one outcome holds.

    Args:
        outcome: what the conclusion is about.
        base: the effect with the data as they are.
        rows: the rows of the table of this outcome, by kind and ascending level.
        compared: whether two scenarios are compared.
    """
    if math.isnan(base.mean):
        return f"These runs cannot show the {outcome.label}, so there is no conclusion to test."
    claim = _claim(outcome, base.mean, compared)
    if claim is None:
        return (
            f"With the data as they are nothing changes in the {outcome.label}, so there is no "
            "conclusion to test."
        )
    if base.n > 1 and base.low <= 0.0 <= base.high:
        return (
            f"In this model, {claim}, but {base.n} runs cannot tell this from no effect (95 % "
            f"interval {number(base.low, True, 3)} to {number(base.high, True, 3)}), so there is "
            "no conclusion to test yet."
        )
    clauses = [
        clause for kind in KINDS if (clause := _clause([r for r in rows if r["kind"] == kind]))
    ]
    return f"In this model, {claim}; the conclusion holds {_listed(clauses)}."


def _claim(outcome: Outcome, effect: float, compared: bool) -> str | None:
    if abs(effect) <= 1e-12:
        return None
    size = number(abs(effect), digits=3)
    if outcome.paired and not compared:
        return f"the {outcome.label} is {number(effect, True, 3)}"
    way = "raise" if effect > 0 else "lower"
    if compared:
        return f"the second scenario {way}s the {outcome.label} by {size} against the first"
    return f"the interventions {way} the {outcome.label} by {size}"


def _clause(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say until which level of one kind the conclusion holds; levels ascend."""
    held: Mapping[str, Any] | None = None
    for row in rows:
        if not _holds(row):
            return _until(held, row)
        held = row
    if held is None:
        return ""
    words = level_words(held["kind"], held["level"])
    return f"at every level tried up to {words} {NOUNS[held['kind']]}"


def _holds(row: Mapping[str, Any]) -> bool:
    return bool(row["draws"]) and row["sign_changes"] <= TOLERATED * row["draws"]


def _until(held: Mapping[str, Any] | None, broken: Mapping[str, Any]) -> str:
    kind = broken["kind"]
    at = level_words(kind, broken["level"])
    if broken["draws"]:
        why = f"its sign changes in {broken['sign_changes']} of {broken['draws']} draws"
    else:
        why = "the runs cannot show it"
    if held is None:
        return f"not even until {at} {NOUNS[kind]} ({why})"
    return f"until {level_words(kind, held['level'])} {NOUNS[kind]} (at {at}, {why})"


def _listed(clauses: Sequence[str]) -> str:
    *rest, last = clauses
    return f"{', '.join(rest)} and {last}" if rest else last
