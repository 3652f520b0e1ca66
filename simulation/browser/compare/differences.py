"""What differs between two towns, in plain words, and what is the same.

The words come from where things are declared: the meaning of a parameter, the description of a
setting, the title of an event, the question and the answers of a choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

from pydantic import BaseModel

from experiments.compare import spent
from scenarios.problems import ENTRY_KEYS
from scenarios.settings import changes_of
from simulation import specification as declared
from simulation.browser.compare.pair import ABOUT, shared
from simulation.browser.play.choices import in_force, option_words
from simulation.browser.session.course import Course
from simulation.browser.session.log import title_of
from simulation.browser.words import say
from simulation.parameters import all_parameters
from simulation.specification import Specification

APART = ("schema", *ABOUT, "events", "seed")
"""Keys that are not told setting by setting."""

TABLES: dict[str, type[BaseModel]] = {
    "groups": declared.Group,
    "places": declared.Place,
    "institutions": declared.Institution,
    "connectors": declared.ConnectorTeam,
    "ties": declared.Ties,
    "people": declared.People,
    "services": declared.Services,
    "partners": declared.Partners,
    "measures": declared.Measures,
}
"""Where the settings of a table are declared."""

SAME = {
    "people": ("groups", "places", "people"),
    "ties": ("ties", "services", "partners"),
    "institutions": ("institutions", "connectors"),
    "rules": ("parameters", "month"),
}
"""What may be the same, and the keys of a scenario that say whether it is."""

Path_ = tuple[str, ...]


class Difference(NamedTuple):
    """One thing in which B is not as A.

    Attributes:
        kind: "choice", "event" or "setting".
        text: the difference in words.
        a: what stands for it in the title of A.
        b: what stands for it in the title of B.
    """

    kind: str
    text: str
    a: str
    b: str

    @classmethod
    def between(cls, kind: str, key: str, what: str, a: str, b: str) -> Self:
        """Return two values of one thing, told in the words of a key."""
        sides = (say("compare.differs.side", what=what, value=value) for value in (a, b))
        return cls(kind, say(f"compare.differs.{key}", what=what, a=a, b=b), *sides)

    @classmethod
    def only(cls, kind: str, town: str, what: str, short: str) -> Self:
        """Return what only one of the towns has."""
        has, lacks = (say(f"compare.differs.{way}", what=short) for way in ("with", "without"))
        text = say("compare.differs.only", town=town, what=what)
        return cls(kind, text, *((has, lacks) if town == "A" else (lacks, has)))


class Differences(NamedTuple):
    """All that differs, and what does not.

    Attributes:
        told: the differences, the plainest first.
        same: sentences on what is the same, and on what of it is not.
        until: last month in which both are the same town; -1 where they differ from the start.
    """

    told: tuple[Difference, ...]
    same: tuple[str, ...]
    until: int


def differences(a: Course, b: Course) -> Differences:
    """Return what differs between two towns."""
    one, two = a.specification(), b.specification()
    settings = dict(_settings(one, two))
    choices, said = _choices(a, b)
    for path in [p for p in settings if any(_names(words, p) for words in said)]:
        del settings[path]
    events = list(_events(one, two, said))
    told = [*choices, *events, *settings.values()]
    until = shared(one, two) if a.luck == b.luck else -1
    return Differences(tuple(told), tuple(_same(a, b, until, bool(told))), until)


# ---------------------------------------------------------------------------- setting by setting


def _settings(one: Specification, two: Specification) -> Iterator[tuple[Path_, Difference]]:
    """Yield the settings that differ by path, each in words."""
    first, second = dict(_flat(one.data())), dict(_flat(two.data()))
    gone = _entries(one, two)
    for told in gone.values():
        yield (told.text,), told
    for path in dict.fromkeys([*first, *second]):
        if path[0] in APART or path[:2] in gone or first.get(path) == second.get(path):
            continue
        values = (_value(data.get(path), path) for data in (first, second))
        yield path, Difference.between("setting", "setting", _meaning(path), *values)


def _flat(data: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Yield every value by its path; entries of a list are known by their names."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _flat(value, (*path, str(key)))
    elif len(path) == 1 and path[0] in ENTRY_KEYS and isinstance(data, list):
        name = ENTRY_KEYS[path[0]]
        for entry in data:
            yield from _flat(entry, (*path, str(entry.get(name, ""))))
    else:
        yield path, data


def _entries(one: Specification, two: Specification) -> dict[Path_, Difference]:
    """Return groups, places, institutions and teams that only one of the towns has."""
    found: dict[Path_, Difference] = {}
    for table in ("groups", "places", "institutions", "connectors"):
        a, b = ({str(entry.name) for entry in getattr(s, table)} for s in (one, two))
        for town, mine, other in (("A", a, b), ("B", b, a)):
            for name in sorted(mine - other):
                words = say(f"compare.differs.table.{table}", name=name)
                found[table, name] = Difference.only("setting", town, words, words)
    return found


def _meaning(path: Path_) -> str:
    """Return what a setting is, as it is declared."""
    table, *rest = path
    if table == "parameters" and len(rest) == 2:
        if rest[1] == "enabled":
            return say("compare.differs.process", process=rest[0].replace("_", " "))
        return _capital(_parameters().get(".".join(rest), rest[1]))
    if table not in TABLES:
        fields = Specification.model_fields
        text = (fields[table].description if table in fields else "") or table
        return _capital(text)
    name = rest.pop(0) if table in ENTRY_KEYS and len(rest) > 1 else ""
    fields = TABLES[table].model_fields
    field = fields.get(rest[0])
    text = (field.description if field else "") or rest[0].replace("_", " ")
    if len(rest) > 1:
        text = say("compare.differs.part", what=text, part=" ".join(rest[1:]))
    if not name:
        return _capital(text)
    words = say(f"compare.differs.table.{table}", name=name)
    return _capital(say("compare.differs.of", what=text, owner=words))


@cache
def _parameters() -> dict[str, str]:
    return {p.key: p.meaning for p in all_parameters()}


def _value(value: Any, path: Path_ = ()) -> str:
    """Return a value as people read it."""
    if value is None or value == "" or value == []:
        return say("compare.differs.nothing")
    if isinstance(value, bool):
        return say("compare.differs.yes" if value else "compare.differs.no")
    if isinstance(value, int | float):
        return f"{value:,.6g}" if abs(value) < 1e15 else str(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(inner)}" for key, inner in value.items() if inner)
    if isinstance(value, list | tuple):
        return ", ".join(_value(inner) for inner in value)
    text = str(value)
    return Path(text).name if path and path[-1] == "path" else text.replace("_", " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# ------------------------------------------------------------------------------------ choices


def _choices(a: Course, b: Course) -> tuple[list[Difference], list[Path_]]:
    """Return the choices that were answered otherwise, and the settings that this says."""
    one, two = a.specification(), b.specification()
    known = {choice.name: choice for choice in two.choices}
    told: list[Difference] = []
    said: list[Path_] = []
    for choice in one.choices:
        if known.get(choice.name) != choice:
            continue
        first, second = in_force(a, choice, 0), in_force(b, choice, 0)
        if first is None or second is None or first == second:
            continue
        said += [change.words for change in changes_of(dict(choice.options[0].settings))]
        words = option_words(choice)
        told.append(
            Difference.between("choice", "choice", choice.title, words[first], words[second])
        )
    return told, said


def _names(words: tuple[str, ...], path: Path_) -> bool:
    """Return whether the words of a setting's key mean the setting at a path; * means any."""
    end = path[-len(words) :]
    return len(end) == len(words) and all(w in ("*", p) for w, p in zip(words, end, strict=True))


