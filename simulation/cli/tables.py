"""Tables of outcomes and effects, as the shell shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table

from experiments.compare import Comparison
from experiments.run import RunResult
from experiments.summary import number, percent

NOTHING = "—"
"""Shown where the runs are too short to tell."""

HALF = 0.5
"""Differences of shares whose interval is wider than this, and holds 0, are not known at all."""


def table(heads: Sequence[str], *, right: Iterable[int] = ()) -> Table:
    """Return an empty table in the one look of the shell; `right` columns hold numbers."""
    made, at_right = Table(box=box.SIMPLE_HEAD, pad_edge=False), set(right)
    for position, head in enumerate(heads):
        number_ = position in at_right
        made.add_column(head, justify="right" if number_ else "left", no_wrap=number_)
    return made


def outcomes_table(result: RunResult) -> Table:
    """Return a run's outcomes; for several runs means, or counts of runs, with 95 % intervals."""
    entries = result.summary["outcomes"].values()
    if result.replicates == 1:
        made = table(["outcome", "value"], right=[1])
        for entry in entries:
            made.add_row(entry["label"], _single(entry))
        return made
    made = table(["outcome", f"in {result.replicates} runs", "95 % interval"], right=[1, 2])
    for entry in entries:
        made.add_row(entry["label"], _mean(entry), _interval(entry))
    return made


def effects_table(comparison: Comparison) -> Table:
    """Return a comparison's effects: both arms, B - A with its interval, the variance ratio."""
    heads = ["outcome", "A", "B", "B − A", "95 % interval", "variance\nratio"]
    made = table(heads, right=range(1, len(heads)))
    for entry in comparison.summary["effects"].values():
        unit = _unit(entry)
        ratio = entry["variance_ratio"]
        made.add_row(
            entry["label"],
            amount(entry["a"], unit),
            amount(entry["b"], unit),
            difference(entry["difference"], unit),
            _effect_interval(entry, unit),
            "" if ratio is None else number(ratio),
        )
    return made


def _effect_interval(entry: Mapping[str, Any], unit: str) -> str:
    """Return the interval of a difference; where so few pairs tell nothing, that."""
    low, high = entry["low"], entry["high"]
    if entry["kind"] == "share" and low is not None and low < 0 < high and high - low > HALF:
        return "too few pairs"
    return _between(difference(low, unit), difference(high, unit), " pt")


def tipping_table(comparison: Comparison) -> Table:
    """Return, for each arm, in how many runs stewardship tips and how likely that makes it."""
    made = table(["arm", "runs that tip", "probability", "95 % interval"], right=[1, 2, 3])
    for arm, result in (("A", comparison.a), ("B", comparison.b)):
        entry = result.summary["outcomes"]["tipped"]
        made.add_row(arm, _mean(entry), amount(entry["share"], "share"), _interval(entry))
    return made


def amount(value: float | None, unit: str) -> str:
    """Return a number as people read it in its unit."""
    if value is None:
        return NOTHING
    if unit == "share":
        return percent(value)
    return f"{value:.0f}" if unit == "months" else number(value)


def difference(value: float | None, unit: str) -> str:
    """Return a difference with its sign; of shares, in percentage points."""
    if value is None:
        return NOTHING
    if unit == "share":
        return f"{number(100 * value, signed=True, digits=0)} pt"
    return number(value, signed=True, digits=0 if unit == "months" else 2)


def _unit(entry: Mapping[str, Any]) -> str:
    return "share" if entry["kind"] == "share" else str(entry["unit"])


def _single(entry: Mapping[str, Any]) -> str:
    if not entry["runs"]:
        return NOTHING
    if entry["kind"] == "share":
        return "yes" if entry["yes"] else "no"
    return amount(entry["mean"], entry["unit"])


def _mean(entry: Mapping[str, Any]) -> str:
    if not entry["runs"]:
        return NOTHING
    if entry["kind"] == "share":
        return f"{entry['yes']} of {entry['runs']}"
    return amount(entry["mean"], entry["unit"])


def _interval(entry: Mapping[str, Any]) -> str:
    return _between(amount(entry["low"], _unit(entry)), amount(entry["high"], _unit(entry)))


def _between(low: str, high: str, unit: str = " %") -> str:
    """Return an interval; a unit that both ends have is said once."""
    if NOTHING in (low, high):
        return ""
    return f"{low.removesuffix(unit) if high.endswith(unit) else low} to {high}"
