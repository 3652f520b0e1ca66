"""Contagion: growth, exit and critical mass (T7-T9, T11)."""

from __future__ import annotations

from experiments.validation.row import Row

ROWS: tuple[Row, ...] = ()
