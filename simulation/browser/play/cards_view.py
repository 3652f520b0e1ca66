"""The event cards on the page: a button for each, and the one that is open below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from simulation.browser import parts
from simulation.browser.play import cards
from simulation.browser.play.cards import Answers, Card
from simulation.browser.play.desk import Desk
from simulation.browser.play.months import when
from simulation.browser.play.opening import Opening
from simulation.browser.words import say

Answer = Callable[..., None]


@solara.component
def Cards(desk: Desk) -> None:
    """Show all cards under their headings; one of them can be open."""
    opened, set_opened = solara.use_state("")
    parts.Text(say("cards.about"), classes=("k-hint",))
    sections: dict[str, list[Card]] = {}
    for card in cards.cards().values():
        sections.setdefault(card.section, []).append(card)
    for section, members in sections.items():
        parts.Heading(3, say(f"cards.section.{section}"))
        with parts.Html("ul", classes=("k-cards",)):
            for card in members:
                _entry(desk, card, opened == card.name, set_opened)


def _entry(desk: Desk, card: Card, shown: bool, set_opened: Callable[[str], None]) -> None:
    with parts.Html("li", classes=("k-card-open",) if shown else ()):
        name = card.name
        parts.Button(card.words("name"), lambda: set_opened("" if shown else name), expanded=shown)
        if shown:
            CardOf(desk, card).key(name)


@solara.component
def CardOf(desk: Desk, card: Card) -> None:
    """Show one card: what it does, what of it can be chosen, and the button that plays it."""
    _ = desk.version.value
    course = desk.course
    answers, set_answers = solara.use_state(cards.first_answers(card, course))

    def answer(**chosen: Any) -> None:
        set_answers(answers._replace(**chosen))

    with parts.Html("div", classes=("k-card-body",)):
        parts.Text(card.words("about"))
        if card.whom:
            Whom(desk, card, answers, answer)
        _group(desk, card, answers, answer)
        _strength(card, answers, answer)
        _length(card, answers, answer)
        if card.kind == cards.ENDING:
            Ending(desk, answers, answer)
        else:
            _price(card, answers, answer)
        PlayCard(desk, card, answers)


@solara.component
def Whom(desk: Desk, card: Card, answers: Answers, answer: Answer) -> None:
    """Ask whom the card touches; the person picked on the map is one of the ways."""
    node = desk.node.value
    options = []
    for place, pick in enumerate(card.whom):
        about = say(f"cards.whom_{pick}_about", who=who(desk, node))
        if pick in cards.PICKED and node < 0:
            about = say("cards.whom_person_none")
        options.append((place, say(f"cards.whom_{pick}"), about))
    parts.Choice(say("cards.whom"), options, answers.pick, lambda n: answer(pick=n))


def who(desk: Desk, node: int) -> str:
    """Return what the map calls a place, and the group of who lives there."""
    if node < 0:
        return ""
    setup = desk.session.line.setup()
    nodes = setup["nodes"]
    name = nodes["name"][node] or say("stage.numbered.resident", number=node + 1)
    group = nodes["group"][node]
    return name if group < 0 else say("cards.who", name=name, group=setup["groups"][group])


def _group(desk: Desk, card: Card, answers: Answers, answer: Answer) -> None:
    if not card.group:
        return
    names = [group.name for group in desk.course.specification().groups]
    options = [(name, name) for name in names]
    if card.group == "any":
        options.insert(0, ("", say("cards.all_groups")))
    parts.Select(say("cards.groups"), options, answers.group, lambda g: answer(group=g))


def _strength(card: Card, answers: Answers, answer: Answer) -> None:
    values = card.values()
    counted = card.dial == "target.count" and card.whom[answers.pick] in cards.PICKED
    if not values or counted:
        return
    whole = all(isinstance(value, int) for value in values)
    meaning = card.info.description or ""
    options = []
    for place, (value, degree) in enumerate(zip(values, ("low", "middle", "high"), strict=True)):
        word = str(value) if whole else say(f"cards.steps.{degree}")
        about = "" if whole else say("cards.strength_about", value=f"{value:g}", meaning=meaning)
        options.append((place, word, about))
    label = say("cards.strength_count" if whole else "cards.strength")
    parts.Choice(label, options, answers.step, lambda n: answer(step=n))


def _length(card: Card, answers: Answers, answer: Answer) -> None:
    if not card.months:
        return
    options = [(place, duration(months), "") for place, months in enumerate(card.months)]
    parts.Choice(say("cards.length"), options, answers.length, lambda n: answer(length=n))


def duration(months: int) -> str:
    """Return months in words, whole years as years."""
    if months % 12 == 0:
        return say("cards.years", n=months // 12)
    return say("cards.months", n=months)


@solara.component
def Ending(desk: Desk, answers: Answers, answer: Answer) -> None:
    """Ask which money ends, where there is more than one."""
    running = cards.funding_running(desk.course, desk.month.value)
    if len(running) < 2:
        return
    options = [(event.id, event.title or event.id) for event in running]
    chosen = answers.ending or running[0].id
    parts.Select(say("cards.ending"), options, chosen, lambda name: answer(ending=name))


def _price(card: Card, answers: Answers, answer: Answer) -> None:
    """Say what the card costs and how late it acts, and let both be changed."""
    if card.kind == "funding":
        amount = f"{card.values()[answers.step]:g}"
        parts.Text(say("cards.cost_outside", amount=amount), classes=("k-hint",))
    elif answers.cost:
        parts.Text(say("cards.cost_some", cost=f"{answers.cost:g}"), classes=("k-hint",))
    else:
        parts.Text(say("cards.cost_none"), classes=("k-hint",))
    late = say("cards.delay_some", n=answers.delay) if answers.delay else say("cards.delay_none")
    parts.Text(late, classes=("k-hint",))
    Opening(say("cards.more"), lambda: _price_fields(card, answers, answer))


def _price_fields(card: Card, answers: Answers, answer: Answer) -> None:
    fields = cards.event_classes()[card.kind].model_fields
    for name, whole in (("cost", False), ("delay", True)):
        low, high = cards.bounds(fields[name])
        kind = int if whole else float

        def take(value: float, name: str = name, kind: Callable[[float], float] = kind) -> None:
            answer(**{name: kind(value)})

        about = say(f"cards.{name}_about", meaning=fields[name].description)
        parts.NumberField(
            say(f"cards.{name}"), getattr(answers, name), take, low, high, about=about, whole=whole
        )


@solara.component
def PlayCard(desk: Desk, card: Card, answers: Answers) -> None:
    """Show the button that plays the card in the month to come, or why it cannot be played."""
    month, node = desk.month.value, desk.node.value
    _ = desk.version.value
    scene = cards.scene_of(desk.session.line, month, node)
    reason = cards.why_not(card, desk.course, scene, answers)
    if reason:
        parts.Text(reason, classes=("k-why-not",))
    parts.Button(
        say("cards.play", when=when(month + 1)),
        lambda: desk.do(lambda: desk.play_card(card, answers)),
        kind="main",
        disabled=bool(reason),
    )
