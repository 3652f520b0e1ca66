"""Ties as the edges of a graph in GraphML."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from simulation.errors import nearest_name
from simulation.files import PARTS, check_trust, trust_of
from simulation.files.cells import LONGEST_NAME
from simulation.ties_file.gathered import COLUMNS, Gathered, TiesFile


def read_graphml(file: Path, content: bytes) -> TiesFile:
    """Read ties from a graph in XML."""
    gathered = Gathered(file)
    graph = _graph(gathered, content)
    name_of: dict[Any, str] = {}
    for node, data in graph.nodes(data=True):
        where, name = f"node {node!r}", str(data.get("name", node)).strip()
        if name in gathered.place:
            raise gathered.wrong("two people have one name", where, found=name)
        gathered.person(name, where)
        name_of[node] = name
    defaults = {k: v for k, v in graph.graph.get("edge_default", {}).items() if k in COLUMNS}
    for one, two, data in graph.edges(data=True):
        where = _tie(one, two)
        data = {**defaults, **data}
        _check_edge_names(gathered, list(data), where)
        trust = trust_of(file, data, where)
        source, target = gathered.place[name_of[one]], gathered.place[name_of[two]]
        gathered.tie(source, target, trust, where)
        if not graph.is_directed():
            gathered.tie(target, source, trust, where)
    return gathered.result(_groups(gathered, graph))


def _graph(gathered: Gathered, content: bytes) -> Any:
    """Return the graph as networkx reads it, once it is certain that nothing is passed over."""
    import networkx as nx

    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise gathered.wrong(
            f"this is not XML: {_readable(error)}", f"line {error.position[0]}"
        ) from None
    except (ValueError, LookupError, RecursionError) as error:  # encodings
        raise gathered.wrong(f"this is not XML: {_readable(error)}", None) from None
    _check_nodes_and_edges(gathered, root)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nx.read_graphml(io.BytesIO(content), edge_key_type=str)
    except Exception as error:  # whatever the reader stumbles over, it is the file's fault
        raise gathered.wrong(f"this is not a GraphML graph: {_readable(error)}", None) from None


def _check_nodes_and_edges(gathered: Gathered, root: ElementTree.Element) -> None:
    """Refuse what networkx would mend in silence: nodes without a name, ties there twice."""
    local = {"graph": 0, "node": 0}
    nodes: set[str] = set()
    ties: set[tuple[str, str]] = set()
    directed = True
    for element in root.iter():
        kind = str(element.tag).rpartition("}")[2]
        local[kind] = local.get(kind, 0) + 1
        if kind == "graph":
            directed = element.get("edgedefault") == "directed"
        elif kind == "node":
            name = element.get("id")
            if not name or name in nodes:
                problem = "a node has the id of another" if name else "a node has no id"
                raise gathered.wrong(problem, f"node number {local['node']}", found=name)
            if len(name) > LONGEST_NAME:
                raise gathered.wrong(
                    "the id of a node is too long",
                    f"node number {local['node']}",
                    found=name,
                    allowed=f"up to {LONGEST_NAME} characters",
                )
            nodes.add(name)
        elif kind == "edge":
            ends = element.get("source", ""), element.get("target", "")
            if ends in ties or (not directed and ends[::-1] in ties):
                raise gathered.wrong("a tie is there twice", _tie(*ends))
            ties.add(ends)
    if local["graph"] != 1 or not nodes:
        raise gathered.wrong(
            "a ties file holds one graph with nodes",
            None,
            found=f"{local['graph']} graphs, {len(nodes)} nodes",
        )
    for one, two in sorted(ties):
        for end in (one, two):
            if end not in nodes:
                raise gathered.wrong(
                    "a tie names a person who has no node",
                    _tie(one, two),
                    found=end,
                    nearest=nearest_name(end, nodes) if len(nodes) <= 10_000 else None,
                )


def _check_edge_names(gathered: Gathered, names: list[str], where: str) -> None:
    """Refuse mistyped parts of trust; what other programs add to edges is passed over."""
    for name in names:
        near = nearest_name(name, ("trust", *PARTS))
        if near is not None and near != name:
            raise gathered.wrong("there is no such part of trust", where, found=name, nearest=near)
    check_trust(gathered.file, names, where)


def _groups(gathered: Gathered, graph: Any) -> list[str] | None:
    """Return the group of each person, or None where no node has one."""
    default = graph.graph.get("node_default", {}).get("group")
    groups = [data.get("group", default) for _, data in graph.nodes(data=True)]
    if all(group is None for group in groups):
        return None
    for node, group in zip(graph.nodes, groups, strict=True):
        if group is None or not str(group).strip():
            raise gathered.wrong("a person has no group, while others have one", f"node {node!r}")
    return [str(group).strip() for group in groups]


def _tie(one: str, two: str) -> str:
    """Say which tie, on one line."""
    return f"tie {one[:40]!r} to {two[:40]!r}"


def _readable(error: Exception) -> str:
    """Return what an error says, on one line of modest length."""
    text = "".join(c if c.isprintable() else " " for c in str(error))
    return text[:200] or type(error).__name__
