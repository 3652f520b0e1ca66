"""Specification: everything that defines a community and what happens to it.

A scenario file is the text of a specification (see `scenarios`). Unknown keys are refused,
references must point to something, and impossible combinations are named.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from simulation.choices import Choice
from simulation.parameters import ParameterTree, parameter_tree
from simulation.spaces import Space
from simulation.state import HOMES
from simulation.timeline import AnyEvent, Set, Share

FILE_TABLES = ("people", "ties", "services", "partners")
"""The tables of a scenario whose `path` names a file that belongs to it."""

Sector = Literal[
    "hospital",
    "funder",
    "government",
    "community_organisation",
    "school",
    "employer",
    "external_owner",
]
Membership = Literal["live", "work", "either", "both"]

SERVES: dict[str, tuple[float, float, float]] = {
    "hospital": (0.1, 0.8, 0.1),
    "funder": (1 / 3, 1 / 3, 1 / 3),
    "government": (0.4, 0.3, 0.3),
    "community_organisation": (1 / 3, 1 / 3, 1 / 3),
    "school": (0.0, 0.2, 0.8),
    "employer": (0.0, 0.1, 0.9),
    "external_owner": (1.0, 0.0, 0.0),
}
"""What a sector's services are for by default: housing, health, livelihood."""


class Part(BaseModel):
    """Base of the parts of a specification: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Dimensions(Part):
    """One value for each dimension of well-being."""

    housing: Share
    health: Share
    livelihood: Share


class Group(Part):
    """A social group: its size, and what institutions and history did to it.

    Groups are alike in everything else: composition never sets trust, grievance or skill. Opinions
    may be stated where they were measured.
    """

    name: str = Field(min_length=1, max_length=60)
    size: int = Field(description="residents at the start", ge=0, le=HOMES - 1)
    conditions: Dimensions | Share = Field(
        0.5, description="living conditions at the start, and without lasting policy"
    )
    lived_experience: Share = Field(0.0, description="share who have lived the problem")
    commuters: Share = Field(0.0, description="share who work here but live elsewhere")
    works: Share = Field(0.5, description="share of those living here who also work here")
    committed: Share = Field(0.0, description="share who are stewards and never stop")
    threshold_shift: float = Field(0.0, description="added to the threshold", ge=-100, le=100)
    opinion: Share | None = Field(None, description="mean opinion; default: that of `start`")
    susceptibility: Share | None = Field(
        None, description="weight of others' opinions; default: that of `start`"
    )
    self_weight: Share | None = Field(
        None, description="weight of one's own last opinion; default: that of `start`"
    )
    voice: float = Field(1.0, description="weight in what is heard", gt=0, le=1000)
    resources: float = Field(1.0, description="mean resources held", ge=0, le=1e6)
    burden: Share = Field(0.0, description="burden imposed by institutions and history")
    extraction: Share = Field(0.0, description="grievance from what was taken")
    promises: int = Field(0, description="promises by institutions before the start", ge=0, le=200)
    kept: Share = Field(0.5, description="share of those promises that were kept")


class Place(Part):
    """A part of the community; ties cross between places only by `ties.between`."""

    name: str = Field(min_length=1, max_length=60)
    share: float = Field(1.0, description="relative number of residents", gt=0, le=1e6)


class Institution(Part):
    """An organisation; money is counted per resident of the start."""

    name: str = Field(min_length=1, max_length=60)
    sector: Sector
    budget: float = Field(0.1, description="resource a resident and month", ge=0, le=1e6)
    present_bias: Share = Field(0.8, description="factor on everything after the present")
    discount: Share = Field(0.96, description="yearly discount factor")
    horizon: int = Field(36, description="months it looks ahead", ge=0, le=1200)
    present_length: int = Field(12, description="months that count as the present", ge=0, le=1200)
    commit_months: int = Field(0, description="months a decision binds", ge=0, le=1200)
    upstream: Share = Field(0.1, description="share of the budget spent on causes")
    capability: Share | None = Field(
        None, description="ability at the start; default: that of its upstream share"
    )
    pooled: Share = Field(0.0, description="share decided by the shared table")
    openness: Share = Field(0.3, description="will to share and to change")
    resistance: Share = Field(0.1, description="active resistance")
    keeps: Share = Field(0.3, description="share of savings that flow back to it")
    savings: float = Field(0.0, description="savings at the start", ge=0, le=1e6)
    local_spend: Share = Field(0.1, description="share of the budget spent with residents")
    idle_assets: float = Field(0.5, description="idle assets (resource a resident)", ge=0, le=1e6)
    serves: Dimensions | None = Field(
        None, description="weights of its services; default by sector"
    )
    leader_seats: int = Field(2, description="seats, each also at the shared table", ge=0, le=63)
    resident_seats: int = Field(
        0, description="of these, held by residents at the start", ge=0, le=63
    )

    @model_validator(mode="after")
    def _seats_fit(self) -> Self:
        if self.resident_seats > self.leader_seats:
            raise ValueError(
                f"resident_seats ({self.resident_seats}) must not exceed "
                f"leader_seats ({self.leader_seats})"
            )
        if self.serves is not None and sum(self.serves.model_dump().values()) <= 0:
            raise ValueError("serves needs at least one weight above 0")
        return self


class ConnectorTeam(Part):
    """Connectors who work alike."""

    name: str = Field("connectors", min_length=1, max_length=60)
    count: int = Field(1, ge=0, le=100_000)
    employer: str = Field("", description="institution that employs them; empty for none")
    place: str = Field("", description="place in which they work; empty for all")
    attention: float = Field(15.0, description="relationships kept alive a month", ge=0, le=1e6)
    caseload: int = Field(20, description="relationships at the start", ge=0, le=1_000_000)
    width: int = Field(3, description="reinforcing ties of a bridge", ge=1, le=1000)
    depends: Share = Field(0.5, description="part of the pay that ends with the funding")


class Ties(Space):
    """The space that friend ties come from."""

    between: Share = Field(0.0, description="ties between places, as a share of those within")


class People(Part):
    """The residents, where a file says who they are."""

    path: str | None = Field(
        None, description="a list of residents, .csv, relative to the scenario", min_length=1
    )
    smallest_group: int = Field(
        5, description="groups with fewer people are left out of shared outputs", ge=1, le=10_000
    )


class Services(Part):
    """The residents' ties to institutions, where a file lists them; drawn otherwise."""

    path: str | None = Field(
        None, description="a list of ties, .csv, relative to the scenario", min_length=1
    )


