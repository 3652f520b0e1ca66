"""Blocks: what a page is made of: words, tables and figures, each with how to make it again."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.figures.canvas import Drawing, text_of
from experiments.figures.save import svg_text

SHOWN_ROWS = 60
"""Rows of a table that the page shows; the file to save has all of them."""


@dataclass(frozen=True)
class Words:
    """A paragraph, or a list where there are several points.

    Attributes:
        lines: one is a paragraph, more are a list.
        strong: whether they say what was found.
        listed: whether even one line is shown as a list.
    """

    lines: tuple[str, ...]
    strong: bool = False
    listed: bool = False
    kind: str = "words"


@dataclass(frozen=True)
class Code:
    """Lines to be copied."""

    text: str
    label: str = ""
    folded: bool = False
    kind: str = "code"


@dataclass(frozen=True)
class TableBlock:
    """A table.

    Attributes:
        name: unique on the page: its anchor, and the name of its file.
        caption: what it shows.
        heads: heads of the columns.
        rows: cells as text; the first is the row's head.
        data: what the cells were made of, to be saved.
        repeat: the Python expression that gives `data` again; see `repeat.PREAMBLE`.
        note: what has to be known beside it.
        folded: whether it is opened only on demand.
    """

    name: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    data: pd.DataFrame
    repeat: str
    note: str = ""
    folded: bool = False
    kind: str = "table"

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers, and are set to the right."""
        return tuple(
            bool(self.rows) and all(_looks_numeric(row[n]) for row in self.rows)
            for n in range(len(self.heads))
        )

    @property
    def csv(self) -> str:
        """The data as an address that a browser saves."""
        return as_csv(self.data)


@dataclass(frozen=True)
class FigureBlock:
    """A figure.

    Attributes:
        name: unique on the page: its anchor, and the name of its files.
        title: what it is.
        drawing: the figure and what it shows in words.
        data: what it was drawn from.
        repeat: the Python expression that gives `data` again; see `repeat.PREAMBLE`.
        note: what has to be known beside it.
    """

    name: str
    title: str
    drawing: Drawing
    data: pd.DataFrame
    repeat: str
    note: str = ""
    kind: str = "figure"

    @property
    def alt(self) -> str:
        """What it shows, in words."""
        return self.drawing[1]

    @property
    def source(self) -> str:
        """The drawing itself, as an address that holds it."""
        drawn = svg_text(self.drawing[0], title=self.title, text=self.alt).encode("utf-8")
        return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode("ascii")

    @property
    def csv(self) -> str:
        """The data as an address that a browser saves."""
        return as_csv(self.data)

    @property
    def heads(self) -> tuple[str, ...]:
        """Heads of the columns of its data."""
        return tuple(str(name) for name in self.data.columns)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The first rows of its data as text."""
        return cells_of(self.data.head(SHOWN_ROWS))

    @property
    def more(self) -> int:
        """Rows of its data that the page does not show."""
        return max(0, len(self.data) - SHOWN_ROWS)


Block = Words | Code | TableBlock | FigureBlock


@dataclass(frozen=True)
class Section:
    """A part of the page under one heading.

    Attributes:
        name: its anchor.
        heading: its heading.
        blocks: what stands in it.
        level: 2 for a section, 3 for a part of one.
    """

    name: str
    heading: str
    blocks: tuple[Block, ...]
    level: int = 2


def plain_table(
    name: str, caption: str, data: pd.DataFrame, repeat: str, *, note: str = "",
    folded: bool = False,
) -> TableBlock:  # fmt: skip
    """Return a table whose cells are those of the data, numbers with four digits."""
    heads = tuple(str(column).replace("_", " ") for column in data.columns)
    left = len(data) - SHOWN_ROWS
    told = f"The first {SHOWN_ROWS} of {len(data)} rows; the file has all." if left > 0 else ""
    rows = tuple(cells_of(data.head(SHOWN_ROWS)))
    note = " ".join(part for part in (note, told) if part)
    return TableBlock(name, caption, heads, rows, data, repeat, note, folded)


def cells_of(data: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the rows of a table as text."""
    return [tuple(_cell(value) for value in row) for row in data.itertuples(index=False)]


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return text_of(value)


def _looks_numeric(cell: str) -> bool:
    cell = cell.removeprefix("under ").removeprefix("over ")
    return cell == "–" or cell[:1].isdigit() or cell[:2].lstrip("+−")[:1].isdigit()


def as_csv(data: pd.DataFrame) -> str:
    """Return a table as an address that holds it as CSV, numbers in full."""
    text = io.StringIO()
    data.to_csv(text, index=False, lineterminator="\n")
    coded = base64.b64encode(text.getvalue().encode("utf-8")).decode("ascii")
    return f"data:text/csv;charset=utf-8;base64,{coded}"


def anchor(*parts: object) -> str:
    """Return a name for anchors and files, of letters, digits and dashes."""
    text = "-".join(str(part) for part in parts).lower()
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text)
    return "-".join(word for word in kept.split("-") if word) or "part"
