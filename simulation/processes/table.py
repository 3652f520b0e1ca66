"""The shared table: which institutions stay, leave or come back; a part of `governance`."""

from __future__ import annotations

import math
from typing import Any

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.state import Floats, Ints


@kernel
def sit(
    p: Any,
    month: int,
    leaving: Key,
    joining: Key,
    convening: float,
    ids: Ints,
    start: Ints,
    target: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    will: Floats,
    at_table: Any,
) -> None:
    """Let each institution stay at the table, leave it, or come back to it."""
    this_leaving, this_joining = at(leaving, month), at(joining, month)
    before = at_table.copy()
    for j in range(ids.size):
        total = 0.0
        for e in range(start[j], start[j + 1]):
            if before[target[e]]:
                total += (reliability[e] + openness[e] + mission[e]) / 3.0
        count = start[j + 1] - start[j]
        partners = total / count if count > 0 else 0.0
        hold = (will[j] + partners + convening) / 3.0
        if before[j]:
            at_table[j] = draw(this_leaving, ids[j], 0) >= p.leave_rate * (1.0 - hold)
        else:
            at_table[j] = draw(this_joining, ids[j], 0) < p.join_rate * hold


def convened(leadership: float, grants: float, scale: float) -> float:
    """Return how far the table is convened, by leaders or by this month's grants (0-1)."""
    return 1.0 - (1.0 - leadership) * math.exp(-grants / scale)
