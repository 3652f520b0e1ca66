"""Your own community on the page: fields for files, and under each what came of it."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import TYPE_CHECKING

import solara

from simulation.browser import parts
from simulation.browser.play.desk import Desk, Note
from simulation.browser.play.folders import File
from simulation.browser.play.plain import refused, told
from simulation.browser.play.upload import GRAPH, TABLES, Asked, open_scenario, open_tables
from simulation.browser.words import say
from simulation.errors import InputError

if TYPE_CHECKING:
    from scenarios.importing import Report
    from simulation.browser.session.course import Course

Opened = Callable[[], "tuple[Course, Report | None]"]
RATED = {"ties", "partners", "services"}
"""Tables that may hold ratings."""
SCALES = {"auto": "auto", "1-4": "four", "0-1": "share"}
"""Scales of ratings, and how the catalogue calls them."""
SECTIONS = ("warning", "assumed", "left_out", "read")
"""The parts of a report, in its order."""


@solara.component
def Upload(desk: Desk) -> None:
    """Ask for a scenario file, or for tables; say under each what was read, or what is wrong."""
    said: tuple[str, Note] | None
    said, set_said = solara.use_state(None)
    report: Report | None
    report, set_report = solara.use_state(None)

    def attempt(place: str, opened: Opened) -> None:
        """Open what was given; what is said of it stays until the next try."""
        set_report(None)
        try:
            course, made = opened()
            desk.open(course)
        except InputError as problem:
            set_said((place, Note(refused(problem), "error")))
            return
        title = course.specification().title
        set_said((place, Note(say("play.own_opened", title=title), "good")))
        set_report(made)

    def said_at(place: str) -> Note | None:
        return said[1] if said is not None and said[0] == place else None

    def take(files: list[File]) -> None:
        attempt("scenario", lambda: (open_scenario(desk.session, files), None))

    note = said_at("scenario")
    parts.Text(say("play.own_about"), classes=("k-hint",))
    parts.FileField(
        say("play.own_scenario"),
        ".toml,.csv",
        take,
        about=say("play.own_scenario_about"),
        multiple=True,
        error=note.text if note is not None and note.kind == "error" else "",
    )
    if note is not None and note.kind != "error":
        parts.Answer(note.text, note.kind)
    Tables(desk, lambda opened: attempt("tables", opened), said_at("tables"))
    if report is not None:
        ImportReport(report)


@solara.component
def Tables(desk: Desk, attempt: Callable[[Opened], None], note: Note | None) -> None:
    """Ask for tables and how they are to be read."""
    given: dict[str, File]
    given, set_given = solara.use_state({})
    asked, set_asked = solara.use_state(Asked())

    def take(role: str) -> Callable[[list[File]], None]:
        return lambda files: set_given({**given, role: files[0]})

    with parts.Disclosure(say("play.own_tables")):
        parts.Text(say("play.own_tables_about"), classes=("k-hint",))
        for role in (*TABLES, GRAPH):
            ending = ".graphml" if role == GRAPH else ".csv"
            about = say(f"play.own_{role}_about")
            if role in given:
                about = say("play.own_picked", name=given[role][0])
            parts.FileField(say(f"play.own_{role}"), ending, take(role), about=about)
        _how(asked, set_asked, given.keys())
        with parts.Html("div", classes=("k-row",)):
            parts.Button(
                say("play.own_read"),
                lambda: attempt(lambda: open_tables(desk.session, given, asked)),
                kind="main",
                disabled=not given,
            )
            parts.Button(say("play.own_clear"), lambda: set_given({}), disabled=not given)
        if note is not None:
            parts.Answer(note.text, note.kind)


def _how(asked: Asked, set_asked: Callable[[Asked], None], given: Set[str]) -> None:
    """Ask how the tables are to be read."""
    parts.TextField(
        say("play.own_name"), asked.title, lambda text: set_asked(asked._replace(title=text))
    )
    if GRAPH in given:
        parts.Select(
            say("play.own_nodes"),
            [(kind, say(f"play.own_nodes_{kind}")) for kind in ("people", "institutions")],
            asked.nodes,
            lambda kind: set_asked(asked._replace(nodes=kind)),
        )
    parts.Select(
        say("play.own_duplicates"),
        [(way, say(f"play.own_duplicates_{way}")) for way in ("refuse", "mean", "first")],
        asked.duplicates,
        lambda way: set_asked(asked._replace(duplicates=way)),
    )
    if RATED & given:
        parts.Select(
            say("play.own_ratings"),
            [(scale, say(f"play.own_ratings_{name}")) for scale, name in SCALES.items()],
            asked.ratings,
            lambda scale: set_asked(asked._replace(ratings=scale)),
        )
    parts.Checkbox(
        say("play.own_mutual"), asked.mutual, lambda on: set_asked(asked._replace(mutual=on))
    )


@solara.component
def ImportReport(report: Report) -> None:
    """Show what was read, assumed and left out, and what can and cannot be said."""
    with parts.Section(say("play.own_report"), level=3):
        parts.Text(report.facts["pseudonyms"])
        for section in SECTIONS:
            notes = [told(note) for note in report.notes if note.section == section]
            _sentences(say(f"play.own_noted.{section}"), notes)
        _sentences(say("play.own_can"), report.can)
        _sentences(say("play.own_cannot"), report.cannot)
        parts.Download(
            say("play.own_keep_report"),
            "report.md",
            lambda: report.text().encode(),
            "text/markdown",
        )


def _sentences(title: str, sentences: list[str]) -> None:
    if not sentences:
        return
    parts.Heading(4, title)
    with parts.Html("ul"):
        for sentence in sentences:
            parts.Html("li", text=sentence)
