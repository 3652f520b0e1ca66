"""Limits and symmetries that hold exactly (L1 and on)."""

from __future__ import annotations

from experiments.validation.row import Row

ROWS: tuple[Row, ...] = ()
