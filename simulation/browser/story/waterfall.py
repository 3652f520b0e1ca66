"""Waterfall: the parts of a change as bars, each beginning where the last one ended."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulation.browser import parts
from simulation.browser.story.sentences import Change, process_name
from simulation.browser.words import say


class Bar(NamedTuple):
    """One bar.

    Attributes:
        label: what it is.
        value: the number beside it.
        left: where it begins, in per cent of the room there is.
        width: how wide it is; 0 for the marks at both ends.
        kind: "end", "up" or "down".
    """

    label: str
    value: str
    left: float
    width: float
    kind: str


def bars(change: Change) -> list[Bar]:
    """Return where it stood, a bar for each part and for everything else, and where it ends."""
    asked, shown = change.asked, change.shown
    assert shown is not None
    steps = [(process_name(process), amount) for process, amount in shown.parts]
    if shown.rest:
        steps.append((say("story.rest"), shown.rest))
    levels = [change.before]
    for _, amount in steps:
        levels.append(levels[-1] + amount)
    low, high = min(levels), max(levels)
    room = (high - low) or 1.0
    low, room = low - 0.15 * room, 1.3 * room

    def place(value: float) -> float:
        return 100.0 * (value - low) / room

    made = [
        Bar(
            say("story.before", month=asked.first),
            change.number(change.before),
            place(change.before),
            0.0,
            "end",
        )
    ]
    for (label, amount), start, end in zip(steps, levels, levels[1:], strict=False):
        made.append(
            Bar(
                label,
                change.number(amount, True),
                place(min(start, end)),
                abs(place(end) - place(start)),
                "up" if amount > 0 else "down",
            )
        )
    made.append(
        Bar(
            say("story.after", month=asked.last),
            change.number(change.after),
            place(change.after),
            0.0,
            "end",
        )
    )
    return made


def described(made: list[Bar]) -> str:
    """Return the bars in words."""
    steps = [
        say("story.drawing.part", name=bar.label, amount=bar.value)
        for bar in made
        if bar.kind != "end"
    ]
    return say(
        "story.drawing.text",
        before=made[0].value,
        after=made[-1].value,
        parts=say("story.sentence.comma").join(steps) or say("story.sentence.nothing"),
    )


def Waterfall(change: Change) -> Any:
    """Show the bars; a reader is told them in words."""
    made = bars(change)
    attributes = {"role": "img", "aria-label": described(made)}
    with parts.Html("div", classes=("k-fall",), attributes=attributes) as shown:
        for bar in made:
            with parts.Html("div", classes=("k-fall-row",)):
                parts.Html("span", text=bar.label, classes=("k-fall-label",))
                with parts.Html("span", classes=("k-fall-room",)):
                    style = f"left:{bar.left:.2f}%;width:{bar.width:.2f}%"
                    parts.Html(
                        "span",
                        classes=("k-fall-bar", f"k-fall-{bar.kind}"),
                        attributes={"style": style},
                    )
                parts.Html("span", text=bar.value, classes=("k-fall-value",))
    return shown
