"""A row of validation: a published result as scenario, settings, readings and targets.

A row never has a model of its own. It names a scenario of `scenarios/published/`, the settings that
its cases change (as `--set` does), and a function that runs `CommunityModel` and reads off numbers.
The published value, its tolerance and its source stand beside it. Everything else (repeating,
intervals, judging, printing) is done alike for all rows by `experiments.validation.judging`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from simulation.specification import Specification

Observe = Callable[[Specification, int], Mapping[str, float]]
"""Runs one replicate: a specification and a seed in, readings by name out.

A reading that does not apply (the size of a cascade where there was none) is nan and left out. It
must be a function of a module, so that other processes can find it.
"""

Kind = Literal["exact", "mean", "share"]
"""How replicates become one number: they must be one; their mean (t interval); a share of 0 and 1
(Wilson's interval)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a reading must come to: anything from `low` to `high`, ends included.

    Attributes:
        reading: name of the reading, as `Observe` returns it.
        low, high: what passes. The estimate is judged; its interval is shown beside it.
        says: the target in words, such as ".87 ± .05".
    """

    reading: str
    low: float
    high: float
    says: str

    @classmethod
    def near(cls, reading: str, value: float, tolerance: float, says: str = "") -> Self:
        """Return the target `value` ± `tolerance`."""
        words = says or f"{value:.10g} ± {tolerance:.2g}"
        return cls(reading, value - tolerance, value + tolerance, words)

    @classmethod
    def least(cls, reading: str, value: float, says: str = "") -> Self:
        """Return the target `value` or more."""
        return cls(reading, value, float("inf"), says or f"≥ {value:.10g}")

    @classmethod
    def most(cls, reading: str, value: float, says: str = "") -> Self:
        """Return the target `value` or less."""
        return cls(reading, float("-inf"), value, says or f"≤ {value:.10g}")

    def met_by(self, value: float) -> bool:
        """Tell whether an estimate passes; nan never does."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Case:
    """One setting of a row.

    Attributes:
        label: the setting in a few words, such as "z = 3".
        settings: changes by key, as `--set` makes them, on top of the scenario.
        targets: what must come out; empty for a case that is only shown or only contrasted.
        scenario: another scenario than the row's, if any.
        replicates: another number than the row's, if any.
    """

    label: str
    targets: tuple[Target, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    scenario: str = ""
    replicates: int | None = None


@dataclass(frozen=True, slots=True)
class Contrast:
    """A target for the difference of two cases, replicate by replicate on the same seeds.

    Attributes:
        label: in a few words, such as "turnover lifts the code".
        target: what the mean of (`more` - `less`) must come to; `target.reading` names the reading.
        more, less: labels of the two cases.
    """

    label: str
    target: Target
    more: str
    less: str


@dataclass(frozen=True, slots=True)
class Row:
    """One published result, limit or pattern.

    Attributes:
        id: such as "T2"; patterns are "P1" to "P8", limits "L1" and on.
        title: what it says, in a few words.
        source: author and year, or where else the target comes from.
        tier: 0 exact, in milliseconds; 1 statistical, in seconds; 2 slow.
        scenario: name of its scenario, such as "published/watts".
        observe: what runs and reads one replicate.
        cases: its settings with their targets.
        contrasts: differences between cases that have targets of their own.
        kinds: how each reading is summarised; "exact" where it is not named.
        replicates: how many draws of chance, unless a case says otherwise.
        note: what a reader should know: how it maps, what it leaves out.
        held_out: whether the model is only compared with it, and was not made or calibrated to meet
            it: it is reported as it comes out, and nothing requires that it holds.
    """

    id: str
    title: str
    source: str
    tier: Literal[0, 1, 2]
    scenario: str
    observe: Observe
    cases: tuple[Case, ...]
    contrasts: tuple[Contrast, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    replicates: int = 1
    note: str = ""
    held_out: bool = False

    def scenario_of(self, case: Case) -> str:
        """Return the name of the scenario that a case runs."""
        return case.scenario or self.scenario

    def replicates_of(self, case: Case) -> int:
        """Return how many replicates a case takes."""
        return case.replicates or self.replicates
