"""Energy: how much pull is still missing before people would act.

In chemistry a reaction needs a push over a threshold before it runs by itself. The model has such
a threshold in everybody: resident i moves up when the pull u_i of `simulation.processes.activation`
passes their own. What is missing is, month by month,

    missing = sum over present residents with s_i = 0 of max(0, threshold_i - u_i) / residents

in units of pull (a fully active, fully trusted circle of friends pulls `reinforcement`). Who acts
already counts as 0, so it falls to 0 as everybody is drawn in and rises as they fall away; a mean
over those who hold back alone would rise just because the easily moved have left it. Pull and
threshold are those at the end of the month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.processes.activation import Activation
from simulation.state import Floats, Ints

if TYPE_CHECKING:
    from simulation.community import CommunityModel


def pull_on(community: CommunityModel) -> Floats:
    """Return the pull u on each resident as the community stands, shape (residents,).

    The equation is that of `activation`; nothing is moved by asking.
    """
    p: Any = community.parameters.activation
    r, s = community.residents, community.stocks
    a = _example(community, p)
    u = p.reinforcement * (a if p.exponent == 1.0 else a**p.exponent)
    u += p.institutional_trust * (_faith(community) - 0.5) + p.connector * r.reached
    u += p.leadership * float(s.leadership[0]) - p.resistance * float(s.resisted[0])
    u += p.dose * (1.0 - np.exp(-np.maximum(r.spend, 0.0) / p.dose_scale))
    u += p.grievance_mobilises * r.grievance * r.efficacy
    u -= p.grievance_silences * r.grievance * (1.0 - r.efficacy)
    result: Floats = u
    return result


def missing_pull(community: CommunityModel) -> float:
    """Return the pull that is still missing, on average over all present residents.

    Not a number where nobody is here, or where activation is switched off.
    """
    r = community.residents
    here = int(np.count_nonzero(r.present))
    if not here or not community.parameters.activation.enabled:
        return float("nan")
    waiting = r.present & (r.stewardship == 0.0)
    short = np.maximum(0.0, r.threshold[waiting] - pull_on(community)[waiting])
    return float(short.sum()) / here


def _example(community: CommunityModel, p: Any) -> Floats:
    """Return what the others' example amounts to; what is remembered stays as it is."""
    if p.input == "memory":
        return _recalled(community.residents.recall, p.memory)
    return Activation().pull_of_others(community, p)


def _recalled(recall: Ints, memory: int) -> Floats:
    """Return the share of the last encounters in which the other acted."""
    latest = recall & ((1 << memory) - 1)
    share: Floats = np.bitwise_count(latest) / float(memory)
    return share


def _faith(community: CommunityModel) -> Floats:
    """Return the mean trust of each resident's service ties; 1/2 where there are none."""
    t = community.ties
    n = len(community.residents)
    start, end = t.mentors_end[t.first_resident :], t.start[t.first_resident + 1 :]
    count = end - start
    served = np.repeat(np.arange(n), count)
    edges = np.repeat(start - np.concatenate(([0], np.cumsum(count)[:-1])), count)
    edges += np.arange(served.size)
    trust = (t.reliability[edges] + t.openness[edges] + t.mission[edges]) / 3.0
    total = np.bincount(served, weights=trust, minlength=n)
    faith: Floats = np.full(n, 0.5)
    np.divide(total, count, out=faith, where=count > 0)
    return faith
