"""Dask: runs on many machines, through a scheduler that is there already.

`dask_executor` makes a `concurrent.futures.Executor` of a Dask scheduler, to be given to `sweep` or
`ask`. The sweep keeps a window of about eight tasks under way for each worker and lets go of every
result as it comes: a scheduler that is given everything at once does finished work again when a
worker dies. A worker does one run at a time, as one process does here, however many threads it has.
"""

from __future__ import annotations

import asyncio
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from contextlib import suppress
from typing import Any

from simulation.errors import InputError

PATIENCE = 10.0
"""Seconds in which a scheduler has to answer, and one worker has to be there."""

CLOSING = 5.0
"""Seconds in which it has to let go."""

GONE = "the Dask scheduler is gone"
INSTALL = "install the extra: pip install 'kindling-abm[dask]'"


class DaskExecutor(Executor):
    """A Dask scheduler's workers as a standard executor.

    Attributes:
        workers: worker processes that were there at the start; others may come and go.
    """

    def __init__(self, client: Any) -> None:
        """Take over a client; it is closed with the executor."""
        self._client = client
        self.workers = max(1, self.count())
        self._under_way: set[Future[Any]] = set()
        self._closed = False

    def count(self) -> int:
        """Return how many worker processes there are now."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Begin a task on whichever worker is free.

        Raises:
            BrokenExecutor: the scheduler is gone.
        """
        from distributed.protocol.pickle import dumps

        if self._closed:
            raise RuntimeError("the executor is closed")
        if self._client.status != "running":
            raise BrokenExecutor(GONE)
        local: Future[Any] = Future()
        packed = dumps((fn, args, kwargs))  # type: ignore[no-untyped-call]
        remote = self._client.submit(perform_alone, packed, pure=False)
        self._under_way.add(local)

        def forget(done: Future[Any]) -> None:
            self._under_way.discard(done)
            if done.cancelled():
                remote.cancel()

        local.add_done_callback(forget)
        remote.add_done_callback(lambda finished: _hand_over(finished, local))
        return local

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the client; the scheduler and its workers go on."""
        if self._closed:
            return
        self._closed = True
        if cancel_futures or not wait:
            for future in list(self._under_way):
                future.cancel()
        if wait:
            wait_for(list(self._under_way))
        with suppress(TimeoutError):  # a scheduler that is gone is not waited for
            self._client.close(timeout=CLOSING)


def dask_executor(address: str, *, patience: float = PATIENCE) -> DaskExecutor:
    """Return an executor on a running Dask scheduler; use it in a `with` statement.

    Args:
        address: of the scheduler, such as "tcp://10.0.0.1:8786".
        patience: seconds in which it has to answer and have a worker.

    Raises:
        InputError: Dask is not installed, nobody answers, or there are no workers.
    """
    try:
        from distributed import Client
    except ImportError as problem:
        raise InputError("Dask is not installed", key="--dask", mend=INSTALL) from problem
    try:
        client: Any = Client(address, timeout=patience, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError, asyncio.CancelledError) as problem:
        raise InputError(
            "no Dask scheduler answers there",
            key="--dask",
            found=address,
            mend="start one with 'dask scheduler', and give the address that it prints",
        ) from problem
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError as problem:
        client.close()
        raise InputError(
            "the Dask scheduler has no workers",
            key="--dask",
            found=address,
            mend=f"start one with 'dask worker {address} --nthreads 1'",
        ) from problem
    return DaskExecutor(client)


_one_at_a_time = threading.Lock()


def perform_alone(packed: bytes) -> Any:
    """Do a task on a worker, with no other beside it in the same process.

    Models may draw on generators that a whole process shares.
    """
    function, args, kwargs = pickle.loads(packed)
    with _one_at_a_time:
        return function(*args, **kwargs)


def _hand_over(remote: Any, local: Future[Any]) -> None:
    """Give what came of a task to the one who waits for it, and let the cluster forget it."""
    if not local.set_running_or_notify_cancel():
        return
    try:
        result = remote.result()
    except (asyncio.CancelledError, CancelledError):
        local.set_exception(BrokenExecutor(GONE))
    except BaseException as problem:  # the worker's own, or KilledWorker
        local.set_exception(problem)
    else:
        local.set_result(result)
    finally:
        remote.release()
