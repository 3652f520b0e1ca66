"""Cells: numbers, flags and ratings as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from scenarios.importing.ledger import Ledger
from scenarios.importing.reading import Sheet
from simulation.errors import InputError

MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", "none", "-", "--", ".", "?", "missing", "don't know",
     "dk", "no answer", "not stated")
)  # fmt: skip
"""What stands for an empty cell, whatever the capitals."""
YES = frozenset(("yes", "y", "true", "1", "x"))
NO = frozenset(("no", "n", "false", "0"))
SCALES = ("auto", "1-4", "0-1")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def is_missing(cell: str) -> bool:
    """Tell whether a cell says nothing."""
    return cell.casefold() in MISSING


def number(cell: str, sheet: Sheet, place: int, column: str, ledger: Ledger) -> float:
    """Return the number in a cell; NaN where it says nothing or is no number (then a mistake).

    Decimal commas, quotation marks and percent signs are understood.
    """
    word = cell.strip("'\" ").replace(" ", "")
    if is_missing(word):
        return math.nan
    share = word.endswith("%")
    word = word.removesuffix("%")
    value = float(word.replace(",", ".")) if NUMBER.fullmatch(word) else math.nan
    if not math.isfinite(value):
        ledger.mistake(sheet.wrong(f"{column} is not a number", place, column, found=cell))
        return math.nan
    if "," in word:
        ledger.note("read", "decimal commas were read as points", role=sheet.role)
    if share:
        ledger.note("read", "percentages were read as shares", role=sheet.role)
    return value / 100.0 if share else value


def within(
    value: float, low: float, high: float, sheet: Sheet, place: int, column: str, ledger: Ledger
) -> float:
    """Return the value; out of its range it is a mistake, and NaN."""
    if math.isnan(value) or low <= value <= high:
        return value
    ledger.mistake(
        sheet.wrong(
            f"{column} is out of range",
            place,
            column,
            found=value,
            allowed=f"{low:g} to {high:g}",
        )
    )
    return math.nan


def flag(cell: str, sheet: Sheet, place: int, column: str, ledger: Ledger) -> str:
    """Return "yes", "no", or "" for an empty cell."""
    word = cell.casefold()
    if word in YES or word in NO:
        return "yes" if word in YES else "no"
    if not is_missing(cell):
        ledger.mistake(
            sheet.wrong(f"{column} is neither yes nor no", place, column, found=cell,
                        allowed="yes, no, true, false, 1, 0")
        )  # fmt: skip
    return ""


def settle_scale(wanted: str, values: Iterable[float], sheet: Sheet, ledger: Ledger) -> str:
    """Return the scale of a file's ratings, "1-4" or "0-1", and note how it was decided.

    With "auto", a value above 1 means 1-4, and otherwise a value below 1 means 0-1.

    Raises:
        InputError: where all ratings are 1, which is the least on one scale and the most on the
            other.
    """
    if wanted not in SCALES:
        raise InputError("no such scale", key="ratings", found=wanted, allowed=", ".join(SCALES))
    given = [v for v in values if not math.isnan(v)]
    if sheet.scale:
        return sheet.scale
    if not given:
        return "1-4" if wanted == "auto" else wanted
    if wanted != "auto":
        ledger.note("read", f"ratings are on the scale {wanted}, as asked for", role=sheet.role)
        return wanted
    if all(v == 1 for v in given):
        raise InputError(
            "all ratings are 1: the least from 1 to 4, or the most from 0 to 1",
            file=sheet.file,
            mend="say which with --ratings 1-4 or --ratings 0-1",
        )
    scale = "1-4" if max(given) > 1 else "0-1"
    why = "some are above 1" if scale == "1-4" else "none is above 1"
    ledger.note(
        "assumed", f"ratings are on the scale {scale}, because {why} (--ratings)", role=sheet.role
    )
    return scale


def rated(value: float, scale: str, sheet: Sheet, place: int, column: str, ledger: Ledger) -> float:
    """Return a rating as a share: (r - 1) / 3 for those from 1 to 4."""
    if scale == "0-1":
        return within(value, 0, 1, sheet, place, column, ledger)
    return (within(value, 1, 4, sheet, place, column, ledger) - 1.0) / 3.0
