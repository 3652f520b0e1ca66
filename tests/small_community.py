"""A community of forty residents, in which people come and go, for tests."""

from typing import Any

import numpy as np

from simulation.community import CommunityModel
from simulation.specification import Specification, specify

SMALL: dict[str, Any] = {
    "months": 12,
    "spin_up": 2,
    "groups": [{"name": "north", "size": 20}, {"name": "south", "size": 20, "conditions": 0.3}],
    "institutions": [
        {"name": "clinic", "sector": "hospital"},
        {"name": "fund", "sector": "funder", "resident_seats": 1},
    ],
    "connectors": [{"count": 2, "employer": "clinic"}, {"name": "neighbours", "count": 1}],
    "ties": {"kind": "small_world", "degree": 4},
    "events": [
        {"id": "homes", "kind": "newcomers", "month": 2, "count": 3, "groups": ["south"]},
        {"id": "rent", "kind": "displacement", "month": 2, "duration": 9, "strength": 0.9},
        {"id": "push", "kind": "funding", "month": 3, "duration": 4},
    ],
    "parameters": {"housing": {"moving_rate": 0.1}},
}


def small_specification(**changes: Any) -> Specification:
    """Return the small community with some top-level settings replaced."""
    return specify({**SMALL, **changes})


def small_community(*, rng: int | None = 7, **changes: Any) -> CommunityModel:
    """Build the small community."""
    return CommunityModel(small_specification(**changes), rng=rng)


def same_state(one: CommunityModel, other: CommunityModel) -> bool:
    """Compare all columns, ties and the record, bit for bit."""
    for table in ("residents", "connectors", "institutions", "seats", "stocks", "groups", "pairs"):
        mine, theirs = getattr(one, table).arrays(), getattr(other, table).arrays()
        if any(not np.array_equal(mine[n], theirs[n], equal_nan=n != "id") for n in mine):
            return False
    ties = zip(one.ties.table(), other.ties.table(), strict=True)
    return all(np.array_equal(a, b) for a, b in ties) and one.series().equals(other.series())
