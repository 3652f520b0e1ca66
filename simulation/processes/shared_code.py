"""The code form of `learning`: a reality, people's beliefs about it, and a code they share.

The rules stand in `simulation.processes.learning`; this module carries them out. Beliefs are kept
as bits of whole numbers, bit d for dimension d: one number says what somebody believes to be so,
another what they believe not to be so, and a dimension that is in neither is one on which they have
no belief. Nobody has both bits of a dimension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.chance import Key, at, draw
from simulation.compiled import kernel
from simulation.state import BEFORE, Flags, Floats, Ints

if TYPE_CHECKING:
    from simulation.community import CommunityModel

STREAMS = (
    "learning/reality",
    "learning/belief",
    "learning/show",
    "learning/code",
    "learning/socialise",
    "learning/turnover",
    "learning/new-belief",
    "learning/turbulence",
)


# ------------------------------------------------------------------------------------- kernels


@kernel
def ones(bits: int) -> int:
    """Return how many bits of a number that is not negative are set."""
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@kernel
def right_minus_wrong(reality: int, held_for: int, held_against: int) -> int:
    """Return on how many dimensions beliefs are right, minus on how many they are wrong."""
    right = (held_for & reality) | (held_against & ~reality)
    score: int = 2 * ones(right) - ones(held_for | held_against)
    return score


@kernel
def draw_beliefs(
    key: Key, month: int, dimensions: int, rows: Ints, ids: Ints, believes: Ints, disbelieves: Ints
) -> None:
    """Draw the beliefs of some people: so, not so, or none, with equal chances."""
    this_month = at(key, month)
    for n in range(rows.size):
        i = rows[n]
        believes[i] = disbelieves[i] = 0
        for d in range(dimensions):
            third = 3.0 * draw(this_month, ids[i], d)
            if third < 1.0:
                believes[i] |= 1 << d
            elif third < 2.0:
                disbelieves[i] |= 1 << d


@kernel
def show(
    key: Key,
    month: int,
    dimensions: int,
    present: Flags,
    ids: Ints,
    believes: Ints,
    disbelieves: Ints,
) -> Ints:
    """Return what people act on: their beliefs, and the toss of a coin where they have none."""
    this_month = at(key, month)
    shown = believes.copy()
    for i in range(ids.size):
        if not present[i]:
            continue
        held = believes[i] | disbelieves[i]
        for d in range(dimensions):
            if not (held >> d) & 1 and draw(this_month, ids[i], d) < 0.5:
                shown[i] |= 1 << d
    return shown


@kernel
def votes(
    dimensions: int, reality: int, code_for: int, code_against: int, present: Flags, shown: Ints
) -> Ints:
    """Return, by dimension, how many of those who know more than the code are for it, net."""
    every = (1 << dimensions) - 1
    known = right_minus_wrong(reality, code_for, code_against)
    net = np.zeros(dimensions, np.int64)
    for i in range(shown.size):
        against = every & ~shown[i]
        if not present[i] or right_minus_wrong(reality, shown[i], against) <= known:
            continue
        for d in range(dimensions):
            net[d] += 2 * ((shown[i] >> d) & 1) - 1
    return net


@kernel
def adopt(
    key: Key, month: int, teaching: float, net: Ints, code_for: int, code_against: int
) -> Any:
    """Return the code after it has learned from the majority of those who know more."""
    this_month = at(key, month)
    for d in range(net.size):
        bit = 1 << d
        same = code_for if net[d] > 0 else code_against
        if net[d] == 0 or same & bit:
            continue
        if draw(this_month, d, 0) < 1.0 - (1.0 - teaching) ** float(abs(net[d])):
            if net[d] > 0:
                code_for, code_against = code_for | bit, code_against & ~bit
            else:
                code_for, code_against = code_for & ~bit, code_against | bit
    return code_for, code_against


@kernel
def socialise(
    key: Key,
    month: int,
    from_memory: float,
    dimensions: int,
    code_for: int,
    code_against: int,
    present: Flags,
    ids: Ints,
    believes: Ints,
    disbelieves: Ints,
) -> None:
    """Move people's beliefs a step towards the code: from its opposite to none, to the code's."""
    this_month = at(key, month)
    for i in range(ids.size):
        if not present[i]:
            continue
        apart = (code_for & ~believes[i]) | (code_against & ~disbelieves[i])
        for d in range(dimensions):
            bit = 1 << d
            if not apart & bit or draw(this_month, ids[i], d) >= from_memory:
                continue
            if (believes[i] | disbelieves[i]) & bit:
                believes[i] &= ~bit
                disbelieves[i] &= ~bit
            elif code_for & bit:
                believes[i] |= bit
            else:
                disbelieves[i] |= bit


@kernel
def assess(
    dimensions: int, reality: int, rows: Ints, believes: Ints, disbelieves: Ints, know_how: Floats
) -> None:
    """Set the know-how of some people: their score, 0 where it is negative."""
    for n in range(rows.size):
        i = rows[n]
        score = right_minus_wrong(reality, believes[i], disbelieves[i]) / dimensions
        know_how[i] = max(0.0, score)


@kernel
def sum_of_scores(reality: int, rows: Ints, believes: Ints, disbelieves: Ints) -> int:
    """Return right minus wrong beliefs of some people together."""
    total = 0
    for n in range(rows.size):
        total += right_minus_wrong(reality, believes[rows[n]], disbelieves[rows[n]])
    return total


# ------------------------------------------------------------------------------------ community


def begin(community: CommunityModel) -> None:
    """Draw reality and everybody's first beliefs; the code starts without any (form "code")."""
    p, stocks = community.parameters.learning, community.stocks
    if p.form != "code":
        return
    first = community.luck.uniforms("learning/reality", BEFORE, np.arange(p.dimensions))
    stocks.reality[0] = sum(1 << d for d in np.flatnonzero(first < 0.5).tolist())
    stocks.memory[0] = 0.0
    believe(community, np.arange(len(community.residents)))


