"""3 · Dialogue: people meet, listen and speak.

Everything reads the state from before the process (synchronous; only encounters, in two of the
forms of the exchange, follow one another). Only present people take part.

*Meetings.* A friend tie {i, j} meets when `dialogue/meet` < c, with

    c = meeting_rate * gate,   gate = 1 within a group; across groups
    gate = m + f * (1 - m),    m = min(safety_i, safety_j),  f = facilitation (0-1) this month

and goes well when `dialogue/goes-well` < p, with

    p = clip(good_base + activity_gain * (s_i + s_j) / 2
             - [g_i != g_j] * across_penalty * (1 - f / 2), 0, 1)

Both draws are keyed by (smaller id, larger id). Each direction's openness o then moves

    good: o + openness_gain * (1 - o);  bad: o - openness_loss * o;  no meeting: o - decay * o

*Safety* to speak openly moves with the month's meetings across groups (n_good, n_bad):

    safety + (safety_rise * n_good * (1 - safety) - safety_fall * n_bad * safety) / (n_good + n_bad)

*Mission* of a friend tie follows the congruence of opinions:

    mission + mission_learning * ((1 - |x_i - x_j|) - mission)

*Connectors.* Connector k attends to client i when `dialogue/attend`, keyed by (i, k), is below

    min(1, attention_k * pay_k * (1 - burnout_k) / caseload_k)

where the caseload counts present clients. An attended tie's openness, in both directions, gains as
after a good meeting; one not attended decays. `reached_i` is the largest trust of i in a connector
who attended to i this month (trust before the update), else 0, also for those who left.

*Opinions* move by one of three forms of `exchange`.

*averaging* (Friedkin & Johnsen 1990; DeGroot 1974; Hegselmann & Krause 2002):

    w_ij = trust_ij * voice_j * [|x_i - x_j| <= confidence] * (1 - group_bias * [g_i != g_j])
    w_ii = own_voice * voice_i
    x_i <- susceptibility_i * (self_i * x_i + (1 - self_i) * sum_j w_ij x_j / sum_j w_ij)
           + (1 - susceptibility_i) * anchor_i

over oneself and then friend ties in ascending id; where no weight is left, the mean is x_i itself.
The comparison with `confidence` allows 1e-12. With `own_voice` = 1 one hears oneself as one hears a
friend who is fully trusted (the rule of Hegselmann & Krause).

*pairwise* and *agreement* are made of encounters, one after another: k = 0, 1, … below
round(encounters * n), n the number of present residents, each reading what those before it left.
i is the present resident of rank floor(`dialogue/who` * n) in ascending id; of the f present
friends of i, in ascending id, j is the one of rank floor(`dialogue/partner` * f). Both draws, and
those below, are keyed by k. Where i has no friend here, nothing happens. Trust is that from before
the process; where j does not listen to i (ties of a file are directed), trust_ji = 0.

*pairwise* (Deffuant et al. 2000): if |x_i - x_j| <= confidence (with the same allowance), both
move,

    x_i <- x_i + f_ij * (x_j - x_i),   x_j <- x_j + f_ji * (x_i - x_j)
    f_ij = min(1, convergence * susceptibility_i * trust_ij * (1 - group_bias * [g_i != g_j])
                  * 2 * voice_j / (voice_i + voice_j))

The published rule has trust 1, susceptibility 1 and equal voices. Anchors and self-weights play no
part, and nor does being committed, which is to acting: who is to hold an opinion for good has
susceptibility 0.

*agreement* (Xie et al. 2011, the naming game with two words): somebody holds the word A (opinion
above 3/4), the word B (below 1/4), or both (between, ends included). i says the word it holds, of
both A if `dialogue/word` < 1/2, else B. j hears it if `dialogue/heard` is below

    trust_ji * (1 - group_bias * [g_i != g_j])

If j holds that word, both keep it alone (opinion 1 for A, 0 for B); otherwise j adds it (opinion
1/2). Who is committed speaks and hears, and never changes. An opinion that is none of 0, 1/2 and 1
stays as it is until a word is won or lost. Confidence, voice, susceptibility, anchors and
self-weights play no part.

On an implicit complete graph there are no ties to meet on, and all trust is one. Averaging goes
through group totals, which needs `confidence` >= 1; in encounters everyone else is a friend.

Streams: `dialogue/meet`, `dialogue/goes-well`, `dialogue/attend`, `dialogue/who`,
`dialogue/partner`, `dialogue/word`, `dialogue/heard`.
Sources: contact hypothesis (Pettigrew & Tropp 2006); bounded confidence (Hegselmann & Krause 2002;
Deffuant, Neau, Amblard & Weisbuch 2000); binary agreement (Xie et al. 2011, Physical Review E
84:011130).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.processes.encounters import after_encounters
from simulation.state import Floats, Ints

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """How people meet, how meetings go, and how opinions move."""

    meeting_rate: float = parameter(0.5, "chance that a tie meets", unit="a month", low=0, high=1)
    good_base: float = parameter(0.62, "chance that a meeting goes well", low=0, high=1)
    activity_gain: float = parameter(
        0.25, "rise of that chance with both being stewards", low=0, high=1
    )
    across_penalty: float = parameter(0.25, "fall of that chance across groups", low=0, high=1)
    openness_gain: float = parameter(0.05, "gain of openness in a good meeting", low=0, high=1)
    openness_loss: float = parameter(0.1, "loss of openness in a bad meeting", low=0, high=1)
    decay: float = parameter(
        0.002, "loss of openness without contact", unit="a month", low=0, high=1
    )
    safety_rise: float = parameter(0.05, "gain of safety after an unblamed meeting", low=0, high=1)
    safety_fall: float = parameter(0.1, "loss of safety after blame", low=0, high=1)
    mission_learning: float = parameter(
        0.2, "speed at which the mission of a tie follows congruence", unit="a month", low=0, high=1
    )
    confidence: float = parameter(
        1.0,
        "largest difference of opinion that is still heard",
        low=0,
        high=1,
        source="Hegselmann & Krause 2002",
    )
    group_bias: float = parameter(0.2, "part of the weight lost across groups", low=0, high=1)
    own_voice: float = parameter(
        0.0,
        "averaging: weight of oneself among those heard, as part of one's voice",
        low=0,
        high=1,
        source="Hegselmann & Krause 2002 (1)",
    )
    exchange: Literal["averaging", "pairwise", "agreement"] = parameter(
        "averaging",
        "how opinions move: toward the mean of those heard, or two people at a time",
        source="Friedkin & Johnsen 1990; Deffuant et al. 2000; Xie et al. 2011",
    )
    encounters: float = parameter(
        1.0,
        "pairwise and agreement: encounters that a resident begins",
        unit="a month",
        low=0,
        high=100,
    )
    convergence: float = parameter(
        0.5,
        "pairwise: part of the gap that each of two people closes",
        low=0,
        high=1,
        source="Deffuant et al. 2000 (0 to .5)",
    )


NO_MEETING, GOOD, BAD = 0, 1, 2


@kernel
def count_clients(
    first_connector: int, first_resident: int, start: Ints, target: Any, present: Any, out: Floats
) -> None:
    """Write the number of present clients of each connector to `out`."""
    for k in range(out.size):
        row = first_connector + k
        clients = 0.0
        for e in range(start[row], start[row + 1]):
            if present[target[e] - first_resident]:
                clients += 1.0
        out[k] = clients


@kernel
def hold_meetings(
    p: Any,
    facilitation: float,
    month: int,
    meeting: Key,
    going: Key,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    reverse: Any,
    ids: Ints,
    group: Ints,
    present: Any,
    stewardship: Floats,
    safety: Floats,
    outcome: Any,
) -> None:
    """Write how each friend tie met this month, both directions alike."""
    this_meeting, this_going = at(meeting, month), at(going, month)
    for i in range(ids.size):
        if not present[i]:
            continue
        for e in range(start[first + i], friends_end[first + i]):
            j = target[e] - first
            back = reverse[e]
            if (back >= 0 and ids[j] < ids[i]) or not present[j]:
                continue
            low, high = min(ids[i], ids[j]), max(ids[i], ids[j])
            across = group[i] != group[j]
            chance = p.meeting_rate
            if across:
                least = min(safety[i], safety[j])
                chance *= least + facilitation * (1.0 - least)
            met = NO_MEETING
            if draw(this_meeting, low, high) < chance:
                well = p.good_base + p.activity_gain * (stewardship[i] + stewardship[j]) / 2.0
                if across:
                    well -= p.across_penalty * (1.0 - facilitation / 2.0)
                met = GOOD if draw(this_going, low, high) < well else BAD
            outcome[e] = met
            if back >= 0:
                outcome[back] = met


@kernel
def meet(
    p: Any,
    month: int,
    attending: Key,
    outcome: Any,
    first_connector: int,
    first_resident: int,
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
    opinion: Floats,
    anchor: Floats,
    susceptibility: Floats,
    self_weight: Floats,
    voice: Floats,
    safety: Floats,
    connector_ids: Ints,
    attendance: Floats,
    reached: Floats,
    new_opinion: Floats,
    new_safety: Floats,
) -> None:
    """Let ties, opinions and safety follow the month's meetings, and connectors attend.

    Opinions are those of averaging, the first form of the exchange; under the others they are not
    used, and friend ties are passed over where nothing can move them.
    """
    tied = p.exchange == 0.0 or p.meeting_rate > 0.0 or p.decay > 0.0 or p.mission_learning > 0.0
    this_attending = at(attending, month)
    gain = np.array([0.0, p.openness_gain, 0.0])
    loss = np.array([p.decay, 0.0, p.openness_loss])
    is_good, is_bad = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    for i in range(ids.size):
        reached[i] = 0.0
        new_opinion[i] = opinion[i]
        new_safety[i] = safety[i]
        if not present[i]:
            continue
        row = first_resident + i
        good, bad, weight = 0.0, 0.0, p.own_voice * voice[i]
        pull = weight * opinion[i]
        for e in range(start[row], friends_end[row] if tied else start[row]):
            j = target[e] - first_resident
            if not present[j]:
                continue
            across = group[i] != group[j]
            gap = abs(opinion[i] - opinion[j])
            w = (reliability[e] + openness[e] + mission[e]) / 3.0 * voice[j]
            if gap > p.confidence + 1e-12:
                w = 0.0
            elif across:
                w *= 1.0 - p.group_bias
            weight += w
            pull += w * opinion[j]
            met = outcome[e]
            o = openness[e]
            openness[e] = o + gain[met] * (1.0 - o) - loss[met] * o
            if across:
                good += is_good[met]
                bad += is_bad[met]
            mission[e] += p.mission_learning * ((1.0 - gap) - mission[e])
        for e in range(friends_end[row], mentors_end[row]):
            k = target[e] - first_connector
            if draw(this_attending, ids[i], connector_ids[k]) < attendance[k]:
                trust = (reliability[e] + openness[e] + mission[e]) / 3.0
                reached[i] = max(reached[i], trust)
                openness[e] += p.openness_gain * (1.0 - openness[e])
            else:
                openness[e] -= p.decay * openness[e]
        mean = pull / weight if weight > 0.0 else opinion[i]
        kept = self_weight[i] * opinion[i] + (1.0 - self_weight[i]) * mean
        new_opinion[i] = susceptibility[i] * kept + (1.0 - susceptibility[i]) * anchor[i]
        if good + bad > 0.0:
            moved = safety[i] + (
                p.safety_rise * good * (1.0 - safety[i]) - p.safety_fall * bad * safety[i]
            ) / (good + bad)
            new_safety[i] = min(max(moved, 0.0), 1.0)
    for k in range(connector_ids.size):
        row = first_connector + k
        for e in range(start[row], start[row + 1]):
            i = target[e] - first_resident
            if not present[i]:
                continue
            if draw(this_attending, ids[i], connector_ids[k]) < attendance[k]:
                openness[e] += p.openness_gain * (1.0 - openness[e])
            else:
                openness[e] -= p.decay * openness[e]


@kernel
def mix(
    p: Any,
    groups: int,
    order: Ints,
    group: Ints,
    present: Any,
    opinion: Floats,
    anchor: Floats,
    susceptibility: Floats,
    self_weight: Floats,
    voice: Floats,
    new_opinion: Floats,
) -> None:
    """Let opinions move on a complete graph of one trust, through group totals."""
    weight, pull = np.zeros(groups), np.zeros(groups)
    for n in range(order.size):
        i = order[n]
        if present[i]:
            weight[group[i]] += voice[i]
            pull[group[i]] += voice[i] * opinion[i]
    all_weight, all_pull = weight.sum(), pull.sum()
    for i in range(opinion.size):
        new_opinion[i] = opinion[i]
        if not present[i]:
            continue
        g = group[i]
        other = 1.0 - p.group_bias
        w = weight[g] - voice[i] + other * (all_weight - weight[g])
        x = pull[g] - voice[i] * opinion[i] + other * (all_pull - pull[g])
        w += p.own_voice * voice[i]
        x += p.own_voice * voice[i] * opinion[i]
        mean = x / w if w > 0.0 else opinion[i]
        kept = self_weight[i] * opinion[i] + (1.0 - self_weight[i]) * mean
        new_opinion[i] = susceptibility[i] * kept + (1.0 - susceptibility[i]) * anchor[i]


class Dialogue(Process[Parameters]):
    """Let people meet, listen and speak."""

    name = "dialogue"
    streams = (
        "dialogue/meet",
        "dialogue/goes-well",
        "dialogue/attend",
        "dialogue/who",
        "dialogue/partner",
        "dialogue/word",
        "dialogue/heard",
    )

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move openness and mission of ties, safety, opinions, and who was reached."""
        r, c, t = community.residents, community.connectors, community.ties
        key = community.luck.key
        count_clients(t.first_connector, t.first_resident, t.start, t.target, r.present, c.caseload)
        attention = c.attention * c.pay * (1.0 - c.burnout)
        attendance = np.minimum(1.0, attention / np.maximum(c.caseload, 1.0))
        opinion, safety = np.empty_like(r.opinion), np.empty_like(r.safety)
        averaging = p.exchange == "averaging"
        exchanged = None if averaging else after_encounters(community, p)
        outcome = np.zeros(len(t), np.int8)
        if p.meeting_rate > 0.0:
            hold_meetings(
                p.packed,
                community.levers.facilitation,
                community.month,
                key("dialogue/meet"),
                key("dialogue/goes-well"),
                t.first_resident,
                t.start,
                t.friends_end,
                t.target,
                t.reverse,
                r.id,
                r.group,
                r.present,
                r.stewardship,
                r.safety,
                outcome,
            )
        meet(
            p.packed,
            community.month,
            key("dialogue/attend"),
            outcome,
            t.first_connector,
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
            r.opinion,
            r.anchor,
            r.susceptibility,
            r.self_weight,
            r.voice,
            r.safety,
            c.id,
            attendance,
            r.reached,
            opinion,
            safety,
        )
        if t.implicit and averaging:
            mix(
                p.packed,
                len(community.groups),
                community.order,
                r.group,
                r.present,
                r.opinion,
                r.anchor,
                r.susceptibility,
                r.self_weight,
                r.voice,
                opinion,
            )
        r.opinion, r.safety = opinion if exchanged is None else exchanged, safety
