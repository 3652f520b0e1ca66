"""Search: draw after draw through the stages, cheap checks first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import pandas as pd

from experiments.calibration.design import UNCERTAIN, design, overrides_of
from experiments.calibration.patterns import STAGES, Readings, estimate, observe, passes
from experiments.pool import each
from experiments.simulate import check_counts

Progress = Callable[[int, int, int], None]
"""Called with draws done, draws in all, and draws retained so far."""


class Draw(NamedTuple):
    """A draw to be judged: its number, its values by name, and the seed of the calibration."""

    number: int
    values: dict[str, Any]
    seed: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a draw.

    Attributes:
        number: of the draw.
        passed: how many stages it passed; all of them where it is retained.
        readings: estimates by "pattern.reading", from as many replicates as were run.
    """

    number: int
    passed: int
    readings: dict[str, float]

    @property
    def retained(self) -> bool:
        """Tell whether the draw passed every stage."""
        return self.passed == len(STAGES)


class Attempts(Protocol):
    """Something that keeps what became of draws."""

    def get(self, draw: Draw) -> Attempt | None:
        """Return what became of a draw; None where it is not kept."""

    def add(self, draw: Draw, attempt: Attempt) -> None:
        """Keep what became of a draw."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A whole calibration.

    Attributes:
        retained: a row a retained draw: its number `draw`, values and readings.
        tried: how many draws came to each stage, and last how many were retained.
        draws, seed: what it was made with.
    """

    retained: pd.DataFrame
    tried: tuple[int, ...]
    draws: int
    seed: int


def attempt(draw: Draw) -> Attempt:
    """Take one draw through the stages until it fails one."""
    overrides, seen = overrides_of(draw.values), dict[str, Readings]()
    passed = 0
    for stage in STAGES:
        seen[stage.pattern] = observe(
            stage.pattern,
            overrides,
            seed=draw.seed,
            draw=draw.number,
            replicates=stage.replicates,
            before=seen.get(stage.pattern),
        )
        if not passes(stage.pattern, seen[stage.pattern], last=stage.last):
            break
        passed += 1
    readings = {
        f"{pattern}.{name}": estimate(values)
        for pattern, own in seen.items()
        for name, values in own.items()
    }
    return Attempt(draw.number, passed, readings)


def calibrate(
    draws: int,
    seed: int = 1,
    *,
    processes: int = 1,
    progress: Progress | None = None,
    kept: Attempts | None = None,
) -> Calibration:
    """Judge every draw of a design; results are the same for any number of processes.

    Args:
        draws: how many draws.
        seed: seed of the design and of all runs.
        processes: how many processes share the work.
        progress: called after every draw, and once before the first.
        kept: attempts that are done; new ones are added as they are made.

    Raises:
        InputError: a number is out of range.
    """
    check_counts(seed=seed, replicates=1, processes=processes)
    plan = [
        Draw(number, {str(k): v for k, v in values.items()}, seed)
        for number, values in enumerate(design(draws, seed).to_dict("records"))
    ]
    found: dict[int, Attempt] = {}
    if kept is not None:
        found = {d.number: one for d in plan if (one := kept.get(d)) is not None}
    lacking = [draw for draw in plan if draw.number not in found]

    def say() -> None:
        if progress is not None:
            progress(len(found), draws, sum(a.retained for a in found.values()))

    say()
    with closing(each(attempt, lacking, processes)) as finished:
        for position, one in finished:
            found[one.number] = one
            if kept is not None:
                kept.add(lacking[position], one)
            say()
    return _collected(plan, [found[n] for n in range(draws)], seed)


def _collected(plan: Sequence[Draw], attempts: Sequence[Attempt], seed: int) -> Calibration:
    """Return the calibration that attempts make."""
    rows = [
        {"draw": draw.number, **draw.values, **one.readings}
        for draw, one in zip(plan, attempts, strict=True)
        if one.retained
    ]
    names = ["draw", *(item.name for item in UNCERTAIN)]
    retained = pd.DataFrame(rows) if rows else pd.DataFrame(columns=names)
    tried = tuple(sum(one.passed >= n for one in attempts) for n in range(len(STAGES) + 1))
    return Calibration(retained, tried, len(plan), seed)
