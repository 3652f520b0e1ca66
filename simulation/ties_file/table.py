"""Ties as lines of a CSV file."""

from __future__ import annotations

from pathlib import Path

from simulation.errors import InputError
from simulation.files import check_trust, read_lines, trust_of
from simulation.ties_file.gathered import COLUMNS, Gathered, TiesFile

OTHER_NAMES = {"from": "source", "to": "target"}


def read_csv(file: Path, content: bytes, *, may_be_empty: bool = False) -> TiesFile:
    """Read ties from lines under a header."""
    gathered = Gathered(file)
    lines = read_lines(file, content, COLUMNS, ("source", "target"), OTHER_NAMES)
    check_trust(file, lines.columns, lines.header)
    for where, cells in lines.rows:
        source = gathered.person(cells["source"], where)
        target = gathered.person(cells["target"], where)
        gathered.tie(source, target, trust_of(file, cells, where), where)
    if not gathered.where and not may_be_empty:
        raise InputError("there are no ties below the header", file=file)
    return gathered.result()
