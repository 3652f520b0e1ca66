"""All rows, by id, in the order of the documentation."""

from __future__ import annotations

from importlib import import_module

from experiments.validation.row import Row

MODULES = (
    "thresholds",
    "contagion",
    "coordination",
    "voice",
    "promises",
    "money",
    "learning",
    "limits",
    "patterns",
    "held_out",
)
"""The modules that hold the rows; each has a tuple `ROWS`."""


def all_rows() -> dict[str, Row]:
    """Return every row by id."""
    rows: dict[str, Row] = {}
    for name in MODULES:
        for row in import_module(f"experiments.validation.rows.{name}").ROWS:
            rows[row.id] = row
    return rows
