"""Ledger: what was noticed while files were read; what can be mended is told, what cannot stops.

Notes go into the report and never hold a word from the data: they count, and say on which lines.
Mistakes go to whoever runs the import, with what was found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from simulation.errors import InputError

Section = Literal["read", "assumed", "left_out", "warning"]
MOST_PLACES = 12
"""So many lines are listed before the rest is only counted."""


@dataclass
class Note:
    """One thing noticed, with everywhere it was noticed.

    Attributes:
        section: the part of the report it belongs to.
        text: what was noticed, without any name or value from the data.
        role: which file it was in ("people", "ties", …); empty where it is about none.
        unit: what the places are: lines, rows, nodes or ties.
        places: where it was noticed; empty where it is about the file as a whole.
        total: how many there were that it could have been about, or 0.
        private: words from the data that say more; never written to a file.
    """

    section: Section
    text: str
    role: str = ""
    unit: str = "line"
    places: list[int] = field(default_factory=list)
    total: int = 0
    private: str = ""

    def sentence(self, *, private: bool = False) -> str:
        """Return the note in words: which file, what, how often and where.

        Args:
            private: add the words from the data, for the eyes of whoever runs the import.
        """
        head = f"{self.role} file: {self.text}" if self.role else self.text
        head += f" (“{self.private[:60]}”)" if private and self.private else ""
        if not self.places:
            return head
        of = f" of {self.total}" if self.total else ""
        return f"{head} ({len(self.places)}{of}: {listed_places(self.places, self.unit)})"

    def data(self) -> dict[str, Any]:
        """Return plain values for report.json."""
        return {
            "section": self.section,
            "file": self.role or None,
            "text": self.text,
            "count": len(self.places) or None,
            "of": self.total or None,
            f"{self.unit}s": self.places[:1000],
        }


def listed_places(places: list[int], unit: str) -> str:
    """Return "line 3", "lines 3, 5" or the first dozen "and 4 more"."""
    shown = ", ".join(str(p) for p in places[:MOST_PLACES])
    more = len(places) - MOST_PLACES
    return f"{unit}{'s' if len(places) > 1 else ''} {shown}" + (f" and {more} more" * (more > 0))


class Ledger:
    """Collects notes and mistakes of one import."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._mistakes: list[InputError] = []
        self._index: dict[tuple[str, str, str], Note] = {}

    def note(
        self,
        section: Section,
        text: str,
        *,
        role: str = "",
        unit: str = "line",
        at: int | None = None,
        total: int = 0,
        private: str = "",
    ) -> None:
        """Note something; the same words about the same file are one note with several places."""
        key = (section, text, role)
        if key not in self._index:
            self._index[key] = Note(section, text, role, unit, [], total, private)
            self.notes.append(self._index[key])
        note = self._index[key]
        if at is not None:
            note.places.append(at)
        note.total = max(note.total, total)

    def mistake(self, error: InputError) -> None:
        """Keep a mistake, so that all of a file can be told at once (see `settle`)."""
        self._mistakes.append(error)

    def settle(self) -> None:
        """Stop here where there were mistakes: tell the first, and where the others are.

        Raises:
            InputError: the first mistake, in one line.
        """
        if self._mistakes:
            self._stop()

    def _stop(self) -> NoReturn:
        first, *others = self._mistakes
        if not others:
            raise first
        keys = list(dict.fromkeys(e.key for e in others if e.key and e.key != first.key))
        where = ", ".join(keys[:5]) + (" …" if len(keys) > 5 else "")
        more = f"{len(others)} more to mend" + (f": {where}" if where else "")
        raise InputError(
            first.problem,
            file=first.file,
            key=first.key,
            found=first.found,
            allowed=first.allowed,
            nearest=first.nearest,
            mend=f"{first.mend}; {more}" if first.mend else more,
        )
