"""The plan of a study of data doubt: what is compared, under which faults, how often."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.data_doubt.faults import POINTS, Fault
from experiments.data_doubt.files import data_files, read_data
from experiments.judge import OUTCOMES, push_of
from experiments.simulate import check_counts
from simulation.errors import InputError, nearest_name
from simulation.fingerprint import combined_id, result_id
from simulation.specification import Specification

MISSING = (0.1, 0.2, 0.3)
NOISE = (0.5, 1.0)
DEFAULT_OUTCOMES = ("gap_people", "worst_off")
MOST_DRAWS = 100_000
UNRATED = "no tie of these files has a rating, so noise would change nothing and is not tried"


@dataclass(frozen=True)
class Plan:
    """What is re-run.

    Attributes:
        specification: the scenario; without another, its interventions are what is judged.
        other: the scenario that is compared with it, or None.
        faults: kinds and levels, by kind and ascending level.
        outcomes: names of the outcomes.
        draws: how often each fault is drawn.
        replicates: runs behind every effect.
        seed: seed of the experiment.
        asked: whether the outcomes were asked for, and are told even where runs cannot show them.
        notes: what a reader has to know.
    """

    specification: Specification
    other: Specification | None
    faults: tuple[Fault, ...]
    outcomes: tuple[str, ...]
    draws: int
    replicates: int
    seed: int
    asked: bool = False
    notes: tuple[str, ...] = ()

    @property
    def specifications(self) -> tuple[Specification, ...]:
        """The scenarios, one or two."""
        return (self.specification,) if self.other is None else (self.specification, self.other)

    @property
    def id(self) -> str:
        """The id of the result, 32 hex digits."""
        runs = result_id(self.specifications, self.seed, self.replicates)
        faults = [f"{fault.kind}={fault.level!r}" for fault in self.faults]
        return combined_id(["data doubt", runs, *faults, *self.outcomes, str(self.draws)])


def prepare(
    specification: Specification,
    other: Specification | None = None,
    *,
    missing: Sequence[float] = MISSING,
    noise: Sequence[float] = NOISE,
    outcomes: Sequence[str] = (),
    draws: int = 20,
    replicates: int = 5,
    seed: int | None = None,
) -> Plan:
    """Return the plan of a study, checked.

    Args:
        specification: a scenario whose ties come from files.
        other: a scenario to compare with it, or None for its own interventions.
        missing: probabilities that a tie, or a respondent, is missing.
        noise: most by which ratings are off, in points of the scale from 1 to 4.
        outcomes: names as in `experiments.judge.OUTCOMES`; default: the gap and the worst off.
        draws: how often each fault is drawn.
        replicates: runs behind every effect.
        seed: seed of the experiment; default: the scenario's own.

    Raises:
        InputError: there are no data or there is no conclusion to doubt, or a number or name is
            none of those allowed.
    """
    seed = specification.seed if seed is None else seed
    check_counts(seed=seed, replicates=replicates, processes=1)
    if not isinstance(draws, int) or not 1 <= draws <= MOST_DRAWS:
        allowed = f"a whole number from 1 to {MOST_DRAWS:,}"
        raise InputError("out of range", key="draws", found=draws, allowed=allowed)
    for name in outcomes:
        if name not in OUTCOMES:
            raise InputError(
                "there is no such outcome", key="outcome", found=name,
                allowed=", ".join(OUTCOMES), nearest=nearest_name(name, OUTCOMES),
            )  # fmt: skip
    both = [specification] if other is None else [specification, other]
    _check_scenarios(both)
    rated = any(
        read_data(table, path, with_people=s.people.path is not None).rated
        for s in both
        for table, path in data_files(s).items()
    )
    faults = [Fault("missing", x) for x in _levels(missing, "missing", 1.0)]
    faults += [Fault("respondents", fault.level) for fault in faults]
    points = _levels(noise, "noise", POINTS)
    faults += [Fault("noise", x) for x in points if rated]
    if not faults:
        raise InputError(
            "there is no fault to try" + ("" if not points else f": {UNRATED}"),
            key="missing", mend="give levels to --missing or --noise",
        )  # fmt: skip
    notes = (UNRATED,) if points and not rated else ()
    chosen = tuple(dict.fromkeys(outcomes)) or DEFAULT_OUTCOMES
    return Plan(
        specification.model_copy(update={"seed": seed}),
        None if other is None else other.model_copy(update={"seed": seed}),
        tuple(faults), chosen, draws, replicates, seed, bool(outcomes), notes,
    )  # fmt: skip


def levels_of(text: str, key: str) -> tuple[float, ...]:
    """Return the levels in a list such as "0.1,0.2"; none for an empty one.

    Raises:
        InputError: for what is no number.
    """
    if not text.strip():
        return ()
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            "not a list of numbers", key=key, found=text, allowed="such as 0.1,0.2"
        ) from None


def _levels(given: Sequence[float], key: str, most: float) -> list[float]:
    for level in given:
        if not (math.isfinite(level) and 0.0 < level <= most):
            raise InputError(
                "out of range", key=key, found=level, allowed=f"above 0, up to {most:g}"
            )
    return sorted(set(given))


def _check_scenarios(specifications: Sequence[Specification]) -> None:
    """Refuse scenarios without data, and those that leave nothing to conclude."""
    if not any(data_files(s) for s in specifications):
        raise InputError(
            "no ties of this scenario come from a file, so there are no data to doubt",
            key="ties.kind", found=specifications[0].ties.kind,
            mend="give ties.path, services.path or partners.path, as kindling import does",
        )  # fmt: skip
    if len(specifications) == 1:
        if push_of(specifications[0]) is None:
            raise InputError(
                "nobody intervenes in this scenario, so there is no conclusion to doubt",
                key="events", mend="add an intervention, or name another scenario with --compare",
            )  # fmt: skip
        return
    first, second = specifications
    if first.months != second.months:
        raise InputError(
            "the two scenarios last different times",
            key="months", found=(first.months, second.months),
            mend="give both the same number of months",
        )  # fmt: skip
