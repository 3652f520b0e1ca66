"""Promises: trust and sanctions (T20, T21)."""

from __future__ import annotations

import math

import numpy as np

from experiments.validation.row import Case, Row, Target
from experiments.validation.running import build
from simulation.specification import Specification
from simulation.ties import SERVICE


def last_month_kept(specification: Specification, seed: int) -> dict[str, float]:
    """Return the share of promises kept in the last month."""
    pairs = build(specification, seed).run().pairs
    made = float(pairs.made.sum())
    return {"kept": float(pairs.kept.sum()) / made if made else math.nan}


def _sanctioned(own_return: float, inspection: float, fine: float) -> Case:
    """Return the case of a return, an inspection and a fine, with what theory says of it."""
    pays = own_return + inspection * fine < 1.0 - 1e-12
    return Case(
        f"a = {own_return:g}, p = {inspection:g}, f = {fine:g}",
        (Target.near("kept", 0.0 if pays else 1.0, 0.0, "none" if pays else "all"),),
        {
            "trust.contribution_return": own_return,
            "trust.inspection": inspection,
            "trust.fine": fine,
        },
    )


def settled_trust(specification: Specification, seed: int) -> dict[str, float]:
    """Return the mean reliability of service ties over the last quarter of the months."""
    community, course = build(specification, seed), []
    service = community.ties.kind == SERVICE
    if not service.any():
        return {"reliability": math.nan}
    for month in range(specification.months):
        community.step()
        if month >= specification.months * 3 // 4:
            course.append(float(community.ties.reliability[service].mean()))
    return {"reliability": float(np.mean(course))}


def _updating(gain: float, loss: float, kept: float, rate: float) -> Case:
    """Return the case of a gain, a loss, a share kept and a rate of promises."""
    mean = gain * kept / (gain * kept + loss * (1.0 - kept))
    return Case(
        f"a₊ = {gain:g}, a₋ = {loss:g}, p = {kept:g}, rate {rate:g}",
        (Target.near("reliability", mean, 0.005),),
        {
            "trust.gain_kept": gain,
            "trust.loss_broken": loss,
            "trust.keep_base": kept,
            "trust.promise_rate": rate,
        },
    )


ROWS: tuple[Row, ...] = (
    Row(
        id="T20",
        title="Trust settles below the share of promises kept where broken ones weigh more",
        source="Asymmetric updating (Slovic 1993; Poortinga & Pidgeon 2004): mean "
        "a₊p/(a₊p + a₋(1 − p))",
        tier=1,
        origin="derived",
        nature="implements",
        scenario="published/asymmetric_trust",
        observe=settled_trust,
        kinds={"reliability": "mean"},
        replicates=4,
        cases=(
            _updating(0.05, 0.1, 0.6, 1.0),
            _updating(0.05, 0.1, 0.6, 0.4),
            _updating(0.1, 0.1, 0.3, 1.0),
            _updating(0.04, 0.12, 0.9, 1.0),
            _updating(0.05, 0.15, 0.7, 0.5),
        ),
        note="The rate at which promises fall due moves how fast trust settles, not where.",
    ),
    Row(
        id="T21",
        title="Breaking promises pays iff return and expected fine stay below the cost",
        source="Becker 1968; Fehr & Gaechter 2000; follows from the payoffs",
        tier=0,
        origin="derived",
        nature="implements",
        scenario="published/sanctions",
        observe=last_month_kept,
        cases=(
            _sanctioned(0.4, 0.0, 1.0),
            _sanctioned(0.4, 0.5, 1.1),
            _sanctioned(0.4, 0.5, 1.2),
            _sanctioned(0.4, 1.0, 0.59),
            _sanctioned(0.4, 1.0, 0.6),
            _sanctioned(0.1, 0.3, 2.9),
            _sanctioned(0.1, 0.3, 3.0),
            _sanctioned(1.0, 0.0, 1.0),
        ),
        note="At a + p f = 1 exactly, neither pays more; the promise is kept.",
    ),
)
