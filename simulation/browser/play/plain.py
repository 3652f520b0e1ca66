"""Plain: what reading a file has to say, in the page's own words.

The loader and the import speak to whoever uses the command line: of its options, and of settings by
their keys. On the page there are fields with labels instead.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from scenarios.importing.ledger import listed_places
from simulation.browser.words import say
from simulation.specification import SERVES

if TYPE_CHECKING:
    from scenarios.importing.ledger import Note
    from simulation.errors import InputError

PHRASES = {
    r"not valid TOML: (?P<why>.+?) \(at line (?P<line>\d+), column \d+\)": "toml_line",
    r"not valid TOML: (?P<why>[^(;]+)": "toml",
    r": wrong type\b": "wrong_type",
    r": unknown key\b": "unknown_key",
    r"; kindling list shows the names": "",
    r" ?\(--ratings\)": "",
    r"say which with --ratings 1-4 or --ratings 0-1": "ratings",
    r"say --duplicates mean or --duplicates first": "duplicates",
    r"name --people, --ties, --institutions, --partners or --graph": "nothing",
    r"NO RESIDENTS WERE IMPORTED": "no_residents",
    r" ?\(--residents sets how many, --people brings real ones\)": "",
    r"came out right in the key file": "accents",
    r"\bleader_seats\b": "leader_seats",
}
"""What the page says otherwise, and by which words of the catalogue; "" for what it leaves out."""
HINTS = {
    "not valid TOML": "toml",
    "UTF-8": "utf",
    "there is no such file": "together",
    "one scenario file": "together",
}
"""Which advice is given beyond the message, by what stands in it."""


def plain(text: str) -> str:
    """Return text of the loader or the import as somebody at the page would say it."""
    for pattern, key in PHRASES.items():
        text = re.sub(pattern, partial(_said, key), text)
    for sector in SERVES:
        text = text.replace(sector, sector.replace("_", " "))
    return text


def _said(key: str, found: re.Match[str]) -> str:
    return say(f"play.plain.{key}", **found.groupdict()) if key else ""


def told(note: Note) -> str:
    """Return a note of an import as a sentence that names the field in which the file was."""
    text = plain(note.text)
    if note.role:
        text = say("play.plain.in_file", field=say(f"play.own_{note.role}"), text=text)
    else:
        text = text[:1].upper() + text[1:]
    if note.places:
        where = listed_places(note.places, note.unit)
        text = say("play.plain.places", text=text, n=len(note.places), where=where)
    return f"{text}."


def refused(problem: InputError) -> str:
    """Return that a file was not opened, why, where, and how to mend it."""
    text = plain(str(problem))
    hint = next((key for part, key in HINTS.items() if part in problem.problem), "again")
    end = "" if text.endswith(("?", "…", ".")) else "."
    return say("play.own_refused", problem=text + end, hint=say(f"play.plain.hint_{hint}"))
