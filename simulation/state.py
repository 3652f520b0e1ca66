"""State: every number of a community, as columns.

Residents, connectors, institutions and seats are tables of NumPy columns (a struct of arrays);
community-wide stocks are arrays over groups and dimensions. Nothing is stored twice: the Mesa
agents of `simulation.agents` are views on these columns, and a month's kernels work on them
directly. A snapshot is a copy of all arrays, and restoring one continues bit for bit.

Identities. A person's id is permanent and never used again. Residents carry ids below
`CONNECTOR_IDS`, connectors from there, institutions from `INSTITUTION_IDS`, leaders who come from
outside from `OUTSIDER_IDS`. A newcomer's id is made of the home and how often it changed hands
(`home + times * HOMES`), so that moves in one place never change who moves in elsewhere. The row in
which a person is stored means nothing: no result depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.int8]
Flags = NDArray[np.bool_]

HOMES = 10_000_000
CONNECTOR_IDS = 1_000_000_000
INSTITUTION_IDS = 2_000_000_000
OUTSIDER_IDS = 3_000_000_000
BEFORE = -10_000
"""The month under which everything that is drawn while a community is built is drawn."""
LONGEST_RECALL = 60
"""Number of encounters that a resident's `recall` can hold."""

DIMENSIONS = ("housing", "health", "livelihood")
"""The dimensions of well-being, in the order of every array that has them."""

SECTORS = (
    "hospital",
    "funder",
    "government",
    "community_organisation",
    "school",
    "employer",
    "external_owner",
)
LADDER = ("unaware", "visited", "trusted_tie", "participant", "steward", "leader")
"""First contacts, in order: the furthest rung a resident has ever reached."""


@dataclass(frozen=True)
class Column:
    """What a column holds."""

    dtype: str
    unit: str
    meaning: str
    default: float = 0.0
    width: int = 0
    """Number of values per row; 0 for a plain column."""


def column(dtype: str, unit: str, meaning: str, default: float = 0.0, width: int = 0) -> Any:
    """Declare a column of a `Table`."""
    return Column(dtype, unit, meaning, default, width)


