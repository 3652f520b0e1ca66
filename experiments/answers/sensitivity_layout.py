"""Layouts: which kind of design a table of points is, read from the points themselves.

A design says its own kind; a bare table does not, and a store may hold only some of the points. A
value that is not there (a run not done, a factor that does not apply at that point) fits anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from experiments.answers.sensitivity_points import Points, places
from experiments.recorded import Floats
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.designs.design import Design

Kind = Literal["morris", "saltelli", "one_at_a_time", "factorial", "table"]
KINDS: tuple[Kind, ...] = ("morris", "saltelli", "one_at_a_time", "factorial", "table")


METHODS: dict[str, Kind] = {
    "morris": "morris",
    "saltelli": "saltelli",
    "one_at_a_time": "one_at_a_time",
    "factorial": "factorial",
    "latin_hypercube": "table",
    "sobol": "table",
}
"""The kind of each method of a design; a listed table may be any."""


class Layout(NamedTuple):
    """How points lie.

    Attributes:
        kind: kind of the design.
        unit: where they lie in the unit cube, shape (points, factors), or what stands for it.
        step: points in a block of a Saltelli design or in a trajectory; 0 for other kinds.
        levels: levels of the grid of a Morris design; None where they have to be counted.
    """

    kind: Kind
    unit: Floats
    step: int = 0
    levels: int | None = None


class Steps(NamedTuple):
    """How a Morris design walks.

    Attributes:
        signs: shape (trajectories, steps, factors): 1 where a factor goes up in a step, -1 where
            it goes down, 0 where it stays.
    """

    signs: Floats


def layout_of(points: Points, kind: Kind | None = None) -> Layout:
    """Return how the points of a table lie.

    Args:
        points: the points.
        kind: what they are; default: what they look like, "table" where they are none of the
            others.

    Raises:
        InputError: they are not of that kind.
    """
    values = places(points)
    step = saltelli_step(values)
    if kind is None:
        kind = _looks(points, values, step)
    if kind == "saltelli" and step is None:
        raise InputError("the points are no Saltelli design", found=len(values))
    steps = {"saltelli": step or 0, "morris": values.shape[1] + 1}
    return Layout(kind, values, steps.get(kind, 0))


def layout_of_design(design: Design) -> Layout | None:
    """Return how the points of a design lie; None for listed ones, which may lie anyhow."""
    kind = METHODS.get(design.method)
    if kind is None:
        return None
    sample = design.sample
    if sample is None or kind == "table":
        return Layout(kind, np.zeros((len(design.points), len(design.factors))))
    return Layout(kind, sample.unit, sample.block, sample.levels)


def _looks(points: Points, values: Floats, step: int | None) -> Kind:
    if base_of(values) is not None and len(values) > 2:
        return "one_at_a_time"
    if step is not None:
        return "saltelli"
    if _walks(values):
        return "morris"
    return "factorial" if full_factorial(points) else "table"


def saltelli_step(values: Floats) -> int | None:
    """Return the length of a block of a Saltelli design, k + 2 or 2k + 2; None: it is none.

    A block is A, then A with each factor of B in turn, then, for second orders, B with each
    factor of A in turn, then B: the order of SALib.
    """
    count = values.shape[1]
    for step in (2 * count + 2, count + 2):
        if count and len(values) % step == 0 and len(values) >= 2 * step:
            blocks = values.reshape(-1, step, count)
            if _is_saltelli(blocks):
                return int(step)
    return None


def steps_of(unit: Floats) -> Steps:
    """Return which factor changes in every step of a Morris design, and which way.

    Args:
        unit: where its points lie, shape (points, factors).

    Raises:
        InputError: the points are no trajectories.
    """
    size = unit.shape[1] + 1
    if len(unit) % size:
        raise InputError(
            "the points are no whole trajectories", found=len(unit), allowed=f"{size} each"
        )
    change = np.diff(unit.reshape(-1, size, size - 1), axis=1)
    signs = np.sign(np.where(np.isnan(change), 0.0, change))
    for walk in signs:
        _settle(walk)
    return Steps(signs)


def base_of(values: Floats) -> int | None:
    """Return the point from which every other one differs in one factor only; None: there is none.

    With a single factor any point would do: then there is none.
    """
    if values.shape[1] < 2 or len(values) < 3:
        return None
    for base in range(min(len(values), 2 * values.shape[1] + 1)):
        apart = (_differ(values, values[base])).sum(axis=1)
        apart[base] = 1
        if (apart == 1).all():
            return base
    return None


def full_factorial(points: Points) -> bool:
    """Tell whether every combination of the levels that occur is there exactly once."""
    values = places(points)
    if np.isnan(values).any() or not len(values):
        return False
    levels = [len(np.unique(column)) for column in values.T]
    return len(values) == int(np.prod(levels)) == len(np.unique(values, axis=0))


def _differ(one: Floats, other: Floats) -> np.ndarray:
    return np.asarray((one != other) & ~np.isnan(one) & ~np.isnan(other))


def _is_saltelli(blocks: Floats) -> bool:
    count = blocks.shape[2]
    a, b = blocks[:, 0], blocks[:, -1]
    for j in range(count):
        mixed = a.copy()
        mixed[:, j] = b[:, j]
        if _differ(blocks[:, j + 1], mixed).any():
            return False
        if blocks.shape[1] == 2 * count + 2:
            back = b.copy()
            back[:, j] = a[:, j]
            if _differ(blocks[:, j + 1 + count], back).any():
                return False
    return bool(_differ(a, b).any())


def _walks(values: Floats) -> bool:
    size = values.shape[1] + 1
    if size < 2 or len(values) % size or len(values) < 2 * size:
        return False
    change = np.diff(values.reshape(-1, size, size - 1), axis=1)
    moved = np.where(np.isnan(change), 0.0, change) != 0.0
    return bool((moved.sum(axis=2) <= 1).all() and (moved.sum(axis=1) <= 1).all() and moved.any())


def _settle(walk: Floats) -> None:
    """Give a step in which nothing is seen to change one of the factors that have not changed.

    It hides a factor that does not apply there, or two places that are the same choice: its effect
    is none, whichever way it goes.
    """
    hidden = np.flatnonzero(~walk.any(axis=1))
    unmoved = np.flatnonzero(~walk.any(axis=0))
    for step, factor in zip(hidden, unmoved, strict=False):
        walk[step, factor] = 1.0
