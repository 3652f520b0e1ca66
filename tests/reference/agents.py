"""Who and what is in a community, one plain object each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mesa

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

DIMENSIONS = range(3)


def clip(value: float) -> float:
    """Return the nearest number in [0, 1]."""
    return min(max(value, 0.0), 1.0)


@dataclass
class Tie:
    """What one agent feels for another: the three parts of trust."""

    other: Any
    reliability: float
    openness: float
    mission: float

    @property
    def trust(self) -> float:
        return (self.reliability + self.openness + self.mission) / 3.0


Ties = dict[int, Tie]
"""Ties by the other's id, in ascending id."""


def sort_ties(ties: Ties) -> Ties:
    """Return the ties in ascending id."""
    return dict(sorted(ties.items()))


def mean_trust(ties: Ties, otherwise: float) -> float:
    """Return the mean trust of some ties."""
    if not ties:
        return otherwise
    return sum(tie.trust for tie in ties.values()) / len(ties)


@dataclass
class Seat:
    """A leadership seat."""

    row: int
    institution: Institution
    slot: int
    holder: int
    knowledge: float
    rapport: float
    group: int = -1
    resident: bool = False
    tenure: int = 0
    vacant_for: int = 0
    changes: int = 0

    @property
    def filled(self) -> bool:
        return self.holder != -1

    @property
    def key(self) -> tuple[int, int]:
        """What draws about the seat are keyed by."""
        return self.institution.id, self.slot


@dataclass
class Group:
    """A social group and what it lives in, by dimension where a list."""

    index: int
    conditions: list[float]
    conditions_start: list[float]
    conditions_before: list[float]
    sensed: list[float]
    agenda: list[float] = field(default_factory=lambda: [0.0] * 3)
    services: list[float] = field(default_factory=lambda: [0.0] * 3)
    investment: list[float] = field(default_factory=lambda: [0.0] * 3)
    seats: float = 0.0
    money: float = 0.0
    decisions: float = 0.0
    made: float = 0.0
    kept: float = 0.0


@dataclass
class Pair:
    """What holds between an institution and a group."""

    legitimacy: float
    made: float = 0.0
    kept: float = 0.0


@dataclass
class Stocks:
    """What the community as a whole has."""

    policy: float
    memory: float
    truth: list[int] = field(default_factory=list)
    code: list[int] = field(default_factory=list)
    """Of March's code, by dimension: 1 or -1, and 0 where the code holds nothing."""
    fund: float = 0.0
    leadership: float = 0.0
    resisted: float = 0.0
    ownership: float = 0.0
    outside_seats: float = 0.0
    outside_money: float = 0.0
    outside_decisions: float = 0.0
    pressure: float = 0.0
    quality: float = 0.0
    released: float = 0.0
    aid: float = 0.0


@dataclass
class Levers:
    """What events do in one month."""

    mentoring: float = 0.0
    grant: float = 0.0
    advocacy: float = 0.0
    connectors: float = 0.0
    grants: float = 0.0
    acknowledgement: float = 0.0
    displacement: float = 0.0
    facilitation: float = 0.0
    charge: float = 0.0
    conditions: dict[int, float] = field(default_factory=dict)
    """Money for living conditions, by group."""
    promises: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Outcomes of promises forced this month, by institution's id and group."""


class Resident(mesa.Agent):
    """A person who lives or works in the community, or had to leave it."""

    lives_here: bool
    works_here: bool
    lived_experience: bool
    committed: bool
    opinion: float
    anchor: float
    susceptibility: float
    self_weight: float
    stewardship: float
    threshold: float
    skill: float
    skill_used: float
    voice: float
    resources: float
    wellbeing: list[float]
    burden: float
    grievance: float
    safety: float
    efficacy: float

    def __init__(self, model: ReferenceModel, id: int, group: int, place: int, home: int) -> None:
        super().__init__(model)
        self.id, self.group, self.place, self.home = id, group, place, home
        self.name = ""
        self.sure_of_grievance = False
        """Whether a file states it, so that no history is to change it."""
        self.present = True
        self.founder = False
        self.in_seat = False
        self.reached = 0.0
        self.spend = 0.0
        self.unpaid_hours = 0.0
        self.burnout = 0.0
        self.know_how = 0.0
        self.beliefs: list[int] = []
        self.ladder = 0
        self.recall: list[int] = []
        """Whether the other acted in each encounter, the latest first; 0 in all before."""
        self.friends: Ties = {}
        self.mentors: Ties = {}
        self.services: Ties = {}


class Connector(mesa.Agent):
    """A person whose work is to keep relationships alive."""

    employer: int
    place: int
    attention: float
    width: int
    wanted: int
    caseload: float
    pay: float
    depends: float

    def __init__(self, model: ReferenceModel, id: int) -> None:
        super().__init__(model)
        self.id = id
        self.burnout = 0.0
        self.clients: Ties = {}


class Institution(mesa.Agent):
    """An organisation with money and a will of its own."""

    sector: int
    budget: float
    present_bias: float
    discount: float
    horizon: float
    present_length: float
    commit_months: float
    capability: float
    upstream: float
    upstream_before: float
    pooled: float
    openness: float
    resistance: float
    keeps: float
    savings: float
    local_spend: float
    idle_assets: float
    serves: list[float]

    def __init__(self, model: ReferenceModel, id: int, index: int) -> None:
        super().__init__(model)
        self.id, self.index = id, index
        self.bound_until = -(10**6)
        self.at_table = True
        self.partners: Ties = {}
        self.with_group: list[Pair] = []
