"""People and place: did things get better for the people, or only where they used to live?

A place can improve because its people do, or because poorer people were pushed out and richer ones
came. Both changes are always reported, with parts that add up exactly.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from simulation.vectors import same_length, vector


class PeoplePlace(NamedTuple):
    """Change for the place and change for the people, with their exact parts; see `people_place`.

    Attributes:
        place_change: mean of those present now - mean of those present at the start.
        place_stayers: part of it from the stayers' own change.
        place_composition: part of it from who left and who came.
        people_change: mean change of those present at the start, wherever they live now.
        people_stayers: part of it from those who stayed.
        people_leavers: part of it from those who left.
        stayers: number present at both times.
        leavers: number present at the start only.
        newcomers: number present now only.
    """

    place_change: float
    place_stayers: float
    place_composition: float
    people_change: float
    people_stayers: float
    people_leavers: float
    stayers: int
    leavers: int
    newcomers: int


def people_place(
    present_start: ArrayLike, present_now: ArrayLike, start: ArrayLike, now: ArrayLike
) -> PeoplePlace:
    """Split a change into what happened to the place and what happened to its people.

    With S stayers, D leavers, N newcomers, and Δh the mean change of a set of people:
    place change = (n_S/n_t)·Δh_S + [(n_S/n_t)·h_S0 + (n_N/n_t)·h_Nt - h_00], the first term the
    stayers' own change, the bracket the change of composition;
    people change = (n_S/n_0)·Δh_S + (n_D/n_0)·Δh_D, over everyone present at the start.

    All four arrays have one entry per person ever known, in the same order. People present at
    neither time are ignored. Nobody at the start: all changes are nan. Nobody now: the place's are.

    Args:
        present_start: true for those who belong to the place at the start.
        present_now: true for those who belong to it now.
        start: well-being at the start; read only for those present at the start.
        now: well-being now, wherever the person lives; read for all present at either time.

    Raises:
        InputError: lengths differ.
    """
    before, after = np.asarray(present_start, dtype=bool), np.asarray(present_now, dtype=bool)
    first, last = vector(start, "start"), vector(now, "now")
    for other in (after, first, last):
        same_length(before, other, "presence and well-being")
    stay, leave, come = before & after, before & ~after, after & ~before
    n_stay, n_leave, n_come = (int(np.count_nonzero(who)) for who in (stay, leave, come))
    stay_start, stay_now = float(first[stay].sum()), float(last[stay].sum())
    leave_change = float(last[leave].sum()) - float(first[leave].sum())
    stay_change = stay_now - stay_start

    n_start, n_now = n_stay + n_leave, n_stay + n_come
    mean_start = _ratio(stay_start + float(first[leave].sum()), n_start)
    place_stayers = _ratio(stay_change, n_now) if n_start else math.nan
    composition = _ratio(stay_start + float(last[come].sum()), n_now) - mean_start
    people_stayers, people_leavers = _ratio(stay_change, n_start), _ratio(leave_change, n_start)
    return PeoplePlace(
        place_change=place_stayers + composition,
        place_stayers=place_stayers,
        place_composition=composition,
        people_change=people_stayers + people_leavers,
        people_stayers=people_stayers,
        people_leavers=people_leavers,
        stayers=n_stay,
        leavers=n_leave,
        newcomers=n_come,
    )


def _ratio(part: float, whole: int) -> float:
    return part / whole if whole else math.nan
