"""The panel of a guided story: the step that the address names, shown on another page."""

from __future__ import annotations

from urllib.parse import parse_qs

import solara

from simulation.browser import parts
from simulation.browser.learn.stories import Step, step
from simulation.browser.words import say
from simulation.errors import InputError


@solara.component
def FromStory() -> None:
    """Show the step of a story where the address names one, and nothing otherwise."""
    search = solara.use_router().search or ""
    told = {key: values[0] for key, values in parse_qs(search.lstrip("?")).items()}
    if "story" not in told:
        return
    number = told.get("step", "1")
    try:
        shown = step(told["story"], int(number) if number.isdecimal() else 0)
    except InputError as problem:
        parts.Notice(str(problem), "error")
        return
    _panel(shown, told.get("view", ""))


def _panel(shown: Step, view: str) -> None:
    """Show what to say, what to talk about, and the way on."""
    where = say("learn.story.step", number=shown.number, total=shown.total)
    label = f"{shown.story} · {where}"
    attributes = {"role": "region", "aria-label": label}
    with parts.Html("div", classes=("k-card", "k-learn-panel"), attributes=attributes):
        parts.Text(label, classes=("k-hint",))
        parts.Heading(2, shown.title)
        parts.Text(shown.say, classes=("k-prose",))
        with parts.Html("p", classes=("k-learn-prompt",)):
            parts.Html("strong", text=f"{say('learn.story.talk')}: ")
            parts.Html("span", text=shown.prompt)
        onward = shown.onward(view)
        if onward is None:
            parts.Text(say("learn.story.last"))
        with parts.Html("div", classes=("k-row",)):
            if onward is not None:
                parts.Link(say("learn.story.next"), onward)
            parts.Link(say("learn.story.all"), "/learn")
