"""Run a scenario: every replicate beside its pair without the interventions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from experiments.judge import Push, going_on, outcomes, push_of
from experiments.recorded import Recorded
from experiments.simulate import Progress, check_counts, simulate
from experiments.summary import sentences, summarise
from simulation.fingerprint import combined_id, monthly_id
from simulation.specification import Specification

NO_PUSH = "nobody intervenes in this scenario, so no outcome is measured against a run without"


@dataclass(frozen=True)
class RunResult:
    """What running a scenario came to.

    Attributes:
        specification: the resolved scenario.
        seed: seed of the experiment; replicate r uses `derive(seed, r)`.
        recorded: what the runs recorded, as arrays.
        unpushed: what the same runs recorded without the interventions; None where there are none.
        push: when the push runs; None where nobody intervenes.
    """

    specification: Specification
    seed: int
    recorded: Recorded
    unpushed: Recorded | None
    push: Push | None

    @property
    def replicates(self) -> int:
        """How often the scenario was run."""
        return self.recorded.replicates

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The id of each replicate's run."""
        return self.recorded.run_ids

    @property
    def id(self) -> str:
        """The id of all runs together, 32 hex digits."""
        return combined_id(monthly_id(run, self.specification.months) for run in self.run_ids)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Tidy months: run, month, community, measure, group, boundary, value."""
        return self.recorded.tidy()

    @cached_property
    def counterfactual(self) -> pd.DataFrame | None:
        """Tidy months of the pairs without the interventions; None where there are none."""
        return None if self.unpushed is None else self.unpushed.tidy()

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a replicate: run, replicate and what it came to; see `experiments.judge`."""
        measures = self.specification.measures
        return outcomes(self.recorded, self.unpushed, self.push, measures)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Three plain sentences on what happened."""
        return sentences(self.outcomes, self.recorded, self.push)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know beside the numbers."""
        notes = []
        if self.push is None:
            notes.append(NO_PUSH)
        elif self.push.end > self.specification.months + 1:
            notes.append("the push lasts beyond the last month, so nothing can be said of after it")
        notes += going_on(self.specification)
        return tuple(notes)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Every outcome with its mean or share and 95 % interval, as plain values.

        It holds no time, no path and nothing of the machine: the same run gives the same summary.
        """
        push = None if self.push is None else {"start": self.push.start, "end": self.push.end}
        return {
            "kind": "run",
            "title": self.specification.title,
            "question": self.specification.question,
            "answers": list(self.specification.answers),
            "reviewed": self.specification.reviewed,
            "seed": self.seed,
            "replicates": self.replicates,
            "months": self.specification.months,
            "push": push,
            "outcomes": summarise(self.outcomes),
            "sentences": list(self.sentences),
            "notes": list(self.notes),
        }


def run(
    specification: Specification,
    seed: int | None = None,
    replicates: int = 1,
    progress: Progress | None = None,
    processes: int = 1,
) -> RunResult:
    """Run a scenario, each replicate beside its pair without the interventions.

    Both of a pair draw the same random numbers, so that what differs between them is what the
    interventions did. A scenario without interventions has no pairs.

    Args:
        specification: the scenario, as `scenarios.load` returns it.
        seed: seed of the experiment; default: the scenario's own.
        replicates: how many draws of chance.
        progress: called with months simulated and months in all.
        processes: how many processes share the work; results are the same for any number.

    Raises:
        InputError: a number is out of range.
    """
    seed = specification.seed if seed is None else seed
    check_counts(seed=seed, replicates=replicates, processes=processes)
    specification = specification.model_copy(update={"seed": seed})
    push = push_of(specification)
    arms = (
        [specification] if push is None else [specification, specification.without_interventions()]
    )
    recorded = simulate(
        arms, seed=seed, replicates=replicates, processes=processes, progress=progress
    )
    return RunResult(
        specification=specification,
        seed=seed,
        recorded=recorded[0],
        unpushed=None if push is None else recorded[1],
        push=push,
    )
