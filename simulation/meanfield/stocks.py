"""Stocks: the state of the mean field, and how it starts.

Residents are told apart by group, by threshold (quantiles of its distribution, so that a jump at a
threshold is seen) and by how far they act: not at all, half, fully, or fully and for
good.
Everything else that differs between residents enters by its mean. Institutions are few and kept
one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import ndtr, ndtri

from simulation.chance import Luck
from simulation.population import GroupTable, build_institutions, three
from simulation.state import BEFORE, DIMENSIONS, Floats, Institutions, Ints

if TYPE_CHECKING:
    from simulation.specification import Specification

NODES = 100
"""Quantiles by which the distribution of thresholds is followed."""
ACTS = np.array([0.0, 0.5, 1.0, 1.0])
"""How far residents act, by cell: not, half, fully, and fully and committed."""
IDLE, HALF, FULL, COMMITTED = range(4)


@dataclass(frozen=True)
class World:
    """What does not move: who the groups and institutions are. G groups, J institutions.

    Attributes:
        names: of the groups.
        institution_names: of the institutions.
        size: residents of the start.
        groups: what groups differ in, by column.
        institutions: their settings.
        seats: leadership seats of each institution, shape (J,).
        offset: month of the first budget review of each institution, shape (J,).
        thresholds: quantiles of what it takes to act, shape (G, NODES).
        ties: service ties of each resident.
        conditions: living conditions without lasting policy, shape (G, 3).
        luck: the chance of the community that this is the companion of.
    """

    names: tuple[str, ...]
    institution_names: tuple[str, ...]
    size: int
    groups: GroupTable
    institutions: Institutions
    seats: Floats
    offset: Ints
    thresholds: Floats
    ties: int
    conditions: Floats
    luck: Luck

    @classmethod
    def of(cls, spec: Specification) -> Self:
        """Collect them from a specification."""
        start, groups = spec.parameters.start, GroupTable.of(spec)
        institutions = build_institutions(spec)
        luck = Luck(spec.seed, strict=spec.generator == "strict")
        months = spec.parameters.allocation.review_months
        offset = luck.uniforms("allocation/offset", BEFORE, institutions.id) * months
        sizes = np.array([group.size for group in spec.groups], float)
        return cls(
            names=tuple(group.name for group in spec.groups),
            institution_names=tuple(item.name for item in spec.institutions),
            size=spec.size,
            groups=groups,
            institutions=institutions,
            seats=np.array([item.leader_seats for item in spec.institutions], float),
            offset=offset.astype(np.int64),
            thresholds=quantiles(start, sizes / sizes.sum(), groups.threshold_shift),
            ties=min(start.service_ties, len(institutions)),
            conditions=np.array([three(group.conditions) for group in spec.groups]),
            luck=luck,
        )


def quantiles(start: Any, pop: Floats, shift: Floats, nodes: int = NODES) -> Floats:
    """Return the quantiles of the distribution of thresholds by group, shape (groups, nodes)."""
    middle = (np.arange(nodes) + 0.5) / nodes
    if start.threshold_shape == "normal":
        spread = np.broadcast_to(ndtri(middle), (pop.size, nodes))
    else:
        part = np.broadcast_to(middle, (pop.size, nodes))
        if start.threshold_shape == "even":  # homes are numbered group after group
            part = (np.cumsum(pop) - pop)[:, None] + pop[:, None] * middle
        spread = 2.0 * part - 1.0
    result: Floats = start.threshold + start.threshold_spread * spread + shift[:, None]
    return result


@dataclass
class Stocks:
    """All that moves. G groups, K quantiles of thresholds, J institutions.

    `people` counts residents as shares of those at the start, by group, threshold and how far they
    act, shape (G, K, 4); `burnout`, `skill` and `know_how` are summed over the people of a cell.
    `made` and `kept` are this month's promises to a resident, and the share of them kept.
    Seats are counted as shares of all seats; `seats` holds how many are filled, and their summed
    knowledge, rapport and product of both; `vacant` the same of seats empty for 1, 2, … months.
    """

    people: Floats
    burnout: Floats
    skill: Floats
    know_how: Floats
    opinion: Floats
    grievance: Floats
    efficacy: Floats
    resources: Floats
    skill_used: Floats
    unpaid: Floats
    wellbeing: Floats
    voice: Floats
    spend: Floats
    founders: Floats
    reliability: Floats
    openness_of_ties: Floats
    mission: Floats
    legitimacy: Floats
    made: Floats
    kept: Floats
    partners: Floats
    upstream: Floats
    upstream_before: Floats
    bound_until: Ints
    capability: Floats
    pooled: Floats
    at_table: Floats
    openness: Floats
    resistance: Floats
    savings: Floats
    idle: Floats
    conditions: Floats
    conditions_before: Floats
    sensed: Floats
    truths: Floats
    agenda: Floats
    services: Floats
    investment: Floats
    seats: Floats
    vacant: Floats
    exits: float
    intensity: float
    policy: float
    fund: float
    released: float
    memory: float
    leadership: float
    resisted: float
    pressure: float
    quality: float

    def copy(self) -> Self:
        """Return an independent copy."""
        own: dict[str, Any] = {f.name: np.copy(getattr(self, f.name)) for f in fields(self)}
        return replace(self, **own)

    @property
    def number(self) -> Floats:
        """Residents by group, as shares of those at the start, shape (G,)."""
        return self.people.sum(axis=(1, 2))

    @property
    def pop(self) -> Floats:
        """Residents by group, as shares of those who are here, shape (G,)."""
        return shares(self.number)

    @property
    def stewards(self) -> Floats:
        """Mean stewardship by group, shape (G,); 0 where there is nobody."""
        return ratio((self.people * ACTS).sum(axis=(1, 2)), self.number)

    @property
    def active(self) -> float:
        """Mean stewardship of all who are here."""
        return float((self.pop * self.stewards).sum())

    @property
    def trust(self) -> Floats:
        """Mean trust of service ties, by institution and group, shape (J, G)."""
        return (self.reliability + self.openness_of_ties + self.mission) / 3.0

    @property
    def faith(self) -> Floats:
        """Mean trust of residents in the institutions they deal with, shape (G,); 1/2 if none."""
        trust = self.trust
        return trust.mean(axis=0) if len(trust) else np.full(trust.shape[1], 0.5)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, 0 where the whole is 0."""
    result = np.zeros(np.broadcast_shapes(part.shape, whole.shape))
    np.divide(part, whole, out=result, where=whole > 0.0)
    return result


