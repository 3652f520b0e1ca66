"""What a process reads, found by nudging each indicator's columns just before it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from simulation.community import CommunityModel
from simulation.ledger.indicators import FAMILIES, INDICATORS, Here
from simulation.processes.leadership import vacate
from simulation.ties import FRIEND, MENTOR, SERVICE

SMALLEST = 1e-10


class Effect(NamedTuple):
    """That a process moves an indicator otherwise when another one is nudged."""

    process: str
    moved: str
    read: str


def _columns(table: str, *names: str) -> Callable[[CommunityModel], None]:
    def nudge(community: CommunityModel) -> None:
        for name in names:
            values = getattr(getattr(community, table), name)
            values[...] = values * 0.5 + 0.2

    return nudge


def _ties(kind: int, same: bool | None = None) -> Callable[[CommunityModel], None]:
    def nudge(community: CommunityModel) -> None:
        t, group = community.ties, community.residents.group
        source = t.sources()
        chosen = np.flatnonzero((t.kind == kind) & (source >= t.first_resident))
        if same is not None:
            one, two = source[chosen] - t.first_resident, t.target[chosen] - t.first_resident
            chosen = chosen[(group[one] == group[two]) == same]
        for part in (t.reliability, t.openness, t.mission):
            part[chosen] *= 0.4

    return nudge


def _partners(community: CommunityModel) -> None:
    t = community.ties
    for part in (t.reliability, t.openness, t.mission):
        part[: t.start[t.first_connector]] *= 0.4


def _stewards(community: CommunityModel) -> None:
    r = community.residents
    rows = np.flatnonzero(r.present)[::3]
    r.stewardship[rows] = np.where(r.stewardship[rows] > 0.0, 0.0, 1.0)


def _seat(community: CommunityModel) -> None:
    filled = np.flatnonzero(community.seats.holder >= 0)
    if filled.size:
        exits, exits_from = community.exits, community.exits_from.copy()
        vacate(community, int(filled[0]))
        community.exits, community.exits_from = exits, exits_from


def _money(community: CommunityModel) -> None:
    community.groups.money *= 0.4
    community.stocks.ownership *= 0.4


def _pair_trust(community: CommunityModel) -> None:
    _ties(SERVICE)(community)
    community.pairs.legitimacy *= 0.4


NUDGES: dict[str, Callable[[CommunityModel], None]] = {
    **{n: _columns("residents", n) for n in
       ("wellbeing", "resources", "safety", "grievance", "efficacy", "skill", "burnout")},
    **{n: _columns("groups", n) for n in ("conditions", "services", "investment")},
    **{n: _columns("institutions", n) for n in ("openness", "upstream", "pooled", "idle_assets")},
    **{n: _columns("stocks", n) for n in ("policy", "memory", "leadership", "fund", "pressure")},
    "resistance": _columns("stocks", "resisted"),
    "resident_seats": _columns("groups", "seats"),
    "ownership": _money,
    "stewards": _stewards,
    "seats_filled": _seat,
    "trust_within": _ties(FRIEND, same=True),
    "trust_across": _ties(FRIEND, same=False),
    "trust_connectors": _ties(MENTOR),
    "trust_institutions": _pair_trust,
    "trust_partners": _partners,
}  # fmt: skip


def _look(community: CommunityModel) -> Any:
    values = np.full((len(INDICATORS), len(community.groups) + 1), np.nan)
    here = Here.of(community)
    for family in FAMILIES:
        family.read(community, here, values)
    return values


def _change(community: CommunityModel, process: Any) -> Any:
    before = _look(community)
    process.apply(community, getattr(community.parameters, process.name))
    return _look(community) - before


def effects_of_nudges(community: CommunityModel, months: int, every: int) -> set[Effect]:
    """Return which indicators each process reads for which, in some months of a community."""
    found = set()
    for _ in range(months):
        community.month += 1
        for process in community.processes:
            if community.month % every == 0 and process.name not in ("events", "record"):
                start = community.snapshot()
                usual = _change(community, process)
                for read, nudge in NUDGES.items():
                    community.restore(start)
                    nudge(community)
                    moved = np.nan_to_num(np.abs(_change(community, process) - usual)).max(axis=1)
                    found |= {
                        Effect(process.name, INDICATORS[n], read)
                        for n in np.flatnonzero(moved > SMALLEST).tolist()
                    }
                community.restore(start)
            process.apply(community, getattr(community.parameters, process.name))
    return found
