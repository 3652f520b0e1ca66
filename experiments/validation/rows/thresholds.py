"""Thresholds: who acts when enough others do (T1-T4)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from experiments.validation.derived import normal_equilibrium
from experiments.validation.row import Case, Row, Target
from experiments.validation.running import active, build, settle
from simulation.specification import Specification


def reach(specification: Specification, seed: int) -> dict[str, float]:
    """Return the share and the number of those who act in the end."""
    community = settle(build(specification, seed))
    return {
        "share": active(community),
        "people": float(community.residents.stewardship.sum()),
    }


def cascade(specification: Specification, seed: int) -> dict[str, float]:
    """Return whether a cascade went global (over a tenth), and how far it went if so."""
    reached = active(settle(build(specification, seed)))
    wide = reached > 0.1
    return {"global": float(wide), "size": reached if wide else math.nan}


def normal(spread: float) -> Case:
    """Return the case of normal thresholds of a spread, with its analytic equilibrium."""
    target = Target.near("share", round(normal_equilibrium(0.25, spread), 4), 0.01)
    return Case(f"spread {spread:g}", (target,), {"start.threshold_spread": spread})


LATTICES: tuple[tuple[str, dict[str, Any], tuple[int, int], int], ...] = (
    ("ring, 2 friends", {"ties.kind": "ring", "ties.degree": 2}, (1, 2), 3),
    ("ring, 6 friends", {"ties.kind": "ring", "ties.degree": 6}, (3, 6), 7),
    ("grid, 8 friends", {"ties.kind": "moore"}, (3, 8), 9),
    ("grid, 4 friends", {"ties.kind": "von_neumann"}, (1, 4), 9),
)
"""Networks, the number of acting friends of all friends up to which an act spreads, and the people
who act where it does not: the first one and the friends, on the last grid filled up to a square."""


def lattices() -> tuple[Case, ...]:
    """Return two cases a lattice: the greatest threshold that spreads, and a hair above it."""
    cases = []
    for label, settings, (acting, friends), first in LATTICES:
        share = acting / friends
        spreads = Target.near("people", 144, 0, "all 144")
        stays = Target.near("people", first, 0, f"the first {first} only")
        for words, threshold, target in (
            (f"threshold {acting}/{friends}", share, spreads),
            ("a hair above", share + 1e-9, stays),
        ):
            changes = {**settings, "start.threshold": threshold}
            cases.append(Case(f"{label}, {words}", (target,), changes))
    return tuple(cases)


def small_worlds() -> tuple[Case, ...]:
    """Return the cases of complex (two friends) and simple (one friend) contagion."""
    complex_ones = (
        (0.0, Target.near("share", 1.0, 0.0, "1.00"), 2),
        (0.01, Target.near("share", 0.11, 0.08), 60),
        (0.1, Target.most("share", 0.05), 20),
        (1.0, Target.most("share", 0.05), 20),
    )
    cases = []
    for rewiring, target, replicates in complex_ones:
        settings: Mapping[str, Any] = {"ties.rewiring": rewiring}
        label = f"two friends, rewiring {rewiring:g}"
        cases.append(Case(label, (target,), settings, replicates=replicates))
    for rewiring in (0.0, 0.01, 0.1, 1.0):
        settings = {"ties.rewiring": rewiring, "start.threshold": 1.0}
        target = Target.near("share", 1.0, 0.005, "1.00")
        label = f"one friend, rewiring {rewiring:g}"
        cases.append(Case(label, (target,), settings, replicates=5 if rewiring else 2))
    return tuple(cases)


ROWS: tuple[Row, ...] = (
    Row(
        id="T1",
        title="One threshold decides between one person and a hundred",
        source="Granovetter 1978",
        tier=0,
        origin="printed",
        nature="emerges",
        scenario="published/granovetter",
        observe=reach,
        cases=(
            Case("thresholds 0, 1, 2, … 99", (Target.near("people", 100, 0, "all 100"),)),
            Case(
                "0, 2, 2, 3, … 99",
                (Target.near("people", 1, 0, "1"),),
                {"groups.second.threshold_shift": 1.0},
            ),
        ),
    ),
    Row(
        id="T1b",
        title="Normal thresholds move a crowd from a spread of about twelve percent",
        source="Granovetter 1978; equilibria derived from his equation",
        tier=1,
        origin="derived",
        nature="emerges",
        scenario="published/granovetter_normal",
        observe=reach,
        cases=(normal(0.10), normal(0.12), normal(0.125), normal(0.20)),
        note="A hundred thousand people stand for a large crowd. The critical spread is .1222. "
        "Targets are the least solution of s = P(threshold <= s).",
    ),
    Row(
        id="T2",
        title="One person sets off a cascade only within a window of mean degrees",
        source="Watts 2002; frequencies recomputed for this project",
        tier=1,
        origin="recomputed",
        nature="emerges",
        scenario="published/watts",
        observe=cascade,
        kinds={"global": "share", "size": "mean"},
        replicates=200,
        cases=(
            Case(
                "z = 3",
                (Target.near("global", 0.87, 0.05), Target.near("size", 0.94, 0.02)),
            ),
            Case("z = 0.8", (Target.most("global", 0.0),), {"ties.degree": 0.8}, replicates=100),
            Case("z = 8", (Target.most("global", 0.0),), {"ties.degree": 8}, replicates=60),
        ),
    ),
    Row(
        id="T3",
        title="A lattice has a threshold up to which an act reaches everyone",
        source="Morris 2000",
        tier=0,
        origin="printed",
        nature="emerges",
        scenario="published/morris",
        observe=reach,
        cases=lattices(),
        note="Infinite lattices in the paper; here rings and grids of 144 people without borders.",
    ),
    Row(
        id="T4",
        title="Long ties stop what takes two friends to believe",
        source="after an idea of Centola & Macy 2007; reach recomputed for this project",
        tier=1,
        origin="recomputed",
        nature="emerges",
        scenario="published/centola_macy",
        observe=reach,
        kinds={"share": "mean", "people": "mean"},
        cases=small_worlds(),
        note="The paper's claim, not its experiment: there ties are swapped so that everyone keeps "
        "as many, in other networks of other sizes. Here a thousand people have four ties each, "
        "rewired as Watts and Strogatz did, so that numbers of ties come to differ.",
    ),
)
