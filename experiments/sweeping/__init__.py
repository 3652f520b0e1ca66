"""Sweeping: many runs, on one machine or many, each of them once and none of them lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.sweeping.progress import show
    from experiments.sweeping.sweeps import Report, sweep

__all__ = ["Report", "show", "sweep"]

_HOMES = {"show": "progress", "sweep": "sweeps", "Report": "sweeps"}


def __getattr__(name: str) -> Any:
    """Import what is asked for: designs and stores import single modules of this package."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(f"experiments.sweeping.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
