"""Discovery: in which part of the space of factors what one seeks is common, told in words.

Boxes are sought in two thirds of the points and tried on the others, so that neither density nor
coverage flatters. A box is only reported where its density on the runs held out lies above the
base rate there, by an interval that is widened for the number of boxes that are tried (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from experiments.answers.discovery_boxes import RESAMPLES, Box, Limit, cart_boxes, prim_box
from experiments.answers.discovery_cases import Cases, cases_of, share_of
from experiments.answers.sensitivity_points import Factor
from experiments.statistics import Share
from experiments.store.answer import Answer
from experiments.summary import percent
from simulation.errors import InputError

Method = Literal["prim", "cart", "both"]
METHODS: tuple[Method, ...] = ("prim", "cart", "both")
FEWEST = 20
"""Fewest runs of either kind, in the trained part, that a box is sought in."""
FEWEST_POINTS = 3
"""Fewest points held out within a box that it can be told by."""
MOST_LEAVES = 3
"""How many leaves of a tree are tried on the runs held out."""


class Tried(NamedTuple):
    """A box and how it did.

    Attributes:
        box: the box.
        trained: its density and coverage where it was sought.
        held: the same on the runs held out.
        base: the base rate on the runs held out.
        surely: lower end of the density on the runs held out, at 95 % for all boxes together.
        points: how many of the points held out lie in it.
    """

    box: Box
    trained: tuple[Share, Share]
    held: tuple[Share, Share]
    base: float
    surely: float
    points: int

    @property
    def tellable(self) -> bool:
        """Tell whether enough points were held out within it to judge it at all."""
        return self.points >= FEWEST_POINTS

    @property
    def stands(self) -> bool:
        """Tell whether it is denser than the base rate on the runs held out."""
        return self.tellable and self.surely > self.base


@dataclass(frozen=True)
class Discovery:
    """What was discovered.

    Attributes:
        cases: what was sought among which runs.
        tried: boxes in the order of their methods, best first.
        reason: why nothing was sought at all; "" where it was.
    """

    cases: Cases
    tried: tuple[Tried, ...]
    reason: str = ""

    @property
    def found(self) -> tuple[Tried, ...]:
        """Boxes that stand on the runs held out."""
        return tuple(one for one in self.tried if one.stands)

    def sentences(self) -> tuple[str, ...]:
        """Return what was found, in words."""
        y = self.cases.y
        base = f"{percent(float(y.mean()))} of {len(y)} runs are {self.cases.sought}."
        if self.reason:
            return (f"There is nothing to find: {self.reason}.", base)
        if not self.found:
            judged = any(one.tellable for one in self.tried)
            why = "is denser than the base rate on the runs that were held out" if judged or (
                not self.tried) else "holds enough of the points that were held out"  # fmt: skip
            return (f"There is nothing to report: no box {why}.", *self._refused(), base)
        return (*(_sentence(one, self.cases) for one in self.found), *self._refused(), base)

    def _refused(self) -> tuple[str, ...]:
        """Say which boxes were found and cannot be judged."""
        return tuple(
            f"{one.box.method.upper()} found a box that cannot be judged: where "
            f"{_where(one, self.cases)}; it holds {one.points} of the points held out, and "
            f"{FEWEST_POINTS} are needed."
            for one in self.tried
            if not one.tellable
        )

    def answer(self, name: str = "", command: Sequence[str] = ()) -> Answer:
        """Return the answer as a store keeps it.

        Args:
            name: name of the answer; default: what is sought.
            command: the words of the command line that repeat it.
        """
        tables = {"boxes": self._limits(), "quality": self._quality()}
        for one in self.tried:
            if len(one.box.trajectory):
                tables["trajectory"] = one.box.trajectory
        held = ~self.cases.trained
        numbers = {
            "label": self.cases.sought,
            "runs": len(self.cases.y),
            "of_interest": int(self.cases.y.sum()),
            "points": len(np.unique(self.cases.point)),
            "held_out_runs": int(held.sum()),
            "found": len(self.found),
        }
        notes = self.cases.notes
        if self.tried:
            notes = (
                *notes,
                "Boxes were sought in two thirds of the points; densities and coverages are of "
                "the others.",
            )
        return Answer(
            "discovery", name or self.cases.sought, f"Where are runs {self.cases.sought}?",
            self.sentences(), notes, tables, numbers, tuple(command),
        )  # fmt: skip

    def _limits(self) -> pd.DataFrame:
        rows = [
            (one.box.method, number, limit.name, self.cases.factor(limit.name).label, limit.low,
             limit.high, *self._range(limit), _choices(limit), limit.quasi_p, limit.returns,
             one.stands)
            for number, one in enumerate(self.tried)
            for limit in one.box.limits
        ]  # fmt: skip
        heads = ["method", "box", "factor", "label", "low", "high", "least", "most", "choices",
                 "quasi_p", "returns", "stands"]  # fmt: skip
        made = pd.DataFrame(rows, columns=heads)
        numbers = ["low", "high", "least", "most", "quasi_p", "returns"]
        return made.astype(dict.fromkeys(numbers, "float64"))

    def _range(self, limit: Limit) -> tuple[float, float]:
        """Return the least and the most value of a factor of numbers that was tried."""
        if limit.choices is not None:
            return float("nan"), float("nan")
        column = self.cases.x[limit.name]
        return float(column.min()), float(column.max())

    def _quality(self) -> pd.DataFrame:
        rows: list[tuple[Any, ...]] = []
        for number, one in enumerate(self.tried):
            for part, (density, coverage) in (("trained", one.trained), ("held out", one.held)):
                rows.append(
                    (one.box.method, number, part, density.n, density.share, density.low,
                     density.high, coverage.share, coverage.low, coverage.high, one.base)
                )  # fmt: skip
        heads = ["method", "box", "part", "runs", "density", "density_low", "density_high",
                 "coverage", "coverage_low", "coverage_high", "base_rate_held_out"]  # fmt: skip
        return pd.DataFrame(rows, columns=heads)


def discover(
    table: pd.DataFrame,
    outcome: str = "sustained_48",
    *,
    where: str | None = None,
    method: Method = "both",
    factors: Sequence[Factor] | None = None,
    arm: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Discovery:
    """Return the boxes in which runs of a kind are common, each tried on runs held out.

    Args:
        table: a table of outcomes, as `ask` or `Store.outcomes` returns it, or any table.
        outcome: a yes-or-no outcome: where it is yes.
        where: a condition in its place, such as "gain_48 >= .02".
        method: PRIM, CART or both.
        factors: what may make the difference; default: every column that varies.
        arm: which arm; default: all of them.
        resamples: how often PRIM is repeated on half of the points.
        seed: seed of the split and of the resampling.

    Raises:
        InputError: the table or the condition does not fit.
    """
    if method not in METHODS:
        raise InputError("no such method", key="--method", found=method, allowed=", ".join(METHODS))
    cases = cases_of(table, outcome, where, factors, arm=arm, seed=seed)
    yes = int(cases.y[cases.trained].sum())
    no = int(cases.trained.sum()) - yes
    if min(yes, no) < FEWEST:
        rare = cases.sought if yes < no else f"not {cases.sought}"
        reason = f"only {min(yes, no)} of the runs to seek in are {rare}, and {FEWEST} are needed"
        return Discovery(cases, (), reason)
    boxes: list[Box] = []
    if method in ("prim", "both") and (box := prim_box(cases, resamples, seed)) is not None:
        boxes.append(box)
    if method in ("cart", "both"):
        boxes += cart_boxes(cases, seed)[:MOST_LEAVES]
    return Discovery(cases, tuple(_try(box, cases, len(boxes)) for box in boxes))


def _try(box: Box, cases: Cases, count: int) -> Tried:
    """Return how a box does, where it was sought and on the runs held out."""
    inside = box.holds(cases.x)

    def quality(part: np.ndarray[Any, Any]) -> tuple[Share, Share]:
        here, yes = inside & part, part & (cases.y == 1.0)
        density = share_of(cases.y[here], cases.point[here])
        return density, share_of(inside[yes].astype(np.float64), cases.point[yes])

    held = ~cases.trained
    base = float(cases.y[held].mean()) if held.any() else float("nan")
    here = inside & held
    surely = share_of(cases.y[here], cases.point[here], 1.0 - 0.05 / count).low
    points = len(np.unique(cases.point[here]))
    return Tried(box, quality(cases.trained), quality(held), base, surely, points)


def _sentence(one: Tried, cases: Cases) -> str:
    """Return a box in words, with what it is worth on the runs held out."""
    density, coverage = one.held
    return (
        f"{one.box.method.upper()}: where {_where(one, cases)}: {_share(density)} "
        f"{cases.sought}, against {percent(one.base)} overall; {_share(coverage)} of all that are."
    )


def _where(one: Tried, cases: Cases) -> str:
    """Return what a box asks, factor by factor."""
    return " and ".join(_asked(limit, cases.factor(limit.name)) for limit in one.box.limits)


def _choices(limit: Limit) -> str | None:
    return None if limit.choices is None else ", ".join(limit.choices)


def _share(share: Share) -> str:
    low, high = percent(share.low).removesuffix(" %"), percent(share.high)
    return f"{percent(share.share)} ({low} to {high})"


def _asked(limit: Limit, factor: Factor) -> str:
    """Return what a box asks of one factor, with its label and unit."""
    if limit.choices is not None:
        return f"{factor.label} is {' or '.join(limit.choices)}"
    if limit.low is not None and limit.low == limit.high:
        return f"{factor.label} is {_amount(limit.low, factor.unit)}"
    if limit.low is not None and limit.high is not None:
        return f"{factor.label} is {_amount(limit.low)} to {_amount(limit.high, factor.unit)}"
    if limit.low is not None:
        return f"{factor.label} is at least {_amount(limit.low, factor.unit)}"
    return f"{factor.label} is at most {_amount(limit.high or 0.0, factor.unit)}"


def _amount(value: float, unit: str = "") -> str:
    """Return a number to three digits, whole from a hundred on."""
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".rstrip()
