"""Patterns of the whole model (P1-P8)."""

from __future__ import annotations

from experiments.validation.row import Row

ROWS: tuple[Row, ...] = ()
