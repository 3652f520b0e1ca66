"""Contagion: growth, exit and critical mass (T7-T9, T11)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from experiments.validation.row import Case, Row, Target
from experiments.validation.running import active, build, settle
from simulation.specification import Specification

# ------------------------------------------------------------------------- T7, contagion with exits


def lives_on(specification: Specification, seed: int) -> dict[str, float]:
    """Return whether anyone is active at the horizon, and the mean share of the second half."""
    community, course = build(specification, seed), []
    for _ in range(specification.months):
        community.step()
        course.append(active(community))
        if course[-1] == 0.0:
            break
    alive = course[-1] > 0.0
    settled = float(np.mean(course[len(course) // 2 :])) if alive else math.nan
    return {"alive": float(alive), "settled": settled}


PEOPLE = 20_000
DIES = (Target.most("alive", 0.0, "never alive"),)
BESIDE = 0.02
"""How far from the critical mass the seeds stand."""


def _spread(
    label: str,
    b: float,
    mu: float,
    exponent: int,
    share: float,
    ends: float,
    replicates: int | None = None,
) -> Case:
    """Return a contagion from a share of seeds; `ends` is the published settled share, 0 if none.

    Args:
        label: the setting in a few words.
        b: chance of becoming active among the active only, a month.
        mu: chance of stopping, a month.
        exponent: 1 or 2.
        share: share of people who are active at first.
        ends: where it settles.
        replicates: another number than the row's, if any.
    """
    lives = (
        Target.least("alive", 1.0, "always alive"),
        Target.near("settled", ends, 0.005),
    )
    settings = {
        "activation.reinforcement": b,
        "activation.exit": mu,
        "activation.exponent": exponent,
        "events.seed.target.count": round(share * PEOPLE),
    }
    return Case(label, lives if ends else DIES, settings, replicates=replicates)


def _simple(b: float, mu: float, replicates: int | None = None) -> Case:
    """Return a contagion p_up = b * s, which settles at 1 - mu / b or dies."""
    label, ends = f"b·s: b = {b:g}, μ = {mu:g}", max(0.0, 1.0 - mu / b)
    return _spread(label, b, mu, 1, 0.3, ends, replicates)


def _quadratic(b: float, mu: float) -> tuple[Case, ...]:
    """Return a contagion p_up = b * s * s, below and above its critical mass (or from everyone)."""
    label = f"b·s²: b = {b:g}, μ = {mu:g}"
    if b < 4.0 * mu:
        return (_spread(f"{label}, all at first", b, mu, 2, 1.0, 0.0),)
    root = math.sqrt(1.0 - 4.0 * mu / b)
    critical, sustained = (1.0 - root) / 2.0, (1.0 + root) / 2.0
    return (
        _spread(f"{label}, below s_c = {critical:.3f}", b, mu, 2, critical - BESIDE, 0.0),
        _spread(f"{label}, above", b, mu, 2, critical + BESIDE, sustained),
    )


CONTAGION = Row(
    id="T7",
    title="Contagion settles where growth meets exit; with reinforcement it needs a critical mass",
    source="SIS and quadratic contagion: s* = 1 − μ/b; s_c, s* = (1 ∓ √(1 − 4μ/b))/2",
    tier=1,
    origin="derived",
    nature="emerges",
    scenario="published/contagion",
    observe=lives_on,
    kinds={"alive": "share", "settled": "mean"},
    replicates=3,
    cases=(
        _simple(0.5, 0.1),
        _simple(0.4, 0.3, replicates=8),
        _simple(0.3, 0.45),
        *(case for b, mu in ((0.8, 0.16), (0.6, 0.1), (0.8, 0.21)) for case in _quadratic(b, mu)),
    ),
    note="The monthly steps have the same settled and critical shares as continuous time. Seeds "
    "stand .02 below and above the critical mass, or are everyone where none is enough.",
)

# -------------------------------------------------------------------- T8, choices among many others


def order(specification: Specification, seed: int) -> dict[str, float]:
    """Return m, the mean choice between -1 and 1, over the second half of the months."""
    community, course = build(specification, seed), []
    for _ in range(specification.months):
        community.step()
        course.append(2.0 * active(community) - 1.0)
    return {"m": float(np.mean(course[len(course) // 2 :]))}


def _settled(interaction: float, leaning: float, start: float) -> float:
    """Return the root of m = tanh(interaction * m + leaning) that a start leads to."""
    m = start
    for _ in range(10_000):
        m = math.tanh(interaction * m + leaning)
    return m


def _choices(
    interaction: float,
    leaning: float,
    start: float,
    tolerance: float,
    published: float | None = None,
    rate: float = 1.0,
    months: int = 80,
) -> Case:
    """Return choices with βJ and βh as given (J = 1), from the mean choice `start`."""
    goal = _settled(interaction, leaning, start) if published is None else published
    label = f"βJ = {interaction:g}, βh = {leaning:g}, from m = {start:+g}"
    if rate < 1.0:
        label += f", rate {rate:g}"
    settings = {
        "activation.temperature": 1.0 / interaction,
        "start.threshold": 2.0 - 2.0 * leaning / interaction,
        "start.stewards": (1.0 + start) / 2.0,
        "activation.rate": rate,
        "months": months,
    }
    says = f"{goal:.4f} ± {tolerance:g}" if goal else f"none: |m| ≤ {tolerance:g}"
    return Case(label, (Target.near("m", goal, tolerance, says),), settings)


CHOICES = Row(
    id="T8",
    title="Choices that lean on others' find an order of their own above βJ = 1",
    source="Brock & Durlauf 2001: m = tanh(β(h + Jm))",
    tier=1,
    origin="derived",
    nature="emerges",
    scenario="published/social_interactions",
    observe=order,
    kinds={"m": "mean"},
    replicates=6,
    cases=(
        _choices(1.5, 0.0, 0.6, 0.002, published=0.8586),
        _choices(2.0, 0.0, 0.6, 0.002, published=0.9575),
        _choices(1.5, 0.0, -0.6, 0.002, published=-0.8586),
        _choices(1.5, 0.0, 0.6, 0.003, published=0.8586, rate=0.3, months=160),
        _choices(0.5, 0.0, 0.6, 0.02, published=0.0),
        _choices(0.9, 0.0, 0.6, 0.02, published=0.0, months=160),
        _choices(0.8, 0.3, -0.6, 0.005),
        _choices(1.5, 0.1, -0.6, 0.005),
        _choices(1.5, 0.25, -0.6, 0.005, months=160),
    ),
    note="With h = 0 the targets are the published roots; with a leaning, the root that the "
    "starting point leads to. βh = .1 leaves a low order beside the high one, βh = .25 does not. "
    "Read over the second half of 80 months, or of 160 where it takes longer to settle.",
)

# --------------------------------------------------------------- T9, accelerating production starts


def contributes(specification: Specification, seed: int) -> dict[str, float]:
    """Return the share who contribute in the end."""
    return {"active": active(settle(build(specification, seed)))}


def _production(g: int, cost: float, first: int, people: int, *, starts: bool) -> Case:
    """Return production r**g at a cost, with some first contributors among so many people."""
    share = first / (people - 1)
    ends = 1.0 if starts else first / people
    settings = {
        "activation.reinforcement": float(g),
        "activation.exponent": float(g - 1),
        "start.threshold": cost,
        "groups.all.size": people,
        "events.seed.target.count": first,
    }
    says = "all" if starts else "the first only"
    return Case(
        f"g = {g}, c = {cost:g}, r₀ = {share:.4g}",
        (Target.near("active", ends, 1e-12, says),),
        settings,
    )


PRODUCTION = Row(
    id="T9",
    title="Accelerating production starts if and only if the first contributions are enough",
    source="Oliver, Marwell & Teixeira 1985: for g = 2, r₀ ≥ c/2; in general g·r₀^(g−1) ≥ c",
    tier=0,
    origin="derived",
    nature="implements",
    scenario="published/accelerating_production",
    observe=contributes,
    cases=(
        _production(2, 0.5, 500, 2001, starts=True),
        _production(2, 0.5, 499, 2001, starts=False),
        _production(2, 1.6, 80, 101, starts=True),
        _production(2, 1.6, 79, 101, starts=False),
        _production(3, 0.75, 1000, 2001, starts=True),
        _production(3, 0.75, 999, 2001, starts=False),
        _production(3, 0.48, 40, 101, starts=True),
        _production(3, 0.48, 39, 101, starts=False),
    ),
    note="r₀ is the share of the first contributors among the others, so that the border is exact.",
)

# ------------------------------------------------------------------------------------ T11, adoption


def peak(specification: Specification, seed: int) -> dict[str, float]:
    """Return the step of most new adoptions, and the share who have adopted by then.

    A parabola is fitted to the adoptions of each step (set at its middle) within the steps whose
    running mean reaches 65 % of its greatest value; its top, kept within them, is the peak.
    """
    community, course = build(specification, seed), [0.0]
    for _ in range(specification.months):
        community.step()
        course.append(active(community))
    adopted = np.array(course)
    new = np.diff(adopted)
    width = max(1, len(new) // 15)
    smooth = np.convolve(new, np.full(width, 1.0 / width), "same")
    near = np.flatnonzero(smooth >= 0.65 * smooth.max())
    steps = np.arange(near[0], near[-1] + 1)
    top = _top(steps + 0.5, new[steps])
    return {"peak": top, "adopted": float(np.interp(top, np.arange(len(adopted)), adopted))}


def _top(at: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Return where a parabola through the values has its top; the greatest where it has none."""
    middle = float(at.mean())
    if len(at) > 2:
        curve, slope, _ = np.polyfit(at - middle, values, 2)
        if curve < 0.0:
            return float(np.clip(middle - slope / (2.0 * curve), at[0], at[-1]))
    return float(at[np.argmax(values)])


