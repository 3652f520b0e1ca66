"""Seating: which line of a people file becomes which resident, by groups and places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.errors import InputError, nearest_name
from simulation.naming import listed
from simulation.state import Ints

if TYPE_CHECKING:
    from simulation.people_file import PeopleFile
    from simulation.specification import Specification


class Seating(NamedTuple):
    """Who sits where.

    Attributes:
        lines: which person of the file each resident is, shape (residents,).
        group: row of each resident's group.
        place: row of each resident's place.
        names: each resident's name.
    """

    lines: Ints
    group: Ints
    place: Ints
    names: list[str]


def seat(spec: Specification, people: PeopleFile) -> Seating:
    """Seat people group after group, place after place, and then in the order of the file.

    People without a group can only be seated where there is one group, or in a file without
    groups at all, a list of ties: they fill the groups in order. Those of a group for whom no place
    is stated are divided among the places by their shares, in the order of the file.

    Raises:
        InputError: for a group or place that the scenario does not have, a person without a group
            where there are several, or groups of other sizes than the scenario's.
    """
    group = _groups(spec, people)
    place = _places(spec, people, group)
    lines = np.lexsort((np.arange(group.size), place, group))
    names = [people.names[line] for line in lines]
    return Seating(lines, group[lines], place[lines], names)


def _groups(spec: Specification, people: PeopleFile) -> Ints:
    """Return the group of each person, once the sizes are seen to fit."""
    known = [group.name for group in spec.groups]
    sizes = np.array([group.size for group in spec.groups], dtype=np.int64)
    count = len(people.names)
    if people.group is None and (len(known) == 1 or not _is_list_of_people(spec)):
        if count != spec.size:
            what = "people" if _is_list_of_people(spec) else "ties"
            raise InputError(
                f"the number of people in the {what} file and in the groups differ",
                file=people.file,
                key="groups",
                found=spec.size,
                allowed=f"{count}, as many as the file names",
            )
        return np.repeat(np.arange(len(known)), sizes)
    stated = [""] * count if people.group is None else people.group
    if len(known) == 1:
        stated = [name or known[0] for name in stated]
    for name, where in zip(stated, people.where, strict=True):
        if not name:
            raise InputError(
                "a person has no group",
                file=people.file,
                key=where,
                allowed=listed(known),
                mend="fill the column group" if people.group is not None
                else "add the column group: the scenario has several",
            )  # fmt: skip
    found = _rows(people, stated, known, "group")
    counts = np.bincount(found, minlength=len(known))
    if (counts != sizes).any():
        raise InputError(
            f"the groups have other sizes than in {people.file.name}",
            file=people.file,
            key="groups",
            found=_sizes(known, sizes),
            mend=f"write the sizes {_sizes(known, counts)}",
        )
    return found


def _is_list_of_people(spec: Specification) -> bool:
    """Tell whether the people come from a people file, not from a list of ties."""
    return spec.people.path is not None


def _sizes(names: Sequence[str], sizes: Ints) -> str:
    """Return sizes by group, those of the first dozen."""
    return ", ".join(f"{name} = {size}" for name, size in list(zip(names, sizes, strict=True))[:12])


def _places(spec: Specification, people: PeopleFile, group: Ints) -> Ints:
    """Return the place of each person: as stated, or by the places' shares."""
    from simulation.population import largest_remainder

    known = [place.name for place in spec.places]
    found = np.full(group.size, -1, dtype=np.int64)
    if people.place is not None:
        found = _rows(people, people.place, known, "place")
    shares = np.array([place.share for place in spec.places])
    for number in range(len(spec.groups)):
        rest = np.flatnonzero((group == number) & (found < 0))
        found[rest] = np.repeat(np.arange(len(known)), largest_remainder(rest.size, shares))
    return found


def _rows(people: PeopleFile, names: Sequence[str], known: Sequence[str], what: str) -> Ints:
    """Return the row of each name, -1 for none."""
    row = {"": -1, **{name: n for n, name in enumerate(known)}}
    for name, where in zip(names, people.where, strict=True):
        if name not in row:
            raise InputError(
                f"there is no {what} of this name in the scenario",
                file=people.file,
                key=where,
                found=name,
                allowed=listed(known),
                nearest=nearest_name(name, known),
            )
    return np.array([row[name] for name in names], dtype=np.int64)
