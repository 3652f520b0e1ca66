"""Material: what a report is made of, read from a store, one study for each plan.

Everything here is a table or a few words; nothing is drawn. What is shown on the page is reckoned
from these tables alone, so whoever has the store can reckon it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.judge import OUTCOMES, Outcome, Push
from experiments.sweeping.ask import OUTCOME_COLUMNS
from simulation.errors import InputError
from simulation.specification import Specification

if TYPE_CHECKING:
    from experiments.designs.axis import Axis
    from experiments.designs.cell import Cell
    from experiments.designs.design import Design
    from experiments.store import Store
    from experiments.store.plan import Plan
    from experiments.store.sharing import Sharing

PRIMARY = ("gain_48", "gain_24", "gain_12", "gain_during", "wellbeing")
"""What a study is first asked: the first of these that its runs can tell."""

YES = ("sustained_48", "sustained_24", "sustained_12", "tipped")
"""The yes or no beside it, likewise."""

FAN_MEASURES = {"wellbeing": "people", "gap": "people"}
"""Measures drawn over time, and within which boundary."""

MOST_RUNS = 300
"""Runs of an arm whose months are drawn: the first by replicate and point."""


@dataclass(frozen=True)
class Varied:
    """A factor of a design, with what its setting means.

    Attributes:
        name: its column in every table.
        key: the setting that takes its value.
        label: its name for people.
        low: least value in the design.
        high: most.
        values: how many different values there are.
        unit: unit of the setting.
        meaning: what the setting means.
    """

    name: str
    key: str
    label: str
    low: Any
    high: Any
    values: int
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Study:
    """One plan of a store and what its runs came to.

    Attributes:
        plan: the plan.
        table: table of outcomes as `ask` returns it, with empty cells where small groups are left
            out; a row a cell and replicate.
        months: months of the first runs of each arm: columns arm, run, month, measure, group,
            value.
        left: a line for each group of real people that is left out: why it is.
        hidden: outcomes that are left out with them.
    """

    plan: Plan
    table: pd.DataFrame
    months: pd.DataFrame
    left: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def cells(self) -> list[Cell]:
        """The cells of the plan."""
        return list(self.plan.cells)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, the first being what the others are compared with."""
        return tuple(dict.fromkeys(cell.arm for cell in self.cells))

    @cached_property
    def done(self) -> pd.DataFrame:
        """The rows whose runs did not fail."""
        return self.table[self.table["status"] == "done"]

    @cached_property
    def factors(self) -> tuple[Varied, ...]:
        """What varies, in the order of the design."""
        names = dict.fromkeys(name for cell in self.cells for name in cell.factors)
        axes = {axis.name: axis for axis in self.design.factors} if self.design else {}
        return tuple(_varied(name, self.cells, axes.get(name)) for name in names)

    @cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """What the runs came to, by name; an outcome of another model is a plain number."""
        factors = {factor.name for factor in self.factors}
        names = [n for n in self.table.columns if n not in OUTCOME_COLUMNS and n not in factors]
        return {name: OUTCOMES.get(name) or Outcome(name, name, "mean") for name in names}

    @cached_property
    def primary(self) -> Outcome | None:
        """The outcome that the study is first asked about; None where no run can tell any."""
        return self._first(PRIMARY) or self._first(tuple(self.outcomes))

    @cached_property
    def yes(self) -> Outcome | None:
        """The yes-or-no outcome beside it."""
        return self._first(YES)

    @cached_property
    def push(self) -> Push | None:
        """When the push runs, where it runs at the same time in all cells."""
        pushes = {cell.push for cell in self.cells}
        return pushes.pop() if len(pushes) == 1 else None

    @cached_property
    def replicates(self) -> int:
        """How many draws of chance there are so far."""
        return int(self.table["replicate"].nunique())

    @cached_property
    def design(self) -> Design | None:
        """The design of the plan; None where it was not made by one, or can no longer be read."""
        from experiments.designs import Design

        try:
            return Design.from_data(self.plan.design) if self.plan.design else None
        except InputError:
            return None

    @cached_property
    def specifications(self) -> dict[str, Specification]:
        """The scenario of each arm, before factors are set; nothing where no design tells it."""
        if self.design is None:
            return {}
        named = {arm.name: arm for arm in self.design.arms}
        return {arm: self.design.scenario_of(named.get(arm)) for arm in self.arms}

    def fan(self) -> pd.DataFrame:
        """Return median and quantiles of the runs of each arm, month by month."""
        keys = ["arm", "group", "measure", "month"]
        if self.months.empty:
            return pd.DataFrame(columns=[*keys, "median", "q05", "q25", "q75", "q95"])
        spread = self.months.groupby(keys, sort=False, observed=True)["value"]
        wide = spread.quantile(np.array([0.05, 0.25, 0.5, 0.75, 0.95])).unstack()
        wide.columns = pd.Index(["q05", "q25", "median", "q75", "q95"])
        table = wide[["median", "q05", "q25", "q75", "q95"]].reset_index()
        order = {name: n for n, name in enumerate((*self.arms, *FAN_MEASURES))}
        return table.sort_values(
            ["arm", "measure", "group", "month"], kind="stable", ignore_index=True,
            key=lambda c: c.map(order) if c.name in ("arm", "measure") else c,
        )  # fmt: skip

    def _first(self, names: tuple[str, ...]) -> Outcome | None:
        for name in names:
            if name in self.outcomes and self.done[name].notna().any():
                return self.outcomes[name]
        return None


