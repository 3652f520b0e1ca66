"""Bench: the two towns that one visitor compares, and what they asked of a hundred pairs.

A is a run that is only looked at; B is a session of its own, so that the choices and cards of Play
change it as they change a run there, and can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import solara

from simulation.browser.compare import link
from simulation.browser.compare.towns import Towns
from simulation.browser.parts.twice import Once
from simulation.browser.play.desk import Desk
from simulation.browser.session.course import Course
from simulation.browser.session.line import Line
from simulation.browser.session.past import shared_months
from simulation.browser.session.session import Session
from simulation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PLACE = "compare"
START, NOW = "start", "now"
"""When changes in B begin."""


class Bench:
    """Two towns side by side, for one visitor.

    Attributes:
        session: the visitor's session.
        a: the run A.
        desk: what the visitor holds in hand of B.
        month: the month on the ruler of both.
        when: `START` or `NOW`: when changes in B begin.
        towns: the pairs that were asked for last; None before there are any.
        heard: goes up whenever there is something new of them.
        turn: goes up whenever other runs are shown than before.
        address: the address that was opened last.
        clicks: keeps a double click from starting the pairs and stopping them.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.month = solara.reactive(0)
        self.when = solara.reactive(START)
        self.heard = solara.reactive(0)
        self.turn = solara.reactive(0)
        self.towns: Towns | None = None
        self.address = ""
        self.clicks = Once()
        a, b = session.pair or session.compare(session.course)
        self._put(a, b)
        self._at_fork()

    def _put(self, a: Line, b: Line) -> None:
        """Take these two runs."""
        a.label, b.label = "A", "B"
        own = Session(b.course)
        own.line, own.layouts = b, self.session.layouts
        self.a, self.desk = a, Desk(own)
        self.session.pair = (a, b)
        self.turn.value += 1

    def _at_fork(self) -> None:
        """Begin where B was branched off on Play, so that it can be changed from there on."""
        if self.session.forked:
            self.month.value, self.when.value = self.session.forked, NOW
            self.point()

    # ------------------------------------------------------------------- the two

    @property
    def b(self) -> Line:
        """The run B."""
        return self.desk.session.line

    @property
    def courses(self) -> tuple[Course, Course]:
        """The truth of both."""
        return self.a.course, self.b.course

    @property
    def months(self) -> int:
        """The last month that both have."""
        return min(self.a.months, self.b.months)

    def arrive(self, search: str) -> None:
        """Open what an address names; without towns in it, what was branched on Play since.

        Raises:
            InputError: where the address cannot be read; then everything stays as it was.
        """
        pair = self.session.pair
        if pair is not None and (pair[0] is not self.a or pair[1] is not self.b):
            self._put(*pair)
            self._at_fork()
        if not link.names_towns(search) or search == self.address:
            return
        self.address = search
        a, b, month = link.read_link(search)
        self._put(self._line(a, "A"), self._line(b, "B"))
        self.month.value = month

    def _line(self, course: Course, label: str) -> Line:
        return Line(course, label, self.session.layouts)

    # ----------------------------------------------------------------- what is done

    def point(self) -> None:
        """Let changes in B begin when the visitor wants them to."""
        month = self.month.value if self.when.value == NOW else 0
        if self.desk.month.value != month:
            self.desk.session.month = month
            self.desk.month.value = month

    def take(self, course: Course) -> None:
        """Let B take another course; can be undone.

        Raises:
            InputError: where it cannot be; then everything stays as it was.
        """
        stays = shared_months(self.b.course, course) >= self.month.value
        self.desk.session.open(course, self.desk.month.value)
        self.desk.say("compare.shown" if stays else "compare.started_over")

    def town(self, name: str) -> None:
        """Put another shipped town in B's place, with A's luck and months."""
        a = self.a.course
        opened = Course.open(name, seed=a.seed, months=a.months)
        self.take(replace(opened, replicate=a.replicate))

    def copy(self) -> None:
        """Make B a copy of A."""
        self.take(self.a.course)

    def swap(self) -> None:
        """Let A and B change places."""
        self._put(self.b, self.a)

    def from_play(self) -> None:
        """Let A be the town that Play shows."""
        self._put(self.session.line, self._line(self.b.course, "B"))

    def to_play(self) -> None:
        """Let Play show B, so that whatever is done there is done to B; A waits here.

        Raises:
            InputError: where Play cannot show it.
        """
        a, b = self.courses
        if self.session.line is not self.b:
            apart = self._line(a, "A")
            self.session.open(b, self.month.value)
            self._put(apart, self.session.line)

    def link(self) -> str:
        """Return the address of this pair; "" where a link cannot tell it."""
        try:
            return link.compare_link(*self.courses, self.month.value)
        except InputError:
            return ""

    def on_event(self, message: Mapping[str, Any]) -> None:
        """Take a message of the stage."""
        if message.get("kind") == "at":
            self.month.value = int(message["month"])
            self.point()

    # ------------------------------------------------------------------ a hundred

    def begin(self, towns: Towns) -> None:
        """Run pairs; what was under way stops."""
        self.leave()
        self.towns = towns
        towns.told = self._hear
        towns.start()
        self.heard.value += 1

    def go_on(self) -> None:
        """Run the pairs that are missing."""
        if self.towns is not None:
            self.begin(self.towns)

    def leave(self) -> None:
        """Stop the pairs that are under way; those that are done are kept."""
        if self.towns is not None:
            self.towns.told = None
            self.towns.stop()

    def watch(self) -> Callable[[], None]:
        """Hear of pairs from now on; return what ends that, and the pairs with it."""
        if self.towns is not None:
            self.towns.told = self._hear
        return self.leave

    def _hear(self) -> None:
        self.heard.value += 1


def bench_of(session: Session) -> Bench:
    """Return the visitor's bench, made when they first come here."""
    if PLACE not in session.extras:
        session.extras[PLACE] = Bench(session)
    found: Bench = session.extras[PLACE]
    return found
