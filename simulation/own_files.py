"""Own files: what the files of a community say, laid on the rows of its residents.

The readers (`simulation.people_file`, `simulation.ties_file`) know nothing of a scenario; here
their names meet those of its groups, places and institutions, and sizes meet counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.errors import InputError, nearest_name
from simulation.naming import listed
from simulation.people_file import LinksFile, PeopleFile, read_partners, read_people, read_services
from simulation.seating import Seating, seat
from simulation.state import Floats, Ints
from simulation.ties_file import TiesFile, read_ties

if TYPE_CHECKING:
    from simulation.specification import Specification


class Links(NamedTuple):
    """Directed ties between rows, with parts of trust that are NaN where unstated."""

    source: Ints
    target: Ints
    parts: tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class OwnFiles:
    """What the files of a community say.

    Attributes:
        names: the residents' names by row; None where no file names them.
        seating: group and place of each row; None where the scenario's sizes say it all.
        columns: what is stated of residents, by row; NaN where it is to be drawn.
        friends: friend ties between residents' rows; None where they are drawn.
        services: ties of residents' rows to institutions' rows; None where they are drawn.
        partners: ties between institutions' rows; None where all are tied.
    """

    names: list[str] | None = None
    seating: Seating | None = None
    columns: dict[str, Floats] = field(default_factory=dict)
    friends: Links | None = None
    services: Links | None = None
    partners: Links | None = None

    def stated(self, name: str, drawn: Any) -> Any:
        """Return values with those in place that a file states, the others as they were drawn."""
        given = self.columns.get(name)
        return drawn if given is None else np.where(np.isnan(given), drawn, given)


def read_own_files(spec: Specification) -> OwnFiles:
    """Read the files that a scenario names, and see that they fit it and each other.

    Raises:
        InputError: for a file that cannot be used, or says what the scenario contradicts.
    """
    files = spec.files()
    if not files:
        return OwnFiles()
    people = read_people(files["people"]) if "people" in files else None
    ties = read_ties(files["ties"], may_be_empty=people is not None) if "ties" in files else None
    seating = None
    if people is not None:
        seating = seat(spec, people)
    elif ties is not None:
        seating = seat(spec, _people_of(Path(files["ties"]), ties))
    names = None if seating is None else seating.names
    rows = {name: row for row, name in enumerate(names or ())}
    here = people.file.name if people is not None else ""
    institutions = {item.name: row for row, item in enumerate(spec.institutions)}
    columns = {}
    if people is not None and seating is not None:
        columns = {name: values[seating.lines] for name, values in people.columns.items()}
        _somebody_lives_here(people, columns)
        if ties is not None and ties.groups is not None:
            _same_groups(files["ties"], ties, people)
    return OwnFiles(
        names,
        seating,
        columns,
        None if ties is None else _friends(files["ties"], ties, rows, here),
        _services(read_services(files["services"]), rows, here or Path(files["ties"]).name,
                  institutions) if "services" in files else None,
        _partners(read_partners(files["partners"]), institutions) if "partners" in files else None,
    )  # fmt: skip


def _people_of(file: Path, ties: TiesFile) -> PeopleFile:
    """Return the people of a ties file, with the groups that a graph may state."""
    return PeopleFile(file, ties.names, ties.groups, None, {}, ties.where)


# --- ties -----------------------------------------------------------------------------------------


def _friends(path: str, ties: TiesFile, rows: dict[str, int], people: str) -> Links:
    """Return friend ties by rows of residents."""
    for name, where in zip(ties.names, ties.where, strict=True):
        if name not in rows:
            raise _nobody(Path(path), where, name, rows, people)
    row = np.array([rows[name] for name in ties.names], dtype=np.int64)
    none = np.full(ties.first.size, np.nan)
    parts = (ties.reliability, ties.openness, ties.mission)
    one, two, three = (none if part is None else part for part in parts)
    return Links(row[ties.first], row[ties.second], (one, two, three))


def _services(
    links: LinksFile, rows: dict[str, int], people: str, institutions: dict[str, int]
) -> Links:
    """Return service ties by rows, residents in ascending row and each one's institutions too."""
    for name, where in zip(links.source, links.where, strict=True):
        if name not in rows:
            raise _nobody(links.file, where, name, rows, people)
    source = _rows_of(links.source, rows)
    target = _institutions(links, links.target, institutions)
    order = np.lexsort((target, source))
    return Links(source[order], target[order], _parts(links, order))


def _partners(links: LinksFile, institutions: dict[str, int]) -> Links:
    """Return partner ties by rows of institutions."""
    source = _institutions(links, links.source, institutions)
    target = _institutions(links, links.target, institutions)
    order = np.lexsort((target, source))
    return Links(source[order], target[order], _parts(links, order))


def _parts(links: LinksFile, order: Ints) -> tuple[Floats, Floats, Floats]:
    return links.reliability[order], links.openness[order], links.mission[order]


def _rows_of(names: Sequence[str], rows: dict[str, int]) -> Ints:
    return np.array([rows[name] for name in names], dtype=np.int64)


def _institutions(links: LinksFile, names: list[str], rows: dict[str, int]) -> Ints:
    """Return the rows of institutions by name."""
    for name, where in zip(names, links.where, strict=True):
        if name not in rows:
            raise InputError(
                "there is no institution of this name in the scenario",
                file=links.file,
                key=where,
                found=name,
                allowed=listed(list(rows)) or "none: the scenario has no institutions",
                nearest=nearest_name(name, rows),
            )
    return _rows_of(names, rows)


def _nobody(file: Path, where: str, name: str, rows: dict[str, int], people: str) -> InputError:
    """Return the error for a tie of somebody who is not among the residents."""
    return InputError(
        f"a tie names somebody who is not in {people}",
        file=file,
        key=where,
        found=name,
        nearest=nearest_name(name, rows) if len(rows) <= 10_000 else None,
    )


# --- what must hold together ----------------------------------------------------------------------


def _somebody_lives_here(people: PeopleFile, columns: dict[str, Floats]) -> None:
    """Refuse a file in which everyone is said to live elsewhere."""
    lives: NDArray[np.float64] | None = columns.get("lives_here")
    if lives is not None and (lives == 0.0).all():
        raise InputError("nobody lives here: lives_here is no for everyone", file=people.file)


def _same_groups(path: str, ties: TiesFile, people: PeopleFile) -> None:
    """Refuse a graph that puts somebody into another group than the people file does."""
    if people.group is None:
        return
    own = dict(zip(people.names, people.group, strict=True))
    for name, group, where in zip(ties.names, ties.groups or (), ties.where, strict=True):
        if own.get(name, group) not in ("", group):
            raise InputError(
                f"a person is in another group than in {people.file.name}",
                file=path,
                key=where,
                found=group,
                allowed=f"'{own[name]}', or no group",
            )