class Table:
    """Columns of equal length. Subclasses declare them with `column`; instances hold arrays."""

    COLUMNS: ClassVar[dict[str, Column]] = {}

    def __init_subclass__(cls) -> None:
        """Collect the declared columns; the class keeps only their description."""
        found = {k: v for k, v in vars(cls).items() if isinstance(v, Column)}
        for name in found:
            delattr(cls, name)
        cls.COLUMNS = {**cls.COLUMNS, **found}

    def __init__(self, size: int) -> None:
        self.size = size
        for name, spec in self.COLUMNS.items():
            shape = (size, spec.width) if spec.width else (size,)
            setattr(self, name, np.full(shape, spec.default, dtype=spec.dtype))

    def __len__(self) -> int:
        return self.size

    def append(self, count: int) -> slice:
        """Add rows filled with the defaults; return the slice of the new rows."""
        old = len(self)
        for name, fresh in type(self)(count).arrays().items():
            setattr(self, name, np.concatenate([getattr(self, name), fresh]))
        self.size = old + count
        return slice(old, old + count)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the columns by name (not copies)."""
        return {name: getattr(self, name) for name in self.COLUMNS}

    def copy(self) -> Self:
        """Return an independent copy."""
        twin = object.__new__(type(self))
        twin.size = self.size
        for name, values in self.arrays().items():
            setattr(twin, name, values.copy())
        return twin


class Residents(Table):
    """People who live or work in the community, and those who had to leave it."""

    id: Ints = column("int64", "id", "permanent identity, never used again")
    home: Ints = column("int64", "id", "the home; a newcomer takes over a leaver's")
    group: Ints = column("int64", "index", "social group")
    place: Ints = column("int64", "index", "part of the community in which the home lies")
    founder: Flags = column("bool", "flag", "was there in month 0")
    present: Flags = column("bool", "flag", "still here; leavers keep their row", 1)
    lives_here: Flags = column("bool", "flag", "lives in the community", 1)
    works_here: Flags = column("bool", "flag", "works in the community", 1)
    lived_experience: Flags = column("bool", "flag", "has lived the problem")
    opinion: Floats = column(
        "float64", "0-1", "position on how far the community should change", 0.5
    )
    anchor: Floats = column("float64", "0-1", "opinion to which a resident is attached", 0.5)
    susceptibility: Floats = column(
        "float64", "0-1", "weight of others' opinions, against the anchor"
    )
    self_weight: Floats = column("float64", "0-1", "weight of a resident's own last opinion")
    stewardship: Floats = column("float64", "0, 1/2, 1", "how far the resident acts as a steward")
    threshold: Floats = column("float64", "1", "what it takes to act", 1.0)
    committed: Flags = column(
        "bool", "flag", "never stops being a steward; in dialogue by agreement, keeps its word"
    )
    skill: Floats = column("float64", "0-1", "ability to lead and organise")
    skill_used: Floats = column("float64", "0-1", "part of the skill that institutions make use of")
    voice: Floats = column("float64", ">0", "weight in what is heard", 1.0)
    resources: Floats = column("float64", "resource", "what the resident holds", 1.0)
    unpaid_hours: Floats = column("float64", "share of a month", "time given without pay")
    burnout: Floats = column("float64", "0-1", "exhaustion")
    wellbeing: Floats = column("float64", "0-1", "well-being by dimension", 0.5, len(DIMENSIONS))
    burden: Floats = column("float64", "0-1", "burden imposed by institutions and history")
    grievance: Floats = column("float64", "0-1", "sense of having been wronged")
    safety: Floats = column("float64", "0-1", "how far the resident can speak openly", 0.5)
    efficacy: Floats = column("float64", "0-1", "belief that acting changes something", 0.5)
    know_how: Floats = column("float64", "0-1", "what the resident has learned of what works")
    believes: Ints = column("int64", "bits", "dimensions of reality held to be so")
    disbelieves: Ints = column("int64", "bits", "dimensions of reality held not to be so")
    spend: Floats = column("float64", "resource a month", "organising money spent on the resident")
    reached: Floats = column("float64", "0-1", "pull of the connector in touch this month")
    ladder: Bytes = column("int8", "rung", "furthest rung of first contacts ever reached")
    recall: Ints = column(
        "int64", "bits", "encounters in which the other acted, the latest in the lowest bit"
    )
    in_seat: Flags = column("bool", "flag", "holds a leadership seat")


class Connectors(Table):
    """People whose work is to keep relationships alive across groups and institutions."""

    id: Ints = column("int64", "id", "permanent identity")
    employer: Ints = column(
        "int64", "index", "institution that employs the connector; -1 for none", -1
    )
    place: Ints = column("int64", "index", "part of the community in which the connector works")
    attention: Floats = column("float64", "people", "relationships kept alive a month")
    width: Ints = column("int64", "ties", "reinforcing ties of a bridge between two groups", 1)
    caseload: Floats = column("float64", "people", "relationships the connector has")
    burnout: Floats = column("float64", "0-1", "exhaustion")
    pay: Floats = column("float64", "0-1", "part of the work that is paid", 1.0)
    depends: Floats = column("float64", "0-1", "part of the pay that ends with the funding")


class Institutions(Table):
    """Organisations with money, a time horizon and a will of their own."""

    id: Ints = column("int64", "id", "permanent identity")
    sector: Ints = column("int64", "index", "sector, see SECTORS")
    budget: Floats = column(
        "float64", "resource a resident and month", "money spent on services and change"
    )
    present_bias: Floats = column("float64", "0-1", "factor on everything after the present")
    discount: Floats = column("float64", "0-1 a year", "yearly discount factor")
    horizon: Floats = column("float64", "months", "how far ahead the institution looks")
    present_length: Floats = column("float64", "months", "what counts as the present")
    commit_months: Floats = column("float64", "months", "how long a decision binds")
    bound_until: Ints = column(
        "int64", "month", "month until which the last decision binds", -(10**6)
    )
    capability: Floats = column("float64", "0-1", "ability to do the work well")
    upstream: Floats = column(
        "float64", "0-1", "share of the budget that goes to causes, not symptoms"
    )
    upstream_before: Floats = column("float64", "0-1", "upstream share a month ago")
    pooled: Floats = column("float64", "0-1", "share of the budget that the shared table decides")
    at_table: Flags = column("bool", "flag", "sits at the shared table", 1)
    openness: Floats = column("float64", "0-1", "will to share and to change how it works")
    resistance: Floats = column("float64", "0-1", "active resistance to change")
    keeps: Floats = column(
        "float64", "0-1", "share of the savings that flow back to the institution"
    )
    savings: Floats = column(
        "float64",
        "resource a resident and month",
        "savings from earlier investment, the reserve it can draw on",
    )
    local_spend: Floats = column("float64", "0-1", "share of the budget spent with residents")
    idle_assets: Floats = column(
        "float64", "resource a resident", "space, equipment and money lying idle"
    )
    serves: Floats = column(
        "float64", "0-1", "weight of each dimension in its services", 1 / 3, len(DIMENSIONS)
    )


class Seats(Table):
    """Leadership seats, each in an institution and at the shared table."""

    institution: Ints = column("int64", "index", "the institution to which the seat belongs")
    slot: Ints = column("int64", "index", "number of the seat within its institution")
    holder: Ints = column("int64", "id", "who holds it; -1 while vacant", -1)
    group: Ints = column("int64", "index", "group of a holder from the community; -1 otherwise", -1)
    resident: Flags = column("bool", "flag", "held by a resident")
    knowledge: Floats = column(
        "float64", "0-1", "what the holder knows; the last holder's while vacant"
    )
    rapport: Floats = column("float64", "0-1", "working relations; the last holder's while vacant")
    tenure: Ints = column("int64", "months", "time in the seat")
    vacant_for: Ints = column("int64", "months", "time the seat has been empty")
    changes: Ints = column("int64", "count", "how often the seat has changed hands")


class Stocks(Table):
    """Community-wide stocks: one row."""

    policy: Floats = column("float64", "0-1", "strength of lasting policy and systems")
    fund: Floats = column("float64", "resource a resident", "pooled fund not yet spent")
    memory: Floats = column("float64", "0-1", "what the community knows of what works")
    reality: Ints = column("int64", "bits", "dimensions on which reality is so, in learning's code")
    code_for: Ints = column("int64", "bits", "dimensions that the shared code holds to be so")
    code_against: Ints = column("int64", "bits", "dimensions that the shared code holds not so")
    leadership: Floats = column("float64", "0-1", "strength of leadership")
    resisted: Floats = column("float64", "0-1", "resistance, weighted by stake")
    ownership: Floats = column("float64", "0-1", "residents' share of the money controlled")
    outside_seats: Floats = column("float64", "share", "seats held by leaders from outside")
    outside_money: Floats = column("float64", "share", "money that they control")
    outside_decisions: Floats = column("float64", "share", "decisions that change without them")
    pressure: Floats = column("float64", "0-1", "displacement pressure")
    quality: Floats = column(
        "float64", "<=0", "decision quality: minus the squared error of the agenda"
    )
    released: Floats = column("float64", "resource a resident and month", "idle assets put to use")
    aid: Floats = column("float64", "resource", "mutual aid given this month")


class Groups(Table):
    """Stocks by group: one row a group."""

    conditions: Floats = column("float64", "0-1", "living conditions by dimension", 0.5, 3)
    conditions_start: Floats = column("float64", "0-1", "conditions without lasting policy", 0.5, 3)
    conditions_before: Floats = column("float64", "0-1", "living conditions a month ago", 0.5, 3)
    sensed: Floats = column("float64", "0-1", "well-being as measured: late and with noise", 0.5, 3)
    agenda: Floats = column("float64", "share", "what the shared table gives to each need", 0.0, 3)
    services: Floats = column("float64", "resource a head and month", "services received", 0.0, 3)
    investment: Floats = column(
        "float64", "resource a head and month", "upstream effort received", 0.0, 3
    )
    seats: Floats = column("float64", "share", "share of filled seats")
    money: Floats = column("float64", "share", "share of money controlled")
    decisions: Floats = column(
        "float64", "share", "share of decisions that change without the group"
    )
    made: Floats = column("float64", "count", "promises made by institutions, all months")
    kept: Floats = column("float64", "count", "promises kept by institutions, all months")


class Pairs(Table):
    """What holds between an institution and a group: row = institution * groups + group."""

    legitimacy: Floats = column("float64", "0-1", "trust of the group in the institution", 0.5)
    made: Floats = column("float64", "count", "promises made this month")
    kept: Floats = column("float64", "count", "promises kept this month")
