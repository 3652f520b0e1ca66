"""Runs of a small community, simulated once, for the tests of stores."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.designs.cell import Cell, community_cell
from experiments.store import Plan, Store, Writer
from experiments.store.schema import Row
from experiments.sweeping.ask import jobs_of
from experiments.sweeping.job import Job, perform
from tests.small_community import small_specification

REPLICATES = 3


def cell(point: int, **changes: Any) -> Cell:
    """A place of a design over how often people move."""
    rate = (0.1, 0.3, 0.5)[point]
    specification = small_specification(parameters={"housing": {"moving_rate": rate}}, **changes)
    return community_cell(specification, point=point, factors={"moving": rate, "name": f"p{point}"})


@cache
def cells() -> tuple[Cell, ...]:
    """Two places."""
    return cell(0), cell(1)


@cache
def jobs() -> tuple[Job, ...]:
    """Their runs."""
    return tuple(jobs_of(cells(), range(REPLICATES), 1))


@cache
def row(job: Job) -> Row:
    """A run, done once for all tests."""
    return perform(job)


@cache
def rows() -> tuple[Row, ...]:
    """All runs, done."""
    return tuple(row(job) for job in jobs())


def plan(replicates: int = REPLICATES) -> Plan:
    """The plan of all runs."""
    return Plan.made(cells(), replicates, title="moving", design={"n": 1})


def fill(writer: Writer, wanted: Sequence[Job] | None = None) -> list[Job]:
    """Do what a store lacks, and return what it was."""
    lacking = list(writer.lacking(jobs() if wanted is None else wanted))
    for job in lacking:
        writer.add(row(job))
    return lacking


def filled(path: Path) -> Store:
    """A store with all runs and their plan."""
    store = Store.create_or_open(path)
    with store.writer() as writer:
        writer.add_plan(plan())
        fill(writer)
    return store


def lasting(table: pd.DataFrame) -> pd.DataFrame:
    """A table of runs without what differs when a run is done again."""
    return table.drop(columns=["tries", "seconds", "finished", "machine", "process", "traceback"])
