"""A row of validation: a published result as scenario, settings, readings and targets.

A row never has a model of its own. It names a scenario of `scenarios/published/`, the settings that
its cases change (as `--set` does), and a function that runs `CommunityModel` and reads off numbers.
The published value, its tolerance and its source stand beside it. Everything else (repeating,
intervals, judging, printing) is done alike for all rows by `experiments.validation.judging`.
"""

from __future__ import annotations

import math
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


Origin = Literal["printed", "derived", "recomputed"]
"""Where a target comes from: printed in the source; derived from its equations, for this project;
or recomputed for this project, by a program of its own, where the source gives no such number."""

Nature = Literal["implements", "emerges", "structural"]
"""What meeting a row's targets says: that the code does what an equation says that is the code's
own; that a result comes out of interaction that nobody put in; or that a result follows from how
the model was built, so that it is no independent evidence."""

Verdict = Literal["pass", "wide", "undecided", "fail"]
"""`wide`: the estimate is inside, the interval reaches beyond the tolerance (or one run of many
that differ leaves none); it counts as passed. `undecided`: a side was to be shown, the estimate
lies on it and the interval does not; it does not count as passed."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a reading must come to: anything from `low` to `high`, ends included.

    Attributes:
        reading: name of the reading, as `Observe` returns it.
        low, high: what passes.
        says: the target in words, such as ".87 ± .05".
        side: whether it has to be shown on which side of a bound the reading lies: only an interval
            that lies wholly between `low` and `high`, ends left out, passes. Otherwise the estimate
            is judged, and said to be wide where its interval is.
        origin: where the target comes from, if not from where its row's do.
    """

    reading: str
    low: float
    high: float
    says: str
    side: bool = False
    origin: Origin | None = None

    @classmethod
    def near(
        cls,
        reading: str,
        value: float,
        tolerance: float,
        says: str = "",
        *,
        origin: Origin | None = None,
    ) -> Self:
        """Return the target `value` ± `tolerance`."""
        words = says or f"{value:.10g} ± {tolerance:.2g}"
        return cls(reading, value - tolerance, value + tolerance, words, origin=origin)

    @classmethod
    def least(
        cls, reading: str, value: float, says: str = "", *, origin: Origin | None = None
    ) -> Self:
        """Return the target `value` or more."""
        return cls(reading, value, math.inf, says or f"≥ {value:.10g}", origin=origin)

    @classmethod
    def most(
        cls, reading: str, value: float, says: str = "", *, origin: Origin | None = None
    ) -> Self:
        """Return the target `value` or less."""
        return cls(reading, -math.inf, value, says or f"≤ {value:.10g}", origin=origin)

    @classmethod
    def above(
        cls, reading: str, value: float = 0.0, says: str = "", *, origin: Origin | None = None
    ) -> Self:
        """Return the target to be shown to lie above `value`, with the whole 95 % interval."""
        words = says or f"shown above {value:.10g}"
        return cls(reading, value, math.inf, words, side=True, origin=origin)

    @classmethod
    def below(
        cls, reading: str, value: float = 0.0, says: str = "", *, origin: Origin | None = None
    ) -> Self:
        """Return the target to be shown to lie below `value`, with the whole 95 % interval."""
        words = says or f"shown below {value:.10g}"
        return cls(reading, -math.inf, value, words, side=True, origin=origin)

    def met_by(self, value: float) -> bool:
        """Tell whether an estimate lies inside; nan never does."""
        if self.side:
            return self.low < value < self.high
        return self.low <= value <= self.high

    def verdict(self, value: float, low: float, high: float, *, exact: bool = False) -> Verdict:
        """Judge a reading.

        Args:
            value: the estimate.
            low: lower end of its 95 % interval, nan where there is none.
            high: upper end of it.
            exact: whether it needs no interval, as nothing about it is left to chance.
        """
        if not self.met_by(value):
            return "fail"
        if exact or (self.met_by(low) and self.met_by(high)):
            return "pass"
        return "undecided" if self.side else "wide"


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
        calibrated: whether the model was fitted to it, so that meeting it is a fit and no test.
        origin: where its targets come from, unless one says otherwise.
        nature: what meeting its targets says.
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
    calibrated: bool = False
    origin: Origin = "derived"
    nature: Nature = "implements"

    def origin_of(self, target: Target) -> Origin:
        """Return where a target comes from."""
        return target.origin or self.origin

    def scenario_of(self, case: Case) -> str:
        """Return the name of the scenario that a case runs."""
        return case.scenario or self.scenario

    def replicates_of(self, case: Case) -> int:
        """Return how many replicates a case takes."""
        return case.replicates or self.replicates
