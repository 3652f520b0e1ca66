"""From when a change of settings holds: as early as the months that were shown allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.browser.session.course import Course, shared_months


def settled(course: Course, month: int, settings: Mapping[str, Any]) -> Course:
    """Return the course with settings in force as early as the months shown allow.

    What changes nothing of the months up to `month` holds from the start (an event still to come,
    or everything in month 0). Parameters that can change in the middle of a run do so from the
    next month. All else holds from the start, and the run is another one.

    Raises:
        InputError: for a key or a value that does not fit.
    """
    fresh = course
    for key, value in settings.items():
        fresh = fresh.setting(key, value)
    same = shared_months(course, fresh) >= month
    if month == 0 or same or not all(course.can_change_now(key) for key in settings):
        return fresh
    later = course
    for key, value in settings.items():
        if later.value_at(key, month) != value:
            later = later.from_month(month, key, value)
    return later
