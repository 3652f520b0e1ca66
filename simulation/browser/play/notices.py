"""What Play has to say at the moment: notices, the way to Compare, what an event changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import solara

from experiments.summary import number
from simulation.browser import parts
from simulation.browser.play.desk import Desk
from simulation.browser.play.months import when
from simulation.browser.play.why import Why
from simulation.browser.words import say

if TYPE_CHECKING:
    from simulation.browser.session.difference import Difference


@solara.component
def Notices(desk: Desk) -> None:
    """Show the notice of the moment, and what is being worked out."""
    note, working, branched = desk.note.value, desk.working.value, desk.branched.value

    def forget() -> None:
        desk.note.value = None

    def leave() -> None:
        desk.branched.value = None

    with parts.Html("div", classes=("k-notices",)):
        if working:
            parts.Notice(working)
        if note is not None:
            with parts.Html("div", classes=("k-noticed",)):
                parts.Notice(note.text, note.kind)
                parts.Button(say("play.notice_close"), forget, kind="quiet")
        if branched is not None:
            with parts.Html("div", classes=("k-noticed",)):
                parts.Notice(say("play.branched", when=when(branched)), "good")
                parts.Link(say("play.to_compare"), "/compare")
                parts.Button(say("play.notice_close"), leave, kind="quiet")
        Changed(desk)
        Because(desk)


@solara.component
def Because(desk: Desk) -> None:
    """Show why a value stands where it does, in a window."""
    answer = desk.why.value

    def leave() -> None:
        desk.why.value = None

    title = "" if answer is None else answer.title
    inside = [] if answer is None else [_Reasons(answer)]
    parts.Dialog(title or say("play.why_none"), answer is not None, leave, inside)


@solara.component
def _Reasons(answer: Why) -> None:
    for sentence in answer.sentences:
        parts.Text(sentence)
    if answer.href:
        parts.Link(say("play.why_more"), answer.href)


@solara.component
def Changed(desk: Desk) -> None:
    """Show what an event changed, in a window."""
    difference = desk.difference.value
    router = solara.use_router()

    def leave() -> None:
        desk.difference.value = None

    def compare() -> None:
        if difference is not None:
            desk.session.compare(desk.course.without(difference.event))
            leave()
            router.push("/compare")

    title = "" if difference is None else say("play.without_title", title=difference.title)
    inside = [] if difference is None else [_Told(difference, lambda: desk.do(compare))]
    parts.Dialog(title or say("play.without_none"), difference is not None, leave, inside)


def _signed(value: float) -> str:
    """Return a difference with its sign; none of it where there is no difference."""
    text = number(value, True, 3)
    return text.lstrip("+") if float(text.replace("−", "-")) == 0 else text


@solara.component
def _Told(difference: Difference, compare: Callable[[], object]) -> None:
    for sentence in difference.sentences:
        parts.Text(sentence)
    columns = [
        say("play.without_measure"),
        say("play.without_with"),
        say("play.without_without"),
        say("play.without_difference"),
    ]
    rows = [
        [
            row.label,
            number(row.with_, digits=3),
            number(row.without, digits=3),
            _signed(row.difference),
        ]
        for row in difference.rows
    ]
    parts.Table(say("play.without_table", when=when(difference.month)), columns, rows)
    parts.Button(say("play.without_compare"), compare, kind="main")
