"""Line: one run being shown, month by month, from a community of the model.

The page never looks into the model. A line lets months pass, keeps a frame of each, and can be sent
back to take another course; what was shown of the months before stays, byte for byte.
"""

from __future__ import annotations

import copy
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from experiments.summary import number
from simulation.browser.session import setup as shown
from simulation.browser.session.course import Course
from simulation.browser.session.drawing import Drawing
from simulation.browser.session.frames import Frame
from simulation.browser.session.layout import Layouts
from simulation.browser.session.log import Entry, Log, entries_between, process_words
from simulation.browser.session.past import shared_months
from simulation.browser.session.shadow import Shadow
from simulation.browser.session.track import Snapshot, Track, run_on
from simulation.browser.session.values import Gauge, Value, values_of
from simulation.browser.words import say, table
from simulation.ledger import Ledger

if TYPE_CHECKING:
    from simulation.community import CommunityModel
    from simulation.recorder import Recorder


class Line:
    """One run being shown; all methods may be called from any thread.

    Attributes:
        course: the truth of the run.
        label: what it is called where there are two, such as "A".
        frames: the months made so far, from month 0.
        version: how often the course has changed.
    """

    def __init__(self, course: Course, label: str = "A", layouts: Layouts | None = None) -> None:
        course.specification()
        self.course = course
        self.label = label
        self.frames: list[Frame] = []
        self.version = 0
        self._whole: tuple[int, Recorder] | None = None
        self.lock = threading.RLock()
        self.layouts = layouts or Layouts()

    # ------------------------------------------------------------- what is kept

    @cached_property
    def _track(self) -> Track:
        specification, luck = self.course.specification(), self.course.luck
        return Track(specification, luck, built=self._follow, back=self._go_back)

    def _follow(self, community: CommunityModel) -> None:
        self.ledger = Ledger(community)

    def _go_back(self, _: int) -> None:
        self.ledger.attach(self._track.community)

    @cached_property
    def _gauge(self) -> Gauge:
        return Gauge(values_of(self.course.specification()), self._track.recorder)

    @cached_property
    def _drawing(self) -> Drawing:
        return Drawing(self._track.community, shown.new_homes(self.course.specification()))

    @cached_property
    def _shadow(self) -> Shadow:
        return Shadow(self.course.specification(), self.course.luck)

    @cached_property
    def _log(self) -> Log:
        return Log(self.course.specification(), self._gauge, self._why)

    @property
    def months(self) -> int:
        """The horizon."""
        return self.course.specification().months

    @property
    def month(self) -> int:
        """The last month made; -1 before month 0 is."""
        return len(self.frames) - 1

    @property
    def values(self) -> tuple[Value, ...]:
        """What the values of a frame are, in their order."""
        return values_of(self.course.specification())

    @property
    def value_keys(self) -> tuple[str, ...]:
        """Keys of the values of a frame, in their order."""
        return tuple(value.key for value in self.values)

    # ------------------------------------------------------------------- frames

    def upto(self, month: int) -> list[Frame]:
        """Make the months up to one, as far as the horizon reaches, and return those new."""
        with self.lock:
            first = len(self.frames)
            while self.month < min(month, self.months):
                self._make()
            return self.frames[first:]

    def frame(self, month: int) -> Frame:
        """Return a month, made if it has to be; the last one for a month beyond the horizon."""
        with self.lock:
            self.upto(month)
            return self.frames[min(max(month, 0), self.months)]

    def _make(self) -> None:
        track = self._track
        if self.frames:
            track.step()
        community, month = track.community, track.month
        gain = self._shadow.add(track.recorder, month, track.nearest)
        values = self._gauge.read(community, gain, self._shadow.verdict(month))
        self._log.add(community, values)
        self.frames.append(self._drawing.frame(community, values))

    def value(self, key: str, month: int) -> float:
        """Return one value of a month."""
        return float(self.frame(month).values[self.value_keys.index(key)])

    def log(self, first: int = 0, last: int | None = None) -> list[Entry]:
        """Return what happened from one month to another, of the months made so far."""
        with self.lock:
            return entries_between(self._log.entries, first, self.month if last is None else last)

    def _why(self, indicator: str, first: int, last: int) -> str:
        """Return what moved an indicator most between two months, by the ledger."""
        parts = self.ledger.parts(indicator, first, last)
        if not parts:
            return ""
        whole = sum(amount for _, amount in parts)
        process, amount = max(parts, key=lambda part: part[1] * whole)
        if number(amount) == number(0.0):
            return ""
        return say(
            "session.why.ledger",
            process=process_words(process),
            amount=number(amount, True),
            whole=number(whole, True),
        )

    def person(self, node: int, month: int) -> int:
        """Return the id of who lives at a node of the map in a month, as events name people.

        -1 for institutions, connectors, and homes in which nobody lives.
        """
        with self.lock:
            self.frame(month)
            people = self._drawing.people[min(month, self.months)]
            home = node - self._drawing.first_home
            inside = 0 <= home < people.size - self._drawing.first_home
            return int(people[node]) if inside else -1

    # -------------------------------------------------------------------- setup

    def setup(self) -> dict[str, Any]:
        """Return what the page has to know before the first month (see the page's protocol)."""
        with self.lock:
            self.upto(0)
            course, drawing = self.course, self._drawing
            specification = course.specification()
            layout, gauge = self.layouts.of(course), self._gauge
            return {
                "id": f"{self.label.lower()}{self.version}",
                "label": self.label,
                "title": specification.title,
                "months": self.months,
                "groups": [g.name for g in specification.groups],
                "nodes": shown.nodes(specification, layout, drawing),
                "ties": shown.ties(drawing, self.frames[0].ties),
                "ties_left_out": list(drawing.left_out),
                "space": "grid" if layout.grid else "network",
                "columns": layout.columns,
                "channels": shown.channels(),
                "values": shown.value_labels(gauge.values),
                "charts": shown.charts(
                    specification, gauge.values, gauge.place, self._shadow.known
                ),
                "badges": shown.badges(gauge.place),
                "events": shown.events(course, specification),
                "private": self.private,
                "words": table("stage"),
            }

    @property
    def private(self) -> bool:
        """Whether it starts from files about real people or their ties (see docs/privacy.md)."""
        return bool(set(self.course.specification().files()) & {"people", "ties", "services"})

    # ------------------------------------------------------------------- change

    def change(self, course: Course, from_month: int | None = None) -> int:
        """Take another course from a month on; return the last month that stays as it was.

        Args:
            course: the new truth.
            from_month: last month that is to stay; default: as many as are the same. Months that
                the new course would have gone through differently never stay.

        Raises:
            InputError: for a course that is none; then everything stays as it was.
        """
        specification = course.specification()
        with self.lock:
            keep = min(shared_months(self.course, course), self.month)
            if from_month is not None:
                keep = min(keep, from_month)
            if not self.frames:
                keep = -1
            if keep < 0:
                self._start_over(course)
                return -1
            self.course = course
            self.version += 1
            del self.frames[keep + 1 :]
            self._track.redirect(specification, keep)
            self._shadow.cut(keep)
            self._shadow.redirect(specification)
            self._log.cut(keep)
            self._log.specification = specification
            self._drawing.cut(self.frames[keep].ties, keep)
            self._drawing.map_homes(shown.new_homes(specification))
            self.frames[:] = [frame.sized(self._drawing.nodes) for frame in self.frames]
            return keep

    def _start_over(self, course: Course) -> None:
        self.course = course
        self.version += 1
        self.frames = []
        for name in ("_track", "_gauge", "_drawing", "_shadow", "_log"):
            self.__dict__.pop(name, None)

    def branch(self, month: int, label: str = "B") -> Line:
        """Return another line with the same luck that is the same up to a month."""
        with self.lock:
            self.upto(month)
            month = min(month, self.months)
            twin = Line(self.course, label, self.layouts)
            start = self._track.nearest(month)
            specification = self.course.specification()
            track = Track(
                specification,
                self.course.luck,
                start=start,
                back=twin._go_back,
            )
            twin.__dict__["_track"] = track
            track.snapshots = {m: s for m, s in self._track.snapshots.items() if m <= month}
            twin.ledger = copy.deepcopy(self.ledger)
            twin._go_back(track.month)
            while track.month < month:
                track.step()
            twin.frames = self.frames[: month + 1]
            twin.__dict__["_drawing"] = drawing = self._drawing.copy()
            drawing.cut(self.frames[month].ties, month)
            twin._shadow.gain = self._shadow.gain[: month + 1]
            twin._log.take(self._log, month)
            return twin

    # ---------------------------------------------------------- the whole of it

    @property
    def recorder(self) -> Recorder:
        """The measures of the months made so far."""
        with self.lock:
            self.upto(0)
            return self._track.recorder

    @property
    def community(self) -> CommunityModel:
        """The community as it stands after the last month made; look, never touch."""
        with self.lock:
            self.upto(0)
            return self._track.community

    def whole(self) -> Recorder:
        """Return the measures of the whole run, without making frames of it."""
        with self.lock:
            self.upto(0)
            if self.month >= self.months:
                return self._track.recorder
            known, course, start = self._whole, self.course, self._track.nearest(self.months)
        if known is None or known[0] != self.version:
            community = run_on(course.specification(), course.luck, start)
            known = self._whole = (self.version, community.recorder)
        return known[1]

    def snapshot(self, month: int) -> Snapshot:
        """Return the latest kept state of a month up to one; it must not be changed."""
        with self.lock:
            self.upto(0)
            return self._track.nearest(max(month, 0))
