"""Tallies: counts and means over residents, shared by several processes.

Sums run in ascending id (`order`), never in the order of storage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.compiled import kernel
from simulation.state import Floats, Ints


@kernel
def people(order: Ints, present: Any, group: Ints, stewardship: Floats, groups: int) -> Any:
    """Return, over present residents, number and summed stewardship by group: (2, groups)."""
    out = np.zeros((2, groups))
    for k in range(order.size):
        i = order[k]
        if present[i]:
            out[0, group[i]] += 1.0
            out[1, group[i]] += stewardship[i]
    return out


@kernel
def mean_wellbeing(
    order: Ints, present: Any, group: Ints, wellbeing: Floats, before: Floats
) -> Floats:
    """Return mean well-being by group and dimension over present residents.

    A group without present residents keeps its value in `before`.
    """
    groups, dims = before.shape
    total = np.zeros((groups, dims))
    count = np.zeros(groups)
    for k in range(order.size):
        i = order[k]
        if present[i]:
            count[group[i]] += 1.0
            for d in range(dims):
                total[group[i], d] += wellbeing[i, d]
    for g in range(groups):
        for d in range(dims):
            total[g, d] = total[g, d] / count[g] if count[g] > 0 else before[g, d]
    return total


def shares(counts: Floats) -> Floats:
    """Return counts as shares of their sum (all 0 where the sum is 0)."""
    total = counts.sum()
    return counts / total if total > 0 else counts
