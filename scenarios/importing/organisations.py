"""Organisations: who sits around the table, from a list of them and from what partners rated."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from pydantic import ValidationError

from scenarios.declarations import allowed
from scenarios.importing.cells import is_missing, number
from scenarios.importing.columns import SERVES, SETTINGS, find_columns, plain_name
from scenarios.importing.ledger import Ledger
from scenarios.importing.links import Link
from scenarios.importing.people import check_name
from scenarios.importing.reading import Sheet
from scenarios.importing.rules import RULES, SECTOR_OF, settings_from
from simulation.errors import InputError, nearest_name
from simulation.specification import SERVES as BY_SECTOR
from simulation.specification import Institution

UNSTATED_SECTOR = "community_organisation"
MOST_INSTITUTIONS = 1000


@dataclass
class Organisation:
    """An organisation.

    Attributes:
        name: as the data name it.
        sector: one of the seven sectors.
        settings: settings of the institution that the data state or the rules give.
    """

    name: str
    sector: str = UNSTATED_SECTOR
    settings: dict[str, Any] = field(default_factory=dict)


def read_organisations(sheet: Sheet, ledger: Ledger) -> dict[str, Organisation]:
    """Return the organisations of a sheet by name, in its order.

    Raises:
        InputError: for mistakes, with the line of the first.
    """
    found = find_columns(sheet, ledger)
    result: dict[str, Organisation] = {}
    first: dict[str, tuple[int, list[str]]] = {}
    for place, row in zip(sheet.places, sheet.rows, strict=True):
        cells = {name: row[n] for name, n in found.items()}
        name = cells["name"]
        if not check_name(name, sheet, place, "name", ledger):
            continue
        if name in first:
            _again(name, place, list(cells.values()), first[name], sheet, ledger)
            continue
        first[name] = place, list(cells.values())
        sector = _sector(cells.get("sector", ""), sheet, place, ledger)
        settings = _settings(cells, sector, sheet, place, ledger)
        result[name] = Organisation(name, sector, settings)
    ledger.settle()
    if not result:
        raise InputError("there is no organisation below the header", file=sheet.file)
    _few_enough(len(result), sheet.file)
    return result


def _few_enough(count: int, file: str) -> None:
    if count > MOST_INSTITUTIONS:
        raise InputError(
            "too many organisations", file=file, found=count, allowed=f"up to {MOST_INSTITUTIONS}"
        )


def _again(
    name: str,
    place: int,
    cells: list[str],
    before: tuple[int, list[str]],
    sheet: Sheet,
    ledger: Ledger,
) -> None:
    where, known = before
    if cells == known:
        text = "identical lines about the same organisation"
        ledger.note("left_out", text, role=sheet.role, at=place)
        return
    problem = f"{sheet.unit} {where} says something else of the same organisation"
    ledger.mistake(
        sheet.wrong(problem, place, "name", found=name, mend="keep one of the two lines")
    )


def _sector(cell: str, sheet: Sheet, place: int, ledger: Ledger) -> str:
    if is_missing(cell):
        text = f"sector missing: taken to be {UNSTATED_SECTOR}"
        ledger.note("assumed", text, role=sheet.role, unit=sheet.unit, at=place,
                    total=len(sheet.rows))  # fmt: skip
        return UNSTATED_SECTOR
    word = plain_name(cell)
    sector = SECTOR_OF.get(word) or SECTOR_OF.get(word.removesuffix("s"))
    if sector is None:
        near = nearest_name(word, SECTOR_OF)
        choice = ", ".join(BY_SECTOR)
        ledger.mistake(
            sheet.wrong("no such sector", place, "sector", found=cell, allowed=choice, nearest=near)
        )
        return UNSTATED_SECTOR
    if sector != word:
        ledger.note("read", f"“{word}” was read as the sector {sector}", role=sheet.role)
    return sector


def _settings(
    cells: dict[str, str], sector: str, sheet: Sheet, place: int, ledger: Ledger
) -> dict[str, Any]:
    """Return the settings that a line states, each checked as a scenario would be."""
    settings: dict[str, Any] = {}
    for name in (*SETTINGS, *SERVES):
        cell = cells.get(name, "")
        if is_missing(cell):
            continue
        value: float = number(cell, sheet, place, name, ledger)
        if value != value:
            continue
        settings[name] = int(value) if value.is_integer() else value
    weights = {name.removeprefix("serves_"): settings.pop(name, 0.0) for name in SERVES}
    if any(name in cells and not is_missing(cells[name]) for name in SERVES):
        settings["serves"] = weights
    try:
        Institution(name="x", sector=sector, **settings)
    except ValidationError as error:
        ledger.mistake(_refused(error, sheet, place))
        return {}
    return settings


def _refused(error: ValidationError, sheet: Sheet, place: int) -> InputError:
    """Turn what a setting refuses into the mistake of one cell."""
    problem = error.errors()[0]
    if not problem["loc"]:
        words = problem["msg"].removeprefix("Value error, ")
        return sheet.wrong(words, place)
    column = str(problem["loc"][0])
    declared = Institution.model_fields[column]
    if column == "serves":
        column, range_ = f"serves_{problem['loc'][-1]}", "a number from 0 to 1"
    else:
        range_ = allowed(declared.annotation, declared.metadata) or ""
    return sheet.wrong(
        f"{column} is out of range", place, column, found=problem["input"], allowed=range_
    )


def organisations_of(links: list[Link], file: str, ledger: Ledger) -> dict[str, Organisation]:
    """Return the organisations that ratings mention, where there is no list of them."""
    names = dict.fromkeys(name for link in links for name in (link.source, link.target))
    _few_enough(len(names), file)
    ledger.note(
        "assumed",
        f"no institutions file: the {len(names)} organisations are those that the ratings mention, "
        f"all of the sector {UNSTATED_SECTOR}",
    )
    return {name: Organisation(name) for name in names}


def received(links: list[Link], rating: str) -> dict[str, float]:
    """Return the mean rating that each rated organisation received, as a share."""
    given: dict[str, list[float]] = defaultdict(list)
    for link in links:
        if rating in link.values:
            given[link.target].append(link.values[rating])
    return {name: fmean(values) for name, values in given.items()}


def apply_ratings(
    organisations: dict[str, Organisation], links: list[Link], ledger: Ledger
) -> None:
    """Set what partners' ratings say of organisations, where the list does not say it already.

    Args:
        organisations: by name; changed.
        links: the ratings.
        ledger: takes the notes.
    """
    for rule in RULES:
        rated = received(links, rule.rating)
        if not rated:
            continue
        open_ = {n: rated[n] for n in organisations if n in rated
                 and rule.setting not in organisations[n].settings}  # fmt: skip
        values = settings_from(rule.rating, open_)
        for name, value in values.items():
            organisations[name].settings[rule.setting] = value
        others = "; the others have what the list states or the default"
        ledger.note(
            "assumed",
            f"{rule.rating} received sets {rule.setting} of {len(values)} of {len(organisations)} "
            f"organisations{others * (len(values) < len(organisations))}. Rule: {rule.words}"
            if values
            else f"{rule.rating} received sets nothing: the list states {rule.setting}",
            role="partners",
        )


def fewer_seats(organisations: dict[str, Organisation], people: int, ledger: Ledger) -> None:
    """Take seats back where there would be more than people to sit on them."""
    default = Institution.model_fields["leader_seats"].default
    seats = {n: int(o.settings.get("leader_seats", default)) for n, o in organisations.items()}
    before = sum(seats.values())
    while sum(seats.values()) > people:
        most = max(seats, key=lambda n: (seats[n], n))
        seats[most] -= 1
    if sum(seats.values()) == before:
        return
    for name, organisation in organisations.items():
        organisation.settings["leader_seats"] = seats[name]
        held = int(organisation.settings.get("resident_seats", 0))
        if held:
            organisation.settings["resident_seats"] = min(held, seats[name])
    ledger.note(
        "assumed",
        f"leader_seats lowered from {before} to {people} in all: there are only {people} people",
    )
