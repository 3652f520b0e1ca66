"""Layout: where everyone stands on the map. Made once, seeded, and never moving.

Residents stand by home, so that a newcomer takes the place of who left; around them the connectors,
each on the side of their clients, and outermost the institutions. On grids the institutions stand
in rows above. Homes that are built later stand at the edge of town. All within [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.chance import Luck, stream_number
from simulation.first_ties import build_all_ties, place_luck
from simulation.own_files import read_own_files
from simulation.population import build_connectors, build_institutions, build_residents
from simulation.spaces import Edges, positions
from simulation.specification import Specification
from simulation.state import Connectors, Floats, Institutions, Ints, Residents
from simulation.ties import FRIEND, MENTOR, Ties

if TYPE_CHECKING:
    from simulation.browser.session.course import Course

TOWN = 0.39
"""Radius of the disc in which residents stand."""
EDGE = 0.405
"""Radius at which new homes stand."""
CONNECTORS = 0.435
"""Radius at which connectors stand."""
OUTER = 0.49
"""Radius of the outermost ring of institutions."""
SPRUNG = ("small_world", "random", "scale_free", "blocks", "file")
"""Spaces laid out by springs, which leave crowds."""
LOOSENED = 0.6
"""How far angles are made even."""
MOST_ON_RING = 60
"""Institutions on one ring; more of them stand on several."""
ON_ROW = 20
GRID_TOP = 0.16
"""Height above which, on grids, institutions and connectors stand in rows."""


@dataclass(frozen=True)
class Layout:
    """Places on the map.

    Attributes:
        institutions, connectors, homes: places, each of shape (n, 2); homes by their number.
        grid: whether homes are cells of a grid, and then of how many columns.
        columns: columns of the grid; 0 where there is none.
    """

    institutions: Floats
    connectors: Floats
    homes: Floats
    grid: bool
    columns: int

    def places(self, new: Sequence[range]) -> Floats:
        """Return the places of all nodes: institutions, connectors, homes, then new homes."""
        edges = [_edge_of_town(homes, self.grid) for homes in new]
        return np.concatenate([self.institutions, self.connectors, self.homes, *edges])


def layout_key(specification: Specification) -> tuple[Any, ...]:
    """Return all that a layout follows from, beside the luck."""
    data = specification.data()
    names = ("groups", "places", "institutions", "connectors", "ties", "people", "generator")
    return tuple(repr(data[name]) for name in names)


def lay_out(specification: Specification, luck_seed: int) -> Layout:
    """Place a community as it is built, before anything has happened in it."""
    luck = Luck(luck_seed, strict=specification.generator == "strict")
    own = read_own_files(specification)
    residents = build_residents(specification, luck, own)
    institutions = build_institutions(specification)
    connectors = build_connectors(specification)
    ties = build_all_ties(specification, residents, connectors, institutions, luck, own)
    grid = specification.ties.kind in ("moore", "von_neumann") and len(residents) > 1
    homes = _homes(specification, residents, ties, luck)
    columns = int(np.unique(np.round(homes[:, 0], 9)).size) if grid else 0
    if grid:
        homes = np.column_stack(
            (0.04 + 0.92 * homes[:, 0], GRID_TOP + (0.94 - GRID_TOP) * homes[:, 1])
        )
        outer = _rows(len(institutions) + len(connectors))
        return Layout(outer[: len(institutions)], outer[len(institutions) :], homes, grid, columns)
    homes = 0.5 + (homes - 0.5) * (2.0 * TOWN)
    return Layout(
        _rings(len(institutions)),
        _beside_clients(connectors, institutions, homes, ties),
        homes,
        grid,
        columns,
    )


# ------------------------------------------------------------------------------------- homes


def _homes(spec: Specification, residents: Residents, ties: Ties, luck: Luck) -> Floats:
    """Return the places of homes within [0, 1], each part of town in a field of its own."""
    one, two = _friend_pairs(ties)
    parts = len(spec.places)
    wide = math.ceil(math.sqrt(parts))
    deep = math.ceil(parts / wide)
    where = np.empty((len(residents), 2))
    for place in range(parts):
        rows = np.flatnonzero(residents.place == place)
        local = np.full(len(residents), -1)
        local[rows] = np.arange(rows.size)
        inside = (local[one] >= 0) & (local[two] >= 0)
        edges = Edges(local[one[inside]], local[two[inside]])
        own = positions(
            spec.ties, rows.size, edges, place_luck(spec, place, luck), residents.id[rows]
        )
        if spec.ties.kind in SPRUNG:
            own = _evened(own)
        if parts > 1:
            field = np.array([place % wide, place // wide])
            own = (field + 0.06 + 0.88 * own) / (wide, deep)
        where[rows] = own
    if parts > 1 and spec.ties.kind not in ("moore", "von_neumann"):
        where = 0.5 + (where - 0.5) / math.sqrt(2.0)
    by_home: Floats = where[np.argsort(residents.home, kind="stable")]
    return by_home


def _evened(where: Floats) -> Floats:
    """Return places spread over a disc, crowds loosened: who is near whom stays as it is.

    Distances from the middle are made even by their order, and angles half way so.
    """
    away = where - where.mean(axis=0)
    far, angle = np.hypot(*away.T), np.arctan2(away[:, 1], away[:, 0])
    n = len(where)
    order = np.empty((2, n))
    order[0, np.argsort(far, kind="stable")] = np.arange(n) + 0.5
    order[1, np.argsort(angle, kind="stable")] = np.arange(n) + 0.5
    radius = 0.5 * np.sqrt(order[0] / n)
    even = 2.0 * math.pi * order[1] / n - math.pi
    turned = LOOSENED * even + (1.0 - LOOSENED) * angle
    evened: Floats = 0.5 + radius[:, None] * np.column_stack((np.cos(turned), np.sin(turned)))
    return evened


def _friend_pairs(ties: Ties) -> tuple[Ints, Ints]:
    """Return friend ties as rows of residents, each pair once."""
    friend = np.flatnonzero(ties.kind == FRIEND)
    one = ties.sources()[friend].astype(np.int64) - ties.first_resident
    two = ties.target[friend].astype(np.int64) - ties.first_resident
    # Sorted by hand: `np.unique` takes ten seconds for the two million codes of a whole network.
    code = np.sort(np.minimum(one, two) * ties.ids.size + np.maximum(one, two))
    code = code[np.diff(code, prepend=-1) != 0]
    return code // ties.ids.size, code % ties.ids.size


def _edge_of_town(homes: range, grid: bool) -> Floats:
    """Return places for the new homes of one event, side by side where its number says."""
    start = stream_number(f"places of {homes.start}") / 2**64
    apart = min(0.02, 1.0 / max(len(homes), 1))
    along = (start + apart * np.arange(len(homes))) % 1.0
    if grid:
        return np.column_stack((0.04 + 0.92 * along, np.full(len(homes), 0.975)))
    angle = 2.0 * math.pi * along
    return 0.5 + EDGE * np.column_stack((np.sin(angle), np.cos(angle)))


# -------------------------------------------------------------- institutions and connectors


def _circle(n: int, radius: float, turned: float = 0.0) -> Floats:
    angle = turned + 2.0 * math.pi * np.arange(n) / max(n, 1)
    where: Floats = 0.5 + radius * np.column_stack((np.sin(angle), -np.cos(angle)))
    return where


def _rings(n: int) -> Floats:
    """Return places on as few rings as they fit on, the first at the top."""
    rings = max(1, math.ceil(n / MOST_ON_RING))
    step = min(0.015, (OUTER - CONNECTORS - 0.01) / rings)
    own = [len(range(ring, n, rings)) for ring in range(rings)]
    where = np.empty((n, 2))
    for ring, count in enumerate(own):
        turned = 2.0 * math.pi * ring / max(n, 1)
        where[ring::rings] = _circle(count, OUTER - ring * step, turned)
    return where


def _rows(n: int) -> Floats:
    """Return places in rows from the top, as many rows as are needed."""
    rows = max(1, math.ceil(n / ON_ROW))
    at = np.arange(n)
    across = np.minimum(ON_ROW, n - at // ON_ROW * ON_ROW)
    x = (at % ON_ROW + 0.5) / np.maximum(across, 1)
    y = (at // ON_ROW + 0.6) * (GRID_TOP - 0.02) / rows
    return np.column_stack((x, y))


def _beside_clients(
    connectors: Connectors, institutions: Institutions, homes: Floats, ties: Ties
) -> Floats:
    """Return places on a ring around town, evenly apart, each on the side of their clients."""
    n, first = len(connectors), len(institutions)
    wanted = np.zeros(n)
    for k in range(n):
        row = slice(ties.start[first + k], ties.start[first + k + 1])
        clients = ties.target[row][ties.kind[row] == MENTOR] - ties.first_resident
        middle = homes[clients].mean(axis=0) - 0.5 if clients.size else np.zeros(2)
        wanted[k] = math.atan2(middle[0], -middle[1])
    order = np.argsort(wanted, kind="stable")
    even = 2.0 * math.pi * np.arange(n) / max(n, 1)
    off = wanted[order] - even
    turned = math.atan2(float(np.sin(off).sum()), float(np.cos(off).sum())) if n else 0.0
    where = np.empty((n, 2))
    where[order] = _circle(n, CONNECTORS, turned)
    return where


def role_of(layout: Layout, new: int) -> NDArray[np.uint8]:
    """Return the role of every node: 2 institution, 1 connector, 0 resident."""
    counts = (len(layout.institutions), len(layout.connectors), len(layout.homes) + new)
    return np.repeat(np.array([2, 1, 0], np.uint8), counts)


class Layouts:
    """Layouts by what they follow from, so that no map is laid out twice."""

    def __init__(self) -> None:
        self._made: dict[Any, Layout] = {}

    def of(self, course: Course) -> Layout:
        """Return the layout of a course's community."""
        specification = course.specification()
        key = (course.luck, *layout_key(specification))
        if key not in self._made:
            self._made[key] = lay_out(specification, course.luck)
        return self._made[key]
