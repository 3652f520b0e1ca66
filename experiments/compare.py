"""Compare two scenarios on the same random numbers, replicate by replicate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.judge import HORIZONS, OUTCOMES, Outcome, going_on, push_of
from experiments.run import RunResult
from experiments.simulate import Progress, check_counts, simulate
from experiments.statistics import paired_effect, paired_share_difference
from experiments.summary import number, percent, plain, summarise, values_of
from simulation.errors import InputError
from simulation.fingerprint import combined_id, monthly_id
from simulation.specification import Specification

if TYPE_CHECKING:
    from experiments.answers.sequential import Sequential
    from experiments.sweeping.ask import Runs

EFFECT_COLUMNS = (
    "outcome", "label", "kind", "unit", "a", "a_low", "a_high", "b", "b_low", "b_high",
    "difference", "low", "high", "variance_ratio", "b_better", "pairs",
)  # fmt: skip
"""Columns of the table of effects; `difference` is b - a, `b_better` counts pairs."""


@dataclass(frozen=True)
class Comparison:
    """Two scenarios, run in pairs.

    Attributes:
        a: the first scenario's runs.
        b: the second's, replicate by replicate on the same random numbers.
        warnings: where the two do not pair well, in words.
        sequential: how it went, where pairs were run until an interval was narrow enough.
    """

    a: RunResult
    b: RunResult
    warnings: tuple[str, ...]
    sequential: Sequential | None = None

    @property
    def replicates(self) -> int:
        """Number of pairs."""
        return self.a.replicates

    @property
    def id(self) -> str:
        """The id of all runs together, 32 hex digits."""
        return combined_id(
            monthly_id(run, arm.specification.months)
            for arm in (self.a, self.b)
            for run in arm.run_ids
        )

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row an outcome: both arms, the paired difference b - a with its 95 % interval.

        For amounts the interval is Student's t on the pairs and `variance_ratio` is
        Var(b - a) ÷ (Var a + Var b): what pairing did to the variance. For shares of runs it is
        Newcombe's for paired shares, and each arm has Wilson's. Where pairs were run until one
        outcome was known well enough, that outcome's interval allows for having looked often.
        """
        first, second = summarise(self.a.outcomes), summarise(self.b.outcomes)
        rows = [
            _effect(outcome, self.a.outcomes, self.b.outcomes, first[name], second[name])
            for name, outcome in OUTCOMES.items()
            if name in first and name in second
        ]
        if self.sequential is not None:
            last = self.sequential.last
            for row in rows:
                if row["outcome"] == self.sequential.outcome:
                    row |= {"low": last["low"], "high": last["high"]}
        return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Three plain sentences: what lasts, who tips, and what pairing was worth.

        Three more where pairs were run until an interval was narrow enough.
        """
        more = () if self.sequential is None else self.sequential.sentences
        return (*_sentences(self), *more)

    @cached_property
    def effects_by_name(self) -> dict[str, dict[str, Any]]:
        """The table of effects as plain values, by outcome; None where nothing is known."""
        rows = self.effects.to_dict(orient="records")
        return {
            str(row["outcome"]): {str(k): plain(v) for k, v in row.items() if k != "outcome"}
            for row in rows
        }

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Everything above as plain values: no time, no path, nothing of the machine."""
        more = {} if self.sequential is None else {"sequential": self.sequential.summary}
        return {
            "kind": "comparison",
            "a": self.a.summary,
            "b": self.b.summary,
            "seed": self.a.seed,
            "replicates": self.replicates,
            "effects": self.effects_by_name,
            "sentences": list(self.sentences),
            "warnings": list(self.warnings),
            **more,
        }


def compare(
    a: Specification,
    b: Specification,
    seed: int | None = None,
    replicates: int = 20,
    progress: Progress | None = None,
    processes: int = 1,
    *,
    width: float | None = None,
    outcome: str = "gain_48",
    cap: int = 400,
    batch: int = 40,
    runs: Runs | None = None,
) -> Comparison:
    """Run two scenarios in pairs: replicate r of both draws the same random numbers.

    With `width`, pairs are added until the interval of one outcome is narrow enough, and the
    interval allows for having looked often (see `experiments.answers.sequential`).

    Args:
        a: the first scenario.
        b: the second; differences are what it adds to the first.
        seed: seed of the experiment; default: the first scenario's own.
        replicates: how many pairs; not read where a width is given.
        progress: called with months simulated and months in all; with a width, with runs done and
            the most there may be.
        processes: how many processes share the work; results are the same for any number.
        width: how wide the interval of the outcome may be, from end to end.
        outcome: which outcome has to be known so well.
        cap: the most pairs.
        batch: pairs at the first look; each further look has twice as many.
        runs: what keeps the runs of a comparison with a width, such as a store.

    Raises:
        InputError: a number is out of range, the scenarios last different times, or no pair shows
            the outcome that was asked for.
    """
    seed = a.seed if seed is None else seed
    check_counts(seed=seed, replicates=replicates, processes=processes)
    if a.months != b.months:
        raise InputError(
            "the two scenarios last different times",
            key="months",
            found=(a.months, b.months),
            mend="give both the same number of months",
        )
    a, b = (s.model_copy(update={"seed": seed}) for s in (a, b))
    if width is not None:
        from experiments.answers.sequential_runs import compare_sequentially

        return compare_sequentially(
            a, b, width=width, outcome=outcome, cap=cap, batch=batch, seed=seed, runs=runs,
            processes=processes, progress=progress,
        )  # fmt: skip
    arms = [a, a.without_interventions(), b, b.without_interventions()]
    pushes = [push_of(a), push_of(b)]
    recorded = simulate(
        arms, seed=seed, replicates=replicates, processes=processes, progress=progress
    )
    first, second = (
        RunResult(
            specification=arms[2 * arm],
            seed=seed,
            recorded=recorded[2 * arm],
            unpushed=None if push is None else recorded[2 * arm + 1],
            push=push,
        )
        for arm, push in enumerate(pushes)
    )
    return Comparison(first, second, tuple(pairing_warnings(a, b)))


