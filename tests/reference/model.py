"""The community, one object per agent."""

from __future__ import annotations

from typing import Any

import mesa

from simulation.chance import Luck
from simulation.specification import Specification
from tests.reference import start
from tests.reference.agents import Connector, Group, Institution, Levers, Resident, Seat, Stocks
from tests.reference.events import events
from tests.reference.given import read_files
from tests.reference.governance import governance
from tests.reference.housing import housing
from tests.reference.living import leadership, living, trust
from tests.reference.money import allocation, production
from tests.reference.people import activation, dialogue, learning, sense

MONTH = {
    "events": events,
    "sense": sense,
    "dialogue": dialogue,
    "activation": activation,
    "governance": governance,
    "allocation": allocation,
    "production": production,
    "living": living,
    "trust": trust,
    "leadership": leadership,
    "learning": learning,
    "housing": housing,
}


class ReferenceModel(mesa.Model):
    """A community of agents.

    Args:
        specification: what the community is.
        seed: of all its chance.
        chance: "keyed" draws by what is decided, as the engine does; "mesa" draws from
            `self.random`, one after another, and can only be timed, not compared.
    """

    def __init__(self, specification: Specification, seed: int = 1, chance: str = "keyed") -> None:
        super().__init__(rng=seed)
        self.specification = specification
        self.parameters: Any = specification.parameters
        self.keyed = chance == "keyed"
        self.luck = Luck(seed, strict=specification.generator == "strict")
        self.month = -specification.spin_up
        self.levers = Levers()
        self.exits = 0
        self.exits_from: dict[int, int] = {}
        self.people: dict[int, Resident] = {}
        self.files = read_files(specification)
        self.ids: dict[str, int] = {}
        self.connectors: list[Connector] = []
        self.institutions: list[Institution] = []
        self.seats: list[Seat] = []
        self.groups: list[Group] = []
        self.truths: list[list[list[float]]] = []
        p = self.parameters.start
        self.stocks = Stocks(policy=p.policy, memory=p.memory)
        start.build(self)
        for _ in range(specification.spin_up):
            self.advance()
        for group in self.groups:
            group.made = group.kept = 0.0
        for who in self.present:
            who.founder = True

    def step(self) -> None:
        """Live through one month."""
        self.advance()

    def advance(self) -> None:
        """Run the processes of the next month."""
        self.month += 1
        for name in self.specification.month or MONTH:
            process = MONTH.get(name)
            parameters = getattr(self.parameters, name)
            if process is not None and parameters.enabled:
                process(self, parameters)
        if not self.parameters.learning.enabled:
            self.exits = 0

    def draw(self, stream: str, first: int, second: int = 0, month: int | None = None) -> float:
        """Return a uniform number in [0, 1)."""
        if not self.keyed:
            return self.random.random()
        return self.luck.uniform(stream, self.month if month is None else month, first, second)

    def normal(self, stream: str, first: int, second: int = 0, month: int | None = None) -> float:
        """Return a standard normal number."""
        if not self.keyed:
            return self.random.gauss(0.0, 1.0)
        return self.luck.normal(stream, self.month if month is None else month, first, second)

    @property
    def residents(self) -> list[Resident]:
        """All who ever lived or worked here, in ascending id."""
        return list(self.people.values())

    @property
    def present(self) -> list[Resident]:
        """Those who still do, in ascending id."""
        return [person for person in self.people.values() if person.present]

    def population(self) -> list[float]:
        """Return the share of present residents in each group."""
        counts = [0] * len(self.groups)
        for person in self.present:
            counts[person.group] += 1
        total = sum(counts)
        return [count / total if total else 0.0 for count in counts]

    def vacate(self, seat: Seat) -> None:
        """Let the holder of a seat go; what they knew stays on it for the next to inherit."""
        if seat.resident:
            self.people[seat.holder].in_seat = False
        seat.holder, seat.group, seat.resident = -1, -1, False
        seat.vacant_for = seat.tenure = 0
        self.exits += 1
        here = seat.institution.id
        self.exits_from[here] = self.exits_from.get(here, 0) + 1
