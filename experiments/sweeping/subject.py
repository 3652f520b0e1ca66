"""Subjects: what can be run again and again under other luck.

A community is one. Any other Mesa model is one too (see `experiments.sweeping.mesa_models`): the
runner and the store ask only for what stands in `Subject`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from experiments.judge import JUDGED, alone
from experiments.recorded import Floats, Integers, Key, Recorded
from experiments.store.schema import kept_text
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.fingerprint import code_hash, specification_id
from simulation.specification import Specification

Stage = Callable[[str], None]
"""Called with where a run is now, so that a failure can be told by its place."""


class Simulated(NamedTuple):
    """What came of one run: months, what is recorded of them, and what they come to."""

    months: Integers
    keys: tuple[Key, ...]
    values: Floats
    outcomes: dict[str, float]


class Subject(Protocol):
    """Something that can be run; it has to pickle."""

    @property
    def id(self) -> str:
        """Id of all that decides its runs beside luck and length: 32 hex digits."""

    @property
    def code(self) -> str:
        """Id of the code that runs it."""

    @property
    def kind(self) -> str:
        """What it is: "community" or "mesa"."""

    @property
    def months(self) -> int:
        """How many steps to simulate."""

    @property
    def kept(self) -> str:
        """Measures to be kept, as `schema.kept_text` writes them."""

    def simulate(self, seed: int, stage: Stage) -> Simulated:
        """Run it on one seed; say with `stage` where it is."""


@dataclass(frozen=True, eq=False)
class Community:
    """A scenario, and which of its measures are kept; two are equal if their runs are.

    Attributes:
        specification: the resolved scenario; its own seed is not read.
        measures: names of the measures that are kept, for all groups and boundaries; None: all.
            What outcomes are judged by is always among them.
    """

    specification: Specification
    measures: tuple[str, ...] | None = ()
    kind: str = "community"

    @cached_property
    def id(self) -> str:
        """Id of code and scenario."""
        return specification_id(self.specification)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Community):
            return NotImplemented
        mine, theirs = (self.id, self.months, self.kept), (other.id, other.months, other.kept)
        return mine == theirs

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def code(self) -> str:
        """Id of the model's code and of the libraries that decide its numbers."""
        return code_hash()

    @property
    def months(self) -> int:
        """How many months to simulate."""
        return self.specification.months

    @cached_property
    def kept(self) -> str:
        """Measures to be kept."""
        return kept_text(None if self.measures is None else {*JUDGED, *self.measures})

    def simulate(self, seed: int, stage: Stage) -> Simulated:
        """Run the scenario on one seed.

        Raises:
            InputError: nothing is recorded, or what is judged is not a number.
        """
        stage("building")
        model = CommunityModel(self.specification, rng=seed)
        for month in range(1, self.months + 1):
            stage(f"month {month}")
            model.step()
        stage("recording")
        recorder = model.recorder
        if not len(recorder.months):
            raise InputError("nothing is recorded", key="record.enabled", mend="switch it on")
        keys = tuple(Key(*key) for key in recorder.keys)
        values = np.array(recorder.values, dtype=np.float64)
        months = np.array(recorder.months, dtype=np.int64)
        if self.measures is not None:
            wanted = {*JUDGED, *self.measures}
            columns = [n for n, key in enumerate(keys) if key.measure in wanted]
            keys, values = tuple(keys[n] for n in columns), values[:, columns]
        _refuse_no_number(months, keys, values)
        recorded = Recorded(months, keys, values[None], ("",))
        judged = alone(recorded, self.specification.measures)
        outcomes = {name: float("nan") if v is None else float(v) for name, v in judged.items()}
        return Simulated(months, keys, values, outcomes)


def _refuse_no_number(months: Integers, keys: tuple[Key, ...], values: Floats) -> None:
    """Refuse a run in which an infinity stands anywhere, or no number where one is judged by."""
    judged = np.array([key.measure in JUDGED for key in keys])
    wrong = np.isinf(values) | (np.isnan(values) & judged)
    if wrong.any():
        month, column = np.argwhere(wrong)[0]
        key = keys[column]
        raise InputError(
            f"not a number in month {months[month]}",
            key=".".join((key.measure, key.group, key.boundary)),
            found=float(values[month, column]),
        )
