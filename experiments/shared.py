"""Results as they are shared: runs and comparisons without the values of small groups.

`shared_run` and `shared_comparison` stand between what a run came to, which stays complete in
memory, and what is written to a folder (see `experiments.suppression`). Where nothing is left out
they return what they were given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.compare import Comparison
from experiments.judge import OUTCOMES
from experiments.run import RunResult
from experiments.suppression import (
    LeftOut,
    empty_columns,
    hidden_keys,
    hidden_outcomes,
    left_out_of,
    suppress_recorded,
)

NOTHING_SHOWN = "The community is too small for any of its values to be shown."
GAIN_HIDDEN = "What the push gained rests on groups too small to be shown."


@dataclass(frozen=True)
class SharedRun(RunResult):
    """A run without the values of small groups.

    Attributes:
        left: which groups are left out.
        hidden: names of the outcomes that rest on them.
        judged: the outcomes, those empty.
    """

    left: LeftOut
    hidden: tuple[str, ...]
    judged: pd.DataFrame

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a replicate; what rests on groups that are left out is empty."""
        return self.judged

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Plain sentences on what happened, as far as it can be shown."""
        if self.left.everyone:
            return (NOTHING_SHOWN,)
        first, second, *rest = super().sentences
        return (first, GAIN_HIDDEN if "gain_during" in self.hidden else second, *rest)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know, which groups are left out among it."""
        return (*super().notes, *self.left.lines, *_also(self.hidden))


def _also(hidden: Sequence[str]) -> list[str]:
    """Say which outcomes are left out with the groups."""
    if not hidden:
        return []
    return [f"left out with them, for they rest on those groups: {', '.join(hidden)}"]


def shared_run(result: RunResult) -> RunResult:
    """Return a run as it may be shared."""
    left = left_out_of(result.specification)
    if not left:
        return result
    judged = result.outcomes
    hidden = _hidden_columns(result, left)
    names = [name for name in judged.columns if name in OUTCOMES]
    gone = tuple(hidden_outcomes(result.recorded.keys, hidden, left, names))
    unpushed = None if result.unpushed is None else suppress_recorded(result.unpushed, hidden)
    return SharedRun(
        specification=result.specification,
        seed=result.seed,
        recorded=suppress_recorded(result.recorded, hidden),
        unpushed=unpushed,
        push=result.push,
        left=left,
        hidden=gone,
        judged=empty_columns(judged, gone),
    )


def hidden_in(result: RunResult, names: Sequence[str]) -> list[str]:
    """Return which of some outcomes of a run rest on groups that are left out."""
    left = left_out_of(result.specification)
    if not left:
        return []
    return hidden_outcomes(result.recorded.keys, _hidden_columns(result, left), left, names)


def _hidden_columns(result: RunResult, left: LeftOut) -> NDArray[np.bool_]:
    """Return which recorded columns are left out, judged over both arms."""
    keys = result.recorded.keys
    hidden = hidden_keys(keys, result.recorded.values, left)
    if result.unpushed is not None:
        hidden |= hidden_keys(keys, result.unpushed.values, left)
    return hidden


@dataclass(frozen=True)
class SharedComparison(Comparison):
    """A comparison without the values of small groups."""

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Plain sentences on what differs, as far as it can be shown."""
        if any(isinstance(run, SharedRun) and run.left.everyone for run in (self.a, self.b)):
            return (NOTHING_SHOWN,)
        return super().sentences


def shared_comparison(comparison: Comparison) -> Comparison:
    """Return a comparison as it may be shared; its warnings say what is left out."""
    a, b = shared_run(comparison.a), shared_run(comparison.b)
    if a is comparison.a and b is comparison.b:
        return comparison
    lines = [line for run in (a, b) if isinstance(run, SharedRun) for line in run.left.lines]
    return SharedComparison(a, b, (*comparison.warnings, *dict.fromkeys(lines)))
