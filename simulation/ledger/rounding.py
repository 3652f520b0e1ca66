"""Rounding: amounts as they are told, so that what is read still adds up.

Each number is rounded down or up to the next, never further, and so that all of them sum to the
rounded whole (largest remainders, as seats are shared out among parties).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

MOST_DIGITS = 4
CLEAR = 20
"""So many of the last digit's units the largest amount should be, for the parts to tell apart."""


class Told(NamedTuple):
    """The largest parts of a change, rounded.

    Attributes:
        parts: (name, amount), the largest first; none that is rounded to 0.
        rest: everything else together; 0 where nothing is left.
        whole: the change; exactly the sum of the parts and the rest, in units of the last digit.
        digits: decimals to which all are rounded.
    """

    parts: tuple[tuple[str, float], ...]
    rest: float
    whole: float
    digits: int

    def ends(self, before: float) -> tuple[float, float]:
        """Return a value before, rounded, and after: apart by the whole as it is told."""
        scale = 10**self.digits
        start = _units(before, self.digits)
        return start / scale, (start + round(self.whole * scale)) / scale


def digits_for(amounts: Sequence[float], least: int = 2) -> int:
    """Return how many decimals tell the amounts apart: `least`, or more where they are small."""
    largest = max((abs(amount) for amount in amounts), default=0.0)
    digits = least
    while 0.0 < largest * 10**digits < CLEAR and digits < MOST_DIGITS:
        digits += 1
    return digits if largest * 10**digits >= 1.0 else least


def _units(value: float, digits: int) -> int:
    return math.floor(value * float(10**digits) + 0.5)


def rounded(
    amounts: Sequence[float], digits: int, ends: tuple[float, float] | None = None
) -> tuple[list[int], int]:
    """Return amounts in units of the last digit, and their sum.

    The sum is the rounded sum of the amounts; with `ends`, the value before and after, it is that
    by which the two are apart when each is rounded for itself.
    """
    units = [amount * 10**digits for amount in amounts]
    down = [math.floor(unit) for unit in units]
    whole = math.floor(math.fsum(units) + 0.5)
    if ends is not None and units:
        apart = _units(ends[1], digits) - _units(ends[0], digits)
        whole = min(max(apart, sum(down)), sum(down) + len(down))
    by_remainder = sorted(range(len(units)), key=lambda n: (down[n] - units[n], n))
    for n in by_remainder[: whole - sum(down)]:
        down[n] += 1
    return down, whole


def told(
    parts: Sequence[tuple[str, float]],
    most: int = 4,
    digits: int | None = None,
    ends: tuple[float, float] | None = None,
) -> Told:
    """Return the largest parts by name, and everything else together.

    Args:
        parts: (name, amount), as from `Ledger.parts`.
        most: how many are named; one more where only one would be left.
        digits: decimals; as many as tell the amounts apart if None.
        ends: the value before and after; given these, both are told as each is rounded for itself,
            so that a value reads the same wherever it is told with as many decimals.
    """
    ordered = sorted(parts, key=lambda part: -abs(part[1]))
    most = len(ordered) if len(ordered) == most + 1 else most
    named, others = ordered[:most], ordered[most:]
    amounts = [amount for _, amount in named] + [math.fsum(amount for _, amount in others)]
    if digits is None:
        digits = digits_for(amounts)
    units, whole = rounded(amounts if others else amounts[:-1], digits, ends)
    scale = 10**digits
    rest = units.pop() if others else 0
    shown = [(name, unit / scale) for (name, _), unit in zip(named, units, strict=True) if unit]
    return Told(tuple(shown), rest / scale, whole / scale, digits)
