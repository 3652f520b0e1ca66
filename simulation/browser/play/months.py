"""Months in words, the same as on the ruler."""

from __future__ import annotations

from simulation.browser.words import say


def when(month: int) -> str:
    """Return a month as the stage says it: year and month of the run, or its start."""
    if month <= 0:
        return say("stage.when.start")
    year, rest = divmod(month - 1, 12)
    return say("stage.when.month", year=year + 1, month=rest + 1)
