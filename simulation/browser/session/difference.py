"""Difference: what one event changed, by running the same community again without it.

Both runs draw the same random numbers, so nothing differs but what the event did. It is still one
draw of luck, and the sentences say so.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.judge import OUTCOMES, YEAR, alone
from experiments.recorded import Key, Recorded
from simulation.browser.session.log import title_of
from simulation.browser.session.past import shared_months
from simulation.browser.session.track import run_on
from simulation.browser.words import say

if TYPE_CHECKING:
    from simulation.browser.session.line import Line
    from simulation.recorder import Recorder

MEASURES = (
    "gap_people", "worst_off", "wellbeing", "stewards", "resident_seats", "ownership", "displaced",
)  # fmt: skip
"""Outcomes that are compared, as `experiments.judge` has them: means of the last year."""

TOLD = 3
"""Measures that the sentences speak of: those that changed most."""

SHOWS = 0.005
"""Differences smaller than this vanish in two decimals and are not told."""


@dataclass(frozen=True)
class Row:
    """One measure with and without the event.

    Attributes:
        key: name of the outcome.
        label: its name for people.
        with_, without: means of the last year.
        better: "with" or "without", where one is better for residents; "" otherwise.
    """

    key: str
    label: str
    with_: float
    without: float
    better: str

    @property
    def difference(self) -> float:
        """How much more there is with the event."""
        return self.with_ - self.without


@dataclass(frozen=True)
class Difference:
    """What an event changed by the end of a run.

    Attributes:
        event: its id.
        title: what people are told of it.
        month: the last month, by whose year both runs are judged.
        rows: every measure.
        sentences: what differs, in words; the last one says how far that goes.
        seconds: how long it took to find out.
    """

    event: str
    title: str
    month: int
    rows: tuple[Row, ...]
    sentences: tuple[str, ...]
    seconds: float


def difference(line: Line, event_id: str) -> Difference:
    """Return what an event of a line's course changed by its horizon.

    Raises:
        InputError: where there is no such event.
    """
    began = time.perf_counter()
    course = line.course
    title = title_of(course.event(event_id))
    other = course.without(event_id)
    shared = shared_months(course, other)
    start = None if shared < 0 else line.snapshot(shared)
    without = run_on(other.specification(), course.luck, start).recorder
    rows = _rows(outcomes_of(line.whole(), line), outcomes_of(without, line))
    sentences = _sentences(title, rows, line.months)
    return Difference(event_id, title, line.months, rows, sentences, time.perf_counter() - began)


def outcomes_of(recorder: Recorder, line: Line) -> dict[str, float | bool | None]:
    """Return what a whole run came to, by the judge's definitions."""
    measures = line.course.specification().measures
    return dict(alone(recorded_of(recorder), measures))


def recorded_of(recorder: Recorder, run_id: str = "run") -> Recorded:
    """Return a record as experiments read it."""
    keys = tuple(Key(*key) for key in recorder.keys)
    months = np.array(recorder.months, dtype=np.int64)
    return Recorded(months, keys, np.array([recorder.values]), (run_id,))


def _rows(
    with_: dict[str, float | bool | None], without: dict[str, float | bool | None]
) -> tuple[Row, ...]:
    rows = []
    for key in MEASURES:
        found = [run.get(key) for run in (with_, without)]
        ends = [math.nan if value is None else float(value) for value in found]
        if not any(math.isnan(end) for end in ends):
            good = OUTCOMES[key].good * (ends[0] - ends[1])
            better = "" if abs(good) < SHOWS else ("with" if good > 0 else "without")
            rows.append(Row(key, say(f"session.measure.{key}"), ends[0], ends[1], better))
    return tuple(rows)


def _sentences(title: str, rows: tuple[Row, ...], months: int) -> tuple[str, ...]:
    changed = [row for row in rows if abs(row.difference) >= SHOWS]
    changed.sort(key=lambda row: -abs(row.difference))
    told = [
        say(
            "session.without.changed",
            title=title,
            measure=say(f"session.told.{row.key}"),
            without=numbers[1],
            **{"with": numbers[0]},
        )
        for row in changed[:TOLD]
        for numbers in [_numbers(row)]
    ]
    if not told:
        told = [say("session.without.nothing", title=title)]
    last = say("session.without.later", first=max(1, months - YEAR + 1), last=months)
    return (*told, last, say("session.without.luck"))


def _numbers(row: Row) -> tuple[str, str]:
    """Return a measure with and without, as a sentence tells it, in as many decimals as differ.

    Shares are percentages without decimals, all else has two, or one more where they are the same.
    """
    share = OUTCOMES[row.key].unit == "share"
    for more in (0, 1):
        digits = more if share else 2 + more
        one, two = (
            f"{100 * value:.{digits}f} %" if share else f"{value:.{digits}f}"
            for value in (row.with_, row.without)
        )
        if one != two:
            break
    return one, two
