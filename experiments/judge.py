"""The judge: what each run came to, alone and against its pair without the interventions.

The formulas are in `simulation.outcomes`; here is which recorded series they are given. "Final"
always means the mean of the last 12 months, so that one month's luck decides nothing. An outcome
that a run is too short to show is missing, never "no".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from experiments.recorded import Floats, Recorded
from simulation.metrics import dominance
from simulation.outcomes import (
    equity_gain,
    jointly_active,
    months_above,
    power_shift,
    survival_time,
    sustained,
    tipped,
)
from simulation.specification import Measures, Specification

HORIZONS = (12, 24, 48)
"""Months after the push at which a gain is judged."""

JUDGED = (
    "stewards", "active_institutions", "gap", "worst_off", "wellbeing", "displaced",
    "resident_seats", "ownership", "outside_seats", "outside_money", "outside_decisions",
    "seats", "decisions", "present",
)  # fmt: skip
"""The measures, of all groups and boundaries, that outcomes are judged by."""

YEAR = 12
SAME = 1e-12
"""Differences up to this count as none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing a run comes to.

    Attributes:
        name: its name in tables and files.
        label: its name for people.
        kind: "mean" for an amount, "share" for yes or no.
        unit: unit of the amount.
        paired: whether it needs the pair without the interventions.
        good: 1 where more is better for residents, -1 where less is, 0 where that is open.
    """

    name: str
    label: str
    kind: Literal["mean", "share"]
    unit: str = "1"
    paired: bool = False
    good: int = 0


def _outcomes() -> Iterator[Outcome]:
    yield Outcome("gain_during", "equity gain in push's last year", "mean", "well-being", True, 1)
    for k in HORIZONS:
        yield Outcome(
            f"gain_{k}", f"equity gain {k} months after push", "mean", "well-being", True, 1
        )
    for k in HORIZONS:
        yield Outcome(f"sustained_{k}", f"gain sustained at {k} months", "share", "1", True, 1)
    yield Outcome("gain_end", "equity gain in the last year", "mean", "well-being", True, 1)
    yield Outcome("gain_months", "months above half the gain", "mean", "months", True, 1)
    yield Outcome("gain_survival", "months the gain survived", "mean", "months", True, 1)
    yield Outcome("coalition_24", "coalition of three at 24 months", "share", "1", False, 1)
    yield Outcome("tipped", "stewardship tipped", "share")
    yield Outcome("stewards", "stewards", "mean", "share")
    yield Outcome("gap_people", "gap (people of the start)", "mean", "well-being", good=-1)
    yield Outcome("gap_place", "gap (place)", "mean", "well-being", good=-1)
    yield Outcome("worst_off", "well-being of the worst off", "mean", "well-being", good=1)
    yield Outcome("wellbeing", "well-being (people of the start)", "mean", "well-being", good=1)
    yield Outcome("people_change", "change for the people", "mean", "well-being", good=1)
    yield Outcome("place_change", "change of the place", "mean", "well-being", good=1)
    yield Outcome("displaced", "displaced", "mean", "share", good=-1)
    yield Outcome("resident_seats", "leaders' seats held by residents", "mean", "share", good=1)
    yield Outcome("ownership", "money controlled by residents", "mean", "share", good=1)
    yield Outcome("power_opened", "power opened up", "share", good=1)
    yield Outcome("power_swapped", "power only changed hands", "share", good=-1)
    yield Outcome("worst_off_worse", "worst off fare worse than without", "share", "1", True, -1)
    yield Outcome("levelled_down", "gap closed by levelling down", "share", "1", True, -1)


OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in _outcomes()}
"""Every outcome, in the order in which they are shown."""


class Push(NamedTuple):
    """The push: its first month, and the first month without it."""

    start: int
    end: int


def push_of(specification: Specification) -> Push | None:
    """Return when the push runs: from its first active month to the first month after its last.

    The push is the funding that somebody chose to bring; without any, all interventions. None
    where nobody intervenes.
    """
    chosen = [event for event in specification.events if event.intervention]
    funding = [event for event in chosen if event.kind == "funding"]
    events = funding or chosen
    if not events:
        return None
    return Push(min(e.first for e in events), max(e.last for e in events) + 1)


def going_on(specification: Specification) -> list[str]:
    """Return a note where interventions outlast the push: what remains is not the push's alone."""
    push = push_of(specification)
    funded = any(e.intervention and e.kind == "funding" for e in specification.events)
    if push is None or not funded:
        return []
    last = min(push.end, specification.months)
    names = [e.id for e in specification.events if e.intervention and e.last > last]
    if not names:
        return []
    return [
        f"these interventions go on after the push (month {push.end - 1}): {', '.join(names)}; "
        "what remains is theirs as well"
    ]


