"""Promises: trust and sanctions (T20, T21)."""

from __future__ import annotations

from experiments.validation.row import Row

ROWS: tuple[Row, ...] = ()
