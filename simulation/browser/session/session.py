"""Session: what one visitor is looking at, did, and can take back.

Nothing here is shared between visitors. Every change is a new course; the stack of courses is the
history, and undo takes the last one back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.browser.session.base import PRESET, Base
from simulation.browser.session.course import Course
from simulation.browser.session.difference import Difference, difference
from simulation.browser.session.layout import Layouts
from simulation.browser.session.line import Line
from simulation.browser.session.share import to_query

MOST_STEPS = 200
"""Steps that can be taken back."""


@dataclass(frozen=True)
class Step:
    """One step of the history.

    Attributes:
        course: the course that was left.
        month: the month shown when it was.
    """

    course: Course
    month: int


@dataclass(frozen=True)
class Prediction:
    """A line that the room drew before it was revealed.

    Attributes:
        month: from which month on it was drawn.
        chart: key of the chart.
        points: pairs of month and value.
    """

    month: int
    chart: str
    points: tuple[tuple[int, float], ...]


class Session:
    """One visitor's run, history and pair.

    Attributes:
        line: the run that Play shows.
        pair: the two runs that Compare shows, A and B; None until there are two.
        forked: the month after which B goes its own way; 0 where it does from the start.
        month: the month that is shown, as the page last said.
        history: courses that were left, the latest last; see `undo`.
        listeners: called with what happened: "changed", "opened", "branched", "undone".
        predictions: lines that the room drew.
        notes: what the facilitator wrote down.
        extras: what a page keeps for this visitor while they look at another page, by page.
    """

    def __init__(self, scenario: Base | Course | str = PRESET) -> None:
        self.layouts = Layouts()
        course = scenario if isinstance(scenario, Course) else Course.open(scenario)
        course.check()
        self.line = Line(course, "A", self.layouts)
        self.pair: tuple[Line, Line] | None = None
        self.forked = 0
        self.month = 0
        self.history: list[Step] = []
        self._undone: list[Step] = []
        self.listeners: list[Callable[[str], None]] = []
        self.predictions: list[Prediction] = []
        self.notes = ""
        self.extras: dict[str, Any] = {}
        self.lock = threading.RLock()

    @property
    def course(self) -> Course:
        """The course of the run that Play shows."""
        return self.line.course

    def link(self, extra: Mapping[str, str] | None = None) -> str:
        """Return the query of a link to what is shown; see `share.to_query`."""
        return to_query(self.course, self.month, extra)

    # ------------------------------------------------------------------ changes

    def open(self, scenario: Base | Course | str, month: int = 0) -> Course:
        """Show another run from its start, or from a month; can be undone.

        Raises:
            InputError: where it cannot be; then everything stays as it was.
        """
        course = scenario if isinstance(scenario, Course) else Course.open(scenario)
        return self._take(course, "opened", max(month, 0))

    def play(self, event: Mapping[str, Any], month: int | None = None) -> Course:
        """Let an event happen, by default in the month after the one that is shown.

        Raises:
            InputError: for an event that cannot be; then everything stays as it was.
        """
        made = dict(event)
        if month is not None or "month" not in made:
            made["month"] = self.month + 1 if month is None else month
        return self._take(self.course.playing(made))

    def end(self, event_id: str, month: int | None = None) -> Course:
        """Let an event stop early: by default after the month that is shown."""
        return self._take(self.course.ending(event_id, self.month if month is None else month))

    def take_back(self, event_id: str) -> Course:
        """Take back what was done about one event: added, ended early, or removed."""
        return self._take(self.course.taking_back(event_id))

    def remove(self, event_id: str) -> Course:
        """Let an event not happen, the scenario's own ones too."""
        return self._take(self.course.without(event_id))

    def change(self, key: str, value: Any) -> Course:
        """Change a setting: from the next month where it can be, else from the start.

        Before anything has been seen (month 0) every setting changes from the start.

        Raises:
            InputError: for a key or value that cannot be; then everything stays as it was.
        """
        if self.month > 0 and self.course.can_change_now(key):
            return self._take(self.course.from_month(self.month, key, value))
        return self._take(self.course.setting(key, value))

    def undo(self) -> Course | None:
        """Take the last change back; None where there is none."""
        return self._step(self.history, self._undone)

    def redo(self) -> Course | None:
        """Do again what was taken back last; None where nothing was."""
        return self._step(self._undone, self.history)

    @property
    def can_undo(self) -> bool:
        """Whether there is anything to take back."""
        return bool(self.history)

    @property
    def can_redo(self) -> bool:
        """Whether anything was taken back."""
        return bool(self._undone)

    def _take(self, course: Course, what: str = "changed", to: int | None = None) -> Course:
        with self.lock:
            if course == self.course:
                self.month = min(self.month if to is None else to, self.line.months)
                return course
            course.check()
            left, month = self.course, self.month
            last = self.line.change(course)
            self.history.append(Step(left, month))
            del self.history[:-MOST_STEPS]
            self._undone.clear()
            if to is None:
                to = 0 if last < 0 else month
            self.month = min(to, self.line.months)
        self._tell(what)
        return course

    def _step(self, source: list[Step], target: list[Step]) -> Course | None:
        with self.lock:
            if not source:
                return None
            step = source.pop()
            target.append(Step(self.course, self.month))
            self.line.change(step.course)
            self.month = min(step.month, self.line.months)
        self._tell("undone")
        return self.course

    def _tell(self, what: str) -> None:
        for listener in list(self.listeners):
            listener(what)

    # ----------------------------------------------------------------- two runs

    def branch(self, month: int | None = None) -> Line:
        """Return a run B that is the same as Play's up to a month, on the same luck.

        Play's run stays as it is; both stand in `pair`.
        """
        with self.lock:
            self.forked = self.month if month is None else month
            b = self.line.branch(self.forked, "B")
            self.pair = (self.line, b)
        self._tell("branched")
        return b

    def compare(self, other: Course) -> tuple[Line, Line]:
        """Show the run beside one of another course."""
        with self.lock:
            self.pair, self.forked = (self.line, Line(other, "B", self.layouts)), 0
        self._tell("branched")
        return self.pair

    def without(self, event_id: str) -> Difference:
        """Return what an event changed: the same run on the same luck, once more without it.

        Raises:
            InputError: where there is no such event.
        """
        return difference(self.line, event_id)

    def predict(self, chart: str, points: Any) -> Prediction:
        """Keep a line that the room drew."""
        drawn = tuple((int(month), float(value)) for month, value in points)
        first = drawn[0][0] if drawn else self.month
        prediction = Prediction(first, chart, drawn)
        self.predictions.append(prediction)
        return prediction
