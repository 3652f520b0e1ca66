"""Look: what one visitor has open on Explore, and what they chose to see of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import solara

from experiments.designs import Design, DesignCheck
from simulation.browser.app_state import settings
from simulation.browser.explore.data import ALL, Held, hold
from simulation.browser.explore.sweeping import SmallSweep, State, processes
from simulation.browser.parts.twice import Once
from simulation.browser.words import say
from simulation.errors import InputError

Picked = tuple[object, object]
"""The level down and the level across of a box of the map."""


@dataclass(frozen=True)
class View:
    """What is looked at.

    Attributes:
        outcome: name of the outcome; "" for the first.
        arm: name of the arm; `ALL` for all of them together.
        across: name of what the map shows across; "" for what moves the outcome most.
        down: the same down; None for one row.
        x: what the dots show across; "" for the first factor.
        y: what they show upward; "" for the outcome looked at.
        picked: box of the map whose runs alone are shown.
        page: page of the table of runs, from 0.
    """

    outcome: str = ""
    arm: str = ALL
    across: str = ""
    down: str | None = ""
    x: str = ""
    y: str = ""
    picked: Picked | None = None
    page: int = 0


class Look:
    """What one visitor has open; nothing of it is shared.

    Attributes:
        held: the store that is shown; None for none.
        busy: what is being done now, in words; "" for nothing.
        problem: what could not be done, in words.
        state: how far the small sweep is; None without one.
        view: what is looked at.
        check: the small design that was checked last, and what it takes.
    """

    def __init__(self) -> None:
        """Begin with nothing; the store that the server was started with is opened by `begin`."""
        self.held: solara.Reactive[Held | None] = solara.reactive(None)
        self.busy: solara.Reactive[str] = solara.reactive("")
        self.problem: solara.Reactive[str] = solara.reactive("")
        self.state: solara.Reactive[State | None] = solara.reactive(None)
        self.view: solara.Reactive[View] = solara.reactive(View())
        self.check: solara.Reactive[tuple[Design, DesignCheck] | None] = solara.reactive(None)
        self._sweep: SmallSweep | None = None
        self._begun = False
        self.clicks = Once()

    def begin(self) -> None:
        """Open the store that the server was started with, once."""
        given = settings().store
        if not self._begun and given is not None:
            self.open(given)
        self._begun = True

    def open(self, path: Path | str, plan: str | None = None) -> None:
        """Read a store in the background and show it."""

        def read() -> None:
            found = hold(path, plan)
            self.busy.value = ""
            self.view.value = View()
            self.held.value = found

        self._do(say("explore.reading"), read)

    def ask(self, make: Callable[[], Design], store: Path | None) -> None:
        """Say in the background what a small sweep takes."""
        self.check.value = None

        def check() -> None:
            from experiments.designs import check_design

            design = make()
            found = check_design(design, store or Path.cwd() / "none", processes=processes())
            self.check.value = design, found

        self._do(say("explore.checking"), check)

    def start(self, design: Design, store: Path | None) -> None:
        """Begin a small sweep; one at a time."""
        if self._sweep is not None and not self._sweep.state.over:
            return
        self.problem.value = ""
        self.check.value = None
        if self._sweep is not None:
            self._sweep.close()
        try:
            self._sweep = SmallSweep(design, store, self._told)
        except InputError as problem:
            self.problem.value = problem.line()
            return
        self.state.value = self._sweep.state

    def stop(self) -> None:
        """Stop the small sweep; what is done is kept and shown."""
        if self._sweep is not None:
            self._sweep.stop()

    def show_so_far(self) -> None:
        """Show the runs of the small sweep that are there."""
        if self._sweep is not None:
            self.open(self._sweep.store)

    def change(self, **fields: Any) -> None:
        """Look at something else."""
        self.view.value = replace(self.view.value, **fields)

    def close(self) -> None:
        """End what is under way: the visitor has gone."""
        sweep, self._sweep = self._sweep, None
        if sweep is not None:
            sweep.close()

    def _told(self, state: State) -> None:
        self.state.value = state
        if state.over and state.done:
            self.show_so_far()

    def _do(self, words: str, work: Callable[[], None]) -> None:
        """Do something in the background; what goes wrong is told in one line."""

        def run() -> None:
            try:
                work()
            except InputError as problem:
                self.problem.value = problem.line()
            finally:
                self.busy.value = ""

        self.problem.value = ""
        self.busy.value = words
        threading.Thread(target=run, daemon=True).start()
