"""The files of ties that a scenario reads, and the same files with faults laid on them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np

from experiments.data_doubt.faults import Fault, TieData, faulty
from simulation.chance import Luck
from simulation.files import PARTS
from simulation.people_file import LinksFile, read_partners, read_services
from simulation.specification import Specification
from simulation.ties_file import read_ties

DATA_TABLES = ("ties", "services", "partners")
"""Tables of a scenario whose files hold ties."""

ENDS = {"services": ("person", "institution"), "partners": ("source", "target")}
READERS: dict[str, Callable[[str], LinksFile]] = {
    "services": read_services,
    "partners": read_partners,
}


def data_files(specification: Specification) -> dict[str, str]:
    """Return the files of ties that a scenario reads, by the table that names them."""
    return {t: path for t, path in specification.files().items() if t in DATA_TABLES}


def read_data(table: str, path: str, *, with_people: bool = False) -> TieData:
    """Read one file of ties.

    Args:
        table: "ties", "services" or "partners".
        path: of the file.
        with_people: whether another file lists the people, so that there may be no tie.

    Raises:
        InputError: for a file that cannot be used.
    """
    if table == "ties":
        ties = read_ties(path, may_be_empty=with_people)
        none = np.full(len(ties.first), np.nan)
        given = (ties.reliability, ties.openness, ties.mission)
        return TieData(
            table,
            tuple(ties.names),
            None if ties.groups is None else tuple(ties.groups),
            tuple(ties.names[n] for n in ties.first.tolist()),
            tuple(ties.names[n] for n in ties.second.tolist()),
            np.stack([none if part is None else part for part in given], axis=1),
        )
    links = READERS[table](path)
    parts = np.stack([links.reliability, links.openness, links.mission], axis=1)
    names = tuple(dict.fromkeys([*links.source, *links.target]))
    return TieData(table, names, None, tuple(links.source), tuple(links.target), parts)


def write_data(data: TieData, folder: Path) -> Path:
    """Write ties as a scenario reads them and return the file's path.

    Ties between residents become GraphML, which can also name people without any tie.
    """
    if data.table == "ties":
        return _write_graph(data, folder / "ties.graphml")
    file = folder / f"{data.table}.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*ENDS[data.table], *PARTS])
        for one, two, parts in zip(data.source, data.target, data.parts.tolist(), strict=True):
            writer.writerow([one, two, *("" if np.isnan(p) else repr(p) for p in parts)])
    return file


def _write_graph(data: TieData, file: Path) -> Path:
    graph = nx.DiGraph()
    number = {name: f"n{n}" for n, name in enumerate(data.names)}
    for n, name in enumerate(data.names):
        group = {} if data.groups is None else {"group": data.groups[n]}
        graph.add_node(number[name], name=name, **group)
    for one, two, parts in zip(data.source, data.target, data.parts.tolist(), strict=True):
        stated = {p: v for p, v in zip(PARTS, parts, strict=True) if not np.isnan(v)}
        graph.add_edge(number[one], number[two], **stated)
    nx.write_graphml(graph, file, encoding="utf-8")
    return file


def with_faults(
    specification: Specification, fault: Fault, luck: Luck, folder: Path
) -> Specification:
    """Return the scenario with a fault laid on its data, which are written to a folder.

    Raises:
        InputError: a file cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with_people = specification.people.path is not None
    changed = {}
    for table, path in data_files(specification).items():
        data = faulty(read_data(table, path, with_people=with_people), fault, luck)
        own = getattr(specification, table)
        changed[table] = own.model_copy(update={"path": str(write_data(data, folder))})
    return specification.model_copy(update=changed)
