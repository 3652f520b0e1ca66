"""Population: builds the tables and ties of a community from its specification.

The rules stand in `simulation.start`; this module carries them out, vectorised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.chance import Luck
from simulation.own_files import OwnFiles
from simulation.state import (
    BEFORE,
    CONNECTOR_IDS,
    INSTITUTION_IDS,
    OUTSIDER_IDS,
    SECTORS,
    Connectors,
    Floats,
    Institutions,
    Ints,
    Residents,
    Seats,
)

if TYPE_CHECKING:
    from simulation.specification import Dimensions, Specification


def three(value: Dimensions | float) -> tuple[float, float, float]:
    """Return one value per dimension."""
    if isinstance(value, int | float):
        return (float(value),) * 3
    return (value.housing, value.health, value.livelihood)


def clip01(values: Any) -> Floats:
    """Clip to [0, 1]."""
    result: Floats = np.minimum(np.maximum(values, 0.0), 1.0)
    return result


def largest_remainder(size: int, shares: Floats) -> Ints:
    """Divide a whole number by shares: floors first, then the largest remainders (first wins)."""
    exact = size * shares / shares.sum()
    parts = np.floor(exact).astype(np.int64)
    rest = size - int(parts.sum())
    parts[np.argsort(-(exact - parts), kind="stable")[:rest]] += 1
    return parts


@dataclass
class GroupTable:
    """What groups differ in, as columns over groups; newcomers are drawn from it too."""

    size: Floats
    lived_experience: Floats
    commuters: Floats
    works: Floats
    committed: Floats
    threshold_shift: Floats
    opinion: Floats
    susceptibility: Floats
    self_weight: Floats
    voice: Floats
    resources: Floats
    burden: Floats
    extraction: Floats
    conditions: Floats

    @classmethod
    def of(cls, spec: Specification) -> GroupTable:
        """Collect the columns from a specification."""
        names = [n for n in cls.__dataclass_fields__ if n != "conditions"]
        columns = {n: np.array([getattr(g, n) for g in spec.groups], float) for n in names}
        for name in ("opinion", "susceptibility", "self_weight"):
            unstated = np.isnan(columns[name])
            columns[name][unstated] = getattr(spec.parameters.start, name)
        return cls(**columns, conditions=np.array([three(g.conditions) for g in spec.groups]))


def thresholds(ids: Ints, homes: Ints, size: int, p: Any, luck: Luck) -> Any:
    """Return what it takes people to act, before their groups' shifts (see `simulation.start`).

    Args:
        ids: of the people, shape (people,).
        homes: where they live, shape (people,).
        size: how many people the community starts with.
        p: the parameters of the start.
        luck: all chance.
    """
    if not p.threshold_spread:
        return p.threshold
    if p.threshold_shape == "normal":
        normal = luck.normals("start/threshold", BEFORE, ids)
        return p.threshold + p.threshold_spread * normal
    uniform = luck.uniforms("start/threshold", BEFORE, ids)
    drawn = p.threshold + p.threshold_spread * (2.0 * uniform - 1.0)
    if p.threshold_shape == "uniform":
        return drawn
    if size == 1:
        return np.where(homes < size, p.threshold, drawn)
    spaced = p.threshold - p.threshold_spread + 2.0 * p.threshold_spread * homes / (size - 1)
    return np.where(homes < size, spaced, drawn)


NOTHING_STATED = OwnFiles()


def draw_people(
    rows: Residents,
    part: slice,
    groups: GroupTable,
    p: Any,
    burden_weight: float,
    luck: Luck,
    own: OwnFiles = NOTHING_STATED,
) -> None:
    """Draw the attributes of the residents in `part`, whose ids, groups and places are set.

    What `own` states of them, row by row of `part`, stands in place of what is drawn.
    """
    ids, group = rows.id[part], rows.group[part]
    stated = own.stated

    def below(stream: str, share: Floats) -> Any:
        return luck.uniforms(stream, BEFORE, ids) < share

    def around(stream: str, mean: Any, spread: float) -> Any:
        return mean + spread * luck.normals(stream, BEFORE, ids) if spread else mean

    rows.lived_experience[part] = stated(
        "lived_experience", below("start/lived", groups.lived_experience[group])
    )
    here = stated("lives_here", ~below("start/commuter", groups.commuters[group]) | _idle(own))
    rows.lives_here[part] = here
    works = ~rows.lives_here[part] | below("start/works", groups.works[group])
    rows.works_here[part] = stated("works_here", works)
    committed = below("start/committed", groups.committed[group]) & ~_wavers(own)
    rows.committed[part] = stated("committed", committed)
    opinion = around("start/opinion", groups.opinion[group], p.opinion_spread)
    if p.opinion_shape == "uniform":
        even = 2.0 * luck.uniforms("start/opinion", BEFORE, ids) - 1.0
        opinion = groups.opinion[group] + math.sqrt(3.0) * p.opinion_spread * even
    rows.opinion[part] = stated("opinion", clip01(opinion))
    rows.anchor[part] = rows.opinion[part]
    rows.susceptibility[part] = stated("susceptibility", groups.susceptibility[group])
    rows.self_weight[part] = stated("self_weight", groups.self_weight[group])
    spread = thresholds(ids, rows.home[part], int(groups.size.sum()), p, luck)
    rows.threshold[part] = stated("threshold", spread + groups.threshold_shift[group])
    skill = luck.uniforms("start/skill", BEFORE, ids)
    rows.skill[part] = stated("skill", p.skill_low + (p.skill_high - p.skill_low) * skill)
    rows.skill_used[part] = rows.skill[part] / 2.0
    rows.voice[part] = stated("voice", groups.voice[group])
    resources = groups.resources[group]
    if p.resource_spread:
        normal = luck.normals("start/resources", BEFORE, ids)
        resources = resources * np.exp(p.resource_spread * normal - p.resource_spread**2 / 2.0)
    rows.resources[part] = stated("resources", resources)
    rows.burden[part] = stated("burden", groups.burden[group])
    rows.safety[part] = stated("safety", p.safety)
    rows.efficacy[part] = stated("efficacy", p.efficacy)
    grievance = p.grievance + (1.0 - p.grievance) * groups.extraction[group]
    rows.grievance[part] = stated("grievance", grievance)
    steward = rows.committed[part] | (luck.uniforms("start/steward", BEFORE, ids) < p.stewards)
    rows.stewardship[part] = stated("stewardship", steward)
    target = groups.conditions[group] * (1.0 - burden_weight * rows.burden[part])[:, None]
    if p.wellbeing_spread:
        three_ids = np.repeat(ids, 3)
        normal = luck.normals("start/wellbeing", BEFORE, three_ids, np.tile([0, 1, 2], ids.size))
        target = target + p.wellbeing_spread * normal.reshape(-1, 3)
    rows.wellbeing[part] = clip01(target)


def _idle(own: OwnFiles) -> Any:
    """Return who is said not to work here, and so lives here."""
    return own.columns.get("works_here", np.nan) == np.zeros(1)


def _wavers(own: OwnFiles) -> Any:
    """Return who is said to be less than a steward, and so is not committed."""
    return own.columns.get("stewardship", np.nan) < np.ones(1)


def build_residents(spec: Specification, luck: Luck, own: OwnFiles = NOTHING_STATED) -> Residents:
    """Build the table of residents: group after group, place after place."""
    rows = Residents(spec.size)
    rows.id[:] = rows.home[:] = np.arange(spec.size)
    if own.seating is None:
        shares = np.array([place.share for place in spec.places])
        counts = np.array([largest_remainder(group.size, shares) for group in spec.groups])
        rows.group[:] = np.repeat(np.arange(len(spec.groups)), counts.sum(axis=1))
        rows.place[:] = np.repeat(
            np.tile(np.arange(len(spec.places)), len(spec.groups)), counts.ravel()
        )
    else:
        rows.group[:], rows.place[:] = own.seating.group, own.seating.place
    weight = spec.parameters.living.burden_weight
    start = spec.parameters.start
    draw_people(rows, slice(0, spec.size), GroupTable.of(spec), start, weight, luck, own)
    return rows


def build_institutions(spec: Specification) -> Institutions:
    """Build the table of institutions."""
    from simulation.specification import SERVES

    rows = Institutions(len(spec.institutions))
    rows.id[:] = INSTITUTION_IDS + np.arange(len(rows))
    same = (
        "budget present_bias discount horizon present_length commit_months upstream pooled "
        "openness resistance keeps savings local_spend idle_assets"
    )
    for name in same.split():
        getattr(rows, name)[:] = [getattr(i, name) for i in spec.institutions]
    for n, item in enumerate(spec.institutions):
        rows.sector[n] = SECTORS.index(item.sector)
        rows.capability[n] = item.upstream if item.capability is None else item.capability
        serves = SERVES[item.sector] if item.serves is None else three(item.serves)
        total = serves[0] + serves[1] + serves[2]
        rows.serves[n] = [weight / total for weight in serves]
    rows.upstream_before[:] = rows.upstream
    return rows


def build_connectors(spec: Specification) -> Connectors:
    """Build the table of connectors, team after team."""
    rows = Connectors(sum(team.count for team in spec.connectors))
    rows.id[:] = CONNECTOR_IDS + np.arange(len(rows))
    employers = {item.name: n for n, item in enumerate(spec.institutions)}
    places = {place.name: n for n, place in enumerate(spec.places)}
    at = 0
    for team in spec.connectors:
        part = slice(at, at + team.count)
        rows.employer[part] = employers.get(team.employer, -1)
        rows.place[part] = places.get(team.place, -1)
        rows.attention[part] = team.attention
        rows.width[part] = team.width
        rows.depends[part] = team.depends
        rows.pay[part] = 1.0 - team.depends
        at += team.count
    return rows


def build_seats(spec: Specification, residents: Residents, luck: Luck) -> Seats:
    """Build the seats and fill them."""
    counts = [item.leader_seats for item in spec.institutions]
    rows = Seats(sum(counts))
    rows.institution[:] = np.repeat(np.arange(len(counts)), counts)
    rows.slot[:] = [slot for count in counts for slot in range(count)]
    start, leading = spec.parameters.start, spec.parameters.leadership
    draw = luck.uniforms("start/knowledge", BEFORE, INSTITUTION_IDS + rows.institution, rows.slot)
    rows.knowledge[:] = (
        leading.knowledge_low + (leading.knowledge_high - leading.knowledge_low) * draw
    )
    rows.rapport[:] = start.rapport
    rows.holder[:] = OUTSIDER_IDS + 1000 * np.arange(len(rows))
    own = np.array([item.resident_seats for item in spec.institutions], dtype=np.int64)
    if own.sum():
        able = np.flatnonzero(residents.lives_here)
        best = able[np.lexsort((residents.id[able], -residents.skill[able]))]
        seats = np.flatnonzero(rows.slot < own[rows.institution])
        chosen = best[: seats.size]
        seats = seats[: chosen.size]
        rows.holder[seats] = residents.id[chosen]
        rows.group[seats] = residents.group[chosen]
        rows.resident[seats] = True
        residents.in_seat[chosen] = True
    return rows
