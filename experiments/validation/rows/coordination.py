"""Coordination: conventions and weakest links (T5, T6, T10)."""

from __future__ import annotations

from experiments.validation.row import Row

ROWS: tuple[Row, ...] = ()
