"""What was registered before any run, read from `registered.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "registered.toml"


@dataclass(frozen=True)
class Switch:
    """One of the five switches of succession: its name, its event and its name for people."""

    name: str
    event: str
    label: str


@dataclass(frozen=True)
class Arm:
    """One way of spending the money: the scenario that does it, and what it is."""

    name: str
    scenario: str
    label: str
    about: str


@dataclass(frozen=True)
class Part:
    """A part of the design: its name, what it crosses, and which of the ten numbers it gives."""

    name: str
    label: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Falsifier:
    """What would falsify the claim."""

    name: str
    words: str


@dataclass(frozen=True)
class Registered:
    """The whole design; the plain tables are those of the file.

    Attributes:
        push: first month, months, amount, and how money with mentoring is split.
        outcome: name of the primary outcome, months simulated after the push, least effect.
        rule: shares of draws that make the verdict.
        replicates: pairs in a draw.
        lengths, shortsight: levels of the further factors.
    """

    question: str
    seed: int
    push: Mapping[str, Any]
    outcome: Mapping[str, Any]
    rule: Mapping[str, float]
    replicates: Mapping[str, int]
    nuisance: Mapping[str, Any]
    switches: tuple[Switch, ...]
    arms: tuple[Arm, ...]
    lengths: Mapping[str, Any]
    shortsight: Mapping[str, Any]
    parts: tuple[Part, ...]
    falsifiers: tuple[Falsifier, ...]

    @property
    def primary(self) -> str:
        """Name of the primary outcome."""
        return str(self.outcome["primary"])

    @property
    def least(self) -> float:
        """Effects up to this size do not count."""
        return float(self.outcome["least"])

    def arm(self, name: str) -> Arm:
        """Return an arm by its name."""
        return next(arm for arm in self.arms if arm.name == name)

    def pairs_of(self, part: str, pairs: int) -> int:
        """Return how many pairs a part takes, where `pairs` are wanted of the others."""
        if part != "shortsight":
            return pairs
        whole, own = self.replicates["pairs"], self.replicates["shortsight"]
        return min(pairs, max(self.replicates["least"], round(pairs * own / whole)))


def _read() -> Registered:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Registered(
        **{
            **data,
            "question": " ".join(data["question"].split()),
            "switches": tuple(Switch(**each) for each in data["switches"]),
            "arms": tuple(Arm(**each) for each in data["arms"]),
            "parts": tuple(
                Part(**{**each, "numbers": tuple(each["numbers"])}) for each in data["parts"]
            ),
            "falsifiers": tuple(Falsifier(**each) for each in data["falsifiers"]),
        }
    )


REGISTERED = _read()
"""The design as it was written down."""
