"""Ties that involve institutions, as lines of a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulation.files import (
    PARTS,
    check_name,
    check_trust,
    content_of,
    read_lines,
    trust_of,
    wrong,
)

Floats = NDArray[np.float64]

SERVICE_COLUMNS = ("person", "institution", "trust", *PARTS)
PARTNER_COLUMNS = ("source", "target", "trust", *PARTS)


@dataclass(frozen=True)
class LinksFile:
    """Directed ties by names, in the order of the file, each pair once.

    Attributes:
        file: where it lies.
        source: who trusts, shape (ties,).
        target: whom they trust, shape (ties,).
        reliability: part of trust, 0 to 1, NaN where unstated, shape (ties,).
        openness: likewise.
        mission: likewise.
        where: where each tie stands, such as "line 2".
    """

    file: Path
    source: list[str]
    target: list[str]
    reliability: Floats
    openness: Floats
    mission: Floats
    where: list[str]


def read_services(path: str | PathLike[str]) -> LinksFile:
    """Read the ties of residents to institutions; a file without any is one of nobody served.

    Raises:
        InputError: for any file that cannot be used, with file and line.
    """
    return _read(Path(path), "a services file", SERVICE_COLUMNS, {})


def read_partners(path: str | PathLike[str]) -> LinksFile:
    """Read the ties of institutions to each other; there may be none.

    Raises:
        InputError: for any file that cannot be used, with file and line.
    """
    names = {"from": "source", "to": "target"}
    found = _read(Path(path), "a partners file", PARTNER_COLUMNS, names)
    for source, target, where in zip(found.source, found.target, found.where, strict=True):
        if source == target:
            raise wrong(
                found.file, "a tie leads from an institution to itself", where, found=source
            )
    return found


def _read(
    file: Path, what: str, known: tuple[str, ...], other_names: Mapping[str, str]
) -> LinksFile:
    """Read lines with two names and parts of trust."""
    first, second = known[:2]
    lines = read_lines(file, content_of(file, what), known, known[:2], other_names)
    check_trust(file, lines.columns, lines.header)
    seen: dict[tuple[str, str], str] = {}
    trust: list[tuple[float, float, float]] = []
    for where, cells in lines.rows:
        ends = tuple(
            check_name(file, cells[c], where, "a person" if c == "person" else "an institution")
            for c in (first, second)
        )
        pair = (ends[0], ends[1])
        if pair in seen:
            raise wrong(file, f"the same tie is there already, at {seen[pair]}", where)
        seen[pair] = where
        trust.append(trust_of(file, cells, where))
    parts = np.array(trust, dtype=np.float64).reshape(-1, 3)
    return LinksFile(
        file,
        [one for one, _ in seen],
        [two for _, two in seen],
        parts[:, 0].copy(),
        parts[:, 1].copy(),
        parts[:, 2].copy(),
        list(seen.values()),
    )
