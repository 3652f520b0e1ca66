"""Look: one change, drawn as bars that add up, and why each part came about."""

from __future__ import annotations

from functools import partial
from typing import Any

import solara

from experiments.suppression import LeftOut
from simulation.browser import parts
from simulation.browser.session.line import Line
from simulation.browser.story.chapters import titles_between
from simulation.browser.story.sentences import (
    Asked,
    Change,
    name_of,
    one_step_back,
    process_name,
    sentences,
    told_name,
)
from simulation.browser.story.tale import Tale, allowed, fitted, shown_groups
from simulation.browser.story.waterfall import Waterfall
from simulation.browser.words import known, say
from simulation.recorder import ALL


def group_word(group: str) -> str:
    """Return what a group is called."""
    return say("story.all") if group == ALL else group


@solara.component
def LookAt(tale: Tale, line: Line, last: int, left: LeftOut) -> None:
    """Show the controls, the sentences, the bars with their table, and the why that is open."""
    asked = fitted(tale.asked.value, line, last, left)
    Controls(tale, line, asked, last, left)
    Way(tale, line, asked)
    change = Change.of(line.ledger, asked)
    parts.Text(" ".join(sentences(change, line.ledger.groups)), classes=("k-told",))
    if change.shown is None:
        return
    Waterfall(change)
    Parts(tale, line, change)
    if tale.process.value:
        Why(tale, line, asked, tale.process.value, left)


@solara.component
def Controls(tale: Tale, line: Line, asked: Asked, last: int, left: LeftOut) -> None:
    """Show what can be chosen: the indicator, the group, and the months."""
    problem, set_problem = solara.use_state("")

    def choose(**values: Any) -> None:
        wanted = asked._replace(**values)
        if wanted.first >= wanted.last:
            set_problem(say("story.span_wrong"))
            return
        set_problem("")
        tale.ask(wanted)

    with parts.Html("div", classes=("k-columns",)):
        parts.Select(
            say("story.indicator"),
            [(name, name_of(name)) for name in allowed(left)],
            asked.indicator,
            lambda name: choose(indicator=name),
        )
        groups = shown_groups(line, asked.indicator, left)
        parts.Select(
            say("story.group"),
            [(name, group_word(name)) for name in groups],
            asked.group,
            lambda name: choose(group=name),
            disabled=len(groups) < 2,
        )
        parts.NumberField(
            say("story.first"),
            asked.first,
            lambda month: choose(first=int(month)),
            0,
            last - 1,
            whole=True,
        )
        parts.NumberField(
            say("story.last"), asked.last, lambda month: choose(last=int(month)), 1, last,
            whole=True,
        )  # fmt: skip
    if problem:
        parts.Notice(problem, "error")


@solara.component
def Way(tale: Tale, line: Line, asked: Asked) -> None:
    """Show by which links the visitor came here; each leads back."""
    way = tale.way.value
    if not way:
        return
    groups = line.ledger.groups
    with (
        parts.Html("nav", attributes={"aria-label": say("story.path")}),
        parts.Html("ol", classes=("k-way",)),
    ):
        for place, (before, process) in enumerate(way):
            with parts.Html("li"):
                told = told_name(before.indicator, before.group, groups)
                parts.Button(told, partial(tale.back, place), kind="quiet")
                parts.Html("span", text=process_name(process))
        with parts.Html("li", attributes={"aria-current": "step"}):
            parts.Html("span", text=told_name(asked.indicator, asked.group, groups))


@solara.component
def Parts(tale: Tale, line: Line, change: Change) -> None:
    """Show the parts as a table, with a button that asks why."""
    asked, shown = change.asked, change.shown
    assert shown is not None
    told = told_name(asked.indicator, asked.group, line.ledger.groups)
    rows: list[list[Any]] = [
        [
            process_name(process),
            change.number(amount, True),
            {
                "label": say("story.table.why"),
                "action": process,
                "name": say("story.why_name", process=process_name(process), told=told),
            },
        ]
        for process, amount in shown.parts
    ]
    if shown.rest:
        rows.append([say("story.rest"), change.number(shown.rest, True), ""])
    rows.append([say("story.table.sum"), change.number(shown.whole, True), ""])
    parts.Table(
        say("story.table.caption", told=told, first=asked.first, last=asked.last),
        [say("story.table.part"), say("story.table.amount"), say("story.table.why")],
        rows,
        tale.process.set,
    )


@solara.component
def Why(tale: Tale, line: Line, asked: Asked, process: str, left: LeftOut) -> None:
    """Show what a process had read, how that changed, and buttons to look at it."""
    ledger = line.ledger
    with parts.Html("div", classes=("k-card",), attributes={"aria-live": "polite"}):
        parts.Heading(3, say("story.why_title", process=process_name(process)))
        links = [
            link for link in one_step_back(ledger, asked, process) if link.group not in left.groups
        ]
        if process == "events":
            events = line.course.specification().events
            titles = titles_between(events, asked.first, asked.last)
            key = "story.outside_events" if titles else "story.outside"
            parts.Text(say(key, titles=titles) if titles else say(key))
        elif not links:
            own = not known(f"story.process.{process}")
            parts.Text(say("story.own" if own else "story.chance"))
        else:
            parts.Text(say("story.reads", first=asked.first, last=asked.last))
            with parts.Html("ul", classes=("k-links",)):
                for link in links:
                    OneLink(tale, line, link)


@solara.component
def OneLink(tale: Tale, line: Line, link: Asked) -> None:
    """Show how one indicator changed that a process had read, and the way to it."""
    told = sentences(Change.of(line.ledger, link), line.ledger.groups, opening=False)[0]
    name = name_of(link.indicator)
    if link.group != ALL:
        name = say("story.for_group", name=name, group=link.group)
    with parts.Html("li"):
        parts.Html("span", text=told)
        parts.Button(
            say("story.look_back", name=name), lambda: tale.ask(link, keep=True), kind="quiet"
        )
