"""Suppression: groups of few people are left out of what is shared.

Where a scenario starts from real people (`[people]`), a value of a group of two or three is close
to a value of a person. In written results and exports the values of groups with fewer than
`people.smallest_group` people are empty. Three rules follow:

- *Nobody by subtraction.* Where only one group is left out, it could be reckoned from the others
  and from "all"; so the next smallest is left out too, and further ones until those left out are
  together as many as `people.smallest_group`.
- *Nobody by way of a measure.* The gap, the worst off, the parts of Theil's index and dominance are
  made of the groups' values. They remain only where they follow from the groups that remain.
- *Nobody at all* where the whole community has fewer people than that.

People are counted as the scenario states them for the start: they are those of the data. What
functions return in memory stays complete; only what is written passes through here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.recorded import Floats, Key, Recorded
from simulation.specification import Specification

ALL = "all"
SMALLEST_GROUP = 5
"""Groups with fewer people are left out, where the scenario says nothing else."""

OF_ALL_GROUPS = ("theil_between", "theil_within", "dominance")
"""Measures of the whole that are made of the values of every group."""

KEY = ("measure", "group", "boundary")


@dataclass(frozen=True)
class LeftOut:
    """Which groups are left out of shared outputs, and why.

    Attributes:
        groups: their names, in the scenario's order.
        order: names of all groups, in the scenario's order.
        everyone: whether the community is so small that nothing at all is shared.
        lines: one line for each group: why it is left out.
    """

    groups: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    everyone: bool = False
    lines: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.groups)


def left_out(sizes: Mapping[str, int], smallest: int = SMALLEST_GROUP) -> LeftOut:
    """Return which groups are left out, given how many people each has.

    Groups without people have nothing to hide and are never left out.

    Args:
        sizes: people of each group by name, in the scenario's order.
        smallest: least number of people of a group whose values are shared.
    """
    small = [name for name, size in sizes.items() if 0 < size < smallest]
    lines = [
        f"group '{name}' has {_people(sizes[name])}: left out, see people.smallest_group"
        for name in small
    ]
    rest = sorted((n for n, s in sizes.items() if s >= max(smallest, 1)), key=lambda n: sizes[n])
    chosen = list(small)
    while chosen and rest and (len(chosen) == 1 or sum(sizes[n] for n in chosen) < smallest):
        hidden = " and ".join(f"'{n}'" for n in chosen)
        chosen.append(rest.pop(0))
        lines.append(
            f"group '{chosen[-1]}' has {_people(sizes[chosen[-1]])}: left out too, or {hidden} "
            "could be reckoned from what remains; see people.smallest_group"
        )
    everyone = bool(chosen) and sum(sizes[n] for n in chosen) < smallest
    if everyone:
        lines.append(f"the community has fewer than {smallest} people: nothing is shared")
    groups = tuple(name for name in sizes if name in chosen)
    return LeftOut(groups, tuple(sizes), everyone, tuple(lines))


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def left_out_of(specification: Specification) -> LeftOut:
    """Return which groups of a scenario are left out: none where its people are not real ones."""
    people = specification.people
    if people.path is None:
        return LeftOut()
    sizes = {group.name: group.size for group in specification.groups}
    return left_out(sizes, people.smallest_group)


def hidden_keys(keys: Sequence[Key], values: Floats, left: LeftOut) -> NDArray[np.bool_]:
    """Return which columns of recorded numbers are left out.

    Args:
        keys: what each column holds.
        values: the numbers, the last axis by column; nan where a measure was not taken.
        left: the groups that are left out.
    """
    if not left:
        return np.zeros(len(keys), dtype=bool)
    if left.everyone:
        return np.ones(len(keys), dtype=bool)
    column = {key: values[..., n].ravel() for n, key in enumerate(keys)}
    return np.array([_hidden(key, column, left) for key in keys], dtype=bool)


def _hidden(key: Key, column: Mapping[Key, Floats], left: LeftOut) -> bool:
    """Tell whether one column is left out."""
    if key.group in left.groups:
        return True
    if key.group != ALL:
        return False
    if key.measure in OF_ALL_GROUPS:
        return True
    if key.measure == "gap_signed":
        return bool(set(left.order[:2]) & set(left.groups))
    if key.measure not in ("gap", "gap_relative", "worst_off"):
        return False
    known = [
        column[own]
        for name in left.order
        if name not in left.groups and (own := Key("wellbeing", name, key.boundary)) in column
    ]
    if not known:
        return True
    kept = np.stack(known)
    if key.measure == "worst_off":
        return not _given(column[key], (kept == column[key]).any(axis=0))
    gap = column.get(Key("gap", ALL, key.boundary))
    if gap is None:
        return True
    counted = np.isnan(kept)
    high = np.where(counted, -np.inf, kept).max(axis=0)
    low = np.where(counted, np.inf, kept).min(axis=0)
    return not _given(gap, high - low == gap)


def _given(values: Floats, found: NDArray[np.bool_]) -> bool:
    """Tell whether every number that was taken follows from what remains."""
    return bool((found | np.isnan(values)).all())


def suppress_recorded(recorded: Recorded, hidden: NDArray[np.bool_]) -> Recorded:
    """Return what runs recorded with the columns that are left out as nan."""
    if not hidden.any():
        return recorded
    values = np.where(hidden, np.nan, recorded.values)
    return Recorded(recorded.months, recorded.keys, values, recorded.run_ids, recorded.community)


def suppress_table(table: pd.DataFrame, left: LeftOut) -> pd.DataFrame:
    """Return a tidy table of months in which the values that are left out are empty.

    Args:
        table: columns measure, group, boundary and value beside those that tell rows apart
            (run, arm, month, community); each measure once in each of these.
        left: the groups that are left out.
    """
    if not left or table.empty:
        return table
    words = table[list(KEY)].astype(object)
    code, names = pd.factorize(pd.MultiIndex.from_frame(words))
    keys = [Key(*(str(part) for part in name)) for name in names]
    others = [name for name in table.columns if name not in (*KEY, "value")]
    row = table.groupby(others, observed=True, sort=False).ngroup().to_numpy()
    values = np.full((int(row.max()) + 1, len(keys)), np.nan)
    values[row, code] = table["value"].to_numpy()
    hidden = hidden_keys(keys, values, left)
    return table.assign(value=table["value"].mask(hidden[code]))


def suppress_rows(table: pd.DataFrame, left: LeftOut, keep: Sequence[str]) -> pd.DataFrame:
    """Return a table of people in which those of groups that are left out have empty cells.

    Args:
        table: one row a person (or node), with a column `group`.
        left: the groups that are left out.
        keep: columns that stay.
    """
    if not left:
        return table
    hidden = table["group"].isin(left.groups)
    if left.everyone:
        hidden |= table["group"].notna()
    shown = table.astype({n: object for n in table.columns if n not in keep})
    shown.loc[hidden, [n for n in table.columns if n not in keep]] = None
    return shown


def hidden_outcomes(
    keys: Sequence[Key], hidden: NDArray[np.bool_], left: LeftOut, names: Sequence[str]
) -> list[str]:
    """Return which outcomes rest on what is left out, of those named.

    Args:
        keys: what each recorded column holds.
        hidden: which of them are left out, as `hidden_keys` returns them.
        left: the groups that are left out.
        names: names of outcomes, as in `experiments.judge.OUTCOMES`.
    """
    if left.everyone:
        return list(names)
    gone = {key for key, out in zip(keys, hidden, strict=True) if out}
    return [name for name in names if any(key in gone for key in rests_on(name))]


def rests_on(outcome: str) -> tuple[Key, ...]:
    """Return the measures made of the groups' values on which an outcome rests."""
    gap, worst = (Key(name, ALL, "people") for name in ("gap", "worst_off"))
    own: dict[str, tuple[Key, ...]] = {
        "gap_people": (gap,),
        "gap_place": (Key("gap", ALL, "place"),),
        "worst_off": (worst,),
        "power_opened": (Key("dominance", ALL, "place"),),
        "power_swapped": (Key("dominance", ALL, "place"),),
        "worst_off_worse": (gap, worst),
        "levelled_down": (gap, worst),
    }
    if outcome.startswith(("gain_", "sustained_")):
        return (gap, worst)
    return own.get(outcome, ())


def empty_columns(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the table with some columns emptied, their types kept."""
    emptied: dict[str, Any] = {
        name: pd.Series(pd.NA if str(table[name].dtype) == "boolean" else np.nan,
                        index=table.index, dtype=table[name].dtype)
        for name in names if name in table.columns
    }  # fmt: skip
    return table.assign(**emptied)
