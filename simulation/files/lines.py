"""Lines: a CSV file as cells under named columns, with the line in which each row ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from simulation.errors import InputError, nearest_name
from simulation.files.cells import wrong

LONGEST_LINE = 10_000

Cells = dict[str, str]


class Lines(NamedTuple):
    """A CSV file whose header has been read.

    Attributes:
        header: where the header is, such as "line 1".
        columns: the columns of the file, by their names here.
        rows: yields where each row is, and its cells by column, without space around them.
    """

    header: str
    columns: list[str]
    rows: Iterator[tuple[str, Cells]]


def read_lines(
    file: Path,
    content: bytes,
    known: Sequence[str],
    needed: Sequence[str],
    other_names: Mapping[str, str] | None = None,
) -> Lines:
    """Read a CSV file in UTF-8, its fields parted by commas or semicolons.

    Args:
        file: named in refusals.
        content: the file's bytes.
        known: the columns there can be.
        needed: those that must be there.
        other_names: what columns may be called instead.

    Raises:
        InputError: for what is no such file; reading `rows` may raise one, too.
    """
    rows = _rows(file, _decoded(file, content))
    try:
        where, header = next(rows)
    except StopIteration:
        raise InputError("the file is empty", file=file) from None
    columns = _columns(file, header, where, known, needed, other_names or {})
    return Lines(where, columns, _cells(file, columns, rows))


def _cells(
    file: Path, columns: list[str], rows: Iterator[tuple[str, list[str]]]
) -> Iterator[tuple[str, Cells]]:
    """Yield rows by column; refuse one that is too short or too long."""
    for where, row in rows:
        if len(row) != len(columns):
            raise wrong(
                file,
                "a line has another number of fields than the header",
                where,
                found=len(row),
                allowed=str(len(columns)),
            )
        yield where, dict(zip(columns, (cell.strip() for cell in row), strict=True))


def _decoded(file: Path, content: bytes) -> str:
    """Return the text of a CSV file, in lines that a person could have written."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise wrong(
            file, "the file is not in UTF-8", f"line {number}", mend="save it as CSV in UTF-8"
        ) from None
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if "\x00" in line:
            raise wrong(
                file, "there is a zero byte", f"line {number}", mend="save it as CSV in UTF-8"
            )
        if len(line) > LONGEST_LINE:
            raise wrong(
                file,
                "a line is too long",
                f"line {number}",
                found=f"{len(line)} characters",
                allowed=f"up to {LONGEST_LINE}",
            )
    return text


def _rows(file: Path, text: str) -> Iterator[tuple[str, list[str]]]:
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
        raise wrong(
            file, f"the quotes do not fit: {error}", f"line {max(reader.line_num, 1)}"
        ) from None


def _columns(
    file: Path,
    header: list[str],
    where: str,
    known: Sequence[str],
    needed: Sequence[str],
    other_names: Mapping[str, str],
) -> list[str]:
    """Return the columns of a header by their names here."""
    columns: list[str] = []
    for cell in header:
        name = cell.strip().lower()
        name = other_names.get(name, name)
        if name not in known:
            raise wrong(
                file,
                "there is no such column",
                where,
                found=cell.strip(),
                allowed=", ".join(known),
                nearest=nearest_name(name, known),
                mend=None if needed[0] in columns else "the first line names the columns",
            )
        if name in columns:
            raise wrong(file, "a column is there twice", where, found=cell.strip())
        columns.append(name)
    for name in needed:
        if name not in columns:
            raise wrong(file, f"the column {name} is missing", where, found=", ".join(columns))
    return columns
