"""Replaying: one run of a store is done again, alone, and laid beside what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.designs import Cell, Design
from experiments.recorded import Key
from experiments.store import Plan, Store
from experiments.store.schema import Row
from experiments.sweeping.job import Job
from experiments.sweeping.running import run_apart
from experiments.sweeping.subject import Subject
from simulation.errors import InputError


@dataclass(frozen=True)
class Difference:
    """A number that is another than before.

    Attributes:
        key: what it is.
        month: the first month in which it differs.
        before: the number that is kept.
        after: the number of the new run.
    """

    key: Key
    month: int
    before: float
    after: float


@dataclass(frozen=True)
class Replay:
    """A run done again.

    Attributes:
        plan: the plan it belongs to.
        cell: its cell.
        pair: whether it is the cell's run without the interventions.
        subject: what was run.
        before: the row that is kept.
        after: the row of the new run.
        differences: the series that differ, each with the first month in which it does.
    """

    plan: Plan
    cell: Cell
    pair: bool
    subject: Subject
    before: Row
    after: Row
    differences: tuple[Difference, ...]

    @property
    def same_code(self) -> bool:
        """Whether code and scenario are those of the run that is kept."""
        return self.before.run == self.after.run

    @property
    def same(self) -> bool:
        """Whether it came to the same: every number bit for bit, or the same failure."""
        if self.before.failed or self.after.failed:
            told = (self.before.status, self.before.stage, self.before.error)
            return told == (self.after.status, self.after.stage, self.after.error)
        return not self.differences and self.before.keys == self.after.keys

    def settings(self) -> Mapping[str, Any]:
        """Return what makes the run: its point, arm and factors, its seed and its replicate."""
        return {
            "point": self.cell.point,
            **({"arm": self.cell.arm} if self.cell.arm else {}),
            **self.cell.factors,
            **({"pair": "without the interventions"} if self.pair else {}),
            "seed": self.before.seed,
            "replicate": self.before.replicate,
            "months": self.before.months,
        }


def replay(store: Store, run: str, *, timeout: float | None = None) -> Replay:
    """Do one run of a store again, in a process of its own, and compare.

    Args:
        store: the store.
        run: id of the run, or the beginning of it where no other begins so.
        timeout: seconds after which the run is given up.

    Raises:
        InputError: there is no such run, or it can not be made again from the store.
    """
    before = find_run(store, run)
    plan, cell, pair, subject = place_of(store, before)
    after = run_apart(Job(subject, before.seed, before.replicate), timeout)
    return Replay(plan, cell, pair, subject, before, after, tuple(differences(before, after)))


def find_run(store: Store, text: str) -> Row:
    """Return the row of a run by its id or the beginning of it.

    Raises:
        InputError: there is none, or several could be meant.
    """
    wanted = text.strip().lower()
    if not re.fullmatch("[0-9a-f]{1,32}", wanted):
        raise InputError("not the id of a run", key="RUN", found=text, allowed="hex digits")
    found = list(store.sql(f"select run from runs where run like '{wanted}%' limit 3")["run"])
    if not found:
        raise InputError(
            "no such run", file=store.path, found=text,
            mend="'kindling store export' lists all runs",
        )  # fmt: skip
    if len(found) > 1:
        allowed = f"{found[0]}, {found[1]}" + (", …" if len(found) > 2 else "")
        raise InputError("several runs begin so", file=store.path, found=text, allowed=allowed)
    return store.rows(found)[found[0]]


def place_of(store: Store, row: Row) -> tuple[Plan, Cell, bool, Subject]:
    """Return where a run stands in the plans of its store, made anew.

    Raises:
        InputError: no plan of a design has it.
    """
    for plan in reversed(store.plans()):
        for number, known in enumerate(plan.cells):
            pair = known.without is not None and known.without.id == row.specification
            if not (plan.design and (pair or known.subject.id == row.specification)):
                continue
            cell = Design.from_data(plan.design, file=f"plan {plan.id[:8]}").cells()[number]
            subject = cell.without if pair else cell.subject
            if subject is not None:
                return plan, cell, pair, subject
    raise InputError(
        "no design of this store has the run: it belongs to a study",
        file=store.path, found=row.run[:12], mend="give the command of the study again",
    )  # fmt: skip


def differences(before: Row, after: Row) -> Iterator[Difference]:
    """Yield every series that both rows have and that differs in a month that both have."""
    if before.failed or after.failed:
        return
    months, old, new = np.intersect1d(before.recorded, after.recorded, return_indices=True)
    places = {key: n for n, key in enumerate(after.keys)}
    for n, key in enumerate(before.keys):
        if key not in places:
            continue
        a, b = before.values[old, n], after.values[new, places[key]]
        wrong = np.flatnonzero(~((a == b) | (np.isnan(a) & np.isnan(b))))
        if len(wrong):
            at = wrong[0]
            yield Difference(key, int(months[at]), float(a[at]), float(b[at]))
