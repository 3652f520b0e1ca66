"""Flow: tasks go through workers that may die, and come back in any order.

A bounded number of tasks is under way at a time, so that neither tasks nor results pile up. A task
whose worker dies is lost, not failed: whatever was under way then is tried again, one task at a
time with nothing beside it, so that the one that kills its worker is found and no other suffers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from typing import Any, NamedTuple, Protocol


def worker_died(problem: BaseException) -> bool:
    """Tell whether what a future raised means that its worker died, or that it was given up."""
    return isinstance(problem, BrokenExecutor | CancelledError)


MOST_LOSSES = 20
"""So many tasks lost alone, one after the other with none done between them, end it all."""

GLANCE = 0.2
"""Seconds between two looks at whether to stop."""


class Workers(Protocol):
    """Those who do the work.

    Attributes:
        count: how many work at once.
        window: how many tasks are under way at most.
    """

    count: int
    window: int

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""

    def renew(self) -> None:
        """Replace workers that died."""

    def close(self, *, now: bool) -> None:
        """Let the workers go; with `now`, in the middle of their tasks."""


class WorkersLost(RuntimeError):
    """Workers die whatever they are given."""


class Lost(NamedTuple):
    """In place of a result: alone, the task killed its worker twice.

    Attributes:
        reason: what is known of it, in one line.
    """

    reason: str


class _Suspect(NamedTuple):
    """A task that was under way when a worker died; it is tried alone, twice if need be.

    Attributes:
        task: the task.
        guilty: whether its worker died when it was alone.
    """

    task: Any
    guilty: bool = False


def flow[T, R](
    function: Callable[[T], R],
    tasks: Iterator[T],
    workers: Workers,
    *,
    split: Callable[[T], Sequence[T]] = lambda task: (task,),
    stop: Callable[[], bool] = lambda: False,
    died: Callable[[BaseException], bool] = worker_died,
) -> Generator[tuple[T, R | Lost], None, None]:
    """Yield (task, its result) as tasks are done.

    Args:
        function: what to do with a task; what it raises is raised here.
        tasks: read only as fast as they are done.
        workers: who does them; they are let go at the end, and at once when the caller stops early.
        split: parts of a task that are tried one by one where it was lost.
        stop: asked again and again; once it is true, only what is done already is yielded.
        died: whether what a future raised means that the task was lost, and not that it is wrong.

    Raises:
        WorkersLost: too many tasks were lost in succession.
    """
    under_way: dict[Future[R], T | _Suspect] = {}
    suspects: deque[_Suspect] = deque()
    losses, finished = 0, False
    try:
        while not stop():
            _fill(under_way, suspects, tasks, function, workers)
            if not under_way:
                finished = True
                break
            done, _ = wait(under_way, timeout=GLANCE, return_when=FIRST_COMPLETED)
            broken = False
            for future in done:
                task = under_way.pop(future)
                try:
                    result = future.result()
                except Exception as problem:
                    if not died(problem):
                        raise
                    broken = broken or isinstance(problem, BrokenExecutor)
                    if isinstance(task, _Suspect) and task.guilty:
                        losses += 1
                        yield task.task, Lost(_reason(problem))
                    else:
                        suspects.extend(_suspected(task, split))
                else:
                    losses = 0
                    yield _plain(task), result
            if losses >= MOST_LOSSES:
                raise WorkersLost(f"{losses} tasks in succession killed their workers")
            if broken:
                yield from _salvaged(under_way, suspects, split)
                workers.renew()
        if not finished:
            yield from _done_already(under_way)
    finally:
        for future in under_way:
            future.cancel()
        workers.close(now=not finished)


def _fill[T, R](
    under_way: dict[Future[R], T | _Suspect],
    suspects: deque[_Suspect],
    tasks: Iterator[T],
    function: Callable[[T], R],
    workers: Workers,
) -> None:
    """Begin as many tasks as may be under way: a suspect only when nothing else is."""
    while suspects:
        if under_way:
            return
        suspect = suspects.popleft()
        under_way[_begin(function, suspect.task, workers)] = suspect
    if any(isinstance(task, _Suspect) for task in under_way.values()):
        return
    while len(under_way) < workers.window:
        try:
            task = next(tasks)
        except StopIteration:
            return
        under_way[_begin(function, task, workers)] = task


def _begin[T, R](function: Callable[[T], R], task: T, workers: Workers) -> Future[R]:
    """Begin a task; where the workers are known to be dead already, with new ones."""
    try:
        return workers.submit(function, task)
    except BrokenExecutor:
        workers.renew()
        return workers.submit(function, task)


def _salvaged[T, R](
    under_way: dict[Future[R], T | _Suspect],
    suspects: deque[_Suspect],
    split: Callable[[T], Sequence[T]],
) -> Generator[tuple[T, R | Lost], None, None]:
    """Yield what was done before all workers broke; the rest of the tasks become suspects."""
    wait(under_way, timeout=10 * GLANCE)
    for future, task in list(under_way.items()):
        del under_way[future]
        future.cancel()
        try:
            result = future.result(timeout=0)
        except Exception:  # what was wrong with it shows when it is alone
            suspects.extend(_suspected(task, split))
        else:
            yield _plain(task), result


def _suspected[T](
    task: T | _Suspect, split: Callable[[T], Sequence[T]]
) -> Generator[_Suspect, None, None]:
    """Yield the parts of a lost task, each to be tried alone."""
    guilty = isinstance(task, _Suspect)
    yield from (_Suspect(part, guilty) for part in split(_plain(task)))


def _done_already[T, R](
    under_way: dict[Future[R], T | _Suspect],
) -> Generator[tuple[T, R | Lost], None, None]:
    for future, task in under_way.items():
        if future.done() and not future.cancelled() and future.exception() is None:
            yield _plain(task), future.result()


def _plain[T](task: T | _Suspect) -> T:
    return task.task if isinstance(task, _Suspect) else task


def _reason(problem: BaseException) -> str:
    text = " ".join(str(problem).split())
    name = type(problem).__name__
    return f"{name}: {text}" if text else name
