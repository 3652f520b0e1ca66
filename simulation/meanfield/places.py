"""Seats and homes in the mean field: leadership's succession, and housing."""

from __future__ import annotations

import numpy as np

from simulation.meanfield.flows import Flow, Put, Relax
from simulation.meanfield.month import Month
from simulation.meanfield.stocks import IDLE, NODES, Stocks, first_opinion, ratio
from simulation.moving import pressure
from simulation.state import Floats

# --- 10 leadership: succession --------------------------------------------------------------------


def arriving(s: Stocks, m: Month, vacated: Floats) -> tuple[Floats, Floats]:
    """Return what newly filled seats hold, and the seats that stay empty, by time empty."""
    p = m.parameters.leadership
    wait = p.vacancy_months
    if wait == 0:
        old, empty = vacated + s.vacant.sum(axis=0), s.vacant[:0]
    else:
        old = s.vacant[wait - 1 :].sum(axis=0)
        empty = np.concatenate([vacated[None], s.vacant[: wait - 1]])
    number, known, rapport, both = old
    carried, drawn = p.knowledge_carried, (p.knowledge_low + p.knowledge_high) / 2.0
    fresh = (1.0 - carried) * drawn
    new = [
        number,
        carried * known + fresh * number,
        p.ties_carried * rapport,
        p.ties_carried * (carried * both + fresh * rapport),
    ]
    return np.array(new), empty


def succession(s: Stocks, m: Month) -> list[Flow]:
    """10 · Leadership, succession: share of seats filled F, summed knowledge K, rapport R, both KR.

    Seats empty with chance q and stay so for vacancy_months (a pipeline). Of those that do not:

        K <- K + learning * (F - K);   R <- R + (F - R) / rapport_months

    and KR, the sum of products, by the product of both maps, which is linear too: knowledge and
    rapport of a seat grow together. New holders carry over part of what the last ones knew. So with
    vacancy 0 mean knowledge settles at ((1-q) r + q k_new) / (1 - (1-q)(1-r)), and in the long run
    1 / (1 + q * vacancy_months) of the seats are filled. Exits cost reliability of service ties,
    in expectation (1 - q * exit_trust_loss)**(filled seats of j).
    """
    p = m.parameters.leadership
    if m.world.seats.sum() <= 0.0:
        return []
    stays, k, r = 1.0 - p.turnover, p.learning, 1.0 / p.rapport_months
    filled, known, rapport, _ = s.seats
    learned = np.array(
        [
            0.0,
            k * filled,
            r * filled,
            (1.0 - k) * r * known + k * (1.0 - r) * rapport + k * r * filled,
        ]
    )
    kept = stays * np.array([1.0, 1.0 - k, 1.0 - r, (1.0 - k) * (1.0 - r)])
    new, empty = arriving(s, m, p.turnover * s.seats)
    left = (1.0 - p.turnover * p.exit_trust_loss) ** (m.world.seats * filled)
    return [
        Relax("seats", stays * learned + new, 1.0 - kept),
        Relax("fund", p.outsider_funds * new[0] * m.world.seats.sum(), 0.0, most=np.inf),
        Relax("reliability", 0.0, (1.0 - left)[:, None]),
        Put("vacant", empty),
        Put("exits", s.exits + p.turnover * filled),
    ]


def strength(s: Stocks, m: Month) -> list[Flow]:
    """10 · Leadership, strength: (1 - mentor_time * intensity) * mean of knowledge * rapport."""
    given = 1.0 - m.parameters.leadership.mentor_time * s.intensity
    return [Put("leadership", given * float(s.seats[3]))]


# --- 12 housing -----------------------------------------------------------------------------------


def pressing(s: Stocks, m: Month) -> list[Flow]:
    """12 · Housing, pressure: from events, and from improvement that residents do not own."""
    push = pressure(
        m.levers.displacement,
        m.parameters.housing.sensitivity,
        s.pop,
        s.conditions,
        m.world.conditions,
        0.0,
    )
    return [Put("pressure", push)]


def moving(s: Stocks, m: Month) -> list[Flow]:
    """12 · Housing, leaving and coming: c_g = base_turnover + moving_rate * pressure / (1 + x_g).

    Of each group the part c_g leaves, whoever they are; as many newcomers arrive, who do not act
    and hold what newcomers hold: means move to x + f * (x_new - x), with f the newcomers' part of
    those who are here afterwards. Resources enter by their mean in the group.
    """
    p, start = m.parameters.housing, m.parameters.start
    chance = np.minimum(1.0, p.base_turnover + p.moving_rate * s.pressure / (1.0 + s.resources))
    if not chance.any():
        return []
    gone = chance * s.number
    come = gone.copy()
    if p.newcomer_group >= 0:
        come *= 1.0 - p.newcomer_share
        come[p.newcomer_group] += p.newcomer_share * gone.sum()
    part = ratio(come, s.number - gone + come)
    arrivals = np.zeros_like(s.people)
    arrivals[..., IDLE] = come[:, None] / NODES
    leaving, groups = chance[:, None, None], m.world.groups
    skill = (start.skill_low + start.skill_high) / 2.0
    free = (1.0 - m.parameters.living.burden_weight * groups.burden)[:, None]
    means: dict[str, Floats | float] = {
        "opinion": first_opinion(start, groups),
        "grievance": start.grievance,
        "efficacy": start.efficacy,
        "resources": groups.resources,
        "skill_used": skill / 2.0,
    }
    flows: list[Flow] = [
        Relax("people", arrivals, leaving),
        Relax("skill", arrivals * skill, leaving, most=np.inf),
        Relax("burnout", 0.0, leaving),
        Relax("know_how", 0.0, leaving),
        Relax("founders", 0.0, chance),
        Relax("wellbeing", part[:, None] * s.conditions * free, part[:, None]),
        Relax("voice", part * groups.voice, part, most=np.inf),
    ]
    flows += [Relax(name, part * new, part, most=np.inf) for name, new in means.items()]
    parts = ("reliability", "openness_of_ties", "mission")
    flows += [Relax(name, 0.5 * part, part) for name in parts if m.world.ties]
    return flows
