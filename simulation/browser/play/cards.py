"""Event cards: which there are, what of them people choose, and the event each becomes.

A card is an entry of `cards.toml`. Its defaults, bounds and meanings are those of the event's class
in `simulation.timeline`; its words stand in the catalogue under `cards.<name>`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulation.browser.words import say
from simulation.errors import InputError
from simulation.timeline import AnyEvent, Event

if TYPE_CHECKING:
    from simulation.browser.session.course import Course
    from simulation.browser.session.line import Line

FILE = Path(__file__).with_name("cards.toml")
ENDING = "ending"
"""Kind of the one card that plays no event of its own but cuts one short."""
PICKED = ("person", "neighbourhood")
"""Ways to pick people that need somebody picked on the map."""
FACTORS = (0.5, 1.0, 2.0)
"""Steps of a dial, as multiples of its default, where they stay within its bounds."""
FACTORS_OF_MOST = (0.25, 0.5, 1.0)
"""Steps of a dial whose default is the most there can be."""


@cache
def event_classes() -> dict[str, type[Event]]:
    """Return the classes of a timeline's events by kind."""
    union = get_args(get_args(AnyEvent)[0])
    return {get_args(cls.model_fields["kind"].annotation)[0]: cls for cls in union}


@dataclass(frozen=True)
class Card:
    """One card, as `cards.toml` has it.

    Attributes:
        name: its name, and that of its words.
        section: under which heading it lies.
        kind: kind of the event it plays, or `ENDING`.
        process: the process that must run for it to do anything; "" for none.
        dial: the setting that says how strong it is; "" for none.
        steps: values of the dial; empty for those that follow from its default.
        months: how long it may last; empty where that makes no difference.
        whom: ways to pick the people it touches.
        group: "one" where it names a group, "any" where it may.
        fixed: what makes it another card than the plain event.
        needs: "leader", "funding", "institutions" or "".
    """

    name: str
    section: str
    kind: str
    process: str = ""
    dial: str = ""
    steps: tuple[float, ...] = ()
    months: tuple[int, ...] = ()
    whom: tuple[str, ...] = ()
    group: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    needs: str = ""

    def words(self, key: str) -> str:
        """Return one of the card's texts: "name", "title" or "about"."""
        return say(f"cards.{self.name}.{key}")

    @property
    def info(self) -> FieldInfo:
        """The field that its dial sets: default, bounds and meaning."""
        cls: type[BaseModel] = event_classes()[self.kind]
        *path, last = self.dial.split(".")
        for name in path:
            cls = cls.model_fields[name].annotation  # type: ignore[assignment]
        return cls.model_fields[last]

    def values(self) -> tuple[float, ...]:
        """Return the steps of its dial, from little to much, within the field's bounds."""
        if not self.dial:
            return ()
        if self.steps:
            return self.steps
        info = self.info
        factors = FACTORS_OF_MOST if info.default == bounds(info)[1] else FACTORS
        kind = type(info.default)
        return tuple(kind(info.default * f) for f in factors)


def bounds(info: FieldInfo) -> tuple[float | None, float | None]:
    """Return the least and the most that a field can be; None where it has no such bound."""
    least = [m.ge for m in info.metadata if hasattr(m, "ge")]
    most = [m.le for m in info.metadata if hasattr(m, "le")]
    return (least[0] if least else None, most[0] if most else None)


