"""Axis: a factor whose range is known, and the values it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from experiments.designs.declared import Factor, Level, Scale
from experiments.designs.laying import expanded
from experiments.designs.ranges import Setting, setting_at
from experiments.judge import OUTCOMES
from simulation.errors import InputError, nearest_name
from simulation.specification import Specification

SCENARIO = "scenario"
TAKEN = ("point", "arm", "replicate", "run", "pair", "status", "error", *OUTCOMES)
"""Columns of the table of outcomes that no factor may be called by."""


@dataclass(frozen=True)
class Axis:
    """A factor of a design, all that its declaration left open filled in.

    Attributes:
        name: its column in every table.
        keys: the settings that take its value; ("scenario",) where the scenario varies, () for
            named levels.
        label: its name for people.
        low, high: its range; None where it takes listed values.
        scale: how values spread from low to high.
        levels: how many values from low to high a grid tries.
        values: the values it takes, where they are listed; names for named levels.
        named: the named levels.
        when: the settings or earlier factors under which alone it varies.
        base: its value where it does not vary: that of the scenario; None where several differ.
        whole: whether its values are whole numbers.
        own_low, own_high: the setting's own range, where it has one.
        unit, meaning: what the setting's declaration says.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    low: float | None = None
    high: float | None = None
    scale: Scale = "even"
    levels: int = 2
    values: tuple[Any, ...] | None = None
    named: tuple[Level, ...] = ()
    when: Mapping[str, Any] = field(default_factory=dict)
    base: Any = None
    whole: bool = False
    own_low: float | None = None
    own_high: float | None = None
    unit: str = ""
    meaning: str = ""

    @property
    def key(self) -> str:
        """The first of the settings that take its value; its name where there is none."""
        return self.keys[0] if self.keys else self.name

    def at(self, unit: float) -> Any:
        """Return the value at a place from 0 to 1; listed values have equal slices of it."""
        if self.values is not None:
            return self.values[min(int(unit * len(self.values)), len(self.values) - 1)]
        low, high = self._ends()
        if self.whole:
            if self.scale == "log":
                return round(low * (high / low) ** unit)
            return min(int(low) + int(unit * (int(high) - int(low) + 1)), int(high))
        return self._between(unit)

    def grid(self) -> list[Any]:
        """Return the values that a grid tries, each once: those listed, or evenly spread ones."""
        if self.values is not None:
            return list(self.values)
        low, high = self._ends()
        if low == high:
            return [int(low) if self.whole else low]
        count = self.levels
        places = [n / (count - 1) for n in range(count)] if count > 1 else [0.5]
        found = [self._between(place) for place in places]
        return list(dict.fromkeys(round(v) for v in found)) if self.whole else found

    def settings(self, value: Any) -> dict[str, Any]:
        """Return what a value of this factor sets, by keys; nothing where the scenario varies."""
        for level in self.named:
            if level.name == value:
                return dict(level.settings)
        return {} if self.keys == (SCENARIO,) else dict.fromkeys(self.keys, value)

    def _between(self, unit: float) -> float:
        low, high = self._ends()
        log = self.scale == "log"
        value = float(low * (high / low) ** unit) if log else low + (high - low) * unit
        if low and high:  # sums like 0.1 + 0.2 end in a 3 that nobody meant
            value = float(f"{value:.14g}")
        return min(max(value, low), high)

    def _ends(self) -> tuple[float, float]:
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high


def axis_of(
    factor: Factor, number: int, specification: Specification, scenarios: Sequence[str]
) -> Axis:
    """Return a declared factor with its range filled in from where its setting is declared.

    Args:
        factor: the factor.
        number: its place among the factors, from 1, for messages.
        specification: the design's scenario with its fixed settings.
        scenarios: names of the scenarios that the design has loaded.

    Raises:
        InputError: it names no setting, its values contradict each other, or a range is missing.
    """
    here = f"factors[#{number}]" if factor.name is None else f"factors.{factor.name}"
    try:
        return _axis(factor, specification, scenarios)
    except InputError as error:
        key = f"{here}.{error.key}" if error.key else here
        raise InputError(
            error.problem,
            key=key,
            found=error.found,
            allowed=error.allowed,
            nearest=error.nearest,
            mend=error.mend,
        ) from None


def _axis(factor: Factor, specification: Specification, scenarios: Sequence[str]) -> Axis:
    named = factor.levels if isinstance(factor.levels, tuple) else ()
    keys = _keys(factor, named)
    name = factor.name or (keys[0] if keys else "")
    if not name:
        raise InputError("is missing", key="name", allowed="text of 1 to 60 characters")
    if name in TAKEN:
        raise InputError(
            "is the name of a column that every table of outcomes has",
            key="name",
            found=name,
            mend="choose another",
        )
    made: dict[str, Any] = {"name": name, "label": factor.label or name, "when": dict(factor.when)}
    if named:
        _no_range(factor, "named levels")
        for level in named:
            for key in level.settings:
                _known(key, specification)
        return Axis(keys=(), values=_once([n.name for n in named], "levels"), named=named, **made)
    if keys == (SCENARIO,):
        _no_range(factor, "scenarios")
        return Axis(
            keys=keys,
            values=_once([str(v) for v in factor.values or ()], "values"),
            base=scenarios[0],
            **made,
        )
    found = [
        setting_at(specification, words) for key in keys for words in expanded(key, specification)
    ]
    made |= {"keys": keys, "base": _same([s.value for s in found])}
    made |= {"unit": found[0].unit, "meaning": found[0].meaning}
    return _ranged(factor, found, made)


