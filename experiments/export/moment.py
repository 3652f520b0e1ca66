"""A community at one moment as tables: its people, the nodes of its network, and its ties.

A tie leads from the one who listens (`source`) to whom they listen to (`target`). Its three parts
of trust are shares from 0 to 1; a rating is the same on the scale of the PARTNER survey:

    rating = 1 + 3 * share, to one decimal        (1 not at all … 4 a great deal)

Source: Varda, Chandra, Stern & Lurie (2008), Core dimensions of connectivity in public health
collaboratives, Journal of Public Health Management and Practice 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.state import DIMENSIONS, LADDER, SECTORS
from simulation.ties import KINDS

PARTS = ("reliability", "openness", "mission")
RATINGS = tuple(f"{part}_rating" for part in PARTS)
EDGE_COLUMNS = ("source", "target", "kind", *PARTS, *RATINGS)

NUMBERS = (
    "opinion", "susceptibility", "self_weight", "voice", "threshold", "stewardship", "skill",
    "resources", "burden", "grievance", "safety", "efficacy", "burnout", "unpaid_hours",
)  # fmt: skip
"""Columns of residents that are written as they stand."""
FLAGS = ("present", "founder", "committed", "lived_experience", "lives_here", "works_here")
"""Columns of residents that are written as yes or no."""

PERSON_PREFIXES = ("r", "resident-", "resident-of-the-model-")
RESIDENT_DATA = (
    "group", "place", "stewardship", "opinion", "skill", "resources", "burnout", "grievance",
    "safety", "efficacy", "wellbeing", "committed", "leader",
)  # fmt: skip
INSTITUTION_DATA = (
    "budget", "upstream", "pooled", "openness", "resistance", "capability", "local_spend",
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """A community in one month, complete.

    Attributes:
        month: which; 0 is the start.
        people: one row a resident, by id, those who had to leave among them.
        nodes: one row an institution, connector and resident who is present; `node` is its name,
            `kind` which of the three. Cells that do not fit a kind are empty.
        edges: one row a directed tie: `EDGE_COLUMNS`.
        everyone: whether friend ties are "everyone with everyone", and so not among the edges.
    """

    month: int
    people: pd.DataFrame
    nodes: pd.DataFrame
    edges: pd.DataFrame
    everyone: bool = False

    def of_kind(self, kind: str) -> pd.DataFrame:
        """Return the ties of one kind, friend, service, partner or mentor."""
        return self.edges[self.edges["kind"] == kind]


def rating(share: Any) -> Any:
    """Return shares from 0 to 1 as ratings from 1 to 4, to one decimal; nan stays nan."""
    return np.round(1.0 + 3.0 * np.asarray(share, dtype=np.float64), 1)


def moment(community: CommunityModel, *, keep_names: bool = False) -> Moment:
    """Return a community as it stands, as tables.

    Args:
        community: the community; it is only read.
        keep_names: call residents by the names of the file they came from, where there is one,
            and not r0, r1, …

    Raises:
        InputError: names were asked for that an institution or connector also has.
    """
    names = _Names(community, keep_names)
    people = _people(community, names)
    nodes = pd.concat(
        [_institutions(community, names), _connectors(community, names),
         _residents(people)], ignore_index=True,
    )  # fmt: skip
    return Moment(
        community.month, people, nodes, _edges(community, names, set(nodes["node"])),
        community.ties.implicit,
    )  # fmt: skip


class _Names:
    """What every node is called."""

    def __init__(self, community: CommunityModel, keep_names: bool) -> None:
        spec = community.specification
        self.institutions = [i.name for i in spec.institutions]
        teams = [f"{team.name}-{n + 1}" for team in spec.connectors for n in range(team.count)]
        taken = set(self.institutions)
        self.connectors: list[str] = []
        for k, name in enumerate(teams):
            free = name if name not in taken else f"connector-{k}-{name}"
            self.connectors.append(free)
            taken.add(free)
        ids = community.residents.id.tolist()
        file = community.names if keep_names else None
        prefix = next(
            (p for p in PERSON_PREFIXES if not any(f"{p}{i}" in taken for i in ids)), "person of "
        )
        self.of_resident = {
            i: file[i] if file is not None and i < len(file) else f"{prefix}{i}" for i in ids
        }
        both = sorted(taken & set(self.of_resident.values()))
        if both:
            raise InputError(
                "a person and an institution or connector have one name",
                key="people", found=both[0], mend="leave out --keep-names, or rename one",
            )  # fmt: skip

    def by_id(self, community: CommunityModel) -> dict[int, str]:
        """Return the name of every node by its permanent id."""
        institutions = zip(community.institutions.id.tolist(), self.institutions, strict=True)
        connectors = zip(community.connectors.id.tolist(), self.connectors, strict=True)
        return {**dict(institutions), **dict(connectors), **self.of_resident}


def _people(community: CommunityModel, names: _Names) -> pd.DataFrame:
    """Return one row a resident, by id."""
    spec, r, rows = community.specification, community.residents, community.order
    groups, places = ([x.name for x in part] for part in (spec.groups, spec.places))
    table: dict[str, Any] = {
        "person": [names.of_resident[i] for i in r.id[rows].tolist()],
        "group": [groups[g] for g in r.group[rows].tolist()],
        "place": [places[p] for p in r.place[rows].tolist()],
    }
    table |= {name: np.array(getattr(r, name)[rows], dtype=np.float64) for name in NUMBERS}
    table["wellbeing"] = r.wellbeing[rows].mean(axis=1)
    table |= {f"wellbeing_{d}": r.wellbeing[rows, n] for n, d in enumerate(DIMENSIONS)}
    table |= {name: np.where(getattr(r, name)[rows], "yes", "no") for name in FLAGS}
    table["leader"] = np.where(r.in_seat[rows], "yes", "no")
    table["ladder"] = [LADDER[rung] for rung in r.ladder[rows].tolist()]
    return pd.DataFrame(table)


def _residents(people: pd.DataFrame) -> pd.DataFrame:
    """Return the residents who are present as nodes."""
    here = people[people["present"] == "yes"]
    nodes = here[["person", *RESIDENT_DATA]].rename(columns={"person": "node"})
    nodes.insert(1, "kind", "resident")
    return nodes


def _institutions(community: CommunityModel, names: _Names) -> pd.DataFrame:
    i = community.institutions
    table: dict[str, Any] = {"node": names.institutions, "kind": "institution"}
    table["sector"] = [SECTORS[s] for s in i.sector.tolist()]
    return pd.DataFrame(table | {f"{name}": getattr(i, name).copy() for name in INSTITUTION_DATA})


def _connectors(community: CommunityModel, names: _Names) -> pd.DataFrame:
    c, spec = community.connectors, community.specification
    places = [p.name for p in spec.places]
    return pd.DataFrame(
        {
            "node": names.connectors,
            "kind": "connector",
            "employer": [names.institutions[e] if e >= 0 else None for e in c.employer.tolist()],
            "place": [places[p] if p >= 0 else None for p in c.place.tolist()],
            "attention": c.attention.copy(),
            "caseload": c.caseload.copy(),
            "burnout": c.burnout.copy(),
        }
    )


def _edges(community: CommunityModel, names: _Names, present: set[str]) -> pd.DataFrame:
    """Return all ties between nodes that are there, by source id and then target id."""
    ties, name = community.ties.table(), names.by_id(community)
    table: dict[str, Any] = {
        "source": [name[i] for i in ties.source.tolist()],
        "target": [name[i] for i in ties.target.tolist()],
        "kind": [KINDS[k] for k in ties.kind.tolist()],
    }
    shares = (ties.reliability, ties.openness, ties.mission)
    table |= dict(zip(PARTS, shares, strict=True))
    table |= {name: rating(share) for name, share in zip(RATINGS, shares, strict=True)}
    edges = pd.DataFrame(table, columns=list(EDGE_COLUMNS))
    here = edges["source"].isin(present) & edges["target"].isin(present)
    return edges[here].reset_index(drop=True)


def graph(nodes: pd.DataFrame, edges: pd.DataFrame) -> nx.DiGraph:
    """Return nodes and ties as a directed graph of networkx; empty cells become no attribute.

    Nodes carry their `kind` and what fits it, edges their `kind`, the three parts of trust, and
    `trust`, their mean.
    """
    made = nx.DiGraph()
    for row in nodes.to_dict(orient="records"):
        made.add_node(row["node"], label=row["node"], **_attributes(row, ("node",)))
    for row in edges.drop(columns=list(RATINGS)).to_dict(orient="records"):
        data = _attributes(row, ("source", "target"))
        if all(part in data for part in PARTS):
            data["trust"] = sum(data[part] for part in PARTS) / 3.0
        made.add_edge(row["source"], row["target"], **data)
    return made


def _attributes(row: dict[Any, Any], without: tuple[str, ...]) -> dict[str, Any]:
    """Return the cells of a row that hold something, as plain values."""
    return {str(k): v for k, v in row.items() if k not in without and not pd.isna(v)}
