"""Rates: how often rules ring in towns without a push and with one, and how soon."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from experiments.evidence.readings import MEASURES, Measure, Window, survey
from experiments.evidence.rules import (
    ALLOWED,
    FITTED,
    NEVER,
    RULES,
    Rule,
    fitted_length,
    shift,
    textbook,
)
from experiments.recorded import Floats, Integers
from experiments.statistics import wilson

_wilson = lru_cache(maxsize=4096)(wilson)

HORIZONS = (12, 24, 36, 60)
"""Months since the push began within which a rule may ring."""

SURVEYS: tuple[int | None, ...] = (None, 200, 50)
"""Residents asked each time; None: everyone, without error."""

EVERY = (1, 3, 12)
"""Months between readings."""

ALONE, TREND = "its past", "its trend"
BESIDE, TWIN = "a like town", "its twin"
AGAINST = (ALONE, TREND, BESIDE, TWIN)
"""What the readings are held against: the town's own past; the straight line through it; a town of
the same kind with other luck and no push; the very town on the same luck without the push, which
only a model has."""

FEWEST_FOR_TREND = 4
"""Readings before the push through which a line is laid."""

NO_PUSH = 0.0


class Way(NamedTuple):
    """One way of watching: what, by how large a survey, how often, against what."""

    measure: Measure
    people: int | None
    every: int
    against: str


@dataclass(frozen=True)
class Towns:
    """What really happened: for each size of push, the measures of every town.

    Attributes:
        series: by size of the push (0: none) and measure; shape (towns, months).
        window: when they are watched.
        residents: how many live in each.
    """

    series: Mapping[float, Mapping[str, Floats]]
    window: Window
    residents: int

    @property
    def number(self) -> int:
        """How many towns there are, each with every size of push."""
        return len(next(iter(self.series[NO_PUSH].values())))

    def seen(self, size: float, way: Way, seed: int) -> tuple[Floats, Floats]:
        """Return the readings of all towns before and since, more being better."""
        own = self._survey(size, way, [seed, 1, _whole(size)])
        if way.against == BESIDE:
            other = self._survey(NO_PUSH, way, [seed, 2, _whole(size)])
            own = own - np.roll(other, -1, axis=0)
        elif way.against == TWIN:
            own = own - self._survey(NO_PUSH, way, [seed, 3, _whole(size)])
        before, since = self.window.months(way.every)
        if way.against == TREND:
            own = own - _line(own[:, before], np.array(before), np.arange(own.shape[1]))
        return own[:, before], own[:, since]

    def _survey(self, size: float, way: Way, seeds: list[int]) -> Floats:
        number = [m.name for m in MEASURES].index(way.measure.name)
        luck = np.random.default_rng([*seeds, number, way.people or 0])
        truth = self.series[size][way.measure.name]
        return survey(truth, way.measure, way.people, luck, residents=self.residents)


def _line(values: Floats, months: Integers, everywhere: Integers) -> Floats:
    """Return the least-squares line through some months of each town, at all months."""
    slope, height = np.polyfit(months, values.T, 1)
    line: Floats = slope[:, None] * everywhere + height[:, None]
    return line


def ways(window: Window) -> Iterator[Way]:
    """Yield every way of watching."""
    for measure in MEASURES:
        for people in SURVEYS:
            for every in EVERY:
                few = len(window.months(every)[0]) < FEWEST_FOR_TREND
                for against in (a for a in AGAINST if not (few and a == TREND)):
                    yield Way(measure, people, every, against)


def rates(towns: Towns, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how every rule does for every way of watching.

    Returns:
        Alarms without a push, a row a way, rule and horizon: `measure`, `people` (0: everyone),
        `every`, `against`, `rule`, `months`, `textbook` (share expected of independent readings),
        `share`, `low`, `high` of towns in which it rings, `a_year`, `a_year_low`, `a_year_high`
        (first alarms a year of watching, over all the watching), `towns`. And alarms with a push,
        the same keys and `size`: `share`, `low`, `high`, `delay`, `delay_low`, `delay_high` (median
        months to the alarm; nan where half of the towns have none in time), `towns`. Rules for
        which there are too few readings are left out.
    """
    quiet: list[dict[str, Any]] = []
    pushed: list[dict[str, Any]] = []
    expected: dict[tuple[str, int, int], Integers] = {}
    for way in ways(towns.window):
        befores, sinces = zip(*(towns.seen(s, way, seed) for s in towns.series), strict=True)
        before, since = befores[0], sinces[0]
        shape = before.shape[1], since.shape[1]
        for rule, judged in _rules(before, since):
            key = (rule.name, *shape)
            if key not in expected:
                expected[key] = textbook(rule, *shape)
            named = _named(way, rule, judged)
            arms = rule.ring(np.concatenate(befores), np.concatenate(sinces))
            rings = dict(zip(towns.series, arms.reshape(len(befores), -1)[:, judged], strict=True))
            still = rings.pop(NO_PUSH)
            quiet += list(_quiet(named, still, expected[key], way.every, towns.window.since))
            for size, found in rings.items():
                pushed += list(
                    _pushed({**named, "size": size}, found, way.every, towns.window.since)
                )
    return pd.DataFrame(quiet), pd.DataFrame(pushed)


