"""Chapters: the months of a run, cut where something begins or ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from simulation.browser.session.log import title_of
from simulation.browser.words import say

MOST = 7
"""Chapters that a story has at most; the shortest are joined to their neighbours."""
TITLES = 2
"""Events that a chapter's title names."""


class Chapter(NamedTuple):
    """Some months of the run.

    Attributes:
        first: month at whose end it begins.
        last: month at whose end it is over.
        title: what goes on.
        struck: titles and months of what happened once within it.
    """

    first: int
    last: int
    title: str
    struck: tuple[str, ...]


def chapters(events: Sequence[Any], last: int) -> list[Chapter]:
    """Return the chapters from month 0 to `last`: before, while and after what happens."""
    seen = [event for event in events if event.first <= last]
    bounds = {0, last}
    for event in seen:
        bounds.add(event.first - 1)
        if event.duration > 1 and event.last < last:
            bounds.add(event.last)
    cut = sorted(bounds)
    while len(cut) > MOST + 1:
        short = min(range(len(cut) - 1), key=lambda n: cut[n + 1] - cut[n])
        del cut[short + 1 if short + 2 < len(cut) else short]
    return [_chapter(seen, a, b) for a, b in pairwise(cut)]


def _chapter(events: Sequence[Any], first: int, last: int) -> Chapter:
    key = "month" if last == first + 1 else "months"
    span = {"span": say(f"story.chapter.{key}", first=first + 1, last=last)}
    going_on = [e for e in events if e.duration > 1 and e.first <= first + 1 and e.last >= last]
    struck = tuple(
        say("story.chapter.struck", title=title_of(event), month=event.first)
        for event in sorted(events, key=lambda e: e.first)
        if event not in going_on and first < event.first <= last
    )
    over = [event for event in events if event.first <= first]
    if going_on:
        title = say("story.chapter.while", titles=_titles(going_on), **span)
    elif over:
        latest = max(over, key=lambda event: min(event.last, first))
        key = "over" if latest.duration > 1 else "after"
        title = say(f"story.chapter.{key}", title=title_of(latest), **span)
    elif struck:
        title = say("story.chapter.quiet", **span)
    else:
        title = say("story.chapter.before", **span)
    return Chapter(first, last, title, struck)


def _titles(events: Sequence[Any]) -> str:
    names = [title_of(event) for event in events]
    shown = say("story.sentence.comma").join(names[:TITLES])
    if len(names) > TITLES:
        return say("story.chapter.many", titles=shown, n=len(names) - TITLES)
    return shown


def titles_between(events: Sequence[Any], first: int, last: int) -> str:
    """Return what came from outside in the months after `first` up to `last`; "" for nothing."""
    names = [title_of(e) for e in events if e.first <= last and e.last > first and e.kind != "set"]
    return say("story.sentence.comma").join(dict.fromkeys(names))