class Partners(Part):
    """The institutions' ties to each other, where a file lists them; all pairs otherwise."""

    path: str | None = Field(
        None, description="a list of ties, .csv, relative to the scenario", min_length=1
    )


class Measures(Part):
    """What is recorded and how outcomes are judged."""

    membership: Membership = Field("live", description="who counts as part of the community")
    inequality_every: int = Field(
        12, description="months between full inequality measures", ge=1, le=12_000
    )
    tipping_share: Share = Field(
        0.5, description="mean stewardship of the last year from which a community has tipped"
    )
    trusted: Share = Field(0.6, description="trust from which a tie counts for reach")
    least_gain: Share = Field(0.03, description="least gain that counts as sustained")


class Specification(Part):
    """A whole scenario, resolved and checked. Make one with `specify`."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
    )

    schema_version: Literal[1] = Field(1, alias="schema", description="version of the format")
    title: str = Field("A community", max_length=200)
    question: str = Field("", description="the question it explores", max_length=500)
    answers: tuple[
        Annotated[str, Field(pattern=r"^(F[1-5]|A[1-5]|Q([1-9]|[12]\d|30)|S[1-6]|C[1-5]|L[1-4])$")],
        ...,
    ] = Field((), description="ids of the questions it speaks to")
    about: str = Field("", description="what it is, in a few sentences", max_length=5000)
    sources: tuple[str, ...] = Field((), description="where its facts come from")
    reviewed: str = Field(
        "not reviewed by residents", description="who of the place has read it", max_length=500
    )
    prompts: tuple[str, ...] = Field((), description="questions to ask in a room")
    choices: tuple[Choice, ...] = Field(
        (), description="questions that a room can answer by changing settings", max_length=12
    )
    months: int = Field(240, description="horizon", ge=1, le=12_000)
    spin_up: int = Field(
        24,
        description="months before month 0, so that gains do not measure initial drift",
        ge=0,
        le=1200,
    )
    seed: int = Field(1, ge=0, lt=2**63)
    generator: Literal["fast", "strict"] = Field(
        "fast", description="strict: Philox, to check that nothing depends on the generator"
    )
    month: tuple[str, ...] = Field(
        (), description="order of the processes; empty for the usual one"
    )
    parameters: ParameterTree = Field(default_factory=lambda: parameter_tree()())
    groups: tuple[Group, ...] = Field(
        default=(Group(name="A", size=200), Group(name="B", size=200)), min_length=1, max_length=100
    )
    places: tuple[Place, ...] = Field(default=(Place(name="town"),), min_length=1, max_length=1000)
    institutions: tuple[Institution, ...] = Field((), max_length=1000)
    connectors: tuple[ConnectorTeam, ...] = Field((), max_length=1000)
    ties: Ties = Field(default_factory=Ties)
    people: People = Field(default_factory=People)
    services: Services = Field(default_factory=Services)
    partners: Partners = Field(default_factory=Partners)
    events: tuple[AnyEvent, ...] = ()
    measures: Measures = Field(default_factory=Measures)

    @property
    def size(self) -> int:
        """Residents at the start."""
        return sum(group.size for group in self.groups)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        from simulation.consistency import check

        check(self)
        return self

    def files(self) -> dict[str, str]:
        """Return the path of each file that the scenario reads, by the table that names it."""
        paths = {table: getattr(self, table).path for table in FILE_TABLES}
        if self.ties.kind != "file":
            del paths["ties"]
        return {table: path for table, path in paths.items() if path}

    def without_interventions(self) -> Specification:
        """Return the counterfactual: the same scenario without the events somebody chose."""
        kept = tuple(e for e in self.events if not e.intervention)
        return self.model_copy(update={"events": kept})

    def data(self) -> dict[str, Any]:
        """Return plain values, as a resolved scenario file holds them."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as plain values: the class is composed from the registered processes."""
        return (specify, (self.data(),))


@lru_cache(maxsize=8)
def _specification_class(tree: type[ParameterTree]) -> type[Specification]:
    field = Field(default_factory=tree, description="settings of the processes")
    return create_model("Specification", __base__=Specification, parameters=(tree, field))


def specification_class() -> type[Specification]:
    """Return the model of scenarios under the processes registered now."""
    return _specification_class(parameter_tree())


def specify(data: dict[str, Any] | None = None, /, **more: Any) -> Specification:
    """Check plain values and return the specification they describe.

    Raises:
        pydantic.ValidationError: with the place of every problem; `scenarios.load` turns it into
            one clear line.
    """
    return specification_class().model_validate({**(data or {}), **more})


__all__ = ["FILE_TABLES", "Set", "Specification", "specification_class", "specify"]
