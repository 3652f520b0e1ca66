"""Markdown: tables and cells that cannot be broken by what they hold."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 118


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [list(header), ["---"] * len(header), *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(text: object) -> str:
    """Return plain words as they stand in a cell, with no mark that Markdown would read."""
    words = " ".join(str(text).split())
    for mark in "\\|*_`[]":
        words = words.replace(mark, "\\" + mark)
    return words.replace("<", "&lt;")


def paragraph(text: str) -> str:
    """Return words as one paragraph in lines of even length."""
    return textwrap.fill(
        " ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False
    )
