"""A pool of processes: the same function on many tasks, results as they come.

Every task is independent and carries its own seed, so it does not matter where or in which order
tasks are done.
"""

from __future__ import annotations

import importlib
import multiprocessing
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any

from simulation.processes import own_processes, register


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
    """
    if processes == 1 or len(tasks) <= 1:
        for position, task in enumerate(tasks):
            yield position, function(task)
        return
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        min(processes, len(tasks)),
        mp_context=multiprocessing.get_context(
            "spawn" if sys.platform == "win32" else "forkserver"
        ),
        initializer=_prepare,
        initargs=([(p.__module__, p.__qualname__) for p in own_processes()],),
    )
    try:
        waiting: dict[Future[R], int] = {
            pool.submit(function, task): position for position, task in enumerate(tasks)
        }
        while waiting:
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                yield waiting.pop(future), future.result()
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for helper in set(multiprocessing.active_children()) - others:
            helper.terminate()
        raise


def _prepare(own: list[tuple[str, str]]) -> None:
    """Ready a helper process: leave Ctrl-C to the parent and know the researcher's processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module, name in own:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        register(found)
