"""Guide: the step of a guided story that the address names, above the stage."""

from __future__ import annotations

import solara

from simulation.browser import parts
from simulation.browser.learn import stories
from simulation.browser.play.desk import Desk
from simulation.browser.words import say
from simulation.errors import InputError


@solara.component
def Guide(desk: Desk) -> None:
    """Show what the facilitator says in this step, the prompt, and the way on."""
    name = desk.extra.value.get("story", "")
    number = desk.extra.value.get("step", "1")
    if not name:
        return
    try:
        step = stories.step(name, int(number) if number.isdecimal() else 0)
    except InputError as problem:
        parts.Notice(str(problem), "error")
        return
    label = say("play.step", story=step.story, number=step.number, total=step.total)
    attributes = {"role": "region", "aria-label": label}
    with parts.Html("div", classes=("k-card", "k-guide"), attributes=attributes):
        parts.Text(label, classes=("k-hint",))
        parts.Heading(2, step.title)
        parts.Text(step.say)
        parts.Text(step.prompt, classes=("k-prompt",))
        with parts.Html("div", classes=("k-row",)):
            onward = step.onward(desk.extra.value.get("view", ""))
            if onward is not None:
                parts.Link(say("play.step_next"), onward)
            parts.Link(say("play.step_all"), "/learn")
