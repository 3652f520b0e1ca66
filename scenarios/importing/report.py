"""Report: what an import read, assumed and left out, for people (report.md) and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.importing.ledger import Note, Section
from scenarios.importing.measures import SMALLEST_GROUP
from scenarios.importing.rules import RULES
from scenarios.importing.statements import can_say, cannot_say

MADE_BY = "kindling import"
TITLES: dict[Section, str] = {
    "warning": "Take care",
    "assumed": "What was assumed",
    "left_out": "What was left out",
    "read": "How the files were read",
}
NETWORK = {
    "ties": "ties",
    "density": "density (share of all possible ties)",
    "reciprocity": "reciprocity (share of ties that are returned)",
    "mean_trust": "mean trust (0 to 1)",
    "isolates": "without any tie",
    "components": "separate parts (those without ties included)",
    "largest_component": "in the largest part",
    "most_named": "most ties received by one",
    "names_most": "most ties given by one",
    "raters": "who rate or name others",
    "rated": "who are rated or named",
}


@dataclass
class Report:
    """What an import did.

    Attributes:
        title: title of the scenario.
        folder: the folder that was written.
        scenario: the scenario file in it.
        key: the key file beside it, or None where all names were kept.
        facts: numbers: people, partners (see `scenarios.importing.measures.network_facts`),
            institutions, services, ratings (by sector), synthetic_residents, pseudonyms.
        notes: everything that was noticed, without names or values from the data.
    """

    title: str
    folder: Path
    scenario: Path
    key: Path | None
    facts: dict[str, Any]
    notes: list[Note] = field(default_factory=list)

    @property
    def can(self) -> list[str]:
        """What can be said from these data."""
        return can_say(self.facts)

    @property
    def cannot(self) -> list[str]:
        """What cannot be said from these data."""
        return cannot_say(self.facts)

    def sentences(self, section: Section, *, private: bool = False) -> list[str]:
        """Return the notes of a section in words; see `Note.sentence` for `private`."""
        return [note.sentence(private=private) for note in self.notes if note.section == section]

    def data(self) -> dict[str, Any]:
        """Return plain values: no name from the data, and no path of this machine."""
        return {
            "made_by": MADE_BY,
            "scenario": self.scenario.name,
            "title": self.title,
            **self.facts,
            "notes": [note.data() for note in self.notes],
            "can": self.can,
            "cannot": self.cannot,
        }

    def json(self, **more: Any) -> str:
        """Return `data` as JSON text: sorted keys, the same bytes every time."""
        return json.dumps(self.data() | more, indent=2, ensure_ascii=False, sort_keys=True) + "\n"

    def text(self) -> str:
        """Return the report as Markdown."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"# {_safe(self.title)}: what was imported"
        yield ""
        yield "Written by `kindling import`. " + self.facts["pseudonyms"]
        for name, title in (("people", "People"), ("partners", "Organisations")):
            network = self.facts.get(name)
            if network:
                yield from ("", f"## {title}", "")
                yield from _network(network)
        if self.facts["ratings"]:
            yield from ("", "## Mean ratings received, by sector (0 to 1)", "")
            yield from _ratings(self.facts["ratings"])
        for section, title in TITLES.items():
            yield from _section(title, self.sentences(section))
        if self.facts["ratings"]:
            words = [f"{r.rating} received → `{r.setting}`: {r.words}." for r in RULES]
            yield from _section("How ratings become settings", words)
        yield from _section("What can be said from these data", self.can)
        yield from _section("What cannot be said from these data", self.cannot)


def _section(title: str, sentences: list[str]) -> Iterator[str]:
    if sentences:
        yield from ("", f"## {title}", "")
        yield from (f"- {_safe(sentence)}" for sentence in sentences)


def _network(network: dict[str, Any]) -> Iterator[str]:
    yield from ("| what | number |", "|---|---|", f"| all | {network['nodes']} |")
    yield from (f"| in {_safe(name)} | {size} |" for name, size in network["groups"].items())
    yield from (f"| {words} | {shown(network[key])} |" for key, words in NETWORK.items())
    if len(network["groups"]) > 1 and network["mean_trust"] is not None:
        shown_rows = [row for row in network["trust_by_groups"] if not row["suppressed"]]
        left_out = len(network["trust_by_groups"]) - len(shown_rows)
        if shown_rows:
            yield from ("", "| trust from | to | ties | mean |", "|---|---|---|---|")
        for row in shown_rows:
            names = f"{_safe(row['from'])} | {_safe(row['to'])}"
            yield f"| {names} | {row['ties']} | {shown(row['trust'])} |"
        if left_out:
            yield ""
            yield (
                f"{left_out} pair{'s' * (left_out > 1)} of groups suppressed: fewer than "
                f"{SMALLEST_GROUP} members in one of them or fewer than {SMALLEST_GROUP} ratings, "
                "or what is left out could be reckoned from the rest."
            )


def _ratings(rows: list[dict[str, Any]]) -> Iterator[str]:
    columns = [name for name in rows[0] if name != "suppressed"]
    yield "| " + " | ".join(columns) + " |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        yield "| " + " | ".join(shown(row[name]) for name in columns) + " |"


def shown(value: Any) -> str:
    """Return a value as a table shows it."""
    if value is None:
        return "—"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _safe(text: str) -> str:
    """Return text that a Markdown table can hold."""
    return text.replace("|", "/").replace("<", "‹").replace(">", "›")
