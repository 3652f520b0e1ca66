"""Whether ties cross between groups: the E-I index and cross-group reach.

Ties are two rows of indices, from the person who holds the tie (and trusts) to the other. A group
label of -1 stands for rows that belong to no group: institutions, people who have left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from simulation.compiled import kernel
from simulation.vectors import Integers, labels, same_length, share_of, vector


@kernel
def _count_ties(source, target, groups, internal_external):  # type: ignore[no-untyped-def]
    for edge in range(source.shape[0]):
        own = groups[source[edge]]
        other = groups[target[edge]]
        if own >= 0 and other >= 0:
            internal_external[1 if own != other else 0] += 1


@kernel
def _mark_reached(source, target, trust, groups, threshold, reached):  # type: ignore[no-untyped-def]
    for edge in range(source.shape[0]):
        own = groups[source[edge]]
        other = groups[target[edge]]
        if own >= 0 and other >= 0 and own != other and trust[edge] >= threshold:
            reached[source[edge]] = True


def ei_index(source: ArrayLike, target: ArrayLike, groups: ArrayLike) -> float:
    """Return the E-I index of ties: (external - internal) ÷ (external + internal).

    Unit: none; -1 (all ties stay within groups) to 1 (all cross). With two equal groups and ties
    laid blindly it is near 0. Ties that touch someone without a group (label -1: institutions,
    people who have left) do not count. No ties that count: nan.

    Args:
        source: row of the person who holds each tie, shape (ties,).
        target: row of the other person, shape (ties,).
        groups: group of every row, -1 for none.

    Raises:
        InputError: lengths differ or a tie names a row that does not exist.

    Source: Krackhardt & Stern (1988), Social Psychology Quarterly 51.
    """
    own, other, members = _edges(source, target, groups)
    counts = np.zeros(2, dtype=np.int64)
    _count_ties(own, other, members, counts)
    internal, external = counts.tolist()
    return share_of(external - internal, external + internal)


def cross_group_reach(
    source: ArrayLike, target: ArrayLike, trust: ArrayLike, groups: ArrayLike, threshold: float
) -> float:
    """Return the share of people who hold at least one trusted tie to another group.

    Trusted means trust at or above `threshold`; the tie counts for the one who trusts (its source).
    Unit: share, 0 to 1, of all rows with a group, the isolated among them. Ties that touch someone
    without a group (label -1) do not count, and they are not in the population. Nobody: nan.

    Args:
        source: row of the person who trusts, shape (ties,).
        target: row of the person trusted, shape (ties,).
        trust: trust on each tie, 0 to 1, shape (ties,).
        groups: group of every row, -1 for none.
        threshold: least trust that counts.

    Raises:
        InputError: lengths differ or a tie names a row that does not exist.

    Source: L4, "include everyone, forge connections, widen the we"; a project definition.
    """
    own, other, members = _edges(source, target, groups)
    trusted = vector(trust, "trust")
    same_length(own, trusted, "ties and trust")
    reached = np.zeros(len(members), dtype=np.bool_)
    _mark_reached(own, other, trusted, members, float(threshold), reached)
    return share_of(int(np.count_nonzero(reached)), int(np.count_nonzero(members >= 0)))


def _edges(
    source: ArrayLike, target: ArrayLike, groups: ArrayLike
) -> tuple[Integers, Integers, Integers]:
    members = labels(groups, np.iinfo(np.int64).max, lowest=-1)
    own = labels(source, len(members), name="source")
    other = labels(target, len(members), name="target")
    same_length(own, other, "source and target")
    return own, other, members
