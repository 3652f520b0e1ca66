"""Importing: the whole way from files, tables or a graph to a community's folder."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from scenarios.importing.community import (
    Community,
    Written,
    facts_of,
    files_of,
    warn,
)
from scenarios.importing.gathering import gather
from scenarios.importing.graphs import load_graph, sheets_of
from scenarios.importing.ledger import Ledger
from scenarios.importing.people import mask_labels
from scenarios.importing.pseudonyms import Key, open_key
from scenarios.importing.reading import Sheet, read_sheet
from scenarios.importing.report import Report
from scenarios.importing.writing import check_target, digests, scenario_name, write_all
from simulation.errors import InputError

PathOrText = str | PathLike[str]


def import_community(
    people: Any = None,
    ties: Any = None,
    institutions: Any = None,
    partners: Any = None,
    services: Any = None,
    *,
    out: PathOrText,
    graph: Any = None,
    nodes: str = "people",
    group: str = "",
    weight: str = "",
    ratings: str = "auto",
    duplicates: str = "refuse",
    mutual: bool = False,
    residents: int | None = None,
    keep_names: bool = False,
    keep_institution_names: bool = False,
    key: PathOrText | None = None,
    salt: str | None = None,
    title: str | None = None,
    force: bool = False,
) -> Report:
    """Make a scenario of a community from data about it.

    All tables are paths of CSV files or pandas DataFrames; any of them may be left out, but people,
    ties, institutions, partners or a graph must be there. `scenarios.importing.columns` has their
    columns.

    Args:
        people: residents and what is known of them.
        ties: who listens to whom, or who took part in which event.
        institutions: organisations and their settings.
        partners: organisations' ratings of each other, as in PARTNER surveys.
        services: residents' ties to institutions.
        out: the folder to write; the key file goes beside it.
        graph: a networkx graph, or the path of a GraphML file, in place of tables.
        nodes: what the nodes of the graph are, "people" or "institutions".
        group: node attribute that is a person's group; default: `group`.
        weight: edge attribute from which trust follows.
        ratings: scale of all ratings: "1-4", "0-1", or "auto" to tell by the values.
        duplicates: two lines about one tie that differ: "refuse", "mean" or "first".
        mutual: take ties that are listed one way both ways.
        residents: how many residents to make up where none are given; default 400.
        keep_names: write the names of people and organisations as they are.
        keep_institution_names: write the names of organisations as they are.
        key: the key file; default: `<out>-key.csv` beside the folder.
        salt: secret under which names are hashed; default: a random one, kept in the key file.
        title: title of the scenario; default: from the folder's name.
        force: replace files that are there.

    Returns:
        What was read, assumed and left out, and what can be said from it.

    Raises:
        InputError: where the data cannot be used; nothing is written then.
    """
    from scenarios.template import title_of

    folder = _folder(out)
    key_path = _key_path(folder, key, needed=not keep_names)
    check_target(folder, key_path, force=force)
    ledger = Ledger()
    sheets = _sheets(people, ties, institutions, partners, services, ledger)
    if graph is not None:
        _add_graph(sheets, graph, nodes, group, weight, ledger)
    elif group or weight:
        raise InputError("is about a graph, and there is none", key="group" if group else "weight")
    community = gather(sheets, ratings, duplicates, mutual, residents, ledger)
    if not keep_names:
        mask_labels(community.people, {*community.people, *community.organisations}, ledger)
    names = None if key_path is None else open_key(key_path, salt, force=force)
    written = _written(community, names, keep_institution_names)
    warn(community, keep_names, ledger)
    words = _pseudonym_words(names, keep_institution_names, community)
    heading = title or title_of(Path(scenario_name(folder)))
    _check_title(heading)
    report = Report(
        heading,
        folder,
        folder / scenario_name(folder),
        key_path,
        facts_of(community, words),
        ledger.notes,
    )
    files = files_of(community, written, heading, folder)
    files["report.md"] = report.text()
    files["report.json"] = report.json(files=digests(files))
    text = "" if names is None else names.text()
    write_all(folder, files, key_path, text, lambda made: _try(made / report.scenario.name))
    return report


def import_graph(graph: Any, *, out: PathOrText, **options: Any) -> Report:
    """Make a scenario of a networkx graph (or a GraphML file).

    Nodes are people, or with `nodes="institutions"` organisations that rate each other. Ties of
    undirected graphs go both ways. A graph whose nodes are marked `bipartite` 0 and 1 is read as
    people and the events they share.

    Args:
        graph: the graph, or the path of a GraphML file.
        out: the folder to write.
        options: as `import_community` takes them, such as `group`, `weight` and `nodes`.

    Raises:
        InputError: where the graph cannot be used; nothing is written then.
    """
    return import_community(graph=graph, out=out, **options)


# --- before reading -------------------------------------------------------------------------------


def _folder(out: PathOrText) -> Path:
    try:
        folder = Path(out).resolve()
    except (OSError, ValueError, TypeError, RuntimeError):
        raise InputError("no possible folder", key="out", found=out) from None
    if not folder.name.isprintable() or len(folder.name) > 100:
        allowed = "up to 100 printable characters"
        raise InputError("no possible folder", key="out", found=folder.name, allowed=allowed)
    return folder


def _key_path(folder: Path, key: PathOrText | None, *, needed: bool) -> Path | None:
    if not needed:
        if key is not None:
            raise InputError("names are kept, so there is no key to write", key="key", found=key)
        return None
    if key is not None:
        return Path(key).resolve()
    return folder.with_name(f"{folder.name}-key.csv")


def _sheets(
    people: Any, ties: Any, institutions: Any, partners: Any, services: Any, ledger: Ledger
) -> dict[str, Sheet]:
    given = {
        "people": people,
        "ties": ties,
        "institutions": institutions,
        "partners": partners,
        "services": services,
    }
    return {
        role: read_sheet(source, role, ledger)
        for role, source in given.items()
        if source is not None
    }


def _add_graph(
    sheets: dict[str, Sheet], graph: Any, nodes: str, group: str, weight: str, ledger: Ledger
) -> None:
    loaded, file = load_graph(graph)
    made = sheets_of(loaded, file, nodes=nodes, group=group, weight=weight, ledger=ledger)
    for sheet in made:
        if sheet.role in sheets:
            raise InputError(
                f"{sheet.role} are given twice, by a graph and by a table",
                file=file,
                mend="leave one of them out",
            )
        if sheet.rows:
            sheets[sheet.role] = sheet


# --- names ----------------------------------------------------------------------------------------


def _written(community: Community, key: Key | None, keep_institutions: bool) -> Written:
    """Return how everyone is called in what is written."""
    people, organisations = list(community.people), list(community.organisations)
    same = {name: name for name in organisations}
    if key is None:
        _short_enough(organisations)
        return Written({name: name for name in people}, same)
    if keep_institutions:
        _short_enough(organisations)
        return Written(key.pseudonyms("p", people), same)
    return Written(key.pseudonyms("p", people), key.pseudonyms("o", organisations))


def _short_enough(names: list[str]) -> None:
    long = next((name for name in names if len(name) > 60), None)
    if long is not None:
        raise InputError(
            "the name of an institution is too long to be kept",
            key="institutions",
            found=long,
            allowed="up to 60 characters",
        )


def _pseudonym_words(key: Key | None, keep_institutions: bool, community: Community) -> str:
    if key is None:
        return "Names were kept as they are (--keep-names)."
    salt = (
        "the salt is the one that was stated"
        if key.stated
        else "the salt lies only in the key file"
    )
    whom = "people" if keep_institutions else "people and organisations"
    kept = " Organisations keep their names." if keep_institutions else ""
    return (
        f"The names of {whom} were replaced by keyed hashes (HMAC-SHA256); {salt}, which stays "
        f"with whoever holds the data and is not part of this folder.{kept}"
    )


def _check_title(title: str) -> None:
    if not title.strip() or len(title) > 200 or not title.isprintable():
        allowed = "1 to 200 printable characters"
        raise InputError("no possible title", key="title", found=title, allowed=allowed)


def _try(scenario: Path) -> None:
    """Load what was written, as every command will.

    Raises:
        InputError: where the parts do not fit together after all.
    """
    from scenarios.loader import load
    from simulation.own_files import read_own_files

    try:
        read_own_files(load(scenario))
    except InputError as error:
        raise InputError(
            error.problem,
            file=Path(error.file).name if error.file else scenario.name,
            key=error.key,
            found=error.found,
            allowed=error.allowed,
            mend=error.mend,
        ) from None