def _ranged(factor: Factor, found: list[Setting], made: dict[str, Any]) -> Axis:
    """Return the axis of settings, over the values that are listed or over a range."""
    own_low = max((s.low for s in found if s.low is not None), default=None)
    own_high = min((s.high for s in found if s.high is not None), default=None)
    made |= {"own_low": own_low, "own_high": own_high}
    values: tuple[Any, ...] | None = factor.values
    listable = found[0].choices or (False, True)
    stated = factor.low is not None or factor.high is not None or isinstance(factor.levels, int)
    if values is None and not stated and (found[0].choices or not found[0].number):
        if not found[0].choices:
            raise InputError("is missing", key="values", allowed="a list of values")
        values = listable
    if values is not None:
        _no_range(factor, "values")
        whole = all(s.whole for s in found)
        listed = _once([as_whole(v) if whole else v for v in values], "values")
        return Axis(values=listed, whole=whole, **made)
    if not found[0].number:
        raise InputError(
            "has no range: it is no number", allowed=f"values = {list(listable)}", mend="list them"
        )
    low = own_low if factor.low is None else factor.low
    high = own_high if factor.high is None else factor.high
    whole = all(s.whole for s in found)
    _check_range(low, high, whole, factor.scale)
    levels = factor.levels if isinstance(factor.levels, int) else 2
    return Axis(low=low, high=high, scale=factor.scale, levels=levels, whole=whole, **made)


def as_whole(value: Any) -> Any:
    """Return a number such as 12.0 as the whole number that it is; all else as it stands."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _check_range(low: float | None, high: float | None, whole: bool, scale: Scale) -> None:
    for key, end in (("low", low), ("high", high)):
        if end is None:
            raise InputError(
                "is missing: the setting has no range of its own to vary over",
                key=key,
                allowed="a whole number" if whole else "a number",
            )
        if whole and not float(end).is_integer():
            raise InputError("wrong type", key=key, found=end, allowed="a whole number")
    assert low is not None
    assert high is not None
    if low > high:
        raise InputError("must not exceed high", key="low", found=low, allowed=f"up to {high:g}")
    if not math.isfinite(high - low):
        raise InputError("the range is too wide", key="high", found=high)
    if scale == "log" and low <= 0:
        raise InputError(
            "a logarithmic scale begins above 0", key="low", found=low, allowed="a number, above 0"
        )


def _keys(factor: Factor, named: tuple[Level, ...]) -> tuple[str, ...]:
    """Return the keys that a factor varies, however they are stated."""
    if factor.key is not None and factor.keys:
        raise InputError("is given beside keys", key="key", mend="keep one of them")
    keys = (factor.key,) if factor.key is not None else factor.keys
    if named and keys:
        raise InputError(
            "named levels carry their own settings", key="key", mend="leave it out, or use values"
        )
    if not named and not keys:
        near = nearest_name(factor.name or "", [SCENARIO])
        raise InputError(
            "is missing",
            key="key",
            allowed='a key of --set such as "activation.rate", or "scenario"',
            nearest=near,
        )
    if SCENARIO in keys and len(keys) > 1:
        raise InputError("the scenario cannot vary together with a setting", key="keys")
    return keys


def _no_range(factor: Factor, what: str) -> None:
    """Refuse a range beside listed values."""
    given = {"low": factor.low, "high": factor.high}
    if isinstance(factor.levels, int):
        given["levels"] = factor.levels
    if what == "named levels":
        given["values"] = None if factor.values is None else len(factor.values)
    for key, value in given.items():
        if value is not None:
            raise InputError(f"means nothing beside {what}", key=key, found=value)


def _once(values: Sequence[Any], key: str) -> tuple[Any, ...]:
    """Return listed values; there is one at least, and none comes twice."""
    if not values:
        raise InputError("too few entries", key=key, allowed="a list of at least 1 entry")
    seen: list[Any] = []
    for value in values:
        if value in seen and any(type(value) is type(s) for s in seen if s == value):
            raise InputError("a value comes twice", key=key, found=value)
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError("not a finite number", key=key, found=value)
        seen.append(value)
    return tuple(values)


def _known(key: str, specification: Specification) -> None:
    """Refuse a key that the scenario does not have."""
    for words in expanded(key, specification):
        setting_at(specification, words)


def _same(values: Sequence[Any]) -> Any:
    return values[0] if all(value == values[0] for value in values) else None
