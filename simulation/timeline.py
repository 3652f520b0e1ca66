"""Timeline: the kinds of events a scenario can hold, and what each needs to know.

The browser's cards, the shell and the files use these same events. What an event *does* stands in
`simulation.processes.events`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulation.chance import stream_number
from simulation.state import HOMES

Dimension = Literal["housing", "health", "livelihood"]
Share = Annotated[float, Field(ge=0, le=1)]
Names = tuple[str, ...]


class Event(BaseModel):
    """What every event has. An *intervention* is left out of the counterfactual run."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(
        description="name of the event; its own chance is drawn under it",
        min_length=1,
        max_length=80,
    )
    month: int = Field(description="month in which it starts (1 is the first)", ge=1, le=12_000)
    duration: int = Field(1, description="how many months it lasts", ge=1, le=12_000)
    delay: int = Field(0, description="months until it acts", ge=0, le=1200)
    cost: float = Field(
        0.0,
        description="charged to the budgets while active (resource a resident a month)",
        ge=0,
        le=1e6,
    )
    title: str = Field("", description="what people are told", max_length=200)

    @property
    def first(self) -> int:
        """First month in which it acts."""
        return self.month + self.delay

    @property
    def last(self) -> int:
        """Last month in which it acts."""
        return self.month + self.delay + self.duration - 1


class Intervention(Event):
    """An event that somebody chose to bring about."""

    intervention: bool = Field(True, description="left out of the run without the push")


class Incident(Event):
    """An event that happens to the community."""

    intervention: bool = Field(False, description="left out of the run without the push")


class Uses(BaseModel):
    """How money is split; the shares sum to at most 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organising: Share = Field(0.0, description="organising residents")
    mentoring: Share = Field(0.0, description="developing residents as leaders")
    services: Share = Field(0.0, description="more of the services there are")
    cash: Share = Field(0.0, description="cash to residents")
    policy: Share = Field(0.0, description="work on lasting policy")
    connectors: Share = Field(0.0, description="paying connectors")
    conditions: Share = Field(0.0, description="better living conditions for the groups named")

    @model_validator(mode="after")
    def _within_the_money(self) -> Self:
        if sum(self.model_dump().values()) > 1 + 1e-9:
            raise ValueError("the shares of a funding's uses must not exceed 1 together")
        return self


class Target(BaseModel):
    """Whom an event concerns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pick: Literal["random", "most_central", "person", "neighbourhood"] = Field(
        "random", description="how people are picked"
    )
    people: tuple[int, ...] = Field((), description="ids, for pick = person or neighbourhood")
    count: int = Field(1, description="how many, for the other two", ge=1, le=10_000_000)

    @model_validator(mode="after")
    def _people_named(self) -> Self:
        if (self.pick in ("person", "neighbourhood")) != bool(self.people):
            raise ValueError(
                "people must be given for pick = 'person' or 'neighbourhood', and only then"
            )
        return self


class Funding(Intervention):
    """Money from outside for a time."""

    kind: Literal["funding"]
    amount: float = Field(
        1.0, description="resource a resident of the start, a month", ge=0, le=1e6
    )
    uses: Uses = Field(
        default_factory=lambda: Uses(organising=1.0), description="what the money is for"
    )
    groups: Names = Field((), description="groups reached; empty for all")
    places: Names = Field((), description="places reached; empty for all")
    reach: Share = Field(1.0, description="share of their residents reached")


class LeaderLeaves(Incident):
    """A seat empties."""

    kind: Literal["leader_leaves"]
    target: Target = Field(default_factory=Target, description="which leaders")


class Crisis(Incident):
    """Living conditions fall at once."""

    kind: Literal["crisis"]
    strength: Share = Field(0.2, description="part of the conditions that is lost")
    groups: Names = ()
    dimensions: tuple[Dimension, ...] = ()


class Policy(Intervention):
    """A law or system change from outside."""

    kind: Literal["policy"]
    strength: Share = Field(0.2, description="part of the way to full policy")


class Acknowledgement(Intervention):
    """Naming the history of how the system became inequitable."""

    kind: Literal["acknowledgement"]
    strength: Share = Field(1.0, description="how fully it is acknowledged")


class Displacement(Incident):
    """Pressure to leave, from outside."""

    kind: Literal["displacement"]
    strength: Share = Field(0.2, description="pressure added")


class Facilitation(Intervention):
    """Listening sessions: meetings across groups are hosted well."""

    kind: Literal["facilitation"]
    strength: Share = Field(1.0, description="how fully meetings are facilitated")


class Promise(Intervention):
    """Institutions keep, or break, a promise to everyone they serve."""

    kind: Literal["promise"]
    kept: bool = Field(description="whether it is kept")
    groups: Names = ()
    institutions: Names = ()


class ShareSeats(Intervention):
    """Institutions let the shared table decide about part of their money."""

    kind: Literal["share_seats"]
    strength: Share = Field(0.3, description="least share pooled from now on")
    institutions: Names = ()


class LoudVoice(Incident):
    """Some voices grow louder."""

    kind: Literal["loud_voice"]
    factor: float = Field(3.0, description="factor on the voice", gt=0, le=1000)
    groups: Names = Field(min_length=1)


class Recruit(Intervention):
    """People become stewards at once."""

    kind: Literal["recruit"]
    target: Target = Field(default_factory=Target, description="which residents")
    committed: bool = Field(False, description="whether they never stop")


class Newcomers(Incident):
    """People move into new homes."""

    kind: Literal["newcomers"]
    count: int = Field(10, ge=1, le=1_000_000)
    groups: Names = Field(min_length=1, max_length=1)
    degree: int = Field(4, description="ties of each", ge=0, le=1000)
    informed: bool = Field(
        False, description="whether they start as most of those they are tied to do"
    )

    def homes(self, size: int) -> range:
        """Return the numbers of the new homes in a community that starts with `size` residents.

        They follow from the event's id alone, so that one event never moves another's homes.
        """
        first = size + stream_number(f"events/homes/{self.id}") % (HOMES - size - self.count)
        return range(first, first + self.count)


class Set(Intervention):
    """A parameter takes another value for a time."""

    kind: Literal["set"]
    key: str = Field(description="the parameter, such as leadership.vacancy_months")
    value: Any = Field(description="its value while the event is active")


AnyEvent = Annotated[
    Funding
    | LeaderLeaves
    | Crisis
    | Policy
    | Acknowledgement
    | Displacement
    | Facilitation
    | Promise
    | ShareSeats
    | LoudVoice
    | Recruit
    | Newcomers
    | Set,
    Field(discriminator="kind"),
]
