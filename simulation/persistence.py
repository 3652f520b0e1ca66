"""What remains after a push: sustained gains, and other ways of asking the same question.

Months are whole numbers and need not start at zero. `push_end` is the first month *without* the
push (its start + its duration). A verdict that the series is too short to show is **None**, never
False: "not observable" is not "no".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from simulation.errors import InputError
from simulation.vectors import ROUNDING, Floats, Integers, same_length, vector

FLOOR = 0.03
"""Least gain, in units of well-being, that counts as sustained."""


@dataclass(frozen=True, slots=True)
class Sustained:
    """Whether a gain outlasted the push.

    Attributes:
        sustained: the verdict, or None where the series does not cover both windows.
        gain_after: mean gain around the horizon; nan where not observable.
        gain_during: mean gain in the push's last 12 months; nan where not observable.
        required: what `gain_after` has to reach; nan where not observable.
    """

    sustained: bool | None
    gain_after: float
    gain_during: float
    required: float

    @property
    def observable(self) -> bool:
        """Tell whether the series is long enough for a verdict."""
        return self.sustained is not None


class Survival(NamedTuple):
    """Months from the start of counting until the end came; `censored` if it was not seen."""

    months: int
    censored: bool


def sustained(
    gain: ArrayLike,
    months: ArrayLike,
    push_end: int,
    *,
    after: int = 24,
    push_start: int | None = None,
    floor: float = FLOOR,
    share: float = 0.5,
    window: int = 6,
) -> Sustained:
    """Tell whether the gain is still there some months after the push.

    Sustained iff mean E over months `push_end + after` ± `window` is at least max(`floor`,
    `share` · mean E over the push's last 12 months). Not observable (`sustained` None, numbers
    nan) where the series starts after the first window, ends before the last month of the second,
    or has a missing value in either.

    Args:
        gain: E by recorded month, as from `equity_gain`.
        months: the recorded months, ascending, one per value.
        push_end: first month without the push.
        after: months from the end of the push to the verdict (12, 24 and 48 are reported).
        push_start: first month of the push; say it where the push is shorter than 12 months, so
            that months before it are not counted as part of it.
        floor: least gain that counts, in well-being.
        share: share of the gain during the push that has to remain.
        window: months on either side that are averaged.

    Raises:
        InputError: months do not ascend or do not match, the push ends before it starts, or
            the window reaches back into the push.
    """
    values, when = _series(gain, months)
    if after < window or window < 0:
        raise InputError(
            "the window reaches back into the push", found=after, allowed=f">= {window}"
        )
    during = _mean_between(values, when, _last_year_of_push(push_start, push_end), push_end - 1)
    middle = push_end + after
    later = _mean_between(values, when, middle - window, middle + window)
    if math.isnan(during) or math.isnan(later):
        return Sustained(None, math.nan, math.nan, math.nan)
    required = max(floor, share * during)
    return Sustained(later >= required - ROUNDING, later, during, required)


def months_above(
    gain: ArrayLike,
    months: ArrayLike,
    push_end: int,
    *,
    push_start: int | None = None,
    share: float = 0.5,
) -> int | None:
    """Return how many recorded months after the push lie above half its last year's mean gain.

    None where the push's last year is not covered; 0 where there was no gain to keep (mean ≤ 0).
    Arguments and errors as in `sustained`.
    """
    values, when = _series(gain, months)
    during = _mean_between(values, when, _last_year_of_push(push_start, push_end), push_end - 1)
    if math.isnan(during):
        return None
    if during <= 0.0:
        return 0
    return int(np.count_nonzero(values[when >= push_end] > share * during + ROUNDING))


def survival_time(
    gain: ArrayLike,
    months: ArrayLike,
    push_end: int,
    *,
    push_start: int | None = None,
    floor: float = FLOOR,
    share: float = 0.5,
) -> Survival | None:
    """Return how long after the push the gain first falls below what `sustained` requires.

    Counted in months from `push_end`: 0 where it is short in the first month already. Where it
    never falls, the months seen, censored. A missing value ends what is seen. None where the push's
    last year, or every month after it, is not covered. Arguments and errors as in `sustained`.
    """
    values, when = _series(gain, months)
    during = _mean_between(values, when, _last_year_of_push(push_start, push_end), push_end - 1)
    later = when >= push_end
    values, when = values[later], when[later]
    missing = np.flatnonzero(np.isnan(values))
    if len(missing):
        values, when = values[: missing[0]], when[: missing[0]]
    if math.isnan(during) or not len(values):
        return None
    short = np.flatnonzero(values < max(floor, share * during) - ROUNDING)
    if len(short):
        return Survival(int(when[short[0]]) - push_end, censored=False)
    return Survival(int(when[-1]) - push_end + 1, censored=True)


def jointly_active(
    active: ArrayLike, months: ArrayLike, push_end: int, *, after: int = 24, least: int = 3
) -> bool | None:
    """Tell whether at least `least` institutions still act together `after` months past the push.

    The number active is averaged over ± 6 months, as in `sustained`. None where not covered.
    """
    values, when = _series(active, months)
    middle = push_end + after
    mean = _mean_between(values, when, middle - 6, middle + 6)
    return None if math.isnan(mean) else mean >= least - ROUNDING


def coalition_survival(
    active: ArrayLike, months: ArrayLike, since: int = 0, *, least: int = 3, spell: int = 12
) -> Survival | None:
    """Return how long a coalition lasted: until too few acted together for a whole year.

    A coalition ends in the first of `spell` recorded months in a row, from `since` on, in which
    fewer than `least` institutions were jointly active. Where there is no such spell, the months
    seen, censored; a spell that the series is too short to show does not count as an end. A missing
    value ends what is seen. None where the series does not reach `since`.

    Args:
        active: institutions jointly active by recorded month.
        months: the recorded months, ascending, one per value.
        since: month from which survival is counted.
        least: how many make a coalition.
        spell: months in a row without a coalition that make an end of it.

    Raises:
        InputError: months do not ascend or do not match, or the spell is no month long.
    """
    values, when = _series(active, months)
    if spell < 1:
        raise InputError("an end takes a month at least", found=spell, allowed=">= 1")
    later = when >= since
    values, when = values[later], when[later]
    missing = np.flatnonzero(np.isnan(values))
    if len(missing):
        values, when = values[: missing[0]], when[: missing[0]]
    if not len(values):
        return None
    few = 0
    for n, value in enumerate(values):
        few = few + 1 if value < least - ROUNDING else 0
        if few == spell:
            return Survival(int(when[n - spell + 1]) - since, censored=False)
    return Survival(int(when[-1]) - since + 1, censored=True)


def _series(values: ArrayLike, months: ArrayLike) -> tuple[Floats, Integers]:
    series, when = vector(values, "gain"), np.asarray(months)
    same_length(series, when, "series and months")
    if when.size and (when.dtype.kind not in "iu" or (np.diff(when.astype(np.int64)) <= 0).any()):
        raise InputError("months must be whole numbers, each later than the one before")
    return series, when.astype(np.int64)


def _last_year_of_push(push_start: int | None, push_end: int) -> int:
    """Return the first month of the push's last 12, or of the push if it was shorter."""
    if push_start is None:
        return push_end - 12
    if push_start >= push_end:
        raise InputError("the push must end after it starts", found=(push_start, push_end))
    return max(push_start, push_end - 12)


def _mean_between(values: Floats, when: Integers, first: int, last: int) -> float:
    """Return the mean over months first … last, nan unless the series reaches across them."""
    if not len(when) or when[0] > first or when[-1] < last:
        return math.nan
    inside = values[(when >= first) & (when <= last)]
    return float(inside.mean()) if len(inside) else math.nan
