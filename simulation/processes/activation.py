"""4 · Activation: who becomes a steward, and who stops.

The pull of the others on resident i, over friend ties to present residents j (s_j is taken from
before the process; a leader in a seat counts `base_presence` times):

    input = "share":    a_i = sum_j trust_ij s_j / number of such ties   (0 if isolated)
    input = "count":    a_i = sum_j trust_ij s_j
    input = "weakest":  a_i = min_j trust_ij s_j                         (0 if isolated)
    input = "memory":   a_i = share of i's last `memory` encounters in which the other was seen to
                        act

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

    G(z) = 1 above 0, 0 below, tie_acts where |z| <= 1e-12     response = "step"
           1 / (1 + exp(-z / temperature))   "logistic"
           clip(z, 0, 1)          "linear"

A resident rises when `activation/rise` < p_up; one who has not risen falls by one rung when
`activation/fall` < p_down. Committed residents never fall. s stays within 0
and 1 where an event changes the number of rungs. `exit + burnout_exit + rejection *
rate` must not exceed 1.

*Encounters* (input = "memory"). Each month, before anybody moves, present residents meet in pairs
along friend ties, by a random matching: in ascending order of `activation/pair` (keyed by id), each
who is not paired yet meets the present friend not paired yet whose draw is smallest. Among people
who are all tied to each other that is a uniform matching, perfect where their number is even. The
act of the other is seen when `activation/notice` < trust_ij s_j, keyed (i, j): always at full trust
and s_j = 1. Where it is not, the encounter counts as one with somebody who does not act. The last
60 encounters are kept as the bits of `recall`. At the start, and in newcomers, every bit is 0,
also in stewards: the old convention is all that anybody has seen so far. Who meets nobody keeps
the memory as it was.

*First contacts.* A resident still unaware has visited when `reached_i` > 0, when s_i > 0, or when
`activation/visit` < visit_rate * (1 - exp(-spend_i / dose_scale)). One who has visited has a
trusted tie when a service or connector tie, or a friend tie across groups, has trust >=
`trusted`. s_i = 1/2 makes a participant, 1 a steward, a seat a leader. The rung kept is the
furthest one ever reached; each is judged after the moves of the month, and skipping is allowed.

Special cases (all other terms 0, trust 1): thresholds of Granovetter 1978, Watts 2002, Morris
2000 (reinforcement = exponent = rate = 1, rejection = exit = 0, step); Centola & Macy 2007
(count); SIS and quadratic contagion (linear, reinforcement b, exponent 1 or 2, threshold 0);
Brock & Durlauf 2001 (logistic, reinforcement 4J, threshold 2J - 2h, temperature 1/beta, rejection
1); Centola, Becker, Brackbill & Baronchelli 2018 (memory, step, threshold 1/2, rate = rejection =
1, tie_acts 1/2: best response to the recalled share, a coin flip at a tie); minimum effort of
Anderson, Goeree & Holt 2001 with two levels (weakest, logistic, rejection 1): reinforcement is the
value a of the least effort of all, threshold the cost b of one's own, and with few revisions at a
time the chance of a state goes as exp((a * min_j s_j - b * sum_j s_j) / temperature), so that for
low temperature all act if b / a < 1 / n and nobody does otherwise.

Streams: `activation/rise`, `activation/fall`, `activation/visit`, keyed by resident;
`activation/pair`, keyed by resident; `activation/notice`, keyed by resident and other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from pydantic import model_validator

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.processes.pulls import (
    everyones_pull,
    friends_pull,
    weakest_friend,
    weakest_other,
)
from simulation.processes.recall import recalled
from simulation.state import LONGEST_RECALL, Bytes, Floats, Ints

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """What makes people act."""

    input: Literal["share", "count", "memory", "weakest"] = parameter(
        "share",
        "what of the others counts: share or number of those who act, the share recalled from past "
        "encounters, or the one who does least",
        unit="choice",
        source="Watts 2002 (share); Centola & Macy 2007 (count); Centola et al. 2018 (memory); "
        "Anderson, Goeree & Holt 2001 (weakest)",
    )
    memory: int = parameter(
        12,
        "how many past encounters are recalled (input = 'memory')",
        unit="encounters",
        low=1,
        high=LONGEST_RECALL,
        source="Centola et al. 2018",
    )
    response: Literal["step", "logistic", "linear"] = parameter(
        "logistic",
        "form of the response to the sum of pulls",
        unit="choice",
        source="Granovetter 1978 (step); Brock & Durlauf 2001 (logistic)",
    )
    tie_acts: float = parameter(
        1.0,
        "chance to act where the pull just equals the threshold (response = 'step')",
        low=0,
        high=1,
        source="Granovetter 1978 (1); Centola et al. 2018 (1/2)",
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
def response(z: float, form: int, temperature: float, tie_acts: float) -> float:
    """Return the share who respond to a net pull of z: step (0), logistic (1) or linear (2)."""
    if form == 0:
        if z > 1e-12:
            return 1.0
        return tie_acts if z >= -1e-12 else 0.0
    if form == 1:
        if z >= 0.0:
            return 1.0 / (1.0 + math.exp(-z / temperature))
        grown = math.exp(z / temperature)
        return grown / (1.0 + grown)
    return min(max(z, 0.0), 1.0)


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
            rise = p.rate * response(u - bar, p.response, p.temperature, p.tie_acts)
            if rise > 0.0 and draw(this_rising, ids[i], 0) < rise:
                stewardship[i] = min(1.0, s + size)
                risen = True
        if s > 0.0 and not risen and not committed[i]:
            bar = threshold[i] + (p.rung_gap if s == 1.0 and size == 0.5 else 0.0)
            stay = response(u - bar, p.response, p.temperature, p.tie_acts)
            leave = p.exit + p.burnout_exit * burnout[i] + p.rejection * p.rate * (1.0 - stay)
            if leave > 0.0 and draw(this_falling, ids[i], 0) < leave:
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
    streams = (
        "activation/rise",
        "activation/fall",
        "activation/visit",
        "activation/pair",
        "activation/notice",
    )

    def pull_of_others(self, community: CommunityModel, p: Parameters) -> Floats:
        """Return what the others' example amounts to for each resident; moves `recall`."""
        r, t = community.residents, community.ties
        pull = np.empty(len(r))
        seen = np.where(r.in_seat, r.stewardship * p.base_presence, r.stewardship)
        if p.input == "memory":
            recalled(community, p.memory, seen, pull)
            return pull
        if t.implicit:
            if p.input == "weakest":
                weakest_other(t.implicit_trust, r.present, seen, pull)
            else:
                count = p.input == "count"
                everyones_pull(count, t.implicit_trust, community.order, r.present, seen, pull)
            return pull
        here = np.where(r.present, seen, -1.0)
        rows = (t.first_resident, t.start, t.friends_end, t.target)
        parts = (t.reliability, t.openness, t.mission)
        if p.input == "weakest":
            weakest_friend(*rows, *parts, here, pull)
        else:
            friends_pull(p.input == "count", *rows, *parts, here, pull)
        return pull

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move `stewardship`, `ladder` and, where encounters are remembered, `recall`."""
        r, t, stocks = community.residents, community.ties, community.stocks
        key = community.luck.key
        pull = self.pull_of_others(community, p)
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
            t.reliability,
            t.openness,
            t.mission,
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