def shares(counts: Floats) -> Floats:
    """Return counts as shares of their sum; 0 where it is 0."""
    return ratio(counts, np.full_like(counts, counts.sum()))


def clipped(mean: Floats, spread: float) -> Floats:
    """Return the mean of a normal number that is clipped to [0, 1]."""
    if spread <= 0.0:
        return np.clip(mean, 0.0, 1.0)
    low, high = -mean / spread, (1.0 - mean) / spread

    def density(z: Floats) -> Floats:
        result: Floats = np.exp(-z * z / 2.0) / np.sqrt(2.0 * np.pi)
        return result

    inside = ndtr(high) - ndtr(low)
    result: Floats = mean * inside + spread * (density(low) - density(high)) + 1.0 - ndtr(high)
    return result


def first_opinion(start: Any, groups: GroupTable) -> Floats:
    """Return the mean opinion of each group at the start, shape (G,)."""
    mean = groups.opinion
    if start.opinion_shape == "normal" or start.opinion_spread == 0.0:
        return clipped(mean, start.opinion_spread)
    even = (2.0 * (np.arange(1000) + 0.5) / 1000 - 1.0) * np.sqrt(3.0) * start.opinion_spread
    result: Floats = np.clip(mean[:, None] + even, 0.0, 1.0).mean(axis=1)
    return result


