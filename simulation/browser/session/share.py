"""Share: a course as a link, readable, and back again exactly.

    v=1&scenario=demo&seed=5&months=240&set=activation.rate=0.3&event=kind=crisis;month=30&month=42

`set`, `event` and `remove` may stand several times. Values are written as in JSON, words bare where
nothing else could be meant. Inside `set` and `event` the signs % = ; are themselves percent-encoded
where they do not divide. Keys that are not the link's own (a view, a prediction) are handed on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus, unquote

import scenarios
from scenarios.reading import plain
from simulation.browser.session.base import Base
from simulation.browser.session.course import Course
from simulation.errors import InputError, nearest_name

VERSION = "1"
LONGEST = 8_000
"""Characters of a link that every browser and chat program takes."""
MOST_PEOPLE = 20_000
MOST_MONTHS = 2_400
"""A link opens no larger community and no longer run: it may come from anybody."""

SINGLE = ("v", "scenario", "seed", "months", "replicate", "month")
SEVERAL = ("set", "event", "remove")
PLACE = "link"
READABLE = ":;=,.()[]"
"""Signs that stay as they are in a link."""


@dataclass(frozen=True)
class Shared:
    """What a link says; unpacks as course and month.

    Attributes:
        course: the run.
        month: the month to show.
        extra: further keys of the link.
    """

    course: Course
    month: int = 0
    extra: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.course, self.month))


# ---------------------------------------------------------------------------------- writing


def to_query(course: Course, month: int = 0, extra: Mapping[str, str] | None = None) -> str:
    """Return what stands behind the question mark of a link to a course.

    Args:
        course: the run.
        month: the month to show.
        extra: further keys, such as a view; none of the link's own.

    Raises:
        InputError: where a link cannot say it: the scenario is the visitor's own, whose data stay
            on their machine, or there is too much of it.
    """
    if not course.base.shipped:
        raise InputError(
            "a community of your own stays on this machine and cannot be sent as a link",
            key="scenario",
            mend="send the scenario file or the replay instead",
        )
    parts = [("v", VERSION), ("scenario", course.base.name)]
    parts += [("seed", str(course.seed)), ("months", str(course.months))]
    if course.replicate:
        parts.append(("replicate", str(course.replicate)))
    parts += [("set", f"{_escaped(key)}={_written(value)}") for key, value in course.changes]
    parts += [("event", _event(event)) for event in course.events]
    parts += [("remove", name) for name in course.removed]
    if month:
        parts.append(("month", str(int(month))))
    for key, value in (extra or {}).items():
        if key in SINGLE + SEVERAL:
            raise InputError("this key of a link is taken", key=key)
        parts.append((key, str(value)))
    query = _joined(parts)
    if len(query) > LONGEST:
        raise InputError(
            "too much was changed for a link",
            found=f"{len(query)} characters",
            allowed=f"up to {LONGEST}",
            mend="send the scenario file instead",
        )
    return query


def pair_to_query(a: Course, b: Course, month: int = 0) -> str:
    """Return the query that opens two courses beside each other.

    Raises:
        InputError: as `to_query` does.
    """
    parts = [("v", VERSION), ("a", to_query(a)), ("b", to_query(b))]
    return _joined([*parts, ("month", str(int(month)))] if month else parts)


def _joined(parts: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote_plus(k)}={quote_plus(v, safe=READABLE)}" for k, v in parts)


def _event(event: Mapping[str, Any]) -> str:
    return ";".join(f"{key}={_written(value)}" for key, value in _flat(plain(event)))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the entries of nested tables under keys with dots; empty tables as they are."""
    for name, value in table.items():
        key = above + _escaped(str(name)).replace(".", "%2E")
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _written(value: Any) -> str:
    """Return a value as JSON, or bare where it is a word that JSON would not read as anything."""
    value = plain(value)
    if isinstance(value, str) and value and _read_json(value) is _NOTHING:
        return _escaped(value)
    return _escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace(";", "%3B").replace("=", "%3D")


# ---------------------------------------------------------------------------------- reading


