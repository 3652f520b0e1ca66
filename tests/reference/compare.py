"""Holding the engine against the reference: every column of every table, and every tie."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulation.community import CommunityModel
from simulation.specification import Specification
from tests.reference.columns import columns, ties
from tests.reference.model import ReferenceModel

TOLERANCE = 1e-12
"""Absolute for numbers below 1, relative above."""

TABLES = ("residents", "connectors", "institutions", "seats", "stocks", "groups", "pairs")
TIE_PARTS = ("source", "target", "kind", "reliability", "openness", "mission")


def differences(engine: CommunityModel, reference: ReferenceModel) -> list[str]:
    """Return one line for each column in which the two differ."""
    found = []
    for name, expected in columns(reference).items():
        table = getattr(engine, name)
        order = np.argsort(table.id, kind="stable") if name == "residents" else slice(None)
        for column, values in expected.items():
            found += _differs(f"{name}.{column}", getattr(table, column)[order], values)
    rows = ties(reference)
    table = engine.ties.table()
    for number, part in enumerate(TIE_PARTS):
        found += _differs(f"ties.{part}", getattr(table, part), [row[number] for row in rows])
    return found


def _differs(name: str, got: Any, expected: list[Any]) -> list[str]:
    want = np.array(expected, dtype=got.dtype).reshape(-1, *got.shape[1:])
    if got.shape != want.shape:
        return [f"{name}: {got.shape[0]} rows instead of {want.shape[0]}"]
    if got.dtype.kind == "f":
        apart = np.abs(got - want) / np.maximum(1.0, np.abs(want))
        wrong = ~(apart <= TOLERANCE)
    else:
        wrong = got != want
    if not wrong.any():
        return []
    first = tuple(int(n) for n in np.argwhere(wrong)[0])
    return [f"{name}{list(first)}: {got[first]} instead of {want[first]} ({wrong.sum()} differ)"]


def assert_agree(specification: Specification, seed: int = 1, months: int = 3) -> ReferenceModel:
    """Run engine and reference side by side; fail at the first month in which they differ."""
    engine = CommunityModel(specification, rng=seed)
    reference = ReferenceModel(specification, seed)
    for month in range(months + 1):
        if month:
            engine.step()
            reference.step()
        assert engine.month == reference.month == month
        found = differences(engine, reference)
        assert not found, f"month {month}:\n" + "\n".join(found[:12])
    return reference


def largest_number(reference: ReferenceModel) -> float:
    """Return the largest number in the reference's state, to see that it is finite."""
    largest = 0.0
    for table in columns(reference).values():
        for values in table.values():
            for value in values:
                for number in value if isinstance(value, list) else [value]:
                    assert math.isfinite(number)
                    largest = max(largest, abs(float(number)))
    return largest
