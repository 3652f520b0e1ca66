"""The whole study: ablation and audit of findings from one set of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from experiments.robustness.ablation import ablation_table
from experiments.robustness.audit import audit_table, findings_table
from experiments.robustness.conditions import Condition
from experiments.robustness.findings import Finding
from experiments.robustness.kept import Kept
from experiments.robustness.mechanisms import mechanisms
from experiments.robustness.pairs import Contrast
from experiments.robustness.perturbations import PERTURBATIONS
from experiments.robustness.quick import MECHANISMS as QUICK_MECHANISMS
from experiments.robustness.quick import PERTURBATIONS as QUICK_PERTURBATIONS
from experiments.robustness.quick import short
from experiments.robustness.running import Overrides, Plan, plan, run
from experiments.simulate import Progress
from experiments.summary import plain
from simulation.errors import InputError, nearest_name

Part = Literal["ablation", "audit"]


@dataclass(frozen=True)
class Study:
    """What became of the findings.

    Attributes:
        plan: what was run.
        results: every finding under every condition.
        mechanisms: those switched off; none where there was no ablation.
        perturbations: those laid on; none where there was no audit.
    """

    plan: Plan
    results: dict[tuple[str, str], Contrast]
    mechanisms: tuple[Condition, ...]
    perturbations: tuple[Condition, ...]

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The findings at the defaults, with their verdicts; columns as in `audit`."""
        return findings_table(self.plan, self.results, self.perturbations)

    @cached_property
    def ablation(self) -> pd.DataFrame:
        """What changes without each mechanism; columns as in `ablation`."""
        return ablation_table(self.plan, self.results, self.mechanisms)

    @cached_property
    def audit(self) -> pd.DataFrame:
        """Every finding under every perturbation; columns as in `audit`."""
        return audit_table(self.plan, self.results, self.perturbations)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables there are, by name."""
        found = {"findings": self.findings}
        if self.mechanisms:
            found["ablation"] = self.ablation
        if self.perturbations:
            found["audit"] = self.audit
        return found

    @property
    def summary(self) -> dict[str, Any]:
        """All tables as plain values: no time, no path, nothing of the machine."""
        tables = {name: _records(table) for name, table in self.tables.items()}
        count = self.plan.replicates
        return {"kind": "audit", "seed": self.plan.seed, "replicates": count, **tables}


def prepare(
    findings: Sequence[Finding],
    *,
    only: Part | None = None,
    seed: int = 1,
    replicates: int = 10,
    months: int | None = None,
    settings: Overrides = (),
    conditions: Sequence[str] = (),
    quick: bool = False,
) -> Study:
    """Return a study that is planned and not yet run.

    Args:
        findings: which findings.
        only: the ablation alone, or the audit alone.
        seed: seed of the experiment.
        replicates: how many pairs.
        months: horizon, in place of the scenarios' own.
        settings: changes to every scenario before anything else, as `--set` takes them.
        conditions: ids of mechanisms and perturbations, or whole families; none for all.
        quick: only the short list of `quick`, in place of `conditions`.

    Raises:
        InputError: there is no such condition, both lists are asked for, or as in `running.plan`.
    """
    ablated = mechanisms() if only != "audit" else ()
    perturbed = PERTURBATIONS if only != "ablation" else ()
    if conditions and quick:
        raise InputError("is one list, --condition another", key="--quick", mend="give one of them")
    if quick:
        ablated = short(ablated, QUICK_MECHANISMS)
        perturbed = short(perturbed, QUICK_PERTURBATIONS)
    if conditions:
        _known(conditions, (*ablated, *perturbed))
        ablated, perturbed = (
            tuple(c for c in all_ if {c.id, c.family} & set(conditions))
            for all_ in (ablated, perturbed)
        )
    made = plan(
        findings,
        (*ablated, *perturbed),
        seed=seed,
        replicates=replicates,
        months=months,
        settings=settings,
    )
    return Study(made, {}, ablated, perturbed)


def _known(names: Sequence[str], conditions: Sequence[Condition]) -> None:
    """Refuse a name that is no condition's and no family's."""
    known = dict.fromkeys([*(c.id for c in conditions), *(c.family for c in conditions)])
    for name in names:
        if name not in known:
            raise InputError(
                "there is no such mechanism, perturbation or family",
                key="--condition",
                found=name,
                nearest=nearest_name(name, known),
            )


def carry_out(
    planned: Study,
    *,
    processes: int = 1,
    progress: Progress | None = None,
    kept: Kept | None = None,
) -> Study:
    """Run a planned study.

    Args:
        planned: as from `prepare`.
        processes: how many processes share the work; results are the same for any number.
        progress: called with runs done and runs in all.
        kept: where runs that are done are kept, and those done earlier are found.

    Raises:
        InputError: as in `running.run`.
    """
    results = run(planned.plan, processes=processes, progress=progress, kept=kept)
    return Study(planned.plan, results, planned.mechanisms, planned.perturbations)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values; None where nothing is known."""
    rows = table.astype(object).where(table.notna(), None).to_dict(orient="records")
    return [{str(k): plain(v) for k, v in row.items()} for row in rows]
