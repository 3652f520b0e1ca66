"""Community: from what was read to a scenario in a folder, checked as a whole before it stays."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from scenarios.importing.columns import ATTRIBUTES
from scenarios.importing.ledger import Ledger
from scenarios.importing.links import PARTS, Link
from scenarios.importing.measures import SMALLEST_GROUP, network_facts, ratings_by_sector
from scenarios.importing.organisations import Organisation
from scenarios.importing.people import EVERYONE, Person
from scenarios.importing.writing import scenario_name
from simulation.specification import Institution

DEFAULT_RESIDENTS = 400
FEWEST_RESIDENTS = 20
DRAWN_TIES = {"kind": "small_world", "degree": 8, "rewiring": 0.1}
"""How residents are tied whose ties are not known: as in the baseline, but without groups."""
BASELINE_MONEY = 0.7
"""What the institutions of the baseline spend together, a resident and month."""
MUCH_MONEY = 2 * BASELINE_MONEY
HEADER = """\
# A community made by `kindling import` from survey data; report.md says what was assumed.
# Everything that is not stated here has its default. Change what you know better, then try:
#   kindling check {name}
#   kindling run {name}

"""


@dataclass
class Community:
    """What was read, by the names of the data.

    Attributes:
        people: residents by name; empty where they are made up.
        ties: friend ties, or None where they are drawn.
        organisations: by name.
        partners: ratings between organisations, or None where they are not known.
        services: ties of residents to organisations, or None where they are drawn.
        residents: how many residents there are.
        mutual: which ties ("ties", "partners") were taken both ways by assumption.
    """

    people: dict[str, Person] = field(default_factory=dict)
    ties: list[Link] | None = None
    organisations: dict[str, Organisation] = field(default_factory=dict)
    partners: list[Link] | None = None
    services: list[Link] | None = None
    residents: int = DEFAULT_RESIDENTS
    mutual: set[str] = field(default_factory=set)


@dataclass
class Written:
    """How people and organisations are called in what is written."""

    people: dict[str, str]
    organisations: dict[str, str]


def facts_of(community: Community, pseudonyms: str) -> dict[str, Any]:
    """Return the numbers of the report."""
    people, sectors = community.people, {n: o.sector for n, o in community.organisations.items()}
    known = {name: person.group for name, person in people.items()}
    partners = community.partners
    rated = partners is not None and any(link.values for link in partners)
    return {
        "people": _network(known, community.ties or [], "ties" in community.mutual)
        if people
        else None,
        "partners": None
        if partners is None
        else _network(sectors, partners, "partners" in community.mutual),
        "ratings": ratings_by_sector(sectors, partners or []) if rated else [],
        "institutions": len(sectors),
        "services": None if community.services is None else len(community.services),
        "synthetic_residents": 0 if people else community.residents,
        "pseudonyms": pseudonyms,
    }


def _network(group_of: dict[str, str], links: list[Link], mutual: bool) -> dict[str, Any]:
    return {**network_facts(group_of, links), "mutual": mutual}


def warn(community: Community, names_kept: bool, ledger: Ledger) -> None:
    """Add to the report what whoever shares the folder should think of."""
    people = community.people
    if not people:
        ledger.note(
            "warning",
            f"NO RESIDENTS WERE IMPORTED: the scenario has {community.residents} made-up residents "
            "in one group, all drawn alike, tied as a small world with 8 ties each (--residents "
            "sets how many, --people brings real ones)",
        )
    elif community.ties is None:
        ledger.note("warning", "no ties between people were given: they are drawn as a small world")
    _warn_of_money(community.organisations.values(), ledger)
    sizes = Counter(person.group for person in people.values())
    small = sum(size < SMALLEST_GROUP for size in sizes.values())
    if small:
        ledger.note(
            "warning",
            f"{small} of {len(sizes)} groups have fewer than {SMALLEST_GROUP} people: merge them "
            "before sharing results; their means are suppressed here",
        )
    if people and len({(p.group, p.place) for p in people.values()}) > 1:
        ledger.note(
            "warning",
            "the names of groups and places are written as they are: see that none names a person",
        )
    if community.ties is not None:
        tied = {name for link in community.ties for name in (link.source, link.target)}
        alone = len(people) - len(tied)
        if alone:
            ledger.note("warning", f"{alone} people have no tie at all; they stay in the scenario")
    if names_kept:
        ledger.note(
            "warning", "names were kept: share this folder only where everyone named has agreed"
        )


def _warn_of_money(organisations: Iterable[Organisation], ledger: Ledger) -> None:
    """Say so where many organisations, each with the usual budget, hold unusually much."""
    default = Institution.model_fields["budget"].default
    money = sum(float(o.settings.get("budget", default)) for o in organisations)
    if money > MUCH_MONEY:
        ledger.note(
            "warning",
            f"the organisations spend {money:.3g} a resident and month together; in the baseline "
            f"it is {BASELINE_MONEY:g}. State what each spends in a column budget: with so much "
            "money every part of the community gets better by itself",
        )


# --- the files ------------------------------------------------------------------------------------


def files_of(community: Community, written: Written, title: str, folder: Path) -> dict[str, str]:
    """Return the text of the scenario and its tables, by file name."""
    files = {}
    if community.people:
        files["people.csv"] = _people(community.people, written.people)
    for name, head, links, sources, targets in (
        ("ties.csv", ("source", "target"), community.ties, written.people, written.people),
        (
            "services.csv",
            ("person", "institution"),
            community.services,
            written.people,
            written.organisations,
        ),
        (
            "partners.csv",
            ("source", "target"),
            community.partners,
            written.organisations,
            written.organisations,
        ),
    ):
        if links is not None:
            rows = sorted(
                (sources[k.source], targets[k.target], *(_share(k.values.get(p)) for p in PARTS))
                for k in links
            )
            files[name] = _table((*head, *PARTS), rows)
    name = scenario_name(folder)
    data = _scenario(community, written, title, files)
    return {name: HEADER.format(name=name) + tomli_w.dumps(data), **files}


def _share(value: float | None) -> str:
    return "" if value is None else f"{round(value, 6):g}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _people(people: dict[str, Person], written: dict[str, str]) -> str:
    """Return people.csv; sorted by what people are called there, which hides the old order."""
    columns = [c for c in ATTRIBUTES if any(p.values.get(c) for p in people.values())]
    places = any(person.place for person in people.values())
    head = ["person", "group", *(["place"] if places else []), *columns]
    rows = sorted(
        [written[p.name], p.group, *([p.place] if places else []),
         *(p.values.get(c, "") for c in columns)]
        for p in people.values()
    )  # fmt: skip
    return _table(head, rows)


def _scenario(
    community: Community, written: Written, title: str, files: dict[str, str]
) -> dict[str, Any]:
    people = community.people.values()
    groups = Counter(p.group for p in people) or {EVERYONE: community.residents}
    places = Counter(p.place for p in people if p.place)
    data: dict[str, Any] = {
        "schema": 1,
        "title": title,
        "about": _about(community),
        "sources": ["Data of the community itself, as imported; see report.md"],
        "groups": [{"name": name, "size": size} for name, size in sorted(groups.items())],
    }
    if places:
        data["places"] = [{"name": n, "share": float(s)} for n, s in sorted(places.items())]
    organisations = sorted(
        community.organisations.values(), key=lambda o: written.organisations[o.name]
    )
    data["institutions"] = [
        {"name": written.organisations[o.name], "sector": o.sector, **o.settings}
        for o in organisations
    ]
    if community.people:
        data["people"] = {"path": "people.csv", "smallest_group": SMALLEST_GROUP}
    if "ties.csv" in files:
        data["ties"] = {"kind": "file", "path": "ties.csv"}
    else:
        data["ties"] = _drawn(community.residents)
    for name in ("services", "partners"):
        if f"{name}.csv" in files:
            data[name] = {"path": f"{name}.csv"}
    return data


def _drawn(people: int) -> dict[str, Any]:
    """Return ties that so few people can have."""
    degree = min(int(DRAWN_TIES["degree"]), (people - 1) // 2 * 2)  # type: ignore[call-overload]
    return {"kind": "complete"} if degree < 2 else {**DRAWN_TIES, "degree": degree}


def _about(community: Community) -> str:
    counts = {
        "residents": len(community.people),
        "ties between residents": len(community.ties or ()),
        "institutions": len(community.organisations),
        "ratings between institutions": len(community.partners or ()),
        "ties of residents to institutions": len(community.services or ()),
    }
    read = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    made_up = "" if community.people else f" The {community.residents} residents are made up."
    return f"Imported: {read}.{made_up} The report beside this file says what was assumed."
