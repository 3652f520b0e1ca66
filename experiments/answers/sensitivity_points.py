"""Points of a sensitivity study: an outcome as a grid of points and replicates.

A replicate draws the same luck at every point, so the grid is crossed: a row a point, a column a
draw of luck. That is what tells the factors from luck here: whatever is multiplied or squared is
taken between *different* draws of luck, in which the noise of the one has nothing to do with the
noise of the other (as Sun, Apley and Staum 2011 correct nested simulation).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.judge import OUTCOMES
from experiments.recorded import Floats
from experiments.store.schema import FAILED
from experiments.sweeping.ask import OUTCOME_COLUMNS
from simulation.errors import InputError, nearest_name

Bools = np.ndarray[Any, np.dtype[np.bool_]]


class Factor(NamedTuple):
    """Something that varies over the points.

    Attributes:
        name: its column.
        label: its name for people.
        choices: what there is to choose from; empty where it is a number on a range.
        unit: unit of the number, "" where there is none.
    """

    name: str
    label: str
    choices: tuple[Any, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Points:
    """One outcome at every point, replicate by replicate.

    Attributes:
        outcome: its name.
        label: its name for people.
        factors: what varies.
        values: a row a point, a column a factor; nan where a factor does not apply.
        grid: the outcome, shape (points, replicates); nan where it is not known.
        failed: how many runs failed.
        unknown: how many runs were done and cannot tell the outcome.
        lacking: how many runs are not there at all.
        error: what went wrong most often.
    """

    outcome: str
    label: str
    factors: tuple[Factor, ...]
    values: pd.DataFrame
    grid: Floats
    failed: int
    unknown: int
    lacking: int
    error: str = ""

    @property
    def names(self) -> list[str]:
        """Names of the factors."""
        return [factor.name for factor in self.factors]

    @property
    def replicates(self) -> int:
        """How many draws of luck there are."""
        return int(self.grid.shape[1])

    def notes(self) -> list[str]:
        """Say which runs could not be used."""
        said = []
        if self.failed:
            why = f"; most often: {self.error}" if self.error else ""
            said.append(f"{_runs(self.failed)} failed{why}.")
        if self.unknown:
            said.append(
                f"{_runs(self.unknown)} done that cannot tell the outcome (too short, or nothing "
                "was gained)."
            )
        if self.lacking:
            said.append(f"{_runs(self.lacking)} of the design: not done yet.")
        return said


def points_of(
    table: pd.DataFrame,
    outcome: str,
    factors: Sequence[Factor] | None = None,
    *,
    arm: str | None = None,
    against: str | None = None,
    size: int | None = None,
) -> Points:
    """Return one outcome of a table of outcomes as a grid.

    Args:
        table: as `ask` returns it; or any table, of which rows with the same factors are
            replicates of one point.
        outcome: which column.
        factors: what varies; default: `factors_of` the table.
        arm: which arm; needed where there are several.
        against: the outcome is how much more `arm` has than this arm, in the same draw of luck.
        size: how many points the design has; default: up to the last one in the table.

    Raises:
        InputError: there is no such outcome, factor or arm, or nothing to go by.
    """
    if table.empty:
        raise InputError("there are no runs to answer from")
    if outcome not in table.columns:
        raise InputError(
            "no such outcome", key="--outcome", found=outcome,
            nearest=nearest_name(outcome, map(str, table.columns)),
        )  # fmt: skip
    varying = tuple(factors_of(table, outcome) if factors is None else factors)
    if absent := [factor.name for factor in varying if factor.name not in table.columns]:
        raise InputError("the table lacks a factor", key=absent[0])
    if not varying:
        raise InputError("nothing varies between the runs")
    rows = _of_arm(_numbered(table, [f.name for f in varying]), arm)
    values = _values(rows, varying, size)
    grid = _grid(rows, outcome, len(values))
    label = OUTCOMES[outcome].label if outcome in OUTCOMES else outcome
    if against is not None:
        other = _of_arm(_numbered(table, [f.name for f in varying]), against)
        replicates = sorted(set(rows["replicate"]) | set(other["replicate"]))
        grid = _grid(rows, outcome, len(values), replicates) - _grid(
            other, outcome, len(values), replicates
        )
        rows = pd.concat([rows, other])
        label = f"{label}, {arm} above {against}"
    bad = rows["status"] == FAILED if "status" in rows else pd.Series(False, index=rows.index)
    errors = rows.loc[bad, "error"] if "error" in rows else pd.Series(dtype=str)
    unknown = int((~bad & rows[outcome].isna()).sum())
    cells = len(values) * grid.shape[1] * (1 if against is None else 2)
    return Points(
        outcome, label, varying, values, grid, int(bad.sum()), unknown, max(cells - len(rows), 0),
        str(errors.mode().iloc[0]) if len(errors) else "",
    )  # fmt: skip


def factors_of(table: pd.DataFrame, outcome: str = "") -> list[Factor]:
    """Return the factors of a table: columns that vary and are neither outcomes nor names of runs.

    Columns of numbers are ranges, all others choices.
    """
    names = [
        str(name)
        for name in table.columns
        if name not in OUTCOME_COLUMNS and name not in OUTCOMES and name != outcome
    ]
    if "error" in table.columns and outcome in table.columns:  # a table that `ask` has made
        places = [list(table.columns).index(name) for name in OUTCOMES if name in table.columns]
        first = min([*places, list(table.columns).index(outcome)])
        names = [name for name in names if list(table.columns).index(name) < first]
    return [
        Factor(name, name, _choices(table[name]))
        for name in names
        if table[name].nunique(dropna=False) > 1
    ]


def described(factors: Iterable[Any]) -> list[Factor]:
    """Return the factors of a design as they are told here: label, choices and unit."""
    found = []
    for factor in factors:
        values = tuple(getattr(factor, "values", None) or ())
        numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)
        label = str(getattr(factor, "label", "") or factor.name)
        unit = str(getattr(factor, "unit", "") or "")
        choices = () if numbers else values
        found.append(Factor(factor.name, label, choices, "" if unit == "1" else unit))
    return found


def places(points: Points) -> Floats:
    """Return the values of factors as numbers, shape (points, factors): choices by their number."""
    columns = []
    for factor in points.factors:
        column = points.values[factor.name]
        if factor.choices:
            order = {_key(choice): float(n) for n, choice in enumerate(factor.choices)}
            columns.append(np.array([order.get(_key(v), np.nan) for v in column], dtype=np.float64))
        else:
            columns.append(pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64))
    return np.stack(columns, axis=1) if columns else np.zeros((len(points.values), 0))


def _choices(column: pd.Series[Any]) -> tuple[Any, ...]:
    """Return what there is to choose from; nothing where a column holds numbers."""
    known = column.dropna()
    if pd.api.types.is_bool_dtype(known) or not pd.api.types.is_numeric_dtype(known):
        return tuple(sorted(dict.fromkeys(known), key=str))
    return ()


def _key(value: Any) -> str:
    return str(value)


def _numbered(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return a table that has points and replicates, also where rows were nothing but rows."""
    if "point" in table.columns and "replicate" in table.columns:
        return table
    keys = table[names].astype(object).where(table[names].notna(), "")
    point = keys.groupby(names, sort=False).ngroup()
    return table.assign(point=point, replicate=point.groupby(point).cumcount())


