"""Indicators: what the ledger follows, and from which columns each is read.

Indicators come in small families that are read in one go. Each family names the columns it reads,
and `WRITES` names, for every process of the model, those of these columns that it can change; so
after a process only the families are read again that it can have moved. What happens in some months
only is noticed as it happens: events by their kind, that people came, left or changed rows (the
community then makes a new order), that ties were made or dropped (the graph is then rebuilt), that
leadership seats changed hands, and that a history was acknowledged.

Names and definitions are those of the record (`simulation.recorder`) wherever it has the measure;
`services` and `investment` (resource a head and month, all dimensions together) are the ledger's
own, since living conditions and well-being follow from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.ledger import reading
from simulation.state import Floats, Ints
from simulation.tally import shares

if TYPE_CHECKING:
    from simulation.community import CommunityModel

PEOPLE = "people"
"""Stands for who is here: residents' id, group, present, founder and membership. Those who leave
also empty their seats, and take their ties along."""
GRAPH = "graph"
"""Stands for which friend and connector ties there are."""
HANDS = "hands"
"""Stands for what it means that seats change hands: who holds them, the trust on service ties that
leavers cost, and money that newcomers bring."""
FRIENDS, SERVICES, PARTNERS = "friends", "services", "partners"
"""Stand for the three parts of the trust on ties between residents or with connectors, of residents
in institutions, and between institutions."""
GAP = "gap"
OF_STOCKS = {
    "policy": "policy",
    "memory": "memory",
    "leadership": "leadership",
    "fund": "fund",
    "resistance": "resisted",
    "pressure": "pressure",
}
"""Indicators that are one stock of the community, and its column."""
INDICATORS = (
    "wellbeing",
    GAP,
    "conditions",
    "services",
    "investment",
    "resources",
    "resident_seats",
    "ownership",
    "stewards",
    "safety",
    "grievance",
    "efficacy",
    "skill",
    "burnout",
    "trust_within",
    "trust_across",
    "trust_connectors",
    "trust_institutions",
    "trust_partners",
    "openness",
    "upstream",
    "pooled",
    "idle_assets",
    *OF_STOCKS,
    "seats_filled",
    "displaced",
)
BY_GROUP = INDICATORS[:1] + INDICATORS[2:14]
"""Indicators with a value for each group; the others are known for all together only."""
ROW = {name: n for n, name in enumerate(INDICATORS)}


@dataclass(slots=True)
class Here:
    """Who is counted: kept until people come, leave or change rows."""

    order: Ints
    """The community's order that this belongs to."""
    who: Ints
    """Rows of the members who are present, group by group, in ascending id."""
    start: Ints
    """Where each group starts in `who`; the last place is the end."""
    pop: Floats
    """Share of each group among all who are present."""
    target: Any = None
    """The graph that `ties` belong to."""
    ties: Any = None
    """Places of the ties to friends in the own group, in others, to connectors, institutions."""

    @classmethod
    def of(cls, community: CommunityModel) -> Here:
        """Look at who is here."""
        r, groups = community.residents, len(community.groups)
        counted = community.membership() & r.present
        who, start = reading.who_is_here(community.order, counted, r.group, groups)
        pop = shares(np.bincount(r.group[r.present], minlength=groups).astype(float))
        return cls(community.order, who, start, pop)


class Family(NamedTuple):
    """Indicators that are read in one go."""

    name: str
    reads: frozenset[str]
    read: Callable[[CommunityModel, Here, Floats], None]
    """Writes its rows of an array (indicators, groups + 1)."""


def _wellbeing(c: CommunityModel, here: Here, out: Floats) -> None:
    reading.wellbeing_and_gap(here.who, here.start, c.residents.wellbeing, out[0:2])


def _mean(row: int, column: str, c: CommunityModel, here: Here, out: Floats) -> None:
    reading.mean_by_group(here.who, here.start, getattr(c.residents, column), out[row])


def _two_means(row: int, one: str, two: str, c: CommunityModel, here: Here, out: Floats) -> None:
    r = c.residents
    columns = getattr(r, one), getattr(r, two)
    reading.two_means_by_group(here.who, here.start, *columns, out[row : row + 2])


def _living(c: CommunityModel, here: Here, out: Floats) -> None:
    g = c.groups
    reading.living(here.pop, g.conditions, g.services, g.investment, out[2:5])


def _power(c: CommunityModel, here: Here, out: Floats) -> None:
    g = c.groups
    reading.with_sum(g.seats, out[6])
    reading.with_sum(g.money, out[7])


def _sorted_ties(c: CommunityModel, here: Here) -> Any:
    """Return the places of ties by kind, sorted anew where the graph is another."""
    t, r = c.ties, c.residents
    if t.target is not here.target:
        ends = t.start, t.friends_end, t.mentors_end
        here.ties = reading.sort_ties(t.first_resident, *ends, t.target, r.group, r.present)
        here.target = t.target
    return here.ties


def _friends(c: CommunityModel, here: Here, out: Floats) -> None:
    t = c.ties
    within, across, clients, _ = _sorted_ties(c, here)
    for row, ties in ((14, within), (15, across), (16, clients)):
        out[row, -1] = reading.mean_of_ties(ties, t.reliability, t.openness, t.mission)


def _services(c: CommunityModel, here: Here, out: Floats) -> None:
    t = c.ties
    ties = _sorted_ties(c, here)[3]
    out[17, -1] = reading.mean_of_ties(ties, t.reliability, t.openness, t.mission)


