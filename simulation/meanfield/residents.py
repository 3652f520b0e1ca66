"""Residents in the mean field: dialogue, activation, promises, and the load that people carry."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from simulation.meanfield.flows import Flow, Move, Put, Relax
from simulation.meanfield.month import Month
from simulation.meanfield.stocks import ACTS, FULL, HALF, IDLE, Stocks, first_opinion, ratio
from simulation.processes.trust import BROKEN, KEPT, NOT_FORCED, keeping
from simulation.state import Floats

CARRIED = ("people", "burnout", "skill", "know_how")
"""What moves when people begin or cease to act."""


# --- 3 dialogue -----------------------------------------------------------------------------------


def opinions(s: Stocks, m: Month) -> list[Flow]:
    """3 · Dialogue, averaging on a complete graph: the mean opinion x_g of each group.

        m_g = sum_h w_gh V_h x_h / sum_h w_gh V_h,   w_gh = 1 - group_bias * [g != h]
        x_g <- susceptibility_g * (self_g * x_g + (1 - self_g) * m_g) + (1 - susceptibility_g) * a_g

    with V_h the summed voice of group h and a_g the mean anchor. One's own voice vanishes among
    many. Trust is the same for all and cancels.
    """
    p, groups = m.parameters.dialogue, m.world.groups
    anchor = first_opinion(m.parameters.start, groups)
    voice = s.voice * s.number
    weight = voice.sum() - p.group_bias * (voice.sum() - voice)
    pull = (voice * s.opinion).sum()
    pull = pull - p.group_bias * (pull - voice * s.opinion)
    mean = np.where(weight > 0.0, ratio(pull, weight), s.opinion)
    open_, own = groups.susceptibility, groups.self_weight
    return [Relax("opinion", open_ * (1.0 - own) * mean + (1.0 - open_) * anchor, 1 - open_ * own)]


# --- 4 activation ---------------------------------------------------------------------------------


def responding(z: Floats, p: Any) -> Floats:
    """Return the share who respond to a net pull of z, by the form that `p.response` names."""
    result: Floats
    if p.response == "step":
        result = np.where(z > 1e-12, 1.0, np.where(z >= -1e-12, p.tie_acts, 0.0))
    elif p.response == "logistic":
        result = expit(z / p.temperature)
    else:
        result = np.clip(z, 0.0, 1.0)
    return result


def pull(s: Stocks, m: Month, active: float) -> Floats:
    """Return the sum of pulls u_g on the residents of each group while a share is active."""
    p = m.parameters.activation
    trust = (2.0 * m.parameters.start.trust_within + 1.0) / 3.0
    others = m.world.size * s.number.sum() if p.input == "count" else 1.0
    organised = 1.0 - np.exp(-s.spend / p.dose_scale)
    result: Floats = (
        p.reinforcement * (trust * active * others) ** p.exponent
        + p.institutional_trust * (s.faith - 0.5)
        + p.leadership * s.leadership
        + p.dose * organised
        + p.grievance_mobilises * s.grievance * s.efficacy
        - p.grievance_silences * s.grievance * (1.0 - s.efficacy)
        - p.resistance * s.resisted
    )
    return result


def chances(s: Stocks, m: Month, active: float, thresholds: Floats | None = None) -> Floats:
    """Return the chances a month to go from one way of acting to another, shape (G, K, 4, 4).

    `thresholds` are the quantiles by group, shape (G, K); those of the world if not given.
    """
    p = m.parameters.activation
    first = m.world.thresholds if thresholds is None else thresholds
    u = pull(s, m, active)[:, None]
    rises = p.rate * responding(u - first, p)
    second = p.rate * responding(u - first - p.rung_gap, p) if p.rungs == 2 else rises
    tired = ratio(s.burnout.sum(axis=1), s.people.sum(axis=1))[:, None, :]
    leaves = p.exit + p.burnout_exit * tired

    def falls(cell: int, rising: Floats) -> Floats:
        result: Floats = leaves[..., cell] + p.rejection * (p.rate - rising)
        return result

    chance = np.zeros((*first.shape, ACTS.size, ACTS.size))
    above, below = (HALF, HALF) if p.rungs == 2 else (FULL, IDLE)
    chance[..., IDLE, above] = rises
    chance[..., HALF, FULL] = second
    chance[..., HALF, IDLE] = (1.0 - second) * falls(HALF, rises)
    chance[..., FULL, below] = falls(FULL, second)
    return chance


def acting(s: Stocks, m: Month) -> list[Flow]:
    """4 · Activation: people who begin and cease to act, by group and quantile of thresholds.

        a = trust * s  (share), trust * N * s  (count);   u_g = reinforcement * a**exponent + …
        p_up = rate * G(u_g - theta),   p_down = exit + burnout_exit * b + rejection * (rate - p_up)

    One rung at a time; who has just moved does not move again in the month; the committed stay. The
    thresholds are followed by quantile, everything else in u_g by its mean in the group, b by its
    mean in group and cell. A connector's pull is left out: it is on particular people.
    """
    return [Move(CARRIED, chances(s, m, s.active))]


# --- 9 trust: promises ----------------------------------------------------------------------------


def keeps(s: Stocks, m: Month) -> Floats:
    """Return each institution's chance of keeping a promise, shape (J,)."""
    chance = np.empty(s.upstream.size)
    keeping(m.parameters.trust.packed, s.leadership, 0.0, s.upstream, s.capability, chance)
    return chance


