"""Event checks: what must hold between an event of a scenario and the rest of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from simulation.errors import InputError, nearest_name
from simulation.naming import first_repeated, key_of, listed, refuse_unknown
from simulation.parameter_checks import check_parameters
from simulation.state import HOMES, OUTSIDER_IDS

if TYPE_CHECKING:
    from simulation.specification import Specification
    from simulation.timeline import AnyEvent, Set, Target


def check_events(spec: Specification) -> None:
    """Refuse events that name what is not there, or set what cannot be.

    Raises:
        InputError: for the first thing that does not fit, with its key.
    """
    _homes(spec)
    for event in spec.events:
        _references(spec, event)
        _target(spec, event)
    _settings(spec)


def _homes(spec: Specification) -> None:
    """Refuse newcomers for whom there is no room, or whose homes would be another event's."""
    taken: list[tuple[range, str]] = []
    for event in (e for e in spec.events if e.kind == "newcomers"):
        key = key_of("events", event.id, "id")
        if spec.size + event.count >= HOMES:
            raise InputError(
                "there is no room for so many people",
                key=key_of("events", event.id, "count"),
                found=event.count,
                allowed=f"up to {HOMES - 1} together with the residents of the start",
            )
        homes = event.homes(spec.size)
        for other, name in taken:
            if homes.start < other.stop and other.start < homes.stop:
                raise InputError(
                    f"newcomers of this event and of '{name}' would share homes",
                    key=key,
                    found=event.id,
                    mend="give one of them another id",
                )
        taken.append((homes, event.id))


def _is_home(spec: Specification, home: int) -> bool:
    return home < spec.size or any(
        home in e.homes(spec.size) for e in spec.events if e.kind == "newcomers"
    )


def _references(spec: Specification, event: AnyEvent) -> None:
    for field, what, known in (
        ("groups", "group", [g.name for g in spec.groups]),
        ("places", "place", [p.name for p in spec.places]),
        ("institutions", "institution", [i.name for i in spec.institutions]),
    ):
        named = getattr(event, field, ())
        for name in named:
            refuse_unknown(name, known, what, "events", event.id, field)
        twice = first_repeated(named)
        if twice is not None:
            raise InputError(
                f"this {what} is named twice", key=key_of("events", event.id, field), found=twice
            )


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
    outsiders = event.kind == "leader_leaves"
    for person in target.people:
        resident = 0 <= person < 100 * HOMES and _is_home(spec, person % HOMES)
        if not resident and not (outsiders and person >= OUTSIDER_IDS):
            raise InputError(
                "nobody can have this id",
                key=f"{key}.people",
                found=person,
                allowed=f"0 to {spec.size - 1}"
                + (f", or {OUTSIDER_IDS} and up" if outsiders else ""),
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
        raise InputError(
            "there is no parameter of this name",
            key=key,
            found=event.key,
            nearest=nearest_name(event.key, keys),
            allowed=None if table in tree else listed(list(tree), 20),
        )
    if table == "start":
        raise InputError("the start is over when events begin", key=key, found=event.key)
    if event.key in ("events.enabled", "record.enabled"):
        raise InputError("this process runs in every month or in none", key=key, found=event.key)
    if event.key in ("learning.form", "learning.dimensions"):
        raise InputError("what there is to know is drawn at the start", key=key, found=event.key)
    _changed(spec, event, {name: event.value}, "")


def _parameter_keys(spec: Specification) -> Iterator[str]:
    for table, field in type(spec.parameters).model_fields.items():
        cls: Any = field.annotation
        for name in cls.model_fields:
            yield f"{table}.{name}"


def _changed(spec: Specification, event: Set, changes: dict[str, Any], when: str) -> None:
    """Build the table of parameters as it stands while the event is active."""
    table = event.key.partition(".")[0]
    now: BaseModel = getattr(spec.parameters, table)
    allowed = mend = None
    try:
        changed = type(now).model_validate_json(
            json.dumps({**now.model_dump(mode="json"), **changes}), strict=True
        )
        check_parameters(
            spec.model_copy(
                update={"parameters": spec.parameters.model_copy(update={table: changed})}
            )
        )
    except ValidationError as error:
        words = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        problem = f"{when}{event.key}: {words[:1].lower()}{words[1:]}"
    except InputError as error:
        own = not when and error.key == f"parameters.{event.key}"
        problem = error.problem if own else f"{when}{error.key}: {error.problem}"
        allowed, mend = (error.allowed, error.mend) if own else (None, None)
    except (TypeError, ValueError, RecursionError):
        problem = f"{when}{event.key}: not a plain value"
    else:
        return
    key = key_of("events", event.id, "value")
    raise InputError(problem, key=key, found=event.value, allowed=allowed, mend=mend) from None
