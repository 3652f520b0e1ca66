"""Table: the points of a design one by one, from a CSV file, a DataFrame or an array."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.designs.declared import MOST_POINTS
from scenarios.reading import plain
from simulation.errors import InputError
from simulation.files import content_of

WHOLE = re.compile(r"[+-]?\d{1,18}")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
FLAGS = {"true": True, "false": False}

Columns = dict[str, list[Any]]


def columns_of(table: Any, names: Sequence[str]) -> Columns:
    """Return the columns of a table by name, all of one length, all cells filled.

    Args:
        table: a DataFrame or a mapping of columns, named as factors or keys; or a NumPy array or
            a list of rows, whose columns are the factors in their order.
        names: the design's factors.

    Raises:
        InputError: naming the row and column that does not fit.
    """
    if hasattr(table, "columns") and hasattr(table, "to_dict"):
        found = {str(name): table[name].tolist() for name in table.columns}
        if len(found) < len(table.columns):
            raise InputError("two columns have the same name", key="table")
    elif isinstance(table, Mapping):
        found = {str(name): _listed(str(name), column) for name, column in table.items()}
    else:
        found = _from_rows(table, names)
    if not found:
        raise InputError("there is no column", key="table")
    lengths = {name: len(column) for name, column in found.items()}
    first, length = next(iter(lengths.items()))
    for name, other in lengths.items():
        if other != length:
            raise InputError(
                f"columns are of different lengths: '{first}' has {length}, '{name}' has {other}",
                key="table",
            )
    _not_empty(length)
    return {name: [_cell(v, name, n) for n, v in enumerate(c)] for name, c in found.items()}


def read_table(file: Path) -> Columns:
    """Return the columns of a CSV file whose first line names them.

    Raises:
        InputError: the file cannot be read, or a cell is empty; with its line and column.
    """
    try:
        text = content_of(file, "a table of points").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            "the file is not in UTF-8", file=file, mend="save it as CSV in UTF-8"
        ) from None
    lines = _lines(file, text)
    where, header = next(lines, ("line 1", []))
    names = [cell.strip() for cell in header]
    for name in names:
        if not name:
            raise InputError("a column has no name", file=file, key=where)
        if names.count(name) > 1:
            raise InputError("a column is there twice", file=file, key=where, found=name)
    columns: Columns = {name: [] for name in names}
    for where, row in lines:
        if len(row) != len(names):
            raise InputError(
                "a line has another number of fields than the header",
                file=file,
                key=where,
                found=len(row),
                allowed=str(len(names)),
            )
        for name, cell in zip(names, row, strict=True):
            if not cell.strip():
                raise InputError("a cell is empty", file=file, key=f"{where}, column {name}")
            columns[name].append(_parsed(cell.strip()))
    try:
        _not_empty(len(next(iter(columns.values()), [])))
    except InputError as error:
        raise error.at(file=file) from None
    return columns


def different(column: Sequence[Any]) -> tuple[Any, ...]:
    """Return the different values of a column in their order."""
    return tuple({repr(value): value for value in column}.values())


def _lines(file: Path, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield where each line is that is not blank, and its fields."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield f"line {reader.line_num}", row
    except csv.Error as error:
        where = f"line {max(reader.line_num, 1)}"
        raise InputError(
            f"the fields cannot be told apart: {error}", file=file, key=where
        ) from None


def _parsed(cell: str) -> Any:
    """Return a cell as a whole number, a number, a flag or text."""
    if WHOLE.fullmatch(cell):
        return int(cell)
    if NUMBER.fullmatch(cell):
        return float(cell)
    return FLAGS.get(cell.lower(), cell)


def _listed(name: str, column: Any) -> list[Any]:
    column = column.tolist() if hasattr(column, "tolist") else column
    if isinstance(column, str | Mapping) or not isinstance(column, Sequence):
        raise InputError(
            "wrong type", key=f"table.{name}", found=column, allowed="a list of values"
        )
    return list(column)


def _from_rows(table: Any, names: Sequence[str]) -> Columns:
    """Return the columns of an array or a list of rows."""
    rows = table.tolist() if hasattr(table, "tolist") else table
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InputError(
            "wrong type",
            key="table",
            found=type(table).__name__,
            allowed="a CSV file, a DataFrame, an array or columns with their values",
        )
    columns: Columns = {name: [] for name in names}
    for number, row in enumerate(rows):
        cells = row if isinstance(row, Sequence) and not isinstance(row, str) else [row]
        if len(cells) != len(names):
            raise InputError(
                "a row has another number of values than there are factors",
                key=f"table: row {number}",
                found=len(cells),
                allowed=f"{len(names)}: {', '.join(names)}",
            )
        for name, cell in zip(names, cells, strict=True):
            columns[name].append(cell)
    return columns


def _cell(value: Any, column: str, row: int) -> Any:
    """Return a plain value; refuse an empty one."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or value != value:
        raise InputError(
            "is empty or no finite number",
            key=f"table: row {row}, column {column}",
            found=str(value),
        )
    return plain(value, key=f"table: row {row}, column {column}")


def _not_empty(rows: int) -> None:
    if not 1 <= rows <= MOST_POINTS:
        raise InputError(
            "the table has too few or too many rows", found=rows, allowed=f"1 to {MOST_POINTS:,}"
        )
