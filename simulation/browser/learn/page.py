"""The Learn page: stories, glossary, exercises, and the places of what comes later."""

from __future__ import annotations

from typing import Any

import solara

from simulation.browser import parts
from simulation.browser.learn.exercises import Exercise, exercises
from simulation.browser.learn.glossary import matching
from simulation.browser.learn.script import prompts
from simulation.browser.learn.stories import Story, step, stories
from simulation.browser.words import say

SECTIONS = ("story", "exercises", "glossary", "later")
LATER = ("loops", "landscape", "twin")


@solara.component
def Page() -> None:
    """Show the whole page."""
    with parts.Html("div", classes=("k-learn",)):
        parts.Heading(1, say("learn.title"))
        parts.Text(say("learn.lead"), classes=("k-learn-lead",))
        _contents()
        with _section("story"):
            with parts.Html("div", classes=("k-columns", "k-learn-stories")):
                for story in stories().values():
                    StoryCard(story)
            parts.Text(say("learn.story.one_town"), classes=("k-hint",))
        with _section("exercises"), parts.Html("div", classes=("k-columns",)):
            for exercise in exercises():
                ExerciseCard(exercise)
        with _section("glossary"):
            Glossary()
        with _section("later"), parts.Html("ul"):
            for name in LATER:
                parts.Html("li", text=say(f"learn.later.{name}"))


def _contents() -> None:
    """Show the links to the sections, and to the kit."""
    with (
        parts.Html("nav", attributes={"aria-label": say("learn.contents")}),
        parts.Html("ul", classes=("k-learn-contents",)),
    ):
        for name in SECTIONS:
            with parts.Html("li"):
                parts.Link(say(f"learn.{name}.title"), f"#k-{name}")
        with parts.Html("li"):
            parts.Link(say("kit.title"), "/kit")


def _section(name: str) -> Any:
    """Show the heading and the lead of a section; what it holds goes into it."""
    with parts.Html("section", classes=("k-section",)) as section:
        parts.Heading(2, say(f"learn.{name}.title"), id=f"k-{name}")
        parts.Text(say(f"learn.{name}.lead"), classes=("k-prose",))
    return section


# ---------------------------------------------------------------------------- stories


@solara.component
def StoryCard(story: Story) -> None:
    """Show a story: its puzzle, where to begin, its steps, and what was found."""
    title = story.words("title")
    with parts.Html("article", classes=("k-card", "k-learn-story")):
        parts.Heading(3, title)
        parts.Text(story.words("question"), classes=("k-learn-question",))
        parts.Text(story.words("puzzle"))
        parts.Text(say("learn.story.minutes", minutes=story.minutes), classes=("k-hint",))
        with parts.Html("p", classes=("k-row",)):
            _link("begin", title, story.href(1), main=True)
            _link("begin_room", title, f"{story.href(1)}&view=facilitator")
        with parts.Disclosure(say("learn.story.steps")):
            StorySteps(story)
        with parts.Disclosure(say("learn.story.reveal")):
            StoryFindings(story)
        with parts.Disclosure(say("learn.story.behind")):
            StoryQuestions(story)


def _link(key: str, title: str, href: str, *, main: bool = False) -> None:
    """Show a link whose name says of what story it is."""
    with (
        parts.Html(
            "span", classes=("k-learn-begin", "k-learn-begin-main") if main else ("k-learn-begin",)
        ),
        solara.Link(href),
    ):
        parts.Html("span", text=say(f"learn.story.{key}"))
        parts.Html("span", text=f": {title}", classes=("k-hidden",))


@solara.component
def StorySteps(story: Story) -> None:
    """Show the steps of a story in order, each with what to say and a link that does it."""
    with parts.Html("ol", classes=("k-learn-steps",)):
        for number in range(1, len(story.steps) + 1):
            shown = step(story.name, number)
            with parts.Html("li"):
                parts.Html("strong", text=shown.title)
                parts.Text(shown.say)
                parts.Text(shown.prompt, classes=("k-learn-prompt",))
                with solara.Link(shown.href):
                    parts.Html("span", text=say("learn.story.link_named", title=shown.title))


@solara.component
def StoryFindings(story: Story) -> None:
    """Show what was found in many runs, with the commands, and what cannot be said."""
    parts.Text(say("learn.story.ranges"), classes=("k-hint",))
    with parts.Html("ul"):
        for finding in story.findings():
            with parts.Html("li"):
                parts.Text(finding.text)
                _command(finding.command)
    parts.Text(story.words("town.seen"))
    parts.Heading(4, say("learn.story.limits"))
    with parts.Html("ul"):
        for limit in story.limits:
            parts.Html("li", text=story.words(f"limit.{limit}"))


@solara.component
def StoryQuestions(story: Story) -> None:
    """Show the questions of the kit that a story speaks to, in words, and where they stand."""
    asked = {prompt.id: prompt.ask for prompt in prompts()}
    parts.Text(say("learn.story.behind_about"), classes=("k-hint",))
    with parts.Html("ul"):
        for name in story.answers:
            parts.Html("li", text=say("learn.story.behind_one", ask=asked[name], id=name))
    with parts.Html("p"):
        parts.Link(say("learn.story.behind_link"), "/kit")


def _command(command: str) -> None:
    """Show a command that repeats a result."""
    with parts.Html("p", classes=("k-learn-command",)):
        parts.Html("span", text=say("learn.command"), classes=("k-hidden",))
        parts.Html("code", text=command)


# ---------------------------------------------------------------------------- exercises


@solara.component
def ExerciseCard(exercise: Exercise) -> None:
    """Show an exercise, with its answer closed."""
    with parts.Html("article", classes=("k-card", "k-learn-exercise")):
        parts.Heading(3, exercise.words("title"))
        parts.Text(exercise.words("question"), classes=("k-learn-question",))
        with parts.Html("dl"):
            for part in ("change", "look"):
                parts.Html("dt", text=say(f"learn.exercises.{part}"))
                parts.Html("dd", text=exercise.words(part))
        with parts.Html("p"), solara.Link(exercise.href):
            parts.Html(
                "span", text=say("learn.open_compare" if exercise.compares else "learn.open_play")
            )
            parts.Html("span", text=f": {exercise.words('title')}", classes=("k-hidden",))
        with parts.Disclosure(say("learn.exercises.answer")):
            parts.Text(exercise.answer())
            for command in exercise.commands:
                _command(command)


# ---------------------------------------------------------------------------- glossary


@solara.component
def Glossary() -> None:
    """Show the words, and a field that leaves only those with the letters typed."""
    letters, set_letters = solara.use_state("")
    found = matching(letters)
    with parts.Html("div", classes=("k-prose",)):
        parts.TextField(
            say("learn.glossary.filter"),
            letters,
            set_letters,
            about=say("learn.glossary.filter_about"),
            live=True,
        )
        parts.Html(
            "p",
            text=say("learn.glossary.found", n=len(found)) if found else say("learn.glossary.none"),
            classes=("k-hint",),
            attributes={"role": "status"},
        )
    with parts.Html("dl", classes=("k-learn-glossary",)):
        for term in found:
            with parts.Html("div", attributes={"id": f"k-term-{term.key}"}).key(term.key):
                parts.Html("dt", text=term.term)
                with parts.Html("dd"):
                    parts.Text(term.plain)
                    with parts.Html("p"):
                        parts.Html("em", text=f"{say('learn.glossary.model')}: ")
                        parts.Html("span", text=term.model)
                    with parts.Html("p", classes=("k-hint",)):
                        parts.Html("span", text=f"{say('learn.glossary.where')}: ")
                        parts.Html("span", text=term.where)
