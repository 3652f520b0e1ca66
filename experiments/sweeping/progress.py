"""Progress: how far a sweep is, live in a terminal and in a notebook, line by line elsewhere."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from experiments.sweeping.ask import Progress, Tally

OFTEN, SELDOM = 0.2, 10.0
"""Seconds between two updates where they replace each other, and where they pile up."""

MEMORY = 60.0
"""Seconds over which the speed is taken."""


class Speed:
    """How many runs are done in a second, of late."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin to measure."""
        self._now = now
        self._marks: deque[tuple[float, int]] = deque([(now(), 0)])

    def note(self, done: int) -> None:
        """Take note of how many runs are done by now."""
        now = self._now()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > MEMORY:
            self._marks.popleft()

    @property
    def rate(self) -> float:
        """Runs a second; 0 as long as nothing is known."""
        (first, before), (last, after) = self._marks[0], self._marks[-1]
        return (after - before) / (last - first) if last > first else 0.0


def words(tally: Tally, rate: float) -> str:
    """Return how far a sweep is, in one line."""
    parts = [f"{tally.done + tally.found:,} of {tally.total:,} runs"]
    if tally.found:
        parts.append(f"{tally.found:,} found")
    if tally.failed:
        parts.append(f"{tally.failed:,} failed")
    left = tally.total - tally.found - tally.done
    if rate > 0:
        parts.append(f"{rate:.3g} a second")
        if left:
            parts.append(f"{duration(left / rate)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a length of time as people say it."""
    if seconds < 90:
        return f"{max(seconds, 0):.0f} s"
    minutes = seconds / 60
    if minutes < 90:
        return f"{minutes:.0f} min"
    hours = minutes / 60
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


@contextmanager
def show(*, quiet: bool = False, what: str = "Sweeping") -> Generator[Progress, None, None]:
    """Give a function to be called after every run, which shows how far a sweep is.

    In a terminal a bar on stderr, in a notebook a line that changes, elsewhere a line on stderr
    every ten seconds.

    Args:
        quiet: show nothing.
        what: first word of what is shown.
    """
    if quiet:
        yield lambda tally: None
    elif _in_notebook():
        yield _Throttled(_notebook(what), OFTEN)
    elif sys.stderr.isatty():
        with _terminal(what) as update:
            yield _Throttled(update, OFTEN)
    else:
        yield _Throttled(lambda t, line: print(f"{what}: {line}", file=sys.stderr), SELDOM)


class _Throttled:
    """Passes a tally on now and then, and the last one of all."""

    def __init__(self, update: Callable[[Tally, str], None], every: float) -> None:
        self._update, self._every, self._last = update, every, time.monotonic()
        self._speed = Speed()

    def __call__(self, tally: Tally) -> None:
        now = time.monotonic()
        over = tally.done + tally.found >= tally.total
        if not over and now - self._last < self._every:
            return
        self._last = now
        self._speed.note(tally.done)
        self._update(tally, words(tally, self._speed.rate))


def _in_notebook() -> bool:
    """Tell whether a notebook's kernel is running."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return type(get_ipython()).__name__ == "ZMQInteractiveShell"


def _notebook(what: str) -> Callable[[Tally, str], None]:
    import IPython.display

    shown: Any = IPython.display  # it has no types
    handle = shown.display(shown.Pretty(f"{what} …"), display_id=True)

    def update(tally: Tally, line: str) -> None:
        handle.update(shown.Pretty(f"{what}: {line}"))

    return update


@contextmanager
def _terminal(what: str) -> Generator[Callable[[Tally, str], None], None, None]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[line]}"),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as bar:
        task = bar.add_task(what, total=None, line="")

        def update(tally: Tally, line: str) -> None:
            bar.update(task, completed=tally.done + tally.found, total=tally.total, line=line)

        yield update
