"""Exact courses behind the published results, month by month.

The rows of `experiments.validation` judge what published models come to; here stands what must hold
in every month on the way, to the last digits.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from simulation.community import CommunityModel
from simulation.spaces import space
from tests.communities import only

EVERYONE = {"kind": "complete"}


def active(community: CommunityModel) -> float:
    """Return the share of stewards."""
    return float(community.residents.stewardship.mean())


def contagion(size: int, ties: dict[str, Any], rng: int = 1, **parameters: Any) -> CommunityModel:
    """Return a community in which only the example of friends moves people."""
    events = parameters.pop("events", [])
    spec = only(
        "events", "activation", parameters={"activation": parameters},
        groups=[{"name": "all", "size": size}], ties=ties, events=events,
    )  # fmt: skip
    return CommunityModel(spec, rng=rng)


def spread_from(
    share: float, b: float, mu: float, power: float, months: int, rng: int = 1, size: int = 20_000
) -> list[float]:
    """Return the course of a contagion p_up = b * s**power with exit mu, on a complete graph."""
    seed = {
        "id": "seed", "kind": "recruit", "month": 1, "target": {"count": round(share * size)}
    }  # fmt: skip
    community = contagion(
        size, EVERYONE, rng, events=[seed], response="linear", reinforcement=b, exponent=power,
        exit=mu,
    )  # fmt: skip
    community.residents.threshold[:] = 0.0
    course = [share]
    for _ in range(months):
        community.step()
        course.append(active(community))
    return course


@pytest.mark.parametrize(("power", "share"), [(1.0, 0.05), (2.0, 0.4)])
def test_a_complete_graph_follows_the_mean_field(power: float, share: float) -> None:
    b, mu = 0.6, 0.1
    course = spread_from(share, b, mu, power, 60)
    for now, later in pairwise(course):
        assert later == pytest.approx(now + b * now**power * (1.0 - now) - mu * now, abs=0.02)
    expected = share
    for got in course[1:]:
        expected += b * expected**power * (1.0 - expected) - mu * expected
        assert got == pytest.approx(expected, abs=0.02)


def everyone(size: int, *processes: str, **more: Any) -> CommunityModel:
    """Return a community in which everyone listens to everyone; voices and opinions differ."""
    half = size // 2
    groups = [{"name": "a", "size": half}, {"name": "b", "size": size - half}]
    community = CommunityModel(only(*processes, groups=groups, ties=EVERYONE, **more), rng=2)
    chance, r = np.random.default_rng(5), community.residents
    r.voice[:] = chance.uniform(0.2, 3.0, size)
    r.opinion[:] = r.anchor[:] = chance.uniform(0.0, 1.0, size)
    return community


@pytest.mark.parametrize("implicit", [False, True])
def test_who_does_not_hear_themselves_weighs_less(
    implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if implicit:
        monkeypatch.setattr(space, "IMPLICIT_FROM", 100)
    community = everyone(150, "dialogue")
    r = community.residents
    weight = r.voice * (r.voice.sum() - r.voice)
    wanted = float((weight * r.opinion).sum() / weight.sum())
    community.run(60)
    assert community.residents.opinion == pytest.approx(wanted, abs=1e-9)


def test_written_out_and_implicit_complete_graphs_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole month, but for what needs a tie of one's own: meetings, aid and moving ties."""
    parameters = {
        "start": {"trust_within": 0.4, "trust_across": 0.4, "stewards": 0.2, "threshold": 0.2,
                  "threshold_spread": 0.3, "susceptibility": 0.8},
        "activation": {"rejection": 1.0, "rate": 0.3, "response": "logistic", "rungs": 2},
        "dialogue": {"group_bias": 0.3},
        "production": {"aid": 0.0},
        "governance": {"care_trust": 0.0},
        "housing": {"rewiring": 0.0, "bridging": 0.0, "sensitivity": 0.0},
    }  # fmt: skip
    more = {
        "parameters": parameters,
        "institutions": [{"name": "clinic", "sector": "hospital"},
                         {"name": "hall", "sector": "government"}],
    }  # fmt: skip
    months = (
        "events", "sense", "dialogue", "activation", "governance", "allocation", "production",
        "living", "trust", "leadership", "learning", "housing", "record",
    )  # fmt: skip
    explicit = everyone(300, *months, **more)
    monkeypatch.setattr(space, "IMPLICIT_FROM", 300)
    implicit = everyone(300, *months, **more)
    assert (explicit.ties.implicit, implicit.ties.implicit) == (False, True)
    assert len(explicit.ties) - len(implicit.ties) == 300 * 299
    for community in (explicit, implicit):
        community.residents.present[::7] = False
        community.note_rows()
        community.run(24)
    assert 0.05 < active(explicit) < 0.95
    for name, values in explicit.residents.arrays().items():
        assert getattr(implicit.residents, name) == pytest.approx(values, abs=1e-9), name
    assert implicit.groups.conditions == pytest.approx(explicit.groups.conditions, abs=1e-9)