def outcomes(
    with_: Recorded, without: Recorded | None, push: Push | None, measures: Measures
) -> pd.DataFrame:
    """Judge every replicate; one row each: `run`, `replicate`, `pair` and the outcomes there are.

    `pair` is the id of the run without the interventions, where there is one.

    Yes-or-no outcomes are nullable booleans, amounts floats. Paired outcomes are left out where
    there is no pair.

    Args:
        with_: what the runs recorded.
        without: what their pairs without the interventions recorded, replicate by replicate.
        push: when the push runs.
        measures: the scenario's limits for tipping and for the least gain.
    """
    rows = [_judge(with_, without, push, measures, r) for r in range(with_.replicates)]
    table = pd.DataFrame(rows)
    table.insert(0, "run", list(with_.run_ids))
    table.insert(1, "replicate", np.arange(with_.replicates))
    if without is not None:
        table.insert(2, "pair", list(without.run_ids))
    for outcome in (OUTCOMES[name] for name in table.columns if name in OUTCOMES):
        column = table[outcome.name]
        share = outcome.kind == "share"
        table[outcome.name] = column.astype("boolean") if share else column.astype("float64")
    return table


Value = float | bool | None


def alone(run: Recorded, measures: Measures) -> dict[str, Value]:
    """Return what one run comes to without its pair, by the names of `OUTCOMES`."""
    found: dict[str, Value] = {**_alone(run, measures, 0), **_power(run, 0)}
    return {name: found[name] for name in OUTCOMES if name in found}