def _of_arm(table: pd.DataFrame, arm: str | None) -> pd.DataFrame:
    if "arm" not in table.columns:
        if arm is not None:
            raise InputError("the table has no arms", key="--arm", found=arm)
        return table
    arms = [str(name) for name in dict.fromkeys(table["arm"].fillna(""))]
    if arm is None and len(arms) > 1:
        raise InputError(
            "there are several arms", key="--arm", allowed=", ".join(arms),
            mend="name one, or two with --against",
        )  # fmt: skip
    if arm is not None and arm not in arms:
        raise InputError(
            "no such arm", key="--arm", found=arm, allowed=", ".join(arms),
            nearest=nearest_name(arm, arms),
        )  # fmt: skip
    return table if arm is None else table[table["arm"] == arm]


def _values(rows: pd.DataFrame, factors: Sequence[Factor], size: int | None) -> pd.DataFrame:
    names = [factor.name for factor in factors]
    first = rows.drop_duplicates("point").set_index("point")[names]
    count = int(rows["point"].max()) + 1 if size is None else size
    return first.reindex(range(count))


def _grid(
    rows: pd.DataFrame, outcome: str, size: int, replicates: Sequence[int] | None = None
) -> Floats:
    known = rows.drop_duplicates(["point", "replicate"])
    wide = known.assign(y=pd.to_numeric(known[outcome]).astype("float64")).pivot(
        index="point", columns="replicate", values="y"
    )
    order = sorted(wide.columns) if replicates is None else list(replicates)
    made: Floats = wide.reindex(index=range(size), columns=order).to_numpy(dtype=np.float64)
    return made


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"