def from_query(query: str) -> Shared:
    """Return what a link says; a whole address may be given too.

    Raises:
        InputError: in one line, for a link of another version, a scenario that is not there, or
            anything in it that does not fit.
    """
    if len(query) > LONGEST + 1_000:
        raise InputError("is too long for a link", file=PLACE, found=f"{len(query)} characters")
    text = query.partition("?")[2] if "?" in query.partition("&")[0] else query
    single, several, extra = _sorted(parse_qsl(text, keep_blank_values=True, max_num_fields=1_000))
    if single.get("v") != VERSION:
        raise InputError(
            "is not of this version of Kindling",
            file=PLACE,
            key="v",
            found=single.get("v"),
            allowed=VERSION,
        )
    name = single.get("scenario", "")
    if name not in scenarios.names():
        raise InputError(
            "no shipped scenario has this name",
            file=PLACE,
            key="scenario",
            found=name,
            nearest=nearest_name(name, scenarios.names()),
        )
    course = _course(name, single, several)
    month = _number(single, "month", 0, 0, course.months)
    return Shared(course, month, extra)


def _course(name: str, single: dict[str, str], several: dict[str, list[str]]) -> Course:
    try:
        start = Course.open(Base(name))
        changes = tuple(_setting(text) for text in several["set"])
        course = Course(
            base=start.base,
            seed=_number(single, "seed", start.seed, 0, 2**63 - 1),
            months=_number(single, "months", start.months, 1, MOST_MONTHS),
            changes=changes,
            events=tuple(_read_event(text) for text in several["event"]),
            removed=tuple(several["remove"]),
            replicate=_number(single, "replicate", 0, 0, 10**6),
        )
        size = course.specification().size
    except InputError as error:
        raise error.at(file=PLACE) from None
    if size > MOST_PEOPLE:
        raise InputError(
            "is larger than what a link may open",
            file=PLACE,
            key="groups",
            found=size,
            allowed=f"up to {MOST_PEOPLE} residents",
        )
    return course


def _sorted(
    parts: list[tuple[str, str]],
) -> tuple[dict[str, str], dict[str, list[str]], dict[str, str]]:
    """Tell the link's own keys, those that stand several times, and all others apart."""
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {key: [] for key in SEVERAL}
    extra: dict[str, str] = {}
    for key, value in parts:
        if key in several:
            several[key].append(value)
        elif key in single:
            raise InputError("stands twice in the link", file=PLACE, key=key)
        elif key in SINGLE:
            single[key] = value
        else:
            extra[key] = value
    return single, several, extra


def _number(single: dict[str, str], key: str, otherwise: int, low: int, high: int) -> int:
    text = single.get(key)
    if text is None:
        return otherwise
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
    if not low <= number <= high:
        raise InputError(
            "out of range", file=PLACE, key=key, found=text, allowed=f"{low} to {high}"
        )
    return number


def _setting(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise InputError("a setting is written key=value", file=PLACE, key="set", found=text)
    return unquote(key), _value(value)


def _read_event(text: str) -> dict[str, Any]:
    event: dict[str, Any] = {}
    for part in text.split(";"):
        key, equals, value = part.partition("=")
        if not equals or not key:
            raise InputError(
                "an event is written key=value;key=value", file=PLACE, key="event", found=part
            )
        inner = event
        *above, last = (unquote(word) for word in key.split("."))
        for word in above:
            inner = inner.setdefault(word, {})
            if not isinstance(inner, dict):
                raise InputError("stands twice in an event", file=PLACE, key=f"event.{word}")
        if last in inner:
            raise InputError("stands twice in an event", file=PLACE, key=f"event.{last}")
        inner[last] = _value(value)
    if not isinstance(event.get("id"), str):
        raise InputError("an event needs an id", file=PLACE, key="event", found=event.get("id"))
    return event


_NOTHING = object()


def _value(text: str) -> Any:
    bare = unquote(text)
    read = _read_json(bare)
    return bare if read is _NOTHING else read


def _read_json(text: str) -> Any:
    """Return what JSON makes of a text, `_NOTHING` where it makes nothing of it."""
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return _NOTHING


def _refused(word: str) -> Any:
    raise ValueError(word)
