"""Stopping: Ctrl-C and SIGTERM are heard between runs, so that nothing is left half written."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether it is time to stop.

    Attributes:
        asked: true once somebody asked for it.
        end: reading of `time.monotonic` from which on time is up; None: never.
    """

    def __init__(self) -> None:
        """Begin unasked."""
        self.asked = False
        self.end: float | None = None
        self._breakable = False

    def __call__(self) -> bool:
        """Tell whether somebody asked to stop, or time is up."""
        return self.asked or (self.end is not None and time.monotonic() >= self.end)

    @contextmanager
    def breakable(self) -> Generator[None, None, None]:
        """Let a signal break what is done in this block with KeyboardInterrupt."""
        self._breakable = True
        try:
            yield
        finally:
            self._breakable = False

    def hear(self, _signal: int, _frame: FrameType | None) -> None:
        """Take note of a signal; the second one breaks whatever is being done."""
        if self._breakable or self.asked:
            self.asked = True
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def heeding() -> Generator[Stop, None, None]:
    """Turn Ctrl-C and SIGTERM into a wish to stop, in the main thread; the old ways come back."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before: dict[int, Any] = {number: signal.signal(number, stop.hear) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