def promises(s: Stocks, m: Month) -> list[Flow]:
    """9 · Trust, promises on service ties: mean reliability r_jg, efficacy e_g, grievance q_g.

        r <- r + due * (keep * gain_kept * (1 - r) - (1 - keep) * loss_broken * r)

    with due = promise_rate, or 1 and keep = 0 or 1 where an event forces a promise; openness and
    mission of the tie by `spillover` times as much. With A = 1 - (1 - due)**ties the chance that
    any promise was due, k the share kept, a acknowledgement and T_g the mean trust from before,

        e <- e + A * (efficacy_gain * k * (1 - e) - efficacy_loss * (1 - k) * e)
        q <- q + A * hurt * (1 - k) * (1 - q) - (healing * T_g + acknowledged * a) * q

    and acknowledgement costs every dimension of well-being a * acknowledgement_cost * q. With
    confirmation bias gain and loss are those at the mean trust of the ties of j and g.
    """
    p, a = m.parameters.trust, m.levers.acknowledgement
    due = np.full_like(s.reliability, p.promise_rate)
    keep = np.broadcast_to(keeps(s, m)[:, None], due.shape).copy()
    forced = m.levers.forced
    if forced is not None:
        due[forced != NOT_FORCED] = 1.0
        keep[forced == KEPT], keep[forced == BROKEN] = 1.0, 0.0
    gain = due * keep * p.gain_kept * (1.0 - p.confirmation_bias * (1.0 - s.trust))
    loss = due * (1.0 - keep) * p.loss_broken * (1.0 - p.confirmation_bias * s.trust)
    ties, groups = m.world.ties, s.reliability.shape[1]
    some = 1.0 - (1.0 - due.mean(axis=0)) ** ties if ties else np.zeros(groups)
    share = ratio((due * keep).sum(axis=0), due.sum(axis=0)) if ties else np.zeros(groups)
    better, worse = some * share * p.efficacy_gain, some * (1.0 - share) * p.efficacy_loss
    hurt = some * (1.0 - share) * p.hurt
    healed = p.healing * s.faith + p.acknowledged * a
    flows: list[Flow] = [
        Relax("efficacy", better, better + worse),
        Relax("grievance", hurt, hurt + healed),
        Put("made", due.mean(axis=0) * ties if ties else np.zeros(groups)),
        Put("kept", np.where(some > 0.0, share, np.nan)),
    ]
    if ties:
        spill = p.spillover
        flows += [
            Relax("reliability", gain, gain + loss),
            Relax("openness_of_ties", spill * gain, spill * (gain + loss)),
            Relax("mission", spill * gain, spill * (gain + loss)),
        ]
    if a > 0.0:
        flows.append(Relax("wellbeing", -a * p.acknowledgement_cost * s.grievance[:, None], 0.0))
    return flows


