"""Reading: a file as people's programs write it, turned into a table of plain text cells.

Knows the habits of spreadsheets: byte-order marks, Windows-1252 and UTF-16, semicolons, tabs,
`sep=;` in the first line, non-breaking spaces, empty columns and lines at the end.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from scenarios.importing.ledger import Ledger
from simulation.errors import InputError, nearest_name

LARGEST_FILE = 256 * 1024 * 1024
LONGEST_CELL = 10_000
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin: those of present and of old spreadsheet programs."""
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass
class Sheet:
    """A table as it was read: columns as they were called, and cells as text.

    Attributes:
        role: what the table is in this import: "people", "ties", "institutions", …
        file: what it is called in messages.
        unit: what `places` count: lines of a file, rows of a table, nodes or ties of a graph.
        columns: the header.
        rows: the cells of each row, as many as columns.
        places: where each row stands.
        mutual: whether ties had no direction and are there both ways.
        scale: "0-1" where the numbers are known to be shares, else empty.
    """

    role: str
    file: str
    unit: str
    columns: list[str]
    rows: list[list[str]]
    places: list[int]
    scale: str = ""
    mutual: bool = False

    def key(self, place: int, column: str = "") -> str:
        """Return where something is, as errors name it."""
        return f"{self.unit} {place}" + (f", column {column}" if column else "")

    def wrong(self, problem: str, place: int, column: str = "", **details: Any) -> InputError:
        """Return the error for one cell."""
        return InputError(problem, file=self.file, key=self.key(place, column), **details)


def read_sheet(source: Any, role: str, ledger: Ledger) -> Sheet:
    """Read a CSV file, or take a pandas DataFrame, as a sheet.

    Args:
        source: a path, or a DataFrame.
        role: what the table is.
        ledger: takes notes of how it was read.

    Raises:
        InputError: where it is no table of text.
    """
    if hasattr(source, "columns") and hasattr(source, "itertuples"):
        return _from_frame(source, role)
    if not isinstance(source, str | PathLike):
        raise InputError(
            "neither a path nor a table",
            key=role,
            found=type(source).__name__,
            allowed="the path of a CSV file, or a pandas DataFrame",
        )
    file = Path(source)
    if file.suffix.lower() in (".xlsx", ".xls", ".xlsm", ".ods"):
        raise _workbook(file)
    return _from_text(decoded(bytes_of(file), file, role, ledger), file, role, ledger)


def bytes_of(file: Path) -> bytes:
    """Return a file's content, or say in one line why it cannot be had."""
    try:
        if file.is_dir():
            raise InputError("this is a folder, not a file", file=file)
        if not file.exists():
            beside = [f.name for f in file.parent.iterdir()] if file.parent.is_dir() else []
            near = nearest_name(file.name, beside)
            raise InputError("there is no such file", file=file, nearest=near)
        if not file.is_file() or file.stat().st_size > LARGEST_FILE:
            most = f"a plain file of up to {LARGEST_FILE // 1024**2} MB"
            raise InputError("this cannot be read as a table", file=file, allowed=most)
        content = file.read_bytes()
    except InputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"the file cannot be read: {reason}", file=repr(str(file))) from None
    if not content.strip():
        raise InputError("the file is empty", file=file)
    return content


