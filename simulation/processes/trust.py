"""9 · Trust and resistance: promises, legitimacy, grievance, openness.

*Promises.* On each service tie of a present resident i to institution j a promise falls due when
`trust/promise`, keyed by (i, j), is below promise_rate. It is kept when `trust/kept`, same key,
is below

    c_j = clip(keep_base + keep_leadership * L + keep_capability * 4 * (1 - s_j) * C_j
               + keep_accountability * ownership, 0, 1)
    keep_j = logistic(logit(c_j) + sanction_response * inspection * fine)    keeping = "chance"
    keep_j = 1[contribution_return + inspection * fine - 1 >= -1e-12]        keeping = "interest"

Sanctions: with probability `inspection` a broken promise is found out and fined. Under "chance" the
odds of keeping rise by a constant factor (c_j = 0 or 1 stays what it is, and without inspection
keep_j = c_j). Under "interest" a promise is a contribution of 1 to a public good that gives the
institution itself contribution_return (a), and breaking it saves 1 but risks the fine: free riding
pays iff a + inspection * fine < 1. With keeping_temperature T > 0 the step becomes logistic((a +
inspection * fine - 1) / T). An event that sets trust.inspection is the lever of accountability.

A promise event forces a due promise and its outcome on the ties it names. With t the tie's trust
from before and bias = confirmation_bias:

    kept:   r <- r + gain * (1 - r),   gain = gain_kept * (1 - bias * (1 - t))
    broken: r <- r - loss * r,         loss = loss_broken * (1 - bias * t)

for reliability; for openness and mission with gain and loss multiplied by `spillover`. Delivered
services build trust too: keep_j rises with what the institution delivers. A partner tie j -> k
works the same way every month (`trust/partner`, keyed by (j, k), below keep_k: kept), reliability
only. Promises due and kept are counted by institution and group (`Pairs`, this month) and by
group (`Groups`, all months).

*Residents*, from the month's kept and broken promises (n = kept + broken > 0; x from before):

    efficacy <- e + (efficacy_gain * kept * (1 - e) - efficacy_loss * broken * e) / n
    grievance <- q - healing * T_i * q + hurt * (broken / n) * (1 - q) - acknowledged * a * q

(kept in 0-1; with n = 0 the terms in n are 0). T_i = mean trust of i's service ties before the
month's promises (1/2 if none); a = acknowledgement (0-1) this month. Acknowledgement also raises
the openness of service ties, o <- o + a * acknowledgement_trust * (1 - o) (after the promises), and
costs the harmed well-being now: every dimension <- max(0, w - a * acknowledgement_cost * q), q from
before.

*Legitimacy* legitimacy[j, g] = mean trust of j's service ties from present residents of g, after
all this (as it was if there are none).

*Resistance*: loss_j = stake_j * (1 - openness_j) * (s + policy) / 2, stake = stake_owner for
external owners, else stake_other; R_j <- R_j + resistance_rate * loss_j * (1 - R_j) -
resistance_decay * R_j. The community's R = mean weighted by stake (plain mean where all stakes are
0; 0 without institutions): an owner from outside counts without any budget here.

*Openness*: o_j <- clip(o + openness_peers * peers_j * (1 - o) + openness_pressure * s * (1 - o) -
openness_routine * |s_j - s_j a month ago| * o, 0, 1), peers_j = mean over partner ties j -> k of
trust_jk * 4 * upstream_k * C_k capped at 1 (0 if none; trust after the update). Openness in
loss_j is the one from before. Then upstream_before <- upstream.

Streams: `trust/promise`, `trust/kept`, `trust/partner`.
Sources: asymmetric updating (Slovic 1993; Poortinga & Pidgeon 2004, contested); acknowledgement
and its costs (Cilliers, Dube & Siddiqi 2016, Science 352:787); peer example and pressure
(DiMaggio & Powell 1983); inspection and fine (Becker 1968, Journal of Political Economy 76:169);
public goods with punishment (Fehr & Gaechter 2000, American Economic Review 90:980). The logistic
form is a project definition; sanction_response is calibrated to row P5 of the validation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.state import SECTORS, Floats, Institutions, Ints
from simulation.tally import people

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """How promises, power and example move trust, grievance, resistance and openness."""

    promise_rate: float = parameter(
        0.3, "promises due on a service tie", unit="a month", low=0, high=1
    )
    keep_base: float = parameter(0.35, "chance that a promise is kept", low=0, high=1)
    keep_leadership: float = parameter(0.3, "rise with the strength of leadership", low=0, high=1)
    keep_capability: float = parameter(0.2, "rise with services delivered", low=0, high=1)
    keep_accountability: float = parameter(
        0.3, "rise with residents' share of the money", low=0, high=1
    )
    keeping: Literal["chance", "interest"] = parameter(
        "chance", "whether promises are kept by chance, or where it pays", unit="choice"
    )
    inspection: float = parameter(
        0.0, "chance that a broken promise is found out and fined", low=0, high=1
    )
    fine: float = parameter(
        1.0, "fine for a broken promise, in costs of keeping one", low=0, high=100
    )
    sanction_response: float = parameter(
        3.85,
        "rise of the log odds of keeping with inspection * fine (chance)",
        low=0,
        high=100,
        source="calibrated to the Philadelphia Lead Court (P5)",
    )
    contribution_return: float = parameter(
        0.5,
        "what a kept promise gives the institution itself, in costs of keeping it (interest)",
        low=0,
        high=100,
    )
    keeping_temperature: float = parameter(
        0.0, "noise in what pays; 0: none (interest)", low=0, high=100
    )
    gain_kept: float = parameter(0.05, "gain of trust from a kept promise", low=0, high=1)
    loss_broken: float = parameter(
        0.1,
        "loss of trust from a broken one",
        low=0,
        high=1,
        source="Slovic 1993; ratio 1-3, contested",
    )
    spillover: float = parameter(
        0.5, "part that openness and mission move with reliability", low=0, high=1
    )
    confirmation_bias: float = parameter(
        0.0, "how far trust filters what is noticed", low=0, high=1
    )
    efficacy_gain: float = parameter(0.05, "gain of efficacy from kept promises", low=0, high=1)
    efficacy_loss: float = parameter(0.05, "loss of efficacy from broken ones", low=0, high=1)
    healing: float = parameter(
        0.02, "healing of grievance under full trust", unit="a month", low=0, high=1
    )
    hurt: float = parameter(0.02, "rise of grievance from broken promises", low=0, high=1)
    acknowledged: float = parameter(
        0.1,
        "healing of grievance by full acknowledgement",
        unit="a month",
        low=0,
        high=1,
        source="Cilliers et al. 2016",
    )
    acknowledgement_trust: float = parameter(
        0.05, "gain of openness by it", unit="a month", low=0, high=1, source="Cilliers et al. 2016"
    )
    acknowledgement_cost: float = parameter(
        0.02,
        "loss of well-being by it",
        unit="a month",
        low=0,
        high=1,
        source="Cilliers et al. 2016",
    )
    stake_owner: float = parameter(1.0, "what external owners stand to lose", low=0, high=1)
    stake_other: float = parameter(0.3, "what others stand to lose", low=0, high=1)
    resistance_rate: float = parameter(0.02, "growth of resistance", unit="a month", low=0, high=1)
    resistance_decay: float = parameter(0.02, "fading of resistance", unit="a month", low=0, high=1)
    openness_peers: float = parameter(
        0.02, "opening by peers' success", unit="a month", low=0, high=1
    )
    openness_pressure: float = parameter(
        0.02, "opening by residents' pressure", unit="a month", low=0, high=1
    )
    openness_routine: float = parameter(0.5, "closing when routines break", low=0, high=10)


OWNER = SECTORS.index("external_owner")
NOT_FORCED, BROKEN, KEPT = -1, 0, 1
INTEREST = 1
"""Position of "interest" among the words of `keeping`."""


@kernel
def sanctioned(p: Any, chance: float) -> Any:
    """Return the chance that a promise is kept under inspection and fine."""
    if p.keeping == INTEREST:
        gain = p.contribution_return + p.inspection * p.fine - 1.0
        if p.keeping_temperature > 0.0:
            return logistic(gain / p.keeping_temperature)
        return 1.0 if gain >= -1e-12 else 0.0
    push = p.sanction_response * p.inspection * p.fine
    if push == 0.0 or chance <= 0.0 or chance >= 1.0:
        return chance
    return logistic(math.log(chance / (1.0 - chance)) + push)


@kernel
def logistic(x: float) -> Any:
    """Return 1 / (1 + e**-x) without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    return math.exp(x) / (1.0 + math.exp(x))


