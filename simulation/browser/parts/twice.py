"""Twice: a double click on a button that starts and stops does the first of the two alone."""

from __future__ import annotations

import time
from collections.abc import Callable

TWICE = 0.8
"""Seconds within which a second click is part of the first."""


class Once:
    """Lets through what is asked for, but not again within `TWICE` seconds of its end.

    Buttons that take each other's place (start and stop) share one of these. A second click that
    waits until the first is dealt with, however long that takes, is still part of it.
    """

    def __init__(self) -> None:
        self._last = -TWICE
        self._what: object = None

    def do(self, action: Callable[[], object], what: object = None) -> bool:
        """Do something unless just that was done just now; return whether it was done.

        Args:
            action: does it.
            what: which thing it is, where one of these guards several; another one goes through.
        """
        if what == self._what and time.monotonic() - self._last < TWICE:
            return False
        try:
            action()
        finally:
            self._what, self._last = what, time.monotonic()
        return True
