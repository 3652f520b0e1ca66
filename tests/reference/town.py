"""A small town in which everything can happen, to hold single forms of the model against."""

from __future__ import annotations

from typing import Any

from simulation.specification import Specification, specify

GROUPS: list[dict[str, Any]] = [
    {
        "name": "north",
        "size": 16,
        "conditions": 0.7,
        "works": 0.6,
        "voice": 1.5,
        "committed": 0.1,
        "lived_experience": 0.2,
    },
    {
        "name": "south",
        "size": 14,
        "conditions": {"housing": 0.3, "health": 0.4, "livelihood": 0.35},
        "burden": 0.3,
        "extraction": 0.2,
        "promises": 3,
        "kept": 0.4,
        "commuters": 0.15,
        "resources": 0.6,
        "threshold_shift": 0.1,
    },
]
INSTITUTIONS: list[dict[str, Any]] = [
    {"name": "clinic", "sector": "hospital", "resident_seats": 1, "pooled": 0.2},
    {"name": "city", "sector": "government", "budget": 0.2, "upstream": 0.3, "leader_seats": 3},
    {
        "name": "owner",
        "sector": "external_owner",
        "budget": 0.05,
        "leader_seats": 1,
        "upstream": 0.2,
        "savings": 0.3,
    },
]
LIVELY: dict[str, dict[str, Any]] = {
    "start": {"stewards": 0.4, "threshold": 0.6, "trust_within": 0.7, "trust_across": 0.6},
    "leadership": {"turnover": 0.2, "vacancy_months": 1, "resident_share": 0.7, "bench_skill": 0.1},
    "housing": {"base_turnover": 0.05, "rewiring": 0.3, "bridging": 0.8, "homophily": 0.3},
    "allocation": {"review_months": 2},
}
"""More happens in a few months than by default."""


def town(
    changes: dict[str, dict[str, Any]] | None = None, *, events: Any = (), **more: Any
) -> Specification:
    """Return the town, with some parameters changed and with some events."""
    parameters = {table: dict(values) for table, values in LIVELY.items()}
    for table, values in (changes or {}).items():
        parameters.setdefault(table, {}).update(values)
    named = [{"id": f"event {n}", **event} for n, event in enumerate(events)]
    data: dict[str, Any] = {
        "groups": GROUPS,
        "institutions": INSTITUTIONS,
        "connectors": [{"count": 2, "caseload": 8, "employer": "city"}],
        "ties": {"degree": 6, "rewiring": 0.3},
        "spin_up": 1,
    }
    return specify({**data, **more, "parameters": parameters, "events": named})