def acknowledged(s: Stocks, m: Month) -> list[Flow]:
    """9 · Trust, acknowledgement: o_jg <- o_jg + a * acknowledgement_trust * (1 - o_jg)."""
    part = m.levers.acknowledgement * m.parameters.trust.acknowledgement_trust
    return [Relax("openness_of_ties", part, part)] if part > 0.0 else []


def legitimacy(s: Stocks, m: Month) -> list[Flow]:
    """9 · Trust, legitimacy: the mean trust of service ties, after all this."""
    return [Put("legitimacy", s.trust)] if m.world.ties else []


# --- 10 leadership: what people carry -------------------------------------------------------------


def hours(s: Stocks, m: Month) -> Floats:
    """Return the unpaid time of a resident by group and cell, shape (G, 4)."""
    p = m.parameters.leadership
    paid = np.minimum(1.0, s.spend / p.pay_rate)
    result: Floats = p.hours * ACTS * (1.0 - paid)[:, None]
    return result


def load(s: Stocks, m: Month) -> list[Flow]:
    """10 · Leadership, load and skill, summed over the n people of a cell who act by s.

        h = hours * s * (1 - min(1, spend / pay_rate))
        B <- B + burning * h * (n - B) - recovery * B
        S <- S + (practice * s + [s > 0] * mentor_gain * intensity) * (n - S) - fade * S

    with intensity = 1 - exp(-money / (mentoring_cost * share of residents with s > 0)). It is
    exact: both are linear, and people take them along when they move between cells.
    """
    p = m.parameters.leadership
    unpaid = hours(s, m)
    burning = p.burning * unpaid[:, None, :]
    mentored = p.mentor_gain * s.intensity * (ACTS > 0.0)
    taught = p.practice * ACTS + mentored
    return [
        Relax("burnout", burning * s.people, burning + p.recovery, most=np.inf),
        Relax("skill", taught * s.people, taught + p.fade, most=np.inf),
        Put("unpaid", ratio((s.people.sum(axis=1) * unpaid).sum(axis=1), s.number)),
    ]


def mentoring(s: Stocks, m: Month) -> list[Flow]:
    """10 · Leadership, mentoring: what the month's money buys for each protégé (an auxiliary)."""
    p = m.parameters.leadership
    money = m.levers.mentoring + p.mentoring_base
    proteges = float(s.people[..., HALF:].sum())
    if money <= 0.0 or proteges <= 0.0 or s.seats[0] <= 0.0:
        return [Put("intensity", 0.0)]
    return [Put("intensity", float(-np.expm1(-money / (p.mentoring_cost * proteges))))]


# --- 11 learning ----------------------------------------------------------------------------------


def know_how(s: Stocks, m: Month) -> list[Flow]:
    """11 · Learning, form "stock": know-how summed over the n people of a cell, and memory M.

        K <- K + from_memory * max(0, n * M - K) + by_doing * s * evidence * (n - K)
             - forgetting * K
        M <- M + teaching * max(0, k - M) - memory_decay * M - exit_loss * exits * M

    with k the mean know-how of stewards (weighted by s), evidence from the rise of conditions, and
    exits the expected share of seats that emptied.
    """
    p = m.parameters.learning
    risen = np.maximum(0.0, s.conditions - s.conditions_before).mean(axis=1)
    evidence = min(1.0, p.evidence_gain * float((s.pop * risen).sum()))
    behind = p.from_memory * (s.people * s.memory > s.know_how)
    doing = p.by_doing * ACTS * evidence
    acts = float((s.people * ACTS).sum())
    known = float((s.know_how * ACTS).sum()) / acts if acts > 0.0 else 0.0
    taught = p.teaching if known > s.memory else 0.0
    lost = p.memory_decay + p.exit_loss * min(1.0, s.exits)
    return [
        Relax(
            "know_how",
            (behind * s.memory + doing) * s.people,
            behind + doing + p.forgetting,
            most=np.inf,
        ),
        Relax("memory", taught * known, taught + lost),
        Put("exits", 0.0),
    ]
