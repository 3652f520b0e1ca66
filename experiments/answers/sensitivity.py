"""Sensitivity: which factors an outcome hangs on, how surely, and how much of it is luck.

`sensitivity` takes a table of outcomes and the kind of design behind it, and gives indices with
intervals, the share of luck, and what cannot be told from none. It is a pure function: the same
table gives the same answer.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from experiments.answers.screening import Found, screen
from experiments.answers.sensitivity_given import given
from experiments.answers.sensitivity_layout import (
    KINDS,
    Kind,
    Layout,
    full_factorial,
    layout_of,
    layout_of_design,
    steps_of,
)
from experiments.answers.sensitivity_levels import factorial, tornado
from experiments.answers.sensitivity_luck import Luck, few_draws, luck_of
from experiments.answers.sensitivity_points import Factor, Points, described, points_of
from experiments.answers.sensitivity_words import Told, sentences
from experiments.answers.sobol import sobol
from experiments.store.answer import Answer
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.designs.axis import Axis
    from experiments.designs.design import Design

METHODS: dict[Kind, str] = {
    "morris": "Morris screening",
    "saltelli": "Sobol' indices",
    "one_at_a_time": "one factor at a time",
    "factorial": "functional analysis of variance",
    "table": "given-data first-order indices",
}
"""What each kind of design is analysed by."""


@dataclass(frozen=True)
class Sensitivity:
    """What an outcome hangs on.

    Attributes:
        kind: kind of the design.
        points: the outcome at every point.
        indices: columns factor, label, index ("mu_star", "sigma", "S1" or "ST"), value, low, high,
            runs; empty for one at a time.
        floors: columns factor, label, index, value, floor, told: `told` is False where the index
            cannot be told from none, None where that cannot be known.
        tornado: effects at both ends of each factor against the base; empty but for one at a time.
        luck: how the variance is split; None where it cannot be.
        notes: which runs were lacking or dropped, and limits of the design.
        extra: further tables by name: "second_order", "levels", "direction".
    """

    kind: Kind
    points: Points
    indices: pd.DataFrame
    floors: pd.DataFrame
    tornado: pd.DataFrame
    luck: Luck | None
    notes: tuple[str, ...]
    extra: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """Name of the method."""
        return METHODS[self.kind]

    def sentences(self) -> tuple[str, ...]:
        """Return what was found, in words."""
        told = Told(self.kind, self.points.label, self.indices, self.floors, self.tornado,
                    self.luck)  # fmt: skip
        return sentences(told)

    def answer(self, name: str = "", command: Sequence[str] = ()) -> Answer:
        """Return the answer as a store keeps it.

        Args:
            name: name of the answer; default: that of the outcome.
            command: the words of the command line that repeat it.
        """
        tables = {"tornado": self.tornado} if self.kind == "one_at_a_time" else {
            "indices": self.indices, "floors": self.floors
        }  # fmt: skip
        numbers = {
            "method": self.method,
            "outcome": self.points.outcome,
            "label": self.points.label,
            "points": len(self.points.grid),
            "replicates": self.points.replicates,
            "failed": self.points.failed,
            "luck": None if self.luck is None else self.luck._asdict(),
        }
        return Answer(
            "sensitivity", name or self.points.outcome,
            f"What does the {self.points.label} hang on, and how much of it is luck?",
            self.sentences(), self.notes, tables | self.extra, numbers, tuple(command),
        )  # fmt: skip


def sensitivity(
    table: pd.DataFrame,
    outcome: str = "gain_48",
    *,
    design: Design | None = None,
    factors: Sequence[Factor] | None = None,
    kind: Kind | None = None,
    arm: str | None = None,
    against: str | None = None,
    second: bool = False,
    seed: int = 1,
) -> Sensitivity:
    """Return what an outcome hangs on.

    Args:
        table: a table of outcomes, as `ask` or `Store.outcomes` returns it, or any table.
        outcome: which outcome.
        design: the design whose points they are: it knows factors and layout.
        factors: what varies, in the order of the design; default: the design's, or else every
            column that varies.
        kind: kind of the design; default: the design's own, or else what the points look like.
        arm: which arm; needed where there are several.
        against: analyse how much more `arm` has than this arm on the same luck.
        second: tell second-order Sobol' indices too.
        seed: seed of the resampling.

    Raises:
        InputError: the table does not fit, or too few runs are whole to tell anything.
    """
    if kind is not None and kind not in KINDS:
        raise InputError("no such kind of design", key="kind", found=kind, allowed=", ".join(KINDS))
    layout = None if design is None else layout_of_design(design)
    if factors is None and design is not None:
        factors = described(design.factors)
    size = None if design is None else len(design.points)
    points = points_of(table, outcome, factors, arm=arm, against=against, size=size)
    if layout is None or (kind is not None and kind != layout.kind):
        layout = layout_of(points, kind)
    if second and layout.kind != "saltelli":
        raise InputError("only a Saltelli design tells second-order indices", key="--second")
    if pd.isna(points.grid).all():
        raise InputError(
            "no run can tell this outcome", key="--outcome", found=outcome,
            mend=" ".join(points.notes()) or "choose another",
        )  # fmt: skip
    bars = pd.DataFrame()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are nan, and said
        if layout.kind == "one_at_a_time":
            bars, notes = tornado(points)
            found = Found(pd.DataFrame(), pd.DataFrame(), notes)
        else:
            axes = () if design is None else design.factors
            found = _indices(points, layout, second, axes, seed)
        luck = luck_of(points.grid, seed)
    return Sensitivity(
        layout.kind, points, found.indices, found.floors, bars, luck,
        (*points.notes(), *found.notes, *few_draws(layout.kind, points.replicates)),
        dict(found.extra),
    )  # fmt: skip


def _indices(
    points: Points, layout: Layout, second: bool, axes: Sequence[Axis], seed: int
) -> Found:
    if layout.kind == "morris":
        return screen(points, steps_of(layout.unit), levels=layout.levels, axes=axes, seed=seed)
    if layout.kind == "saltelli":
        return sobol(points, layout.step, second=second, seed=seed)
    if layout.kind == "table":
        return given(points, seed=seed)
    lacking = pd.isna(points.grid).any(axis=0).all()
    if not lacking and full_factorial(points):
        return factorial(points)
    found = given(points, seed=seed)
    why = "no replicate is whole over all points" if lacking else "some combinations do not apply"
    note = f"Main effects only, from the points there are: {why}."
    return found._replace(notes=(note, *found.notes))
