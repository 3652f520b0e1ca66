"""Your own community: a scenario file, or tables and networks read as `kindling import` reads them.

Nothing leaves the machine that runs the page. Names become pseudonyms, the key to them is thrown
away, and the files are deleted when the session ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from simulation.browser.play import folders
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
    ratings: str = "auto"


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
            ratings=asked.ratings,
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
