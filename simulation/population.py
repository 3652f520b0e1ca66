"""Population: builds the tables and ties of a community from its specification.

The rules stand in `simulation.start`; this module carries them out, vectorised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.chance import Luck, derive
from simulation.compiled import kernel
from simulation.errors import InputError
from simulation.spaces import build_ties, is_implicit
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
from simulation.ties import FRIEND, MENTOR, PARTNER, SERVICE, Ties

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

    lived_experience: Floats
    commuters: Floats
    works: Floats
    committed: Floats
    threshold_shift: Floats
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
        return cls(**columns, conditions=np.array([three(g.conditions) for g in spec.groups]))


def draw_people(
    rows: Residents, part: slice, groups: GroupTable, p: Any, burden_weight: float, luck: Luck
) -> None:
    """Draw the attributes of the residents in `part`, whose ids, groups and places are set."""
    ids, group = rows.id[part], rows.group[part]

    def below(stream: str, share: Floats) -> Any:
        return luck.uniforms(stream, BEFORE, ids) < share

    def around(stream: str, mean: Any, spread: float) -> Any:
        return mean + spread * luck.normals(stream, BEFORE, ids) if spread else mean

    commuter = below("start/commuter", groups.commuters[group])
    rows.lived_experience[part] = below("start/lived", groups.lived_experience[group])
    rows.lives_here[part] = ~commuter
    rows.works_here[part] = commuter | below("start/works", groups.works[group])
    rows.committed[part] = below("start/committed", groups.committed[group])
    rows.opinion[part] = clip01(around("start/opinion", p.opinion, p.opinion_spread))
    rows.anchor[part] = rows.opinion[part]
    rows.susceptibility[part] = p.susceptibility
    rows.self_weight[part] = p.self_weight
    rows.threshold[part] = (
        around("start/threshold", p.threshold, p.threshold_spread) + groups.threshold_shift[group]
    )
    rows.skill[part] = p.skill_low + (p.skill_high - p.skill_low) * luck.uniforms(
        "start/skill", BEFORE, ids
    )
    rows.skill_used[part] = rows.skill[part] / 2.0
    rows.voice[part] = groups.voice[group]
    rows.resources[part] = groups.resources[group]
    if p.resource_spread:
        normal = luck.normals("start/resources", BEFORE, ids)
        rows.resources[part] *= np.exp(p.resource_spread * normal - p.resource_spread**2 / 2.0)
    rows.burden[part] = groups.burden[group]
    rows.safety[part] = p.safety
    rows.efficacy[part] = p.efficacy
    rows.grievance[part] = p.grievance + (1.0 - p.grievance) * groups.extraction[group]
    steward = rows.committed[part] | (luck.uniforms("start/steward", BEFORE, ids) < p.stewards)
    rows.stewardship[part] = steward
    target = groups.conditions[group] * (1.0 - burden_weight * rows.burden[part])[:, None]
    if p.wellbeing_spread:
        three_ids = np.repeat(ids, 3)
        normal = luck.normals("start/wellbeing", BEFORE, three_ids, np.tile([0, 1, 2], ids.size))
        target = target + p.wellbeing_spread * normal.reshape(-1, 3)
    rows.wellbeing[part] = clip01(target)


def build_residents(spec: Specification, luck: Luck) -> Residents:
    """Build the table of residents: group after group, place after place."""
    rows = Residents(spec.size)
    shares = np.array([place.share for place in spec.places])
    counts = np.array([largest_remainder(group.size, shares) for group in spec.groups])
    rows.id[:] = rows.home[:] = np.arange(spec.size)
    rows.group[:] = np.repeat(np.arange(len(spec.groups)), counts.sum(axis=1))
    rows.place[:] = np.repeat(
        np.tile(np.arange(len(spec.places)), len(spec.groups)), counts.ravel()
    )
    weight = spec.parameters.living.burden_weight
    start = spec.parameters.start
    draw_people(rows, slice(0, spec.size), GroupTable.of(spec), start, weight, luck)
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


@kernel
def burn_in(row: Ints, group: Ints, kept: Any, parts: Any, grievance: Floats, updates: Any) -> None:
    """Apply a history of promises to service ties; ties of one resident in ascending institution.

    `kept[e, h]` says whether promise h on tie e was kept, 1 or 0, and -1 where there was none.
    """
    gain, loss, spill, hurt = updates
    for e in range(row.size):
        for h in range(kept.shape[1]):
            if kept[e, h] == 1:
                parts[e, 0] += gain * (1.0 - parts[e, 0])
                parts[e, 1] += gain * spill * (1.0 - parts[e, 1])
                parts[e, 2] += gain * spill * (1.0 - parts[e, 2])
            elif kept[e, h] == 0:
                parts[e, 0] -= loss * parts[e, 0]
                parts[e, 1] -= loss * spill * parts[e, 1]
                parts[e, 2] -= loss * spill * parts[e, 2]
                grievance[row[e]] += hurt * (1.0 - grievance[row[e]])


class _Bundle:
    """Collects ties of several kinds before they are laid into rows."""

    def __init__(self) -> None:
        self.parts: list[tuple[Any, ...]] = []

    def add(self, source: Any, target: Any, kind: int, r: Any, o: Any, m: Any) -> None:
        n = len(source)
        full = [np.broadcast_to(np.asarray(x, float), (n,)) for x in (r, o, m)]
        kinds = np.full(n, kind, np.int8)
        self.parts.append(
            (np.asarray(source, np.int32), np.asarray(target, np.int32), kinds, *full)
        )

    def lay(self, ties: Ties) -> Ties:
        if not self.parts:
            none = np.empty(0, np.int32)
            self.add(none, none, FRIEND, 0.0, 0.0, 0.0)
        joined = [np.ascontiguousarray(np.concatenate(c)) for c in zip(*self.parts, strict=True)]
        return ties.lay(*joined)


def build_all_ties(
    spec: Specification,
    residents: Residents,
    connectors: Connectors,
    institutions: Institutions,
    luck: Luck,
) -> Ties:
    """Lay the ties of all four kinds, and burn the history of promises into trust."""
    first_connector, first_resident = len(institutions), len(institutions) + len(connectors)
    ids = np.concatenate([institutions.id, connectors.id, residents.id])
    start: Any = spec.parameters.start
    implicit = None
    if is_implicit(spec.ties, len(residents)):
        implicit = (2.0 * start.trust_within + 1.0) / 3.0
    ties = Ties(ids, first_connector, first_resident, implicit_trust=implicit)
    bundle = _Bundle()
    if implicit is None:
        _friends(spec, residents, first_resident, luck, bundle)
    _services(spec, residents, institutions, first_resident, luck, bundle)
    _clients(spec, residents, connectors, first_connector, first_resident, luck, bundle)
    n = len(institutions)
    one, two = np.nonzero(~np.eye(n, dtype=bool))
    bundle.add(one, two, PARTNER, *(start.partner_trust,) * 3)
    return bundle.lay(ties)


def place_luck(spec: Specification, place: int, luck: Luck) -> Luck:
    """Return the luck under which the ties within one place are laid."""
    if len(spec.places) == 1:
        return luck
    return Luck(derive(luck.seed, "place", spec.places[place].name), strict=luck.strict)


def friend_pairs(spec: Specification, residents: Residents, luck: Luck) -> tuple[Ints, Ints]:
    """Return the undirected friend ties as two arrays of resident rows."""
    ones, twos = [], []
    for place in range(len(spec.places)):
        rows = np.flatnonzero(residents.place == place)
        edges = build_ties(
            spec.ties, residents.group[rows], residents.id[rows], place_luck(spec, place, luck)
        )
        ones.append(rows[edges.first])
        twos.append(rows[edges.second])
    one, two = np.concatenate(ones), np.concatenate(twos)
    wanted = round(spec.ties.between * one.size)
    if wanted and len(spec.places) > 1:
        by_id = np.argsort(residents.id, kind="stable")
        q = np.repeat(np.arange(wanted), 2)
        draw = luck.uniforms("start/between", BEFORE, q, np.tile([0, 1], wanted))
        ends = by_id[np.floor(draw * len(residents)).astype(np.int64)].reshape(-1, 2)
        seen = set()
        for a, b in ends.tolist():
            pair = (min(a, b), max(a, b))
            if residents.place[a] != residents.place[b]:
                seen.add(pair)
        extra = np.array(sorted(seen), dtype=np.int64).reshape(-1, 2)
        one, two = np.concatenate([one, extra[:, 0]]), np.concatenate([two, extra[:, 1]])
    return one, two


def _friends(
    spec: Specification, residents: Residents, first: int, luck: Luck, bundle: _Bundle
) -> None:
    start: Any = spec.parameters.start
    file: Any = None
    if spec.ties.kind == "file":
        from simulation.ties_file import read_ties

        file = read_ties(spec.ties.path or "")
        if len(file.names) != len(residents):
            raise InputError(
                "the number of people in the ties file and in the groups differ",
                file=spec.ties.path,
                key="groups",
                found=len(residents),
                allowed=f"{len(file.names)}, as many as the file names",
            )
        source, target = np.asarray(file.first), np.asarray(file.second)
    else:
        one, two = friend_pairs(spec, residents, luck)
        source, target = np.concatenate([one, two]), np.concatenate([two, one])
    ids = residents.id
    same = residents.group[source] == residents.group[target]
    mean = np.where(same, start.trust_within, start.trust_across)
    parts = []
    for stream in ("start/reliability", "start/openness"):
        value = mean
        if start.trust_spread:
            normal = luck.normals(stream, BEFORE, ids[source], ids[target])
            value = clip01(mean + start.trust_spread * normal)
        parts.append(value)
    parts.append(1.0 - np.abs(residents.opinion[source] - residents.opinion[target]))
    if file is not None:
        given = (file.reliability, file.openness, file.mission)
        parts = [
            own if values is None else np.where(np.isnan(values), own, values)
            for own, values in zip(parts, given, strict=True)
        ]
    bundle.add(first + source, first + target, FRIEND, *parts)


def _services(
    spec: Specification,
    residents: Residents,
    institutions: Institutions,
    first: int,
    luck: Luck,
    bundle: _Bundle,
) -> None:
    start: Any = spec.parameters.start
    trust: Any = spec.parameters.trust
    count, n = len(institutions), len(residents)
    k = min(start.service_ties, count)
    if k == 0 or n == 0:
        return
    draw = luck.uniforms(
        "start/service", BEFORE, np.repeat(residents.id, count), np.tile(institutions.id, n)
    ).reshape(n, count)
    chosen = np.sort(
        np.argpartition(draw, k - 1, axis=1)[:, :k]
        if k < count
        else np.tile(np.arange(count), (n, 1)),
        axis=1,
    )
    row, target = np.repeat(np.arange(n), k), chosen.ravel()
    parts = np.full((row.size, 3), float(start.institution_trust))
    promises = np.array([g.promises for g in spec.groups])
    longest = int(promises.max())
    if longest:
        share = np.array([g.kept for g in spec.groups])[residents.group[row]]
        number = promises[residents.group[row]]
        kept = np.empty((row.size, longest), np.int8)
        for h in range(longest):
            u = luck.uniforms(
                "start/history", BEFORE + 1 + h, residents.id[row], institutions.id[target]
            )
            kept[:, h] = np.where(h < number, u < share, -1)
        updates = (trust.gain_kept, trust.loss_broken, trust.spillover, trust.hurt)
        burn_in(row, residents.group, kept, parts, residents.grievance, updates)
    bundle.add(first + row, target, SERVICE, parts[:, 0], parts[:, 1], parts[:, 2])


def _clients(
    spec: Specification,
    residents: Residents,
    connectors: Connectors,
    first_connector: int,
    first: int,
    luck: Luck,
    bundle: _Bundle,
) -> None:
    start: Any = spec.parameters.start
    wanted = np.repeat([t.caseload for t in spec.connectors], [t.count for t in spec.connectors])
    value = start.connector_trust
    for k in range(len(connectors)):
        place = connectors.place[k]
        rows = np.flatnonzero((residents.place == place) | (place < 0))
        draw = luck.uniforms("start/client", BEFORE, residents.id[rows], int(connectors.id[k]))
        few = min(int(wanted[k]), rows.size)
        clients = rows[np.argsort(draw, kind="stable")[:few]]
        node = np.full(few, first_connector + k)
        bundle.add(node, first + clients, MENTOR, value, value, value)
        bundle.add(first + clients, node, MENTOR, value, value, value)
        connectors.caseload[k] = few
