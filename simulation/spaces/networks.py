"""Networks: rings, small worlds, random and scale-free networks, and groups with homophily."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulation.chance import Key, Luck, at, draw
from simulation.compiled import kernel
from simulation.errors import InputError
from simulation.spaces.space import BEFORE, IMPLICIT_FROM, Floats, Integers, Pairs, Space

TRIES = 65_536
"""Addresses kept for the tries at one random end of a tie (ids of draws: slot · TRIES + try)."""

GIVE_UP = 256
"""After this many tries a tie of a small world stays where it was: hardly anyone is left."""


def _check_degree(space: Space, n: int, degree: float) -> None:
    """Refuse a degree that so few people cannot have."""
    if degree > n - 1:
        raise InputError(
            f"{n} people cannot have {degree:g} ties each",
            key="ties.degree",
            found=degree,
            allowed=f"up to {n - 1}",
            mend="lower the degree, or set ties.kind = 'complete'",
        )


def ring(space: Space, n: int) -> Pairs:
    """Tie each person to the degree/2 next people on either side, on a ring in id order."""
    _check_degree(space, n, space.degree)
    places = np.arange(n, dtype=np.int64)
    hops = np.arange(1, int(space.degree) // 2 + 1, dtype=np.int64)
    return np.repeat(places, hops.size), ((places[:, None] + hops) % n).ravel()


def complete(n: int) -> Pairs:
    """Tie everyone with everyone.

    Raises:
        ValueError: where there are so many people that sums are taken over totals instead.
    """
    if n >= IMPLICIT_FROM:
        raise ValueError(f"a complete space of {n} people is implicit: ask is_implicit first")
    one, two = np.triu_indices(n, 1)
    return one.astype(np.int64), two.astype(np.int64)


# --- small world ---------------------------------------------------------------------------------


def ring_order(homophily: float, group: Integers, ids: Integers, luck: Luck) -> Integers:
    """Return who stands where on the ring of a small world, as places in id order, shape (n,).

    Everyone is lined up by group, at random within it. Then each person steps out with
    probability 1 − √homophily, and those who stepped out fill the gaps at random. Two neighbours
    have both stayed with probability `homophily`, and otherwise meet by chance: the share of
    ties inside the group is homophily + (1 − homophily)·(the group's share of all people), the
    same meaning as in `blocks`.
    """
    within = luck.uniforms("ties/ring-place", BEFORE, ids)
    lined_up = np.argsort(group + within)
    out = luck.uniforms("ties/ring-step-out", BEFORE, ids) >= math.sqrt(homophily)
    gaps = np.flatnonzero(out[lined_up])
    loose = lined_up[gaps]
    lined_up[gaps] = loose[np.argsort(luck.uniforms("ties/ring-fill", BEFORE, ids[loose]))]
    return lined_up


@kernel
def _is_target(targets: Integers, one: int, two: int) -> bool:
    """Return whether the tie one → two is among the ties that `one` started."""
    for slot in range(targets.shape[1]):  # noqa: SIM110 - a kernel
        if targets[one, slot] == two:
            return True
    return False


@kernel
def _rewire(
    keys: tuple[Key, Key, Key],
    month: int,
    ids: Integers,
    rewiring: float,
    homophily: float,
    members: Integers,
    start: Integers,
    size: Integers,
    targets: Integers,
) -> None:
    """Move the far ends of some ring ties, lap by lap as Watts and Strogatz did; in place."""
    moves = at(keys[0], month)
    own = at(keys[1], month)
    ends = at(keys[2], month)
    n, half = targets.shape
    for lap in range(half):
        for i in range(n):
            if draw(moves, ids[i], lap) >= rewiring:
                continue
            inside = draw(own, ids[i], lap) < homophily
            for attempt in range(GIVE_UP):
                u = draw(ends, ids[i], lap * TRIES + attempt)
                j = members[start[i] + int(u * size[i])] if inside else int(u * n)
                if j != i and not (_is_target(targets, i, j) or _is_target(targets, j, i)):
                    targets[i, lap] = j
                    break


def small_world(space: Space, group: Integers, ids: Integers, luck: Luck) -> Pairs:
    """Tie people on a ring and move the far end of some ties (Watts & Strogatz 1998).

    Each tie moves with probability `rewiring`, to somebody of the own group with probability
    `homophily` and to anybody otherwise, never to oneself or to somebody tied already. The number
    of ties stays n·degree/2. With one group this is the original model.
    """
    n, half = ids.size, int(space.degree) // 2
    _check_degree(space, n, space.degree)
    who = ring_order(space.homophily, group, ids, luck)
    hops = np.arange(1, half + 1, dtype=np.int64)
    targets = (np.arange(n, dtype=np.int64)[:, None] + hops) % n
    if space.rewiring > 0:
        on_ring = group[who]
        members = np.argsort(on_ring, kind="stable")
        size = np.bincount(on_ring)
        start = np.cumsum(size) - size
        streams = ("ties/rewire", "ties/rewire-inside", "ties/rewire-end")
        keys = (luck.key(streams[0]), luck.key(streams[1]), luck.key(streams[2]))
        _rewire(
            keys,
            BEFORE,
            ids[who],
            space.rewiring,
            space.homophily,
            members,
            start[on_ring],
            size[on_ring],
            targets,
        )
    return np.repeat(who, half), who[targets.ravel()]


# --- random and blocks ---------------------------------------------------------------------------


@kernel
def _grown(pairs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return the pairs in twice the room."""
    more = np.empty((2 * count + 16, 2), np.int64)
    more[:count] = pairs[:count]
    return more


@kernel
def _sample_pairs(
    key: Key,
    month: int,
    ids: Integers,
    block_end: Integers,
    log_no_inside: Floats,
    log_no_between: float,
    room: int,
) -> NDArray[np.int64]:
    """Draw each pair with its probability, by jumping from one success to the next.

    People stand block by block. Person i runs over those behind them: the rest of their block,
    then all later blocks. Jumps are geometric (Batagelj & Brandes 2005), so that the work grows
    with the number of ties. `log_no_…` is log(1 − probability): 0 never, −∞ always.
    """
    this_month = at(key, month)
    n = ids.size
    pairs = np.empty((room, 2), np.int64)
    count = 0
    for i in range(n):
        draws = 0
        for part in range(2):
            j = i + 1 if part == 0 else block_end[i]
            end = block_end[i] if part == 0 else n
            log_no = log_no_inside[i] if part == 0 else log_no_between
            while log_no < 0.0 and j < end:
                jump = math.floor(math.log(1.0 - draw(this_month, ids[i], draws)) / log_no)
                draws += 1
                if jump >= end - j:
                    break
                j += int(jump)
                if count == pairs.shape[0]:
                    pairs = _grown(pairs, count)
                pairs[count, 0] = i
                pairs[count, 1] = j
                count += 1
                j += 1
    return pairs[:count]


def block_probabilities(degree: float, homophily: float, size: Integers) -> tuple[Floats, float]:
    """Return the probability of a tie inside each group, and of one between groups.

    Everyone expects `degree` ties whatever their group, of which a share
    homophily + (1 − homophily)·(others of the group ÷ all others) inside it: `homophily` is
    Coleman's index (1958), the share of ties inside beyond chance.

    Args:
        degree: mean number of ties of a person.
        homophily: 0 blind to group, 1 inside only.
        size: people in each group, shape (groups,).

    Raises:
        InputError: where a group is too small for so many ties inside it.
    """
    others = int(size.sum()) - 1
    wanted = degree * (homophily + (1.0 - homophily) * (size - 1) / others)
    short = np.flatnonzero(wanted > (size - 1) * (1.0 + 1e-12))
    if short.size:
        g = short[np.argmin(size[short])]
        raise InputError(
            f"a group of {size[g]} cannot give each of its people {wanted[g]:.3g} ties inside it",
            key="ties.homophily",
            found=homophily,
            mend="lower ties.degree or ties.homophily, or make the group larger",
        )
    inside = np.where(size > 1, wanted / np.maximum(size - 1, 1), 0.0)
    return inside, degree * (1.0 - homophily) / others


def blocks(space: Space, group: Integers, ids: Integers, luck: Luck) -> Pairs:
    """Tie each pair with a probability that depends only on whether they share a group.

    The stochastic block model (Holland, Laskey & Leinhardt 1983) with homophily; with one group
    it is the random network G(n, p) (Gilbert 1959).
    """
    n = ids.size
    _check_degree(space, n, space.degree)
    size = np.bincount(group)
    inside, between = block_probabilities(space.degree, space.homophily, size)
    with np.errstate(divide="ignore"):
        log_no_inside = np.log1p(-np.minimum(inside, 1.0))
        log_no_between = float(np.log1p(-min(between, 1.0)))
    who = np.argsort(group, kind="stable")
    expected = 0.5 * n * space.degree
    pairs = _sample_pairs(
        luck.key("ties/pair"),
        BEFORE,
        ids[who],
        np.cumsum(size)[group[who]],
        log_no_inside[group[who]],
        log_no_between,
        int(expected + 4.0 * math.sqrt(expected)) + 16,
    )
    return who[pairs[:, 0]], who[pairs[:, 1]]


# --- scale free ----------------------------------------------------------------------------------


@kernel
def _attach(key: Key, month: int, ids: Integers, attachments: int) -> NDArray[np.int64]:
    """Let people enter one by one and choose whom to be tied to in proportion to their ties."""
    this_month = at(key, month)
    n = ids.size
    core = attachments + 1
    ties = core * attachments // 2 + (n - core) * attachments
    ends = np.empty(2 * ties, np.int64)
    filled = 0
    for i in range(core):
        for j in range(i):
            ends[filled] = i
            ends[filled + 1] = j
            filled += 2
    for i in range(core, n):
        before = filled
        for slot in range(attachments):
            attempt = 0
            chosen = -1
            while chosen < 0:
                u = draw(this_month, ids[i], slot * TRIES + attempt)
                attempt += 1
                chosen = ends[int(u * before)]
                for place in range(before + 1, filled, 2):
                    if ends[place] == chosen:
                        chosen = -1
                        break
            ends[filled] = i
            ends[filled + 1] = chosen
            filled += 2
    return ends.reshape((ties, 2))


def scale_free(space: Space, ids: Integers, luck: Luck) -> Pairs:
    """Grow a network in which the well tied gain further ties (Barabási & Albert 1999).

    Starts from attachments + 1 people all tied to one another; then people enter in an order
    drawn at random, so that neither low ids nor one group hold the hubs by being first. The mean
    degree is close to twice the attachments, and shares of degree k fall as k⁻³.
    """
    attachments = space.attachments or int(space.degree) // 2
    _check_degree(space, ids.size, attachments)
    who = np.argsort(luck.uniforms("ties/entry", BEFORE, ids), kind="stable")
    ends = _attach(luck.key("ties/attach"), BEFORE, ids[who], attachments)
    return who[ends[:, 0]], who[ends[:, 1]]
