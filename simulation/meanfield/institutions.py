"""Institutions in the mean field: sense, governance, allocation, production, living, resistance.

Institutions are few and kept one by one, so most of this is deterministic in the agent model too;
what is averaged is who sits at the table and whether a partner kept its word.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.meanfield.flows import Flow, Put, Relax
from simulation.meanfield.month import Month
from simulation.meanfield.residents import keeps
from simulation.meanfield.stocks import ACTS, Stocks, ratio, resisted, shares, stakes
from simulation.processes.allocation import review
from simulation.processes.governance import need_shares, squared_error
from simulation.processes.living import GOVERNMENT
from simulation.processes.production import joined
from simulation.processes.sense import MOST_LAG
from simulation.processes.table import convened
from simulation.state import Floats

# --- 2 sense --------------------------------------------------------------------------------------


def measured(s: Stocks, m: Month) -> list[Flow]:
    """2 · Sense: mean well-being as it was `lag` months ago; noise has mean 0 and is left out."""
    truths = np.concatenate([s.truths, s.wellbeing[None]])[-(MOST_LAG + 1) :]
    known = truths[max(0, len(truths) - 1 - m.parameters.sense.lag)]
    return [Put("truths", truths), Put("sensed", known.copy())]


# --- 5 governance ---------------------------------------------------------------------------------


def partner_trust(s: Stocks, m: Month) -> Floats:
    """Return the mean trust of each institution in each other one, shape (J, J), diagonal 0."""
    rest = m.parameters.start.partner_trust
    trust: Floats = (s.partners + 2.0 * rest) / 3.0
    np.fill_diagonal(trust, 0.0)
    return trust


def sitting(s: Stocks, m: Month) -> list[Flow]:
    """5 · Governance, staying: the chance h_j that institution j sits at the shared table.

    hold_j = (openness_j + mean_k trust_jk * h_k + convening) / 3
    h_j <- h_j + join_rate * hold_j * (1 - h_j) - leave_rate * (1 - hold_j) * h_j
    """
    p, count = m.parameters.governance, s.openness.size
    convening = convened(s.leadership, m.levers.grants, p.convening_scale)
    others = (partner_trust(s, m) * s.at_table).sum(axis=1) / max(1, count - 1)
    hold = (s.openness + others + convening) / 3.0
    join, leave = p.join_rate * hold, p.leave_rate * (1.0 - hold)
    return [Relax("at_table", join, join + leave)]


def deciding(s: Stocks, m: Month) -> list[Flow]:
    """5 · Governance, the agenda (rule "mean") and pooling.

    The agenda is the mean vote of seats held by leaders from outside, weighted by expected seats
    filled at the table;

        pooled_j <- pooled_j + pool_rate * (pool_most * o_j * T_j * h_j - pooled_j)

    with T_j the mean trust of j in its partners, h_j the chance that it sits at the table.
    """
    p, i, pop = m.parameters.governance, m.world.institutions, s.pop
    trust = partner_trust(s, m).sum(axis=1) / max(1, len(i) - 1)
    wanted = p.pool_rate * p.pool_most * s.openness * trust * s.at_table
    flows: list[Flow] = [Relax("pooled", wanted, p.pool_rate)]
    need = need_shares(pop, s.sensed)
    flat = pop[:, None] * need.sum(axis=0)
    seen = (1.0 - p.leader_blindness) * need + p.leader_blindness * flat
    care = np.clip(p.care + p.care_openness * s.openness, 0.0, 1.0)[:, None, None]
    votes = (1.0 - care) * pop[:, None] * i.serves[:, None, :] + care * seen
    weight = m.world.seats * s.seats[0] * s.at_table
    agenda = s.agenda
    if weight.sum() > 0.0:
        agenda = (weight[:, None, None] * votes).sum(axis=0) / weight.sum()
    error = squared_error(agenda, need_shares(pop, s.wellbeing))
    return [*flows, Put("agenda", agenda), Put("quality", -float(error))]


# --- 6 allocation ---------------------------------------------------------------------------------


def reviewing(s: Stocks, m: Month) -> list[Flow]:
    """6 · Allocation, reviews: a decision of one institution, taken by its own belief, not a flow.

    It is the agent model's own rule, at the same months; with a schedule the share is set by it.
    """
    p, i = m.parameters.allocation, m.world.institutions
    if p.mode == "schedule":
        due = [share for start, share in p.schedule if start <= m.number]
        return [Put("upstream", np.full_like(s.upstream, due[-1]))] if due else []
    upstream, bound = s.upstream.copy(), s.bound_until.copy()
    review(
        p.packed,
        m.number,
        m.world.luck.key("allocation/move"),
        m.world.offset,
        i.id,
        s.capability,
        i.keeps,
        i.present_bias,
        i.discount,
        i.horizon,
        i.present_length,
        i.commit_months,
        bound,
        upstream,
    )
    return [Put("upstream", upstream), Put("bound_until", bound)]


def pressed(s: Stocks, m: Month) -> list[Flow]:
    """6 · Allocation, outcome pressure: s_j <- max(least, s_j - pressure * shortfall_j * s_j)."""
    p = m.parameters.allocation
    if p.mode == "schedule":
        return []
    seen = np.einsum("g,jd,gd->j", s.pop, m.world.institutions.serves, s.sensed)
    free = m.number >= s.bound_until
    short = free * p.pressure * np.maximum(0.0, p.aspiration - seen)
    return [Relax("upstream", 0.0, short, least=np.where(free, p.least, 0.0))]


# --- 7 production ---------------------------------------------------------------------------------


def capability(s: Stocks, m: Month) -> list[Flow]:
    """7 · Production, capability: dC_j/dt = (s_j - C_j) / capability_time, exact in both models."""
    part = -math.expm1(-1.0 / m.parameters.production.capability_time)
    return [Relax("capability", part * s.upstream, part)]


def splits(s: Stocks, m: Month) -> Floats:
    """Return how each institution splits its money over groups and dimensions, (J, G, 3)."""
    i = m.world.institutions
    voice = shares(s.voice * s.number)[:, None] * i.serves[:, None, :]
    own = (1.0 - s.pooled)[:, None, None]
    result: Floats = own * voice + s.pooled[:, None, None] * s.agenda
    return result


def producing(s: Stocks, m: Month) -> list[Flow]:
    """7 · Production: savings, idle assets, fund, resources, skill in use, services, investment.

        S_j <- retention * S_j + return_rate * F_j * (1 - S_j / savings_most) + savings_rate * m s C
        idle_j <- idle_j - release_rate * o_j * trust_j * idle_j     (into the fund)
        fund <- fund + what is released - fund_rate * fund
        x_g <- x_g + living * (1 - burden_g) + local_g - living * x_g        (mean resources)
        v_g <- v_g + use_rate * (mean of skill * (s + (1 - s) * o * trust_g) - v_g)

    F_j = recapture * keeps_j * S_j. Services and investment follow from the same equations as in
    the agent model. Mutual aid moves resources between people and leaves their mean as it is.
    """
    p, i, pop, levers = m.parameters.production, m.world.institutions, s.pop, m.levers
    count, here = len(i), pop > 0.0
    per_head = np.where(here, 1.0 / np.where(here, pop, 1.0), 0.0)[:, None]
    money, split = i.budget * (1.0 - levers.charge), splits(s, m)
    flow = p.recapture * i.keeps * s.savings
    trust = s.legitimacy @ pop
    freed = p.release_rate * s.openness * trust
    spent = money * (1.0 - s.upstream) + (levers.services / count if count else 0.0)
    services = np.einsum("j,jgd->gd", spent * s.capability, split) * per_head
    efforts = count * (money * s.upstream)[:, None, None] * split * per_head
    effort = np.zeros_like(services)
    for g, d in np.ndindex(effort.shape):
        effort[g, d] = joined(np.ascontiguousarray(efforts[:, g, d]), p.complementarity)
    common = (flow.sum() + p.fund_rate * s.fund) * s.agenda
    if levers.conditions is not None:
        common = common + levers.conditions[:, None] / services.shape[1]
    investment = (effort + common * per_head) * here[:, None]
    local = np.einsum("j,jgd->g", money * i.local_spend, split) * per_head[:, 0]
    income = p.living * (1.0 - m.world.groups.burden) + local
    openness = float(s.openness.mean()) if count else 0.0
    faith = s.legitimacy.mean(axis=0) if count else np.zeros(pop.size)
    seen = ACTS + (1.0 - ACTS) * openness * faith[:, None, None]
    wanted = ratio((s.skill * seen).sum(axis=(1, 2)), s.number)
    released = float((freed * s.idle).sum())
    return [
        Relax(
            "savings",
            p.return_rate * flow + p.savings_rate * money * s.upstream * s.capability,
            1.0 - p.retention + p.return_rate * flow / p.savings_most,
            most=np.inf,
        ),
        Relax("idle", 0.0, freed, most=np.inf),
        Relax("fund", released, p.fund_rate, most=np.inf),
        Relax("resources", income, p.living, most=np.inf),
        Relax("skill_used", p.use_rate * wanted, p.use_rate),
        Put("released", released),
        Put("services", services),
        Put("investment", investment),
    ]


# --- 8 living -------------------------------------------------------------------------------------


def conditions(s: Stocks, m: Month) -> list[Flow]:
    """8 · Living: conditions V_gd and lasting policy P.

    V <- a + persistence * V + B * (1 - V)
    P <- P + policy_rate * votes * (1 - R) * (1 - P) - (policy_decay + policy_neglect * (1-s)) P
    """
    p, active = m.parameters.living, s.active
    led = p.unled + (1.0 - p.unled) * s.leadership
    known = p.unlearned + (1.0 - p.unlearned) * s.memory
    joint = (p.alone + (1.0 - p.alone) * s.stewards)[:, None] * led * known
    gain = np.minimum(p.persistence, p.potency * s.investment * joint)
    base = np.minimum(m.world.conditions, p.best)
    drift = (1.0 - p.persistence) * (base + (p.best - base) * s.policy)
    votes = 0.0
    if (m.world.institutions.sector == GOVERNMENT).any():
        votes = p.eligible * p.turnout * active
        votes += p.advocacy_effect * -math.expm1(-m.levers.policy)
    won = p.policy_rate * votes * (1.0 - s.resisted)
    lost = p.policy_decay + p.policy_neglect * (1.0 - active)
    return [
        Relax("conditions", drift + gain, 1.0 - p.persistence + gain),
        Relax("policy", won, won + lost),
        Put("conditions_before", s.conditions.copy()),
    ]


def wellbeing(s: Stocks, m: Month) -> list[Flow]:
    """8 · Living: well-being follows conditions, services and resources, w <- w + (w* - w) / delay.

    Resources enter by their mean in the group.
    """
    p = m.parameters.living
    free = (1.0 - p.burden_weight * m.world.groups.burden)[:, None]
    served = p.service_gain * -np.expm1(-s.services / p.service_scale)
    own = p.resource_gain * (s.resources / (1.0 + s.resources) - 0.5)
    target = np.clip(s.conditions * free + served + own[:, None], 0.0, 1.0)
    return [Relax("wellbeing", target / p.delay, 1.0 / p.delay)]


# --- 9 trust: partners, resistance, openness ------------------------------------------------------


def partners(s: Stocks, m: Month) -> list[Flow]:
    """9 · Trust, partners: each judges every month whether another kept its word.

    r_jk <- r_jk + keep_k * gain_kept * (1 - r_jk) - (1 - keep_k) * loss_broken * r_jk
    """
    p, keep, trust = m.parameters.trust, keeps(s, m)[None, :], partner_trust(s, m)
    gain = keep * p.gain_kept * (1.0 - p.confirmation_bias * (1.0 - trust))
    loss = (1.0 - keep) * p.loss_broken * (1.0 - p.confirmation_bias * trust)
    return [Relax("partners", gain, gain + loss)]


def turning(s: Stocks, m: Month) -> list[Flow]:
    """9 · Trust, resistance R_j and openness o_j of institutions.

    R <- R + resistance_rate * expected loss * (1 - R) - resistance_decay * R
    o <- o + (openness_peers * example + openness_pressure * s) * (1 - o)
         - openness_routine * |s_j - s_j a month ago| * o
    """
    p, active = m.parameters.trust, s.active
    success = partner_trust(s, m) * 4.0 * s.upstream * s.capability
    example = np.minimum(1.0, success.sum(axis=1) / max(1, s.openness.size - 1))
    stake = stakes(p, m.world)
    grows = p.resistance_rate * stake * (1.0 - s.openness) * (active + s.policy) / 2.0
    opens = p.openness_peers * example + p.openness_pressure * active
    broken = p.openness_routine * np.abs(s.upstream - s.upstream_before)
    return [
        Relax("resistance", grows, grows + p.resistance_decay),
        Relax("openness", opens, opens + broken),
        Put("upstream_before", s.upstream.copy()),
    ]


def resisting(s: Stocks, m: Month) -> list[Flow]:
    """9 · Trust: the community's resistance, the mean weighted by stake (an auxiliary)."""
    return [Put("resisted", resisted(m.parameters.trust, m.world, s.resistance))]
