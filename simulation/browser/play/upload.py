"""Your own community: a scenario file, or tables and networks read as `kindling import` reads them.

Nothing leaves the machine that runs the page. Names become pseudonyms, the key to them is thrown
away, and the files are deleted when the session ends.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import solara

from simulation.browser import parts
from simulation.browser.play import folders
from simulation.browser.play.desk import Desk, Note
from simulation.browser.play.folders import File
from simulation.browser.session.base import Base
from simulation.browser.session.course import Course
from simulation.browser.words import say
from simulation.errors import InputError

if TYPE_CHECKING:
    from scenarios.importing import Report
    from simulation.browser.session.session import Session

TABLES = ("people", "ties", "institutions", "partners", "services")
GRAPH = "graph"
MADE = "town"
"""Name of the folder that an import writes."""


class Asked(NamedTuple):
    """How tables are to be read; see `scenarios.importing.import_community`."""

    title: str = ""
    nodes: str = "people"
    duplicates: str = "refuse"
    mutual: bool = False


def open_scenario(session: Session, files: list[File]) -> Course:
    """Return the course of a scenario that a visitor brought, with the files that it names.

    Raises:
        InputError: where it cannot be read, as `kindling check` says it.
    """
    folder = folders.folder_of(session)
    paths = folders.keep(folder, files)
    scenarios = [path for path in paths if path.suffix.lower() == ".toml"]
    if len(scenarios) != 1:
        raise InputError(
            "one scenario file (.toml) is needed, with its tables beside it",
            found=f"{len(scenarios)} of {len(files)} files",
        )
    return _course(scenarios[0])


def _course(scenario: Path) -> Course:
    try:
        text = scenario.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not text in UTF-8", file=scenario.name) from None
    try:
        return Course.open(Base(scenario.name, text, scenario.parent))
    except InputError as problem:
        raise InputError(folders.without_folder(problem, scenario.parent)) from None


def open_tables(session: Session, given: dict[str, File], asked: Asked) -> tuple[Course, Report]:
    """Return the course of a community that a visitor has data about, and the report on the data.

    Raises:
        InputError: where the data cannot be used, as `kindling import` says it.
    """
    from scenarios.importing import import_community

    folder = folders.folder_of(session)
    sources: dict[str, Any] = {}
    for role, file in given.items():
        place = folder / role
        place.mkdir()
        (sources[role],) = folders.keep(place, [file])
    key = folder / "key.csv"
    try:
        report = import_community(
            **sources,
            out=folder / MADE,
            nodes=asked.nodes,
            duplicates=asked.duplicates,
            mutual=asked.mutual,
            title=asked.title.strip() or say("play.own_title"),
            key=key,
        )
    except InputError as problem:
        text = folders.without_folder(problem, folder)
        for role in given:
            text = text.replace(f"{role}/{given[role][0]}", given[role][0])
        raise InputError(text) from None
    finally:
        key.unlink(missing_ok=True)
        for source in sources.values():
            source.unlink(missing_ok=True)
    report.facts["pseudonyms"] = say("play.own_pseudonyms")
    return _course(report.scenario), report


# ------------------------------------------------------------------------------ on the page


@solara.component
def Upload(desk: Desk) -> None:
    """Ask for a scenario file, or for tables; say what was read, or what is wrong."""
    note: Note | None
    note, set_note = solara.use_state(None)
    report: Report | None
    report, set_report = solara.use_state(None)

    def attempt(opened: Callable[[], tuple[Course, Report | None]]) -> None:
        set_report(None)
        try:
            course, made = opened()
            desk.open(course)
        except InputError as problem:
            set_note(Note(str(problem), "error"))
            return
        title = course.specification().title
        set_note(Note(say("play.own_opened", title=title), "good"))
        set_report(made)

    parts.Text(say("play.own_about"), classes=("k-hint",))
    parts.FileField(
        say("play.own_scenario"),
        ".toml,.csv",
        lambda files: attempt(lambda: (open_scenario(desk.session, files), None)),
        about=say("play.own_scenario_about"),
        multiple=True,
    )
    Tables(desk.session, attempt)
    if note is not None:
        parts.Notice(note.text, note.kind)
    if report is not None:
        ImportReport(report)


@solara.component
def Tables(
    session: Session, attempt: Callable[[Callable[[], tuple[Course, Report | None]]], None]
) -> None:
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
        _how(asked, set_asked, GRAPH in given)
        with parts.Html("div", classes=("k-row",)):
            parts.Button(
                say("play.own_read"),
                lambda: attempt(lambda: open_tables(session, given, asked)),
                kind="main",
                disabled=not given,
            )
            parts.Button(say("play.own_clear"), lambda: set_given({}), disabled=not given)


def _how(asked: Asked, set_asked: Callable[[Asked], None], graph: bool) -> None:
    """Ask how the tables are to be read."""
    parts.TextField(
        say("play.own_name"), asked.title, lambda text: set_asked(asked._replace(title=text))
    )
    if graph:
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
    parts.Checkbox(
        say("play.own_mutual"), asked.mutual, lambda on: set_asked(asked._replace(mutual=on))
    )


@solara.component
def ImportReport(report: Report) -> None:
    """Show what was read, assumed and left out, and what can and cannot be said."""
    from scenarios.importing.report import TITLES

    with parts.Section(say("play.own_report"), level=3):
        parts.Text(report.facts["pseudonyms"])
        for section, title in TITLES.items():
            _sentences(title, report.sentences(section))
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
