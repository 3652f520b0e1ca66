"""The ledger: which process moved which indicator, month by month, so that the parts add up.

    community = CommunityModel(scenarios.load("demo"))
    ledger = Ledger(community)
    community.run(48)
    ledger.between(12, 48)     # amounts by indicator, process and group

After every process of a month the ledger looks at each indicator that the process can have moved;
the difference from before is that process's amount. Differences around all the processes of a month
telescope: they sum to the change of the indicator over the month. Nothing is estimated, and
nothing is shared out: where two processes work together, the amount goes to the one that moved the
number ("living" moves well-being because "events" paid for conditions earlier). `inputs` says what
that process had read, so that one can ask on.

What is changed by hand between two months counts as the doing of the next month's first process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from simulation.errors import InputError, nearest_name
from simulation.ledger.indicators import (
    AFTER_ACKNOWLEDGEMENT,
    AFTER_CHANGING_HANDS,
    AFTER_EVENT,
    AFTER_MOVES,
    AFTER_REBUILDING,
    FAMILIES,
    INDICATORS,
    ROW,
    WRITES,
    Family,
    Here,
    families_after,
)
from simulation.ledger.links import LINKS
from simulation.ledger.reading import book
from simulation.recorder import ALL
from simulation.state import Floats

if TYPE_CHECKING:
    import pandas as pd

    from simulation.community import CommunityModel

COLUMNS = ("month", "indicator", "process", "group", "amount")
"""Columns of the tidy table."""


class Ledger:
    """Amounts by month, indicator, process and group, for one community.

    It hangs itself on `community.watch`; a watcher already there is called as before. It reads and
    never writes, so a run is the same with it, bit for bit. After `community.restore` the months
    that come again replace those that were noted; months that it did not see are nan.

    Args:
        community: the community to follow, from where it stands.
        everything: read every indicator again after every process, which is slower and gives the
            same; the declarations in `simulation.ledger.indicators` are tested against it.

    Attributes:
        indicators: names, in the order of the first axis of every array.
        processes: names of the month's processes, in the order of the second.
        groups: names of the groups and then "all", in the order of the third.
        first: the month in which it began; changes are known from the month after.
    """

    indicators: tuple[str, ...] = INDICATORS

    def __init__(self, community: CommunityModel, *, everything: bool = False) -> None:
        self.processes: tuple[str, ...] = tuple(p.name for p in community.processes)
        self.groups: tuple[str, ...] = (*(g.name for g in community.specification.groups), ALL)
        self._row_of = {name: n for n, name in enumerate(self.processes)}
        self._plan = {n: FAMILIES if everything else families_after(n) for n in self.processes}
        self._shape = len(self.indicators), len(self.processes), len(self.groups)
        self._shape_of_amounts = self._shape[1], self._shape[0], self._shape[2]
        self._next: Callable[[str, CommunityModel], None] | None = None
        self._amounts: list[Floats] = []
        self.first = self._month = community.month
        self._now: Floats = np.full(self._shape[::2], np.nan)
        self._look(community)
        self._ends: list[Floats] = [self._now]
        self._known = self._now.copy()
        self._hang(community)

    # ------------------------------------------------------------ watching

    def _hang(self, community: CommunityModel) -> None:
        if community.watch is not self:
            self._next, community.watch = community.watch, self

    def attach(self, community: CommunityModel) -> None:
        """Follow another community from where it stands: the same one, on a changed course.

        Months after `community.month` are dropped; those before stay, so they should be its own.

        Raises:
            InputError: where its groups or its processes are others, or it stands in a month that
                the ledger does not hold.
        """
        processes = tuple(p.name for p in community.processes)
        groups = (*(g.name for g in community.specification.groups), ALL)
        if (processes, groups) != (self.processes, self.groups):
            raise InputError(
                "a ledger is of one set of groups and processes", mend="begin a new one"
            )
        self._place(community.month)
        self.cut(after=community.month)
        self._month, self._now = community.month, self._ends[-1]
        self._look(community)
        self._hang(community)

    def detach(self, community: CommunityModel) -> None:
        """Stop following a community; what was noted stays."""
        if community.watch is self:
            community.watch, self._next = self._next, None

    def __call__(self, process: str, community: CommunityModel) -> None:
        """Take note of what a process has changed (the community calls this)."""
        if community.month != self._month:
            self._turn_page(community)
        if process not in WRITES:
            self._look(community)
            book(self._now, self._known, self._amounts[-1][self._row_of[process]])
        elif families := self._moved(community, process):
            for family in families:
                family.read(community, self._here, self._now)
            book(self._now, self._known, self._amounts[-1][self._row_of[process]])
        if self._next is not None:
            self._next(process, community)

    def _turn_page(self, community: CommunityModel) -> None:
        """Begin a month; one that follows on months not seen is not known itself."""
        month, values, amounts = community.month, self._shape[::2], self._shape_of_amounts
        if month <= self.first:
            self.first, self._amounts = month - 2, []
            self._ends = [np.full(values, np.nan)]
        self.cut(after=month - 1)
        unseen = month - self.last - 1
        for _ in range(unseen):
            self._ends.append(np.full(values, np.nan))
            self._amounts.append(np.full(amounts, np.nan))
        self._now = self._ends[-1].copy()
        self._ends.append(self._now)
        self._amounts.append(np.full(amounts, np.nan if unseen else 0.0))
        self._month = month
        if unseen:
            self._look(community)

    def _look(self, community: CommunityModel) -> None:
        """Read everything."""
        self._here = Here.of(community)
        self._exits = community.exits_from
        for family in FAMILIES:
            family.read(community, self._here, self._now)

    def _moved(self, community: CommunityModel, process: str) -> tuple[Family, ...]:
        """Return what a process of the model can have moved."""
        found = self._plan[process]
        if process == "events":
            month = community.month
            for event in community.specification.events:
                if event.first <= month <= event.last:
                    found = _joined(found, AFTER_EVENT[event.kind])
        elif process == "trust" and community.levers.acknowledgement > 0.0:
            found = _joined(found, AFTER_ACKNOWLEDGEMENT)
        if community.order is not self._here.order:
            self._here = Here.of(community)
            found = _joined(found, AFTER_MOVES)
        elif community.ties.target is not self._here.target:
            found = _joined(found, AFTER_REBUILDING)
        if community.exits_from is not self._exits:
            self._exits = community.exits_from
            found = _joined(found, AFTER_CHANGING_HANDS)
        return found

    # ------------------------------------------------------------- reading

    @property
    def last(self) -> int:
        """The last month noted."""
        return self.first + len(self._amounts)

    def cut(self, after: int) -> None:
        """Forget the months after one; later months go on from its end.

        Raises:
            InputError: where the ledger begins later.
        """
        if after >= self.last:
            return
        self._place(after)
        keep = after - self.first
        del self._amounts[keep:], self._ends[keep + 1 :]
        self._month, self._now = after, self._ends[-1]
        self._known = self._now.copy()
        for ends in reversed(self._ends):
            missing = np.isnan(self._known)
            if not missing.any():
                break
            self._known[missing] = ends[missing]

    def month(self, month: int) -> Floats:
        """Return the changes in one month, shape (indicators, processes, groups + 1).

        Amounts of all processes sum to the indicator's change (within 1e-9). They are nan where
        the indicator is not known at either end: a group without people, or an indicator that is
        not taken by group.

        Raises:
            InputError: for a month that the ledger does not hold.
        """
        return self.between(month - 1, month)

    def between(self, first: int, last: int) -> Floats:
        """Return the changes from the end of month `first` to the end of month `last`.

        Shape, nan and errors as in `month`. Where an indicator was not known for a while in
        between, what changed meanwhile counts as the doing of the process that brought it back.
        """
        a, b = self._place(first), self._place(last)
        if a > b:
            raise InputError("the span ends before it begins", found=(first, last))
        total = np.zeros(self._shape)
        if b > a:
            total[:] = np.sum(self._amounts[a:b], axis=0).transpose(1, 0, 2)
        unknown = np.isnan(self._ends[a]) | np.isnan(self._ends[b])
        total[np.broadcast_to(unknown[:, None, :], self._shape)] = np.nan
        return total

    def value(self, indicator: str, group: str = ALL, month: int | None = None) -> float:
        """Return an indicator at the end of a month (default: the last); nan where not known.

        Raises:
            InputError: for a name or month that the ledger does not hold.
        """
        place = self._place(self.last if month is None else month)
        return float(self._ends[place][self.row(indicator), self.column(group)])

    def values(self, indicator: str, group: str = ALL) -> Floats:
        """Return an indicator at the end of every month from `first` to `last`."""
        row, column = self.row(indicator), self.column(group)
        return np.array([ends[row, column] for ends in self._ends])

    def parts(
        self, indicator: str, first: int, last: int, group: str = ALL
    ) -> list[tuple[str, float]]:
        """Return (process, amount) over a span, the largest first; processes that did nothing not.

        The amounts sum to the change of the indicator; nothing is returned where that is not known.

        Raises:
            InputError: for a name or month that the ledger does not hold.
        """
        amounts = self.between(first, last)[self.row(indicator), :, self.column(group)]
        order = np.argsort(-np.abs(amounts), kind="stable")
        return [
            (self.processes[p], float(amounts[p]))
            for p in order.tolist()
            if amounts[p] != 0.0 and not np.isnan(amounts[p])
        ]

    def table(self, first: int, last: int) -> pd.DataFrame:
        """Return a tidy table of a span: month, indicator, process, group, amount.

        Rows of 0, and of what is not known, are left out.

        Raises:
            InputError: for a month that the ledger does not hold.
        """
        import pandas as pd

        self._place(first), self._place(last)
        rows: list[pd.DataFrame] = []
        names = [np.array(axis, object) for axis in (self.indicators, self.processes, self.groups)]
        for month in range(first + 1, last + 1):
            amounts = self.month(month)
            places = np.nonzero(np.nan_to_num(amounts))
            columns = [axis[place] for axis, place in zip(names, places, strict=True)]
            columns = [np.full(places[0].size, month), *columns, amounts[places]]
            rows.append(pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))))
        return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=[*COLUMNS])

    def inputs(self, indicator: str, process: str) -> tuple[str, ...]:
        """Return the indicators that a process reads when it moves an indicator: one link back.

        Empty for events, whose causes lie outside, and for researchers' own processes, which do not
        say.

        Raises:
            InputError: for a name that the ledger does not hold.
        """
        self.row(indicator)
        if process not in self.processes:
            raise self._unknown("process", process, self.processes)
        return LINKS.get(process, {}).get(indicator, ())

    def row(self, indicator: str) -> int:
        """Return the place of an indicator on the first axis."""
        if indicator not in ROW:
            raise self._unknown("indicator", indicator, self.indicators)
        return ROW[indicator]

    def column(self, group: str) -> int:
        """Return the place of a group, or of "all", on the last axis."""
        if group not in self.groups:
            raise self._unknown("group", group, self.groups)
        return self.groups.index(group)

    def _place(self, month: int) -> int:
        if not self.first <= month <= self.last:
            raise InputError(
                "the ledger does not hold this month",
                key="month",
                found=month,
                allowed=f"{self.first} to {self.last}",
            )
        return month - self.first

    @staticmethod
    def _unknown(what: str, name: str, names: tuple[str, ...]) -> InputError:
        return InputError(
            f"no such {what}",
            key=what,
            found=name,
            allowed=", ".join(names),
            nearest=nearest_name(name, names),
        )


def _joined(one: tuple[Family, ...], other: tuple[Family, ...]) -> tuple[Family, ...]:
    """Return both, each family once."""
    return (*one, *(family for family in other if family not in one))


__all__ = ["INDICATORS", "Ledger"]
