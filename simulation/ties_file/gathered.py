"""What a ties file says, gathered tie by tie and checked on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTS = ("reliability", "openness", "mission")
COLUMNS = ("source", "target", "trust", *PARTS)
LONGEST_NAME = 200


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
    """

    names: list[str]
    groups: list[str] | None
    first: Ints
    second: Ints
    reliability: Floats | None
    openness: Floats | None
    mission: Floats | None


class Gathered:
    """Ties as they are read, checked one by one."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.place: dict[str, int] = {}
        self.where: dict[tuple[int, int], str] = {}
        self.trust: list[tuple[float, float, float]] = []

    def person(self, name: str, where: str) -> int:
        """Return the place of a person, a new one at first mention."""
        if not name:
            raise self.wrong("a person has no name", where)
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise self.wrong(
                "a name is not readable",
                where,
                found=name,
                allowed=f"up to {LONGEST_NAME} printable characters",
            )
        return self.place.setdefault(name, len(self.place))

    def tie(self, source: int, target: int, trust: tuple[float, ...], where: str) -> None:
        """Add one directed tie."""
        if source == target:
            raise self.wrong("a tie leads from a person to the same person", where)
        if (before := self.where.get((source, target))) is not None:
            raise self.wrong(f"the same tie is there already, at {before}", where)
        self.where[source, target] = where
        self.trust.append((trust[0], trust[1], trust[2]))

    def trust_of(self, given: Mapping[str, Any], where: str) -> tuple[float, ...]:
        """Return the parts of trust of one tie, NaN where unstated."""
        if "trust" in given:
            return (self._share(given["trust"], "trust", where),) * 3
        return tuple(self._share(given.get(part, ""), part, where) for part in PARTS)

    def check_trust(self, names: list[str], where: str) -> None:
        """Refuse trust given both whole and in parts."""
        both = [part for part in PARTS if part in names]
        if "trust" in names and both:
            raise self.wrong(
                f"trust and {both[0]} are both given",
                where,
                mend="give trust, or its parts " + ", ".join(PARTS),
            )

    def _share(self, value: Any, column: str, where: str) -> float:
        """Return a number from 0 to 1, or NaN for an empty cell."""
        if isinstance(value, str) and not value.strip():
            return math.nan
        try:
            if isinstance(value, bool) or "_" in str(value):
                raise ValueError
            number = float(value)
        except (ValueError, TypeError, OverflowError):
            comma = isinstance(value, str) and value.replace(",", "", 1).strip().isdigit()
            raise self.wrong(
                f"{column} is not a number",
                where,
                found=value,
                allowed="0 to 1",
                mend="write a point before the decimals" if comma else None,
            ) from None
        if not 0.0 <= number <= 1.0:
            raise self.wrong(f"{column} is out of range", where, found=value, allowed="0 to 1")
        return number

    def wrong(self, problem: str, where: str | None, **details: Any) -> InputError:
        """Return the error for one place in this file."""
        return InputError(problem, file=self.file, key=where, **details)

    def result(self, groups: list[str] | None = None) -> TiesFile:
        """Return all that was gathered."""
        pairs = np.array(list(self.where), dtype=np.int64).reshape(-1, 2)
        trust = np.array(self.trust, dtype=np.float64).reshape(-1, 3)
        parts = [None if np.isnan(part).all() else part.copy() for part in trust.T]
        return TiesFile(list(self.place), groups, pairs[:, 0].copy(), pairs[:, 1].copy(), *parts)
