"""Grids: one person on each cell, in the order of ids, row by row."""

from __future__ import annotations

import math

import numpy as np

from simulation.errors import InputError
from simulation.spaces.space import Floats, Pairs, Space


def shape(space: Space, n: int) -> tuple[int, int]:
    """Return width and height of the grid that n people fill exactly.

    Left open, the width is such that the grid is as near to a square as it can be, and rather
    wider than tall.

    Raises:
        InputError: where no grid is filled exactly, or a torus would be too narrow for people to
            have different neighbours on either side.
    """
    width = space.width or n // max(d for d in range(1, math.isqrt(n) + 1) if n % d == 0)
    height = n // width
    if n % width:
        sizes = f"{height * width} or {(height + 1) * width}" if height else str(width)
        raise InputError(
            f"{n} people do not fill whole rows",
            key="ties.width",
            found=width,
            mend=f"choose a divisor of {n}, or make the people {sizes}",
        )
    if space.width is None and height < 3:
        raise InputError(
            f"{n} people do not fill a grid; the nearest to a square is {width} by {height}",
            key="ties.kind",
            found=space.kind,
            mend=f"set ties.width, or make the people {_sizes_near(n, 3)}",
        )
    narrowest = 2 * space.reach + 1 if space.torus else 1
    if min(width, height) < narrowest:
        raise InputError(
            f"a torus of {width} by {height} is too narrow: neighbours would meet twice",
            key="ties.width",
            found=space.width,
            allowed=f"{narrowest} or more cells each way",
            mend="set ties.torus = false, choose another width, "
            f"or make the people {_sizes_near(n, narrowest)}",
        )
    return width, height


def _sizes_near(n: int, narrowest: int) -> str:
    """Name two sizes close to n that fill a grid near to a square."""
    side = max(narrowest, round(math.sqrt(n)))
    height = max(narrowest, n // side)
    return " or ".join(f"{side * h} ({side} by {h})" for h in (height, height + 1))


def neighbour_steps(space: Space) -> list[tuple[int, int]]:
    """Return one of each two opposite steps (right, down) from a cell to its neighbours."""
    near = range(-space.reach, space.reach + 1)
    steps = [(x, y) for y in near for x in near if y > 0 or (y == 0 and x > 0)]
    if space.kind == "von_neumann":
        steps = [(x, y) for x, y in steps if abs(x) + y <= space.reach]
    return steps


def grid(space: Space, n: int) -> Pairs:
    """Tie each person to the neighbours on the grid.

    On a torus everyone has (2·reach + 1)² − 1 neighbours (moore) or 2·reach·(reach + 1)
    (von_neumann).
    """
    width, height = shape(space, n)
    rows, columns = np.divmod(np.arange(n, dtype=np.int64), width)
    places = np.arange(n, dtype=np.int64)
    one, two = [], []
    for right, down in neighbour_steps(space):
        x, y = columns + right, rows + down
        if space.torus:
            one.append(places)
            two.append((y % height) * width + x % width)
        else:
            inside = (x >= 0) & (x < width) & (y < height)
            one.append(places[inside])
            two.append(y[inside] * width + x[inside])
    return np.concatenate(one), np.concatenate(two)


def cells(space: Space, n: int) -> Floats:
    """Return the middle of each person's cell, in id order, shape (n, 2), in [0, 1]."""
    width, height = shape(space, n)
    rows, columns = np.divmod(np.arange(n), width)
    size = 1.0 / max(width, height)
    x = 0.5 + (columns + 0.5 - width / 2) * size
    y = 0.5 + (rows + 0.5 - height / 2) * size
    return np.column_stack((x, y))
