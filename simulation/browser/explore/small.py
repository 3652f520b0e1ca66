"""Small sweeps: a shipped design with fewer replicates and fewer points, for a room that waits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from experiments.designs import Design
from experiments.sweeping.todo import subjects_of
from simulation.errors import InputError

REPLICATES = (1, 2, 3, 5, 10)
"""Draws of chance that are offered."""

MANY = 4
"""A grid with so many times the cells that are wanted is not even tried as it is."""

CAPS = (60, 120, 240, 480, 960)
"""Most runs that are offered."""


def small(design: Design, replicates: int, most: int) -> Design:
    """Return a design with so many replicates and no more runs than `most`.

    A grid loses levels in the middle of its longest factors, whose ends stay; a sample has fewer
    points; walks and blocks become fewer. The scenarios stay as they are.

    Args:
        design: the whole design.
        replicates: draws of chance of every point.
        most: most runs, those without the push included.

    Raises:
        InputError: even the smallest form of the design needs more runs.
    """
    least = 0
    for made in _forms(design.with_(replicates=replicates), most):
        least = runs_of(made)
        if least <= most:
            return made
    raise InputError(
        "this design cannot be made so small", key=design.title, found=f"{least:,} runs at least",
        mend="fewer draws of chance, or more runs",
    )  # fmt: skip


def runs_of(design: Design) -> int:
    """Return how many different runs a design takes, those without the push included."""
    return len(subjects_of(design.cells())) * design.replicates


def _forms(design: Design, most: int) -> Iterator[Design]:
    """Yield the design, ever smaller."""
    method = design.method
    if method == "factorial":
        yield from _grids(design, most)
        return
    key = {"latin_hypercube": "points", "sobol": "points", "saltelli": "points",
           "morris": "trajectories"}.get(method)  # fmt: skip
    if key is None:
        yield design
        return
    data = design.data()
    data.pop("beside", None)
    walk = len(design.factors) + (2 if method == "saltelli" else 1)
    each = (walk if method in ("saltelli", "morris") else 1) * max(len(design.arms), 1)
    whole = int(data[key])
    guess = min(whole, max(most // (each * design.replicates), 1))
    for count in _fewer(guess, powers=method in ("saltelli", "sobol")):
        yield _again(design, {**data, key: count})


def _fewer(count: int, *, powers: bool) -> Iterator[int]:
    """Yield ever smaller counts from `count` on; powers of two where the sample needs them."""
    while count >= 2:
        count = 2 ** int(math.log2(count)) if powers else count
        yield count
        count = count // 2 if powers else min(count - 1, int(0.8 * count))


def _grids(design: Design, most: int) -> Iterator[Design]:
    """Yield the grid with ever fewer levels, one taken from its longest numbered factor a time."""
    lists = {a.name: a.grid() for a in design.factors}
    longest = [a.name for a in design.factors if not a.named and a.keys != ("scenario",)]
    if len(design.cells()) <= MANY * most:
        yield design
    while True:
        name = max(longest, key=lambda n: len(lists[n]), default=None)
        if name is None or len(lists[name]) <= 2:
            return
        lists[name] = thinned(lists[name], len(lists[name]) - 1)
        size = math.prod(len(values) for values in lists.values())
        if size * max(len(design.arms), 1) * design.replicates <= most:
            yield _listed(design, lists)


def thinned(values: list[Any], count: int) -> list[Any]:
    """Return so many of the values, both ends among them, evenly spread."""
    last = len(values) - 1
    return [values[round(n * last / (count - 1))] for n in range(count)]


def _listed(design: Design, lists: dict[str, list[Any]]) -> Design:
    """Return a grid over the values given."""
    data = design.data()
    factors = []
    for axis, declared in zip(design.factors, data["factors"], strict=True):
        if axis.named or axis.keys == ("scenario",):
            factors.append(declared)
            continue
        kept = {k: v for k, v in declared.items() if k not in ("low", "high", "scale", "levels")}
        factors.append({**kept, "values": lists[axis.name]})
    return _again(design, {**data, "factors": factors})


def _again(design: Design, data: dict[str, Any]) -> Design:
    return Design.from_data(data, design.file)