# ------------------------------------------------------------------------------------- events


def _events(one: Specification, two: Specification, said: list[Path_]) -> Iterator[Difference]:
    """Yield the events that only one town has, and those that are not alike, in words.

    Args:
        one: the specification of A.
        two: that of B.
        said: settings that have been told already.
    """
    first, second = ({e.id: e for e in s.events} for s in (one, two))
    for name, event in first.items():
        other = second.get(name)
        if other is None or other.kind != event.kind:
            yield _only("A", event, one.months)
        elif other != event:
            known = {words[-1] for words in said if words[:-1] == ("events", name)}
            told = list(_changed(event, other, known))
            if told:
                title = title_of(event)
                text = say(
                    "compare.differs.event", title=title, how="; ".join(t.text for t in told)
                )
                sides = (
                    say("compare.differs.side", what=title, value=side)
                    for side in (told[0].a, told[0].b)
                )
                yield Difference("event", text, *sides)
    for name, event in second.items():
        if name not in first or first[name].kind != event.kind:
            yield _only("B", event, two.months)


def _only(town: str, event: Any, months: int) -> Difference:
    title = title_of(event)
    what = say("compare.differs.happening", title=title, when=when(event, months))
    return Difference.only("event", town, what, say("compare.differs.quoted", title=title))


def when(event: Any, months: int) -> str:
    """Return in which months an event acts, in words."""
    if event.last >= months and event.last > event.first:
        return say("compare.differs.from", month=event.first)
    if event.last == event.first:
        return say("compare.differs.month", month=event.first)
    return say("compare.differs.months", first=event.first, last=event.last)


def _changed(one: Any, two: Any, said: set[str]) -> Iterator[Difference]:
    """Yield what is not alike in two events of one id; not what they are called, or was said."""
    first, second = one.model_dump(mode="json"), two.model_dump(mode="json")
    for key in dict.fromkeys([*first, *second]):
        if key in ("id", "title", "kind", *said) or first.get(key) == second.get(key):
            continue
        field = type(one).model_fields.get(key)
        what = (field.description if field else "") or key
        values = (_value(data.get(key)) for data in (first, second))
        yield Difference.between("event", "part_of_event", what, *values)


# ------------------------------------------------------------------------------ what is the same


def _same(a: Course, b: Course, until: int, differ: bool) -> Iterator[str]:
    """Yield sentences on what the towns share."""
    one, two = a.specification(), b.specification()
    first, second = one.data(), two.data()
    lucky = a.luck == b.luck and one.generator == two.generator
    yield say("compare.same.luck" if lucky else "compare.same.no_luck")
    alike = [k for k, keys in SAME.items() if all(first.get(x) == second.get(x) for x in keys)]
    if alike:
        words = [say(f"compare.same.{name}") for name in alike]
        yield _capital(say("compare.same.alike", what=_listed(words)))
    if _people(one) != _people(two):
        yield say("compare.same.other_people")
    if differ and until > 0:
        yield say("compare.same.until", month=until)
    money = [spent(s) for s in (one, two)]
    if abs(money[0] - money[1]) > 1e-9 * max(money):
        yield say("compare.same.money", a=f"{money[0]:,.4g}", b=f"{money[1]:,.4g}")
    elif max(money) > 0:
        yield say("compare.same.same_money", a=f"{money[0]:,.4g}")


def _people(specification: Specification) -> Any:
    """Return what decides who is who: names and sizes of groups, places, a file of residents."""
    s = specification
    return [(g.name, g.size) for g in s.groups], s.places, s.people


def _listed(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return say("compare.same.list", first=", ".join(words[:-1]), last=words[-1])