def believe(community: CommunityModel, rows: Ints) -> None:
    """Draw the first beliefs of residents who have just come (form "code")."""
    p, r = community.parameters.learning, community.residents
    if p.form != "code":
        return
    key = community.luck.key("learning/belief")
    draw_beliefs(key, BEFORE, p.dimensions, rows, r.id, r.believes, r.disbelieves)
    reality = int(community.stocks.reality[0])
    assess(p.dimensions, reality, rows, r.believes, r.disbelieves, r.know_how)


def learn_together(community: CommunityModel, p: Any) -> None:
    """Let code and people learn from each other for a month; renew people and reality."""
    r, s, luck, month = community.residents, community.stocks, community.luck, community.month
    reality, code = int(s.reality[0]), (int(s.code_for[0]), int(s.code_against[0]))
    beliefs = (r.believes, r.disbelieves)
    shown = show(luck.key("learning/show"), month, p.dimensions, r.present, r.id, *beliefs)
    net = votes(p.dimensions, reality, *code, r.present, shown)
    new = adopt(luck.key("learning/code"), month, p.teaching, net, *code)
    key = luck.key("learning/socialise")
    socialise(key, month, p.from_memory, p.dimensions, *code, r.present, r.id, *beliefs)
    s.code_for[0], s.code_against[0] = new
    if p.personnel_turnover:
        leaves = luck.uniforms("learning/turnover", month, r.id) < p.personnel_turnover
        rows = np.flatnonzero(leaves & r.present)
        draw_beliefs(luck.key("learning/new-belief"), month, p.dimensions, rows, r.id, *beliefs)
    if p.turbulence:
        flip = luck.uniforms("learning/turbulence", month, np.arange(p.dimensions)) < p.turbulence
        s.reality[0] ^= sum(1 << d for d in np.flatnonzero(flip).tolist())
    reality = int(s.reality[0])
    assess(p.dimensions, reality, np.flatnonzero(r.present), *beliefs, r.know_how)
    s.memory[0] = max(0.0, code_score(community))


# --------------------------------------------------------------------------------------- scores


def code_score(community: CommunityModel) -> float:
    """Return what the code knows: (right - wrong) / dimensions, from -1 to 1.

    nan in the form "stock", which has no code.
    """
    p, s = community.parameters.learning, community.stocks
    if p.form != "code":
        return float("nan")
    score = right_minus_wrong(int(s.reality[0]), int(s.code_for[0]), int(s.code_against[0]))
    share: float = score / p.dimensions
    return share


def people_score(community: CommunityModel) -> float:
    """Return what present residents know on average: (right - wrong) / dimensions, from -1 to 1.

    nan in the form "stock", and where nobody is here.
    """
    p, r, reality = community.parameters.learning, community.residents, community.stocks.reality
    rows = np.flatnonzero(r.present)
    if p.form != "code" or not rows.size:
        return float("nan")
    total = sum_of_scores(int(reality[0]), rows, r.believes, r.disbelieves)
    share: float = total / (p.dimensions * rows.size)
    return share


def agreed(community: CommunityModel) -> bool:
    """Tell whether everybody present believes exactly what a complete code says (form "code").

    From there on nothing moves without turnover or turbulence.
    """
    r, s = community.residents, community.stocks
    every = (1 << community.parameters.learning.dimensions) - 1
    complete = int(s.code_for[0]) | int(s.code_against[0]) == every
    same = (r.believes == s.code_for[0]) & (r.disbelieves == s.code_against[0])
    return complete and bool(same[r.present].all())
