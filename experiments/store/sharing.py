"""Sharing: tables of a store without what tells of small groups of real people.

The rules are those of `experiments.suppression`. Whether a measure gives a small group away depends
on the numbers, so it is judged over all runs together: what is hidden in one of them is hidden in
all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.judge import OUTCOMES
from experiments.recorded import Key
from experiments.store.holdings import Holdings
from experiments.store.months import Wanted, in_chunks, wanted_runs
from experiments.store.plan import Plan
from experiments.store.small_groups import read_groups
from experiments.suppression import LeftOut, hidden_keys, hidden_outcomes

if TYPE_CHECKING:
    from experiments.store.store import Store


class Sharing:
    """What of a store may be shared.

    Attributes:
        groups: which groups are left out, by the id of the scenario; the others have none.
    """

    def __init__(self, holdings: Holdings, wanted: Iterable[Wanted]) -> None:
        """Look at the runs of scenarios with small groups; where there are none, at nothing.

        Raises:
            InputError: a part is damaged.
        """
        self.groups = read_groups(holdings.folder)
        self._of_run: dict[str, LeftOut] = {}
        self._hidden: dict[LeftOut, set[Key]] = {}
        if self.groups:
            self._look(holdings, list(wanted))

    def _look(self, holdings: Holdings, wanted: list[Wanted]) -> None:
        for rows in in_chunks(holdings, [want.entry for want in wanted]):
            for row in rows.values():
                left = self.groups.get(row.specification)
                if left is None:
                    continue
                self._of_run[row.run] = left
                gone = hidden_keys(row.keys, row.values, left)
                names = {key for key, hide in zip(row.keys, gone, strict=True) if hide}
                self._hidden.setdefault(left, set()).update(names)

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for every group that is left out: why it is."""
        chosen = dict.fromkeys(self._of_run.values())
        return tuple(dict.fromkeys(line for left in chosen for line in left.lines))

    def hides(self, run: str, key: Key) -> bool:
        """Tell whether a series of a run is left out."""
        left = self._of_run.get(run)
        return left is not None and (left.everyone or key in self._hidden[left])

    def months(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a tidy table of months in which the values that are left out are empty."""
        if not self._of_run:
            return table
        words = table[["run", "measure", "group", "boundary"]].astype(object)
        places, names = pd.factorize(pd.MultiIndex.from_frame(words))
        gone = np.array([self.hides(run, Key(*key)) for run, *key in names], dtype=bool)
        return table.assign(value=table["value"].mask(gone[places]))

    def outcomes(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table of outcomes in which what rests on small groups is empty.

        Args:
            table: outcomes, with the columns run and pair.
        """
        if not self._of_run:
            return table
        names = [name for name in table.columns if name in OUTCOMES]
        runs = zip(table["run"], table["pair"], strict=True)
        gone = [self._gone(own, pair, names) for own, pair in runs]
        hide = {name: np.array([name in some for some in gone], dtype=bool) for name in names}
        return table.assign(**{name: table[name].mask(hide[name]) for name in names})

    def _gone(self, run: str, pair: str, names: list[str]) -> frozenset[str]:
        """Return which outcomes of a run and its pair rest on what is left out."""
        found: set[str] = set()
        for left in {self._of_run[r] for r in (run, pair) if r in self._of_run}:
            keys = list(self._hidden[left])
            found.update(hidden_outcomes(keys, np.ones(len(keys), dtype=bool), left, names))
        return frozenset(found)


def shared_outcomes(store: Store, plan: Plan | str | None = None) -> pd.DataFrame:
    """Return `store.outcomes` as they may be shared: for reports, figures and files.

    Raises:
        InputError: there is no such plan, or a part is damaged.
    """
    chosen = store.plan(plan)
    sharing = store.reading(lambda found: Sharing(found, wanted_runs(found, chosen)))
    return sharing.outcomes(store.outcomes(chosen))
