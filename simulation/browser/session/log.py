"""Log: what just happened, and why, about once a month at most.

An entry rests on its month and those before alone, so that a change of plans never rewrites it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.browser.session.values import LOST, NOT_YET, YES, Gauge
from simulation.browser.words import known, say
from simulation.parameters import all_parameters
from simulation.specification import Specification
from simulation.state import Flags, Ints

if TYPE_CHECKING:
    from simulation.browser.session.frames import Floats32
    from simulation.community import CommunityModel

GAP_STEP = 0.05
"""The gap is mentioned when it has moved by this much since it was mentioned last."""
SLACK = 0.02
"""Critical mass counts as lost only so far below the mark, so that noise is not told."""
GONE_STEP = 0.1
"""Moving away is mentioned whenever another share of this size has gone."""

YEAR = 12

Why = Callable[[str, int, int], str]
"""Gives what moved an indicator most between two months, in words; "" where nothing is known."""


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    Attributes:
        month: when it happened.
        kind: "event", "change", "badge" or "leader".
        text: what happened.
        why: why, in a sentence; "" where there is nothing to say.
        event: id of the event it is about, or "".
        value: key of the value it is about, or "".
        noted: the number at which the value stood, for the next entry about it.
    """

    month: int
    kind: str
    text: str
    why: str = ""
    event: str = ""
    value: str = ""
    noted: float = 0.0

    def data(self) -> dict[str, Any]:
        """Return it as the page gets it."""
        plain = asdict(self)
        del plain["noted"]
        return plain


@dataclass(frozen=True)
class Seats:
    """Who held the leaders' seats at the end of a month."""

    holder: Ints
    resident: Flags
    place: Ints

    @classmethod
    def of(cls, community: CommunityModel) -> Seats:
        """Note who holds the seats now."""
        seats = community.seats
        return cls(seats.holder.copy(), seats.resident.copy(), seats.institution)


