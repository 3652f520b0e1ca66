"""Exercises for a class: a question, what to change, what to look for, and an answer.

What they open stands in `exercises.toml`, the words in the catalogue. Every answer rests on
commands, and its numbers on what these printed (`evidence`) or on a formula worked out here.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulation.browser.learn import actions
from simulation.browser.learn.evidence import in_words, studies
from simulation.browser.words import say
from simulation.processes import registered

FILE = Path(__file__).with_name("exercises.toml")


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes:
        name: its name in the catalogue.
        answers: ids of the questions it speaks to.
        action: what it opens, see `actions`.
        commands: the commands that check its answer.
    """

    name: str
    answers: tuple[str, ...]
    action: Mapping[str, Any]
    commands: tuple[str, ...]

    def words(self, part: str) -> str:
        """Return the title, question, change or look; for the answer use `answer`."""
        return say(f"learn.exercise.{self.name}.{part}")

    def answer(self) -> str:
        """Return the answer, with what came out."""
        return say(f"learn.exercise.{self.name}.answer", **studies(), **worked_out())

    @property
    def compares(self) -> bool:
        """Whether it opens two towns."""
        return "a" in self.action

    @property
    def href(self) -> str:
        """The link that opens it."""
        return actions.href(self.action)


@cache
def exercises() -> tuple[Exercise, ...]:
    """Return all exercises, in order."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Exercise(
            name,
            tuple(row["answers"]),
            row["open"],
            (
                *row.get("commands", ()),
                *(studies()[study].command for study in row.get("studies", ())),
            ),
        )
        for name, row in read.items()
    )


@cache
def worked_out() -> dict[str, str]:
    """Return the numbers that are worked out by hand in the answers."""
    leadership = next(process for process in registered() if process.name == "leadership")
    exits = leadership.Parameters().model_dump()["turnover"]
    root = math.sqrt(1.0 - 4.0 * 0.16 / 0.8)
    share, number = {"share": True}, {"share": False}
    return {
        **{f"filled_{t}": in_words(share, 1.0 / (1.0 + exits * t)) for t in (6, 24)},
        **{
            f"half_life_{p}": f"{math.log(2.0) / -math.log(float(f'.{p}')):.0f}"
            for p in ("985", "97")
        },
        "contagion_low": in_words(number, (1.0 - root) / 2.0),
        "contagion_high": in_words(number, (1.0 + root) / 2.0),
    }
