"""What the files of one's own community state, as plain lists, read by the engine's readers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulation.people_file import LinksFile, read_partners, read_people, read_services
from simulation.ties_file import TiesFile, read_ties

if TYPE_CHECKING:
    from simulation.specification import Specification
    from tests.reference.agents import Resident, Tie

PLAIN = (
    "susceptibility", "self_weight", "threshold", "voice", "resources",
    "safety", "efficacy", "grievance", "stewardship",
)  # fmt: skip
"""What takes the place of a value that was drawn, and that nothing else of the start hangs on."""
PARTS = ("reliability", "openness", "mission")
StatedTie = tuple[str, str, dict[str, float]]


@dataclass
class Line:
    """One person of a file."""

    number: int
    name: str
    group: str = ""
    place: str = ""
    stated: dict[str, float] = field(default_factory=dict)


@dataclass
class Files:
    """What the files of a community state; None for a file that there is not."""

    people: list[Line] | None = None
    friends: list[StatedTie] | None = None
    services: list[StatedTie] | None = None
    partners: list[StatedTie] | None = None


def read_files(spec: Specification) -> Files:
    """Read what there is."""
    paths, files = spec.files(), Files()
    if "ties" in paths:
        ties = read_ties(paths["ties"])
        files.friends = friends(ties)
        groups = ties.groups or [""] * len(ties.names)
        files.people = [
            Line(n, name, group)
            for n, (name, group) in enumerate(zip(ties.names, groups, strict=True))
        ]
    if "people" in paths:
        files.people = lines(paths["people"])
    if "services" in paths:
        files.services = links(read_services(paths["services"]))
    if "partners" in paths:
        files.partners = links(read_partners(paths["partners"]))
    return files


def lines(path: str) -> list[Line]:
    """Return the people of a file, with what is stated of each."""
    people = read_people(path)
    found = []
    for n, name in enumerate(people.names):
        cells = {column: float(values[n]) for column, values in people.columns.items()}
        stated = {column: value for column, value in cells.items() if not math.isnan(value)}
        group = people.group[n] if people.group else ""
        place = people.place[n] if people.place else ""
        found.append(Line(n, name, group, place, stated))
    return found


def friends(ties: TiesFile) -> list[StatedTie]:
    """Return friend ties by name."""
    found = []
    for n, (one, two) in enumerate(zip(ties.first, ties.second, strict=True)):
        parts = {part: getattr(ties, part) for part in PARTS}
        stated = {part: float(v[n]) for part, v in parts.items() if v is not None}
        found.append((ties.names[one], ties.names[two], without_gaps(stated)))
    return found


def links(file: LinksFile) -> list[StatedTie]:
    """Return ties of institutions by name."""
    return [
        (one, two, without_gaps({part: float(getattr(file, part)[n]) for part in PARTS}))
        for n, (one, two) in enumerate(zip(file.source, file.target, strict=True))
    ]


def without_gaps(parts: dict[str, float]) -> dict[str, float]:
    """Return the parts that are stated."""
    return {part: value for part, value in parts.items() if not math.isnan(value)}


def take_over(tie: Tie, stated: dict[str, float]) -> None:
    """Let a tie have the parts of trust that a file states."""
    for part, value in stated.items():
        setattr(tie, part, value)


def settle(who: Resident, stated: dict[str, float]) -> None:
    """Say whether somebody lives here: as stated; who does not work here must."""
    if stated.get("works_here") == 0.0:
        who.lives_here = True
    who.lives_here = bool(stated.get("lives_here", who.lives_here))


def commit(who: Resident, stated: dict[str, float]) -> None:
    """Say whether somebody is committed: as stated; who is less than a steward is not."""
    if stated.get("stewardship", 1.0) < 1.0:
        who.committed = False
    who.committed = bool(stated.get("committed", who.committed))
