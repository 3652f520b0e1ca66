"""Money and time: discounting, capability, savings, persistence (T24-T28)."""

from __future__ import annotations

from experiments.validation.row import Row

ROWS: tuple[Row, ...] = ()