@kernel
def keeping(
    p: Any, leadership: float, ownership: float, upstream: Floats, capability: Floats, keep: Floats
) -> None:
    """Write each institution's chance of keeping a promise."""
    for j in range(keep.size):
        chance = (
            p.keep_base
            + p.keep_leadership * leadership
            + p.keep_capability * 4.0 * (1.0 - upstream[j]) * capability[j]
            + p.keep_accountability * ownership
        )
        keep[j] = sanctioned(p, min(max(chance, 0.0), 1.0))


@kernel
def promise(
    p: Any,
    acknowledgement: float,
    month: int,
    falling_due: Key,
    keeping: Key,
    keep: Floats,
    forced: Any,
    order: Ints,
    first: int,
    start: Ints,
    mentors_end: Ints,
    target: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    ids: Ints,
    institution_ids: Ints,
    group: Ints,
    present: Any,
    efficacy: Floats,
    grievance: Floats,
    wellbeing: Floats,
    made: Floats,
    kept: Floats,
    legitimacy: Floats,
    all_made: Floats,
    all_kept: Floats,
) -> None:
    """Keep or break the month's promises; move trust, efficacy, grievance and well-being.

    `made`, `kept` and `legitimacy` have one place for each institution and group.
    """
    groups = forced.shape[1]
    trust_sum, trust_count = np.zeros(made.size), np.zeros(made.size)
    made[:], kept[:] = 0.0, 0.0
    this_due, this_kept = at(falling_due, month), at(keeping, month)
    for n in range(order.size):
        i = order[n]
        if not present[i]:
            continue
        row, g = first + i, group[i]
        good, bad, faith, services = 0.0, 0.0, 0.0, 0.0
        for e in range(mentors_end[row], start[row + 1]):
            j = target[e]
            cell = j * groups + g
            t = (reliability[e] + openness[e] + mission[e]) / 3.0
            faith += t
            services += 1.0
            outcome = forced[j, g]
            if (
                outcome == NOT_FORCED
                and draw(this_due, ids[i], institution_ids[j]) < p.promise_rate
            ):
                keeps = draw(this_kept, ids[i], institution_ids[j]) < keep[j]
                outcome = KEPT if keeps else BROKEN
            if outcome == KEPT:
                gain = p.gain_kept * (1.0 - p.confirmation_bias * (1.0 - t))
                reliability[e] += gain * (1.0 - reliability[e])
                openness[e] += gain * p.spillover * (1.0 - openness[e])
                mission[e] += gain * p.spillover * (1.0 - mission[e])
                good += 1.0
                made[cell] += 1.0
                kept[cell] += 1.0
            elif outcome == BROKEN:
                loss = p.loss_broken * (1.0 - p.confirmation_bias * t)
                reliability[e] -= loss * reliability[e]
                openness[e] -= loss * p.spillover * openness[e]
                mission[e] -= loss * p.spillover * mission[e]
                bad += 1.0
                made[cell] += 1.0
            if acknowledgement > 0.0:
                openness[e] += acknowledgement * p.acknowledgement_trust * (1.0 - openness[e])
            trust_sum[cell] += (reliability[e] + openness[e] + mission[e]) / 3.0
            trust_count[cell] += 1.0
        faith = faith / services if services > 0.0 else 0.5
        q, belief = grievance[i], efficacy[i]
        new = q - p.healing * faith * q - p.acknowledged * acknowledgement * q
        if good + bad > 0.0:
            new += p.hurt * (bad / (good + bad)) * (1.0 - q)
            belief += (p.efficacy_gain * good * (1.0 - belief) - p.efficacy_loss * bad * belief) / (
                good + bad
            )
            efficacy[i] = min(max(belief, 0.0), 1.0)
        grievance[i] = min(max(new, 0.0), 1.0)
        if acknowledgement > 0.0:
            for d in range(wellbeing.shape[1]):
                cost = acknowledgement * p.acknowledgement_cost * q
                wellbeing[i, d] = max(0.0, wellbeing[i, d] - cost)
    for cell in range(made.size):
        all_made[cell % groups] += made[cell]
        all_kept[cell % groups] += kept[cell]
        if trust_count[cell] > 0.0:
            legitimacy[cell] = trust_sum[cell] / trust_count[cell]


