"""What the mean field is read by: the recorded measures that are means, under the same names.

Not among them: inequality between persons, reach and ties between friends, the ladder of first
contacts, and what follows people who left. Two are more than is recorded: `opinion` and `know_how`.
"""

from __future__ import annotations

import numpy as np

from simulation.meanfield.institutions import partner_trust
from simulation.meanfield.month import Month
from simulation.meanfield.stocks import COMMITTED, FULL, Stocks, ratio
from simulation.recorder import ALL
from simulation.state import DIMENSIONS, Floats


def by_group(s: Stocks, m: Month) -> dict[str, Floats]:
    """Return what is measured by group, each of shape (G,)."""
    number, full = s.number, slice(FULL, COMMITTED + 1)
    skill = ratio(s.skill.sum(axis=(1, 2)), number)
    found = {
        "wellbeing": s.wellbeing.mean(axis=1),
        "stewards": s.stewards,
        "steward_share": ratio(s.people[..., full].sum(axis=(1, 2)), number),
        "burnout": ratio(s.burnout.sum(axis=(1, 2)), number),
        "unpaid_hours": s.unpaid,
        "grievance": s.grievance,
        "efficacy": s.efficacy,
        "skill": skill,
        "skill_unused": skill - s.skill_used,
        "resources": s.resources,
        "opinion": s.opinion,
        "know_how": ratio(s.know_how.sum(axis=(1, 2)), number),
        "promises_kept": s.kept,
        "conditions": s.conditions.mean(axis=1),
    }
    for d, name in enumerate(DIMENSIONS):
        found[f"wellbeing_{name}"] = s.wellbeing[:, d]
    if len(s.legitimacy):
        found["legitimacy"] = s.legitimacy.mean(axis=0)
        found["trust_institutions"] = s.faith
    return found


def measures(s: Stocks, m: Month) -> dict[tuple[str, str], float]:
    """Return all measures of a month by (measure, group)."""
    found: dict[tuple[str, str], float] = {}
    pop, groups = s.pop, by_group(s, m)
    for name, values in groups.items():
        if name != "trust_institutions":
            found |= {(name, g): float(v) for g, v in zip(m.world.names, values, strict=True)}
        found[name, ALL] = float((pop * np.where(pop > 0.0, values, 0.0)).sum())
    promised = pop * s.made
    if promised.sum() > 0.0:
        kept = np.where(promised > 0.0, s.kept, 0.0)
        found["promises_kept", ALL] = float((promised * kept).sum() / promised.sum())
    for g, share in zip((*m.world.names, ALL), (*s.number, s.number.sum()), strict=True):
        found["present", g] = float(share) * m.world.size
    known = groups["wellbeing"][pop > 0.0]
    if known.size > 1:
        gap, mean = float(np.ptp(known)), found["wellbeing", ALL]
        found["gap", ALL] = gap
        found["gap_relative", ALL] = gap / mean if mean > 0.0 else float("nan")
        found["gap_signed", ALL] = float(groups["wellbeing"][1] - groups["wellbeing"][0])
    for name, value in community(s, m).items():
        found[name, ALL] = value
    return found


def community(s: Stocks, m: Month) -> dict[str, float]:
    """Return what is measured for the community as a whole."""
    budget, count, seats = m.world.institutions.budget, s.openness.size, m.world.seats
    founders = float(s.founders.sum())
    found = {
        "resistance": s.resisted,
        "leadership": s.leadership,
        "policy": s.policy,
        "memory": s.memory,
        "idle_assets": float(s.idle.sum()),
        "fund": s.fund,
        "released": s.released,
        "displaced": 1.0 - founders,
        "quality": s.quality,
        "pressure": s.pressure,
    }
    if seats.sum() > 0.0:
        filled = float(s.seats[0])
        found["seats_filled"] = filled
        taken = 1.0 - (1.0 - min(1.0, filled)) ** seats
        found["active_institutions"] = float((s.at_table * taken).sum())
    if count:
        found["openness"] = float(s.openness.mean())
    if count > 1:
        found["trust_partners"] = float(partner_trust(s, m).sum() / (count * (count - 1)))
    if budget.sum() > 0.0:
        found["upstream"] = float((budget * s.upstream).sum() / budget.sum())
        found["pooled"] = float((budget * s.pooled).sum() / budget.sum())
    return {name: float(value) for name, value in found.items()}
