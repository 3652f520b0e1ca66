"""Small towns for the tests of the page's sessions."""

from functools import cache

from simulation.browser.session.base import Base
from simulation.browser.session.course import Course

TOWN = """
schema = 1
extends = "demo"
title = "A small town"
months = 60

[[groups]]
name = "north"
size = 36

[[groups]]
name = "south"
size = 28

[[events]]
id = "grant"
title = "A grant"
month = 5
duration = 16

[[events]]
id = "listening"
month = 6
duration = 6

[[events]]
id = "leader"
month = 12

[parameters.housing]
base_turnover = 0.02
rewiring = 0.05
"""


@cache
def town(months: int = 60) -> Course:
    """Return a town of 64 people in which much moves, as a visitor might bring it."""
    return Course.open(Base("small town", TOWN), months=months)


def shipped(months: int = 36) -> Course:
    """Return the demo with fewer people and an earlier grant, so that it can be shared."""
    return (
        Course.open("demo", months=months)
        .setting("groups.north.size", 30)
        .setting("groups.south.size", 30)
        .setting("events.grant.month", 4)
        .setting("events.grant.duration", 10)
    )