def test_complete_graphs_are_implicit_from_two_thousand() -> None:
    for size, implicit in ((1999, False), (2000, True)):
        assert everyone(size, "dialogue").ties.implicit == implicit


def clinic(upstream: float, *, then: float | None = None, time: float = 60.0) -> CommunityModel:
    """Return a community with one institution that makes services; it may switch in month 1."""
    new = upstream if then is None else then
    parameters = {
        "allocation": {"mode": "schedule", "schedule": [[1, new]]},
        "production": {"capability_time": time},
    }
    spec = only(
        "allocation", "production", parameters=parameters, groups=[{"name": "all", "size": 10}],
        ties={"kind": "ring", "degree": 2},
        institutions=[{"name": "clinic", "sector": "hospital", "upstream": upstream}],
    )  # fmt: skip
    return CommunityModel(spec)


def services(community: CommunityModel) -> float:
    """Return what is made in the next month."""
    community.step()
    return float(community.groups.services.sum())


def test_services_dip_before_they_rise() -> None:
    normal = services(clinic(0.1))
    switched = clinic(0.1, then=0.3, time=1200.0)
    dip = services(switched) / normal
    grown = float(switched.institutions.capability[0]) / 0.1
    assert dip == pytest.approx(0.7 / 0.9 * grown, rel=1e-12)
    assert dip == pytest.approx(0.7 / 0.9, abs=0.002)


def conditions(persistence: float, start: float, *processes: str, **more: Any) -> CommunityModel:
    """Return two groups whose conditions are left to themselves."""
    parameters = {
        "living": {
            "persistence": persistence, "potency": 0.0, "policy_decay": 0.0, "policy_neglect": 0.0
        },
        "start": {"policy": more.pop("policy", 0.0)},
    }  # fmt: skip
    groups = [
        {"name": "a", "size": 10, "conditions": start},
        {"name": "b", "size": 10, "conditions": 0.6},
    ]
    spec = only(
        *(processes or ("living",)), parameters=parameters, groups=groups,
        ties={"kind": "ring", "degree": 2}, **more,
    )  # fmt: skip
    return CommunityModel(spec)


def gap(community: CommunityModel) -> float:
    one, two = community.groups.conditions.mean(axis=1)
    return float(two - one)


@pytest.mark.parametrize("persistence", [0.9, 0.985])
def test_a_gap_halves_at_the_pace_of_persistence(persistence: float) -> None:
    community = conditions(persistence, 0.6)
    community.groups.conditions[0] = 0.2
    course = [gap(community)]
    for _ in range(120):
        community.step()
        course.append(gap(community))
    assert course == pytest.approx(0.4 * persistence ** np.arange(121.0), abs=1e-12)
    half = math.log(2.0) / -math.log(persistence)
    after = next(n for n, now in enumerate(course) if now <= 0.2)
    assert after == math.ceil(half)