def judged(
    with_: Recorded,
    without: Recorded | None,
    push: Push | None,
    measures: Measures,
    known: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    """Return what one run comes to, beside its pair where there is one; see `outcomes`.

    Args:
        with_: what the run recorded.
        without: what its pair recorded.
        push: when the push runs.
        measures: the scenario's limits.
        known: what `alone` returned for these months of the run, which is then not reckoned again.
    """
    return _judge(with_, without, push, measures, 0, known)


def _judge(
    with_: Recorded,
    without: Recorded | None,
    push: Push | None,
    measures: Measures,
    r: int,
    known: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    """Return the outcomes of one replicate, in the order of `OUTCOMES`."""
    found: dict[str, Value] = dict(known or {})
    if not known:
        found = {**_alone(with_, measures, r), **_power(with_, r)}
    if push is not None:
        active = with_.measure("active_institutions")[r]
        found["coalition_24"] = jointly_active(active, with_.months, push.end, after=24)
        if without is not None:
            found |= _gains(with_, without, push, measures, r)
            found |= _harms(with_, without, r)
    return {name: found[name] for name in OUTCOMES if name in found}


def _alone(run: Recorded, measures: Measures, r: int) -> dict[str, Value]:
    """Return what a run shows without its pair."""

    def final(name: str, boundary: str = "place") -> float:
        return last_year(run.measure(name, boundary=boundary)[r])

    def change(boundary: str) -> float:
        series = run.measure("wellbeing", boundary=boundary)[r]
        return last_year(series) - float(series[0])

    return {
        "tipped": tipped(run.measure("stewards")[r], measures.tipping_share, YEAR),
        "stewards": final("stewards"),
        "gap_people": final("gap", "people"),
        "gap_place": final("gap"),
        "worst_off": final("worst_off", "people"),
        "wellbeing": final("wellbeing", "people"),
        "people_change": change("people"),
        "place_change": change("place"),
        "displaced": final("displaced", "people"),
        "resident_seats": final("resident_seats"),
        "ownership": final("ownership"),
    }


def gain_series(with_: Recorded, without: Recorded) -> Floats:
    """Return the equity gain E of every pair, shape (replicates, months), people metric."""
    gap_1, gap_0 = (arm.measure("gap", boundary="people") for arm in (with_, without))
    worst_1, worst_0 = (arm.measure("worst_off", boundary="people") for arm in (with_, without))
    pairs = zip(gap_1, gap_0, worst_1, worst_0, strict=True)
    return np.stack([equity_gain(*pair) for pair in pairs])


def _gains(
    with_: Recorded, without: Recorded, push: Push, measures: Measures, r: int
) -> dict[str, Value]:
    """Return how large the gain was while the push lasted, and what remained of it."""
    gain = gain_series(with_, without)[r]
    months, floor = with_.months, measures.least_gain
    first = max(push.start, push.end - YEAR)
    during = gain[(months >= first) & (months < push.end)]
    seen = len(during) == push.end - first
    mean = float(during.mean()) if seen else math.nan
    found: dict[str, Value] = {"gain_during": mean}
    for k in HORIZONS:
        verdict = sustained(gain, months, push.end, after=k, push_start=push.start, floor=floor)
        found[f"gain_{k}"] = verdict.gain_after
        found[f"sustained_{k}"] = verdict.sustained
    found["gain_end"] = last_year(gain)
    if not mean >= floor:  # nothing that could be kept or lost
        found["gain_months"] = found["gain_survival"] = math.nan
        return found
    above = months_above(gain, months, push.end, push_start=push.start)
    lasted = survival_time(gain, months, push.end, push_start=push.start, floor=floor)
    found["gain_months"] = math.nan if above is None else float(above)
    found["gain_survival"] = math.nan if lasted is None else float(lasted.months)
    return found


def _harms(with_: Recorded, without: Recorded, r: int) -> dict[str, Value]:
    """Return whether the interventions hurt those who were worst off, or only levelled down."""
    worst, gap = (
        last_year(with_.measure(name, boundary="people")[r])
        - last_year(without.measure(name, boundary="people")[r])
        for name in ("worst_off", "gap")
    )
    if math.isnan(worst) or math.isnan(gap):
        return {"worst_off_worse": None, "levelled_down": None}
    return {
        "worst_off_worse": worst < -SAME,
        "levelled_down": gap < -SAME and worst <= SAME,
    }


def _power(run: Recorded, r: int) -> dict[str, Value]:
    """Return whether power opened up, or only changed hands; outside leaders hold power too."""
    groups = run.groups("present")
    pairs = (
        ("seats", "outside_seats"),
        ("ownership", "outside_money"),
        ("decisions", "outside_decisions"),
        ("present", None),
    )
    by_holder = []
    for name, outside in pairs:
        columns = [run.measure(name, group)[r] for group in groups]
        columns.append(run.measure(outside)[r] if outside else np.zeros_like(columns[0]))
        by_holder.append(np.stack(columns, axis=1))
    held = [dominance(*month) for month in zip(*by_holder, strict=True)]
    shift = power_shift([d.index for d in held], [d.leader for d in held])
    return {"power_opened": shift.opened, "power_swapped": shift.swapped}


def last_year(series: Floats) -> float:
    """Return the mean of the last 12 months; of all months after the start, if they are fewer."""
    months = series[1:][-YEAR:]
    return float(months.mean()) if len(months) else math.nan
