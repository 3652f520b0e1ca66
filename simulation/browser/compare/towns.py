"""A hundred paired towns in the background: begun, watched, stopped; what is done is kept.

The pairs of all visitors go through the same few processes, which stay warm. They hold nothing of a
visitor, and end with the server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

from experiments.flow import Lost, flow
from experiments.pool import LocalPool
from experiments.simulate import check_counts
from experiments.sweeping.sweeps import processors
from simulation.browser.compare.pair import (
    PairResult,
    arms_of,
    gain_known,
    months_to_run,
    plan_of,
    run_pair,
    stand_back,
    task_of,
)
from simulation.errors import InputError
from simulation.specification import Specification

PAIRS = 100
"""Pairs of towns that are tried."""

OFTEN = 0.4
"""Seconds between two things that are told while pairs are run."""

BUDGET = 20.0
"""Seconds that a hundred pairs may take unless somebody asks for more."""

MONTH_SECONDS, PERSON_SECONDS = 1.0e-3, 2.2e-6
"""What a month of town life costs one processor: in itself, and for each resident (measured)."""

YEARS = (60, 120, 180)
"""Months at which a comparison may end, besides the horizon."""


@dataclass(frozen=True)
class Order:
    """What is asked: pairs of A and B on the same luck, judged at a month.

    Attributes:
        a: the first town.
        b: the second.
        months: horizon; outcomes are means of the year that ends there.
        seed: seed of the experiment; pair r is the replicate r of `kindling compare`.
        gain: whether each is run without its push, too.
        pairs: how many pairs.
    """

    a: Specification
    b: Specification
    months: int
    seed: int
    gain: bool = False
    pairs: int = PAIRS

    def check(self) -> None:
        """Refuse an order that makes no sense.

        Raises:
            InputError: naming what is wrong.
        """
        check_counts(seed=self.seed, replicates=self.pairs, processes=1)
        last = min(self.a.months, self.b.months)
        if not 1 <= self.months <= last:
            raise InputError(
                "out of range", key="months", found=self.months, allowed=f"1 to {last}"
            )
        if self.gain and not gain_known(self.a, self.b):
            raise InputError("a gain needs a push in both towns", key="gain")
        for arm in (self.a, self.b):
            if not arm.parameters.record.enabled:
                raise InputError("nothing is recorded", key="record.enabled", mend="switch it on")


@dataclass(frozen=True)
class State:
    """How far it is.

    Attributes:
        stage: "waiting", "running", "done", "stopped" or "failed".
        done: pairs that are there.
        total: pairs in all.
        seconds: how long it has been at work.
        text: what went wrong.
    """

    stage: str = "waiting"
    done: int = 0
    total: int = PAIRS
    seconds: float = 0.0
    text: str = ""

    @property
    def left(self) -> float | None:
        """Seconds until all are done, if it goes on like this; None where that cannot be told."""
        if self.stage != "running" or not self.done or self.seconds <= 0:
            return None
        return self.seconds / self.done * (self.total - self.done)


class Towns:
    """Pairs of towns, run in the background.

    Attributes:
        order: what was asked.
        told: called in another thread when there is something new, at most every `OFTEN` seconds
            and at the end; None for nobody.
    """

    def __init__(self, order: Order, told: Callable[[], object] | None = None) -> None:
        """Take an order; `start` begins.

        Raises:
            InputError: for an order that makes no sense.
        """
        order.check()
        self.order, self.told = order, told
        self._turn = threading.Lock()
        self._results: dict[int, PairResult] = {}
        self._stage, self._text, self._worked = "waiting", "", 0.0
        self._since = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State:
        """How far it is now."""
        with self._turn:
            running = self._stage == "running"
            seconds = self._worked + (time.monotonic() - self._since if running else 0.0)
            return State(self._stage, len(self._results), self.order.pairs, seconds, self._text)

    @property
    def results(self) -> tuple[PairResult, ...]:
        """The pairs that are there, in the order of their replicates."""
        with self._turn:
            return tuple(self._results[r] for r in sorted(self._results))

    def start(self) -> None:
        """Run the pairs that are not there yet; does nothing while it runs."""
        with self._turn:
            if self._stage == "running":
                return
            self._stage, self._text, self._since = "running", "", time.monotonic()
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._work, args=(self._stop,), daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop; pairs that are done are kept."""
        self._stop.set()

    def wait(self, seconds: float) -> State:
        """Wait until it is over, for so many seconds at most; return how far it is then."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self.state

    def _work(self, stop: threading.Event) -> None:
        """Run what is missing; in a thread of its own."""
        stage, text, last = "failed", "", 0.0
        try:
            o = self.order
            first = task_of(arms_of(o.a, o.b, gain=o.gain), o.months, o.seed)
            missing = [r for r in range(o.pairs) if r not in self._results]
            tasks = (first._replace(replicate=r) for r in missing)
            with closing(flow(run_pair, tasks, _Crew(), stop=stop.is_set)) as done:
                for task, result in done:
                    if isinstance(result, Lost):
                        text = result.reason
                        continue
                    with self._turn:
                        self._results[task.replicate] = result
                    if time.monotonic() - last >= OFTEN:
                        last = time.monotonic()
                        self._tell()
            whole = len(self._results) == o.pairs
            stage = "done" if whole else "stopped" if stop.is_set() else "failed"
        except InputError as problem:
            text = problem.line()
        except Exception as problem:  # it is said on the page, and the page goes on
            text = " ".join(f"{type(problem).__name__}: {problem}".split())
        finally:
            with self._turn:
                self._worked += time.monotonic() - self._since
                self._stage, self._text = stage, text if stage == "failed" else ""
            self._tell()

    def _tell(self) -> None:
        told = self.told
        if told is not None:
            told()


def horizons(split: int, months: int) -> list[int]:
    """Return the months at which a comparison may end, shortest first.

    Args:
        split: last month in which both are the same; -1 for none.
        months: the horizon of both.
    """
    shortest = -(-(max(split, 0) + 24) // 12) * 12
    return sorted({m for m in (shortest, *YEARS) if shortest <= m < months} | {months})


def expected_seconds(order: Order, processes: int | None = None) -> float:
    """Return how long an order takes, roughly, on processors that have nothing else to do."""
    arms = arms_of(order.a, order.b, gain=order.gain)
    months = months_to_run(plan_of(arms, order.months), order.months, order.a.spin_up)
    each = months * (MONTH_SECONDS + PERSON_SECONDS * order.a.size)
    return each * order.pairs / (processors() if processes is None else processes)


# ----------------------------------------------------------------------------- who does the work


class _Shared:
    """The processes that work for all visitors.

    Attributes:
        turn: held by whoever uses it.
        pool: the processes; None until somebody needs them.
        made: how often it was renewed.
    """

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.pool: LocalPool | None = None
        self.made = 0

    def submit(self, function: Callable[[Any], Any], task: Any) -> tuple[int, Future[Any]]:
        """Begin a task; return it with how often the processes had been renewed."""
        with self.turn:
            if self.pool is None:
                self.pool = LocalPool(processors())
            return self.made, self.pool.submit(function, task)

    def renew(self, seen: int) -> None:
        """Replace processes that died, unless another job has done so already."""
        with self.turn:
            if self.made == seen and self.pool is not None:
                self.pool.renew()
                self.made += 1

    def close(self) -> None:
        """End the processes; the next task starts others."""
        with self.turn:
            if self.pool is not None:
                self.pool.close(now=True)
                self.pool, self.made = None, self.made + 1


_shared = _Shared()


class _Crew:
    """What a job sees of the shared processes; letting them go ends none."""

    def __init__(self) -> None:
        self.count = processors()
        self.window = self.count + 1
        self._seen = 0

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""
        self._seen, future = _shared.submit(function, task)
        return future

    def renew(self) -> None:
        """Replace processes that died."""
        _shared.renew(self._seen)

    def close(self, *, now: bool) -> None:
        """Leave the processes to others."""


def warm() -> None:
    """Start the processes in the background, so that the first pair begins at once."""

    def begin() -> None:
        with suppress(Exception):  # what is wrong shows when there is work
            for _ in range(processors()):
                _shared.submit(_ready, None)

    threading.Thread(target=begin, daemon=True).start()


def _ready(_: None) -> None:
    stand_back()


def end_workers() -> None:
    """End the processes that work for all visitors; whoever has work starts others."""
    _shared.close()