@kernel
def watch_partners(
    p: Any,
    month: int,
    watching: Key,
    keep: Floats,
    ids: Ints,
    start: Ints,
    target: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    upstream: Floats,
    capability: Floats,
    example: Floats,
) -> None:
    """Let institutions judge their partners, and write how far their success is an example."""
    this_watching = at(watching, month)
    for j in range(ids.size):
        total = 0.0
        for e in range(start[j], start[j + 1]):
            k = target[e]
            t = (reliability[e] + openness[e] + mission[e]) / 3.0
            if draw(this_watching, ids[j], ids[k]) < keep[k]:
                gain = p.gain_kept * (1.0 - p.confirmation_bias * (1.0 - t))
                reliability[e] += gain * (1.0 - reliability[e])
            else:
                loss = p.loss_broken * (1.0 - p.confirmation_bias * t)
                reliability[e] -= loss * reliability[e]
            t = (reliability[e] + openness[e] + mission[e]) / 3.0
            total += t * 4.0 * upstream[k] * capability[k]
        count = start[j + 1] - start[j]
        example[j] = min(1.0, total / count) if count > 0 else 0.0


@kernel
def turn(
    p: Any,
    stewards: float,
    policy: float,
    owner: Any,
    example: Floats,
    upstream: Floats,
    upstream_before: Floats,
    openness: Floats,
    resistance: Floats,
) -> None:
    """Move the institutions' resistance and openness by one month."""
    for j in range(openness.size):
        stake = p.stake_owner if owner[j] else p.stake_other
        loss = stake * (1.0 - openness[j]) * (stewards + policy) / 2.0
        r = resistance[j]
        r += p.resistance_rate * loss * (1.0 - r) - p.resistance_decay * r
        resistance[j] = min(max(r, 0.0), 1.0)
        o = openness[j]
        broken = abs(upstream[j] - upstream_before[j])
        new = (
            o
            + p.openness_peers * example[j] * (1.0 - o)
            + p.openness_pressure * stewards * (1.0 - o)
            - p.openness_routine * broken * o
        )
        openness[j] = min(max(new, 0.0), 1.0)
        upstream_before[j] = upstream[j]


