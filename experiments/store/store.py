"""A store: all runs of sweeps in one folder, as tables.

Reading needs no lock and disturbs no sweep: whoever reads while runs are coming in sees all those
that are whole at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pandas as pd

from experiments.store import views
from experiments.store.answer import Answer
from experiments.store.answers import read_answers
from experiments.store.folder import Folder, created, opened
from experiments.store.holdings import ATTEMPTS, Holdings, rows_by_run, scan
from experiments.store.locks import SWEEP
from experiments.store.plan import Plan, read_plans
from experiments.store.schema import Row
from experiments.store.wishes import lacking, wish_of
from experiments.store.writer import Writer
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.sweeping.job import Job


class Store:
    """Runs, plans and answers in a folder.

    Attributes:
        path: the folder.
    """

    def __init__(self, folder: Folder) -> None:
        """Use `open` or `create_or_open`."""
        self._folder = folder
        self._known: Holdings | None = None

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a store that is there.

        Raises:
            InputError: there is none, it is something else, damaged, or of a later version.
        """
        return cls(opened(path))

    @classmethod
    def create_or_open(cls, path: Path | str) -> Self:
        """Open a store; make it where there is none yet.

        Raises:
            InputError: as `open`, or the folder holds something else or may not be written.
        """
        return cls(created(path))

    @property
    def path(self) -> Path:
        """The folder of the store."""
        return self._folder.root

    @property
    def folder(self) -> Folder:
        """Where its files lie."""
        return self._folder

    def writer(self, shard: tuple[int, int] | None = None) -> Writer:
        """Return the writer, to be used in a `with` statement.

        Args:
            shard: number of the shard, from 1, and how many there are: shards write side by side.

        Raises:
            InputError: no such shard; on entering, somebody else is writing.
        """
        created(self.path)
        if shard is None:
            return Writer(self._folder, SWEEP)
        number, of = shard
        if not 1 <= number <= of:
            raise InputError(
                "no such shard", key="shard", found=f"{number}/{of}", allowed=f"1/{of} to {of}/{of}"
            )
        return Writer(self._folder, f"shard-{number}-of-{of}")

    def holdings(self) -> Holdings:
        """Return what the files hold at this moment.

        Raises:
            InputError: a part is damaged.
        """
        self._known = scan(self._folder, self._known)
        return self._known

    def reading[T](self, function: Callable[[Holdings], T]) -> T:
        """Read from the files; once more where one of them has just been replaced.

        Raises:
            InputError: a part is damaged.
        """
        for _ in range(ATTEMPTS):
            try:
                return function(self.holdings())
            except FileNotFoundError:
                continue
        raise InputError("its files keep going while they are read", file=self.path)

    def lacking(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield, in their order, the jobs whose runs are not kept, each run once."""
        wanted = list(jobs)
        yield from self.reading(lambda found: lacking(found.index, wanted))

    def rows(self, runs: Sequence[str]) -> Mapping[str, Row]:
        """Return the rows of these runs that are kept, by id; of each the best one there is."""

        def read(found: Holdings) -> Mapping[str, Row]:
            best = {run: e for run in runs if (e := found.index.best(run)) is not None}
            return rows_by_run(found, best)

        return self.reading(read)

    def rows_for(self, jobs: Iterable[Job]) -> Mapping[Job, Row]:
        """Return the rows that answer jobs: as long, and with as many measures, as is wanted."""
        wanted = list(jobs)

        def read(found: Holdings) -> Mapping[Job, Row]:
            index = found.index
            places = {j: e for j in wanted if (e := index.covering(*wish_of(j))) is not None}
            rows = found.fetch(places.values())
            return {job: rows[entry] for job, entry in places.items()}

        return self.reading(read)

    def plans(self) -> list[Plan]:
        """Return all plans; the one written last stands last.

        Raises:
            InputError: one is damaged.
        """
        return read_plans(self._folder)

    def plan(self, name: Plan | str | None = None) -> Plan:
        """Return one plan: by its id or the beginning of it, by its title, or the last one.

        Raises:
            InputError: there is none, or several could be meant.
        """
        if isinstance(name, Plan):
            return name
        plans = self.plans()
        if not plans:
            raise InputError("holds no plan", file=self.path, mend="kindling sweep adds one")
        if name is None:
            return plans[-1]
        fits = [p for p in plans if p.id.startswith(name)] or [p for p in plans if p.title == name]
        if not fits:
            allowed = ", ".join(f"{plan.id[:8]} ({plan.title})" for plan in plans)
            raise InputError("no such plan", file=self.path, found=name, allowed=allowed)
        if len({plan.title for plan in fits}) > 1 and len(fits) > 1:
            allowed = ", ".join(f"{plan.id[:8]} ({plan.title})" for plan in fits)
            raise InputError("several plans", file=self.path, found=name, allowed=allowed)
        return fits[-1]

    def answers(self) -> list[Answer]:
        """Return what studies found, by kind and name.

        Raises:
            InputError: one is damaged.
        """
        return read_answers(self._folder)

    def runs(self) -> pd.DataFrame:
        """Return a row a run, ordered by id, without months and outcomes.

        The columns are those of `schema.RUNS` that hold single values. Of a run that is kept more
        than once the best row is shown: done before failed, then the longest.

        Raises:
            InputError: a part is damaged.
        """
        return self.sql("select * from runs order by run")

    def sql(self, query: str) -> pd.DataFrame:
        """Ask with SQL, as DuckDB knows it.

        Tables: `runs` (a row a run), `outcomes` (a row a plan, cell and replicate; see `outcomes`)
        and `months` (a row a run, month, measure, group and boundary). The word "group" has to
        stand in double quotes.

        Raises:
            InputError: the query cannot be answered, or a part is damaged.
        """
        return self.reading(lambda found: views.ask_sql(self, found, query))

    def outcomes(self, plan: Plan | str | None = None) -> pd.DataFrame:
        """Return what every cell of a plan came to: a row a cell and replicate.

        Ordered by point, arm and replicate; the columns are those of
        `experiments.sweeping.ask.outcomes_of`. Cells whose runs are not kept yet are left out.

        Args:
            plan: the plan, its id, the beginning of it, or its title; default: the last one.

        Raises:
            InputError: there is no such plan, or a part is damaged.
        """
        from experiments.store.outcomes import outcomes_of_plan

        return outcomes_of_plan(self, self.plan(plan))

    def months(
        self,
        measures: Iterable[str] | None = None,
        groups: Iterable[str] | None = None,
        plan: Plan | str | None = None,
    ) -> pd.DataFrame:
        """Return the months of all runs: a row a run, month, measure, group and boundary.

        Missing values are left out. Columns: run, month, community, measure, group, boundary,
        value; ordered by run, by series as recorded, and by month.

        Args:
            measures: names of measures; default: all that are kept.
            groups: names of groups, "all" among them; default: all.
            plan: only the runs of this plan; default: all runs.

        Raises:
            InputError: there is no such plan, or a part is damaged.
        """
        from experiments.store.months import months_of

        wanted = None if plan is None else self.plan(plan)
        return months_of(self, measures, groups, wanted)
