"""The big choices of a scenario: a few questions, each with an answer in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import solara

from scenarios.choices import settings_of
from scenarios.problems import ENTRY_KEYS
from scenarios.settings import changes_of
from simulation.browser import parts
from simulation.browser.play.desk import Desk
from simulation.browser.play.opening import Opening
from simulation.browser.words import say
from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.browser.session.course import Course
    from simulation.choices import Choice

MOST = 4
"""Choices that are big; the settings below hold everything."""
DEGREES = ("very_low", "low", "middle", "high", "very_high")
NOTHING = object()


@solara.component
def Choices(desk: Desk) -> None:
    """Show at most four big choices, and apply what is picked."""
    _ = desk.version.value
    course = desk.course
    choices = course.specification().choices[:MOST]
    if not choices:
        parts.Text(say("play.no_choices"), classes=("k-hint",))
        return
    with parts.Html("div", classes=("k-choices",)):
        for choice in choices:
            ChoiceOf(desk, choice, course)
    Opening(say("play.numbers"), lambda: _numbers(choices))


def _numbers(choices: Sequence[Choice]) -> None:
    """Say what each option of the choices sets."""
    for choice in choices:
        parts.Heading(3, choice.title)
        for word, option in zip(option_words(choice), choice.options, strict=True):
            numbers = ", ".join(f"{key} = {value}" for key, value in option.settings.items())
            parts.Text(say("play.numbers_of", word=word, numbers=numbers), classes=("k-numbers",))


@solara.component
def ChoiceOf(desk: Desk, choice: Choice, course: Course) -> None:
    """Show one choice; its option in force depends on the month."""
    month = desk.month.value
    place = solara.use_memo(
        lambda: in_force(course, choice, month), [course, choice, _epoch(course, month)]
    )

    def pick(picked: int) -> None:
        settings = settings_of(course.specification(), choice.options[picked])
        desk.do(lambda: desk.settle(settings))

    words = option_words(choice)
    options = [(n, words[n], option.about) for n, option in enumerate(choice.options)]
    parts.Choice(choice.title, options, place, pick, about=choice.about)


def option_words(choice: Choice) -> list[str]:
    """Return the words of a choice's options; very low … very high where they have none."""
    count = len(choice.options)
    degrees = {2: (1, 3), 3: (1, 2, 3), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}[count]
    named = [say(f"parts.{DEGREES[place]}") for place in degrees]
    return [option.word or name for option, name in zip(choice.options, named, strict=True)]


def in_force(course: Course, choice: Choice, month: int) -> int | None:
    """Return which option holds in the month after one; None where none of them does."""
    specification = course.specification()
    for place, option in enumerate(choice.options):
        settings = settings_of(specification, option)
        if all(value_of(course, key, month) == value for key, value in settings.items()):
            return place
    return None


def value_of(course: Course, key: str, month: int) -> Any:
    """Return what a setting stands at in the month after one; `NOTHING` where there is none."""
    try:
        return course.value_at(key, month)
    except InputError:
        pass
    inner: Any = course.specification().data()
    (change,) = changes_of({key: 0})
    for depth, word in enumerate(change.words):
        if isinstance(inner, list):
            name = ENTRY_KEYS[change.words[depth - 1]]
            inner = next((entry for entry in inner if entry.get(name) == word), NOTHING)
        else:
            inner = inner.get(word, NOTHING) if isinstance(inner, dict) else NOTHING
        if inner is NOTHING:
            break
    return inner


def _epoch(course: Course, month: int) -> tuple[str, ...]:
    """Return which changed settings hold after a month: only they change what is in force."""
    events = course.specification().events
    return tuple(e.id for e in events if e.kind == "set" and e.first <= month + 1 <= e.last)
