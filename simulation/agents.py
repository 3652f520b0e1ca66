"""The people, connectors and institutions of a community, as Mesa agents.

Each is a view on its row of the columns (`simulation.views`): an attribute for every column, and
here what a researcher would ask of one of them. They do nothing in a month of their own accord;
the processes move all rows at once.

    community = CommunityModel()
    someone = community.agents_by_type[Resident][0]
    someone.opinion, someone.group_name, [tie.trust for tie in someone.ties]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation import state
from simulation.agent_sets import Everyone
from simulation.agent_values import ADDED_IDS
from simulation.collecting import RecordedData
from simulation.state import CONNECTOR_IDS, INSTITUTION_IDS, LADDER, SECTORS, Ints
from simulation.ties import KINDS, MENTOR
from simulation.views import AgentView, views_of

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Tie(NamedTuple):
    """That somebody listens to somebody else; the parts of trust are in [0, 1]."""

    to: Member
    kind: str
    reliability: float
    openness: float
    mission: float

    @property
    def trust(self) -> float:
        """Mean of the three parts."""
        return (self.reliability + self.openness + self.mission) / 3.0


class Seat(NamedTuple):
    """A leadership seat as it stands.

    Attributes:
        institution: where it is.
        slot: its number within the institution.
        holder: id of who holds it; -1 while vacant.
        leader: the resident who holds it; None for a leader from outside and while vacant.
        knowledge: what the holder knows, in [0, 1]; the last holder's while vacant.
        tenure: months in the seat.
    """

    institution: Institution
    slot: int
    holder: int
    leader: Resident | None
    knowledge: float
    tenure: int


class Member(AgentView):
    """What residents, connectors and institutions have in common: ties."""

    @property
    def ties(self) -> list[Tie]:
        """Those to whom this agent listens: friends, then connectors, then institutions."""
        graph, node = self.model.ties, self.node
        span = range(int(graph.start[node]), int(graph.start[node + 1]))
        parts = (graph.reliability, graph.openness, graph.mission)
        written = [
            Tie(
                _member(self.model, int(graph.target[e])),
                KINDS[graph.kind[e]],
                *(part.item(e) for part in parts),
            )
            for e in span
        ]
        if graph.implicit and isinstance(self, Resident):
            trust = (graph.implicit_trust,) * 3
            return [*(Tie(other, KINDS[0], *trust) for other in self.neighbours()), *written]
        return written

    def trust_in(self, other: Member) -> float | None:
        """Return the trust of this agent in another, in [0, 1]; None where there is no tie."""
        graph, node, target = self.model.ties, self.node, other.node
        for e in range(int(graph.start[node]), int(graph.start[node + 1])):
            if graph.target[e] == target:
                parts = graph.reliability[e] + graph.openness[e] + graph.mission[e]
                return float(parts / 3.0)
        if graph.implicit and isinstance(self, Resident) and isinstance(other, Resident):
            return graph.implicit_trust if other is not self else None
        return None


class Resident(Member, table="residents", columns=state.Residents):
    """Somebody who lives or works in the community, or had to leave it (`present` is False)."""

    @classmethod
    def first_node(cls, model: CommunityModel) -> int:
        """Return the node of the first resident."""
        return len(model.institutions) + len(model.connectors)

    @property
    def group_name(self) -> str:
        """Name of the social group."""
        name: str = self.model.specification.groups[self.group].name
        return name

    @property
    def place_name(self) -> str:
        """Name of the part of the community in which the home lies."""
        name: str = self.model.specification.places[self.place].name
        return name

    @property
    def rung(self) -> str:
        """The furthest rung of first contacts ever reached, by name."""
        return LADDER[self.ladder]

    def neighbours(self) -> list[Resident]:
        """Return the residents to whom this resident listens, in ascending id."""
        graph, node = self.model.ties, self.node
        if graph.implicit:
            present = self.model.residents.present[self.model.order]
            rows = self.model.order[present]
            return _residents(self.model, rows[rows != self._where()[1]])
        targets = graph.target[graph.start[node] : graph.friends_end[node]]
        return _residents(self.model, targets.astype(np.int64) - graph.first_resident)

    @property
    def seat(self) -> Seat | None:
        """The leadership seat this resident holds; None for most."""
        held = np.flatnonzero(self.model.seats.holder == self.id)
        return _seat(self.model, int(held[0])) if held.size else None


class Connector(Member, table="connectors", columns=state.Connectors, first_id=CONNECTOR_IDS):
    """Somebody whose work is to keep relationships alive."""

    @classmethod
    def first_node(cls, model: CommunityModel) -> int:
        """Return the node of the first connector."""
        return len(model.institutions)

    @property
    def employed_by(self) -> Institution | None:
        """The institution that employs the connector; None for none."""
        return _institution(self.model, self.employer) if self.employer >= 0 else None

    def clients(self) -> list[Resident]:
        """Return the residents who have a relationship with this connector, in ascending id."""
        graph = self.model.ties
        listens = graph.sources()[(graph.target == self.node) & (graph.kind == MENTOR)]
        rows = listens[listens >= graph.first_resident].astype(np.int64) - graph.first_resident
        ids = self.model.residents.id[rows]
        return _residents(self.model, rows[np.argsort(ids, kind="stable")])


class Institution(
    Member, table="institutions", columns=state.Institutions, first_id=INSTITUTION_IDS
):
    """An organisation with money, a time horizon and seats for leaders."""

    @classmethod
    def first_node(cls, model: CommunityModel) -> int:
        """Return the node of the first institution."""
        return 0

    @property
    def name(self) -> str:
        """The name the scenario gives it."""
        name: str = self.model.specification.institutions[self._where()[1]].name
        return name

    @property
    def sector_name(self) -> str:
        """Sector, by name."""
        return SECTORS[self.sector]

    @property
    def seats(self) -> list[Seat]:
        """Its leadership seats, filled or vacant."""
        own = np.flatnonzero(self.model.seats.institution == self._where()[1])
        return [_seat(self.model, row) for row in own.tolist()]

    def leaders(self) -> list[Resident]:
        """Return the residents who hold its seats."""
        return [seat.leader for seat in self.seats if seat.leader is not None]


def install_agent_sets(model: CommunityModel) -> None:
    """Let Mesa see the rows of the model's columns as its agents, and the record as its data.

    Makes no agent. Mesa's own sets are replaced, so that `model.agents`, `agents_by_type`,
    `Agent(model)` and `DataCollector` work on columns; Mesa has no public way to do so.
    """
    kinds = (Institution, Connector, Resident)
    views_of(model).kinds = kinds
    model._all_agents = Everyone(model)
    model._agents_by_type = {kind: Everyone(model, n) for n, kind in enumerate(kinds)}
    model.agent_id_counter = ADDED_IDS
    model.datacollector = RecordedData(model)


def _residents(model: CommunityModel, rows: Ints) -> list[Resident]:
    views, ids = views_of(model), model.residents.id[rows]
    pairs = zip(ids.tolist(), rows.tolist(), strict=True)
    return [views.view(Resident, person, row) for person, row in pairs]


def _institution(model: CommunityModel, row: int) -> Institution:
    return views_of(model).view(Institution, model.institutions.id.item(row), row)


def _member(model: CommunityModel, node: int) -> Member:
    for kind in (Resident, Connector, Institution):
        first = kind.first_node(model)
        if node >= first:
            row = node - first
            return views_of(model).view(kind, getattr(model, kind.table).id.item(row), row)
    raise IndexError(node)


def _seat(model: CommunityModel, row: int) -> Seat:
    seats = model.seats
    holder = seats.holder.item(row)
    leader = None
    if seats.resident[row] and holder >= 0:
        leader = _residents(model, np.array([model.row_of(holder)]))[0]
    return Seat(
        institution=_institution(model, seats.institution.item(row)),
        slot=seats.slot.item(row),
        holder=holder,
        leader=leader,
        knowledge=seats.knowledge.item(row),
        tenure=seats.tenure.item(row),
    )
