"""A pair of towns on the same luck, as quickly as it goes; what worker processes do.

The numbers are those of `experiments.compare`, replicate by replicate. Three things are left out
because nobody asks for them here: months that two runs of a pair share are run once, the record is
kept only of the months that outcomes are judged by, and runs without the push are made only where
the gain is wanted.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from experiments.judge import YEAR, alone, gain_series, last_year, push_of
from experiments.recorded import Key, Recorded
from simulation.browser.session.past import shared_past
from simulation.chance import derive
from simulation.community import CommunityModel
from simulation.specification import Specification, specify

GAIN = "gain_end"
"""The outcome that is judged against the run without the push."""

PLAIN = ("gap_people", "worst_off", "stewards", "resident_seats", "displaced")
"""The outcomes of a run alone; names as in `experiments.judge`."""

ABOUT = (
    "schema_version", "title", "question", "answers", "about", "sources", "reviewed", "prompts",
    "choices",
)  # fmt: skip
"""What a scenario tells of itself; it changes no number."""

NICE = 5
"""By how much workers stand back for the page."""

NOTHING = -1
"""In a plan, in place of the last month that is shared: not even the start is."""


class Branch(NamedTuple):
    """How a run of a pair begins.

    Attributes:
        of: place of the run that it shares its past with; its own where it shares none.
        month: last month that both share; -1 for none.
    """

    of: int
    month: int


class PairTask(NamedTuple):
    """One pair to run.

    Attributes:
        arms: the scenarios as JSON: A, B, and with the gain wanted both without interventions.
        plan: how each run begins.
        months: horizon, at which outcomes are judged.
        seed: seed of the experiment.
        replicate: which draw of chance.
    """

    arms: tuple[str, ...]
    plan: tuple[Branch, ...]
    months: int
    seed: int
    replicate: int


class PairResult(NamedTuple):
    """What a pair came to: outcomes by name, not a number where there is none."""

    replicate: int
    a: dict[str, float]
    b: dict[str, float]


def arms_of(a: Specification, b: Specification, *, gain: bool) -> list[Specification]:
    """Return the scenarios to run: A, B and, where gains are wanted, both without their push."""
    return [a, b, *(s.without_interventions() for s in (a, b) if gain)]


def gain_known(a: Specification, b: Specification) -> bool:
    """Return whether both have a push, so that a gain can be judged in each."""
    return push_of(a) is not None and push_of(b) is not None


def plan_of(arms: Sequence[Specification], months: int) -> tuple[Branch, ...]:
    """Return how each run begins: from the earlier run with which it shares the longest past."""
    plan = []
    for place, arm in enumerate(arms):
        best = Branch(place, NOTHING)
        for other in range(place):
            both = min(shared(arms[other], arm), months)
            if both > best.month:
                best = Branch(other, both)
        plan.append(best)
    return tuple(plan)


def shared(a: Specification, b: Specification) -> int:
    """Return up to which month two scenarios are the same run on the same luck; -1 for not at all.

    What they tell of themselves does not count.
    """
    return shared_past(a, b.model_copy(update={key: getattr(a, key) for key in ABOUT}))


def months_to_run(plan: Sequence[Branch], months: int, spin_up: int) -> int:
    """Return how many months of town life a pair takes, those before month 0 included."""
    return sum(
        months + spin_up if branch.month == NOTHING else months - branch.month for branch in plan
    )


def task_of(arms: Sequence[Specification], months: int, seed: int) -> PairTask:
    """Return the task of the first pair; the others differ in `replicate` alone."""
    texts = tuple(json.dumps(arm.data()) for arm in arms)
    return PairTask(texts, plan_of(arms, months), months, seed, 0)


def run_pair(task: PairTask) -> PairResult:
    """Run one pair and judge it."""
    stand_back()
    arms = [_specification(text, task.months) for text in task.arms]
    recorded = _runs(arms, task.plan, task.months, derive(task.seed, task.replicate))
    return PairResult(task.replicate, *_judged(arms, recorded))


def _runs(
    arms: Sequence[Specification], plan: Sequence[Branch], months: int, luck: int
) -> list[Recorded]:
    """Return what each run recorded; those that share a past go on from the same state."""
    stops: list[set[int]] = [set() for _ in plan]
    for place, (of, month) in enumerate(plan):
        if of != place:
            stops[of].add(month)
    kept: dict[Branch, dict[str, Any]] = {}
    recorded: list[Recorded] = []
    communities: list[CommunityModel] = []
    for place, (branch, arm) in enumerate(zip(plan, arms, strict=True)):
        if branch.month >= months:
            recorded.append(recorded[branch.of])
            communities.append(communities[branch.of])
            continue
        if branch.of == place:
            community = CommunityModel(arm, rng=luck)
        else:
            community = communities[branch.of]
            community.restore(kept[branch])
            community.specification = arm
        communities.append(community)
        for month in _advance(community, months, stops[place]):
            kept[Branch(place, month)] = community.snapshot()
        recorded.append(_recorded(community))
    return recorded


def _advance(community: CommunityModel, months: int, stops: set[int]) -> Iterator[int]:
    """Let months pass up to the horizon, recording the last year; yield at the stops."""
    whole = community.processes
    silent = tuple(p for p in whole if p.name != "record")
    while True:
        if community.month in stops:
            yield community.month
        if community.month >= months:
            break
        community.processes = whole if community.month + 1 > months - YEAR else silent
        community.step()
    community.processes = whole


def _recorded(community: CommunityModel) -> Recorded:
    """Return what was recorded: month 0 and the last year."""
    values = np.asarray(community.recorder.values, dtype=np.float64)
    rows = len(values)
    months = np.append(0, np.arange(community.month - rows + 2, community.month + 1))
    keys = tuple(Key(*key) for key in community.recorder.keys)
    return Recorded(months.astype(np.int64), keys, values[None], ("",))


def _judged(
    specifications: Sequence[Specification], recorded: Sequence[Recorded]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the outcomes of A and B."""
    found = []
    for place in (0, 1):
        run = recorded[place]
        came_to = alone(run, specifications[place].measures)
        outcomes = {name: _number(came_to[name]) for name in PLAIN}
        if len(recorded) > 2:
            outcomes[GAIN] = last_year(gain_series(run, recorded[2 + place])[0])
        found.append(outcomes)
    return found[0], found[1]


def _number(value: float | bool | None) -> float:
    return math.nan if value is None else float(value)


@lru_cache(maxsize=8)
def _specification(text: str, months: int) -> Specification:
    return specify(json.loads(text)).model_copy(update={"months": months})


@lru_cache(maxsize=1)
def stand_back() -> None:
    """Let the page go first on a busy machine; once in the life of a worker."""
    if multiprocessing.parent_process() is not None and hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(NICE)
