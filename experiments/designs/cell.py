"""Cells: the single places of a design, each a subject with a name and the values that make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from experiments.judge import Push, push_of
from experiments.sweeping.subject import Community, Subject
from simulation.specification import Measures, Specification


@dataclass(frozen=True)
class Cell:
    """One place of a design.

    Attributes:
        point: number of the design's point, from 0.
        arm: name of the arm at that point; "" where there is one only.
        factors: what varies, by the names of the design's factors: columns of every table.
        subject: what is run.
        without: the same without its interventions, on the same luck; None where it has no pair.
        push: when the push runs; None where nobody intervenes.
        limits: the scenario's limits for tipping and for the least gain.
    """

    point: int
    arm: str
    factors: Mapping[str, Any]
    subject: Subject
    without: Subject | None = None
    push: Push | None = None
    limits: Measures = field(default_factory=Measures)


def community_cell(
    specification: Specification,
    *,
    point: int = 0,
    arm: str = "",
    factors: Mapping[str, Any] | None = None,
    measures: tuple[str, ...] | None = (),
    paired: bool = True,
) -> Cell:
    """Return the cell of a scenario, with its run without the interventions as its pair.

    Args:
        specification: the resolved scenario.
        point: number of the point.
        arm: name of the arm.
        factors: what varies, by name.
        measures: measures kept beside those that outcomes are judged by; None: all.
        paired: whether to run the pair; without it there is no equity gain.
    """
    push = push_of(specification)
    without = None
    if push is not None and paired:
        without = Community(specification.without_interventions(), measures)
    return Cell(
        point, arm, dict(factors or {}), Community(specification, measures), without, push,
        specification.measures,
    )  # fmt: skip
