"""The message catalogue: every word of the page, by key.

A language is a folder of TOML files beside this one (`en/`); a file's first level is a section, so
`say("play.undo")` is the entry `undo` of `[play]`. A translation is such a folder, and what it
lacks is said in English. An entry may hold `{n}` and other names to be filled in, or be a table
`{ one = "…", other = "…" }` that is chosen by `n`.
"""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulation.errors import InputError

HERE = Path(__file__).parent
ENGLISH = "en"
LANGUAGE_VARIABLE = "KINDLING_LANGUAGE"


def languages() -> tuple[str, ...]:
    """Return the languages there are, English first."""
    found = sorted(p.name for p in HERE.iterdir() if any(p.glob("*.toml")))
    return (ENGLISH, *(name for name in found if name != ENGLISH))


def chosen() -> str:
    """Return the language that the page speaks: that of the environment, or English."""
    return os.environ.get(LANGUAGE_VARIABLE) or ENGLISH


@lru_cache(maxsize=8)
def catalogue(language: str = ENGLISH) -> dict[str, Any]:
    """Return all entries of a language by dotted key; entries it lacks are the English ones.

    Raises:
        InputError: where there is no such language, a file cannot be read, or two files state the
            same entry.
    """
    if language not in languages():
        raise InputError(
            "no such language", key="language", found=language, allowed=", ".join(languages())
        )
    entries: dict[str, Any] = {} if language == ENGLISH else dict(catalogue())
    seen: dict[str, str] = {}
    for file in sorted((HERE / language).glob("*.toml")):
        for key, entry in _flat(_read(file)).items():
            if key in seen:
                raise InputError(
                    f"the entry stands in {seen[key]} already", file=file.name, key=key
                )
            seen[key] = file.name
            entries[key] = entry
    return entries


def say(key: str, /, **values: Any) -> str:
    """Return the words of a key, with `{name}` filled in; plural forms are chosen by `n`.

    Raises:
        KeyError: for a key that the catalogue does not hold.
    """
    entry = catalogue(chosen())[key]
    if isinstance(entry, dict):
        entry = entry["one" if values.get("n") == 1 else "other"]
    return str(entry).format(**values) if values else str(entry)


def known(key: str) -> bool:
    """Return whether the catalogue holds a key."""
    return key in catalogue(chosen())


def table(section: str) -> dict[str, Any]:
    """Return the entries of a section, keys without its name; for scripts in the browser."""
    prefix = f"{section}."
    entries = catalogue(chosen()).items()
    return {key.removeprefix(prefix): entry for key, entry in entries if key.startswith(prefix)}


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise InputError(f"not a catalogue of words: {problem}", file=file.name) from None


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested tables as dotted keys; a table of plural forms stays one entry."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and set(value) != {"one", "other"}:
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