class Log:
    """Entries, month by month."""

    def __init__(self, specification: Specification, gauge: Gauge, why: Why) -> None:
        self.specification = specification
        self.gauge = gauge
        self.why = why
        self.entries: list[Entry] = []
        self._seats: list[Seats] = []
        self._values: list[Floats32] = []

    def cut(self, after: int) -> None:
        """Forget what happened after a month."""
        self.entries = [entry for entry in self.entries if entry.month <= after]
        del self._seats[after + 1 :], self._values[after + 1 :]

    def take(self, other: Log, month: int) -> None:
        """Hold what another log holds of the months up to one."""
        self.entries = entries_between(other.entries, 0, month)
        self._seats, self._values = other._seats[: month + 1], other._values[: month + 1]

    def add(self, community: CommunityModel, values: Floats32) -> None:
        """Take in a month; they are added in order, from month 0."""
        self._seats.append(Seats.of(community))
        self._values.append(values)
        month = community.month
        if month == 0:
            return
        for part in (self._events, self._leaders, self._mass, self._gap, self._badge, self._gone):
            self.entries.extend(part(month))

    # ------------------------------------------------------------------ events

    def _events(self, month: int) -> Iterator[Entry]:
        for event in self.specification.events:
            title = title_of(event)
            if event.delay and event.month == month:
                text = say("session.log.told", title=title, n=event.delay)
                yield Entry(month, "event", text, event=event.id)
            if event.first == month:
                text = say("session.log.begins", title=title)
                why = say(f"session.why.{kind_of(event)}")
                yield Entry(month, "event", text, why, event=event.id)
            if event.last + 1 == month and event.duration > 1:
                key = "ends_setting" if event.kind == "set" else "ends"
                text = over_of(event)
                yield Entry(month, "event", text, say(f"session.why.{key}"), event=event.id)

    # ----------------------------------------------------------------- leaders

    def _leaders(self, month: int) -> Iterator[Entry]:
        """Tell at once who leaves by an event, and which residents come or go; the rest yearly."""
        before, now = self._seats[month - 1], self._seats[month]
        changed = now.holder != before.holder
        left, filled = changed & (before.holder >= 0), changed & (now.holder >= 0)
        if not self._leaving_now(month):
            left = left & before.resident
        if left.any():
            names, n = self._places(now.place[left]), int(left.sum())
            key = "left_one" if n == 1 else "left_many"
            text = say(f"session.log.{key}", place=names, places=names, n=n)
            p: Any = self.specification.parameters.leadership
            handed = p.knowledge_carried > 0.0 or p.ties_carried > 0.0
            why = say("session.why.left_handed_on" if handed else "session.why.left")
            yield Entry(month, "leader", text, why, value="seats_filled")
        if (filled & now.resident).any():
            text = say("session.log.filled", places=self._places(now.place[filled & now.resident]))
            why = say("session.why.resident")
            yield Entry(month, "leader", text, why, value="resident_seats")
        if month % YEAR == 0:
            yield from self._year_of_leaders(month)

    def _leaving_now(self, month: int) -> bool:
        events = self.specification.events
        return any(e.kind == "leader_leaves" and e.first == month for e in events)

    def _year_of_leaders(self, month: int) -> Iterator[Entry]:
        """Sum up a year in which seats changed hands."""
        seats = self._seats[month - YEAR : month + 1]
        left = filled = residents = 0
        for before, now in pairwise(seats):
            changed = now.holder != before.holder
            left += int((changed & (before.holder >= 0)).sum())
            filled += int((changed & (now.holder >= 0)).sum())
            residents += int((changed & (now.holder >= 0) & now.resident).sum())
        if not left and not filled:
            return
        empty = int((seats[-1].holder < 0).sum())
        told = [_counted("year_left", left), _counted("year_filled", filled)]
        if filled:
            told.append(_counted("year_residents", residents))
        told.append(_counted("year_empty", empty, seats=seats[-1].holder.size))
        why = say("session.why.turnover")
        if any(entry.why == why for entry in self.entries):
            why = ""
        yield Entry(month, "leader", " ".join(told), why, value="seats_filled")

    def _places(self, rows: Ints) -> str:
        names = [self.specification.institutions[row].name for row in rows.tolist()]
        return ", ".join(dict.fromkeys(names))

    # ----------------------------------------------------------------- changes

    def _mass(self, month: int) -> Iterator[Entry]:
        mark = self.specification.measures.tipping_share
        start = 1.0 if self._value("stewards", 0) >= mark else 0.0
        reached, now = self._noted("stewards", start) > 0.0, self._value("stewards", month)
        key = ""
        if not reached and now >= mark:
            key = "reached"
        elif reached and now < mark - SLACK:
            key = "lost_mass"
        if key:
            text = say(f"session.log.{key}", share=_percent(now))
            since = max(self._last_said("stewards"), month - YEAR)
            why = f"{say(f'session.why.{key}')} {self.why('stewards', since, month)}".strip()
            noted = 1.0 if key == "reached" else 0.0
            yield Entry(month, "change", text, why, value="stewards", noted=noted)

    def _gap(self, month: int) -> Iterator[Entry]:
        before, now = self._noted("gap", self._value("gap", 0)), self._value("gap", month)
        if not abs(now - before) >= GAP_STEP:
            return
        key = "gap_grew" if now > before else "gap_shrank"
        text = say(f"session.log.{key}", before=f"{before:.2f}", now=f"{now:.2f}")
        why = self._who_moved(month)
        yield Entry(month, "change", text, why, value="gap", noted=now)

    def _who_moved(self, month: int) -> str:
        """Name the group that moved most since the gap was mentioned last."""
        since = self._last_said("gap")
        moves: list[tuple[str, float, float]] = []
        for value in self.gauge.values:
            if value.key.startswith("wellbeing:"):
                before, now = (self._value(value.key, m) for m in (since, month))
                if not math.isnan(now - before):
                    moves.append((value.group, before, now))
        if not moves:
            return ""
        group, before, now = max(moves, key=lambda move: abs(move[2] - move[1]))
        words = {"before": f"{before:.2f}", "now": f"{now:.2f}"}
        return say("session.why.gap_people", group=group, **words)

    def _badge(self, month: int) -> Iterator[Entry]:
        before, now = (self._value("sustained", m) for m in (month - 1, month))
        if now == before or math.isnan(now):
            return
        if now == NOT_YET and before not in (YES, LOST):
            return
        key = {YES: "yes", LOST: "lost"}.get(now, "not_yet")
        why = say("session.why.yes" if now == YES else "session.why.lost")
        yield Entry(month, "badge", say(f"session.log.badge_{key}"), why, value="sustained")

    def _gone(self, month: int) -> Iterator[Entry]:
        now = self._value("displaced", month)
        before = self._noted("displaced", 0.0)
        if now - before >= GONE_STEP:
            step = math.floor(now / GONE_STEP + 1e-9) * GONE_STEP
            text = say("session.log.displaced", share=_percent(now))
            why = say("session.why.displaced")
            yield Entry(month, "change", text, why, value="displaced", noted=step)

    def _last_said(self, key: str) -> int:
        """Return in which month a value was mentioned last; 0 if never."""
        said = [e.month for e in self.entries if e.value == key and e.kind == "change"]
        return said[-1] if said else 0

    def _value(self, key: str, month: int) -> float:
        return float(self._values[month][self.gauge.place[key]])

    def _noted(self, key: str, otherwise: float) -> float:
        """Return where a value stood when it was last mentioned."""
        said = [e.noted for e in self.entries if e.value == key and e.kind == "change"]
        return said[-1] if said else otherwise


def kind_of(event: Any) -> str:
    """Return the word of the catalogue for what kind of event it is."""
    if event.kind == "promise":
        return "promise_kept" if event.kept else "promise_broken"
    return str(event.kind)


def title_of(event: Any) -> str:
    """Return what people are told of an event: its title, or words for its kind."""
    if event.title:
        return str(event.title)
    if event.kind == "set":
        meaning = {p.key: p.meaning for p in all_parameters()}.get(event.key, event.key)
        value = event.value
        if isinstance(value, bool):
            value = say("session.yes" if value else "session.no")
        meaning = meaning[:1].upper() + meaning[1:]
        return say("session.changed_setting", meaning=meaning, value=value)
    return say(f"session.kind.{kind_of(event)}")


def over_of(event: Any) -> str:
    """Return what people are told when an event that lasted is over."""
    text = say(f"session.over.{kind_of(event)}")
    if not event.title and event.kind != "set":
        return text
    return f"{text} {say('session.log.began', title=title_of(event))}"


def entries_between(entries: Sequence[Entry], first: int, last: int) -> list[Entry]:
    """Return the entries of some months, the first and the last of them included."""
    return [entry for entry in entries if first <= entry.month <= last]


def _counted(key: str, n: int, **values: Any) -> str:
    """Return words for so many of something; there are words of their own for none."""
    return say(f"session.log.{key}", n=n, **values) if n else say(f"session.log.{key}_none")


def _percent(share: float) -> str:
    return "0" if not np.isfinite(share) else f"{100 * share:.0f}"


def process_words(process: str) -> str:
    """Return what a process does, in a few words; its name where the catalogue has none."""
    key = f"session.process.{process}"
    return say(key) if known(key) else process
