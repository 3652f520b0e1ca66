"""Faults of data: ties that are missing, people who did not answer, ratings that are off.

Every fault is drawn by its own stream of chance, keyed by the names of the tie's ends, and so
belongs to the tie and not to its line in the file. The draws are *nested*: of one draw, the ties
that are missing at 10 % are also missing at 20 %, and a rating that is 0.2 points too high at one
level of noise is 0.4 points too high at twice that level. Two scenarios that read the same ties
get the same faults.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.chance import Luck, derive, stream_number
from simulation.files import PARTS

Floats = NDArray[np.float64]

Kind = Literal["missing", "respondents", "noise"]
KINDS: tuple[Kind, ...] = ("missing", "respondents", "noise")
POINTS = 3.0
"""Rating points between a share of 0 (rated 1) and a share of 1 (rated 4)."""


class Fault(NamedTuple):
    """One kind of fault at one level.

    Attributes:
        kind: "missing" for ties missing at random, "respondents" for people (or institutions) who
            did not answer, so that all ties they hold are gone, "noise" for ratings that are off.
        level: probability that a tie, or a respondent, is missing; for noise the most by which a
            rating is off, in points of the scale from 1 to 4.
    """

    kind: Kind
    level: float


@dataclass(frozen=True)
class TieData:
    """Directed ties as a file states them.

    Attributes:
        table: which file of a scenario, "ties", "services" or "partners".
        names: who can hold ties or be held to, in the order of the file; for ties between
            residents also those without any.
        groups: group of each name, or None.
        source: who holds each tie.
        target: whom it leads to.
        parts: reliability, openness and mission from 0 to 1, NaN where unstated, shape (ties, 3).
    """

    table: str
    names: tuple[str, ...]
    groups: tuple[str, ...] | None
    source: tuple[str, ...]
    target: tuple[str, ...]
    parts: Floats

    @property
    def rated(self) -> bool:
        """Whether any tie has a rating."""
        return bool((~np.isnan(self.parts)).any())


def luck_of(seed: int, draw: int) -> Luck:
    """Return the chance of one draw of faults."""
    return Luck(derive(seed, "data doubt", draw))


def faulty(data: TieData, fault: Fault, luck: Luck) -> TieData:
    """Return the data with a fault laid on them.

    Missing: a tie is gone where its uniform draw is below the level; by respondent, where that of
    its holder is. Noise: each rating r = 1 + 3x moves by the level times a uniform draw from -1 to
    1 and is clipped to the scale from 1 to 4; a part that is unstated stays so.
    """
    one, two = _keys(data.source), _keys(data.target)
    if fault.kind == "noise":
        return replace(data, parts=_moved(data, fault.level, luck, one, two))
    if fault.kind == "missing":
        draw = luck.uniforms(f"doubt/missing/{data.table}", 0, one, two)
    else:
        who = "institutions" if data.table == "partners" else "people"
        draw = luck.uniforms(f"doubt/respondents/{who}", 0, one)
    kept = draw >= fault.level
    return replace(
        data,
        source=tuple(name for name, keep in zip(data.source, kept, strict=True) if keep),
        target=tuple(name for name, keep in zip(data.target, kept, strict=True) if keep),
        parts=data.parts[kept],
    )


def _moved(
    data: TieData, level: float, luck: Luck, one: NDArray[np.int64], two: NDArray[np.int64]
) -> Floats:
    """Return the parts of trust with noise on their ratings."""
    moved = np.empty_like(data.parts)
    for n, part in enumerate(PARTS):
        draw = luck.uniforms(f"doubt/noise/{data.table}/{part}", 0, one, two)
        rating = 1.0 + POINTS * data.parts[:, n] + level * (2.0 * draw - 1.0)
        moved[:, n] = (np.clip(rating, 1.0, 1.0 + POINTS) - 1.0) / POINTS
    return moved


def _keys(names: tuple[str, ...]) -> NDArray[np.int64]:
    """Return a number for each name, the same wherever it stands."""
    return np.array([stream_number(name) >> 1 for name in names], dtype=np.int64)