def resisted(p: Parameters, institutions: Institutions) -> float:
    """Return the community's resistance: the mean weighted by what each stands to lose."""
    stake = np.where(institutions.sector == OWNER, p.stake_owner, p.stake_other)
    if not stake.size:
        return 0.0
    if stake.sum() <= 0.0:
        return float(institutions.resistance.mean())
    return float((stake * institutions.resistance).sum() / stake.sum())


class Trust(Process[Parameters]):
    """Keep and break promises; move trust, grievance, resistance and openness."""

    name = "trust"
    streams = ("trust/promise", "trust/kept", "trust/partner")

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move service and partner ties, efficacy, grievance, legitimacy, resistance, openness."""
        r, t, groups, stocks = (
            community.residents,
            community.ties,
            community.groups,
            community.stocks,
        )
        i, pairs, levers = community.institutions, community.pairs, community.levers
        key, shape = community.luck.key, (len(community.institutions), len(groups))
        keep = np.empty(len(i))
        keeping(
            p.packed,
            float(stocks.leadership[0]),
            float(stocks.ownership[0]),
            i.upstream,
            i.capability,
            keep,
        )
        forced = levers.forced
        if forced is None:
            forced = np.full(shape, NOT_FORCED, np.int8)
        parts = (t.reliability, t.openness, t.mission)
        promise(
            p.packed,
            levers.acknowledgement,
            community.month,
            key("trust/promise"),
            key("trust/kept"),
            keep,
            forced,
            community.order,
            t.first_resident,
            t.start,
            t.mentors_end,
            t.target,
            *parts,
            r.id,
            i.id,
            r.group,
            r.present,
            r.efficacy,
            r.grievance,
            r.wellbeing,
            pairs.made,
            pairs.kept,
            pairs.legitimacy,
            groups.made,
            groups.kept,
        )
        example = np.empty(len(i))
        watch_partners(
            p.packed,
            community.month,
            key("trust/partner"),
            keep,
            i.id,
            t.start,
            t.target,
            *parts,
            i.upstream,
            i.capability,
            example,
        )
        tally = people(community.order, r.present, r.group, r.stewardship, len(groups))
        counted = float(tally[0].sum())
        stewards = float(tally[1].sum()) / counted if counted > 0 else 0.0
        turn(
            p.packed,
            stewards,
            float(stocks.policy[0]),
            i.sector == OWNER,
            example,
            i.upstream,
            i.upstream_before,
            i.openness,
            i.resistance,
        )
        stocks.resisted[0] = resisted(p, i)