P, Q = 0.03, 0.38
"""Published rates of adoption, a year: from outside, and by example."""


def _adoption(label: str, steps: int, years: int, size: int, tolerance: float) -> Case:
    """Return adoption in so many steps a year; the tolerance of the peak is in years."""
    top = math.log(Q / P) / (P + Q)
    settings = {
        "start.threshold": -P / steps,
        "activation.reinforcement": Q / steps,
        "months": steps * years,
        "groups.all.size": size,
    }
    says = f"{steps * top:.1f} ± {steps * tolerance:.1f} steps ({top:.2f} ± {tolerance:g} years)"
    return Case(
        label,
        (
            Target.near("peak", steps * top, steps * tolerance, says),
            Target.near("adopted", 0.46, 0.01),
        ),
        settings,
    )


ADOPTION = Row(
    id="T11",
    title="Adoption from outside and by example peaks after six years",
    source="Bass 1969: t* = ln(q/p)/(p + q) = 6.19 years, F(t*) = .46",
    tier=1,
    origin="derived",
    nature="emerges",
    scenario="published/bass",
    observe=peak,
    kinds={"peak": "mean", "adopted": "mean"},
    cases=(
        _adoption("monthly steps", 12, 12, 200_000, 0.2),
        _adoption("weekly steps", 52, 12, 80_000, 0.15),
    ),
    note="The targets are those of continuous time. Example acts a step late, so steps of a month "
    "peak at 6.29 years by their own algebra, steps of a week at 6.21; both with 46 % adopted. The "
    "peak is the top of a parabola fitted to the adoptions of each step around it.",
)

ROWS: tuple[Row, ...] = (CONTAGION, CHOICES, PRODUCTION, ADOPTION)
