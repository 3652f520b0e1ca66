"""Graphs: networkx graphs and GraphML files, turned into the same sheets as CSV files."""

from __future__ import annotations

import io
import math
import warnings
from itertools import combinations
from os import PathLike
from pathlib import Path
from statistics import median
from typing import Any
from xml.etree import ElementTree

from scenarios.importing.columns import COLUMNS, find_columns, plain_name
from scenarios.importing.ledger import Ledger
from scenarios.importing.people import check_name
from scenarios.importing.reading import Sheet, as_text, bytes_of
from simulation.errors import InputError, nearest_name

BOTH_WAYS = "ties without a direction go both ways, so that all are returned by assumption"


def load_graph(source: Any) -> tuple[Any, str]:
    """Return a networkx graph and what to call it: a graph as it is, or read from GraphML.

    Raises:
        InputError: where the file is no GraphML, or names a node that is not there.
    """
    if hasattr(source, "nodes") and hasattr(source, "edges"):
        return source, "graph"
    if not isinstance(source, str | PathLike):
        allowed = "a networkx graph, or the path of a .graphml file"
        raise InputError("no graph", key="graph", found=type(source).__name__, allowed=allowed)
    import networkx as nx

    file = Path(source)
    content = bytes_of(file)
    _check_xml(content, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nx.read_graphml(io.BytesIO(content), edge_key_type=str), str(file)
    except Exception as error:  # whatever the reader stumbles over, it is the file's fault
        problem = f"this is not a GraphML graph: {_readable(error)}"
        raise InputError(problem, file=file) from None


def _check_xml(content: bytes, file: Path) -> None:
    """Refuse what is no XML, and ties to nodes that are not there, which networkx would add."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        where = f"line {error.position[0]}"
        problem = f"this is not XML: {_readable(error)}"
        raise InputError(problem, file=file, key=where) from None
    except (ValueError, LookupError, RecursionError) as error:
        raise InputError(f"this is not XML: {_readable(error)}", file=file) from None
    tags = [(str(e.tag).rpartition("}")[2], e) for e in root.iter()]
    nodes = [e.get("id") for tag, e in tags if tag == "node"]
    graphs = sum(tag == "graph" for tag, _ in tags)
    if graphs != 1 or not nodes or not all(nodes):
        raise InputError(
            "a file holds one graph whose nodes all have an id",
            file=file,
            found=f"{graphs} graphs, {len(nodes)} nodes, {sum(not n for n in nodes)} without id",
        )
    known = {str(node) for node in nodes}
    if len(known) < len(nodes):
        raise InputError("two nodes have the same id", file=file)
    for number, edge in enumerate((e for tag, e in tags if tag == "edge"), 1):
        for end in (edge.get("source", ""), edge.get("target", "")):
            if end not in known:
                near = nearest_name(end, known) if len(known) <= 5000 else None
                raise InputError(
                    "a tie names a node that is not there",
                    file=file,
                    key=f"tie {number}",
                    found=end,
                    nearest=near,
                )


def _readable(error: Exception) -> str:
    text = "".join(c if c.isprintable() else " " for c in str(error))
    return text[:200] or type(error).__name__


def sheets_of(
    graph: Any, file: str, *, nodes: str, group: str, weight: str, ledger: Ledger
) -> tuple[Sheet, Sheet]:
    """Return the nodes and the ties of a graph as two sheets.

    Args:
        graph: a networkx graph of any kind.
        file: what it is called in messages.
        nodes: "people" or "institutions".
        group: node attribute that is the group, or "" for `group`.
        weight: edge attribute from which trust follows, or "".
        ledger: takes the notes.

    Raises:
        InputError: where there are no nodes, or an attribute asked for is not there.
    """
    if nodes not in ("people", "institutions"):
        raise InputError("no such choice", key="nodes", found=nodes, allowed="people, institutions")
    if not graph.number_of_nodes():
        raise InputError("the graph has no nodes", file=file)
    if nodes == "people" and _is_two_mode(graph):
        graph, weight = _projected(graph, file, ledger), "shared"
    label = _labels(graph)
    return (
        _node_sheet(graph, file, nodes, group, label),
        _edge_sheet(graph, file, nodes, weight, label, ledger),
    )


def _labels(graph: Any) -> dict[Any, str]:
    """Return what each node is called: its name or label where all have one, else its id."""
    for attribute in ("name", "label"):
        names = {n: as_text(d.get(attribute)) for n, d in graph.nodes(data=True)}
        if all(names.values()) and len(set(names.values())) == len(names):
            return names
    return {node: as_text(node) for node in graph.nodes}


def _node_sheet(graph: Any, file: str, nodes: str, group: str, label: dict[Any, str]) -> Sheet:
    naming = "person" if nodes == "people" else "name"
    own = dict.fromkeys(str(key) for _, data in graph.nodes(data=True) for key in data)
    if group and group not in own:
        raise InputError(
            "no node has this attribute",
            file=file,
            key="group",
            found=group,
            allowed=", ".join(own) or "none: the nodes have no attributes",
        )
    wanted = group or ("group" if "group" in own else "")
    others = [k for k in own if k not in (wanted, "name", "label", "person")]
    if wanted:
        others = [k for k in others if k != "group"]
    head = [naming, *(["group"] if wanted else []), *others]
    rows = [
        [label[node], *([as_text(data.get(wanted))] if wanted else []),
         *(as_text(data.get(k)) for k in others)]
        for node, data in graph.nodes(data=True)
    ]  # fmt: skip
    return Sheet(nodes, file, "node", head, rows, list(range(1, len(rows) + 1)))


def _edge_sheet(
    graph: Any, file: str, nodes: str, weight: str, label: dict[Any, str], ledger: Ledger
) -> Sheet:
    role = "ties" if nodes == "people" else "partners"
    own = dict.fromkeys(str(key) for *_, data in graph.edges(data=True) for key in data)
    if weight and weight not in own:
        raise InputError(
            "no tie has this attribute",
            file=file,
            key="weight",
            found=weight,
            allowed=", ".join(own) or "none: the ties have no attributes",
        )
    others = [k for k in own if k not in (weight, "source", "target", *(["trust"] * bool(weight)))]
    trust = _trust_of(graph, weight, file, role, ledger) if weight else []
    rows, places, both = [], [], not graph.is_directed()
    for number, (one, two, data) in enumerate(graph.edges(data=True), 1):
        more = [as_text(data.get(k)) for k in others] + (trust[number - 1 : number])
        rows.append([label[one], label[two], *more])
        places.append(number)
        if both and one != two:
            rows.append([label[two], label[one], *more])
            places.append(number)
    if both:
        ledger.note("assumed", BOTH_WAYS, role=role)
    head = ["source", "target", *others, *(["trust"] if weight else [])]
    return Sheet(role, file, "tie", head, rows, places, scale="0-1" if trust else "", mutual=both)


def _trust_of(graph: Any, weight: str, file: str, role: str, ledger: Ledger) -> list[str]:
    """Return trust by weight, one cell an edge: w / (w + the median), so that the median has 1/2.

    Weights that all lie from 0 to 1 are trust as they stand; equal weights say nothing.
    """
    values = []
    for number, (*_, data) in enumerate(graph.edges(data=True), 1):
        try:
            value = float(data.get(weight, math.nan))
        except (TypeError, ValueError):
            value = math.inf
        if value < 0 or math.isinf(value):
            raise InputError(
                f"{weight} is no weight",
                file=file,
                key=f"tie {number}",
                found=data.get(weight),
                allowed="a number of at least 0",
            )
        values.append(value)
    given = [v for v in values if not math.isnan(v)]
    if len(set(given)) < 2:
        ledger.note("left_out", f"{weight}: it is the same on all ties", role=role)
        return [""] * len(values)
    if max(given) <= 1:
        ledger.note("assumed", f"{weight} lies from 0 to 1 and was taken as trust", role=role)
        return ["" if math.isnan(v) else repr(v) for v in values]
    middle = median(given)
    ledger.note(
        "assumed",
        f"trust = {weight} / ({weight} + {middle:g}), so that the tie of median weight has 0.5",
        role=role,
    )
    return ["" if math.isnan(v) else repr(v / (v + middle) if v else 0.0) for v in values]


# --- two modes: people and the events they share --------------------------------------------------


def _is_two_mode(graph: Any) -> bool:
    """Tell whether nodes are marked as of two kinds (`bipartite` 0 and 1), tied across only."""
    mode = {node: as_text(data.get("bipartite")) for node, data in graph.nodes(data=True)}
    return set(mode.values()) == {"0", "1"} and all(mode[a] != mode[b] for a, b in graph.edges())


def _projected(graph: Any, file: str, ledger: Ledger) -> Any:
    """Return the graph of people (bipartite 0), tied by how many events they share."""
    attends = {
        node: {str(other) for other in graph.to_undirected(as_view=True)[node]}
        for node, data in graph.nodes(data=True)
        if as_text(data.get("bipartite")) == "0"
    }
    attributes = {
        node: {k: v for k, v in graph.nodes[node].items() if k != "bipartite"} for node in attends
    }
    return _shared(attends, attributes, file, ledger)


def _shared(
    attends: dict[Any, set[str]], attributes: dict[Any, dict[str, Any]], file: str, ledger: Ledger
) -> Any:
    import networkx as nx

    if len(attends) > 5000:
        raise InputError(
            "too many people to tie by shared events",
            file=file,
            found=len(attends),
            allowed="up to 5000",
        )
    people = nx.Graph()
    people.add_nodes_from((node, attributes.get(node, {})) for node in attends)
    for one, two in combinations(attends, 2):
        if count := len(attends[one] & attends[two]):
            people.add_edge(one, two, shared=count)
    events = len(set().union(*attends.values()))
    ledger.note(
        "assumed",
        f"people who took part in the same of {events} events are tied, both ways; the events "
        "themselves are not part of the scenario",
        role="ties",
    )
    return people


def is_shared_events(sheet: Sheet) -> bool:
    """Tell whether a table says who took part in what, rather than who is tied to whom."""
    names = {plain_name(header) for header in sheet.columns}
    events = {"event", *COLUMNS["shared events"]["event"]}
    return bool(names & events) and not names & {"source", "target", "from", "to"}


def shared_events(sheet: Sheet, known: Any, ledger: Ledger) -> tuple[Sheet, list[str]]:
    """Return ties between people made from a table of who took part in what, and the people.

    Raises:
        InputError: where a line names nobody, or nobody known.
    """
    sheet.role = "shared events"
    found = find_columns(sheet, ledger)
    attends: dict[str, set[str]] = {name: set() for name in known or ()}
    for place, row in zip(sheet.places, sheet.rows, strict=True):
        person, event = row[found["person"]], row[found["event"]]
        ok = check_name(person, sheet, place, "person", ledger)
        ok = check_name(event, sheet, place, "event", ledger) and ok
        if known is not None and ok and person not in known:
            near = nearest_name(person, known)
            ledger.mistake(
                sheet.wrong(
                    "nobody has this name or id", place, "person", found=person, nearest=near
                )
            )
        elif ok:
            attends.setdefault(person, set()).add(event)
    ledger.settle()
    people = _shared(attends, {}, sheet.file, ledger)
    if not people.number_of_edges():
        raise InputError("no two people share an event", file=sheet.file)
    label = {node: str(node) for node in people.nodes}
    return _edge_sheet(people, sheet.file, "people", "shared", label, ledger), list(attends)
