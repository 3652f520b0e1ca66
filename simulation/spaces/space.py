"""What a space is made of: its settings as written in a scenario, and the pairs it results in."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulation.state import BEFORE as BEFORE

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Pairs = tuple[Integers, Integers]
"""Two arrays of places in id order, the ends of each pair; in any order and direction."""

IMPLICIT_FROM = 2_000
"""A complete space of this many people or more is never written out as pairs."""

Kind = Literal[
    "moore",
    "von_neumann",
    "ring",
    "random",
    "small_world",
    "scale_free",
    "blocks",
    "geometric",
    "complete",
    "file",
]


def _setting(default: Any, meaning: str, unit: str = "", source: str = "", **limits: Any) -> Any:
    """Return a field with all that the documentation tables say about it."""
    notes: dict[str, Any] = {
        name: text for name, text in (("unit", unit), ("source", source)) if text
    }
    return Field(default, description=meaning, json_schema_extra=notes or None, **limits)


class Space(BaseModel):
    """How ties are laid out at the start: the table `[ties]` of a scenario.

    Settings that a kind does not use are ignored, so that one scenario can extend another of a
    different kind. Sources: Watts & Strogatz 1998 (small world), Barabási & Albert 1999
    (scale free), Gilbert 1959 (random), Holland, Laskey & Leinhardt 1983 (blocks), Gilbert 1961
    (geometric), Coleman 1958 (homophily).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Kind = _setting(
        "small_world",
        "How ties are laid out: on a grid (moore, von_neumann) or a ring in the order of ids, at "
        "random, as a small world, scale free, in groups (blocks), between people close on a map "
        "(geometric), everyone with everyone (complete), or as listed in a file.",
    )
    degree: float = _setting(
        8.0,
        "Mean number of people each person is tied to. Even for ring and small_world; not used by "
        "grids, complete and file.",
        unit="people",
        gt=0,
    )
    rewiring: float = _setting(
        0.1,
        "small_world: share of ties whose far end is moved to somebody drawn at random.",
        unit="share",
        source="Watts & Strogatz 1998",
        ge=0,
        le=1,
    )
    homophily: float = _setting(
        0.5,
        "blocks and small_world: share of ties inside the own group beyond what chance gives; "
        "0 is blind to group, 1 knows only the own group.",
        unit="share",
        source="Coleman 1958",
        ge=0,
        le=1,
    )
    torus: bool = _setting(
        True, "Grids and geometric: opposite borders touch, so that nobody lives at an edge."
    )
    width: int | None = _setting(
        None,
        "Grids: cells in a row. Left out, the divisor of the number of people nearest its square "
        "root.",
        unit="cells",
        ge=1,
    )
    reach: int = _setting(
        1,
        "Grids: how many cells away a neighbour may be (moore: in either direction; von_neumann: "
        "steps along the streets).",
        unit="cells",
        ge=1,
    )
    attachments: int | None = _setting(
        None,
        "scale_free: ties that each newcomer makes. Left out, half of degree.",
        unit="people",
        source="Barabási & Albert 1999",
        ge=1,
    )
    path: str | None = _setting(
        None, "file: a list of ties, .csv or .graphml, relative to the scenario."
    )

    @model_validator(mode="after")
    def _possible(self) -> Space:
        """Refuse settings that no number of people could meet."""
        if self.kind in ("ring", "small_world") and self.degree % 2 != 0:
            raise ValueError(
                f"degree must be an even whole number for kind '{self.kind}', half of the ties "
                f"on either side (found {self.degree:g})"
            )
        if self.kind == "scale_free" and self.attachments is None and self.degree % 2 != 0:
            raise ValueError(
                "degree must be an even whole number for kind 'scale_free', twice the "
                f"attachments (found {self.degree:g})"
            )
        if self.kind == "file" and not self.path:
            raise ValueError("kind 'file' needs a path to a list of ties (.csv or .graphml)")
        return self


class Edges(NamedTuple):
    """Undirected pairs of people as rows into the arrays they were built from, each pair once.

    No one is paired with themselves. Pairs are sorted by the ids of their ends, and `first` has
    the lower id.
    """

    first: Integers
    second: Integers

    @classmethod
    def none(cls) -> Edges:
        """Return no pairs at all."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64))


def is_implicit(space: Space, n: int) -> bool:
    """Return whether ties are never written out: everyone with everyone, and many of them."""
    return space.kind == "complete" and n >= IMPLICIT_FROM


def group_numbers(groups: Integers) -> Integers:
    """Number groups 0, 1, … by their first member in id order, whatever they were called."""
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    number = np.empty(first.size, np.int64)
    number[np.argsort(first)] = np.arange(first.size)
    return number[inverse.ravel()]


def tidy(one: Integers, two: Integers, order: Integers) -> Edges:
    """Sort pairs of places in id order, lower place first, and turn places into rows.

    Args:
        one: places of the first ends.
        two: places of the second ends; pairs must be distinct and without self-ties.
        order: row of each place, shape (n,).
    """
    n = order.size
    code = np.minimum(one, two) * n + np.maximum(one, two)
    code.sort()
    lower = code // n
    return Edges(order[lower], order[code - lower * n])