def decoded(content: bytes, file: Path, role: str, ledger: Ledger) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252, and note which it was."""
    if content.startswith(WORKBOOKS):
        raise _workbook(file)
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, UnicodeError) as error:
        broken = content.count(b"\n", 0, getattr(error, "start", 0)) + 1
        raise InputError(
            "the characters of this file cannot be read",
            file=file,
            key=f"line {broken}",
            mend="save it as CSV in UTF-8",
        ) from None
    text = text.removeprefix("\ufeff")
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if "\x00" in line:
            raise InputError(
                "there is a zero byte",
                file=file,
                key=f"line {number}",
                mend="save it as CSV in UTF-8",
            )
    if encoding == "cp1252":
        ledger.note(
            "read",
            "the file is not in UTF-8 and was read as Windows-1252; see that letters with accents "
            "came out right in the key file",
            role=role,
        )
    elif encoding.startswith("utf-16"):
        ledger.note("read", "the file was read as UTF-16", role=role)
    return text


def _encoding(content: bytes) -> str:
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = content[:400]
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if len(head) >= 4 and head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _workbook(file: Path) -> InputError:
    return InputError(
        "this is a spreadsheet workbook, not a table of text",
        file=file,
        mend="save the sheet as 'CSV UTF-8' and import that",
    )


def clean(cell: str) -> str:
    """Return a cell without the spaces around it, odd spaces made plain, letters composed."""
    if cell.isascii() and "  " not in cell and "\n" not in cell and "\t" not in cell:
        return cell.strip()
    return " ".join(unicodedata.normalize("NFC", cell).replace("\u200b", "").split())


# --- lines of text --------------------------------------------------------------------------------


def _from_text(text: str, file: Path, role: str, ledger: Ledger) -> Sheet:
    lines = list(io.StringIO(text, newline=None))
    delimiter, skip = _delimiter(lines)
    if delimiter != ",":
        ledger.note("read", f"the fields are parted by {DELIMITERS[delimiter]}", role=role)
    rows = _rows(lines, skip, delimiter, file)
    _, header = next(rows, (0, []))
    if not header:
        raise InputError("the file is empty", file=file)
    while header and not header[-1]:
        header.pop()
    sheet = Sheet(role, str(file), "line", header, [], [])
    for at, row in rows:
        while len(row) > len(header) and not row[-1]:
            row.pop()
        if len(row) > len(header):
            ledger.mistake(
                sheet.wrong(
                    "a line has more fields than the header",
                    at,
                    found=len(row),
                    allowed=str(len(header)),
                    mend="put quotes around text that holds the delimiter",
                )
            )
            continue
        if len(row) < len(header):
            ledger.note(
                "read",
                "lines are shorter than the header; the missing cells count as empty",
                role=role,
                at=at,
            )
        sheet.rows.append(row + [""] * (len(header) - len(row)))
        sheet.places.append(at)
    ledger.settle()
    return sheet


def _delimiter(lines: list[str]) -> tuple[str, int]:
    """Return what parts the fields, and how many lines come before the header."""
    for number, line in enumerate(lines):
        words = line.strip().strip('"').lower()
        if words.startswith("sep=") and len(words) <= 5:
            stated = line.strip("\r\n").strip('"')[4:5] or "\t"
            if stated in DELIMITERS:
                return stated, number + 1
        if words:
            return max(DELIMITERS, key=line.count), 0
    return ",", 0


def _rows(
    lines: list[str], skip: int, delimiter: str, file: Path
) -> Iterator[tuple[int, list[str]]]:
    """Yield the place and the cleaned cells of every line that is not blank."""
    reader = csv.reader(lines[skip:], delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [clean(cell) for cell in row]
            place = reader.line_num + skip
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise InputError(
                    "a cell is too long; perhaps a quotation mark is not closed",
                    file=file,
                    key=f"line {place}",
                    allowed=f"up to {LONGEST_CELL} characters",
                )
            if any(cells):
                yield place, cells
    except csv.Error as error:
        raise InputError(
            f"the quotation marks do not fit: {error}",
            file=file,
            key=f"line {max(reader.line_num + skip, 1)}",
        ) from None


# --- data frames ----------------------------------------------------------------------------------


def _from_frame(frame: Any, role: str) -> Sheet:
    columns = [clean(str(name)) for name in frame.columns]
    rows = [[as_text(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    kept = [(n, row) for n, row in enumerate(rows, 1) if any(row)]
    if not columns:
        raise InputError("the table has no columns", file=f"{role} table")
    places = [n for n, _ in kept]
    return Sheet(role, f"{role} table", "row", columns, [row for _, row in kept], places)


def as_text(value: Any) -> str:
    """Return a value of a table or a graph as a cell: whole floats without a point, no value as ''.

    (A column of ids with a gap in it comes out of pandas as floats: 12.0 is the id 12.)
    """
    if value is None or value != value or str(value) in ("<NA>", "NaT"):
        return ""
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return "yes" if value else "no"
    if isinstance(value, float) or type(value).__name__ in ("float32", "float64"):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return clean(str(value))
