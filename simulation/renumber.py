"""Renumbering: residents are stored in another order, and nothing else changes.

The row in which a person is stored means nothing, so every result stays as it is, bit for bit. Two
uses: to show exactly that, and to store people near those they listen to, so that a large community
runs through memory in fewer jumps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.community import CommunityModel


def renumber(community: CommunityModel, order: ArrayLike) -> None:
    """Store the residents of a community in another order.

    Ids, ties, seats and all values stay with their people. Mesa's `unique_id` follows the row and
    so moves; the permanent `person_id` does not. Snapshots taken before keep their own order and
    can still be restored.

    Args:
        community: the community, changed in place.
        order: for each new row, the row from which its resident comes, shape (residents,).

    Raises:
        InputError: where `order` does not name every row once.
    """
    rows = np.asarray(order, dtype=np.int64)
    residents, ties = community.residents, community.ties
    count, first = len(residents), ties.first_resident
    if not np.array_equal(np.sort(rows, axis=None), np.arange(count)):
        raise InputError("every row must be named once", key="order", allowed=f"0 to {count - 1}")
    node = np.arange(first + count, dtype=np.int32)
    node[first + rows] = first + np.arange(count, dtype=np.int32)
    source, target = node[ties.sources()], node[ties.target]
    for name, values in residents.arrays().items():
        setattr(residents, name, values[rows])
    ties.ids = np.concatenate([ties.ids[:first], residents.id])
    ties.lay(source, target, ties.kind, ties.reliability, ties.openness, ties.mission)
    community.note_rows()