def studies(store: Store) -> list[Study]:
    """Return every plan of a store with what its runs came to, in the order they were added.

    Raises:
        InputError: the store cannot be read.
    """
    return [_study(store, plan) for plan in store.plans()]


def _study(store: Store, plan: Plan) -> Study:
    from experiments.store.months import wanted_runs
    from experiments.store.sharing import Sharing

    sharing = store.reading(lambda found: Sharing(found, wanted_runs(found, plan)))
    whole = store.outcomes(plan)
    table = sharing.outcomes(whole)
    lost = [
        n for n in table.columns if n in OUTCOMES and table[n].isna().sum() > whole[n].isna().sum()
    ]
    return Study(plan, table, _months(store, plan, table, sharing), sharing.lines, tuple(lost))


def _months(store: Store, plan: Plan, table: pd.DataFrame, sharing: Sharing) -> pd.DataFrame:
    """Return the months of the first runs of each arm."""
    done = table[table["status"] == "done"].sort_values(["replicate", "point"], kind="stable")
    some = done.groupby("arm", sort=False).head(MOST_RUNS)[["run", "arm"]].drop_duplicates()
    columns = ["arm", "run", "month", "measure", "group", "value"]
    community = any(cell.subject.kind == "community" for cell in plan.cells)
    if some.empty or not community:
        return pd.DataFrame(columns=columns)
    found = sharing.months(store.sql(months_sql(some["run"])))
    found = found[found["boundary"] == found["measure"].map(FAN_MEASURES)].dropna(subset="value")
    joined = some.merge(found, on="run")
    return joined.sort_values(["arm", "measure", "group", "run", "month"], kind="stable")[columns]


def months_sql(runs: pd.Series[str]) -> str:
    """Return the query for the months that are drawn."""
    names = ", ".join(f"'{name}'" for name in FAN_MEASURES)
    ids = ", ".join(f"'{run}'" for run in sorted(set(runs)))
    return (
        'select run, month, community, measure, "group", boundary, value from months '
        f"where measure in ({names}) and run in ({ids})"
    )


def _varied(name: str, cells: Sequence[Cell], axis: Axis | None) -> Varied:
    """Return a factor with the values it takes, and what the design says of it."""
    different = list(dict.fromkeys(v for c in cells if (v := c.factors.get(name)) is not None))
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in different)
    low, high = (min(different), max(different)) if numbers and different else (None, None)
    if axis is None:
        return Varied(name, name, name, low, high, len(different))
    key = ", ".join(axis.keys)
    return Varied(
        name, key, axis.label, low, high, len(different), axis.unit, axis.meaning
    )  # fmt: skip
