"""Learning and succession (T30, T31, P4)."""

from __future__ import annotations

import math

import numpy as np

from experiments.validation.row import Case, Row, Target
from experiments.validation.rows.mutual_learning import EQUILIBRIUM, RENEWAL, REVERSAL
from experiments.validation.running import build
from simulation.specification import Specification

# ------------------------------------------------------------------------------- T31, succession


def served(specification: Specification, seed: int) -> dict[str, float]:
    """Return the share of seats filled and what leaders know, over the second half of the months.

    `filled` is 0 and `knowledge` nan where there are no seats, or nobody in them.
    """
    community, filled, knowledge = build(specification, seed), [], []
    for month in range(specification.months):
        community.step()
        if month >= specification.months // 2:
            held = community.seats.holder >= 0
            filled.append(float(held.mean()) if held.size else 0.0)
            knowledge += [float(community.seats.knowledge[held].mean())] if held.any() else []
    return {
        "filled": float(np.mean(filled)),
        "knowledge": float(np.mean(knowledge)) if knowledge else math.nan,
    }


def _turnover(leaves: float, learns: float, vacant: int, low: float, high: float) -> Case:
    """Return the case of a turnover, a rate of learning, a vacancy and newcomers' knowledge."""
    new = (low + high) / 2.0
    mean = ((1.0 - leaves) * learns + leaves * new) / (1.0 - (1.0 - leaves) * (1.0 - learns))
    return Case(
        f"q = {leaves:g}, r = {learns:g}, k_new = {new:g}, T_vac = {vacant}",
        (
            Target.near("knowledge", mean, 0.006),
            Target.near("filled", 1.0 / (1.0 + leaves * vacant), 0.006),
        ),
        {
            "leadership.turnover": leaves,
            "leadership.learning": learns,
            "leadership.vacancy_months": vacant,
            "leadership.knowledge_low": low,
            "leadership.knowledge_high": high,
        },
    )


SUCCESSION = Row(
    id="T31",
    title="Turnover costs knowledge, and vacancies cost seats",
    source="Succession algebra: knowledge ((1 − q)r + q·k_new)/(1 − (1 − q)(1 − r)), seats filled "
    "1/(1 + q·T_vac)",
    tier=1,
    origin="derived",
    nature="implements",
    scenario="published/succession",
    observe=served,
    kinds={"filled": "mean", "knowledge": "mean"},
    replicates=4,
    cases=(
        _turnover(0.05, 0.03, 0, 0.3, 0.6),
        _turnover(0.2, 0.1, 0, 0.3, 0.6),
        _turnover(0.05, 0.03, 6, 0.3, 0.6),
        _turnover(0.1, 0.05, 3, 0.0, 0.4),
        _turnover(0.03, 0.03, 1, 0.3, 0.6),
    ),
    note="Knowledge is that of leaders in their seats, whether seats stood empty before or not.",
)

ROWS: tuple[Row, ...] = (EQUILIBRIUM, RENEWAL, REVERSAL, SUCCESSION)
