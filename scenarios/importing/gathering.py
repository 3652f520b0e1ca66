"""Gathering: the sheets of an import read in turn, each knowing who was named before."""

from __future__ import annotations

from scenarios.importing.community import DEFAULT_RESIDENTS, FEWEST_RESIDENTS, Community
from scenarios.importing.graphs import is_shared_events, shared_events
from scenarios.importing.ledger import Ledger
from scenarios.importing.links import Ends, both_ways, note_missing, read_links
from scenarios.importing.organisations import (
    apply_ratings,
    fewer_seats,
    organisations_of,
    read_organisations,
)
from scenarios.importing.people import EVERYONE, Person, read_people
from scenarios.importing.reading import Sheet
from simulation.errors import InputError
from simulation.state import HOMES


def gather(
    sheets: dict[str, Sheet],
    ratings: str,
    duplicates: str,
    mutual: bool,
    residents: int | None,
    ledger: Ledger,
) -> Community:
    """Return what all sheets together say.

    Args:
        sheets: tables by role.
        ratings: scale of the ratings.
        duplicates: what to do with lines that contradict each other.
        mutual: take ties listed one way both ways.
        residents: how many residents to make up where none are given, or None for the default.
        ledger: takes the notes.

    Raises:
        InputError: where the data cannot be used.
    """
    if not sheets.keys() - {"services"}:
        raise InputError(
            "there is nothing to import",
            mend="name --people, --ties, --institutions, --partners or --graph",
        )
    community = Community()
    if "people" in sheets:
        community.people = read_people(sheets["people"], ledger)
    if "ties" in sheets:
        _read_ties(community, sheets["ties"], ratings, duplicates, mutual, ledger)
    community.residents = _residents(community, residents)
    if "institutions" in sheets:
        community.organisations = read_organisations(sheets["institutions"], ledger)
    if "partners" in sheets:
        _read_partners(community, sheets["partners"], ratings, duplicates, ledger)
    if "services" in sheets:
        _read_services(community, sheets["services"], ratings, duplicates, ledger)
    fewer_seats(community.organisations, community.residents, ledger)
    return community


def _read_ties(
    community: Community, sheet: Sheet, ratings: str, duplicates: str, mutual: bool, ledger: Ledger
) -> None:
    known = community.people or None
    members: list[str] = []
    if is_shared_events(sheet):
        sheet, members = shared_events(sheet, known, ledger)
    ends = Ends("source", "target", known, known)
    links = read_links(sheet, ends, ratings, duplicates, ledger)
    if not known:
        names = [*members, *(name for link in links for name in (link.source, link.target))]
        community.people = {name: Person(name) for name in names}
        ledger.note(
            "assumed",
            f"no people file: the {len(community.people)} people are those that the ties mention, "
            f"in one group, “{EVERYONE}”; people without ties are not among them",
        )
    if mutual:
        links = both_ways(links, "ties", ledger)
    if mutual or sheet.mutual:
        community.mutual.add("ties")
    note_missing(links, "ties", "drawn as in any community", ledger)
    community.ties = links


def _residents(community: Community, wanted: int | None) -> int:
    if community.people:
        if wanted is not None:
            raise InputError(
                "residents are given, so none are made up", key="residents", found=wanted
            )
        return len(community.people)
    count = DEFAULT_RESIDENTS if wanted is None else wanted
    if not FEWEST_RESIDENTS <= count < HOMES:
        allowed = f"{FEWEST_RESIDENTS} to {HOMES - 1}"
        raise InputError(
            "no possible number of residents", key="residents", found=count, allowed=allowed
        )
    return count


def _read_partners(
    community: Community, sheet: Sheet, ratings: str, duplicates: str, ledger: Ledger
) -> None:
    known = community.organisations or None
    ends = Ends("source", "target", known, known)
    links = read_links(sheet, ends, ratings, duplicates, ledger)
    if not known:
        community.organisations = organisations_of(links, sheet.file, ledger)
    if sheet.mutual:
        community.mutual.add("partners")
    note_missing(links, "partners", "the default trust between institutions", ledger)
    apply_ratings(community.organisations, links, ledger)
    community.partners = links


def _read_services(
    community: Community, sheet: Sheet, ratings: str, duplicates: str, ledger: Ledger
) -> None:
    for what, there in (
        ("people", community.people),
        ("institutions", community.organisations),
    ):
        if not there:
            raise InputError(
                f"services tie people to institutions, and there are no {what}",
                file=sheet.file,
                mend=f"name --{what} too",
            )
    ends = Ends("person", "institution", community.people, community.organisations)
    links = read_links(sheet, ends, ratings, duplicates, ledger)
    note_missing(links, "services", "the default trust in institutions", ledger)
    community.services = links
