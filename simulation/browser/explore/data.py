"""What a store holds, made ready for the page: one plan, its outcomes, and what it varied.

All numbers come from `experiments`: the same tables and intervals that a report is made of, with
the same small groups of real people left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from experiments.judge import Outcome
from experiments.report.material import Study, Varied
from experiments.store import Plan, Store
from simulation.browser.words import say
from simulation.errors import InputError

ALL = ""
"""Stands for all arms taken together."""

ARM = "arm"
"""The column of the arms, which a map may be laid over like a factor."""


@dataclass(frozen=True, eq=False)
class Held:
    """A store that was read, as it stood then.

    Attributes:
        path: its folder.
        plans: id and title of each of its plans, the one written last first.
        study: the plan that is shown and what its runs came to.
    """

    path: Path
    plans: tuple[tuple[str, str], ...]
    study: Study

    @cached_property
    def even(self) -> Study | None:
        """The study with the draws of luck that are whole at every setting; None without any.

        Averages over settings are told of these alone: as long as some settings lack a run that
        others have, an average would mix the settings with what it is to tell.
        """
        study = self.study
        if self.runs >= self.wanted:
            return study
        there = study.table.groupby("replicate").size()
        whole = there.index[there >= len(study.cells)]
        if not len(whole):
            return None
        return replace(study, table=study.table[study.table["replicate"].isin(whole)])

    @property
    def runs(self) -> int:
        """Results that are there."""
        return len(self.study.table)

    @property
    def wanted(self) -> int:
        """Results that the plan asks for."""
        return len(self.study.cells) * self.study.plan.replicates

    @property
    def failed(self) -> int:
        """Results that are missing because a run failed."""
        return int((self.study.table["status"] == "failed").sum())

    @property
    def points(self) -> int:
        """Different settings that were tried."""
        return len({cell.point for cell in self.study.cells})


def hold(path: Path | str, plan: str | None = None) -> Held:
    """Read a store.

    Args:
        path: its folder.
        plan: id of the plan to show; default: the last one that is a plan of communities.

    Raises:
        InputError: there is no store, it holds no plan, or it is damaged.
    """
    store = Store.open(path)
    plans = [p for p in store.plans() if _of_communities(p)]
    if not plans:
        raise InputError("holds no plan that can be shown here", file=store.path)
    chosen = next((p for p in plans if p.id == plan), plans[-1])
    named = tuple((p.id, p.title or p.id[:8]) for p in reversed(plans))
    return Held(store.path, named, study_of(store, chosen))


def _of_communities(plan: Plan) -> bool:
    return any(cell.subject.kind == "community" for cell in plan.cells)


def study_of(store: Store, plan: Plan) -> Study:
    """Return what the runs of a plan came to, as they may be shared, without their months.

    Raises:
        InputError: the store is damaged.
    """
    from experiments.judge import OUTCOMES
    from experiments.store.months import wanted_runs
    from experiments.store.sharing import Sharing

    sharing = store.reading(lambda found: Sharing(found, wanted_runs(found, plan)))
    whole = store.outcomes(plan)
    table = sharing.outcomes(whole)
    lost = [
        n for n in table.columns if n in OUTCOMES and table[n].isna().sum() > whole[n].isna().sum()
    ]
    nothing = pd.DataFrame(columns=["arm", "run", "month", "measure", "group", "value"])
    return Study(plan, table, nothing, sharing.lines, tuple(lost))


def told_outcomes(study: Study) -> list[Outcome]:
    """Return the outcomes that any run can tell, the one that the study is first asked at first."""
    known = [o for o in study.outcomes.values() if study.done[o.name].notna().any()]
    first = study.primary
    return sorted(known, key=lambda o: first is not None and o.name != first.name)


def axes(study: Study) -> list[Varied]:
    """Return what a map can be laid over: the factors, and the arms where there are several."""
    found = [f for f in study.factors if f.values > 1]
    if len(study.arms) > 1:
        found.append(
            Varied(ARM, ARM, say("explore.arm"), None, None, len(study.arms))
        )  # fmt: skip
    return found


def narrowed(study: Study, arm: str = ALL) -> Study:
    """Return the study as if one arm were all there is; with `ALL`, as if arms were none."""
    if study.arms == ("",):
        return study
    cells = [c for c in study.cells if arm in (ALL, c.arm)]
    table = study.table if arm == ALL else study.table[study.table["arm"] == arm]
    if arm == ALL:
        cells = [replace(c, arm="") for c in cells]
        table = table.assign(arm="")
    return replace(study, plan=replace(study.plan, cells=cells), table=table)


def two_axes(study: Study, outcome: Outcome) -> tuple[Varied, Varied | None] | None:
    """Return what the map is first laid over: the two that move an outcome most.

    Where they cannot be told, the first two; with one alone, that one; None with none.
    """
    from experiments.report import findings

    found = axes(study)
    if not found:
        return None
    two = findings.two_main(narrowed(study), outcome) if len(found) > 1 else None
    if two is not None:
        return two
    return found[0], found[1] if len(found) > 1 else None