def _partners(c: CommunityModel, here: Here, out: Floats) -> None:
    t = c.ties
    last = t.start[t.first_connector]
    out[18, -1] = reading.mean_trust(last, t.reliability, t.openness, t.mission)


def _openness(c: CommunityModel, here: Here, out: Floats) -> None:
    out[19, -1] = reading.mean(c.institutions.openness)


def _share(row: int, column: str, c: CommunityModel, here: Here, out: Floats) -> None:
    i = c.institutions
    out[row, -1] = reading.weighted_mean(getattr(i, column), i.budget)


def _idle(c: CommunityModel, here: Here, out: Floats) -> None:
    out[22, -1] = c.institutions.idle_assets.sum()


def _stock(row: int, column: str, c: CommunityModel, here: Here, out: Floats) -> None:
    out[row, -1] = getattr(c.stocks, column)[0]


def _filled(c: CommunityModel, here: Here, out: Floats) -> None:
    holder = c.seats.holder
    out[-2, -1] = np.count_nonzero(holder >= 0) / holder.size if holder.size else np.nan


def _displaced(c: CommunityModel, here: Here, out: Floats) -> None:
    r = c.residents
    founders = np.count_nonzero(r.founder) if c.absent else 0
    out[-1, -1] = np.count_nonzero(r.founder & ~r.present) / founders if founders else 0.0


def _family(name: str, reads: str, read: Callable[[Any, Here, Floats], None]) -> Family:
    return Family(name, frozenset(reads.split()), read)


def _of_people(name: str, column: str) -> Family:
    return _family(name, f"people residents.{column}", partial(_mean, ROW[name], column))


def _two_of_people(one: str, two: str) -> Family:
    """Return the family of two columns that move together; their rows follow one another."""
    reads = f"people residents.{one} residents.{two}"
    return _family(one, reads, partial(_two_means, ROW[one], one, two))


FAMILIES = (
    _family("wellbeing", "people residents.wellbeing", _wellbeing),
    _of_people("stewards", "stewardship"),
    _of_people("resources", "resources"),
    _of_people("safety", "safety"),
    _two_of_people("grievance", "efficacy"),
    _two_of_people("skill", "burnout"),
    _family("living", "people groups.conditions groups.services groups.investment", _living),
    _family("power", "groups.seats groups.money", _power),
    _family("friends", "people graph friends", _friends),
    _family("services", "people services hands", _services),
    _family("partners", "partners", _partners),
    _family("openness", "institutions.openness", _openness),
    _family(
        "upstream",
        "institutions.upstream institutions.budget",
        partial(_share, ROW["upstream"], "upstream"),
    ),
    _family(
        "pooled",
        "institutions.pooled institutions.budget",
        partial(_share, ROW["pooled"], "pooled"),
    ),
    _family("idle_assets", "institutions.idle_assets", _idle),
    *(
        _family(
            name,
            f"stocks.{column}" + " hands" * (name == "fund"),
            partial(_stock, ROW[name], column),
        )
        for name, column in OF_STOCKS.items()
    ),
    _family("seats_filled", "people hands seats.holder", _filled),
    _family("displaced", "people", _displaced),
)


def _columns(table: dict[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(columns.split()) for name, columns in table.items()}


WRITES = _columns(
    {
        "events": "",
        "sense": "",
        "dialogue": "friends residents.safety",
        "activation": "residents.stewardship",
        "governance": "groups.seats groups.money institutions.pooled",
        "allocation": "institutions.upstream",
        "production": "residents.resources groups.services groups.investment "
        "institutions.idle_assets stocks.fund",
        "living": "residents.wellbeing groups.conditions stocks.policy",
        "trust": "services partners residents.grievance residents.efficacy "
        "institutions.openness stocks.resisted",
        "leadership": "residents.skill residents.burnout stocks.leadership",
        "learning": "stocks.memory",
        "housing": "stocks.pressure",
        "record": "",
    }
)
"""Which of the columns above each process of the model can change, beside what is noticed as it
happens. A researcher's own process is taken to change everything."""

EVENT_WRITES = _columns(
    {
        "funding": "residents.resources",
        "leader_leaves": "seats.holder",
        "crisis": "groups.conditions",
        "policy": "stocks.policy",
        "acknowledgement": "",
        "displacement": "",
        "facilitation": "",
        "promise": "",
        "share_seats": "institutions.pooled",
        "loud_voice": "",
        "recruit": "residents.stewardship",
        "newcomers": "",
        "set": "",
    }
)
"""The same for `events`, by the kind of event."""


def families_that_read(columns: frozenset[str] | set[str]) -> tuple[Family, ...]:
    """Return the families that read any of the columns."""
    return tuple(family for family in FAMILIES if family.reads & columns)


def families_after(process: str) -> tuple[Family, ...]:
    """Return what is read again after a process, beside what it noticed by itself."""
    return families_that_read(WRITES[process]) if process in WRITES else FAMILIES


AFTER_MOVES = families_that_read({PEOPLE})
AFTER_REBUILDING = families_that_read({GRAPH})
AFTER_CHANGING_HANDS = families_that_read({HANDS})
AFTER_ACKNOWLEDGEMENT = families_that_read({"residents.wellbeing"})
"""Naming a history costs well-being now, in `trust`."""
AFTER_EVENT = {kind: families_that_read(columns) for kind, columns in EVENT_WRITES.items()}
