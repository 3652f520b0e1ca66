"""Orphan: a worker whose parent stopped before the worker had begun says nothing.

A server process imports this before it starts workers. A worker begins by unpacking the queues that
its parent made for it. When Ctrl-C came meanwhile, the parent has let go of them and the unpacking
fails: that is no error that anybody has to read, for the parent has said that it stopped.
"""

from __future__ import annotations

import sys
from types import TracebackType

GONE = (EOFError, FileNotFoundError, ConnectionError)
"""What unpacking meets where a queue was."""


def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an error of a process that ends by it, unless its parent's queues have gone."""
    if issubclass(kind, GONE) and _where(trace).startswith("multiprocessing."):
        return
    sys.__excepthook__(kind, error, trace)


def _where(trace: TracebackType | None) -> str:
    """Return the module in which an error arose."""
    name = ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        trace = trace.tb_next
    return name


sys.excepthook = hook
