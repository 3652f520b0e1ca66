"""What a ties file says, gathered tie by tie and checked on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.errors import InputError
from simulation.files import PARTS, check_name, wrong

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMNS = ("source", "target", "trust", *PARTS)


@dataclass(frozen=True)
class TiesFile:
    """What a ties file says.

    Attributes:
        names: the people, each name once; person k is `names[k]`.
        groups: group of each person, or None where the file says nothing of groups.
        first: who listens, as places in `names`, shape (ties,).
        second: whom they listen to, shape (ties,); each (first, second) occurs once.
        reliability: part of trust, 0 to 1, NaN where unstated, or None where no tie states it.
        openness: likewise.
        mission: likewise.
        where: where each person is first named, such as "line 2".
    """

    names: list[str]
    groups: list[str] | None
    first: Ints
    second: Ints
    reliability: Floats | None
    openness: Floats | None
    mission: Floats | None
    where: list[str] = field(default_factory=list, compare=False)


class Gathered:
    """Ties as they are read, checked one by one."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.place: dict[str, int] = {}
        self.mentioned: list[str] = []
        self.where: dict[tuple[int, int], str] = {}
        self.trust: list[tuple[float, float, float]] = []

    def person(self, name: str, where: str) -> int:
        """Return the place of a person, a new one at first mention."""
        check_name(self.file, name, where)
        if name not in self.place:
            self.mentioned.append(where)
        return self.place.setdefault(name, len(self.place))

    def tie(self, source: int, target: int, trust: tuple[float, ...], where: str) -> None:
        """Add one directed tie."""
        if source == target:
            raise self.wrong("a tie leads from a person to the same person", where)
        if (before := self.where.get((source, target))) is not None:
            raise self.wrong(f"the same tie is there already, at {before}", where)
        self.where[source, target] = where
        self.trust.append((trust[0], trust[1], trust[2]))

    def wrong(self, problem: str, where: str | None, **details: Any) -> InputError:
        """Return the error for one place in this file."""
        return wrong(self.file, problem, where, **details)

    def result(self, groups: list[str] | None = None) -> TiesFile:
        """Return all that was gathered."""
        pairs = np.array(list(self.where), dtype=np.int64).reshape(-1, 2)
        trust = np.array(self.trust, dtype=np.float64).reshape(-1, 3)
        one, two, three = (None if np.isnan(part).all() else part.copy() for part in trust.T)
        first, second = pairs[:, 0].copy(), pairs[:, 1].copy()
        return TiesFile(list(self.place), groups, first, second, one, two, three, self.mentioned)
