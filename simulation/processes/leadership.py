"""10 · Leadership: seats, succession, mentoring, and the load people carry.

*Seats* are gone through in the order (institution, slot), which is also what their draws are keyed
by. k is knowledge, r rapport.

1. A filled seat empties when `leadership/exit` < turnover. Otherwise its holder learns:

       k <- k + learning * (1 - k);  r <- r + (1 - r) / rapport_months;  tenure <- tenure + 1

   An exit sets the holder free (`in_seat` false); k and r stay on the seat for the next holder to
   inherit from, and vacant_for = 0. Events and moves empty seats in the same way. All exits of the
   month come before the first seat is filled; seats still vacant at the end of this process add 1
   to vacant_for.

2. A vacant seat with vacant_for >= vacancy_months is filled. When `leadership/origin` <
   resident_share and someone stands on the bench, a resident takes it; otherwise a leader from
   outside, who brings `outsider_funds` to the fund. The new holder has

       k = knowledge_carried * k_old + (1 - knowledge_carried) * k_draw  (+ insider_knowledge), 0-1
       k_draw = knowledge_low + (knowledge_high - knowledge_low) * `leadership/knowledge`
       r = ties_carried * r_old;  tenure = 0;  changes <- changes + 1

   On the bench stand present residents who live here, hold no seat, have skill >= bench_skill, are
   of group bench_group (-1: any) and, with bench_stewards, are full stewards. bench_pick =
   "most_skilled" takes the most skilled (smallest id among equals), "random" the smallest
   `leadership/bench`, keyed by (resident, institution id * 64 + slot). Who was seated earlier in
   the month has left the bench. A leader from outside gets the id OUTSIDER_IDS + 1000 * seat +
   changes.

3. Exits cost trust, those of step 1 and those that events and moves brought since the last time:
   the reliability of all service ties to the institution is multiplied by
   (1 - exit_trust_loss)**exits.

So with vacancy_months = 0 and exit q mean knowledge is ((1 - q) r + q k_new) / (1 - (1 - q)(1 -
r)), r the rate of learning, and in the long run 1 / (1 + q * vacancy_months) of the seats are
filled.

*Mentoring.* Protégés are the present residents with s > 0 who live here and hold no seat, n of
them; N0 is the number of residents at the start, money this month's `mentoring` of events:

    intensity = 1 - exp(-(money + mentoring_base) * N0 / (mentoring_cost * n))
    skill <- skill + practice * s * (1 - skill) + mentor_gain * intensity * [protégé] * (1 - skill)
             - fade * skill

(intensity 0 if n = 0 or no seat is filled; skill on the right from before, kept in 0-1.)

*Load*, with b burnout, for present residents and for connectors:

    unpaid_hours = hours * s * (1 - min(1, spend_i / pay_rate))
    b <- b + burning * unpaid_hours * (1 - b) - recovery * b
    over = min(1, max(0, caseload / attention - 1))  (0 where attention is 0)
    b <- b + connector_burning * over * (1 - b) - recovery * b
    pay <- 1 - depends * (1 - min(1, connector money * N0 / (connector_cost * connectors)))

*Strength* L = (1 - mentor_time * intensity) * (sum over filled seats of k * r) / number of seats, 0
without seats. A resident in a seat counts only `base_presence` times in activation: promotion
removes a steward from the base.

Streams: `leadership/exit`, `leadership/origin`, `leadership/knowledge`, `leadership/bench`.
Sources: turnover and what a group knows (March 1991; Carley 1992, Organization Science 3:20;
Argote, Insko, Yovetich & Romero 1995, Journal of Applied Social Psychology 25:512).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from pydantic import model_validator

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.state import OUTSIDER_IDS, Connectors, Floats, Ints, Seats

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """Succession (five switches), mentoring and load.

    The five switches of resident succession: `vacancy_months`, `knowledge_carried`, `ties_carried`,
    `resident_share`, `exit_trust_loss`.
    """

    turnover: float = parameter(1 / 36, "chance that a seat empties", unit="a month", low=0, high=1)
    vacancy_months: int = parameter(6, "time a seat stays empty", unit="months", low=0, high=240)
    knowledge_carried: float = parameter(
        0.0, "part of the last holder's knowledge that is handed on", low=0, high=1
    )
    ties_carried: float = parameter(
        0.0, "part of the last holder's rapport that is handed on", low=0, high=1
    )
    resident_share: float = parameter(
        0.0, "chance that a seat is filled by a resident", low=0, high=1
    )
    exit_trust_loss: float = parameter(
        0.02, "trust in the institution lost at an exit", low=0, high=1
    )
    learning: float = parameter(
        0.03, "learning in the seat", unit="a month", low=0, high=1, source="March 1991 (form)"
    )
    rapport_months: float = parameter(
        12.0, "time to build working relations", unit="months", low=1, high=240
    )
    knowledge_low: float = parameter(0.3, "least knowledge of a new leader", low=0, high=1)
    knowledge_high: float = parameter(0.6, "greatest knowledge of a new leader", low=0, high=1)
    insider_knowledge: float = parameter(
        0.0, "advantage of residents over outsiders", low=-1, high=1
    )
    outsider_funds: float = parameter(
        0.0, "money a leader from outside brings", unit="resource a resident", low=0, high=100
    )
    bench_skill: float = parameter(0.3, "skill needed for the bench", low=0, high=1)
    bench_stewards: bool = parameter(True, "whether only stewards stand on the bench", unit="flag")
    bench_group: int = parameter(
        -1, "only this group stands on the bench; -1: any", unit="index", low=-1, high=1000
    )
    bench_pick: Literal["most_skilled", "random"] = parameter(
        "most_skilled", "who is chosen from the bench", unit="choice"
    )
    practice: float = parameter(0.01, "skill gained by acting", unit="a month", low=0, high=1)
    mentor_gain: float = parameter(
        0.05, "skill gained under full mentoring", unit="a month", low=0, high=1
    )
    fade: float = parameter(0.01, "skill lost without use", unit="a month", low=0, high=1)
    mentoring_base: float = parameter(
        0.0,
        "money for mentoring without events",
        unit="resource a resident and month",
        low=0,
        high=100,
    )
    mentoring_cost: float = parameter(
        1.0,
        "money at which mentoring nears its most",
        unit="resource a protégé and month",
        low=1e-6,
        high=1e6,
    )
    mentor_time: float = parameter(0.1, "leadership given up for full mentoring", low=0, high=1)
    hours: float = parameter(
        0.2, "time a full steward gives", unit="share of a month", low=0, high=1
    )
    pay_rate: float = parameter(
        2.0,
        "organising money at which all hours are paid",
        unit="resource a resident and month",
        low=1e-6,
        high=1e6,
    )
    burning: float = parameter(0.1, "burnout from unpaid time", unit="a month", low=0, high=1)
    recovery: float = parameter(0.05, "recovery from burnout", unit="a month", low=0, high=1)
    connector_burning: float = parameter(
        0.1, "burnout of connectors with too many cases", unit="a month", low=0, high=1
    )
    connector_cost: float = parameter(
        10.0, "money that pays one connector", unit="resource a month", low=1e-6, high=1e6
    )

    @model_validator(mode="after")
    def _knowledge_in_order(self) -> Self:
        if self.knowledge_low > self.knowledge_high:
            raise ValueError("knowledge_low must not exceed knowledge_high")
        return self


@kernel
def carry(
    p: Any,
    intensity: float,
    present: Any,
    lives_here: Any,
    in_seat: Any,
    stewardship: Floats,
    spend: Floats,
    skill: Floats,
    unpaid_hours: Floats,
    burnout: Floats,
) -> None:
    """Move skill, unpaid hours and burnout of present residents."""
    for i in range(skill.size):
        if not present[i]:
            continue
        s, k = stewardship[i], skill[i]
        new = k + p.practice * s * (1.0 - k) - p.fade * k
        if s > 0.0 and lives_here[i] and not in_seat[i]:
            new += p.mentor_gain * intensity * (1.0 - k)
        skill[i] = min(max(new, 0.0), 1.0)
        unpaid_hours[i] = p.hours * s * (1.0 - min(1.0, spend[i] / p.pay_rate))
        b = burnout[i]
        b += p.burning * unpaid_hours[i] * (1.0 - b) - p.recovery * b
        burnout[i] = min(max(b, 0.0), 1.0)


@kernel
def serve(
    p: Any,
    month: int,
    leaving: Key,
    institution_ids: Ints,
    institution: Ints,
    slot: Ints,
    holder: Ints,
    knowledge: Floats,
    rapport: Floats,
    tenure: Ints,
    vacant_for: Ints,
    leaves: Any,
) -> bool:
    """Let holders learn or leave (flagged in `leaves`); return whether any seat needs a hand."""
    this_leaving = at(leaving, month)
    due = False
    for k in range(holder.size):
        if holder[k] < 0:
            due = due or vacant_for[k] >= p.vacancy_months
        elif draw(this_leaving, institution_ids[institution[k]], slot[k]) < p.turnover:
            leaves[k] = True
            due = True
        else:
            knowledge[k] += p.learning * (1.0 - knowledge[k])
            rapport[k] += (1.0 - rapport[k]) / p.rapport_months
            tenure[k] += 1
    return due


@kernel
def held(holder: Ints, knowledge: Floats, rapport: Floats) -> float:
    """Return knowledge times rapport, summed over filled seats."""
    total = 0.0
    for k in range(holder.size):
        if holder[k] >= 0:
            total += knowledge[k] * rapport[k]
    return total


def strength(seats: Seats, p: Parameters, intensity: float = 0.0) -> float:
    """Return the strength of leadership: mean of knowledge times rapport over all seats."""
    if not len(seats):
        return 0.0
    total: float = held(seats.holder, seats.knowledge, seats.rapport)
    return (1.0 - p.mentor_time * intensity) * total / len(seats)


def vacate(community: CommunityModel, seat: int) -> None:
    """Empty a filled seat: the holder is free, knowledge and rapport stay to be inherited."""
    seats = community.seats
    if seats.resident[seat]:
        community.residents.in_seat[community.row_of(int(seats.holder[seat]))] = False
    seats.holder[seat], seats.group[seat], seats.resident[seat] = -1, -1, False
    seats.vacant_for[seat] = 0
    seats.tenure[seat] = 0
    community.exits += 1
    community.exits_from[seats.institution[seat]] += 1.0


class Leadership(Process[Parameters]):
    """Empty and fill seats, develop people, and carry the load."""

    name = "leadership"
    streams = ("leadership/exit", "leadership/origin", "leadership/knowledge", "leadership/bench")

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move seats, skill, burnout, connectors' pay and the strength of leadership."""
        self.succession(community, p)
        intensity = self.mentoring(community, p)
        r = community.residents
        carry(
            p.packed,
            intensity,
            r.present,
            r.lives_here,
            r.in_seat,
            r.stewardship,
            r.spend,
            r.skill,
            r.unpaid_hours,
            r.burnout,
        )
        self.pay_connectors(community.connectors, community, p)
        community.stocks.leadership[0] = strength(community.seats, p, intensity)

    def succession(self, community: CommunityModel, p: Parameters) -> None:
        """Let holders leave, learn or stay, and fill seats that have been vacant long enough."""
        seats = community.seats
        if not len(seats):
            return
        leaves = np.zeros(len(seats), np.bool_)
        due = serve(
            p.packed,
            community.month,
            community.luck.key("leadership/exit"),
            community.institutions.id,
            seats.institution,
            seats.slot,
            seats.holder,
            seats.knowledge,
            seats.rapport,
            seats.tenure,
            seats.vacant_for,
            leaves,
        )
        if due or community.exits_from.any():
            self.change_hands(community, p, leaves)
        seats.vacant_for[seats.holder < 0] += 1

    def change_hands(self, community: CommunityModel, p: Parameters, leaves: Any) -> None:
        """Empty the seats of those who leave, fill those vacant long enough, and count the cost."""
        seats = community.seats
        for seat in np.flatnonzero(leaves).tolist():
            vacate(community, seat)
        open_ = (seats.holder < 0) & (seats.vacant_for >= p.vacancy_months)
        for seat in np.flatnonzero(open_).tolist():
            self.fill(community, p, seat)
        exits, community.exits_from = community.exits_from, np.zeros(len(community.institutions))
        if p.exit_trust_loss and exits.any():
            community.lose_service_trust((1.0 - p.exit_trust_loss) ** exits)

    def fill(self, community: CommunityModel, p: Parameters, seat: int) -> None:
        """Fill one vacant seat, by a resident from the bench or by a leader from outside."""
        seats, luck, month = community.seats, community.luck, community.month
        where = (int(community.institutions.id[seats.institution[seat]]), int(seats.slot[seat]))
        chosen = -1
        if luck.uniform("leadership/origin", month, *where) < p.resident_share:
            chosen = self.from_bench(community, p, where)
        new = p.knowledge_low + (p.knowledge_high - p.knowledge_low) * luck.uniform(
            "leadership/knowledge", month, *where
        )
        new = p.knowledge_carried * seats.knowledge[seat] + (1.0 - p.knowledge_carried) * new
        seats.changes[seat] += 1
        if chosen >= 0:
            r = community.residents
            new += p.insider_knowledge
            seats.holder[seat], seats.group[seat] = r.id[chosen], r.group[chosen]
            seats.resident[seat] = r.in_seat[chosen] = True
        else:
            seats.holder[seat] = OUTSIDER_IDS + 1000 * seat + seats.changes[seat]
            community.stocks.fund[0] += p.outsider_funds
        seats.knowledge[seat] = min(max(new, 0.0), 1.0)
        seats.rapport[seat] *= p.ties_carried
        seats.tenure[seat] = seats.vacant_for[seat] = 0

    def from_bench(self, community: CommunityModel, p: Parameters, where: tuple[int, int]) -> int:
        """Return the row of the resident chosen from the bench, or -1 where it is empty."""
        r = community.residents
        able = r.present & r.lives_here & ~r.in_seat & (r.skill >= p.bench_skill)
        if p.bench_stewards:
            able &= r.stewardship == 1.0
        if p.bench_group >= 0:
            able &= r.group == p.bench_group
        bench = np.flatnonzero(able)
        if not bench.size:
            return -1
        if p.bench_pick == "random":
            seat = where[0] * 64 + where[1]
            draw = community.luck.uniforms("leadership/bench", community.month, r.id[bench], seat)
            return int(bench[np.argmin(draw)])
        best = bench[r.skill[bench] == r.skill[bench].max()]
        return int(best[np.argmin(r.id[best])])

    def mentoring(self, community: CommunityModel, p: Parameters) -> float:
        """Return the intensity of mentoring that the month's money buys."""
        r, seats = community.residents, community.seats
        money = community.levers.mentoring + p.mentoring_base
        if money <= 0.0 or not (seats.holder >= 0).any():
            return 0.0
        proteges = r.present & r.lives_here & ~r.in_seat & (r.stewardship > 0.0)
        count = int(np.count_nonzero(proteges))
        if count == 0:
            return 0.0
        return 1.0 - math.exp(-money * community.size / (p.mentoring_cost * count))

    def pay_connectors(self, c: Connectors, community: CommunityModel, p: Parameters) -> None:
        """Move the connectors' burnout and pay."""
        if not len(c):
            return
        ratio = c.caseload / np.where(c.attention > 0, c.attention, np.inf)
        over = np.minimum(1.0, np.maximum(0.0, ratio - 1.0))
        burnout = c.burnout + p.connector_burning * over * (1.0 - c.burnout)
        c.burnout[:] = np.minimum(np.maximum(burnout - p.recovery * c.burnout, 0.0), 1.0)
        money = community.levers.connectors * community.size
        c.pay[:] = 1.0 - c.depends * (1.0 - min(1.0, money / (p.connector_cost * len(c))))
