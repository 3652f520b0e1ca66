"""Telling: values, shares and intervals in words, from the catalogue."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from experiments.figures.canvas import amount, digits_for, percent_of, text_of
from experiments.judge import Outcome
from experiments.report.words import SMALL, digits, is_share
from simulation.browser.words import say


def level(value: Any) -> str:
    """Return a value of a factor in words: 36, 0.7, yes, no, a name."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return say("explore.unset")
    if isinstance(value, bool | np.bool_):
        return say("explore.yes" if value else "explore.no")
    return text_of(value)


def shares(outcome: Outcome) -> bool:
    """Return whether an outcome is told in per cent."""
    return is_share(outcome.kind, outcome.unit)


def _places(outcome: Outcome, *values: float) -> int:
    known = [abs(v) for v in values if math.isfinite(v)]
    places = digits(outcome.unit)
    if outcome.unit != "months" and 0 < max(known, default=0.0) < SMALL:
        places = min(5, max(places, digits_for(known)))
    return places


def value(outcome: Outcome, number: float, *, change: bool = False) -> str:
    """Return a number of an outcome: "42 %", "0.031"; a change of a share in points: "+8"."""
    if math.isnan(number):
        return say("explore.none")
    if shares(outcome):
        if not change:
            return percent_of(number)
        return say("explore.points", number=amount(100 * number, 0, signed=True))
    return amount(number, _places(outcome, number), signed=change)


def interval(outcome: Outcome, low: float, high: float, *, change: bool = False) -> str:
    """Return an interval: "31 to 54 %", "0.010 to 0.050"; "" where there is none."""
    if math.isnan(low) or math.isnan(high):
        return ""
    if shares(outcome):
        ends = [amount(100 * end, 0, signed=change) for end in (low, high)]
        key = "explore.to_points" if change else "explore.to_percent"
        return say(key, low=ends[0], high=ends[1])
    places = _places(outcome, low, high)
    ends = [amount(end, places, signed=change) for end in (low, high)]
    return say("explore.to", low=ends[0], high=ends[1])


def with_interval(
    outcome: Outcome, number: float, low: float, high: float, *, change: bool = False
) -> str:
    """Return a number with its interval in words, or says that there are too few runs for one."""
    if math.isnan(number):
        return say("explore.none")
    told = value(outcome, number, change=change)
    ends = interval(outcome, low, high, change=change)
    if not ends:
        return say("explore.alone", value=told)
    return say("explore.within", value=told, interval=ends)


def capital(text: str) -> str:
    """Return text that begins with a capital letter."""
    return text[:1].upper() + text[1:]
