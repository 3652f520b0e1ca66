"""Mutual learning of a code and its people: rows T30 and T30b, pattern P4."""

from __future__ import annotations

from typing import Any

from experiments.validation.row import Case, Contrast, Kind, Row, Target
from experiments.validation.running import build
from simulation.processes.shared_code import agreed, code_score, people_score
from simulation.specification import Specification

SOURCE = "March 1991"
KINDS: dict[str, Kind] = {"code": "mean", "people": "mean", "memory": "mean", "wellbeing": "mean"}


def learned(specification: Specification, seed: int) -> dict[str, float]:
    """Return what the code and the people know at the horizon: (right - wrong) / dimensions.

    Stops when everybody holds exactly what a complete code holds, if nothing can move any more.
    """
    community = build(specification, seed)
    p = community.parameters.learning
    closed = not (p.personnel_turnover or p.turbulence or specification.events)
    closed = closed and [process.name for process in community.processes] == ["learning"]
    while community.month < specification.months and not (closed and agreed(community)):
        community.step()
    return {"code": code_score(community), "people": people_score(community)}


def remembered(specification: Specification, seed: int) -> dict[str, float]:
    """Return shared memory and residents' well-being, as means over the last year of the run."""
    community = build(specification, seed)
    memory = wellbeing = 0.0
    year = min(12, specification.months)
    while community.month < specification.months:
        community.step()
        if community.month > specification.months - year:
            r = community.residents
            memory += float(community.stocks.memory[0]) / year
            wellbeing += float(r.wellbeing[r.founder].mean()) / year
    return {"memory": memory, "wellbeing": wellbeing}


def rates(from_memory: float, teaching: float, **more: Any) -> dict[str, Any]:
    """Return the settings of one pair of March's p1 and p2."""
    settings = {"from_memory": from_memory, "teaching": teaching, **more}
    return {f"learning.{name}": value for name, value in settings.items()}


def _cell(from_memory: float, teaching: float, code: float, replicates: int) -> Case:
    return Case(
        f"p1 = {from_memory:g}, p2 = {teaching:g}",
        (Target.near("code", code, 0.03),),
        rates(from_memory, teaching),
        replicates=replicates,
    )


def table(p1: tuple[float, ...], p2: tuple[float, ...], replicates: int = 80) -> Row:
    """Return March's table of equilibria for any learning rates, to run and show, not to judge."""
    cases = tuple(
        Case(f"p1 = {one:g}, p2 = {two:g}", (), rates(one, two)) for one in p1 for two in p2
    )
    return Row(
        id="T30", title=EQUILIBRIUM.title, source=SOURCE, tier=2, scenario="published/march",
        observe=learned, kinds=KINDS, replicates=replicates, cases=cases,
    )  # fmt: skip


EQUILIBRIUM = Row(
    id="T30",
    title="Who learns slowly from the code, and a code that learns fast, know most in the end",
    source=f"{SOURCE}, Figure 1; equilibria recomputed for this project",
    tier=1,
    origin="recomputed",
    nature="emerges",
    scenario="published/march",
    observe=learned,
    kinds=KINDS,
    cases=(
        _cell(0.1, 0.1, 0.87, 120),
        _cell(0.1, 0.9, 0.97, 30),
        _cell(0.5, 0.5, 0.81, 60),
        _cell(0.9, 0.1, 0.82, 60),
        _cell(0.9, 0.9, 0.73, 60),
    ),
    note="Consistent with one reading of the article, which was chosen because it gives this "
    "figure: the row is no test of it. T30b and P4, which had no part in the choice, are. "
    "The article leaves open what a belief of 0 does: here it acts by the toss of a coin, "
    "drawn anew each month, in judging who is superior and for the majority; k is the majority's "
    "lead, and people move to the code by way of 0. Where zeros do not act, scores are lower by up "
    "to .2; where the coin is tossed once for all by up to .08, where people move to the code in "
    "one step by up to .06.",
)

FAST = 0.9
"""March's p1 in Figure 4, fast and slow."""
SLOW = 0.1


def _turnover(label: str, p1: float, turnover: float) -> Case:
    return Case(label, (), {**rates(p1, 0.5, personnel_turnover=turnover), "months": 20})


def _turbulent(label: str, p1: float, turnover: float, *targets: Target) -> Case:
    more = {"personnel_turnover": turnover, "turbulence": 0.02}
    return Case(label, targets, {**rates(p1, 0.5, **more), "months": 100}, replicates=60)


WORTHLESS = Target.near("code", 0.0, 0.05, origin="recomputed")