def history(spec: Specification, world: World) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the three parts of trust (J, G) and grievance (G,) that past promises left."""
    start, p = spec.parameters.start, spec.parameters.trust
    groups, count = len(world.names), len(world.institutions)
    parts = np.full((3, count, groups), float(start.institution_trust))
    grievance = start.grievance + (1.0 - start.grievance) * world.groups.extraction
    factor = np.array([1.0, p.spillover, p.spillover])[:, None]
    for g, group in enumerate(spec.groups):
        kept = group.kept
        for _ in range(group.promises):
            gain, loss = kept * p.gain_kept * factor, (1.0 - kept) * p.loss_broken * factor
            parts[:, :, g] += gain * (1.0 - parts[:, :, g]) - loss * parts[:, :, g]
            grievance[g] = 1.0 - (1.0 - grievance[g]) * (1.0 - (1.0 - kept) * p.hurt) ** world.ties
    return parts[0], parts[1], parts[2], grievance


def first_stocks(spec: Specification, world: World) -> Stocks:
    """Return the stocks at the start (before the spin-up)."""
    p, start, groups = spec.parameters, spec.parameters.start, world.groups
    i, count = world.institutions, len(world.names)
    number = np.array([group.size for group in spec.groups], float) / spec.size
    people = np.zeros((count, NODES, ACTS.size))
    people[..., COMMITTED] = groups.committed[:, None]
    people[..., FULL] = ((1.0 - groups.committed) * start.stewards)[:, None]
    people[..., IDLE] = 1.0 - people.sum(axis=-1)
    people *= number[:, None, None] / NODES
    skill = (start.skill_low + start.skill_high) / 2.0
    free = (1.0 - p.living.burden_weight * groups.burden)[:, None]
    wellbeing = clipped(world.conditions * free, start.wellbeing_spread)
    reliability, openness, mission, grievance = history(spec, world)
    trust = (reliability + openness + mission) / 3.0
    has = float(world.seats.sum() > 0)
    known = (p.leadership.knowledge_low + p.leadership.knowledge_high) / 2.0
    return Stocks(
        people=people,
        burnout=np.zeros_like(people),
        skill=people * skill,
        know_how=np.zeros_like(people),
        opinion=first_opinion(start, groups),
        grievance=grievance,
        efficacy=np.full(count, float(start.efficacy)),
        resources=groups.resources.copy(),
        skill_used=np.full(count, skill / 2.0),
        unpaid=np.zeros(count),
        wellbeing=wellbeing,
        voice=groups.voice.copy(),
        spend=np.zeros(count),
        founders=number.copy(),
        reliability=reliability,
        openness_of_ties=openness,
        mission=mission,
        legitimacy=trust if world.ties else np.full_like(trust, start.institution_trust),
        made=np.zeros(count),
        kept=np.full(count, np.nan),
        partners=np.full((len(i), len(i)), float(start.partner_trust)),
        upstream=i.upstream.copy(),
        upstream_before=i.upstream.copy(),
        bound_until=i.bound_until.copy(),
        capability=i.capability.copy(),
        pooled=i.pooled.copy(),
        at_table=i.at_table.astype(float),
        openness=i.openness.copy(),
        resistance=i.resistance.copy(),
        savings=i.savings.copy(),
        idle=i.idle_assets.copy(),
        conditions=world.conditions.copy(),
        conditions_before=world.conditions.copy(),
        sensed=wellbeing.copy(),
        truths=np.empty((0, count, len(DIMENSIONS))),
        agenda=np.repeat(number[:, None], 3, axis=1) / 3.0,
        services=np.zeros((count, 3)),
        investment=np.zeros((count, 3)),
        seats=has * np.array([1.0, known, start.rapport, known * start.rapport]),
        vacant=np.empty((0, 4)),
        exits=0.0,
        intensity=0.0,
        policy=float(start.policy),
        fund=0.0,
        released=0.0,
        memory=float(start.memory),
        leadership=has * known * start.rapport,
        resisted=resisted(p.trust, world, i.resistance),
        pressure=0.0,
        quality=0.0,
    )


def resisted(p: Any, world: World, resistance: Floats) -> float:
    """Return the community's resistance: the mean weighted by what each stands to lose."""
    stake = stakes(p, world)
    if not stake.size:
        return 0.0
    weight = stake if stake.sum() > 0.0 else np.ones_like(stake)
    return float((weight * resistance).sum() / weight.sum())


def stakes(p: Any, world: World) -> Floats:
    """Return what each institution stands to lose, shape (J,)."""
    from simulation.processes.trust import OWNER

    result: Floats = np.where(world.institutions.sector == OWNER, p.stake_owner, p.stake_other)
    return result
