"""Past: up to which month two courses are the same run.

Judged by what the specifications hold, so that no caller can be mistaken about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simulation.fingerprint import WORDS
from simulation.specification import Specification

if TYPE_CHECKING:
    from simulation.browser.session.course import Course


def shared_months(one: Course, two: Course) -> int:
    """Return up to which month two courses are the same run; -1 where not even the start is."""
    if one.luck != two.luck:
        return -1
    return shared_past(one.specification(), two.specification())


def shared_past(a: Specification, b: Specification) -> int:
    """Return up to which month two specifications are the same run on the same luck."""
    if a is b or a == b:
        return a.months
    if _all_but_events(a) != _all_but_events(b):
        return -1
    months = [a.months, b.months]
    last = min(months) if a.months == b.months else min(months) - 1
    return min([last, *_first_differences(a.events, b.events)])


def _all_but_events(specification: Specification) -> dict[str, Any]:
    """Return what decides the numbers of a run, beside its timeline, its length and its luck."""
    data = specification.data()
    for key in ("events", "months", "seed", "choices", *WORDS):
        data.pop(key, None)
    return data


def _first_differences(one: tuple[Any, ...], two: tuple[Any, ...]) -> Iterator[int]:
    """Yield, for everything in which two timelines differ, the last month before it shows."""
    a, b = {e.id: e for e in one}, {e.id: e for e in two}
    for name in a.keys() ^ b.keys():
        yield (a.get(name) or b[name]).month - 1
    common = [name for name in a if name in b]
    for name in common:
        if a[name] != b[name]:
            yield _differs_after(a[name], b[name])
    if common != [name for name in b if name in a]:
        yield min(a[name].month for name in common) - 1


def _differs_after(one: Any, two: Any) -> int:
    """Return the last month in which two events of one id do the same."""
    same = {"duration": 1}
    ends: list[int] = [one.last, two.last]
    if one.model_copy(update=same) == two.model_copy(update=same):
        return min(ends)
    begins: list[int] = [one.month, two.month]
    return min(begins) - 1
