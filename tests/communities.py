"""Communities for the tests of the engine, and their state in a form that can be compared."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.community import TABLES, CommunityModel
from simulation.specification import Specification, specify

TOWN: dict[str, Any] = {
    "months": 24,
    "spin_up": 2,
    "groups": [
        {"name": "north", "size": 26, "conditions": 0.6, "commuters": 0.1},
        {"name": "south", "size": 22, "conditions": 0.35, "burden": 0.3, "extraction": 0.3,
         "promises": 3, "committed": 0.1},
    ],
    "places": [{"name": "valley"}, {"name": "hill"}],
    "institutions": [
        {"name": "clinic", "sector": "hospital", "resident_seats": 1, "savings": 0.1},
        {"name": "hall", "sector": "government", "leader_seats": 3},
        {"name": "owner", "sector": "external_owner", "leader_seats": 1, "resistance": 0.4},
    ],
    "connectors": [
        {"count": 2, "employer": "clinic", "caseload": 12, "attention": 8},
        {"name": "guides", "count": 1, "place": "hill", "caseload": 10, "width": 2},
    ],
    "ties": {"kind": "small_world", "degree": 4, "between": 0.2},
    "events": [
        {"id": "homes", "kind": "newcomers", "month": 2, "count": 3, "groups": ["south"]},
        {"id": "rent", "kind": "displacement", "month": 2, "duration": 20, "strength": 0.8},
        {"id": "push", "kind": "funding", "month": 2, "duration": 12, "amount": 1.5, "reach": 0.6,
         "uses": {"organising": 0.4, "mentoring": 0.2, "services": 0.1, "cash": 0.1,
                  "policy": 0.1, "connectors": 0.1}},
        {"id": "words", "kind": "acknowledgement", "month": 3, "duration": 6, "strength": 0.7},
        {"id": "storm", "kind": "crisis", "month": 4, "dimensions": ["housing"]},
        {"id": "host", "kind": "facilitation", "month": 4, "duration": 4},
        {"id": "mayor", "kind": "leader_leaves", "month": 4},
        {"id": "start", "kind": "recruit", "month": 4, "target": {"count": 3}},
        {"id": "law", "kind": "policy", "month": 4},
        {"id": "table", "kind": "share_seats", "month": 4, "institutions": ["clinic"]},
        {"id": "vow", "kind": "promise", "month": 5, "kept": True, "groups": ["south"]},
        {"id": "radio", "kind": "loud_voice", "month": 4, "groups": ["north"]},
        {"id": "quick", "kind": "set", "month": 4, "duration": 3,
         "key": "leadership.vacancy_months", "value": 0},
    ],
    "parameters": {
        "housing": {"moving_rate": 0.1, "rewiring": 0.1, "bridging": 0.8, "newcomer_group": 0},
        "leadership": {"turnover": 0.2, "resident_share": 0.7, "bench_skill": 0.1,
                       "vacancy_months": 1, "bench_stewards": False, "bench_pick": "random"},
        "allocation": {"review_months": 2, "recovered": 2.0, "kept_months": -1},
        "activation": {"exit": 0.02},
    },
}  # fmt: skip
"""Two groups, two places, three kinds of institutions, and something of everything happening."""


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with some changed, table by table."""
    result = copy.deepcopy(dict(base))
    for name, value in changes.items():
        own = result.get(name)
        both = isinstance(own, dict) and isinstance(value, Mapping)
        result[name] = merged(own or {}, value) if both else copy.deepcopy(value)
    return result


def town(**changes: Any) -> Specification:
    """Return the town, with some settings changed."""
    return specify(merged(TOWN, changes))


def only(
    *processes: str, parameters: Mapping[str, Any] | None = None, **data: Any
) -> Specification:
    """Return a community in which a month consists of the named processes alone.

    Nobody is a steward at first, everyone is alike, all friends trust each other fully, and there
    is no spin-up: the published models start from such a blank sheet.
    """
    blank = {
        "start": {
            "stewards": 0.0, "opinion_spread": 0.0, "threshold_spread": 0.0, "trust_within": 1.0,
            "trust_across": 1.0, "trust_spread": 0.0, "wellbeing_spread": 0.0,
            "resource_spread": 0.0, "grievance": 0.0, "policy": 0.0, "susceptibility": 1.0,
        },
        "activation": {
            "reinforcement": 1.0, "exponent": 1.0, "rate": 1.0, "rejection": 0.0, "exit": 0.0,
            "burnout_exit": 0.0, "rungs": 1, "institutional_trust": 0.0, "connector": 0.0,
            "leadership": 0.0, "dose": 0.0, "grievance_mobilises": 0.0, "grievance_silences": 0.0,
            "resistance": 0.0,
        },
        "dialogue": {
            "meeting_rate": 0.0, "decay": 0.0, "mission_learning": 0.0, "group_bias": 0.0,
        },
    }  # fmt: skip
    return specify(
        {
            "month": processes,
            "spin_up": 0,
            "months": 12_000,
            "parameters": merged(blank, parameters or {}),
            **data,
        }
    )


def state(community: CommunityModel) -> dict[str, NDArray[Any]]:
    """Return every number of a community by name, residents and ties by id and not by row."""
    found: dict[str, NDArray[Any]] = {}
    for name in TABLES:
        table = getattr(community, name)
        rows = np.argsort(table.id, kind="stable") if name == "residents" else slice(None)
        for column, values in table.arrays().items():
            found[f"{name}.{column}"] = values[rows].copy()
    for part, values in community.ties.table()._asdict().items():
        found[f"ties.{part}"] = values
    found["truths"] = community.truths.copy()
    found["recorded"] = community.recorder.values
    found["exits"] = np.array(community.exits)
    found["month"] = np.array(community.month)
    return found


def differing(one: Mapping[str, NDArray[Any]], two: Mapping[str, NDArray[Any]]) -> set[str]:
    """Return the names of what differs in any bit between two states."""
    return {
        name
        for name in one.keys() | two.keys()
        if name not in one or name not in two or one[name].tobytes() != two[name].tobytes()
    }


def twin(community: CommunityModel) -> CommunityModel:
    """Return an independent community in the same state."""
    return copy.deepcopy(community)