def pairing_warnings(a: Specification, b: Specification) -> Iterator[str]:
    """Yield, in words, why two scenarios share less chance or are hard to compare."""
    sizes = tuple(tuple((g.name, g.size) for g in s.groups) for s in (a, b))
    if sizes[0] != sizes[1]:
        yield "the groups differ in name or size: the same person is not the same in both"
    if a.places != b.places:
        yield "the places differ: people live elsewhere, so fewer draws are shared"
    if a.ties != b.ties:
        yield "the ties at the start differ: people meet others, so fewer draws are shared"
    if len(a.institutions) != len(b.institutions):
        yield "the numbers of institutions differ"
    if a.generator != b.generator:
        yield "the random number generators differ: the runs are not paired at all"
    if a.spin_up != b.spin_up:
        yield "the spin-ups differ: the communities have settled for different times"
    if a.measures != b.measures:
        yield "outcomes are not measured in the same way"
    for name, specification in (("A", a), ("B", b)):
        yield from (f"in {name}, {note}" for note in going_on(specification))
    money = [spent(s) for s in (a, b)]
    if abs(money[0] - money[1]) > 1e-9 * max(money):
        yield f"the money differs: {money[0]:g} a resident in A, {money[1]:g} in B"


def spent(specification: Specification) -> float:
    """Return what the interventions cost within the horizon, in resource a resident."""
    total = 0.0
    for event in specification.events:
        if event.intervention:
            months = min(event.last, specification.months) - event.first + 1
            total += max(months, 0) * (event.cost + getattr(event, "amount", 0.0))
    return total


# ----------------------------------------------------------------------------------- effects


def _effect(
    outcome: Outcome,
    table_a: pd.DataFrame,
    table_b: pd.DataFrame,
    first: dict[str, Any],
    second: dict[str, Any],
) -> dict[str, Any]:
    """Return one row of the table of effects."""
    a, b = values_of(table_a, outcome), values_of(table_b, outcome)
    known = ~(np.isnan(a) | np.isnan(b))
    centre = "share" if outcome.kind == "share" else "mean"
    if outcome.kind == "share":
        difference, low, high = paired_share_difference(b[known], a[known])
        ratio = math.nan
    else:
        effect = paired_effect(b, a)
        difference, low, high = effect.mean, effect.low, effect.high
        ratio = effect.variance_ratio
        if outcome.unit == "share":
            low, high = np.clip((low, high), -1.0, 1.0).tolist()
    better = int(np.count_nonzero(outcome.good * (b - a)[known] > 1e-12))
    row = {"outcome": outcome.name, "label": outcome.label, "kind": outcome.kind}
    numbers = (
        outcome.unit,
        *(_or_nan(first[k]) for k in (centre, "low", "high")),
        *(_or_nan(second[k]) for k in (centre, "low", "high")),
        difference,
        low,
        high,
        ratio,
        better if outcome.good else None,
        int(known.sum()),
    )
    return row | dict(zip(EFFECT_COLUMNS[3:], numbers, strict=True))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


# --------------------------------------------------------------------------------- sentences


def _sentences(comparison: Comparison) -> Iterator[str]:
    effects = comparison.effects_by_name
    yield _primary(effects)
    yield _tipping(effects["tipped"])
    yield _pairing(
        [e["variance_ratio"] for e in effects.values() if e["variance_ratio"] is not None]
    )


def _primary(effects: dict[str, dict[str, Any]]) -> str:
    """Say how the gap ends in both arms, and what each owes to its own push."""
    row = next(
        (
            effects[name]
            for name in ("gap_people", "wellbeing")
            if name in effects and effects[name]["difference"] is not None
        ),
        None,
    )
    if row is None:
        return "In this model, these runs are too short to compare."
    text = f"In this model, the {row['label']} ends at {number(row['a'])} in A and "
    text += f"{number(row['b'])} in B: a difference of {number(row['difference'], True)}"
    if row["low"] is not None:
        text += f" (95 % interval {number(row['low'], True)} to {number(row['high'], True)})"
    text += f", with B better in {int(row['b_better'])} of {row['pairs']} pairs"
    names = [f"gain_{k}" for k in reversed(HORIZONS)] + ["gain_during"]
    seen = [n for n in names if n in effects and effects[n]["difference"] is not None]
    if seen:
        gain = effects[seen[0]]
        text += f"; what each owes to its own push ({gain['label']}) is {number(gain['a'], True)}"
        text += f" and {number(gain['b'], True)}"
    return text + "."


def _tipping(row: dict[str, Any]) -> str:
    if not row["pairs"]:
        return "The runs are too short to show whether stewardship tips."
    return f"Stewardship tips in {percent(row['a'])} of the runs of A, {percent(row['b'])} of B's."


def _pairing(ratios: list[float]) -> str:
    """Say what pairing did to the variance of the outcomes that are amounts."""
    if not ratios:
        return "Nothing varies between these runs, so pairing made no difference to the variance."
    middle = float(np.median(ratios))
    if middle == 0:
        return "The pairs do not differ at all, whatever the draw of chance."
    more = f"{1 / middle:.1f} times" if middle < 1 else f"only {1 / middle:.2f} times"
    return (
        f"Pairing left {number(middle)} of the variance of unpaired runs (median over the "
        f"outcomes): without pairs, the same intervals would take {more} as many runs."
    )
