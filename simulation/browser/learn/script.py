"""The kit as a list of plain blocks, so that the page and the Markdown file say the same.

Its shape is that of a Scriptapedia script: what it is for, how long it takes, what is needed, who
does what, the steps, and what comes of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulation.browser.learn import actions
from simulation.browser.words import say

PROMPTS = Path(__file__).with_name("prompts.toml")
FIELDS = (
    "name", "purpose", "status", "time", "group", "materials", "roles", "inputs", "outputs",
    "check",
)  # fmt: skip
BEFORE = ("start", "room", "try", "seats", "strip")
AGENDA = ("welcome", "roles", "guess", "branch", "many", "limits", "home")
AGENDA_COLUMNS = ("minutes", "what", "who", "output")
ROLES = ("resident", "connector", "institution", "funder")
ROLE_LINES = ("wants", "knows", "may", "remember")
STEPS = ("one", "two", "three", "four", "five", "six")
FAMILIES = ("F", "A", "Q", "S", "C", "L")
ROOM = {"scenario": "demo"}
"""What a facilitator opens first."""


@dataclass(frozen=True)
class Heading:
    """A heading of level 2 or 3."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `link` is a path of the page, shown as itself in print."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Points:
    """A list; numbered or not."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Grid:
    """A table with a caption."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Card:
    """A card to cut out: a title, and lines of a name and a text."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Prompt:
    """A prompt: the id of its question, what to ask, where to look, and the link that opens it."""

    id: str
    ask: str
    where: str
    href: str


Block = Heading | Paragraph | Points | Grid | Card | Prompt


@cache
def _opens() -> Mapping[str, Mapping[str, Any]]:
    """Return, by id of a question, what the page opens for it."""
    read: dict[str, Mapping[str, Any]] = tomllib.loads(PROMPTS.read_text(encoding="utf-8"))
    return read


@cache
def prompts() -> tuple[Prompt, ...]:
    """Return the prompts of all ids, in their order."""
    found = []
    for name, row in _opens().items():
        ask, where = (say(f"kit.prompt.{name}.{part}") for part in ("ask", "where"))
        href = actions.href(row["open"]) if "open" in row else ""
        found.append(Prompt(name, ask, where or say("kit.not_yet"), href))
    return tuple(found)


def blocks() -> Iterator[Block]:
    """Yield the whole kit, block by block."""
    yield from _script()
    yield from _agenda()
    yield from _cards()
    yield Heading(2, say("kit.steps.title"))
    yield Points(tuple(say(f"kit.steps.{name}") for name in STEPS), numbered=True)
    yield Heading(2, say("kit.prompts.title"))
    yield Paragraph(say("kit.prompts.lead"))
    for family in FAMILIES:
        yield Heading(3, say(f"kit.prompts.{family}"))
        yield from (prompt for prompt in prompts() if prompt.id.startswith(family))


def _script() -> Iterator[Block]:
    yield Heading(2, say("kit.script.title"))
    yield Paragraph(say("kit.script.shape"))
    rows = tuple((say(f"kit.script.{f}"), say(f"kit.script.{f}_text")) for f in FIELDS)
    columns = (say("kit.script.field"), say("kit.script.text"))
    yield Grid(say("kit.script.caption"), columns, rows)
    yield Heading(2, say("kit.before.title"))
    yield Points(tuple(say(f"kit.before.{name}") for name in BEFORE))
    yield Paragraph(say("kit.open"), actions.href(ROOM, view="facilitator"))


def _agenda() -> Iterator[Block]:
    yield Heading(2, say("kit.agenda.title"))
    rows = tuple(tuple(say(f"kit.agenda.{row}.{c}") for c in AGENDA_COLUMNS) for row in AGENDA)
    columns = tuple(say(f"kit.agenda.{column}") for column in AGENDA_COLUMNS)
    yield Grid(say("kit.agenda.caption"), columns, rows)


def _cards() -> Iterator[Block]:
    yield Heading(2, say("kit.cards.title"))
    yield Paragraph(say("kit.cards.lead"))
    for role in ROLES:
        lines = tuple((say(f"kit.cards.{x}"), say(f"kit.cards.{role}.{x}")) for x in ROLE_LINES)
        yield Card(say(f"kit.cards.{role}.title"), lines)
