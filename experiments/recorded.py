"""What runs recorded: every measure of every month, for all replicates of one arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SERIES_COLUMNS = ("run", "month", "community", "measure", "group", "boundary", "value")
"""Columns of every tidy table of months."""

BOUNDARIES = ("place", "people")


class Key(NamedTuple):
    """What one column of numbers is: a measure, of whom, within which boundary."""

    measure: str
    group: str
    boundary: str


@dataclass(frozen=True)
class Recorded:
    """The months of one arm: the same scenario under one or more draws of chance.

    Attributes:
        months: recorded months from 0, shape (months,).
        keys: what the last axis of `values` holds.
        values: shape (replicates, months, keys); nan where a measure was not taken that month.
        run_ids: one id for each replicate.
        community: name of the community in tidy tables.
    """

    months: Integers
    keys: tuple[Key, ...]
    values: Floats
    run_ids: tuple[str, ...]
    community: str = "community"

    @cached_property
    def _position(self) -> dict[Key, int]:
        return {key: position for position, key in enumerate(self.keys)}

    @property
    def replicates(self) -> int:
        """How often the scenario was run."""
        return len(self.values)

    def groups(self, measure: str) -> tuple[str, ...]:
        """Return the groups for which a measure is taken, "all" left out, in recorded order."""
        found = dict.fromkeys(k.group for k in self.keys if k.measure == measure)
        found.pop("all", None)
        return tuple(found)

    def measure(self, name: str, group: str = "all", boundary: str = "place") -> Floats:
        """Return one measure, shape (replicates, months); nan throughout if it was never taken.

        A measure that knows only one boundary is returned whichever is asked for.
        """
        for each in (boundary, *BOUNDARIES):
            position = self._position.get(Key(name, group, each))
            if position is not None:
                taken: Floats = self.values[:, :, position]
                return taken
        return np.full(self.values.shape[:2], np.nan)

    def tidy(self) -> pd.DataFrame:
        """Return one row a run, month and measure, missing values left out."""
        _, months, keys = self.values.shape
        flat = self.values.reshape(-1)
        known = np.flatnonzero(~np.isnan(flat))
        key, month, run = known % keys, known // keys % months, known // (keys * months)
        return pd.DataFrame(
            {
                "run": _repeated(run, self.run_ids),
                "month": self.months[month],
                "community": _repeated(np.zeros_like(known), (self.community,)),
                "measure": _repeated(key, [k.measure for k in self.keys]),
                "group": _repeated(key, [k.group for k in self.keys]),
                "boundary": _repeated(key, [k.boundary for k in self.keys]),
                "value": flat[known],
            }
        )


def _repeated(positions: Integers, names: Sequence[str]) -> pd.Categorical:
    """Return names by position as a categorical column, each name stored once."""
    different = list(dict.fromkeys(names))
    code = np.array([different.index(name) for name in names], dtype=np.int64)
    return pd.Categorical.from_codes(code[positions], categories=pd.Index(different, dtype=object))
