"""Budgets: how finely the figures' grids are drawn, and how many runs stand behind a point."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is computed.

    Attributes:
        name: "small" (about a minute, for tests) or "full".
        points: along a grid's axis, at most.
        replicates: runs for each point of a figure of fast runs.
        slow: runs for each point of a figure of slow runs.
    """

    name: str
    points: int
    replicates: int
    slow: int


BUDGETS = {"small": Budget("small", 5, 4, 2), "full": Budget("full", 33, 100, 20)}


def thinned[T](values: list[T], points: int) -> list[T]:
    """Return at most `points` of the values, the first and last among them, evenly chosen."""
    if len(values) <= points:
        return values
    last = len(values) - 1
    return [values[round(n * last / (points - 1))] for n in range(points)]
