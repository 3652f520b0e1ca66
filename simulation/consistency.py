"""Consistency: what must hold between the parts of a scenario.

Types, ranges and unknown keys are refused where a setting is declared. Here stands what no part can
know alone: that names are unique, that references point to something, and that the numbers can be
met together. Every refusal says which key it is about, in the words of `--set`
(`events.push.groups`), what was found and what is allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from simulation.errors import InputError, nearest_name
from simulation.spaces import Space, is_implicit
from simulation.spaces.geometry import radius
from simulation.spaces.grids import shape
from simulation.spaces.networks import block_probabilities
from simulation.state import HOMES, OUTSIDER_IDS

if TYPE_CHECKING:
    from simulation.specification import Specification
    from simulation.timeline import AnyEvent, Set, Target

BARE = re.compile(r"[A-Za-z0-9_-]+")


def check(spec: Specification) -> None:
    """Refuse a specification whose parts do not fit together.

    Raises:
        InputError: for the first thing that does not fit, with its key.
    """
    _unique_names(spec)
    _people(spec)
    _seats(spec)
    _connectors(spec)
    _order(spec)
    _parameters(spec)
    _space(spec)
    for event in spec.events:
        _references(spec, event)
        _target(spec, event)
    _settings(spec)


def key_of(*parts: str) -> str:
    """Join parts of a key with dots; parts that are no plain words are quoted, as in TOML."""
    return ".".join(p if BARE.fullmatch(p) else _quoted(p) for p in parts)


def _quoted(text: str) -> str:
    short = text if len(text) <= 60 else text[:59] + "…"
    escaped = json.dumps(short, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped)


# --- names and numbers of people ------------------------------------------------------------------


def _unique_names(spec: Specification) -> None:
    for table, names in (
        ("groups", [g.name for g in spec.groups]),
        ("places", [p.name for p in spec.places]),
        ("institutions", [i.name for i in spec.institutions]),
        ("connectors", [c.name for c in spec.connectors]),
        ("events", [e.id for e in spec.events]),
    ):
        twice = _first_repeated(names)
        if twice is not None:
            word = "id" if table == "events" else "name"
            raise InputError(
                f"two entries of {table} have this {word}; each needs its own",
                key=key_of(table, twice),
                found=twice,
            )


def _first_repeated(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _homes(spec: Specification) -> int:
    """Return how many homes there are in the end: those of the start, and new ones."""
    return spec.size + sum(e.count for e in spec.events if e.kind == "newcomers")


def _people(spec: Specification) -> None:
    if spec.size < 1:
        raise InputError(
            "a community needs somebody in it: the sizes of all groups sum to 0",
            key="groups",
            allowed="1 resident or more",
        )
    if _homes(spec) > HOMES - 1:
        raise InputError(
            "too many people: residents of all groups, and newcomers of all events",
            key="groups",
            found=_homes(spec),
            allowed=f"up to {HOMES - 1} together",
        )
    if not any(g.size and g.commuters < 1 for g in spec.groups):
        raise InputError(
            "nobody lives here: everyone commutes",
            key=key_of("groups", next(g.name for g in spec.groups if g.size), "commuters"),
            found=1.0,
            allowed="below 1 in at least one group",
        )


def _seats(spec: Specification) -> None:
    seats = sum(i.leader_seats for i in spec.institutions)
    if seats > spec.size:
        raise InputError(
            "more leadership seats than people",
            key="institutions",
            found=seats,
            allowed=f"up to {spec.size} leader_seats in all institutions together",
        )
    held = sum(i.resident_seats for i in spec.institutions)
    able = sum(g.size for g in spec.groups if g.commuters < 1)
    if held > able:
        raise InputError(
            "more seats held by residents than residents who live here",
            key="institutions",
            found=held,
            allowed=f"up to {able} resident_seats in all institutions together",
        )


def _connectors(spec: Specification) -> None:
    employers = [i.name for i in spec.institutions]
    places = [p.name for p in spec.places]
    for team in spec.connectors:
        if team.employer:
            _known(team.employer, employers, "institution", "connectors", team.name, "employer")
        if team.place:
            _known(team.place, places, "place", "connectors", team.name, "place")


def _known(name: str, names: Sequence[str], what: str, *key: str) -> None:
    if name not in names:
        raise InputError(
            f"there is no {what} of this name",
            key=key_of(*key),
            found=name,
            allowed=_listed(names) or f"none: the scenario has no {what}s",
            nearest=nearest_name(name, names),
        )


def _listed(names: Sequence[str], most: int = 12) -> str:
    shown = [f"'{_quoted(name)[1:-1]}'" for name in names[:most]]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown) + more


# --- processes and their parameters ---------------------------------------------------------------


def _order(spec: Specification) -> None:
    names = list(type(spec.parameters).model_fields)
    names.remove("start")
    for name in spec.month:
        if name not in names:
            raise InputError(
                "there is no process of this name",
                key="month",
                found=name,
                allowed=_listed(names, 20),
                nearest=nearest_name(name, names),
            )
    twice = _first_repeated(spec.month)
    if twice is not None:
        raise InputError("a process runs once a month; this one is named twice", key="month",
                         found=twice)


def _parameters(spec: Specification) -> None:
    p: Any = spec.parameters
    for table, low, high in (
        ("start", "skill_low", "skill_high"),
        ("leadership", "knowledge_low", "knowledge_high"),
        ("allocation", "least", "most"),
    ):
        least, most = getattr(getattr(p, table), low), getattr(getattr(p, table), high)
        if least > most:
            raise InputError(
                f"must not exceed {high}",
                key=f"parameters.{table}.{low}",
                found=least,
                allowed=f"up to {most:g}",
            )
    for table, name in (("housing", "newcomer_group"), ("leadership", "bench_group")):
        group = getattr(getattr(p, table), name)
        if group >= len(spec.groups):
            raise InputError(
                "there is no group of this number (the first is 0)",
                key=f"parameters.{table}.{name}",
                found=group,
                allowed=f"-1 to {len(spec.groups) - 1}",
            )
    _schedule(p.allocation)


def _schedule(allocation: Any) -> None:
    key = "parameters.allocation.schedule"
    months = [month for month, _ in allocation.schedule]
    if months != sorted(set(months)):
        raise InputError("the months of its entries must rise", key=key, found=months)
    for month, share in allocation.schedule:
        if not 0 <= share <= 1:
            raise InputError(f"the share from month {month} is out of range", key=key,
                             found=share, allowed="a number from 0 to 1")
    if allocation.mode == "schedule" and not allocation.schedule:
        raise InputError(
            "mode = 'schedule' needs at least one entry", key=key,
            allowed="entries [month, upstream share], such as [[1, 0.3]]",
        )


# --- ties -----------------------------------------------------------------------------------------


def place_sizes(spec: Specification) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return how many residents of each group live in each place, shape (groups, places)."""
    from simulation.population import largest_remainder

    shares = np.array([place.share for place in spec.places])
    return np.array([largest_remainder(g.size, shares) for g in spec.groups], dtype=np.int64)


