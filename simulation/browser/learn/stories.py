"""The guided stories: a puzzle, a guess, and what came out.

A story is a TOML file in `stories/`: its order, its minutes, the questions it speaks to, its steps
(what the page does, see `actions`) and its findings (in `evidence`). Its words stand in the
catalogue under `stories.<name>`, so that a translation is still one folder of files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from simulation.browser.learn import actions, evidence
from simulation.browser.words import say
from simulation.errors import InputError

FOLDER = Path(__file__).parent / "stories"


@dataclass(frozen=True)
class Step:
    """One step of a story, as a page shows it.

    Attributes:
        title: a few words.
        say: what the facilitator says and does.
        prompt: what the room talks about.
        next_query: what stands behind the `?` of the next step's link; None after the last step.
        next_page: the page of the next step, "/play" or "/compare"; empty after the last step.
        story: title of the story.
        number: which step this is, from 1.
        total: how many steps there are.
        href: the link of this step.
    """

    title: str
    say: str
    prompt: str
    next_query: str | None
    next_page: str
    story: str
    number: int
    total: int
    href: str

    @property
    def next_href(self) -> str | None:
        """The link of the next step; None after the last one."""
        return self.onward()

    def onward(self, view: str = "") -> str | None:
        """Return the link of the next step in the same view; None after the last step."""
        if self.next_query is None:
            return None
        kept = f"&{urlencode({'view': view})}" if view else ""
        return f"{self.next_page}?{self.next_query}{kept}"


@dataclass(frozen=True)
class Finding:
    """What was found in many runs: a sentence with its numbers, and the command behind it."""

    text: str
    command: str


@dataclass(frozen=True)
class Story:
    """A story as its file has it; its words come from the catalogue.

    Attributes:
        name: the file's name, and the name of its words.
        order: place among the stories.
        minutes: how long it takes in a room.
        answers: ids of the questions it speaks to.
        steps: by step, its name and what the page does.
        found: by finding, its name and the study in `evidence`.
        limits: names of the sentences on what cannot be said.
    """

    name: str
    order: int
    minutes: int
    answers: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...]
    found: tuple[Mapping[str, str], ...]
    limits: tuple[str, ...]

    def words(self, key: str) -> str:
        """Return one of the story's texts, with the numbers of `evidence` filled in."""
        return evidence.tell(f"stories.{self.name}.{key}")

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, in order."""
        return tuple(
            Finding(self.words(f"found.{row['name']}"), command_of(row)) for row in self.found
        )

    def href(self, number: int) -> str:
        """Return the link of a step, from 1."""
        action = {k: v for k, v in self.steps[number - 1].items() if k != "name"}
        return actions.href(action, story=self.name, step=number)


def command_of(row: Mapping[str, str]) -> str:
    """Return the command behind a finding: its study's, or the one stated."""
    return row["command"] if "command" in row else evidence.studies()[row["study"]].command


@cache
def stories() -> dict[str, Story]:
    """Return the stories by name, in their order."""
    found = []
    for file in FOLDER.glob("*.toml"):
        read = tomllib.loads(file.read_text(encoding="utf-8"))
        found.append(
            Story(
                name=file.stem,
                order=read["order"],
                minutes=read["minutes"],
                answers=tuple(read["answers"]),
                steps=tuple(read["steps"]),
                found=tuple(read["found"]),
                limits=tuple(read["limits"]),
            )
        )
    return {story.name: story for story in sorted(found, key=lambda story: story.order)}


@cache
def step(name: str, number: int) -> Step:
    """Return a step of a story, from 1, in words and with the link of the next one.

    Raises:
        InputError: where there is no such story or step.
    """
    if name not in stories():
        raise InputError("no such story", key="story", found=name, allowed=", ".join(stories()))
    story = stories()[name]
    total = len(story.steps)
    if not 1 <= number <= total:
        raise InputError("no such step", key="step", found=number, allowed=f"1 to {total}")
    key = story.steps[number - 1]["name"]
    onward = story.href(number + 1) if number < total else None
    page, _, query = onward.partition("?") if onward else ("", "", "")
    return Step(
        title=story.words(f"{key}.title"),
        say=story.words(f"{key}.say"),
        prompt=story.words(f"{key}.prompt"),
        next_query=query if onward else None,
        next_page=page,
        story=say(f"stories.{name}.title"),
        number=number,
        total=total,
        href=story.href(number),
    )
