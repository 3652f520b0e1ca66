"""Thresholds: who acts when enough others do (T1-T4)."""

from __future__ import annotations

import math

from experiments.validation.row import Case, Row, Target
from experiments.validation.running import active, build, settle
from simulation.specification import Specification


def cascade(specification: Specification, seed: int) -> dict[str, float]:
    """Return whether a cascade went global (over a tenth), and how far it went if so."""
    reached = active(settle(build(specification, seed)))
    wide = reached > 0.1
    return {"global": float(wide), "size": reached if wide else math.nan}


ROWS: tuple[Row, ...] = (
    Row(
        id="T2",
        title="One person sets off a cascade only within a window of mean degrees",
        source="Watts 2002; frequencies recomputed for this project",
        tier=1,
        scenario="published/watts",
        observe=cascade,
        kinds={"global": "share", "size": "mean"},
        replicates=200,
        cases=(
            Case(
                "z = 3",
                (Target.near("global", 0.87, 0.05), Target.near("size", 0.94, 0.02)),
            ),
            Case("z = 0.8", (Target.most("global", 0.0),), {"ties.degree": 0.8}, replicates=40),
            Case("z = 8", (Target.most("global", 0.0),), {"ties.degree": 8}, replicates=40),
        ),
    ),
)