def _space(spec: Specification) -> None:
    if is_implicit(spec.ties, spec.size):
        confidence = spec.parameters.dialogue.confidence  # type: ignore[attr-defined]
        if confidence != 1:
            raise _too_many_to_choose("parameters.dialogue.confidence", confidence)
        return
    if spec.ties.kind in ("file", "complete"):
        return
    if len(spec.places) == 1:
        _room(spec.ties, np.array([g.size for g in spec.groups], dtype=np.int64))
        return
    sizes = place_sizes(spec)
    for n, place in enumerate(spec.places):
        try:
            _room(spec.ties, sizes[:, n])
        except InputError as error:
            error.problem = f"in place {_listed([place.name])}, {error.problem}"
            raise error.at() from None


def _too_many_to_choose(key: str, found: Any) -> InputError:
    return InputError(
        "in a complete space of 2,000 people or more everyone is heard",
        key=key,
        found=found,
        allowed="1",
        mend="choose another ties.kind, or fewer people",
    )


def _room(space: Space, sizes: np.ndarray[Any, np.dtype[np.int64]]) -> None:
    """Refuse ties that so many people, of each group, cannot have."""
    n = int(sizes.sum())
    if n < 2:
        return
    if space.kind in ("moore", "von_neumann"):
        shape(space, n)
        return
    degree = space.degree
    if space.kind == "scale_free":
        degree = space.attachments or int(space.degree) // 2
    if degree > n - 1:
        raise InputError(
            f"{n} people cannot have {degree:g} ties each",
            key="ties.degree",
            found=degree,
            allowed=f"up to {n - 1}",
            mend="lower the degree, or set ties.kind = 'complete'",
        )
    if space.kind == "blocks":
        block_probabilities(space.degree, space.homophily, sizes[sizes > 0])
    elif space.kind == "geometric":
        radius(space, n)


