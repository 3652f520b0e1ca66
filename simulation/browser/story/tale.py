"""Tale: what a visitor has open on Story; it stays while they look at other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import solara

from experiments.suppression import LeftOut, left_out_of
from simulation.browser.story.sentences import Asked, groups_of
from simulation.errors import InputError
from simulation.ledger.indicators import GAP, INDICATORS
from simulation.recorder import ALL

if TYPE_CHECKING:
    from simulation.browser.session.line import Line

OPENS_ON = (GAP, "wellbeing", "stewards")
"""Indicators of which every chapter tells."""


class Tale:
    """What is asked, and by which way the visitor came there.

    Attributes:
        asked: the change that is looked at; None until the months are known.
        way: the changes asked before, each with the process whose why was asked.
        process: the process whose why is open; "" for none.
        whole: whether the run is told to its end, beyond the month that Play shows.
    """

    def __init__(self) -> None:
        self.asked: solara.Reactive[Asked | None] = solara.reactive(None)
        self.way: solara.Reactive[tuple[tuple[Asked, str], ...]] = solara.reactive(())
        self.process = solara.reactive("")
        self.whole = solara.reactive(False)
        self.search = ""

    def ask(self, asked: Asked, *, keep: bool = False) -> None:
        """Look at a change; `keep` remembers the one left, and the why that led away from it."""
        left, why = self.asked.value, self.process.value
        self.way.value = (*self.way.value, (left, why)) if keep and left and why else ()
        self.process.value = ""
        self.asked.value = asked

    def back(self, place: int) -> None:
        """Go back to a change on the way, its why open."""
        asked, why = self.way.value[place]
        self.way.value = self.way.value[:place]
        self.asked.value, self.process.value = asked, why

    def arrive(self, search: str, line: Line, last: int) -> None:
        """Open on what the address asks for: `of`, `group`, `from` and `to`."""
        if search == self.search:
            return
        self.search = search
        given = {name: values[-1] for name, values in parse_qs(search.lstrip("?")).items()}
        if "of" not in given:
            return
        self.whole.value = self.whole.value or _month(given.get("to", ""), 0) > last
        self.ask(
            Asked(
                given["of"],
                given.get("group", ALL),
                _month(given.get("from", ""), 0),
                _month(given.get("to", ""), last),
            )
        )


def _month(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise


def fitted(asked: Asked | None, line: Line, last: int, left: LeftOut) -> Asked:
    """Return what is asked as far as this run has it; otherwise what the page opens on."""
    indicators = allowed(left)
    indicator = asked.indicator if asked and asked.indicator in indicators else indicators[0]
    groups = shown_groups(line, indicator, left)
    group = asked.group if asked and asked.group in groups else ALL
    first, end = (asked.first, asked.last) if asked else (0, last)
    end = min(end, last)
    return Asked(indicator, group, min(first, max(end - 1, 0)), end)


def allowed(left: LeftOut) -> tuple[str, ...]:
    """Return the indicators that may be shown: no gap that is made of too few real people."""
    first = [name for name in OPENS_ON if not (left and name == GAP)]
    rest = [name for name in INDICATORS if name not in OPENS_ON]
    return (*first, *rest)


def shown_groups(line: Line, indicator: str, left: LeftOut) -> tuple[str, ...]:
    """Return the groups of an indicator that may be shown."""
    names = groups_of(indicator, line.ledger.groups)
    return tuple(name for name in names if name not in left.groups)


def left_out(line: Line) -> LeftOut:
    """Return which groups are left out, as in every shared result.

    Raises:
        InputError: where the whole community has too few real people.
    """
    left = left_out_of(line.course.specification())
    if left.everyone:
        raise InputError(left.lines[-1])
    return left


def tale_of(session: Any) -> Tale:
    """Return what a visitor has open."""
    own = vars(session)
    if "story" not in own:
        own["story"] = Tale()
    found: Tale = own["story"]
    return found
