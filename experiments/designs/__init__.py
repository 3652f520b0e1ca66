"""Designs: which points of the space of scenarios are run, and how often.

`load_design` reads a shipped design or a file, `Design` makes one in Python; both have `cells()`
to run and `data()` to store. `check_design` says beforehand what a design takes.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.designs.cell import Cell, community_cell
    from experiments.designs.checking import DesignCheck, check_design
    from experiments.designs.declared import Arm, Factor, Level
    from experiments.designs.design import Design
    from experiments.designs.loading import design_names, find_design, load_design, shipped_designs

__all__ = [
    "Arm",
    "Cell",
    "Design",
    "DesignCheck",
    "Factor",
    "Level",
    "check_design",
    "community_cell",
    "design_names",
    "find_design",
    "load_design",
    "shipped_designs",
]

_HOMES = {
    "cell": ("Cell", "community_cell"),
    "checking": ("DesignCheck", "check_design"),
    "declared": ("Arm", "Factor", "Level"),
    "design": ("Design",),
    "loading": ("design_names", "find_design", "load_design", "shipped_designs"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: the runner needs cells without all that makes designs."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"experiments.designs.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
