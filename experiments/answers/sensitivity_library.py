"""SALib, imported when it is needed."""

from __future__ import annotations

import importlib
from typing import Any

from simulation.errors import InputError


def salib(name: str) -> Any:
    """Return one of SALib's analysers.

    Raises:
        InputError: SALib is not installed.
    """
    try:
        return importlib.import_module(f"SALib.analyze.{name}")
    except ImportError:
        raise InputError(
            "this needs the library SALib, which is not installed",
            mend="install kindling-abm[analysis]",
        ) from None
