"""How many runs a study takes, and about how long, told before it starts."""

from __future__ import annotations

import math
from time import perf_counter
from typing import NamedTuple

from experiments.robustness.kept import Kept
from experiments.robustness.pairs import Reading
from experiments.robustness.running import Plan, read_run, still_to_do
from simulation.community import CommunityModel

WARMING = 3
"""Months simulated before the clock starts, in which the model's code is made ready."""


class Effort(NamedTuple):
    """How many runs were to do, how many were there already, and the seconds expected for all."""

    runs: int
    kept: int
    seconds: float

    @property
    def text(self) -> str:
        """The effort in words."""
        text = f"{self.runs:,} runs"
        if self.kept:
            text += f" ({self.kept:,} more are there already)"
        if self.seconds < 90:
            return f"{text}, about {math.ceil(self.seconds)} seconds"
        return f"{text}, about {math.ceil(self.seconds / 60)} minutes"


def effort(made: Plan, kept: Kept, processes: int = 1) -> Effort:
    """Return what is left to do of a plan, by the clock of its first run, which is kept.

    Other runs are taken to need as long for a person and month.

    Args:
        made: the plan.
        kept: runs done earlier; the one that is timed comes to them.
        processes: how many processes share the work, each with a processor of its own.
    """
    tasks = still_to_do(made, kept)
    there = len(made.runs) * made.replicates - len(tasks)
    if not tasks:
        return Effort(0, there, 0.0)
    first = tasks[0]
    model = CommunityModel(first.task.specification, rng=first.task.seed)
    for _ in range(WARMING):
        model.step()
    started = perf_counter()
    found = read_run(first)
    took = perf_counter() - started
    if isinstance(found, Reading):
        kept.add(first.arm, first.task.replicate, found)
    work = [s.size * (s.months + s.spin_up) for s in (run.task.specification for run in tasks)]
    return Effort(len(tasks), there, took * sum(work) / work[0] / min(processes, len(tasks)))
