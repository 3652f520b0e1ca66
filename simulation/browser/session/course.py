"""Course: the whole truth of a run that a room is looking at.

A scenario, a seed, and what the room did: settings changed from the start, events added by hand,
events taken away. Everything that is shown follows from it, so undo, branching, links and files
are all courses and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from scenarios import with_settings
from simulation.browser.session.base import Base
from simulation.browser.session.messages import without_folder, without_label
from simulation.browser.session.past import shared_months, shared_past
from simulation.chance import derive
from simulation.consistency import check_room
from simulation.errors import InputError, nearest_name
from simulation.event_checks import check_events
from simulation.own_files import read_own_files
from simulation.parameters import all_parameters
from simulation.specification import Specification
from simulation.timeline import Set

Event = Mapping[str, Any]

FOR_GOOD = 12_000
"""Duration of a setting that is changed in the middle of a run: longer than any run."""

SETTING = "setting: "
"""What the ids of events begin with that stand for a setting changed in the middle of a run."""

__all__ = ["Base", "Course", "Event", "shared_months", "shared_past"]

CARD = re.compile(r"card (\d+): ")
LONGEST_ID = 80


@dataclass(frozen=True)
class Course:
    """A run as it was set up and what was done to it; never changed, only replaced.

    Attributes:
        base: the scenario.
        seed: seed of the experiment, as `kindling run --seed` takes it.
        months: horizon.
        changes: settings in force from the start, keys as `--set` takes them.
        events: events added by hand, as in `[[events]]`, each with its id.
        removed: ids of the scenario's own events that were taken away.
        replicate: which draw of chance of the experiment; 0 is that of `kindling run`.
    """

    base: Base
    seed: int
    months: int
    changes: tuple[tuple[str, Any], ...] = ()
    events: tuple[Event, ...] = ()
    removed: tuple[str, ...] = ()
    replicate: int = 0

    @classmethod
    def open(cls, base: Base | str, *, seed: int | None = None, months: int | None = None) -> Self:
        """Return the course of a scenario as it stands, with its own seed and horizon.

        Raises:
            InputError: where it cannot be read.
        """
        base = Base(base) if isinstance(base, str) else base
        loaded = base.load(months=months, seed=seed)
        return cls(base, loaded.seed, loaded.months)

    # ------------------------------------------------------------- what it is

    def specification(self) -> Specification:
        """Return the resolved and checked specification.

        Raises:
            InputError: for the first thing that does not fit, in one line.
        """
        return self._specification

    @cached_property
    def _specification(self) -> Specification:
        loaded = self.base.load(dict(self.changes), months=self.months, seed=self.seed)
        if not self.events and not self.removed:
            return loaded
        missing = set(self.removed) - {e.id for e in loaded.events}
        if missing:
            name = min(missing)
            raise InputError(
                "there is no event of this id to take away",
                key="events",
                found=name,
                nearest=nearest_name(name, [e.id for e in loaded.events]),
            )
        added = {event["id"]: dict(event) for event in self.events}
        kept = [
            added.pop(event["id"], event)
            for event in loaded.data()["events"]
            if event["id"] in added or event["id"] not in self.removed
        ]
        try:
            return with_settings(loaded, {"events": [*kept, *added.values()]})
        except InputError as error:
            raise without_label(error) from None

    def check(self) -> None:
        """Refuse a course that no community can be built from, before anything is done about it.

        Raises:
            InputError: for anything that does not fit, in its files too.
        """
        specification = self.specification()
        if not specification.parameters.record.enabled:
            raise InputError("nothing is recorded", key="record.enabled", mend="switch it on")
        try:
            own = read_own_files(specification)
            if own.seating is not None:
                check_room(specification, own.seating.group, own.seating.place)
        except InputError as error:
            raise without_folder(error) from None

    @property
    def luck(self) -> int:
        """The seed of this one run: that of `kindling run`'s first replicate for replicate 0."""
        return derive(self.seed, self.replicate)

    def event(self, event_id: str) -> Any:
        """Return the event of this id as the model has it.

        Raises:
            InputError: where there is none.
        """
        known = {event.id: event for event in self.specification().events}
        if event_id not in known:
            raise InputError(
                "there is no event of this id",
                key="events",
                found=event_id,
                nearest=nearest_name(event_id, known),
            )
        return known[event_id]

    def is_own(self, event_id: str) -> bool:
        """Return whether an event was added by hand."""
        return any(event["id"] == event_id for event in self.events)

    # ------------------------------------------------------- what can be done

    def playing(self, event: Event) -> Self:
        """Return the course in which an event happens too.

        Without an id it gets a readable one of its own; with the id of an event that is there, it
        takes that one's place.
        """
        made = dict(event)
        if not made.get("id"):
            made["id"] = self._next_id(str(made.get("kind", "event")))
        name = made["id"]
        if self.is_own(name):
            return replace(self, events=tuple(made if e["id"] == name else e for e in self.events))
        course = replace(self, events=(*self.events, made))
        if name in self._scenario_ids and name not in self.removed:
            course = replace(course, removed=(*self.removed, name))
        return course

    def without(self, event_id: str) -> Self:
        """Return the course in which an event does not happen.

        Raises:
            InputError: where there is no such event.
        """
        self.event(event_id)
        course = self
        if self.is_own(event_id):
            course = replace(self, events=tuple(e for e in self.events if e["id"] != event_id))
        if event_id in self._scenario_ids and event_id not in self.removed:
            course = replace(course, removed=(*self.removed, event_id))
        return course

    def taking_back(self, event_id: str) -> Self:
        """Return the course as it was without what the room did about an event.

        An event added by hand goes; one that the room ended early or took away is as it was.
        """
        return replace(
            self,
            events=tuple(e for e in self.events if e["id"] != event_id),
            removed=tuple(name for name in self.removed if name != event_id),
        )

    def ending(self, event_id: str, month: int) -> Self:
        """Return the course in which `month` is the last in which an event acts.

        An event that would only have begun later does not happen at all.

        Raises:
            InputError: where there is no such event.
        """
        event = self.event(event_id)
        if event.first > month:
            return self.without(event_id)
        plain = event.model_dump(mode="json", exclude_defaults=True)
        plain |= {"id": event.id, "month": event.month, "kind": event.kind}
        return self.playing({**plain, "duration": month - event.first + 1})

    def setting(self, key: str, value: Any) -> Self:
        """Return the course with a setting changed from the start; None takes the change back."""
        if key in ("seed", "months") and value is not None:
            return replace(self, **{key: value})
        kept = tuple(change for change in self.changes if change[0] != key)
        return replace(self, changes=kept if value is None else (*kept, (key, value)))

    def from_month(self, month: int, key: str, value: Any) -> Self:
        """Return the course in which a parameter takes another value after a month.

        Raises:
            InputError: for a setting that only the start can have.
        """
        if not self.can_change_now(key):
            raise InputError(
                "this setting holds from the start and cannot change later",
                key=key,
                mend="start over with it",
            )
        key = key.removeprefix("parameters.")
        name, first = f"{SETTING}{key}", month + 1
        taken = {e["id"]: e for e in self.events}
        same = [e for e in self.events if e.get("key") == key and e.get("month") == first]
        if same:
            name = same[0]["id"]
        elif name in taken or name in self._scenario_ids:
            name = f"{name} (month {first})"
        event = {
            "id": name,
            "month": first,
            "kind": "set",
            "duration": FOR_GOOD,
            "key": key,
            "value": value,
        }
        return self.playing(event)

    def can_change_now(self, key: str) -> bool:
        """Return whether a setting can change in the middle of a run: parameters mostly can."""
        key = key.removeprefix("parameters.")
        specification = self.specification()
        table, _, name = key.partition(".")
        held = getattr(specification.parameters, table, None)
        if name not in getattr(type(held), "model_fields", {}):
            return False
        probe = Set(id="probe", month=1, kind="set", key=key, value=getattr(held, name))
        try:
            check_events(specification.model_copy(update={"events": (probe,)}))
        except InputError:
            return False
        return True

    def value_at(self, key: str, month: int) -> Any:
        """Return the value that a parameter has in the month after `month`.

        Raises:
            InputError: for a key that is no parameter.
        """
        key = key.removeprefix("parameters.")
        table, _, name = key.partition(".")
        held = getattr(self.specification().parameters, table, None)
        if name not in getattr(type(held), "model_fields", {}):
            keys = [p.key for p in all_parameters()]
            raise InputError("unknown parameter", key=key, nearest=nearest_name(key, keys))
        value = getattr(held, name)
        for event in self.specification().events:
            if event.kind == "set" and event.key == key and event.first <= month + 1 <= event.last:
                value = event.value
        return value

    # ---------------------------------------------------------------- its ids

    @cached_property
    def _scenario_ids(self) -> set[str]:
        return {e.id for e in self.base.load(dict(self.changes)).events}

    def _next_id(self, kind: str) -> str:
        taken = [*(e["id"] for e in self.events), *self._scenario_ids]
        numbers = [int(found[1]) for name in taken if (found := CARD.match(name))]
        return f"card {max(numbers, default=0) + 1}: {kind.replace('_', ' ')}"[:LONGEST_ID]
