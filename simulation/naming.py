"""Naming: keys and names as messages show them, and whether a name is known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from simulation.errors import InputError, nearest_name

BARE = re.compile(r"[A-Za-z0-9_-]+")
LONGEST = 60
"""Longer names are cut short in messages."""


def key_of(*parts: str) -> str:
    """Join parts of a key with dots; parts that are no plain words are quoted, as in TOML."""
    return ".".join(_shown(part) for part in parts)


def _shown(part: str) -> str:
    short = part if len(part) <= LONGEST else part[: LONGEST - 1] + "…"
    return short if BARE.fullmatch(part) else _quoted(short)


def _quoted(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped)


def first_repeated(names: Iterable[str]) -> str | None:
    """Return the first name that occurs a second time, or None."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def refuse_unknown(name: str, names: Sequence[str], what: str, *key: str) -> None:
    """Refuse a name that is not among `names`.

    Args:
        name: what was written.
        names: all there are.
        what: what they are names of, such as "group".
        key: words of the key under which it was written.

    Raises:
        InputError: with what there is, and the nearest.
    """
    if name not in names:
        raise InputError(
            f"there is no {what} of this name",
            key=key_of(*key),
            found=name,
            allowed=listed(names) or f"none: the scenario has no {what}s",
            nearest=nearest_name(name, names),
        )


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names as a message lists them, the first `most` of them."""
    shown = [f"'{_quoted(name)[1:-1]}'" for name in names[:most]]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown) + more
