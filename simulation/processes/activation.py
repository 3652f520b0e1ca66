"""4 · Activation: who becomes a steward, and who stops.

The pull of the others on resident i, over friend ties to present residents j (s_j is taken from
before the process; a leader in a seat counts `base_presence` times):

    input = "share":  a_i = sum_j trust_ij s_j / number of such ties   (0 if isolated)
    input = "count":  a_i = sum_j trust_ij s_j

    u_i = reinforcement * a_i**exponent + institutional_trust * (T_i - 1/2)
          + connector * reached_i + leadership * L + dose * (1 - exp(-spend_i / dose_scale))
          + grievance_mobilises * q_i * e_i - grievance_silences * q_i * (1 - e_i)
          - resistance * R

with T_i the mean trust of i's service ties (1/2 where there are none), L the strength of
leadership, spend_i the organising money spent on i this month, q grievance, e efficacy, R the
resistance of institutions (see `trust`). A resident climbs one rung at a time. With two rungs the
thresholds are theta_i for the first (s = 1/2) and theta_i + rung_gap for the second; with one rung,
theta_i.

    p_up = rate * G(u_i - threshold of the next rung)
    p_down = exit + burnout_exit * burnout_i + rejection * rate * (1 - G(u_i - threshold of
        this rung))

    G(z) = [z >= -1e-12]          response = "step"
           1 / (1 + exp(-z / temperature))   "logistic"
           clip(z, 0, 1)          "linear"

A resident rises when `activation/rise` < p_up; one who has not risen falls by one rung when
`activation/fall` < p_down. Committed residents never fall. s stays within 0
and 1 where an event changes the number of rungs. `exit + burnout_exit + rejection *
rate` must not exceed 1.

*First contacts.* A resident still unaware has visited when `reached_i` > 0, when s_i > 0, or when
`activation/visit` < visit_rate * (1 - exp(-spend_i / dose_scale)). One who has visited has a
trusted tie when a service or connector tie, or a friend tie across groups, has trust >=
`trusted`. s_i = 1/2 makes a participant, 1 a steward, a seat a leader. The rung kept is the
furthest one ever reached; each is judged after the moves of the month, and skipping is allowed.

Special cases (all other terms 0, trust 1): thresholds of Granovetter 1978, Watts 2002, Morris
2000 (reinforcement = exponent = rate = 1, rejection = exit = 0, step); Centola & Macy 2007
(count); SIS and quadratic contagion (linear, reinforcement b, exponent 1 or 2, threshold 0);
Brock & Durlauf 2001 (logistic, reinforcement 4J, threshold 2J - 2h, temperature 1/beta, rejection
1).

Streams: `activation/rise`, `activation/fall`, `activation/visit`, keyed by resident.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from pydantic import model_validator

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.state import Bytes, Floats, Ints

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """What makes people act."""

    input: Literal["share", "count"] = parameter(
        "share",
        "whether the share or the number of active others counts",
        unit="choice",
        source="Watts 2002 (share); Centola & Macy 2007 (count)",
    )
    response: Literal["step", "logistic", "linear"] = parameter(
        "logistic",
        "form of the response to the sum of pulls",
        unit="choice",
        source="Granovetter 1978 (step); Brock & Durlauf 2001 (logistic)",
    )
    reinforcement: float = parameter(
        3.0, "pull of a fully active, fully trusted circle", low=0, high=1000
    )
    exponent: float = parameter(
        1.0, "how much reinforcement a pull needs to count", low=0.1, high=5
    )
    temperature: float = parameter(0.35, "width of the logistic response", low=1e-6, high=10)
    rate: float = parameter(0.25, "how often people reconsider", unit="a month", low=0, high=1)
    rejection: float = parameter(
        1.0, "how readily people stop, against how readily they start", low=0, high=1
    )
    exit: float = parameter(0.002, "stopping for other reasons", unit="a month", low=0, high=1)
    burnout_exit: float = parameter(
        0.05, "rise of that with burnout", unit="a month", low=0, high=1
    )
    rungs: Literal[1, 2] = parameter(2, "steps from no part to steward", unit="count")
    rung_gap: float = parameter(0.3, "how much higher the second threshold is", low=0, high=10)
    institutional_trust: float = parameter(0.5, "pull of trust in institutions", low=0, high=10)
    connector: float = parameter(0.6, "pull of a trusted connector in touch", low=0, high=10)
    leadership: float = parameter(0.5, "pull of strong leadership", low=0, high=10)
    dose: float = parameter(1.2, "most that organising money can pull", low=0, high=10)
    dose_scale: float = parameter(
        1.0,
        "money at which the pull nears its most",
        unit="resource a resident and month",
        low=1e-6,
        high=1000,
    )
    grievance_mobilises: float = parameter(
        0.3, "pull of grievance where efficacy is high", low=0, high=10
    )
    grievance_silences: float = parameter(
        0.6, "drag of grievance where efficacy is low", low=0, high=10
    )
    resistance: float = parameter(0.5, "drag of institutional resistance", low=0, high=10)
    base_presence: float = parameter(
        0.0, "how much a leader in a seat still counts among neighbours", low=0, high=1
    )
    visit_rate: float = parameter(
        0.1, "first visits through organising", unit="a month", low=0, high=1
    )
    trusted: float = parameter(0.6, "trust from which a tie counts as trusted", low=0, high=1)

    @model_validator(mode="after")
    def _falls_are_chances(self) -> Self:
        if self.exit + self.burnout_exit + self.rejection * self.rate > 1 + 1e-12:
            raise ValueError("exit + burnout_exit + rejection * rate must not exceed 1")
        return self


VISITED, TRUSTED, PARTICIPANT, STEWARD, LEADER = 1, 2, 3, 4, 5


@kernel
def response(z: float, form: int, temperature: float) -> float:
    """Return the share who respond to a net pull of z: step (0), logistic (1) or linear (2)."""
    if form == 0:
        return 1.0 if z >= -1e-12 else 0.0
    if form == 1:
        if z >= 0.0:
            return 1.0 / (1.0 + math.exp(-z / temperature))
        grown = math.exp(z / temperature)
        return grown / (1.0 + grown)
    return min(max(z, 0.0), 1.0)


@kernel
def friends_pull(
    count: bool,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    seen: Floats,
    pull: Floats,
) -> None:
    """Write the pull of active friends on each present resident, as a share or a count.

    `seen` is how far somebody is seen to act; -1 for those who are not here.
    """
    for i in range(seen.size):
        pull[i] = 0.0
        if seen[i] < 0.0:
            continue
        total, others = 0.0, 0.0
        for e in range(start[first + i], friends_end[first + i]):
            j = target[e] - first
            acts = seen[j]
            if acts >= 0.0:
                others += 1.0
                if acts > 0.0:
                    total += (reliability[e] + openness[e] + mission[e]) / 3.0 * acts
        if count:
            pull[i] = total
        elif others > 0.0:
            pull[i] = total / others


@kernel
def everyones_pull(
    count: bool, trust: float, order: Ints, present: Any, seen: Floats, pull: Floats
) -> None:
    """Write the pull of active others on a complete graph of one trust."""
    total, others = 0.0, -1.0
    for n in range(order.size):
        if present[order[n]]:
            total += seen[order[n]]
            others += 1.0
    for i in range(seen.size):
        pull[i] = 0.0
        if present[i]:
            if count:
                pull[i] = trust * (total - seen[i])
            elif others > 0.0:
                pull[i] = trust * (total - seen[i]) / others


@kernel
def activate(
    p: Any,
    common: float,
    month: int,
    rising: Key,
    falling: Key,
    visiting: Key,
    first: int,
    start: Ints,
    friends_end: Ints,
    mentors_end: Ints,
    target: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    ids: Ints,
    group: Ints,
    present: Any,
    committed: Any,
    in_seat: Any,
    pull: Floats,
    spend: Floats,
    reached: Floats,
    threshold: Floats,
    grievance: Floats,
    efficacy: Floats,
    burnout: Floats,
    stewardship: Floats,
    ladder: Bytes,
) -> None:
    """Let every present resident rise, stay or fall, and note first contacts."""
    this_rising, this_falling = at(rising, month), at(falling, month)
    this_visiting = at(visiting, month)
    size = 0.5 if p.rungs == 2.0 else 1.0
    for i in range(ids.size):
        if not present[i]:
            continue
        row = first + i
        faith, services = 0.0, 0.0
        for e in range(mentors_end[row], start[row + 1]):
            faith += (reliability[e] + openness[e] + mission[e]) / 3.0
            services += 1.0
        faith = faith / services if services > 0.0 else 0.5
        a = pull[i]
        if p.exponent != 1.0:
            a = a**p.exponent
        organised = 1.0 - math.exp(-spend[i] / p.dose_scale) if spend[i] > 0.0 else 0.0
        u = (
            p.reinforcement * a
            + p.institutional_trust * (faith - 0.5)
            + p.connector * reached[i]
            + common
            + p.dose * organised
            + p.grievance_mobilises * grievance[i] * efficacy[i]
            - p.grievance_silences * grievance[i] * (1.0 - efficacy[i])
        )
        s = stewardship[i]
        risen = False
        if s < 1.0:
            bar = threshold[i] + (p.rung_gap if s > 0.0 and size == 0.5 else 0.0)
            if draw(this_rising, ids[i], 0) < p.rate * response(u - bar, p.response, p.temperature):
                stewardship[i] = min(1.0, s + size)
                risen = True
        if s > 0.0 and not risen and not committed[i]:
            bar = threshold[i] + (p.rung_gap if s == 1.0 and size == 0.5 else 0.0)
            stay = response(u - bar, p.response, p.temperature)
            leave = p.exit + p.burnout_exit * burnout[i] + p.rejection * p.rate * (1.0 - stay)
            if draw(this_falling, ids[i], 0) < leave:
                stewardship[i] = max(0.0, s - size)
        s = stewardship[i]
        rung = ladder[i]
        if rung < VISITED and (
            reached[i] > 0.0
            or s > 0.0
            or (organised > 0.0 and draw(this_visiting, ids[i], 0) < p.visit_rate * organised)
        ):
            rung = VISITED
        if rung == VISITED:
            for e in range(start[row], start[row + 1]):
                if e < friends_end[row] and group[target[e] - first] == group[i]:
                    continue
                if (reliability[e] + openness[e] + mission[e]) / 3.0 >= p.trusted:
                    rung = TRUSTED
                    break
        if s > 0.0 and rung < PARTICIPANT:
            rung = PARTICIPANT
        if s == 1.0 and rung < STEWARD:
            rung = STEWARD
        if in_seat[i]:
            rung = LEADER
        ladder[i] = rung


class Activation(Process[Parameters]):
    """Let residents become stewards, or stop."""

    name = "activation"
    streams = ("activation/rise", "activation/fall", "activation/visit")

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move `stewardship` and `ladder`."""
        r, t, stocks = community.residents, community.ties, community.stocks
        key, pull = community.luck.key, np.empty(len(r))
        seen = np.where(r.in_seat, r.stewardship * p.base_presence, r.stewardship)
        count = p.input == "count"
        parts = (t.reliability, t.openness, t.mission)
        if t.implicit:
            everyones_pull(count, t.implicit_trust, community.order, r.present, seen, pull)
        else:
            friends_pull(
                count,
                t.first_resident,
                t.start,
                t.friends_end,
                t.target,
                *parts,
                np.where(r.present, seen, -1.0),
                pull,
            )
        common = p.leadership * float(stocks.leadership[0]) - p.resistance * float(
            stocks.resisted[0]
        )
        activate(
            p.packed,
            common,
            community.month,
            key("activation/rise"),
            key("activation/fall"),
            key("activation/visit"),
            t.first_resident,
            t.start,
            t.friends_end,
            t.mentors_end,
            t.target,
            *parts,
            r.id,
            r.group,
            r.present,
            r.committed,
            r.in_seat,
            pull,
            r.spend,
            r.reached,
            r.threshold,
            r.grievance,
            r.efficacy,
            r.burnout,
            r.stewardship,
            r.ladder,
        )
