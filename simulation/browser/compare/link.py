"""Links to two towns side by side: each is told as a link to Play would tell it."""

from __future__ import annotations

from urllib.parse import parse_qs

from simulation.browser.session import share
from simulation.browser.session.course import Course
from simulation.errors import InputError

VERSION = "1"
PATH = "/compare"
KEYS = {"v", "a", "b", "month", "story", "step", "view"}
"""Keys of a link to Compare; `story` and `step` name the step of a guided story that opened it."""


def compare_link(a: Course, b: Course, month: int = 0) -> str:
    """Return the address, without the host, that opens two courses beside each other at a month.

    Raises:
        InputError: where a course cannot be told in a link, as `share.to_query` does.
    """
    return f"{PATH}?{share.pair_to_query(a, b, month)}"


def read_link(query: str) -> tuple[Course, Course, int]:
    """Return the two courses and the month that a link names; what `compare_link` made.

    Args:
        query: what stands behind the "?"; the "?" itself, or the whole address, may be there too.

    Raises:
        InputError: naming what in the link cannot be read.
    """
    found = parse_qs(_bare(query), keep_blank_values=True)
    unknown = set(found) - KEYS
    if unknown:
        raise InputError(
            "unknown key in the link", key=min(unknown), allowed=", ".join(sorted(KEYS))
        )
    twice = [name for name, values in found.items() if len(values) > 1]
    if twice:
        raise InputError("stands twice in the link", key=twice[0])
    told = {name: values[0] for name, values in found.items()}
    if told.get("v") != VERSION:
        raise InputError(
            "this link is of another version", key="v", found=told.get("v"), allowed=VERSION
        )
    missing = [name for name in ("a", "b") if not told.get(name)]
    if missing:
        raise InputError("a comparison needs two towns", key=missing[0])
    a, b = (_course(told[name], name) for name in ("a", "b"))
    return a, b, _month(told.get("month", "0"), min(a.months, b.months))


def names_towns(query: str) -> bool:
    """Return whether an address of this page names two towns at all."""
    return bool({"a", "b", "v"} & set(parse_qs(_bare(query), keep_blank_values=True)))


def _course(text: str, name: str) -> Course:
    try:
        course = share.from_query(text).course
        course.specification()
    except InputError as error:
        key = f"{name}: {error.key}" if error.key else name
        raise InputError(
            error.problem, file=error.file, key=key, found=error.found, allowed=error.allowed,
            nearest=error.nearest, mend=error.mend,
        ) from None  # fmt: skip
    return course


def _month(text: str, last: int) -> int:
    if not text.isdecimal() or int(text) > last:
        raise InputError("no such month", key="month", found=text, allowed=f"0 to {last}")
    return int(text)


def _bare(query: str) -> str:
    """Return what stands behind the question mark."""
    whole = query.startswith(("/", "http://", "https://", "?"))
    return query.partition("?")[2] if whole else query
