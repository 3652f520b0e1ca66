"""Ties as lines of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from simulation.errors import InputError, nearest_name
from simulation.ties_file.gathered import COLUMNS, Gathered, TiesFile

OTHER_NAMES = {"from": "source", "to": "target"}
LONGEST_LINE = 10_000


def read_csv(file: Path, content: bytes) -> TiesFile:
    """Read ties from lines under a header."""
    gathered = Gathered(file)
    text = _decoded(gathered, content)
    rows = _rows(gathered, text)
    try:
        where, header = next(rows)
    except StopIteration:
        raise InputError("the file is empty", file=file) from None
    columns = _columns(gathered, header, where)
    for where, row in rows:
        if len(row) != len(columns):
            raise gathered.wrong(
                "a line has another number of fields than the header",
                where,
                found=len(row),
                allowed=str(len(columns)),
            )
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=True))
        source = gathered.person(cells["source"], where)
        target = gathered.person(cells["target"], where)
        gathered.tie(source, target, gathered.trust_of(cells, where), where)
    if not gathered.where:
        raise InputError("there are no ties below the header", file=file)
    return gathered.result()


def _decoded(gathered: Gathered, content: bytes) -> str:
    """Return the text of a CSV file, in lines that a person could have written."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise gathered.wrong(
            "the file is not in UTF-8", f"line {number}", mend="save it as CSV in UTF-8"
        ) from None
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if "\x00" in line:
            raise gathered.wrong(
                "there is a zero byte", f"line {number}", mend="save it as CSV in UTF-8"
            )
        if len(line) > LONGEST_LINE:
            raise gathered.wrong(
                "a line is too long",
                f"line {number}",
                found=f"{len(line)} characters",
                allowed=f"up to {LONGEST_LINE}",
            )
    return text


def _rows(gathered: Gathered, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield where each line is that is not blank, and its fields."""
    lines = io.StringIO(text, newline=None)
    header = next((line for line in lines if line.strip()), "")
    lines.seek(0)
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield f"line {reader.line_num}", row
    except csv.Error as error:
        raise gathered.wrong(
            f"the quotes do not fit: {error}", f"line {max(reader.line_num, 1)}"
        ) from None


def _columns(gathered: Gathered, header: list[str], where: str) -> list[str]:
    """Return the columns of a header by their names here."""
    columns: list[str] = []
    for cell in header:
        name = cell.strip().lower()
        name = OTHER_NAMES.get(name, name)
        if name not in COLUMNS:
            raise gathered.wrong(
                "there is no such column",
                where,
                found=cell.strip(),
                allowed=", ".join(COLUMNS),
                nearest=nearest_name(name, COLUMNS),
                mend=None if "source" in columns else "the first line names the columns",
            )
        if name in columns:
            raise gathered.wrong("a column is there twice", where, found=cell.strip())
        columns.append(name)
    for needed in ("source", "target"):
        if needed not in columns:
            raise gathered.wrong(f"the column {needed} is missing", where, found=", ".join(columns))
    gathered.check_trust(columns, where)
    return columns
