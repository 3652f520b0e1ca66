"""Story: chapters of one run, and every change taken apart, link by link."""

from __future__ import annotations

import solara

from simulation.browser import parts
from simulation.browser.app_state import visitor
from simulation.browser.session.line import Line
from simulation.browser.story.chapters import Chapter, chapters
from simulation.browser.story.look import LookAt
from simulation.browser.story.sentences import Asked, Change, sentences
from simulation.browser.story.tale import OPENS_ON, Tale, allowed, left_out, tale_of
from simulation.browser.words import say
from simulation.errors import InputError
from simulation.recorder import ALL


@solara.component
def Page() -> None:
    """Show the page."""
    session = visitor()
    tale, line = tale_of(session), session.line
    last = line.months if tale.whole.value else min(session.month, line.months)
    search = solara.use_router().search or ""
    solara.use_memo(lambda: tale.arrive(search, line, last), [search])
    parts.Heading(1, say("story.title"))
    parts.Text(say("story.lead"), classes=("k-prose",))
    made = solara.use_thread(lambda: bool(line.upto(last)), dependencies=[line, line.version, last])
    if made.error is not None:
        raise made.error
    title = line.course.specification().title
    parts.Text(say("story.town", title=title, month=last, months=line.months))
    Further(tale, line, last)
    if made.state is not solara.ResultState.FINISHED or line.month < last:
        parts.Notice(say("story.telling"))
        return
    if last:
        Told(tale, line, last)


@solara.component
def Further(tale: Tale, line: Line, last: int) -> None:
    """Show the way to the end of the run, and back to Play."""
    if last == 0:
        parts.Notice(say("story.nothing"))
    with parts.Html("div", classes=("k-row",)):
        if last < line.months:
            parts.Button(
                say("story.to_end"),
                lambda: tale.whole.set(True),
                kind="plain" if last else "main",
            )
        parts.Link(say("story.to_play"), "/play")


@solara.component
def Told(tale: Tale, line: Line, last: int) -> None:
    """Show the chapters, and beside them one change."""
    try:
        left = left_out(line)
    except InputError as problem:
        parts.Notice(str(problem), "error")
        return
    if left:
        parts.Notice(say("story.hidden"))
    with parts.Html("div", classes=("k-story",)):
        with parts.Section(say("story.look")):
            LookAt(tale, line, last, left)
        with parts.Section(say("story.chapters")):
            names = [name for name in OPENS_ON if name in allowed(left)]
            for chapter in chapters(line.course.specification().events, last):
                OneChapter(tale, line, chapter, names)


@solara.component
def OneChapter(tale: Tale, line: Line, chapter: Chapter, names: list[str]) -> None:
    """Show a chapter: its sentences, and a button to look at its months."""

    def look() -> None:
        now = tale.asked.value or Asked(names[0], ALL, 0, 0)
        tale.ask(now._replace(first=chapter.first, last=chapter.last))

    with parts.Html("div", classes=("k-chapter",)):
        parts.Heading(3, chapter.title)
        if chapter.struck:
            titles = say("story.sentence.comma").join(chapter.struck)
            parts.Text(say("story.chapter.happened", titles=titles))
        with parts.Html("ul"):
            for name in names:
                change = Change.of(line.ledger, Asked(name, ALL, chapter.first, chapter.last))
                told = sentences(change, line.ledger.groups, opening=False)
                parts.Html("li", text=" ".join(told))
        parts.Button(
            say("story.chapter_button"),
            look,
            name=say("story.chapter_button_name", title=chapter.title),
        )
