"""Voice: how opinions settle, and whose count (T12-T16)."""

from __future__ import annotations

from experiments.validation.row import Row

ROWS: tuple[Row, ...] = ()
