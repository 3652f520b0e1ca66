"""Provenance: where, when and with what a result was made. All that changes from run to run."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from simulation.fingerprint import NUMERICAL_LIBRARIES, code_hash
from simulation.processes import own_processes

PACKAGES = (*NUMERICAL_LIBRARIES, "mesa", "pandas", "pyarrow", "pydantic", "matplotlib")


def provenance(
    *,
    kind: str,
    result_id: str,
    run_ids: Sequence[str],
    seed: int,
    scenarios: Sequence[str],
    command: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return everything about how a result was made, as plain values.

    Args:
        kind: "run" or "comparison".
        result_id: the id of the whole result.
        run_ids: the ids of its runs, replicate by replicate.
        seed: seed of the experiment.
        scenarios: names of the scenarios as the user gave them.
        command: the command line; default: this process's own.
    """
    return {
        "made_by": "kindling",
        "kind": kind,
        "id": result_id,
        "version": installed("kindling-abm"),
        "code": code_hash(),
        "run_ids": list(run_ids),
        "seed": seed,
        "scenarios": list(scenarios),
        "own_processes": [f"{p.__module__}:{p.__qualname__}" for p in own_processes()],
        "command": list(sys.argv if command is None else command),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
        },
        "python": platform.python_version(),
        "packages": {name: installed(name) for name in PACKAGES},
    }


def installed(package: str) -> str | None:
    """Return the installed version of a package, None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
