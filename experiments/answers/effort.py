"""How long so many runs may take, told before a study begins, by the clock of one run."""

from __future__ import annotations

import math
from time import perf_counter

from experiments.answers.threshold_levers import Levers
from experiments.designs.cell import Cell
from experiments.sweeping.ask import Runs
from experiments.sweeping.job import Job, perform
from experiments.sweeping.subject import Community
from simulation.community import CommunityModel

WARMING = 3
"""Months simulated before the clock starts, in which the model's code is made ready."""


def seconds_a_run(cell: Cell, seed: int, runs: Runs) -> float:
    """Return how long a run of a cell takes here; the run that is timed is kept.

    A run that is kept already tells how long it took when it was made.
    """
    job = Job(cell.subject, seed, 0)
    if not list(runs.lacking([job])):
        kept = runs.rows([job.run])
        return kept[job.run].seconds if job.run in kept else 0.0
    if isinstance(cell.subject, Community):
        model = CommunityModel(cell.subject.specification, rng=0)
        for _ in range(WARMING):
            model.step()
    started = perf_counter()
    runs.add(perform(job))
    return perf_counter() - started


def effort_text(runs: int, seconds: float, processes: int) -> str:
    """Return the most runs, and the time for them, in words."""
    total = runs * seconds / processes
    took = f"{math.ceil(total)} seconds" if total < 90 else f"{math.ceil(total / 60)} minutes"
    share = "one process" if processes == 1 else f"{processes} processes, a free processor each"
    return f"at most {runs:,} runs, {took} on {share}"


def first_cell(levers: Levers) -> Cell:
    """Return the cell that a threshold study tries first."""
    return levers.cell(levers.values[0], levers.candidates[0])