# --- events ---------------------------------------------------------------------------------------


def _references(spec: Specification, event: AnyEvent) -> None:
    for field, what, known in (
        ("groups", "group", [g.name for g in spec.groups]),
        ("places", "place", [p.name for p in spec.places]),
        ("institutions", "institution", [i.name for i in spec.institutions]),
    ):
        named = getattr(event, field, ())
        for name in named:
            _known(name, known, what, "events", event.id, field)
        twice = _first_repeated(named)
        if twice is not None:
            raise InputError(f"this {what} is named twice", key=key_of("events", event.id, field),
                             found=twice)


def _target(spec: Specification, event: AnyEvent) -> None:
    target: Target | None = getattr(event, "target", None)
    if target is None:
        return
    key = key_of("events", event.id, "target")
    if event.kind == "leader_leaves" and target.pick == "neighbourhood":
        raise InputError(
            "leaders have no neighbourhood to leave with",
            key=f"{key}.pick",
            found=target.pick,
            allowed="'random', 'most_central', 'person'",
        )
    homes = _homes(spec)
    outsiders = event.kind == "leader_leaves"
    for person in target.people:
        resident = person >= 0 and person % HOMES < homes and person < 100 * HOMES
        if not resident and not (outsiders and person >= OUTSIDER_IDS):
            raise InputError(
                "nobody can have this id",
                key=f"{key}.people",
                found=person,
                allowed=f"0 to {homes - 1}" + (f", or {OUTSIDER_IDS} and up" if outsiders else ""),
            )


def _settings(spec: Specification) -> None:
    """Check `set` events: each alone, and all that are active together."""
    settings = [e for e in spec.events if e.kind == "set"]
    for event in settings:
        _setting(spec, event)
    tables = {event.key.partition(".")[0] for event in settings}
    for table in sorted(tables):
        same = [e for e in settings if e.key.startswith(f"{table}.")]
        for month in sorted({m for e in same for m in (e.first, e.last + 1)}):
            active = [e for e in same if e.first <= month <= e.last]
            if len(active) > 1:
                changes = {e.key.partition(".")[2]: e.value for e in active}
                _changed(spec, active[-1], changes, f"together with others in month {month}: ")


def _setting(spec: Specification, event: Set) -> None:
    tree = type(spec.parameters).model_fields
    table, _, name = event.key.partition(".")
    keys = list(_parameter_keys(spec))
    key = key_of("events", event.id, "key")
    if event.key not in keys:
        raise InputError("there is no parameter of this name", key=key, found=event.key,
                         nearest=nearest_name(event.key, keys),
                         allowed=None if table in tree else _listed(list(tree), 20))
    if table == "start":
        raise InputError("the start is over when events begin", key=key, found=event.key)
    _changed(spec, event, {name: event.value}, "")
    if event.key == "dialogue.confidence" and is_implicit(spec.ties, spec.size):
        if event.value != 1:
            raise _too_many_to_choose(key_of("events", event.id, "value"), event.value)


def _parameter_keys(spec: Specification) -> Iterator[str]:
    for table, field in type(spec.parameters).model_fields.items():
        cls: Any = field.annotation
        for name in cls.model_fields:
            yield f"{table}.{name}"


def _changed(spec: Specification, event: Set, changes: dict[str, Any], when: str) -> None:
    """Build the table of parameters as it stands while the event is active."""
    from pydantic import ValidationError

    table = event.key.partition(".")[0]
    now: BaseModel = getattr(spec.parameters, table)
    try:
        changed = type(now).model_validate_json(
            json.dumps({**now.model_dump(mode="json"), **changes}), strict=True
        )
        _parameters(spec.model_copy(update={
            "parameters": spec.parameters.model_copy(update={table: changed})
        }))
    except ValidationError as error:
        words = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        problem = f"{when}{event.key}: {words[:1].lower()}{words[1:]}"
    except InputError as error:
        problem = f"{when}{error.key}: {error.problem}"
    except (TypeError, ValueError, RecursionError):
        problem = f"{when}{event.key}: not a plain value"
    else:
        return
    raise InputError(problem, key=key_of("events", event.id, "value"), found=event.value) from None