@cache
def cards() -> dict[str, Card]:
    """Return the cards by name, in their order."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    found = {}
    for name, entry in read.items():
        lists = {k: tuple(entry[k]) for k in ("steps", "months", "whom") if k in entry}
        found[name] = Card(name=name, **{**entry, **lists})
    return found


# ------------------------------------------------------------------------- what people choose


class Answers(NamedTuple):
    """What is chosen on a card; places are those in its steps, its months, its ways to pick.

    Attributes:
        step: place of the dial's value.
        length: place of how long it lasts.
        pick: place of the way people are picked.
        group: the group it touches; "" for all.
        ending: id of the event that ends; "" for none.
        cost: what it takes from the budgets.
        delay: months until it acts.
    """

    step: int = 1
    length: int = 1
    pick: int = 0
    group: str = ""
    ending: str = ""
    cost: float = 0.0
    delay: int = 0


class Scene(NamedTuple):
    """The month in which a card would be played.

    Attributes:
        month: the month shown; the card acts from the next one on.
        person: id of whoever was picked on the map; -1 for nobody.
        picked: whether any place was picked on the map.
        leads: whether that person holds a seat.
        leaders: whether any seat is filled.
    """

    month: int
    person: int = -1
    picked: bool = False
    leads: bool = False
    leaders: bool = True


def scene_of(line: Line, month: int, node: int) -> Scene:
    """Return what a line shows in a month, with a node picked on the map (-1: none)."""
    from simulation.browser.session.frames import LEADER

    frame = line.frame(month)
    filled = line.value("seats_filled", month)
    inside = 0 <= node < frame.nodes
    return Scene(
        month=month,
        person=line.person(node, month) if inside else -1,
        picked=inside,
        leads=inside and bool(frame.flags[node] & LEADER),
        leaders=filled > 0.0,
    )


def funding_running(course: Course, month: int) -> list[Any]:
    """Return the events of money that could end after a month: those that act beyond it."""
    events = course.specification().events
    return [e for e in events if e.kind == "funding" and e.first <= month < e.last]


def why_not(card: Card, course: Course, scene: Scene, answers: Answers) -> str:
    """Return why a card cannot be played now, in one sentence; "" where it can."""
    specification = course.specification()
    if scene.month >= specification.months:
        return say("cards.why_not.over")
    process = card.process
    if process and not getattr(specification.parameters, process).enabled:
        return say("cards.why_not.switched_off", process=process)
    if card.needs == "institutions" and not specification.institutions:
        return say("cards.why_not.no_institution")
    if card.needs == "funding" and not funding_running(course, scene.month):
        return say("cards.why_not.no_money")
    if card.needs == "leader" and not scene.leaders:
        return say("cards.why_not.no_leader")
    if card.whom and card.whom[answers.pick] in PICKED:
        return _nobody(card, scene)
    return ""


def _nobody(card: Card, scene: Scene) -> str:
    """Return why the person picked will not do; "" where there is one who will."""
    if not scene.picked:
        return say("cards.why_not.no_person")
    if scene.person < 0:
        return say("cards.why_not.nobody_home")
    if card.needs == "leader" and not scene.leads:
        return say("cards.why_not.not_leading")
    return ""


# --------------------------------------------------------------------------- what is played


def event_of(card: Card, scene: Scene, answers: Answers) -> dict[str, Any]:
    """Return the event of a card as `[[events]]` has it, in the month after the one shown.

    Raises:
        InputError: for a card that plays no event of its own.
    """
    if card.kind == ENDING:
        raise InputError("this card ends an event and starts none", key="card", found=card.name)
    event: dict[str, Any] = {
        "kind": card.kind,
        "month": scene.month + 1,
        "title": card.words("title"),
        **card.fixed,
    }
    if card.months:
        event["duration"] = card.months[answers.length]
    if answers.cost:
        event["cost"] = answers.cost
    if answers.delay:
        event["delay"] = answers.delay
    if answers.group:
        event["groups"] = [answers.group]
    if card.whom:
        pick = card.whom[answers.pick]
        event["target"] = {"pick": pick}
        if pick in PICKED:
            event["target"]["people"] = [scene.person]
    _turn(event, card, answers)
    return event


def _turn(event: dict[str, Any], card: Card, answers: Answers) -> None:
    """Set the dial of an event; how many are picked counts only where chance or ties pick."""
    if not card.dial:
        return
    inner = event
    *path, last = card.dial.split(".")
    for name in path:
        inner = inner[name]
    if not (path == ["target"] and inner.get("people")):
        inner[last] = card.values()[answers.step]


def played(card: Card, course: Course, scene: Scene, answers: Answers) -> Course:
    """Return the course in which a card has been played.

    Raises:
        InputError: saying why it cannot be played, or what does not fit.
    """
    reason = why_not(card, course, scene, answers)
    if reason:
        raise InputError(reason)
    if card.kind == ENDING:
        running = {event.id for event in funding_running(course, scene.month)}
        name = answers.ending if answers.ending in running else min(running)
        return course.ending(name, scene.month)
    return course.playing(event_of(card, scene, answers))


def first_answers(card: Card, course: Course) -> Answers:
    """Return what a card stands at when it is opened."""
    groups = course.specification().groups
    steps = card.values()
    return Answers(
        step=len(steps) // 2 if card.steps or not steps else steps.index(_default(card)),
        length=len(card.months) // 2,
        group=groups[0].name if card.group == "one" else "",
    )


def _default(card: Card) -> float:
    return float(card.info.default)
