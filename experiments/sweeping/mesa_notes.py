"""Notes: what a Mesa model reports of itself, step by step, as numbers.

A model that collects by itself is read whenever it has just collected; one that does not is asked
after every step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from experiments.recorded import Key
from experiments.sweeping.subject import Simulated
from simulation.errors import InputError

Reporter = str | Callable[[Any], Any]
"""Name of a reporter of the model's own collector or of an attribute, or a function of it."""

Reporters = Mapping[str, Reporter] | Sequence[str]

LAST_STEP = "last_step"
"""Outcome of every run: the last step recorded; earlier than asked for where it stops itself."""

TAKEN = ("point", "arm", "replicate", "run", "pair", "status", "error")
"""Columns of the table of outcomes, which no reporter and no parameter may be named after."""


def named(reporters: Reporters | None) -> dict[str, Reporter] | None:
    """Return reporters by the names under which they are kept; None: the collector's own."""
    if reporters is None or isinstance(reporters, Mapping):
        return None if reporters is None else dict(reporters)
    return {name: name for name in reporters}


class Notes:
    """What is reported of one model, step by step."""

    def __init__(self, model: Any, reporters: dict[str, Reporter] | None) -> None:
        self.model = model
        collector = getattr(model, "datacollector", None)
        self.collected: dict[str, list[Any]] = getattr(collector, "model_vars", {})
        self.reporters = {n: n for n in self.collected} if reporters is None else reporters
        self.steps: list[int] = []
        self.rows: list[list[Any]] = []
        self._seen = 0
        self._waits = any(self._is_collected(r) for r in self.reporters.values())

    def _is_collected(self, reporter: Reporter) -> bool:
        return isinstance(reporter, str) and reporter in self.collected

    def take(self, step: int) -> None:
        """Take what is reported now; where the model collects by itself, only if it just did."""
        if self._waits:
            length = max(len(values) for values in self.collected.values())
            if length == self._seen:
                return
            self._seen = length
        self.steps.append(step)
        self.rows.append([self._value(reporter) for reporter in self.reporters.values()])

    def _value(self, reporter: Reporter) -> Any:
        if not isinstance(reporter, str):
            return reporter(self.model)
        if self._is_collected(reporter):
            return self.collected[reporter][-1]
        try:
            return getattr(self.model, reporter)
        except AttributeError as problem:
            raise InputError(
                "the model has no such reporter or attribute", key="reporters", found=reporter
            ) from problem

    def simulated(self, *, missing: bool, parameters: Mapping[str, Any]) -> Simulated:
        """Return all of it as numbers.

        Raises:
            InputError: there is nothing, or something that is not a number.
        """
        if not self.reporters or not self.steps:
            what = "collects nothing" if self.reporters else "reports nothing of itself"
            raise InputError(
                f"the model {what}",
                key=type(self.model).__qualname__,
                mend="give it a DataCollector with model_reporters, or name reporters=",
            )
        twice = [name for name in self.reporters if name in {*parameters, *TAKEN, LAST_STEP}]
        if twice:
            raise InputError(
                "a reporter has the name of a parameter or of a column",
                key=twice[0],
                mend="name it otherwise with reporters={new: old}",
            )
        values = np.empty((len(self.rows), len(self.reporters)))
        for row, step in enumerate(self.steps):
            for column, name in enumerate(self.reporters):
                values[row, column] = _number(self.rows[row][column], name, step, missing=missing)
        keys = tuple(Key(name, "all", "") for name in self.reporters)
        outcomes = dict(zip(self.reporters, map(float, values[-1]), strict=True))
        months = np.array(self.steps, dtype=np.int64)
        return Simulated(months, keys, values, {**outcomes, LAST_STEP: float(self.steps[-1])})


def _number(value: Any, name: str, step: int, *, missing: bool) -> float:
    """Return a reported value as a number.

    Raises:
        InputError: it is none.
    """
    try:
        number = float("nan") if value is None else float(value)
    except (TypeError, ValueError) as problem:
        raise InputError(
            f"only numbers can be kept, and step {step} gives a {type(value).__name__}",
            key=name,
            mend="name what is to be kept with reporters=",
        ) from problem
    if not missing and not np.isfinite(number):
        raise InputError(
            f"not a number in step {step}", key=name, found=str(value), mend="allow with missing="
        )
    return number
