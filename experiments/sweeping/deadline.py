"""Deadlines: a run that hangs is given up, and the sweep goes on.

Where the system has alarms, the run is interrupted in the month it hangs in. Compiled code does
not listen to alarms; a watchdog then ends the worker, which counts as a run that killed it.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

GRACE = 5.0
"""Seconds after the alarm when the watchdog bites."""


class TooLong(Exception):
    """A run took longer than it may."""


@contextmanager
def deadline(seconds: float | None) -> Generator[None, None, None]:
    """Raise `TooLong` in the block after so many seconds; None: never.

    Works in the main thread of a process; elsewhere, as in the threads of a Dask worker, nothing is
    limited. The watchdog is set only in processes that a pool started.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    in_pool = multiprocessing.parent_process() is not None
    alarms = hasattr(signal, "setitimer")

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong(f"the run took longer than {seconds:g} s")

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        if in_pool:
            wait = seconds + GRACE if alarms else seconds
            faulthandler.dump_traceback_later(wait, exit=True, file=nowhere)
        if alarms:
            before = signal.signal(signal.SIGALRM, ring)
            signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            if alarms:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
            if in_pool:
                faulthandler.cancel_dump_traceback_later()


__all__ = ["TooLong", "deadline"]
