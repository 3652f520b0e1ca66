"""People: the residents of a community, one line each, as a survey or a list has them."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field

from scenarios.importing.cells import flag, is_missing, number, within
from scenarios.importing.columns import ATTRIBUTES, find_columns
from scenarios.importing.ledger import Ledger
from scenarios.importing.reading import Sheet
from simulation.errors import InputError
from simulation.state import HOMES

LONGEST_NAME = 200
LONGEST_GROUP = 60
MOST_GROUPS = 100
MOST_PLACES = 1000
EVERYONE = "residents"
NOT_STATED = "not stated"
RANGES: dict[str, tuple[float, float]] = {
    "opinion": (0, 1),
    "susceptibility": (0, 1),
    "self_weight": (0, 1),
    "voice": (0.001, 1000),
    "threshold": (-100, 100),
    "skill": (0, 1),
    "resources": (0, 1e6),
    "burden": (0, 1),
    "grievance": (0, 1),
    "safety": (0, 1),
    "efficacy": (0, 1),
    "stewardship": (0, 1),
}
"""The least and the most of each attribute that is a number."""


@dataclass
class Person:
    """A resident.

    Attributes:
        name: as the data name them; never written without leave.
        group: social group.
        place: part of the community, or "" where no places are told apart.
        values: attributes by column, as text ready to be written; only those stated.
    """

    name: str
    group: str = EVERYONE
    place: str = ""
    values: dict[str, str] = field(default_factory=dict)


def check_name(name: str, sheet: Sheet, place: int, column: str, ledger: Ledger) -> bool:
    """Tell whether a cell can name somebody; where it cannot, that is a mistake."""
    if is_missing(name):
        ledger.mistake(
            sheet.wrong(
                "a name or id is missing", place, column, mend="fill it in, or take the line out"
            )
        )
        return False
    if len(name) > LONGEST_NAME or not name.isprintable():
        allowed = f"up to {LONGEST_NAME} printable characters"
        ledger.mistake(
            sheet.wrong("a name is not readable", place, column, found=name, allowed=allowed)
        )
        return False
    return True


def read_people(sheet: Sheet, ledger: Ledger) -> dict[str, Person]:
    """Return the people of a sheet by name, in its order.

    Raises:
        InputError: for mistakes, with the line of the first.
    """
    found = find_columns(sheet, ledger)
    people: dict[str, Person] = {}
    first: dict[str, tuple[int, list[str]]] = {}
    for place, row in zip(sheet.places, sheet.rows, strict=True):
        cells = {name: row[n] for name, n in found.items()}
        name = cells["person"]
        if not check_name(name, sheet, place, "person", ledger):
            continue
        if name in first:
            _again(name, place, list(cells.values()), first[name], sheet, ledger)
            continue
        first[name] = place, list(cells.values())
        people[name] = _person(name, cells, place, sheet, ledger)
    ledger.settle()
    if not people:
        raise InputError("there is nobody below the header", file=sheet.file)
    if len(people) >= HOMES:
        raise InputError("too many people", file=sheet.file, found=len(people))
    if all(p.values.get("lives_here") == "no" for p in people.values()):
        raise InputError("nobody lives here: lives_here is no for everyone", file=sheet.file)
    _missing(people, found, sheet, ledger)
    return people


def _again(
    name: str,
    place: int,
    cells: list[str],
    before: tuple[int, list[str]],
    sheet: Sheet,
    ledger: Ledger,
) -> None:
    """Drop a line that is there twice; refuse one that says something else of the same person."""
    where, known = before
    if cells == known:
        ledger.note("left_out", "identical lines about the same person", role=sheet.role, at=place)
        return
    problem = f"{sheet.unit} {where} says something else of the same person"
    mend = "keep one of the two lines, or give two people two ids"
    ledger.mistake(sheet.wrong(problem, place, "person", found=name, mend=mend))


def _person(name: str, cells: dict[str, str], place: int, sheet: Sheet, ledger: Ledger) -> Person:
    person = Person(name)
    if "group" in cells:
        person.group = _label(cells["group"], "group", sheet, place, ledger)
    if "place" in cells:
        person.place = _label(cells["place"], "place", sheet, place, ledger)
    for column in ATTRIBUTES:
        cell = cells.get(column, "")
        if is_missing(cell):
            continue
        if column not in RANGES:
            person.values[column] = flag(cell, sheet, place, column, ledger)
            continue
        value = number(cell, sheet, place, column, ledger)
        value = within(value, *RANGES[column], sheet, place, column, ledger)
        if column == "stewardship" and value not in (0, 0.5, 1) and not math.isnan(value):
            ledger.mistake(
                sheet.wrong(
                    "no degree of stewardship", place, column, found=cell, allowed="0, 0.5 or 1"
                )
            )
        if not math.isnan(value):
            person.values[column] = repr(value)
    if person.values.get("committed") == "yes" and person.values.get("stewardship", "1.0") != "1.0":
        ledger.mistake(
            sheet.wrong(
                "committed people are stewards and never stop",
                place,
                "stewardship",
                found=cells["stewardship"],
                allowed="1, or committed no",
            )
        )
    if person.values.get("lives_here") == "no" == person.values.get("works_here"):
        problem = "somebody neither lives nor works here"
        ledger.mistake(sheet.wrong(problem, place, mend="take the line out"))
    return person


def _label(cell: str, column: str, sheet: Sheet, place: int, ledger: Ledger) -> str:
    """Return the name of a group or place, which travels into the scenario as it is."""
    if is_missing(cell):
        text = f"{column} missing: put into a {column} of their own, “{NOT_STATED}”"
        ledger.note("assumed", text, role=sheet.role, unit=sheet.unit, at=place,
                    total=len(sheet.rows))  # fmt: skip
        return NOT_STATED
    if len(cell) > LONGEST_GROUP or not cell.isprintable():
        allowed = f"up to {LONGEST_GROUP} printable characters"
        ledger.mistake(
            sheet.wrong(f"this cannot name a {column}", place, column, found=cell, allowed=allowed)
        )
    return cell


def _missing(
    people: dict[str, Person], found: Collection[str], sheet: Sheet, ledger: Ledger
) -> None:
    """Say how many people lack each attribute that others have; refuse too many groups."""
    for column in ATTRIBUTES:
        lacking = sum(1 for p in people.values() if column not in p.values)
        if column in found and lacking:
            ledger.note(
                "assumed",
                f"{column} missing on {lacking} of {len(people)} people: drawn as for anyone else "
                "of their group",
                role=sheet.role,
            )
    if "group" not in found:
        text = f"no column group: everyone is in one group, “{EVERYONE}”"
        ledger.note("assumed", text, role=sheet.role)
    for column, labels, most in (
        ("group", {p.group for p in people.values()}, MOST_GROUPS),
        ("place", {p.place for p in people.values()}, MOST_PLACES),
    ):
        if len(labels) > most:
            raise InputError(
                f"too many different entries in the column {column}",
                file=sheet.file,
                found=len(labels),
                allowed=f"up to {most}",
                mend="is this perhaps a column of free text? Leave it out",
            )


def mask_labels(people: dict[str, Person], secrets: Collection[str], ledger: Ledger) -> None:
    """Rename groups and places that are called like a person or an organisation: "group 1"."""
    hidden = {s.casefold() for s in secrets}
    for column in ("group", "place"):
        labels = dict.fromkeys(getattr(p, column) for p in people.values())
        named = [label for label in labels if label.casefold() in hidden]
        if not named:
            continue
        free = (f"{column} {n}" for n in range(1, len(labels) + len(named) + 1))
        fresh = {label: next(w for w in free if w not in labels) for label in sorted(named)}
        for person in people.values():
            label = getattr(person, column)
            setattr(person, column, fresh.get(label, label))
        text = f"{len(named)} {column}s are called like somebody in the data and were renamed"
        ledger.note("left_out", text)
