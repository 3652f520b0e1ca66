"""Points: the rows of a design, each with a value for every factor and what it sets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from experiments.designs.axis import SCENARIO, Axis
from experiments.designs.declared import MOST_POINTS, Declared
from experiments.designs.laying import Words, changes_for, expanded, key_of, value_at
from experiments.designs.sampling import Sample
from experiments.designs.table import Columns
from simulation.errors import InputError, nearest_name
from simulation.specification import Specification

Values = dict[str, Any]


class Point(NamedTuple):
    """One row of a design.

    Attributes:
        values: the value of every factor, by name; that of the scenario where a factor rests.
        settings: what the factors that do not rest set, by key.
        scenario: the scenario it is laid on, by name.
    """

    values: Values
    settings: dict[str, Any]
    scenario: str


def points_of(
    declared: Declared,
    axes: Sequence[Axis],
    sample: Sample | None,
    table: Columns | None,
    bases: Mapping[str, Specification],
) -> list[Point]:
    """Return the points of a design, in their order.

    In a grid a point comes once, even where factors that rest would make it come again; in a sample
    it comes as often as it was drawn, so that its rows stay those of the sample.

    Args:
        declared: the design.
        axes: its factors.
        sample: places in the unit cube, for the methods that have them.
        table: listed points, by factor.
        bases: the scenarios with the design's fixed settings, by name.

    Raises:
        InputError: there are too many points.
    """
    if sample is not None:
        rows: Iterator[Values] = (
            {a.name: a.at(float(u)) for a, u in zip(axes, row, strict=True)} for row in sample.unit
        )
    elif table is not None:
        count = len(next(iter(table.values())))
        rows = ({name: column[n] for name, column in table.items()} for n in range(count))
    elif declared.method == "one_at_a_time":
        rows = _one_at_a_time(axes)
    else:
        rows = _factorial(axes)
    resting = Resting(axes, declared.scenario, bases)
    points = [resting.point(row) for row in rows]
    if declared.method in ("factorial", "one_at_a_time"):
        once: dict[str, Point] = {}
        for point in points:
            once.setdefault(_same(point.values), point)
        points = list(once.values())
    return points


def _same(values: Values) -> str:
    """Return text that is the same for the same values; 1 and 1.0 are."""
    return repr([float(v) if type(v) is int else v for v in values.values()])


def _factorial(axes: Sequence[Axis]) -> Iterator[Values]:
    grids = [axis.grid() for axis in axes]
    size = math.prod(len(grid) for grid in grids)
    if size > MOST_POINTS:
        raise InputError(
            "too many points",
            key="factors",
            found=size,
            allowed=f"up to {MOST_POINTS:,}",
            mend="take fewer levels, or sample (method = 'latin_hypercube')",
        )
    for values in itertools.product(*grids):
        yield {axis.name: value for axis, value in zip(axes, values, strict=True)}


def _one_at_a_time(axes: Sequence[Axis]) -> Iterator[Values]:
    """Yield the base, then each value of each factor with all others at their base."""
    base = {axis.name: axis.base for axis in axes}
    yield base
    for axis in axes:
        for value in axis.grid():
            yield {**base, axis.name: value}


class Resting:
    """Decides which factors vary at a point, and which rest at the scenario's own value."""

    def __init__(
        self, axes: Sequence[Axis], scenario: str, bases: Mapping[str, Specification]
    ) -> None:
        """Read the conditions; refuse those that nothing earlier decides.

        Raises:
            InputError: a condition is about a later factor, or about no setting at all.
        """
        self._axes = axes
        self._scenario = scenario
        self._bases = bases
        for number, axis in enumerate(axes):
            for key in axis.when:
                try:
                    self._check(key, axes[:number], axes[number:])
                except InputError as error:
                    raise error.at(key=f"factors.{axis.name}.when") from None

    def point(self, row: Values) -> Point:
        """Return the point of a row of values."""
        chosen = next((a.name for a in self._axes if a.keys == (SCENARIO,)), None)
        scenario = self._scenario if chosen is None else row.get(chosen, self._scenario)
        base = self._bases[scenario]
        values: Values = {}
        settings: dict[str, Any] = {}
        for axis in self._axes:
            value = row[axis.name]
            if value is None or not self._varies(axis, values, settings, base):
                value = axis.base
            else:
                settings |= axis.settings(value)
            values[axis.name] = value
        return Point(values, settings, scenario)

    def _varies(
        self, axis: Axis, values: Values, settings: dict[str, Any], base: Specification
    ) -> bool:
        for key, wanted in axis.when.items():
            if key in values:
                here = [values[key]]
            else:
                laid = changes_for(settings, base)
                here = [laid[w] if w in laid else _or_none(base, w) for w in expanded(key, base)]
            choices = wanted if isinstance(wanted, list | tuple) else [wanted]
            if not all(value in choices for value in here):
                return False
        return True

    def _check(self, key: str, earlier: Sequence[Axis], later: Sequence[Axis]) -> None:
        if key in [axis.name for axis in earlier]:
            return
        for axis in later:
            if key == axis.name or key in axis.keys or any(key in n.settings for n in axis.named):
                raise InputError(
                    f"is about '{axis.name}', which comes later or is the factor itself",
                    found=key,
                    mend="list that factor before",
                )
        base = self._bases[self._scenario]
        for words in expanded(key, base):
            try:
                value_at(base, words)
            except KeyError:
                names = [axis.name for axis in earlier]
                raise InputError(
                    "is neither a setting of the scenario nor an earlier factor",
                    found=key,
                    nearest=nearest_name(key, [*names, *_settings_like(words)]),
                ) from None


def _settings_like(words: Words) -> list[str]:
    from simulation.parameters import all_parameters

    return [p.key for p in all_parameters()] if len(words) > 1 else []


def _or_none(base: Specification, words: Words) -> Any:
    try:
        return value_at(base, words)
    except KeyError:
        return None


def overlapping(axes: Sequence[Axis], specification: Specification) -> tuple[str, str, str] | None:
    """Return two factors that change the same setting, and its key; None where there are none."""
    seen: dict[Words, str] = {}
    for axis in axes:
        keys = list(axis.keys) + [key for level in axis.named for key in level.settings]
        own: set[Words] = set()
        for key in keys:
            if axis.keys != (SCENARIO,):
                own |= set(expanded(key, specification))
        for words in own:
            for other, name in seen.items():
                shorter = min(len(words), len(other))
                if words[:shorter] == other[:shorter]:
                    return name, axis.name, key_of(words)
        seen |= dict.fromkeys(own, axis.name)
    return None
