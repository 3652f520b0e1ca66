"""Money and time: discounting, capability, savings, persistence (T24-T28)."""

from __future__ import annotations

import math

import numpy as np

from experiments.validation.row import Case, Row, Target
from experiments.validation.rows import horizons
from experiments.validation.running import build
from simulation.specification import Specification

# ------------------------------------------------------------------------ T26, capture and reinvest


def reinvested(specification: Specification, seed: int) -> dict[str, float]:
    """Return the growth of savings a month, whether they last, and what is invested at once.

    `at_once` is the first month's investment against the savings before it.
    """
    community = build(specification, seed)
    start = float(community.institutions.savings.sum())
    community.step()
    spent = horizons.per_resident(community.groups.investment, specification)
    community.run(specification.months - 1)
    end = float(community.institutions.savings.sum())
    growth = (end / start) ** (1.0 / specification.months) if start > 0.0 else math.nan
    return {
        "growth": growth,
        "lasts": float(end >= start * (1.0 - 1e-6)),
        "at_once": spent / start if start > 0.0 else math.nan,
    }


def _savings(kept: float, brings: float, captured: float, keeps: float) -> Case:
    """Return savings of which the share captured * keeps is put to work."""
    share = captured * keeps
    lasting = brings * share / (1.0 - kept) >= 1.0 - 1e-12
    settings = {
        "production.retention": kept,
        "production.return_rate": brings,
        "production.recapture": captured,
        "institutions.saver.keeps": keeps,
    }
    targets = (
        Target.near("growth", kept + brings * share, 1e-6),
        Target.near("lasts", float(lasting), 0.0, "lasts" if lasting else "fades"),
        Target.near("at_once", share, 1e-9, f"ρ = {share:g}"),
    )
    label = f"d = {kept:g}, σ = {brings:g}, ρ = {share:g}: σρ/(1−d) = "
    return Case(f"{label}{brings * share / (1.0 - kept):.3g}", targets, settings)


SAVINGS = Row(
    id="T26",
    title="Savings captured and put to work keep themselves going from a threshold on",
    source="Capture and reinvest (ReThink Health Dynamics): grows by d + σρ a month; lasts if and "
    "only if σρ/(1 − d) ≥ 1",
    tier=0,
    origin="derived",
    nature="implements",
    scenario="published/savings",
    observe=reinvested,
    cases=(
        _savings(0.9, 0.2, 0.5, 1.0),
        _savings(0.9, 0.2, 0.49, 1.0),
        _savings(0.9, 0.4, 0.5, 0.5),
        _savings(0.9, 0.4, 0.6, 0.5),
        _savings(0.98, 0.05, 0.6, 0.5),
        _savings(0.98, 0.05, 0.9, 0.5),
    ),
    note="Far below the greatest savings there can be (`production.savings_most`), where the "
    "growth is the published one.",
)

# --------------------------------------------------------------------------------- T28, persistence


def gap(specification: Specification, seed: int) -> dict[str, float]:
    """Return how fast a gap between groups closes, what is left of it, and the grievance left.

    The gap is that between the best and the worst off; `half_life` (months) is that of its part
    beyond what is left, from month 1, between months along an exponential. `grievance` is the
    greatest of the groups' means at the end.
    """
    community, course = build(specification, seed), []
    for _ in range(specification.months):
        community.step()
        course.append(float(np.ptp(community.groups.conditions.mean(axis=1))))
    r = community.residents
    groups = [r.grievance[r.group == g] for g in range(len(community.groups))]
    return {
        "half_life": _half_life(np.array(course) - course[-1]),
        "left": course[-1],
        "grievance": max(float(own.mean()) for own in groups if own.size),
    }


def _half_life(excess: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return after how many entries a course has halved; nan where it never does."""
    under = np.flatnonzero(excess <= excess[0] / 2.0)
    if excess[0] <= 1e-6 or not under.size:
        return math.nan
    n = int(under[0])
    if excess[n] <= 0.0:
        return float(n)
    return n - math.log(excess[0] / 2.0 / excess[n]) / math.log(excess[n - 1] / excess[n])


def _closing(persistence: float) -> Case:
    """Return a gap that nothing renews."""
    half = math.log(2.0) / -math.log(persistence)
    targets = (Target.near("half_life", half, 0.001), Target.near("left", 0.0, 1e-6, "0"))
    settings = {"living.persistence": persistence, "months": round(20.0 * half)}
    return Case(f"ρ = {persistence:g}, equal starts", targets, settings)


BEST = 0.9
"""Conditions under full lasting policy, the engine's default."""


def _lasting(policy: float, *, named: bool) -> Case:
    """Return a gap that unequal starts renew, .6 against .3, with lasting policy or without."""
    drift = [v + (BEST - v) * policy for v in (0.6, 0.3)]  # a / (1 - rho)
    left = drift[0] - drift[1]
    settings = {
        "groups.south.conditions": 0.3,
        "start.policy": policy,
        "events.naming.strength": float(named),
        "living.best": BEST,
    }
    healed = Target.most("grievance", 1e-6, "0") if named else Target.near("grievance", 0.5, 1e-9)
    label = f"unequal starts, policy {policy:g}" + (", acknowledged" if named else "")
    return Case(label, (Target.near("left", left, 1e-6), healed), settings)


PERSISTENCE = Row(
    id="T28",
    title="A gap closes at the pace of persistence; unequal starts keep it open, whatever is said",
    source="Algebra: half-life ln 2/−ln ρ; unequal starts leave (a₁ − a₀)/(1 − ρ)",
    tier=0,
    origin="derived",
    nature="implements",
    scenario="published/persistence",
    observe=gap,
    cases=(
        *(_closing(persistence) for persistence in (0.9, 0.97, 0.985)),
        *(_lasting(policy, named=named) for policy in (0.0, 0.3) for named in (False, True)),
    ),
    note="Acknowledgement heals the grievance and leaves the gap. Where all the community starts "
    "equal, nothing but the loss of month 1 sets the groups apart.",
)

ROWS: tuple[Row, ...] = (*horizons.ROWS, SAVINGS, PERSISTENCE)
