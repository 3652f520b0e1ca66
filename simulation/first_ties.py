"""First ties: lays the ties of all four kinds, and burns history into trust.

The rules stand in `simulation.start`; this module carries them out, vectorised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.chance import Luck, derive
from simulation.compiled import kernel
from simulation.own_files import Links, OwnFiles
from simulation.population import NOTHING_STATED, clip01
from simulation.spaces import build_ties, is_implicit
from simulation.state import BEFORE, Connectors, Floats, Institutions, Ints, Residents
from simulation.ties import FRIEND, MENTOR, PARTNER, SERVICE, Ties

if TYPE_CHECKING:
    from simulation.specification import Specification


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
    own: OwnFiles = NOTHING_STATED,
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
        _friends(spec, residents, first_resident, luck, bundle, own)
    _services(spec, residents, institutions, first_resident, luck, bundle, own)
    _clients(spec, residents, connectors, first_connector, first_resident, luck, bundle)
    _partners(len(institutions), start.partner_trust, bundle, own.partners)
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
    spec: Specification,
    residents: Residents,
    first: int,
    luck: Luck,
    bundle: _Bundle,
    own: OwnFiles,
) -> None:
    start: Any = spec.parameters.start
    if own.friends is not None:
        source, target = own.friends.source, own.friends.target
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
    apart = np.abs(residents.opinion[source] - residents.opinion[target])
    parts.append(1.0 - start.congruence * apart)
    if own.friends is not None:
        parts = _stated(own.friends, parts)
    bundle.add(first + source, first + target, FRIEND, *parts)


def _stated(links: Links, otherwise: Sequence[Any]) -> list[Any]:
    """Return the parts of trust that a file states, and others where it states none."""
    return [
        np.where(np.isnan(given), other, given)
        for given, other in zip(links.parts, otherwise, strict=True)
    ]


def _partners(count: int, trust: float, bundle: _Bundle, links: Links | None) -> None:
    if links is None:
        one, two = np.nonzero(~np.eye(count, dtype=bool))
        bundle.add(one, two, PARTNER, trust, trust, trust)
    else:
        bundle.add(links.source, links.target, PARTNER, *_stated(links, (trust,) * 3))


def _dealings(
    spec: Specification, residents: Residents, institutions: Institutions, luck: Luck
) -> tuple[Ints, Ints]:
    """Return the drawn service ties as rows of residents and of institutions."""
    start: Any = spec.parameters.start
    count, n = len(institutions), len(residents)
    k = min(start.service_ties, count)
    if k == 0 or n == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    draw = luck.uniforms(
        "start/service", BEFORE, np.repeat(residents.id, count), np.tile(institutions.id, n)
    ).reshape(n, count)
    chosen = np.sort(
        np.argpartition(draw, k - 1, axis=1)[:, :k]
        if k < count
        else np.tile(np.arange(count), (n, 1)),
        axis=1,
    )
    return np.repeat(np.arange(n), k), chosen.ravel()


def _services(
    spec: Specification,
    residents: Residents,
    institutions: Institutions,
    first: int,
    luck: Luck,
    bundle: _Bundle,
    own: OwnFiles,
) -> None:
    start: Any = spec.parameters.start
    trust: Any = spec.parameters.trust
    if own.services is None:
        row, target = _dealings(spec, residents, institutions, luck)
    else:
        row, target = own.services.source, own.services.target
    if row.size == 0:
        return
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
        residents.grievance[:] = own.stated("grievance", residents.grievance)
    held = list(parts.T) if own.services is None else _stated(own.services, list(parts.T))
    bundle.add(first + row, target, SERVICE, *held)


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
