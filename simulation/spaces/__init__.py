"""Spaces: who is tied to whom before anyone has met.

A *space* says how the ties among people are laid out: a grid, a ring, a random, small-world or
scale-free network, groups with homophily, points on a map, everyone with everyone, or a file.
`build_ties` turns it into pairs of people; `positions` places them on a page, when someone looks.

Every draw is addressed by the ids of the people it concerns, so the ties do not depend on the
order in which people are stored, nor on what a group is called.
"""

from __future__ import annotations

import numpy as np

from simulation.chance import Luck
from simulation.spaces import geometry, grids, networks
from simulation.spaces.layout import positions
from simulation.spaces.space import (
    BEFORE,
    IMPLICIT_FROM,
    Edges,
    Integers,
    Space,
    group_numbers,
    is_implicit,
    tidy,
)

__all__ = ["BEFORE", "IMPLICIT_FROM", "Edges", "Space", "build_ties", "is_implicit", "positions"]


def build_ties(space: Space, groups: Integers, ids: Integers, luck: Luck) -> Edges:
    """Build the undirected ties of a community, each pair of people once.

    Args:
        space: what kind of space, and its settings.
        groups: group of each person, any whole numbers, shape (n,). Used by `blocks` and
            `small_world`; only who shares a group matters, not the numbers.
        ids: permanent id of each person, all different, shape (n,).
        luck: the community's chance; streams named "ties/…", in the month `BEFORE`.

    Returns:
        Rows into `ids`, sorted by the ids they stand for; the lower id of each pair comes first.
        Fewer than two people have no ties.

    Raises:
        InputError: where the settings cannot be met by this number of people.
        ValueError: for ids that repeat, for a ties file (directed: see `read_ties`), and for a
            complete space so large that it stays implicit (see `is_implicit`).
    """
    ids = np.ascontiguousarray(ids, dtype=np.int64)
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    if (ids[1:] == ids[:-1]).any():
        raise ValueError("ids repeat: each person needs an id of their own")
    n = ids.size
    if n < 2 and space.kind != "file":
        return Edges.none()
    group = group_numbers(np.asarray(groups, dtype=np.int64)[order])
    if space.kind in ("moore", "von_neumann"):
        one, two = grids.grid(space, n)
    elif space.kind == "ring":
        one, two = networks.ring(space, n)
    elif space.kind == "small_world":
        one, two = networks.small_world(space, group, ids, luck)
    elif space.kind == "random":
        one, two = networks.blocks(space, np.zeros_like(group), ids, luck)
    elif space.kind == "blocks":
        one, two = networks.blocks(space, group, ids, luck)
    elif space.kind == "scale_free":
        one, two = networks.scale_free(space, ids, luck)
    elif space.kind == "geometric":
        one, two = geometry.geometric(space, ids, luck)
    elif space.kind == "complete":
        one, two = networks.complete(n)
    else:
        raise ValueError("a ties file is directed and carries trust: read it with read_ties")
    return tidy(one, two, order)
