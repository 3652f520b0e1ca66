"""Dots: every run at what it came to, or at a factor against what it came to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.judge import Outcome
from experiments.report import findings
from experiments.report.material import Study, Varied
from simulation.browser.explore import telling
from simulation.browser.explore.data import ALL, ARM
from simulation.browser.words import say

Floats = NDArray[np.float64]

MOST_DOTS = 1500
"""Runs that are drawn; of more, the first by replicate and point."""

PLACES = 8
"""A factor with no more values has a place for each of them, evenly apart."""

SPREAD = 0.6
"""Part of such a place over which its dots are spread, so that they do not hide each other."""


@dataclass(frozen=True)
class Scale:
    """One axis of the dots.

    Attributes:
        label: what it shows.
        ticks: (place from 0 to 1, words) of its marks.
        places: where each run stands, from 0 to 1; nan where it cannot be told.
        words: what each run has there, in words.
    """

    label: str
    ticks: tuple[tuple[float, str], ...]
    places: Floats
    words: tuple[str, ...]


@dataclass(frozen=True)
class Dots:
    """The runs that are drawn.

    Attributes:
        table: their rows of the table of outcomes, left to right as the dots stand.
        across: the axis across.
        up: the axis upward.
        arms: for each run, which arm it is, by number.
        left_out: runs that are not drawn, as there are too many.
        untold: runs that cannot tell one of the two.
    """

    table: pd.DataFrame
    across: Scale
    up: Scale
    arms: tuple[int, ...]
    left_out: int
    untold: int


def choices(study: Study, outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """Return what an axis can show: (name, label) of factors and outcomes."""
    factors = [(f"factor:{f.name}", telling.capital(f.label)) for f in study.factors]
    return [*factors, *((f"outcome:{o.name}", telling.capital(o.label)) for o in outcomes)]


def dots(study: Study, across: str, up: str, arm: str = ALL) -> Dots:
    """Return the runs as dots.

    Args:
        study: the study.
        across: name of what runs across, as `choices` gives it.
        up: name of what runs upward.
        arm: only the runs of this arm.
    """
    table = study.done if arm == ALL else study.done[study.done[ARM] == arm]
    table = table.sort_values(["replicate", "point"], kind="stable")
    left_out = max(len(table) - MOST_DOTS, 0)
    table = table.head(MOST_DOTS)
    one, other = scale(study, table, across), scale(study, table, up)
    told = ~(np.isnan(one.places) | np.isnan(other.places))
    order = [int(n) for n in np.lexsort((other.places, one.places)) if told[n]]
    arms = {name: n for n, name in enumerate(study.arms)}
    return Dots(
        table.iloc[order].reset_index(drop=True), _picked(one, order), _picked(other, order),
        tuple(arms[name] for name in table[ARM].iloc[order]), left_out, int((~told).sum()),
    )  # fmt: skip


def _picked(whole: Scale, order: list[int]) -> Scale:
    return Scale(
        whole.label, whole.ticks, whole.places[order], tuple(whole.words[n] for n in order)
    )


def scale(study: Study, table: pd.DataFrame, name: str) -> Scale:
    """Return an axis for the runs of a table."""
    kind, _, own = name.partition(":")
    if kind == "outcome":
        return _of_outcome(study.outcomes[own], table)
    factor = next(f for f in study.factors if f.name == own)
    return _of_factor(factor, table)


def _of_outcome(outcome: Outcome, table: pd.DataFrame) -> Scale:
    values = table[outcome.name].to_numpy(dtype=float)
    label = telling.capital(outcome.label)
    if outcome.kind == "share":
        names = [say("explore.no"), say("explore.yes")]
        return _listed(label, names, values, table)
    words = tuple(telling.value(outcome, v) for v in values)
    if outcome.unit not in ("1", "share") and outcome.unit not in outcome.label:
        label = say("explore.unit", label=label, unit=outcome.unit)
    return _numbers(label, values, words, lambda tick: telling.value(outcome, tick))


def _of_factor(factor: Varied, table: pd.DataFrame) -> Scale:
    label, column = telling.capital(factor.label), table[factor.name]
    words = tuple(telling.level(v) for v in column)
    if factor.low is None or factor.values <= PLACES:
        order = {value: n for n, value in enumerate(findings.levels_of(table, factor))}
        at = np.array([order.get(v, math.nan) for v in column], dtype=float)
        return _listed(label, [telling.level(v) for v in order], at, table)
    return _numbers(label, column.to_numpy(dtype=float), words, telling.level)


def _listed(label: str, names: Sequence[str], at: Floats, table: pd.DataFrame) -> Scale:
    """Return an axis with a place for each of a few values, its dots spread by replicate."""
    count = max(len(names), 1)
    spread = SPREAD * (_fraction(table) - 0.5)
    ticks = tuple(((n + 0.5) / count, name) for n, name in enumerate(names))
    words = tuple("" if math.isnan(n) else names[int(n)] for n in at)
    return Scale(label, ticks, (at + 0.5 + spread) / count, words)


def _fraction(table: pd.DataFrame) -> Floats:
    """Return a number from 0 to 1 for each run that is always the same and spreads evenly.

    Source: the additive sequence of the golden ratio, Roberts (2018).
    """
    golden = 0.6180339887498949
    seen = table["point"].to_numpy(dtype=float) * 7.0 + table["replicate"].to_numpy(dtype=float)
    found: Floats = (seen * golden) % 1.0
    return found


def _numbers(label: str, values: Floats, words: tuple[str, ...], told: Any) -> Scale:
    """Return an axis of numbers with a handful of round marks."""
    from matplotlib.ticker import MaxNLocator

    known = values[~np.isnan(values)]
    if not len(known):
        return Scale(label, (), values, words)
    low, high = float(known.min()), float(known.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    ticks = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    low, high = min(low, float(ticks[0])), max(high, float(ticks[-1]))
    marks = tuple((float((tick - low) / (high - low)), told(float(tick))) for tick in ticks)
    return Scale(label, marks, (values - low) / (high - low), words)
