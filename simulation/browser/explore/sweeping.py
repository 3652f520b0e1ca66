"""A small sweep in the background: begun, watched, stopped; what is done is always kept."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from experiments.designs import Design
from experiments.store import Store
from experiments.sweeping.sweeps import processors
from simulation.browser.explore.worker import Message, work

FEWEST = 3
"""Runs after which it is said how long the others will take."""

OFTEN = 0.4
"""Seconds between two things that are told while a sweep is under way."""

PATIENCE = 20.0
"""Seconds that a sweep has to stop by itself; then it is killed, and loses only what it was at."""

LEAVE = 3.0
"""The same where the visitor has gone already."""


@dataclass(frozen=True)
class State:
    """How far a sweep is.

    Attributes:
        stage: "starting", "running", "stopping", "done", "stopped" or "failed".
        done: runs that are there.
        total: runs in all; 0 as long as nobody knows.
        seconds: since it began.
        text: what went wrong.
        first: seconds and runs when the first of them were told; what went before was getting
            ready.
    """

    stage: str = "starting"
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    text: str = ""
    first: tuple[float, int] = (0.0, 0)

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.stage in ("done", "stopped", "failed")

    @property
    def left(self) -> float | None:
        """Seconds until all is done, if it goes on like this; None where that cannot be told."""
        seconds, done = self.seconds - self.first[0], self.done - self.first[1]
        if done < FEWEST or not self.first[1]:
            return None
        return seconds / done * (self.total - self.done)


def processes() -> int:
    """Return how many processes a small sweep may use: one fewer than there are processors."""
    return max(processors() - 1, 1)


class SmallSweep:
    """A sweep in a process of its own.

    Attributes:
        design: what is run.
        store: the folder that the runs go to.
    """

    def __init__(
        self,
        design: Design,
        store: Path | None = None,
        told: Callable[[State], None] | None = None,
    ) -> None:
        """Begin.

        Args:
            design: what to run.
            store: folder of the store; None for one of its own, which goes when the sweep does.
            told: called with every new state, at most every `OFTEN` seconds, in another thread.

        Raises:
            InputError: the folder holds something else, or cannot be written.
        """
        if store is not None:
            Store.create_or_open(store)
        self.design = design
        self._spare = None if store is not None else tempfile.TemporaryDirectory(
            prefix="kindling-runs-", ignore_cleanup_errors=True
        )  # fmt: skip
        self.store: Path = Path(self._spare.name) / "runs" if self._spare else store or Path()
        self._told = told
        self._state, self._turn = State(), threading.Lock()
        self._begun, self._last = time.monotonic(), 0.0
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(
            target=work, args=(design.data(), self.store, processes(), other), daemon=False
        )
        self._process.start()
        other.close()
        self._end = weakref.finalize(self, _end, self._process, self._pipe)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def state(self) -> State:
        """How far it is now."""
        return self._state

    @property
    def kept(self) -> bool:
        """Whether the store stays when the visitor goes."""
        return self._spare is None

    def stop(self) -> None:
        """Ask it to stop after the runs that are under way; what is done is kept."""
        if self._state.over:
            return
        self._take(replace(self._state, stage="stopping"), now=True)
        with suppress(OSError):
            self._pipe.send("stop")

        def insist() -> None:
            self._process.join(PATIENCE)
            if self._process.is_alive():
                self._process.kill()

        threading.Thread(target=insist, daemon=True).start()

    def wait(self, seconds: float) -> State:
        """Wait until it is over, for so many seconds at most; return how far it is then."""
        self._thread.join(seconds)
        return self._state

    def close(self) -> None:
        """End it and take away a store of its own: the visitor has gone."""
        self._told = None
        self._end()
        self._thread.join(LEAVE)
        if self._spare is not None:
            self._spare.cleanup()

    def _watch(self) -> None:
        """Take what the process says until it ends."""
        last = Message("failed", text="")
        with suppress(EOFError, OSError):
            while True:
                message: Message = self._pipe.recv()
                if message.kind != "tally":
                    last = message
                    if message.total:
                        self._count(message)
                    break
                self._count(message)
        asked = self._state.stage == "stopping"
        self._process.join(PATIENCE)
        whole = 0 < self._state.total <= self._state.done
        stage = "done" if whole else "stopped" if asked or last.kind == "end" else "failed"
        if last.kind == "failed" and last.text:
            stage = "failed"
        self._take(replace(self._state, stage=stage, text=last.text), now=True)

    def _count(self, message: Message) -> None:
        """Take note of how many runs are done."""
        state = self._state
        first = state.first
        if not first[1] and message.done:
            first = (time.monotonic() - self._begun, message.done)
        stage = "stopping" if state.stage == "stopping" else "running"
        self._take(replace(state, stage=stage, done=message.done, total=message.total, first=first))

    def _take(self, state: State, *, now: bool = False) -> None:
        """Take note of a state, and tell it unless the last one was told only just now."""
        with self._turn:
            seconds = time.monotonic() - self._begun
            self._state = replace(state, seconds=seconds)
            if not now and seconds - self._last < OFTEN:
                return
            self._last = seconds
        if self._told is not None:
            self._told(self._state)


def _end(process: BaseProcess, pipe: Connection) -> None:
    """Ask a sweep to stop, and make it stop where it does not."""
    if process.is_alive():
        with suppress(OSError):
            pipe.send("stop")
        process.join(LEAVE)
    if process.is_alive():
        process.kill()
        process.join(LEAVE)