RENEWAL = Row(
    id="T30b",
    title="Turnover teaches the code what its people no longer can, and costs the people",
    source=f"{SOURCE}, Figures 4 and 5",
    tier=1,
    origin="printed",
    nature="emerges",
    scenario="published/march",
    observe=learned,
    kinds=KINDS,
    replicates=200,
    cases=(
        _turnover("no turnover", FAST, 0.0),
        _turnover("turnover 10 %", FAST, 0.1),
        _turbulent("turbulent, p1 = .5, no turnover", 0.5, 0.0, WORTHLESS),
        _turbulent("turbulent, p1 = .5, turnover 10 %", 0.5, 0.1),
        _turbulent("turbulent, p1 = .9, no turnover", FAST, 0.0, WORTHLESS),
        _turbulent("turbulent, p1 = .9, turnover 10 %", FAST, 0.1),
    ),
    contrasts=(
        Contrast(
            "turnover lifts the code", Target.above("code", 0.0, "above 0"),
            more="turnover 10 %", less="no turnover",
        ),
        Contrast(
            "turnover lowers the people", Target.below("people", 0.0, "below 0"),
            more="turnover 10 %", less="no turnover",
        ),
        Contrast(
            "turbulent, p1 = .5: turnover helps", Target.above("code", 0.0, "above 0"),
            more="turbulent, p1 = .5, turnover 10 %", less="turbulent, p1 = .5, no turnover",
        ),
        Contrast(
            "turbulent, p1 = .9: turnover helps", Target.above("code", 0.0, "above 0"),
            more="turbulent, p1 = .9, turnover 10 %", less="turbulent, p1 = .9, no turnover",
        ),
    ),
    note="p2 = .5; scores after 20 months, and after 100 in a world of which 2 % turns over a "
    "month. People's scores count those who have just come. Their loss does not last: by month 100 "
    "the code has learned so much that people too know more than where nobody leaves.",
)  # fmt: skip

REVERSAL = Row(
    id="P4",
    title="The sign of turnover's effect reverses with the speed of socialisation",
    source=f"{SOURCE}, Figure 4",
    tier=1,
    origin="printed",
    nature="emerges",
    scenario="published/march",
    observe=learned,
    kinds=KINDS,
    replicates=100,
    cases=(
        _turnover("slow, no turnover", SLOW, 0.0),
        _turnover("slow, turnover 10 %", SLOW, 0.1),
        _turnover("fast, no turnover", FAST, 0.0),
        _turnover("fast, turnover 10 %", FAST, 0.1),
    ),
    contrasts=(
        Contrast(
            "slow: turnover lowers the code", Target.below("code", 0.0, "below 0"),
            more="slow, turnover 10 %", less="slow, no turnover",
        ),
        Contrast(
            "fast: turnover lifts the code", Target.above("code", 0.0, "above 0"),
            more="fast, turnover 10 %", less="fast, no turnover",
        ),
    ),
    note="p1 = .1 and .9, p2 = .5, after 20 months. The whole model is asked the same in P4m.",
)  # fmt: skip


def _leaders(speed: str, turnover: float) -> Case:
    """Return the baseline as it is, but for the speed of learning and the turnover of leaders."""
    fast = speed == "fast"
    settings: dict[str, Any] = {
        "learning.from_memory": FAST if fast else 0.01,
        "leadership.learning": 0.3 if fast else 0.003,
        "leadership.turnover": turnover,
    }
    return Case(f"{speed}, leaders leave after {1 / turnover:.0f} months", (), settings)


def _people(speed: str, turnover: float) -> Case:
    """Return the baseline with March's code in the place of one number for memory."""
    settings: dict[str, Any] = {"learning.form": "code", "learning.personnel_turnover": turnover}
    settings["learning.from_memory"] = FAST if speed == "fast" else 0.01
    return Case(f"code, {speed}, people's turnover {100 * turnover:.0f} %", (), settings)


def _effect(speed: str, target: Target) -> Contrast:
    slow, fast = (f"{speed}, leaders leave after {months} months" for months in (36, 9))
    return Contrast(f"{speed}: turnover of leaders", target, more=fast, less=slow)


WHOLE = Row(
    id="P4m",
    title="Whole model: does turnover's effect reverse with the speed of socialisation?",
    source=f"{SOURCE}, Figure 4, as a pattern; the model was not calibrated to it",
    tier=2,
    origin="printed",
    nature="emerges",
    scenario="baseline",
    observe=remembered,
    kinds=KINDS,
    replicates=12,
    cases=tuple(
        make(speed, turnover)
        for make, levels in ((_leaders, (1 / 36, 1 / 9)), (_people, (0.0, 0.05)))
        for speed in ("slow", "fast")
        for turnover in levels
    ),
    contrasts=(
        _effect("slow", Target.below("memory", 0.0, "below 0")),
        _effect("fast", Target.above("memory", 0.0, "above 0")),
    ),
    note="Shared memory in the last of twenty years of the baseline. As one number (the default) "
    "memory holds no errors that newcomers could put right, so turnover can only cost. With March's"
    " code, shown beside it, slow learners lose by turnover and fast ones do not; with hundreds of "
    "people the code comes to know nearly everything, which leaves turnover little to add.",
    held_out=True,
)
