"""Published results on trust, money, time and succession, as settings of the model's own step.

The other half of `test_published`: see there.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from simulation.community import CommunityModel
from simulation.processes.allocation import discount_factor, switch_value
from tests.communities import only

# -------------------------------------------------------------- trust, accountability, money, time


@pytest.mark.parametrize("rate", [0.4, 1.0])
@pytest.mark.parametrize(
    ("gain", "loss", "kept"), [(0.05, 0.1, 0.6), (0.1, 0.1, 0.3), (0.04, 0.12, 0.9)]
)
def test_t20_asymmetric_trust_settles_below_the_share_kept(
    gain: float, loss: float, kept: float, rate: float
) -> None:
    plain = {
        "promise_rate": rate, "keep_base": kept, "keep_leadership": 0.0, "keep_capability": 0.0,
        "keep_accountability": 0.0, "gain_kept": gain, "loss_broken": loss,
    }  # fmt: skip
    institutions = [{"name": f"i{n}", "sector": "funder", "leader_seats": 0} for n in range(4)]
    spec = only(
        "trust", parameters={"trust": plain, "start": {"service_ties": 4}},
        groups=[{"name": "all", "size": 1000}], ties={"kind": "ring", "degree": 2},
        institutions=institutions,
    )  # fmt: skip
    settling = rate * (gain * kept + loss * (1.0 - kept))
    community = CommunityModel(spec).run(round(8.0 / settling))
    service = community.ties.kind == 1
    assert service.sum() == 4000
    means = []
    for _ in range(60):
        community.step()
        means.append(float(community.ties.reliability[service].mean()))
    wanted = gain * kept / (gain * kept + loss * (1.0 - kept))
    assert np.mean(means) == pytest.approx(wanted, abs=0.005)


@pytest.mark.parametrize("bias", [0.3, 0.8, 1.0])
@pytest.mark.parametrize("year", [1, 5, 20])
def test_t24_a_distant_stream_is_worth_the_present_bias(bias: float, year: int) -> None:
    months = 12.0 * np.arange(year, 2000)
    value = sum(discount_factor(month, bias, 0.96, 12.0) for month in months)
    assert value == pytest.approx(bias * 0.96**year / 0.04, rel=1e-12)
    # Within the present, nothing is held against it.
    assert discount_factor(11.0, bias, 0.96, 12.0) == pytest.approx(0.96 ** (11 / 12), rel=1e-15)


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


def test_t25_services_are_best_at_an_upstream_share_of_one_half() -> None:
    shares = np.linspace(0.05, 0.95, 19)
    output = [services(clinic(share)) for share in shares]
    assert shares[np.argmax(output)] == pytest.approx(0.5)
    assert output == pytest.approx(4.0 * max(output) * shares * (1.0 - shares), rel=1e-12)


def test_t25_services_dip_before_they_rise() -> None:
    normal = services(clinic(0.1))
    switched = clinic(0.1, then=0.3, time=1200.0)
    dip = services(switched) / normal
    grown = float(switched.institutions.capability[0]) / 0.1
    assert dip == pytest.approx(0.7 / 0.9 * grown, rel=1e-12)
    assert dip == pytest.approx(0.7 / 0.9, abs=0.002)


def test_t25_break_even_comes_after_most_of_a_year() -> None:
    normal, switched = services(clinic(0.1)), clinic(0.1, then=0.3)
    course = [services(switched) for _ in range(24)]
    after = next(n for n, output in enumerate(course) if output >= normal)
    part = (normal - course[after - 1]) / (course[after] - course[after - 1])
    years = (after + part) / 12.0  # course[n] is the output of month n + 1
    ratio = (0.3 - 0.1) / (0.3 - 0.1 * 0.9 / 0.7)
    assert years == pytest.approx(5.0 * math.log(ratio), abs=5e-4)
    assert round(years, 3) == pytest.approx(0.771, abs=1e-9)


def switch(bias: float, years: int, kept: float = math.inf) -> float:
    """Return what a permanent switch from .1 to .3 is worth, in yearly accounts."""
    value = switch_value(0.1, 0.1, 0.3, kept, 12.0 * years, 12.0, bias, 0.96, 12.0, 60.0, 36.0, 0.0)
    return float(value)


@pytest.mark.parametrize(("years", "least"), [(2, 0.68), (5, 0.12)])
def test_t25_least_present_bias_at_which_it_pays_to_invest(years: int, least: float) -> None:
    found = brentq(lambda bias: switch(bias, years), 0.0, 1.0)
    assert round(found, 2) == least


def test_t25_a_horizon_of_one_year_never_pays() -> None:
    assert switch(1.0, 1) < 0.0


@pytest.mark.parametrize(
    ("kept", "rate", "recapture", "share"),
    [(0.9, 0.2, 0.5, 1.0), (0.9, 0.4, 0.5, 0.5), (0.98, 0.05, 0.6, 0.5)],
)
def test_t26_savings_grow_by_what_is_captured_and_reinvested(
    kept: float, rate: float, recapture: float, share: float
) -> None:
    parameters = {
        "retention": kept, "return_rate": rate, "recapture": recapture, "savings_rate": 0.0,
        "savings_most": 1e6,
    }  # fmt: skip
    spec = only(
        "production", parameters={"production": parameters}, groups=[{"name": "all", "size": 10}],
        ties={"kind": "ring", "degree": 2},
        institutions=[{"name": "i", "sector": "hospital", "savings": 1e-3, "keeps": share}],
    )  # fmt: skip
    community = CommunityModel(spec)
    factor = kept + rate * recapture * share
    course = [float(community.institutions.savings[0])]
    for _ in range(40):
        community.step()
        course.append(float(community.institutions.savings[0]))
    assert course[-1] / course[0] == pytest.approx(factor**40, rel=1e-6)
    sustaining = rate * recapture * share / (1.0 - kept) >= 1.0 - 1e-12
    assert (course[-1] >= course[0] * (1.0 - 1e-6)) == sustaining


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
def test_t28_a_gap_halves_at_the_pace_of_persistence(persistence: float) -> None:
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


@pytest.mark.parametrize("policy", [0.0, 0.3])
def test_t28_unequal_starts_leave_a_gap_that_acknowledgement_does_not_close(policy: float) -> None:
    naming = {"id": "naming", "kind": "acknowledgement", "month": 1, "duration": 3000}
    clinic = {"name": "clinic", "sector": "hospital"}
    months = ("events", "living", "trust")
    persistence, best = 0.97, 0.9
    drift = [(1.0 - persistence) * (v + (best - v) * policy) for v in (0.3, 0.6)]
    permanent = (drift[1] - drift[0]) / (1.0 - persistence)
    for events in ([], [naming]):
        community = conditions(
            persistence, 0.3, *months, policy=policy, events=events, institutions=[clinic]
        )
        assert gap(community.run(1000)) == pytest.approx(permanent, abs=1e-9)
    assert permanent == pytest.approx(0.3 * (1.0 - policy))


# ------------------------------------------------------------------------ leadership and learning


def seats(**leadership: Any) -> CommunityModel:
    """Return forty institutions with 63 seats each, and only leadership going on."""
    institutions = [{"name": f"i{n}", "sector": "school", "leader_seats": 63} for n in range(40)]
    spec = only(
        "leadership", parameters={"leadership": leadership, "start": {"service_ties": 1}},
        groups=[{"name": "all", "size": 2520}], ties={"kind": "ring", "degree": 2},
        institutions=institutions,
    )  # fmt: skip
    return CommunityModel(spec)


@pytest.mark.parametrize(("exit_", "learning"), [(0.05, 0.03), (0.2, 0.1)])
def test_t31_mean_knowledge_under_turnover(exit_: float, learning: float) -> None:
    community = seats(turnover=exit_, learning=learning, vacancy_months=0).run(100)
    means = [float(community.run(5).seats.knowledge.mean()) for _ in range(20)]
    new = (0.3 + 0.6) / 2.0
    stays = (1.0 - exit_) * (1.0 - learning)
    wanted = ((1.0 - exit_) * learning + exit_ * new) / (1.0 - stays)
    assert np.mean(means) == pytest.approx(wanted, abs=0.003)
    assert (community.seats.holder >= 0).all()


@pytest.mark.parametrize(("exit_", "vacant"), [(0.05, 6), (0.1, 3), (0.02, 1)])
def test_t31_share_of_seats_filled(exit_: float, vacant: int) -> None:
    community = seats(turnover=exit_, vacancy_months=vacant).run(100)
    filled = [float((community.run(4).seats.holder >= 0).mean()) for _ in range(25)]
    assert np.mean(filled) == pytest.approx(1.0 / (1.0 + exit_ * vacant), abs=0.006)