def _rules(before: Floats, since: Floats) -> Iterator[tuple[Rule, slice]]:
    """Yield the rules that have readings enough, and the towns each is judged on.

    The fitted run is chosen on every other town and judged on the rest.
    """
    for rule in RULES:
        if before.shape[1] >= rule.before:
            yield rule, slice(None)
    length = fitted_length(before[::2], since[::2])
    if length is not None and len(before) > 1:
        yield shift(length), slice(1, None, 2)


def _named(way: Way, rule: Rule, judged: slice) -> dict[str, Any]:
    return {
        "measure": way.measure.name,
        "people": way.people or 0,
        "every": way.every,
        "against": way.against,
        "rule": rule.name if judged == slice(None) else FITTED,
        "words": rule.words,
    }


def _quiet(
    named: dict[str, Any], rings: Integers, expected: Integers, every: int, watched: int
) -> Iterator[dict[str, Any]]:
    months = np.where(rings == NEVER, np.inf, (rings + 1) * every)
    book = np.where(expected == NEVER, np.inf, (expected + 1) * every)
    years = float(np.minimum(months, watched).sum()) / 12.0
    rate = _yearly(int(np.isfinite(months).sum()), years)
    for horizon in (h for h in HORIZONS if h <= watched):
        share = _wilson(int((months <= horizon).sum()), len(months))
        yield {
            **named,
            "months": horizon,
            "textbook": float((book <= horizon).mean()),
            "share": share.share,
            "low": share.low,
            "high": share.high,
            "a_year": rate[0],
            "a_year_low": rate[1],
            "a_year_high": rate[2],
            "towns": len(months),
        }


def _yearly(alarms: int, years: float) -> tuple[float, float, float]:
    """Return alarms a year with the exact Poisson interval (Garwood 1936, Biometrika 28)."""
    low = stats.chi2.ppf(0.025, 2 * alarms) / 2.0 if alarms else 0.0
    high = stats.chi2.ppf(0.975, 2 * alarms + 2) / 2.0
    return alarms / years, float(low) / years, float(high) / years


def _pushed(
    named: dict[str, Any], rings: Integers, every: int, watched: int
) -> Iterator[dict[str, Any]]:
    months = np.where(rings == NEVER, np.inf, (rings + 1.0) * every)
    delay = _median(months)
    for horizon in (h for h in HORIZONS if h <= watched):
        share = _wilson(int((months <= horizon).sum()), len(months))
        yield {
            **named,
            "months": horizon,
            "share": share.share,
            "low": share.low,
            "high": share.high,
            "delay": delay[0],
            "delay_low": delay[1],
            "delay_high": delay[2],
            "towns": len(months),
        }


def _median(months: Floats) -> tuple[float, float, float]:
    """Return the median with its 95 % interval by order statistics; nan: not reached.

    Towns without an alarm count as later than all others.
    """
    ordered = np.sort(months)
    n = len(ordered)
    low = int(stats.binom.ppf(0.025, n, 0.5))
    high = min(int(stats.binom.ppf(0.975, n, 0.5)), n - 1)
    middle = ordered[(n - 1) // 2 : n // 2 + 1].mean()
    found = (float(middle), float(ordered[max(low - 1, 0)]), float(ordered[high]))
    return (*(v if math.isfinite(v) else math.nan for v in found),)  # type: ignore[return-value]


def _whole(size: float) -> int:
    """Return a size of push as a whole number, for the seeds of surveys."""
    return round(size * 1000)


TOO_OFTEN, MISSES, HELD = "rings too often", "misses too much", "can be trusted"
FALSE_ALARMS = 2 * ALLOWED
"""Largest share of false alarms of a rule that can be trusted."""
FOUND = 0.8
"""Least share of pushes that a rule has to find to be trusted."""


def verdicts(quiet: pd.DataFrame, pushed: pd.DataFrame, size: float, months: int) -> pd.DataFrame:
    """Return for every way and rule whether it can be trusted within so many months.

    It can if at most `FALSE_ALARMS` of towns without a push ring, and `FOUND` of those with a push
    of this size do. Columns: the keys, `months`, `size`, `textbook`, `false`, `false_low`,
    `false_high`, `a_year`, `a_year_low`, `a_year_high` (false alarms), `found`, `found_low`,
    `found_high`, `told` (found minus false: what a ring says), `delay`, `verdict`, `towns`.
    """
    keys = ["measure", "people", "every", "against", "rule", "words", "months"]
    still = quiet[quiet.months == months].rename(columns=_prefixed("false"))
    moved = pushed[(pushed.months == months) & (pushed["size"] == size)]
    moved = moved.rename(columns=_prefixed("found")).drop(columns="towns")
    table = still.merge(moved, on=keys)
    table["told"] = table["found"] - table["false"]
    table["verdict"] = np.select(
        [table["false"] > FALSE_ALARMS, table["found"] < FOUND], [TOO_OFTEN, MISSES], HELD
    )
    columns = [
        *(*keys, "size", "textbook", "false", "false_low", "false_high"),
        *("a_year", "a_year_low", "a_year_high", "found", "found_low", "found_high"),
        *("told", "delay", "verdict", "towns"),
    ]
    return table[columns].reset_index(drop=True)


def _prefixed(name: str) -> dict[str, str]:
    return {"share": name, "low": f"{name}_low", "high": f"{name}_high"}
