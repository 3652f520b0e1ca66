"""Recorder: the measures of a community, month by month.

One row of numbers a month; `Recorder.table` turns them into a tidy table. Group means are taken
over the members of the community by the scenario's membership rule; the boundary "place" counts
who is present now, "people" everyone who was there at the start, wherever they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.gradient import health_gradient
from simulation.inequality import inequality_summary
from simulation.power import effective_voices, excess_power, leadership_continuity
from simulation.reach import cross_group_reach, ei_index
from simulation.state import DIMENSIONS, Floats, Ints
from simulation.summaries import by_group, group_means, lived_together, people_means, tie_means
from simulation.tally import people
from simulation.ties import FRIEND
from simulation.vectors import ROUNDING

if TYPE_CHECKING:
    import pandas as pd

    from simulation.community import CommunityModel
    from simulation.processes.base import Process

ALL = "all"
YEAR = 12
"""Months over which the continuity of leaders is judged."""
WELLBEING = ("wellbeing", *(f"wellbeing_{d}" for d in DIMENSIONS))
PEOPLE = (
    "stewards",
    "steward_share",
    "burnout",
    "unpaid_hours",
    "grievance",
    "safety",
    "efficacy",
    "skill",
    "skill_unused",
    "resources",
    "visited",
    "trusted_tie",
    "participants",
)
"""Means over residents: those before `resources` and itself are means of columns; the last three
are shares who ever got that far on the ladder of first contacts."""
BY_GROUP = (
    "present",
    "ownership",
    "seats",
    "decisions",
    "legitimacy",
    "promises_kept",
    "conditions",
    "voice",
)
COMMUNITY = (
    "trust_within",
    "trust_across",
    "trust_institutions",
    "trust_connectors",
    "trust_partners",
    "openness",
    "resistance",
    "leadership",
    "seats_filled",
    "resident_seats",
    "lived_seats",
    "outside_seats",
    "outside_money",
    "outside_decisions",
    "dominance",
    "policy",
    "memory",
    "upstream",
    "pooled",
    "idle_assets",
    "fund",
    "released",
    "aid",
    "displaced",
    "active_institutions",
    "quality",
    "pressure",
)
GAPS = ("gap", "gap_relative", "gap_signed", "worst_off")
INEQUALITY = (
    "gini",
    "theil",
    "theil_between",
    "theil_within",
    "theil_l",
    "atkinson",
    "concentration",
    "wagstaff",
    "erreygers",
    "slope_index",
    "relative_index",
    "reach",
    "ei_index",
    "voices",
    "continuity",
)


class Measure(NamedTuple):
    """What one recorded number is."""

    measure: str
    group: str
    boundary: str


class Recorder:
    """Rows of measures, one a month from month 0."""

    def __init__(
        self,
        names: tuple[str, ...],
        every: int,
        trusted: float,
        own: tuple[Process, ...] = (),
    ) -> None:
        self.groups = names
        self.own = tuple(process for process in own if process.measures)
        self.every = every
        self.trusted = trusted
        self.keys = self._keys()
        self.index = {key: n for n, key in enumerate(self.keys)}
        self._rows: list[Floats] = []
        self._holders: list[Ints] = []
        self.worst = -1

    def _keys(self) -> list[Measure]:
        place, people_ = "place", "people"
        rows = (*self.groups, ALL)
        keys = [Measure(m, g, place) for g in rows for m in (*WELLBEING, *PEOPLE)]
        keys += [Measure(m, g, people_) for g in rows for m in WELLBEING]
        keys += [Measure(m, ALL, b) for b in (place, people_) for m in GAPS]
        keys += [Measure(m, g, place) for m in BY_GROUP for g in rows]
        keys += [Measure(m, ALL, place) for m in (*COMMUNITY, *INEQUALITY)]
        keys += [Measure(f"{p.name}_{m}", ALL, place) for p in self.own for m in p.measures]
        return keys

    @property
    def months(self) -> Ints:
        """Months recorded, from 0."""
        return np.arange(len(self._rows))

    @property
    def values(self) -> Floats:
        """Return all rows, shape (months, keys); nan where a measure was not taken."""
        if not self._rows:
            return np.empty((0, len(self.keys)))
        return np.array(self._rows)

    def latest(self, measure: str, group: str = ALL, boundary: str = "place") -> float:
        """Return the last recorded value of one measure.

        Raises:
            KeyError: for a measure that is not recorded.
        """
        return float(self._rows[-1][self.index[Measure(measure, group, boundary)]])

    def record(self, community: CommunityModel) -> None:
        """Take all measures of the community as it stands."""
        r, groups = community.residents, len(self.groups)
        member = community.membership()
        now = group_means(
            community.order,
            r.group,
            member & r.present,
            groups,
            r.wellbeing,
            r.stewardship,
            r.burnout,
            r.unpaid_hours,
            r.grievance,
            r.safety,
            r.efficacy,
            r.skill,
            r.skill_used,
            r.resources,
            r.ladder,
        )
        then = people_means(community.order, r.group, member & r.founder, groups, r.wellbeing)
        if self.worst < 0:
            means = now[:groups, 0]
            self.worst = 0 if np.isnan(means).all() else int(np.nanargmin(means))
        row = [now.ravel(), then.ravel(), *self._gaps(now[:, 0]), *self._gaps(then[:, 0])]
        row += [self._by_group(community), self._community(community)]
        self._holders.append(community.seats.holder.copy())
        row.append(self._inequality(community, member & r.present))
        row += [np.asarray(p.measure(community), dtype=float) for p in self.own]
        self._rows.append(np.concatenate(row))

    def _gaps(self, means: Floats) -> list[Floats]:
        """Return gap, relative gap, signed gap (second group minus first) and the worst off."""
        own = means[:-1]
        known = own[~np.isnan(own)]
        if known.size < 2:
            return [np.array([np.nan, np.nan, np.nan, own[self.worst]])]
        wide = known.max() - known.min()
        relative = wide / means[-1] if means[-1] > 0 else np.nan
        return [np.array([wide, relative, own[1] - own[0], own[self.worst]])]

    def _by_group(self, community: CommunityModel) -> Floats:
        g, pairs, r = community.groups, community.pairs, community.residents
        row: Floats = by_group(
            community.order,
            r.group,
            r.present,
            r.voice,
            len(community.institutions),
            pairs.made,
            pairs.kept,
            pairs.legitimacy,
            g.money,
            g.seats,
            g.decisions,
            g.conditions,
        )
        return row

    def _community(self, community: CommunityModel) -> Floats:
        c, r, t, s = community, community.residents, community.ties, community.stocks
        i, g, seats = c.institutions, c.groups, c.seats
        trust = tie_means(
            c.order,
            t.first_connector,
            t.first_resident,
            t.start,
            t.friends_end,
            t.mentors_end,
            t.target,
            t.reliability,
            t.openness,
            t.mission,
            r.group,
            r.present,
        )
        present = people(c.order, r.present, r.group, r.stewardship, len(g))[0]
        lived = lived_together(
            seats.institution,
            seats.holder,
            i.openness,
            i.upstream,
            i.pooled,
            i.at_table,
            i.budget,
            i.idle_assets,
            g.seats,
        )
        openness, filled, resident, upstream, pooled, idle, active = lived.tolist()
        outside = (s.outside_seats, s.outside_money, s.outside_decisions)
        held = [np.append(*x) for x in zip((g.seats, g.money, g.decisions), outside, strict=True)]
        power = excess_power(*held, np.append(present, 0.0), ROUNDING, np.empty(len(g) + 1))[0]
        holders = [c.row_of(int(h)) for h in seats.holder[seats.resident]]
        taken = int(np.count_nonzero(seats.holder >= 0))
        lived = float(r.lived_experience[holders].sum()) / taken if taken else 0.0
        founders = np.count_nonzero(r.founder)
        gone = np.count_nonzero(r.founder & ~r.present) / founders if founders and c.absent else 0.0
        rest = [
            openness,
            float(s.resisted[0]),
            float(s.leadership[0]),
            filled,
            resident,
            lived,
            float(s.outside_seats[0]),
            float(s.outside_money[0]),
            float(s.outside_decisions[0]),
            power,
            float(s.policy[0]),
            float(s.memory[0]),
            upstream,
            pooled,
            idle,
            float(s.fund[0]),
            float(s.released[0]),
            float(s.aid[0]),
            gone,
            active,
            float(s.quality[0]),
            float(s.pressure[0]),
        ]
        return np.concatenate([trust, rest])

    def _inequality(self, community: CommunityModel, member: Any) -> Floats:
        if community.month % self.every and community.month != community.specification.months:
            return np.full(len(INEQUALITY), np.nan)
        r, t = community.residents, community.ties
        counted = community.order[member[community.order]]
        wellbeing = r.wellbeing[counted].mean(axis=1)
        s = inequality_summary(wellbeing, r.group[counted], len(self.groups))
        if t.implicit:
            reach = ei = np.nan
        else:
            friend = np.flatnonzero(t.kind == FRIEND)
            one, two = t.sources()[friend] - t.first_resident, t.target[friend] - t.first_resident
            group = np.where(member, r.group, -1)
            trust = (t.reliability[friend] + t.openness[friend] + t.mission[friend]) / 3.0
            reach = cross_group_reach(one, two, trust, group, self.trusted)
            ei = ei_index(one, two, group)
        gradient = health_gradient(wellbeing, r.resources[counted])
        voices = effective_voices(r.voice[counted])
        continuity = np.nan
        if len(self._holders) > YEAR:
            continuity = leadership_continuity(self._holders[-1 - YEAR], self._holders[-1])
        return np.array(
            [
                s.gini,
                s.theil_t,
                s.theil_between,
                s.theil_within,
                s.theil_l if np.isfinite(s.theil_l) else np.nan,
                s.atkinson_one,
                *gradient,
                reach,
                ei,
                voices,
                continuity,
            ]
        )

    def table(self, community: str = "community") -> pd.DataFrame:
        """Return a tidy table: month, community, measure, group, boundary, value; no nan rows."""
        import pandas as pd

        values = self.values
        months, which = np.nonzero(~np.isnan(values))
        names = [np.array(column, dtype=object) for column in zip(*self.keys, strict=True)]
        return pd.DataFrame(
            {
                "month": months,
                "community": community,
                "measure": names[0][which],
                "group": names[1][which],
                "boundary": names[2][which],
                "value": values[months, which],
            }
        )

    def copy(self) -> Recorder:
        """Return an independent copy (rows themselves are never changed)."""
        twin = object.__new__(Recorder)
        twin.__dict__.update(self.__dict__)
        twin._rows = list(self._rows)
        twin._holders = list(self._holders)
        return twin
