"""Columns: what each file may hold, and the other names by which people call it.

A header is compared without capitals, units in brackets and punctuation: "In support of mission
(1-4)" is `in_support_of_mission`. The first name of an entry is the one in the documentation.
"""

from __future__ import annotations

import re

from scenarios.importing.ledger import Ledger
from scenarios.importing.reading import Sheet
from simulation.errors import InputError, nearest_name
from simulation.specification import Institution

Names = dict[str, tuple[str, ...]]

TRUST: Names = {
    "reliability": ("reliable", "reliability_rating"),
    "openness": ("open_to_discussion", "open", "openness_to_discussion"),
    "mission": ("in_support_of_mission", "support_of_mission", "mission_congruence"),
    "trust": ("total_trust", "overall_trust"),
}  # fmt: skip
VALUE: Names = {
    "power": ("power_influence", "power_and_influence", "influence"),
    "involvement": ("level_of_involvement", "time_commitment"),
    "resources": ("resource_contribution", "contribution_of_resources", "contributing_resources"),
}
ENDS: Names = {
    "source": ("from", "ego", "rater", "respondent", "giver", "sender"),
    "target": ("to", "alter", "rated", "partner", "receiver", "recipient", "nominee"),
}
PERSON_NAMES = ("person_id", "id", "resident", "resident_id", "respondent", "node", "name")
INSTITUTION_NAMES = (
    "institution", "organisation", "organization", "org", "agency", "institution_name",
    "organisation_name", "organization_name", "id", "node",
)  # fmt: skip
ATTRIBUTES: Names = {
    "opinion": (),
    "susceptibility": (),
    "self_weight": (),
    "voice": (),
    "threshold": (),
    "skill": (),
    "resources": (),
    "burden": (),
    "grievance": (),
    "safety": (),
    "efficacy": (),
    "stewardship": (),
    "committed": (),
    "lived_experience": (),
    "lives_here": ("lives", "lives_in_the_community"),
    "works_here": ("works", "works_in_the_community"),
}
SETTINGS = tuple(n for n in Institution.model_fields if n not in ("name", "sector", "serves"))
"""The settings of an institution that are one number."""
SERVES = ("serves_housing", "serves_health", "serves_livelihood")

COLUMNS: dict[str, Names] = {
    "people": {
        "person": PERSON_NAMES,
        "group": ("community", "group_name"),
        "place": ("neighbourhood", "neighborhood", "district"),
        **ATTRIBUTES,
    },
    "ties": {**ENDS, **TRUST},
    "shared events": {
        "person": PERSON_NAMES,
        "event": ("meeting", "activity", "affiliation"),
    },
    "institutions": {
        "name": INSTITUTION_NAMES,
        "sector": ("type", "kind", "category", "organisation_type", "organization_type"),
        **dict.fromkeys((*SETTINGS, *SERVES), ()),
    },
    "partners": {**ENDS, **TRUST, **VALUE},
    "services": {
        "person": PERSON_NAMES,
        "institution": ("organisation", "organization", "org", "agency", "target", "to", "service"),
        **TRUST,
    },
}
"""The columns of each file, with their other names in order of preference."""

NEEDED = {
    "people": ("person",),
    "ties": ("source", "target"),
    "shared events": ("person", "event"),
    "institutions": ("name",),
    "partners": ("source", "target"),
    "services": ("person", "institution"),
}
NAMING = ("person", "name", "source", "target", "institution", "event")
"""Columns that may be called in several ways at once, such as by an id and by a name."""


def plain_name(header: str) -> str:
    """Return a header without capitals, units in brackets, and punctuation."""
    words = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", header.casefold())
    return re.sub(r"[^\w]+", "_", words).strip("_")


def find_columns(sheet: Sheet, ledger: Ledger) -> dict[str, int]:
    """Return where each known column of a sheet stands; note the others as dropped.

    What those are called is told only to whoever runs the import: a header may be a name.

    Args:
        sheet: the table; its role says which columns are known.
        ledger: takes the notes.

    Raises:
        InputError: where a needed column is missing, is there twice, or is misspelt.
    """
    known = COLUMNS[sheet.role]
    called = [plain_name(header) for header in sheet.columns]
    found: dict[str, int] = {}
    used: set[int] = set()
    for name, others in known.items():
        places = [n for word in (name, *others) for n, c in enumerate(called) if c == word]
        places = [n for n in dict.fromkeys(places) if n not in used]
        if not places:
            continue
        if len(places) > 1 and name not in NAMING:
            raise InputError(
                f"two columns stand for {name}",
                file=sheet.file,
                found=", ".join(sheet.columns[n] for n in places),
                mend="keep one of them",
            )
        found[name] = places[0]
        used.add(places[0])
    _refuse_misspelt(sheet, called, found, used)
    _need(sheet, found)
    for n, header in enumerate(sheet.columns):
        if n not in used:
            text, told = f"column {n + 1}", header if header.isprintable() else ""
            ledger.note("left_out", text, role=sheet.role, private=told)
    return found


def _refuse_misspelt(
    sheet: Sheet, called: list[str], found: dict[str, int], used: set[int]
) -> None:
    """Refuse a header that is nearly a column that is not there: its data would be lost."""
    missing = [name for name in COLUMNS[sheet.role] if name not in found]
    for n, word in enumerate(called):
        near = nearest_name(word, missing) if n not in used and len(word) > 3 else None
        if near is not None and _close(word, near):
            raise InputError(
                "there is no such column",
                file=sheet.file,
                found=sheet.columns[n],
                nearest=near,
                mend="rename the column, or leave it out",
            )


def _close(one: str, two: str) -> bool:
    """Tell whether two words differ by a slip: at most two letters, in length and in kind."""
    from difflib import SequenceMatcher

    return abs(len(one) - len(two)) <= 2 and SequenceMatcher(None, one, two).ratio() >= 0.8


def _need(sheet: Sheet, found: dict[str, int]) -> None:
    for name in NEEDED[sheet.role]:
        if name not in found:
            raise InputError(
                f"the column {name} is missing",
                file=sheet.file,
                found=", ".join(sheet.columns)[:100],
                allowed=f"{name}, or {', '.join(COLUMNS[sheet.role][name][:5])}",
                mend="the first line names the columns",
            )
