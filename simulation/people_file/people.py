"""People as lines of a CSV file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulation.errors import InputError
from simulation.files import check_name, content_of, flag, number, read_lines, wrong

Floats = NDArray[np.float64]

NUMBERS: dict[str, tuple[float, float]] = {
    "opinion": (0.0, 1.0),
    "susceptibility": (0.0, 1.0),
    "self_weight": (0.0, 1.0),
    "voice": (0.0, 1000.0),
    "threshold": (-100.0, 100.0),
    "skill": (0.0, 1.0),
    "resources": (0.0, 1e6),
    "burden": (0.0, 1.0),
    "grievance": (0.0, 1.0),
    "safety": (0.0, 1.0),
    "efficacy": (0.0, 1.0),
    "stewardship": (0.0, 1.0),
}
"""The numbers a people file may state, with their ranges; voice is above 0."""
FLAGS = ("committed", "lived_experience", "lives_here", "works_here")
"""What a people file may say with yes or no."""
PEOPLE_COLUMNS = ("person", "group", "place", *NUMBERS, *FLAGS)
"""All columns there can be; only `person` must be there."""


@dataclass(frozen=True)
class PeopleFile:
    """What a people file says, line by line.

    Attributes:
        file: where it lies.
        names: the people, each name once.
        group: name of each one's group, empty where not stated; None where there is no such column.
        place: likewise, of the place.
        columns: each further column, shape (people,); NaN for an empty cell, flags as 0 and 1.
        where: where each person stands, such as "line 2".
    """

    file: Path
    names: list[str]
    group: list[str] | None
    place: list[str] | None
    columns: dict[str, Floats]
    where: list[str]


def read_people(path: str | PathLike[str]) -> PeopleFile:
    """Read a people file.

    Raises:
        InputError: for any file that cannot be used: with the file, the line, what was found and
            what is allowed.
    """
    file = Path(path)
    lines = read_lines(file, content_of(file, "a people file"), PEOPLE_COLUMNS, ("person",))
    seen: dict[str, str] = {}
    group: list[str] = []
    place: list[str] = []
    values: list[list[float]] = []
    stated = [name for name in lines.columns if name in NUMBERS or name in FLAGS]
    for where, cells in lines.rows:
        name = check_name(file, cells["person"], where)
        if name in seen:
            raise wrong(file, f"a person is there twice, first in {seen[name]}", where, found=name)
        seen[name] = where
        group.append(cells.get("group", ""))
        place.append(cells.get("place", ""))
        row = {column: _value(file, column, cells[column], where) for column in stated}
        _check_row(file, row, where)
        values.append(list(row.values()))
    if not seen:
        raise InputError("there is nobody below the header", file=file)
    table = np.array(values, dtype=np.float64).reshape(len(seen), len(stated))
    return PeopleFile(
        file,
        list(seen),
        group if "group" in lines.columns else None,
        place if "place" in lines.columns else None,
        {column: table[:, n].copy() for n, column in enumerate(stated)},
        list(seen.values()),
    )


def _value(file: Path, column: str, cell: str, where: str) -> float:
    """Return one cell as a number, NaN where it is empty."""
    if column in FLAGS:
        return flag(file, cell, column, where)
    found = number(file, cell, column, where, *NUMBERS[column])
    if column == "voice" and found == 0.0:
        raise wrong(file, "voice is out of range", where, found=cell, allowed="above 0, to 1000")
    if column == "stewardship" and not math.isnan(found) and found not in (0.0, 0.5, 1.0):
        raise wrong(file, "stewardship is out of range", where, found=cell, allowed="0, 0.5 or 1")
    return found


def _check_row(file: Path, row: dict[str, float], where: str) -> None:
    """Refuse what cannot be true of one person."""
    if row.get("lives_here") == 0.0 and row.get("works_here") == 0.0:
        raise wrong(
            file,
            "a person neither lives nor works here",
            where,
            mend="leave the person out, or say yes to lives_here or works_here",
        )
    if row.get("committed") == 1.0 and row.get("stewardship", 1.0) < 1.0:
        raise wrong(
            file,
            "committed people are stewards and never stop",
            where,
            found=f"stewardship {row['stewardship']:g}",
            allowed="stewardship 1, or committed no",
        )
