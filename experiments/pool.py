"""A pool of processes: the same function on many tasks, results as they come.

Every task is independent and carries its own seed, so it does not matter where or in which order
tasks are done. Processes start from a server that has the model loaded and its kernels warm; one
that is killed costs no task, for the pool is made anew and the task is tried again.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from experiments.flow import Lost, WorkersLost, flow
from simulation.processes import own_processes, register, unregister

Own = tuple[tuple[str, str], ...]
"""Where the researcher's own processes are found: module and name of each."""

WARM = "experiments.sweeping.warm"
"""The module that loads the model and its kernels when it is imported."""

ORPHAN = "experiments.sweeping.orphan"
"""The module that, when imported, keeps workers silent whose parent has stopped."""

AHEAD = 2
"""Tasks under way for each process, so that none waits for its next one."""


def each[T, R](
    function: Callable[[T], R], tasks: Sequence[T], processes: int = 1
) -> Generator[tuple[int, R], None, None]:
    """Yield (position of the task, its result) as tasks are done.

    When the caller stops early, the helper processes are stopped too: close the generator, or use
    `contextlib.closing`.

    Args:
        function: what to do with a task; with more than one process both must pickle.
        tasks: the tasks.
        processes: how many processes share the work; with one, all happens here, in order.

    Raises:
        WorkersLost: a task killed the process that did it, twice.
    """
    if processes == 1 or len(tasks) <= 1:
        for position, task in enumerate(tasks):
            yield position, function(task)
        return
    pool = LocalPool(min(processes, len(tasks)))
    for numbered, result in flow(_Numbered(function), enumerate(tasks), pool):
        if isinstance(result, Lost):
            raise WorkersLost(f"a process died twice on the same task ({result.reason})")
        yield numbered[0], result


class _Numbered[T, R]:
    """A function of tasks that bear numbers."""

    def __init__(self, function: Callable[[T], R]) -> None:
        self.function = function

    def __call__(self, numbered: tuple[int, T]) -> R:
        return self.function(numbered[1])


class LocalPool:
    """Processes on this machine, made when the first task comes and anew when one has died.

    Attributes:
        warm: whether this process has started any before, so that more are there at once.
    """

    warm = False

    def __init__(self, processes: int, own: Own | None = None) -> None:
        """Plan so many processes; none is started yet.

        Args:
            processes: how many.
            own: the researcher's processes that each has to know; default: those registered now.
        """
        self.count = processes
        self.own = own_names() if own is None else own
        self.window = AHEAD * processes
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""
        if self._pool is None:
            LocalPool.warm = sys.platform != "win32"
            self._pool = ProcessPoolExecutor(
                self.count, mp_context=_context(), initializer=_prepare, initargs=(self.own,)
            )
        return self._pool.submit(function, task)

    def renew(self) -> None:
        """Let the processes that are left go; the next task starts others."""
        self.close(now=True)

    def close(self, *, now: bool) -> None:
        """Let the processes go; with `now`, in the middle of their tasks."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=not now, cancel_futures=now)
        if now:
            for process in processes:
                with suppress(OSError, ValueError):  # it may have ended by itself
                    process.kill()


def own_names() -> Own:
    """Return where the researcher's own processes that are registered now are found."""
    return tuple((p.__module__, p.__qualname__) for p in own_processes())


def know(own: Own) -> None:
    """Register exactly these processes.

    Raises:
        ImportError: one cannot be found here.
    """
    if own == own_names():
        return
    for process in own_processes():
        unregister(process.name)
    for module, name in own:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        register(found)


def _context() -> Any:
    """Return the way to start processes: from a warm server, where the system can."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    from multiprocessing.forkserver import ensure_running

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([ORPHAN, WARM])
    with _deaf():
        ensure_running()
    return context


@contextmanager
def _deaf() -> Iterator[None]:
    """Start a process that never hears Ctrl-C, not even while it begins: it is the parent's."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _prepare(own: Own) -> None:
    """Ready a helper process: leave Ctrl-C to the parent, end with it, know what there is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    importlib.import_module(WARM)
    if own:
        know(own)


def _end_with_parent() -> None:
    """End this process when its parent has: a parent that is killed cannot say goodbye."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
