"""Titles: what the two towns are called where they stand beside each other."""

from __future__ import annotations

from simulation.browser.compare.differences import differences
from simulation.browser.session.course import Course
from simulation.browser.words import say

LONGEST = 70
"""Letters of a title; a longer one is cut."""


def titles(a: Course, b: Course) -> tuple[str, str]:
    """Return what A and B are called: their own titles, or where these are alike, what differs."""
    own = (a.specification().title, b.specification().title)
    if own[0] != own[1]:
        return own
    told = differences(a, b).told
    if not told:
        return say("compare.titles.as_it_is"), say("compare.titles.copy")
    first = told[0]
    one = say("compare.titles.as_it_is") if first.kind == "event" else first.a
    return _short(one, 0), _short(first.b, len(told) - 1)


def _short(title: str, more: int) -> str:
    text = title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"
    return say("compare.titles.more", title=text, n=more) if more else text
