"""Cells: names, numbers, flags and parts of trust, as single cells state them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulation.errors import InputError

PARTS = ("reliability", "openness", "mission")
"""The parts of trust, those of the PARTNER survey."""
LONGEST_NAME = 200
YES, NO = ("yes", "true", "1"), ("no", "false", "0")


def wrong(file: Path, problem: str, where: str | None, **details: Any) -> InputError:
    """Return the error for one place in a file."""
    return InputError(problem, file=file, key=where, **details)


def check_name(file: Path, name: str, where: str, what: str = "a person") -> str:
    """Return a name; refuse one that is empty or not readable."""
    if not name:
        raise wrong(file, f"{what} has no name", where)
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise wrong(
            file,
            "a name is not readable",
            where,
            found=name,
            allowed=f"up to {LONGEST_NAME} printable characters",
        )
    return name


def number(
    file: Path, value: Any, column: str, where: str, low: float = 0.0, high: float = 1.0
) -> float:
    """Return a number from `low` to `high`, or NaN for an empty cell."""
    if isinstance(value, str) and not value.strip():
        return math.nan
    allowed = f"{low:g} to {high:g}"
    try:
        if isinstance(value, bool) or "_" in str(value):
            raise ValueError
        found = float(value)
    except (ValueError, TypeError, OverflowError):
        comma = isinstance(value, str) and value.replace(",", "", 1).strip().isdigit()
        raise wrong(
            file,
            f"{column} is not a number",
            where,
            found=value,
            allowed=allowed,
            mend="write a point before the decimals" if comma else None,
        ) from None
    if not low <= found <= high:
        raise wrong(file, f"{column} is out of range", where, found=value, allowed=allowed)
    return found


def flag(file: Path, value: str, column: str, where: str) -> float:
    """Return 1 for yes, 0 for no, NaN for an empty cell."""
    word = value.strip().lower()
    if not word:
        return math.nan
    if word not in (*YES, *NO):
        raise wrong(
            file, f"{column} is neither yes nor no", where, found=value, allowed="yes or no"
        )
    return float(word in YES)


def check_trust(file: Path, names: Sequence[str], where: str) -> None:
    """Refuse trust given both whole and in parts."""
    both = [part for part in PARTS if part in names]
    if "trust" in names and both:
        raise wrong(
            file,
            f"trust and {both[0]} are both given",
            where,
            mend="give trust, or its parts " + ", ".join(PARTS),
        )


def trust_of(file: Path, given: Mapping[str, Any], where: str) -> tuple[float, float, float]:
    """Return the parts of trust of one tie, NaN where unstated."""
    if "trust" in given:
        whole = number(file, given["trust"], "trust", where)
        return (whole, whole, whole)
    one, two, three = (number(file, given.get(part, ""), part, where) for part in PARTS)
    return (one, two, three)
