"""Desk: what a visitor holds in hand on Play, and what happens when they do something with it.

The truth of the run is in the session. Here is only what the page shows of the moment: the month
on the ruler, who was picked on the map, a notice, an open window. A mistake becomes one notice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import solara

from simulation.browser.parts.twice import Once
from simulation.browser.play import cards
from simulation.browser.play.months import when
from simulation.browser.play.reveal import told
from simulation.browser.play.ruler import Ruler
from simulation.browser.play.settled import settled
from simulation.browser.play.why import Why, why
from simulation.browser.session.course import Course, shared_months
from simulation.browser.stage.widget import Remote
from simulation.browser.words import say
from simulation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.browser.session.difference import Difference
    from simulation.browser.session.session import Session

CALM = 1.0
"""Seconds between two months on the buttons while the ruler moves: each costs a new picture."""


class Note(NamedTuple):
    """A notice: its words, and "info", "good" or "error"."""

    text: str
    kind: str = "info"


class Desk:
    """The moment on Play, for one visitor.

    Attributes:
        session: the visitor's session.
        month: the month on the buttons; `session.month` is that on the ruler.
        node: the place picked on the map; -1 for none.
        note: the notice shown; None for none.
        difference: what an event changed, while its window is open.
        why: why a value stands where it does, while its window is open.
        branched: the month of the last branch; None before there is one.
        predict: key of the chart on which the room is to draw; "" for none.
        drawn: whether a line has been drawn that was not compared yet.
        frozen: whether the stage holds its picture.
        working: what is being worked out; "" for nothing.
        version: goes up whenever the truth of the run changes.
        done: goes up when such a change is complete, and the ruler stands still.
        extra: what the address says beside the run: a view, a step of a story.
        address: the query that was last dealt with.
        remote: moves the stage.
        ruler: where the stage stands.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._opening = 0
        self._clicks = Once()
        self.month = solara.reactive(session.month)
        self.node = solara.reactive(-1)
        self.note: solara.Reactive[Note | None] = solara.reactive(None)
        self.difference: solara.Reactive[Difference | None] = solara.reactive(None)
        self.why: solara.Reactive[Why | None] = solara.reactive(None)
        self.branched: solara.Reactive[int | None] = solara.reactive(None)
        self.predict = solara.reactive("")
        self.drawn = solara.reactive(False)
        self.frozen = solara.reactive(False)
        self.working = solara.reactive("")
        self.version = solara.reactive(0)
        self.done = solara.reactive(0)
        self.extra: solara.Reactive[dict[str, str]] = solara.reactive({})
        self.address = ""
        self.remote = Remote()
        self.ruler = Ruler()
        self._shown = 0.0
        self._waiting = self._finishing = False

    # ---------------------------------------------------------------- the moment

    @property
    def course(self) -> Course:
        """The truth of the run."""
        return self.session.course

    def follow(self) -> Callable[[], None]:
        """Hear of changes from now on; return what ends that."""

        def hear(_: str) -> None:
            self.month.value = self.session.month
            self.version.value += 1

        self.session.listeners.append(hear)
        return lambda: self.session.listeners.remove(hear)

    def say(self, key: str, kind: str = "info", **values: Any) -> None:
        """Show a notice in the words of a key."""
        self.note.value = Note(say(key, **values), kind)

    @contextmanager
    def careful(self) -> Iterator[None]:
        """Turn a mistake into a notice; when all is done and still, count it as done."""
        before = self.version.value
        try:
            yield
        except InputError as problem:
            self.note.value = Note(str(problem), "error")
        if self.version.value == before:
            return
        if not self.ruler.moving:
            self.done.value += 1
        elif not self._finishing:
            self._finishing = True
            threading.Thread(target=self._finish, daemon=True).start()

    def _finish(self) -> None:
        """Count what was changed while the ruler moved, as soon as it is still."""
        while rest := self.ruler.rest:
            time.sleep(rest)
        self._finishing = False
        self.done.value += 1

    def do(self, action: Callable[[], object]) -> None:
        """Do something; a mistake becomes a notice, and everything stays as it was."""
        with self.careful():
            action()

    # ------------------------------------------------------------------- changes

    def take(self, course: Course, note: Note | None = None) -> bool:
        """Take another course; return whether the months up to the one shown stay.

        Where they do not, go back to the last month that does.

        Raises:
            InputError: where the course cannot be; then everything stays as it was.
        """
        shared = shared_months(self.course, course)
        month = self.session.month
        stays = bool(shared >= min(month, course.months))
        back = max(shared, 0)
        playing = self.ruler.playing
        self.session.open(course, month if stays else back)
        self.note.value = note
        if not stays:
            self.go(back)
            key = "play.went_back" if shared > 0 else "play.started_over"
            self.say(key, when=when(back), paused=_paused(playing))
        return stays

    def settle(self, settings: Mapping[str, Any]) -> None:
        """Put settings in force: from the next month where they can be, else from the start."""
        month = self.session.month
        course = settled(self.course, month, settings)
        begins = max(shared_months(self.course, course), month) + 1
        known = month == 0 or course == self.course
        self.take(course, None if known else Note(say("play.holds", when=when(begins)), "good"))

    def play_card(self, card: cards.Card, answers: cards.Answers) -> None:
        """Play a card in the month after the one shown; a second click at once plays it once.

        Raises:
            InputError: saying why it cannot be played.
        """
        month = self.session.month

        def play() -> None:
            scene = cards.scene_of(self.session.line, month, self.node.value)
            course = cards.played(card, self.course, scene, answers)
            words = say("cards.played", card=card.words("name"), when=when(month + 1))
            self.take(course, Note(words, "good"))

        self._clicks.do(play, (card, answers, month))

    def open_soon(self, name: str, title: str) -> threading.Thread:
        """Open a shipped scenario in the background; return the thread that does.

        A town is laid out before it takes the place of the one that is shown, so that the page
        answers meanwhile. Whatever else is opened before it is ready comes in its place.
        """
        self._opening += 1
        turn = self._opening
        self.note.value = None

        def work() -> None:
            with self.careful():
                course = Course.open(name)
                course.check()
                self.session.layouts.of(course)
                if turn == self._opening:
                    self.open(course)
            if self.working.value == words:
                self.working.value = ""

        words = say("play.opening", title=title)
        self.working.value = words
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def open(self, course: Course, month: int = 0) -> None:
        """Show another run."""
        self._opening += 1
        self.session.open(course, month)
        self.go(month)
        self.node.value = -1
        self.predict.value = ""
        self.drawn.value = False
        self.note.value = None

    def go(self, month: int) -> None:
        """Move to a month."""
        month = max(0, min(month, self.session.line.months))
        self.session.month = month
        self.month.value = month
        self.remote.tell("go", **self.ruler.order(month))

    def undo(self) -> None:
        """Take the last change back."""
        self._step(self.session.undo, "play.undone")

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._step(self.session.redo, "play.redone")

    def _step(self, step: Callable[[], Course | None], key: str) -> None:
        """Take a step of the history, and go to the month in which it was left."""
        playing = self.ruler.playing
        if step() is not None:
            self.go(self.session.month)
            self.say(key, "good", paused=_paused(playing))

    def branch(self, month: int) -> None:
        """Let a second town begin after a month, on the same luck."""
        self.session.branch(month)
        self.branched.value = month

    # ------------------------------------------------------- messages of the stage

    def on_event(self, message: Mapping[str, Any]) -> None:
        """Take a message of the stage."""
        with self.careful():
            answer = getattr(self, f"_on_{message.get('kind')}", None)
            if answer is not None:
                answer(message)

    def _on_ready(self, _: Mapping[str, Any]) -> None:
        """Send a stage that has just come up to the month, for it has heard no order yet."""
        self.go(self.session.month)

    def _on_at(self, message: Mapping[str, Any]) -> None:
        """Note the month at once; show it at most once in `CALM` seconds, the last one always."""
        month = self.ruler.hear(message)
        if month is None:
            return
        self.session.month = min(month, self.session.line.months)
        if time.monotonic() - self._shown >= CALM:
            self.show()
        elif not self._waiting:
            self._waiting = True
            threading.Thread(target=self._show_later, daemon=True).start()

    def show(self) -> None:
        """Show the month of the ruler on the buttons, now."""
        self._shown = time.monotonic()
        self.month.value = self.session.month

    def _show_later(self) -> None:
        time.sleep(CALM)
        self._waiting = False
        self.show()

    def _on_person(self, message: Mapping[str, Any]) -> None:
        self.node.value = int(message["id"])

    def _on_undo(self, message: Mapping[str, Any]) -> None:
        course = self.course.taking_back(str(message["event"]))
        self.take(course, Note(say("play.undone", paused=""), "good"))

    def _on_branch(self, message: Mapping[str, Any]) -> None:
        self.branch(int(message["month"]))

    def _on_predict(self, message: Mapping[str, Any]) -> None:
        points = message.get("points")
        if points:
            self.session.predict(str(message["chart"]), points)
        self.drawn.value = bool(points)
        self.predict.value = ""

    def _on_why(self, message: Mapping[str, Any]) -> None:
        self.why.value = why(self.session.line, str(message["value"]), int(message["month"]))

    def _on_without(self, message: Mapping[str, Any]) -> None:
        self.without(str(message["event"]))

    def without(self, event: str) -> threading.Thread:
        """Find out in the background what an event changed; return the thread that does."""
        self.working.value = say("play.without_working")

        def work() -> None:
            with self.careful():
                self.difference.value = self.session.without(event)
            self.working.value = ""

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    # ------------------------------------------------------------------ predicting

    def stop_predicting(self) -> None:
        """End the question without an answer."""
        self.remote.reveal()
        self.drawn.value = False
        self.predict.value = ""

    def start_predicting(self, chart: str) -> None:
        """Hide the future of a chart until the room has drawn it."""
        self.drawn.value = False
        self.note.value = None
        self.predict.value = chart

    def reveal(self) -> None:
        """Go to the end of the line that was drawn, and say how far it was from what came."""
        drawn = self.session.predictions[-1]
        self.go(min(drawn.points[-1][0], self.session.line.months))
        self.note.value = Note(told(self.session.line, drawn), "good")
        self.drawn.value = False


def _paused(playing: bool) -> str:
    """Return what to say where the ruler was moving and has been stopped."""
    return say("play.paused") if playing else ""
