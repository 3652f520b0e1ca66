"""How things are timed: several rounds in turn, so that a ratio holds when the machine drifts."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Spread(NamedTuple):
    """The middle and the ends of several measurements."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Summarise measurements."""
        return cls(min(values), statistics.median(values), max(values))

    def text(self, scale: float = 1.0, digits: int = 3) -> str:
        """Return `median (low-high)` with so many significant digits."""
        low, median, high = (f"{value * scale:.{digits}g}" for value in self)
        return f"{median} ({low}-{high})"


def seconds(function: Callable[[], object], repeat: int = 1) -> float:
    """Return the mean seconds of calling a function `repeat` times, without garbage collection."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _ in range(repeat):
            function()
        return (time.perf_counter() - start) / repeat
    finally:
        gc.enable()
