"""Geometric networks: people at random points of a square, tied to all within a radius."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.spatial import cKDTree

from simulation.chance import Luck
from simulation.errors import InputError
from simulation.spaces.space import BEFORE, Floats, Integers, Pairs, Space

LARGEST_SHARE = 0.95
"""Share of all others beyond which a map no longer says who is near."""


def points(ids: Integers, luck: Luck) -> Floats:
    """Return where each person lives, shape (n, 2), uniform in the unit square."""
    x = luck.uniforms("ties/point", BEFORE, ids, 0)
    y = luck.uniforms("ties/point", BEFORE, ids, 1)
    return np.column_stack((x, y))


def share_within(radius: float, torus: bool) -> float:
    """Return the probability that two random points of the unit square lie within a radius.

    For radii up to 1; without a torus the borders cut circles off, which the polynomial accounts
    for exactly (the distance distribution of the unit square).
    """
    r2 = radius * radius
    if not torus:
        return math.pi * r2 - 8.0 / 3.0 * radius * r2 + 0.5 * r2 * r2
    if radius <= 0.5:
        return math.pi * r2
    if 4.0 * r2 >= 2.0:
        return 1.0
    return r2 * (math.pi - 4.0 * math.acos(0.5 / radius)) + math.sqrt(4.0 * r2 - 1.0)


def radius(space: Space, n: int) -> float:
    """Return the radius within which people expect `degree` others.

    Raises:
        InputError: where nearly everyone would have to be near.
    """
    share = space.degree / (n - 1)
    if share > LARGEST_SHARE:
        raise InputError(
            f"{n} people on a map cannot have {space.degree:g} ties each",
            key="ties.degree",
            found=space.degree,
            allowed=f"up to {LARGEST_SHARE * (n - 1):.3g}",
            mend="lower the degree, or set ties.kind = 'complete'",
        )
    found = brentq(lambda r: share_within(r, space.torus) - share, 0.0, 1.0, xtol=1e-14)
    return float(found)


def geometric(space: Space, ids: Integers, luck: Luck) -> Pairs:
    """Tie all pairs closer than the radius that gives the mean degree (Gilbert 1961)."""
    where = points(ids, luck)
    tree = cKDTree(where, boxsize=np.ones(2)) if space.torus else cKDTree(where)
    pairs = tree.query_pairs(radius(space, ids.size), output_type="ndarray").astype(np.int64)
    return pairs[:, 0], pairs[:, 1]
