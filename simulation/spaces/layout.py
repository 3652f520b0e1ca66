"""Layout: where people are drawn on a page. Nothing in the model looks at it.

Grids give their cells, geometric networks their points, a ring a circle, a complete space a disc.
Other networks start from pivot scaling (Brandes & Pich 2007), which gets far distances right, and
are then spread by springs and short-range repulsion (Fruchterman & Reingold 1991).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from simulation.chance import Luck
from simulation.compiled import kernel
from simulation.spaces import geometry, grids
from simulation.spaces.space import BEFORE, Edges, Floats, Integers, Space

PIVOTS = 40
ROUNDS = 60
CROWD = 48
"""Repulsion listens to at most this many people of a neighbouring cell."""


def positions(
    space: Space, n: int, edges: Edges, luck: Luck, ids: Integers | None = None
) -> Floats:
    """Place people on a page. Slow beside the model: call it only when someone looks.

    Args:
        space: the space the ties were built from.
        n: number of people.
        edges: their ties, as rows; empty where the space is implicit.
        luck: the community's chance (streams "ties/point" and "ties/layout").
        ids: permanent ids, shape (n,); 0 … n − 1 where left out.

    Returns:
        Horizontal and vertical place of each row, shape (n, 2), within [0, 1]. The same for any
        order of storage.
    """
    ids = np.arange(n) if ids is None else np.ascontiguousarray(ids, dtype=np.int64)
    order = np.argsort(ids, kind="stable")
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    if space.kind in ("moore", "von_neumann") and n > 1:
        where = grids.cells(space, n)
    elif space.kind == "geometric":
        where = geometry.points(ids[order], luck)
    elif space.kind == "ring":
        where = _circle(n)
    elif space.kind == "complete" or n < 4:
        where = _disc(n)
    else:
        one, two = place[edges.first], place[edges.second]
        code = np.unique(np.minimum(one, two) * n + np.maximum(one, two))
        where = _force(code // n, code % n, ids[order], luck)
    placed: Floats = where[place]
    return placed


def _circle(n: int) -> Floats:
    """Return n places on a circle."""
    angle = np.arange(n) * (2.0 * math.pi / max(n, 1))
    where: Floats = 0.5 + 0.5 * np.column_stack((np.sin(angle), np.cos(angle)))
    return where


def _disc(n: int) -> Floats:
    """Return n places that fill a disc evenly, as seeds fill a sunflower."""
    angle = np.arange(n) * (math.pi * (3.0 - math.sqrt(5.0)))
    far = 0.5 * np.sqrt((np.arange(n) + 0.5) / max(n, 1))
    where: Floats = 0.5 + far[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))
    return where


def _force(one: Integers, two: Integers, ids: Integers, luck: Luck) -> Floats:
    """Return places by pivot scaling and springs, for people in id order.

    The largest connected parts fill the middle of a disc; people with no tie to them stand around
    it, each small circle of acquaintances side by side.
    """
    n = ids.size
    ties = coo_array((np.ones(one.size), (one, two)), shape=(n, n)).tocsr()
    graph = csr_array(ties + ties.T)
    part = connected_components(graph, directed=False)[1]
    size = np.bincount(part)
    large = size[part] >= min(math.sqrt(n), float(size.max()))
    main, rim = np.flatnonzero(large), np.flatnonzero(~large)
    where = _disc(n)
    if main.size < 4:
        return where
    outside = where[main.size :] - 0.5
    around = np.argsort(np.arctan2(outside[:, 1], outside[:, 0]), kind="stable")
    where[rim[np.argsort(part[rim], kind="stable")]] = outside[around] + 0.5
    start = _pivot_scaling(csr_array(graph[main][:, main]))
    jitter = luck.uniforms(
        "ties/layout", BEFORE, np.repeat(ids[main], 2), np.tile([0, 1], main.size)
    )
    start = 0.5 * (start + _even(start)) + (jitter.reshape(-1, 2) - 0.5) / math.sqrt(main.size)
    row = np.full(n, -1, np.int64)
    row[main] = np.arange(main.size)
    kept = row[one] >= 0
    _spring(start, row[one[kept]], row[two[kept]], ROUNDS, 1.0 / math.sqrt(main.size))
    start -= 0.5 * (start.min(axis=0) + start.max(axis=0))
    farthest = float(np.sqrt((start**2).sum(axis=1)).max())
    where[main] = 0.5 + start * (0.49 * math.sqrt(main.size / n) / max(farthest, 1e-12))
    return where


def _even(where: Floats) -> Floats:
    """Return the ranks along both axes, spread over [0, 1]."""
    ranks = np.argsort(np.argsort(where, axis=0, kind="stable"), axis=0, kind="stable")
    even: Floats = (ranks + 0.5) / where.shape[0]
    return even


def _pivot_scaling(graph: csr_array) -> Floats:
    """Place people so that steps to a few far-apart pivots are kept well, in [0, 1]."""
    n = graph.shape[0]
    steps = np.empty((n, min(PIVOTS, n)))
    nearest = np.full(n, np.inf)
    pivot = int(np.argmax(np.diff(graph.indptr)))
    for k in range(steps.shape[1]):
        away = dijkstra(graph, unweighted=True, indices=pivot)
        apart = np.isinf(away)
        away[apart] = away[~apart].max() + 2.0
        steps[:, k] = away
        nearest = np.minimum(nearest, away)
        pivot = int(np.argmax(nearest))
    squared = steps**2
    centred = squared.mean(axis=0) + squared.mean(axis=1)[:, None] - squared.mean() - squared
    _, vectors = np.linalg.eigh(centred.T @ centred)
    where: Floats = centred @ vectors[:, :-3:-1]
    signs = np.sign(where[np.argmax(np.abs(where), axis=0), [0, 1]])
    where = where * np.where(signs == 0, 1.0, signs)
    span = float(np.ptp(where, axis=0).max())
    where = 0.5 + (where - where.mean(axis=0)) / max(span, 1e-12)
    return where


@kernel
def _spring(where: Floats, one: Integers, two: Integers, rounds: int, length: float) -> None:
    """Move people apart who are within two spring lengths, and tied people together; in place.

    Repulsion is length²/distance, attraction distance²/length. Steps shrink from round to round.
    """
    n = where.shape[0]
    reach = 2.0 * length
    side = max(1, int(1.0 / reach))
    head = np.empty(side * side + 1, np.int64)
    inside = np.empty(n, np.int64)
    cell = np.empty(n, np.int64)
    push = np.empty((n, 2))
    for step in range(rounds):
        low = np.array([where[:, 0].min(), where[:, 1].min()])
        span = max(where[:, 0].max() - low[0], where[:, 1].max() - low[1], 1e-12)
        head[:] = 0
        for i in range(n):
            column = min(side - 1, int((where[i, 0] - low[0]) / span * side))
            row = min(side - 1, int((where[i, 1] - low[1]) / span * side))
            cell[i] = row * side + column
            head[cell[i] + 1] += 1
        for c in range(side * side):
            head[c + 1] += head[c]
        filled = head[:-1].copy()
        for i in range(n):
            inside[filled[cell[i]]] = i
            filled[cell[i]] += 1
        push[:] = 0.0
        for i in range(n):
            row = cell[i] // side
            column = cell[i] % side
            for r in range(max(0, row - 1), min(side, row + 2)):
                for c in range(max(0, column - 1), min(side, column + 2)):
                    start = head[r * side + c]
                    crowd = head[r * side + c + 1] - start
                    listened = min(crowd, CROWD)
                    weight = length * length * crowd / max(listened, 1)
                    for m in range(listened):
                        j = inside[start + m * crowd // listened]
                        x = where[i, 0] - where[j, 0]
                        y = where[i, 1] - where[j, 1]
                        d2 = x * x + y * y
                        if j != i and d2 < reach * reach:
                            d2 = max(d2, 1e-4 * length * length)
                            push[i, 0] += weight * x / d2
                            push[i, 1] += weight * y / d2
        for e in range(one.size):
            i = one[e]
            j = two[e]
            x = where[i, 0] - where[j, 0]
            y = where[i, 1] - where[j, 1]
            pull = math.sqrt(x * x + y * y) / length
            push[i, 0] -= x * pull
            push[i, 1] -= y * pull
            push[j, 0] += x * pull
            push[j, 1] += y * pull
        longest = 0.1 * (1.0 - step / rounds)
        for i in range(n):
            size = math.sqrt(push[i, 0] ** 2.0 + push[i, 1] ** 2.0)
            scale = min(1.0, longest / size) if size > 0.0 else 0.0
            where[i, 0] += scale * push[i, 0]
            where[i, 1] += scale * push[i, 1]
