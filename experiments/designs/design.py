"""Design: which points of the space of scenarios are run, in which arms, and how often.

A design is read from a file (`load_design`) or made in Python from the same keys. It holds all it
needs: the scenarios as they were resolved, and the values of a table, so that `data()` alone
repeats it later and elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.designs.axis import Axis, as_whole, axis_of
from experiments.designs.cell import Cell
from experiments.designs.cells import Resolver
from experiments.designs.declared import Arm, Declared, Factor, declare
from experiments.designs.given import plain_keys
from experiments.designs.laying import changes_for, laid
from experiments.designs.points import overlapping, points_of
from experiments.designs.refusing import (
    at_key,
    at_point,
    check_arms,
    check_settings,
    refuse_unknown_levels,
)
from experiments.designs.sampling import Sample, problem_of, sample
from experiments.designs.sources import load_scenarios
from experiments.designs.table import Columns, columns_of, different, read_table
from simulation.errors import InputError
from simulation.specification import Specification

if TYPE_CHECKING:
    import pandas as pd


class Design:
    """A design, checked and complete.

    Attributes:
        declared: the keys of its file.
        file: where it was read from, for messages; None where it was made in Python.
        factors: what varies, with every range filled in.
    """

    def __init__(
        self, /, *, folder: Path | None = None, file: str | None = None, **keys: Any
    ) -> None:
        """Make a design from the keys of a design file.

        Scenarios may also be given as specifications, factors, levels and arms as `Factor`,
        `Level` and `Arm`, the table as a DataFrame or a NumPy array.

        Args:
            folder: where relative paths of scenarios and tables begin; default: the current folder.
            file: the file the keys come from, for messages.
            keys: the keys of a design file; see `experiments.designs.declared.Declared`.

        Raises:
            InputError: one line with the key, what was found and what is allowed.
        """
        self.file = file
        try:
            data, given, table = plain_keys(keys)
            self.declared: Declared = declare(data)
            self._table = self._columns(table, folder)
            self._scenarios = load_scenarios(self.declared, given, self._table, folder)
            check_settings(self.declared)
            self._bases = {name: self._based(s) for name, s in self._scenarios.items()}
            self.factors: tuple[Axis, ...] = self._axes()
            check_arms(self.declared, self.factors, self._bases)
            self._points = points_of(
                self.declared, self.factors, self.sample, self._table, self._bases
            )
        except InputError as error:
            raise error.at(file=file) from None

    @classmethod
    def from_data(
        cls, data: Mapping[str, Any], file: str | None = None, folder: Path | None = None
    ) -> Design:
        """Return the design of plain values, such as `data()` gives or a file holds.

        Args:
            data: keys and values of a design file.
            file: the file they come from, for messages.
            folder: where relative paths of scenarios and tables begin; default: the current folder.

        Raises:
            InputError: the values are no design.
        """
        for key in ("file", "folder"):
            if key in data:
                raise InputError("unknown key", file=file, key=key)
        return cls(file=file, folder=folder, **{str(key): value for key, value in data.items()})

    def data(self) -> dict[str, Any]:
        """Return everything that makes the design, as plain values: no file is needed again."""
        data: dict[str, Any] = self.declared.model_dump(
            mode="json", by_alias=True, exclude_defaults=True
        )
        data = {"schema": 1, **data}
        data["scenario"] = self.declared.scenario
        data["scenarios"] = {name: s.data() for name, s in self._scenarios.items()}
        if self._table is not None:
            data["table"] = {name: list(column) for name, column in self._table.items()}
        return data

    # ------------------------------------------------------------------------------ what it is

    @property
    def title(self) -> str:
        """What it is."""
        return self.declared.title

    @property
    def question(self) -> str:
        """The question it is for."""
        return self.declared.question

    @property
    def answers(self) -> tuple[str, ...]:
        """Ids of the questions it speaks to."""
        return self.declared.answers

    @property
    def about(self) -> str:
        """What it is for, and how long it takes."""
        return self.declared.about

    @property
    def method(self) -> str:
        """How the points are chosen."""
        return self.declared.method

    @property
    def replicates(self) -> int:
        """Draws of chance of every point."""
        return self.declared.replicates

    @property
    def seed(self) -> int:
        """Seed of all runs and of the sample."""
        return self.declared.seed

    @property
    def arms(self) -> tuple[Arm, ...]:
        """What is compared at every point; a design without arms has one without a name."""
        return self.declared.arms

    @property
    def measures(self) -> tuple[str, ...] | None:
        """Measures kept month by month beside those that outcomes are judged by; None: all."""
        record = self.declared.record
        return None if record.all else record.measures

    @property
    def scenario(self) -> Specification:
        """The scenario that the points are laid on, with the design's settings and months."""
        return self._bases[self.declared.scenario]

    def scenario_of(self, arm: Arm | None) -> Specification:
        """Return the scenario that an arm's points are laid on, with the arm's own settings."""
        if arm is None:
            return self.scenario
        base = self._bases[arm.scenario or self.declared.scenario]
        return laid(base, changes_for(arm.settings, base))

    # ------------------------------------------------------------------------------ its points

    @property
    def points(self) -> pd.DataFrame:
        """A row a point, numbered from 0 as in `Cell.point`; a column a factor, with its values."""
        import pandas as pd

        rows = [point.values for point in self._points]
        return pd.DataFrame(rows, columns=[axis.name for axis in self.factors])

    @cached_property
    def sample(self) -> Sample | None:
        """Where the points lie in the unit cube, row by row; None where they are listed."""
        return sample(self.declared, [axis.name for axis in self.factors])

    def problem(self) -> dict[str, Any]:
        """Return the factors as SALib describes them; `sample.unit` lies within its bounds."""
        return problem_of([axis.name for axis in self.factors])

    def cells(self) -> list[Cell]:
        """Return every point in every arm, each resolved and accepted by the scenario.

        They are in the order of the points, the arms of a point beside each other. Takes about 2 ms
        a point and arm; points that are the same run share one subject.

        Raises:
            InputError: a scenario refuses a point; the line names the point and the key.
        """
        return list(self._cells)

    @cached_property
    def _cells(self) -> tuple[Cell, ...]:
        resolver = Resolver(self._bases, self.measures)
        arms: Sequence[Arm | None] = self.arms or (None,)
        found: list[Cell] = []
        for number, point in enumerate(self._points):
            for arm in arms:
                try:
                    found.append(resolver.cell(number, point, arm))
                except InputError as error:
                    raise at_point(error, number, arm).at(file=self.file) from None
        return tuple(found)

    def _based(self, specification: Specification) -> Specification:
        settings = dict(self.declared.settings)
        if self.declared.months is not None:
            settings["months"] = self.declared.months
        try:
            return laid(specification, changes_for(settings, specification))
        except InputError as error:
            raise at_key(error, "settings") from None

    # -------------------------------------------------------------------------- later additions

    def with_(
        self,
        *,
        replicates: int | None = None,
        months: int | None = None,
        seed: int | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Design:
        """Return the design with more replicates, other months, another seed or further settings.

        Runs that both have are the same runs: a store has them already. Another seed draws another
        sample, too.

        Raises:
            InputError: a value is out of range, or a setting does not fit.
        """
        data = self.data()
        given = {"replicates": replicates, "months": months, "seed": seed}
        data |= {key: value for key, value in given.items() if value is not None}
        if settings:
            data["settings"] = {**data.get("settings", {}), **settings}
        return Design.from_data(data, self.file)

    def extended(self, points: Any) -> Design:
        """Return the design with more points; those it has keep their numbers and their runs.

        A Sobol' sequence, Saltelli's scheme and Morris' walks go on where they ended. Beside a
        Latin hypercube a second one is laid: each is even by itself, both together only nearly.

        Args:
            points: how many points (latin_hypercube, sobol), base samples (saltelli) or
                trajectories (morris) there are to be in all; for a table its further rows.

        Raises:
            InputError: there would be fewer than now, or the method has no more points.
        """
        data, declared = self.data(), self.declared
        if declared.method == "table":
            more = columns_of(points, [axis.name for axis in self.factors])
            for name, column in data["table"].items():
                if name not in more:
                    raise InputError("a column is missing", key="table", found=name)
                column.extend(more[name])
            return Design.from_data(data, self.file)
        now = {
            "latin_hypercube": (declared.points or 0) + sum(declared.beside),
            "morris": declared.trajectories or 0,
        }.get(declared.method, declared.points)
        if now is None:
            raise InputError(
                f"a design with method = '{declared.method}' has no more points",
                mend="give a factor more levels or values",
            )
        if type(points) is not int or points < now:
            raise InputError(
                "a design grows only", key="points", found=points, allowed=f"at least {now}"
            )
        if points > now and declared.method == "latin_hypercube":
            data["beside"] = [*declared.beside, points - now]
        elif points > now:
            data["trajectories" if declared.method == "morris" else "points"] = points
        return Design.from_data(data, self.file)

    # ------------------------------------------------------------------------------------ checks

    def _columns(self, table: Any, folder: Path | None) -> Columns | None:
        """Return the columns of a table of points; None for the other methods."""
        if self.declared.method != "table":
            if table is not None:
                raise InputError(
                    f"means nothing for method = '{self.declared.method}'",
                    key="table",
                    mend="it is for table",
                )
            return None
        if table is None:
            raise InputError(
                "is missing", key="table", allowed="a CSV file, or columns with their values"
            )
        if isinstance(table, str):
            try:
                return read_table(Path(table) if folder is None else folder / table)
            except InputError as error:
                raise at_key(error, "table") from None
        names = [f.name or f.key or (f.keys[0] if f.keys else "") for f in self.declared.factors]
        return columns_of(table, names)

    def _axes(self) -> tuple[Axis, ...]:
        """Return the factors with their ranges; a table's further columns are factors, too."""
        names = [self.declared.scenario, *(n for n in self._bases if n != self.declared.scenario)]
        axes: list[Axis] = []
        base = self._bases[names[0]]
        for number, factor in enumerate(self._declared_factors(), 1):
            axis = axis_of(factor, number, base, names)
            if axis.name in [a.name for a in axes]:
                raise InputError(
                    "two factors have this name; each needs its own",
                    key=f"factors[#{number}].name",
                    found=axis.name,
                )
            axes.append(axis)
            if self._table is not None and axis.whole:
                self._table[axis.name] = [as_whole(v) for v in self._table[axis.name]]
        twice = overlapping(axes, base)
        if twice is not None:
            raise InputError(
                f"'{twice[0]}' and '{twice[1]}' change the same setting",
                key="factors",
                found=twice[2],
                mend="keep it in one of them",
            )
        return tuple(axes)

    def _declared_factors(self) -> Iterator[Factor]:
        table, columns = self._table, dict(self._table or {})
        for factor in self.declared.factors:
            name = factor.name or factor.key or (factor.keys[0] if factor.keys else "")
            if table is not None and not isinstance(factor.levels, tuple):
                column = columns.pop(name, None)
                if column is None:
                    raise InputError("has no column of this factor", key="table", found=name)
                seen = different(column)
                factor = factor.model_copy(
                    update={"values": seen, "low": None, "high": None, "levels": None}
                )
            elif table is not None:
                refuse_unknown_levels(factor, columns.pop(name, None))
            yield factor
        for name, column in columns.items():
            yield Factor(key=name, values=different(column))
