"""Cautions: what a design can be run with, and should still be known before it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from experiments.compare import pairing_warnings, spent
from experiments.designs.axis import Axis
from experiments.designs.cell import Cell
from experiments.designs.laying import Words, expanded, key_of
from experiments.judge import HORIZONS, going_on
from experiments.sweeping.subject import Community
from simulation.specification import Set, Specification

if TYPE_CHECKING:
    from experiments.designs.design import Design

WINDOW = 6
"""Months after a horizon that its verdict needs, see `simulation.persistence.sustained`."""

FAR = 30.0
"""A range that reaches as many times beyond the scenario's own value is probably not meant."""


def cautions(design: Design, cells: Sequence[Cell]) -> list[str]:
    """Return notes on a design: outcomes it cannot show, factors that do nothing, unequal arms.

    Args:
        design: the design.
        cells: its cells.
    """
    found = [
        *_sample(design),
        *_factors(design),
        *_horizon(cells),
        *_arms(cells),
        *_money(cells),
    ]
    return list(dict.fromkeys(found))


def specification_of(cell: Cell) -> Specification | None:
    """Return the scenario of a cell; None where something else is run."""
    return cell.subject.specification if isinstance(cell.subject, Community) else None


# ------------------------------------------------------------------------------------ the sample


def _sample(design: Design) -> Iterator[str]:
    sample = design.sample
    if sample is None:
        return
    base = sample.base
    if sample.method in ("sobol", "saltelli") and base & (base - 1):
        yield (
            f"points = {base} is no power of 2: a Sobol' sequence is evenest at "
            f"{1 << (base.bit_length() - 1)} or {1 << base.bit_length()}"
        )
    if sample.method == "saltelli" and base < 64:
        yield f"points = {base}: Sobol' indices from so few base samples have very wide intervals"
    if sample.method == "morris" and base < 4:
        yield f"trajectories = {base}: too few to tell effects that depend on each other from noise"
    if len(design.declared.beside):
        yield "hypercubes laid beside each other are together less even than one of the same size"


# ----------------------------------------------------------------------------------- the factors


def _factors(design: Design) -> Iterator[str]:
    from experiments.calibration.design import UNCERTAIN

    known = {item.name: item for item in UNCERTAIN}
    column = design.points
    for axis in design.factors:
        yield from _range(axis)
        if column[axis.name].map(repr).nunique() < 2:
            yield f"{axis.name}: it has the same value at every point"
        for key in axis.keys:
            item = known.get(key)
            if item is not None and not item.choices:
                ends = _ends(axis)
                if ends and (ends[0] < item.low or ends[1] > item.high):
                    yield (
                        f"{axis.name}: {ends[0]:g} to {ends[1]:g} goes beyond {item.low:g} to "
                        f"{item.high:g}, the range that calibration looked at ({item.reason})"
                    )
        yield from _idle(axis, design)


def _ends(axis: Axis) -> tuple[float, float] | None:
    values = (axis.low, axis.high) if axis.values is None else axis.values
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return (min(numbers), max(numbers)) if numbers else None


def _range(axis: Axis) -> Iterator[str]:
    base, high = axis.base, axis.high
    if high is None or not isinstance(base, int | float) or axis.own_high != high:
        return
    if base > 0 and high > FAR * base:
        yield (
            f"{axis.name}: it goes up to {high:g}, the end of its own range and "
            f"{high / base:,.0f} times the scenario's value of {base:g}; state a high that is meant"
        )


def _idle(axis: Axis, design: Design) -> Iterator[str]:
    """Yield why a factor may do nothing: its process rests, or an event overrules it."""
    specification = design.scenario
    keys = [*axis.keys, *(key for level in axis.named for key in level.settings)]
    if axis.keys == ("scenario",):
        return
    tables = {w[1] for key in keys for w in expanded(key, specification) if w[0] == "parameters"}
    for table in sorted(tables):
        switched = any(key == f"{table}.enabled" for key in keys)
        resting = not getattr(specification.parameters, table).enabled
        if (resting or _left_out(table, specification)) and not switched:
            yield f"{axis.name}: the process '{table}' is switched off in the scenario: no effect"
    for key in keys:
        for words in expanded(key, specification):
            yield from _overruled(axis.name, words, design)


def _left_out(table: str, specification: Specification) -> bool:
    return bool(specification.month) and table not in ("start", *specification.month)


def _overruled(name: str, words: Words, design: Design) -> Iterator[str]:
    """Yield where an event sets what a factor varies, or comes too late to matter."""
    arms = design.arms or (None,)
    for arm in arms:
        base = design.scenario_of(arm)
        where = f" of arm '{arm.name}'" if arm is not None and len(arms) > 1 else ""
        for event in base.events:
            if isinstance(event, Set) and event.key == key_of(words):
                yield (
                    f"{name}: the event '{event.id}'{where} sets {event.key} from month "
                    f"{event.first} on, whatever the factor says"
                )
            if words[:2] == ("events", event.id) and event.first > base.months:
                yield f"{name}: the event '{event.id}'{where} begins after the last month"


# ------------------------------------------------------------------------------------ the horizon


def _horizon(cells: Sequence[Cell]) -> Iterator[str]:
    pushed = [(cell.push.end, cell.subject.months) for cell in cells if cell.push is not None]
    if not pushed:
        yield "nobody intervenes: there is no push, so no gain, threshold or survival to judge"
        return
    short = {k: sum(months < end + k + WINDOW for end, months in pushed) for k in HORIZONS}
    told = [f"{k} months after it in {count:,}" for k, count in short.items() if count]
    if told:
        yield (
            f"the horizon is too short to judge what remains of the push {', '.join(told)} of "
            f"{len(pushed):,} cells: it must reach {WINDOW} months beyond that"
        )


# --------------------------------------------------------------------------------------- the arms


def _arms(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield why arms do not pair well, from the first and the last point."""
    by_point: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_point[cell.point].append(cell)
    for point in sorted({min(by_point), max(by_point)}):
        first, *others = by_point[point]
        for other in others:
            a, b = specification_of(first), specification_of(other)
            if a is None or b is None:
                continue
            for warning in pairing_warnings(a, b):
                if not warning.startswith(("the money differs", "in A, ", "in B, ")):
                    yield f"arms '{first.arm}' and '{other.arm}': {warning}"
            for cell, specification in ((first, a), (other, b)):
                for note in going_on(specification) if point == cells[0].point else ():
                    yield f"arm '{cell.arm}', point {point}: {note}"


def _money(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield where arms of a point, or points of an arm, spend differently."""
    by_point: dict[int, dict[str, float]] = defaultdict(dict)
    for cell in cells:
        specification = specification_of(cell)
        if specification is not None:
            by_point[cell.point][cell.arm] = spent(specification)
    unequal = [p for p, arms in by_point.items() if not _equal(list(arms.values()))]
    if unequal:
        told = ", ".join(f"{m:g} in '{arm}'" for arm, m in by_point[unequal[0]].items())
        yield (
            f"the money differs between arms at {len(unequal):,} of {len(by_point):,} points: at "
            f"point {unequal[0]} a resident gets {told}"
        )
    for arm in dict.fromkeys(arm for arms in by_point.values() for arm in arms):
        money = [arms[arm] for arms in by_point.values() if arm in arms]
        if not _equal(money):
            where = f" in arm '{arm}'" if arm else ""
            yield (
                f"the money differs between points{where}, from {min(money):g} to {max(money):g} a "
                "resident: what a factor does is also what its money does"
            )
            return


def _equal(money: Sequence[float]) -> bool:
    return not money or max(money) - min(money) <= 1e-9 * max(money)
