"""Checking before a sweep: what it takes, found without risking the process that asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from experiments.designs import Design, DesignCheck, check_design
from experiments.flow import Lost, flow
from experiments.pool import LocalPool
from simulation.processes import own_processes


@dataclass(frozen=True)
class _Asked:
    """A design to be checked elsewhere, as plain values."""

    design: dict[str, Any]
    store: Path
    processes: int | None


def check_safely(design: Design, store: Path, *, processes: int | None = None) -> DesignCheck:
    """Check a design; a process of the researcher's own that kills its process kills a helper.

    Args:
        design: the design.
        store: where its runs are to be kept.
        processes: how many processes are to share the work.
    """
    if not own_processes():
        return check_design(design, store, processes=processes)
    asked = _Asked(design.data(), store, processes)
    for _, found in flow(_check, iter([asked]), LocalPool(1)):
        if not isinstance(found, Lost):
            return found
    untimed = check_design(design, store, processes=processes, timed=False)
    return replace(untimed, failed="it ended the process that did it")


def _check(asked: _Asked) -> DesignCheck:
    design = Design.from_data(asked.design)
    return check_design(design, asked.store, processes=asked.processes)
