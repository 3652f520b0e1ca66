"""Jobs: one run of one subject, and the row that comes of it."""

from __future__ import annotations

import os
import platform
import time
import traceback
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from experiments.store.schema import DONE, FAILED, Row
from experiments.sweeping.subject import Simulated, Subject
from simulation.chance import derive
from simulation.errors import InputError
from simulation.fingerprint import lucky_id


class Job(NamedTuple):
    """One run to do.

    Attributes:
        subject: what is run.
        seed: seed of the experiment.
        replicate: which draw of chance, from 0: the run's own seed is `derive(seed, replicate)`.
    """

    subject: Subject
    seed: int
    replicate: int

    @property
    def run(self) -> str:
        """The id under which the run is kept."""
        return lucky_id(self.subject.id, self.seed, self.replicate)


def perform(job: Job, tries: int = 1) -> Row:
    """Do one run; one that fails is a row too, with where and why.

    Args:
        job: the run.
        tries: how often it has been begun, this time included.
    """
    started, place = time.perf_counter(), ["starting"]

    def stage(name: str) -> None:
        place[0] = name

    try:
        found = job.subject.simulate(derive(job.seed, job.replicate), stage)
    except Exception as problem:  # a sweep has thousands of runs: the store names this one
        return _row(job, None, tries, started, place[0], _one_line(problem), traceback.format_exc())
    return _row(job, found, tries, started)


def failed(job: Job, tries: int, stage: str, error: str) -> Row:
    """Return the row of a run whose process died, so that nothing more is known of it."""
    return _row(job, None, tries, time.perf_counter(), stage, error)


def _row(
    job: Job,
    found: Simulated | None,
    tries: int,
    started: float,
    stage: str = "",
    error: str = "",
    trace: str = "",
) -> Row:
    nothing = Simulated(np.zeros(0, dtype=np.int64), (), np.zeros((0, 0)), {})
    months, keys, values, outcomes = found or nothing
    return Row(
        run=job.run,
        specification=job.subject.id,
        code=job.subject.code,
        kind=job.subject.kind,
        seed=job.seed,
        replicate=job.replicate,
        months=job.subject.months,
        kept=job.subject.kept,
        status=FAILED if found is None else DONE,
        stage=stage,
        error=error,
        traceback=trace,
        recorded=months,
        keys=keys,
        values=values,
        outcomes=outcomes,
        tries=tries,
        seconds=time.perf_counter() - started,
        finished=datetime.now(UTC),
        machine=_machine(),
        process=os.getpid(),
    )


def _one_line(problem: Exception) -> str:
    text = " ".join(str(problem).split())
    return text if isinstance(problem, InputError) else f"{type(problem).__name__}: {text}"


@lru_cache(maxsize=1)
def _machine() -> str:
    return platform.node()
