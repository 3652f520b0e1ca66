"""The mean field against the agent model, process by process and together, and its landscape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

import scenarios
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.meanfield import MeanField, landscape
from simulation.meanfield.flows import Move, Relax, pass_month, rates
from simulation.specification import Specification, specify
from tests.communities import merged, only

N = 20_000
WITHIN = 0.02
EVERYONE = {"kind": "complete"}
TWO = [
    {"name": "north", "size": N // 2, "promises": 4, "kept": 0.6},
    {"name": "south", "size": N // 2, "conditions": 0.35, "burden": 0.3, "voice": 0.5,
     "promises": 4, "kept": 0.3, "opinion": 0.8, "susceptibility": 0.6, "extraction": 0.3},
]  # fmt: skip
SECTORS = ("hospital", "government", "funder", "external_owner")


def institutions(count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"name": f"i{n}", "sector": SECTORS[n % 4], "leader_seats": 0, **more} for n in range(count)
    ]


def differences(spec: Specification, group: str = "") -> pd.Series:
    """Return the largest difference of each measure in any month, in any group if none is named.

    Counts are taken as shares.
    """
    agents, field = CommunityModel(spec, rng=spec.seed), MeanField.of(spec)
    expected, got = field.run(), agents.run().series()
    got = got[got.boundary == "place"].drop(columns=["boundary", "community"])
    both = got.merge(expected, on=["month", "measure", "group"], suffixes=("", "_expected"))
    apart = (both["value"] - both["value_expected"]).abs()
    apart[both["measure"] == "present"] /= spec.size
    apart[both["measure"] == "active_institutions"] /= max(1, len(spec.institutions))
    if group:
        apart = apart[both["group"] == group]
    found: pd.Series = apart.groupby(both["measure"]).max()
    for name in ("opinion", "know_how"):
        mean = expected[(expected.measure == name) & (expected.group == "all")].value.iloc[-1]
        found[name] = abs(getattr(agents.residents, name)[agents.residents.present].mean() - mean)
    return found


# -------------------------------------------------------------------------- the whole month at once


@pytest.fixture(scope="module")
def coupled() -> pd.Series:
    return differences(scenarios.load("published/well_mixed", overrides={"months": 30}), "all")


def test_the_whole_month_follows_the_mean_field(coupled: pd.Series) -> None:
    assert coupled.max() < WITHIN, coupled[coupled >= WITHIN]
    for name in ("stewards", "burnout", "legitimacy", "grievance", "conditions", "policy", "memory",
                 "leadership", "seats_filled", "resistance", "openness", "wellbeing", "pooled",
                 "upstream", "skill", "displaced", "trust_partners", "know_how"):  # fmt: skip
        assert name in coupled.index


# ------------------------------------------------------------------------------ each on its own

SPREAD = {"threshold": 0.5, "threshold_spread": 0.25, "stewards": 0.1}
LOGISTIC = {"response": "logistic", "rejection": 1.0, "rate": 0.3, "temperature": 0.15}
OWN: dict[str, tuple[tuple[str, ...], dict[str, Any], str]] = {
    "contagion": (
        ("activation",),
        {"parameters": {"activation": {"response": "linear", "reinforcement": 0.5, "exit": 0.1},
                        "start": {"threshold": 0.0, "stewards": 0.1}}},
        "stewards",
    ),
    "thresholds": (
        ("activation",),
        {"parameters": {"activation": {"response": "step", "rejection": 0.3},
                        "start": {**SPREAD, "threshold": 0.3}}},
        "stewards",
    ),
    "two rungs": (
        ("activation", "leadership"),
        {"parameters": {"activation": {**LOGISTIC, "rungs": 2, "reinforcement": 1.6,
                                       "burnout_exit": 0.3},
                        "leadership": {"burning": 0.5}, "start": SPREAD},
         "groups": [*TWO[:1], {**TWO[1], "committed": 0.1, "threshold_shift": 0.2}]},
        "steward_share burnout unpaid_hours skill",
    ),
    "fast and even": (
        ("activation",),
        {"parameters": {"activation": {**LOGISTIC, "rate": 1.0, "reinforcement": 1.5},
                        "start": {**SPREAD, "threshold_shape": "even"}}},
        "stewards",
    ),
    "count": (
        ("activation",),
        {"parameters": {"activation": {"input": "count", "response": "logistic", "rejection": 1.0,
                                       "reinforcement": 0.001, "temperature": 10.0, "rate": 0.3},
                        "start": {"threshold": 9.0, "stewards": 0.3}}},
        "stewards",
    ),
    "dialogue": (
        ("dialogue",),
        {"parameters": {"dialogue": {"group_bias": 0.4},
                        "start": {"opinion": 0.1, "opinion_spread": 0.3, "susceptibility": 0.9,
                                  "self_weight": 0.5}}},
        "opinion",
    ),
    "promises": (
        ("trust",),
        {"parameters": {"trust": {"hurt": 0.1, "confirmation_bias": 0.3}},
         "institutions": institutions(30), "events": [
             {"id": "words", "kind": "acknowledgement", "month": 5, "duration": 6},
             {"id": "vow", "kind": "promise", "month": 8, "kept": True, "groups": ["south"]}]},
        "legitimacy trust_institutions efficacy grievance promises_kept trust_partners wellbeing "
        "resistance openness",
    ),
    "money": (
        ("sense", "allocation", "production", "living"),
        {"institutions": institutions(8, savings=0.1, local_spend=0.3, horizon=120, present_bias=1),
         "parameters": {"start": {"stewards": 0.3, "resource_spread": 0.3},
                        "allocation": {"recovered": 2.0, "kept_months": -1},
                        "production": {"aid": 0.0}}},
        "conditions wellbeing upstream fund idle_assets resources policy skill_unused",
    ),
    "leadership": (
        ("leadership",),
        {"institutions": institutions(60, leader_seats=63),
         "parameters": {"leadership": {"knowledge_carried": 0.4, "ties_carried": 0.5,
                                       "vacancy_months": 5, "turnover": 0.03}}},
        "leadership seats_filled trust_institutions",
    ),
    "learning": (
        ("living", "learning"),
        {"parameters": {"start": {"stewards": 0.3, "policy": 0.8}, "learning": {"by_doing": 0.3}}},
        "know_how memory",
    ),
    "housing": (
        ("events", "living", "housing"),
        {"parameters": {"housing": {"moving_rate": 0.08, "newcomer_group": 0},
                        "start": {"stewards": 0.4, "resource_spread": 0.3}},
         "institutions": institutions(4),
         "events": [{"id": "rent", "kind": "displacement", "month": 2, "duration": 12,
                     "strength": 0.7}]},
        "displaced present stewards wellbeing grievance pressure legitimacy trust_institutions",
    ),
}  # fmt: skip


def own(name: str) -> Specification:
    processes, changes, _ = OWN[name]
    if "events" in changes and processes[0] != "events":
        processes = ("events", *processes)
    data = merged({"groups": TWO, "ties": EVERYONE, "months": 24}, changes)
    return only(*processes, "record", **data)


@pytest.fixture(scope="module", params=OWN)
def alone(request: pytest.FixtureRequest) -> tuple[str, pd.Series]:
    return request.param, differences(own(request.param))


def test_each_process_on_its_own_follows_the_mean_field(alone: tuple[str, pd.Series]) -> None:
    name, apart = alone
    assert apart.max() < WITHIN, apart[apart >= WITHIN]
    assert set(OWN[name][2].split()) <= set(apart.index)


@pytest.mark.parametrize("name", OWN)
def test_what_is_compared_moves(name: str) -> None:
    field = MeanField.of(own(name))
    series = field.run()
    for measure in OWN[name][2].split():
        values = series[series.measure == measure].groupby("group").value
        assert (values.max() - values.min()).max() > 1e-3, measure


def test_how_many_stay_at_the_table_follows_the_mean_field() -> None:
    spec = only(
        "governance", "record", groups=[{"name": "all", "size": 2000}], ties=EVERYONE, months=36,
        institutions=institutions(900, leader_seats=1),
        parameters={"governance": {"leave_rate": 0.15}},
    )  # fmt: skip
    agents, field = CommunityModel(spec, rng=1), MeanField.of(spec)
    field.run()
    sat, held = [], []
    for _ in range(36):
        agents.step()
        sat.append(agents.institutions.at_table.mean())
        held.append(agents.institutions.pooled.mean())
    assert np.mean(sat[-12:]) == pytest.approx(field.stocks.at_table.mean(), abs=WITHIN)
    assert held[-1] == pytest.approx(field.stocks.pooled.mean(), abs=1e-3)
    assert 0.05 < field.stocks.at_table.mean() < 0.9


# ----------------------------------------------------------------------------- flows and rates

share = st.floats(0.0, 1.0)


@given(share, share, st.floats(0.0, 0.999))
def test_a_month_of_rates_is_the_month_of_the_model(now: float, gain: float, loss: float) -> None:
    field = MeanField.of(SIS)
    field.stocks.opinion = np.array([now])
    pass_month(field.stocks, [Relax("opinion", gain, loss, most=2.0)])
    assert field.stocks.opinion[0] == pytest.approx(now + gain - loss * now, abs=1e-6)


@given(share, share, share)
def test_births_and_deaths_compete_as_chances_do(acting: float, up: float, down: float) -> None:
    """Also where up and down together exceed one, which no pair of plain rates could do."""
    stocks = MeanField.of(SIS).stocks
    stocks.people[:] = 0.0
    stocks.people[0, :, 0], stocks.people[0, :, 2] = (1.0 - acting) / 100, acting / 100
    chance = np.zeros((1, 100, 4, 4))
    chance[..., 0, 2], chance[..., 2, 0] = up, down
    pass_month(stocks, [Move(("people",), chance)])
    wanted = acting + up * (1.0 - acting) - down * acting
    assert stocks.active == pytest.approx(wanted, abs=1e-6)
    assert stocks.people.sum() == pytest.approx(1.0, abs=1e-9)


def test_rates_are_what_slow_stocks_do_in_a_month() -> None:
    field = MeanField.of(own("two rungs"))
    field.run(3)
    now, before = field.rates(), field.stocks.copy()
    assert now["people"].sum() == pytest.approx(0.0, abs=1e-12)
    field.step()
    change = field.stocks.skill.sum() - before.skill.sum()
    assert float(now["skill"].sum()) == pytest.approx(change, rel=0.05)
    assert set(rates(before, [])) == set()


def test_a_run_continues_where_the_last_one_ended() -> None:
    whole = MeanField.of(SIS).run(12)
    field = MeanField.of(SIS)
    halves = pd.concat([field.run(6), field.run(6)]).drop_duplicates(["month", "measure", "group"])
    pd.testing.assert_frame_equal(whole, halves.reset_index(drop=True))
    assert list(whole.columns) == ["month", "measure", "group", "value"]
    assert whole.month.max() == 12


# ------------------------------------------------------------------------------- the landscape


def contagion(b: float, exit_: float, power: float, **start: float) -> Specification:
    return only(
        "activation", groups=[{"name": "all", "size": N}], ties=EVERYONE,
        parameters={
            "activation": {"response": "linear", "reinforcement": b, "exit": exit_,
                           "exponent": power},
            "start": {"threshold": 0.0, **start},
        },
    )  # fmt: skip


SIS = contagion(0.5, 0.1, 1.0, stewards=0.1)


def test_the_landscape_of_quadratic_contagion_is_known() -> None:
    b, mu = 0.8, 0.16
    found = landscape(contagion(b, mu, 2.0))
    root = np.sqrt(1.0 - 4.0 * mu / b)
    assert [e.share for e in found.equilibria] == pytest.approx(
        [0.0, (1.0 - root) / 2.0, (1.0 + root) / 2.0], abs=1e-6
    )
    assert [e.stable for e in found.equilibria] == [True, False, True]
    assert found.critical_share == pytest.approx((1.0 - root) / 2.0, abs=1e-6)
    exact = quad(lambda s: np.log(mu / (b * s * (1.0 - s))), 0.0, (1.0 - root) / 2.0)[0]
    assert found.barrier == pytest.approx(exact, rel=1e-3)
    assert found.up == pytest.approx(b * found.share**2, abs=1e-9)
    assert found.down == pytest.approx(mu, abs=1e-9)


def test_no_push_is_enough_where_there_is_no_second_valley() -> None:
    found = landscape(contagion(0.8, 0.21, 2.0))
    assert [e.stable for e in found.equilibria] == [True]
    assert found.barrier == np.inf
    assert np.isnan(found.critical_share)


@pytest.mark.parametrize(("strength", "order"), [(1.5, 0.8586), (2.0, 0.9575), (0.8, 0.0)])
def test_social_interactions_have_their_equilibria_in_the_landscape(
    strength: float, order: float
) -> None:
    spec = only(
        "activation", groups=[{"name": "all", "size": N}], ties=EVERYONE,
        parameters={"activation": {"response": "logistic", "reinforcement": 4.0, "rejection": 1.0,
                                   "temperature": 1.0 / strength}, "start": {"threshold": 2.0}},
    )  # fmt: skip
    found = [2.0 * e.share - 1.0 for e in landscape(spec).equilibria if e.stable]
    assert found == pytest.approx([-order, order] if order else [0.0], abs=1e-4)


@pytest.mark.parametrize("rungs", [1, 2])
def test_valleys_and_ridge_are_where_the_mean_field_settles_and_parts(rungs: int) -> None:
    """With thresholds that differ, two groups and committed people."""
    spec = only(
        "activation", ties=EVERYONE,
        groups=[{"name": "a", "size": 12_000},
                {"name": "b", "size": 8_000, "threshold_shift": 0.3, "committed": 0.05}],
        parameters={"start": {"threshold": 1.2, "threshold_spread": 0.35},
                    "activation": {"response": "logistic", "reinforcement": 3.0, "rejection": 1.0,
                                   "temperature": 0.35, "rate": 0.5, "exit": 0.002,
                                   "rungs": rungs}},
    )  # fmt: skip
    low, ridge, high = landscape(spec, points=101).equilibria
    assert (low.stable, ridge.stable, high.stable) == (True, False, True)
    assert ridge.potential > max(low.potential, high.potential)
    for start, end in ((ridge.share - 0.03, low.share), (ridge.share + 0.03, high.share)):
        field = MeanField.of(spec)
        people = field.stocks.people
        free = people[..., :3].sum(axis=-1)
        part = (start - people[..., 3].sum()) / free.sum()
        people[..., 0], people[..., 2] = free * (1.0 - part), free * part
        field.run(150)
        assert field.stocks.active == pytest.approx(end, abs=0.005)


def test_normal_thresholds_balance_where_their_distribution_crosses_the_share() -> None:
    """Granovetter's equilibrium, once people stop as soon as their threshold is no longer met."""
    from scipy.special import ndtr

    spec = only(
        "activation", groups=[{"name": "all", "size": N}], ties=EVERYONE,
        parameters={"activation": {"response": "step", "rejection": 1.0},
                    "start": {"threshold": 0.25, "threshold_spread": 0.1}},
    )  # fmt: skip
    lowest = brentq(lambda s: ndtr((s - 0.25) / 0.1) - s, 0.0, 0.1)
    assert landscape(spec).equilibria[0].share == pytest.approx(lowest, abs=2e-3)


def test_there_is_no_landscape_where_nobody_ever_stops() -> None:
    spec = only("activation", groups=[{"name": "all", "size": N}], ties=EVERYONE,
                parameters={"activation": {"response": "step"}, "start": SPREAD})  # fmt: skip
    with pytest.raises(InputError, match=r"activation\.exit"):
        landscape(spec)


# --------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"connectors": [{"count": 2}]}, "connectors"),
        ({"places": [{"name": "a"}, {"name": "b"}]}, "places"),
        ({"groups": [{"name": "g", "size": 9, "commuters": 0.1}]}, "groups.g.commuters"),
        ({"institutions": [{"name": "i", "sector": "funder", "resident_seats": 1}]},
         "institutions.i.resident_seats"),
        ({"events": [{"id": "e", "kind": "leader_leaves", "month": 1}]}, "events.e.kind"),
        ({"events": [{"id": "e", "kind": "funding", "month": 1, "reach": 0.5}]}, "events.e.reach"),
        ({"events": [{"id": "e", "kind": "recruit", "month": 1,
                      "target": {"pick": "person", "people": [1]}}]}, "events.e.target.pick"),
        ({"parameters": {"activation": {"input": "weakest"}}}, "parameters.activation.input"),
        ({"parameters": {"dialogue": {"confidence": 0.5}}}, "parameters.dialogue.confidence"),
        ({"parameters": {"dialogue": {"exchange": "pairwise"}}}, "parameters.dialogue.exchange"),
        ({"parameters": {"governance": {"rule": "majority"}}}, "parameters.governance.rule"),
        ({"parameters": {"allocation": {"temperature": 0.1}}}, "parameters.allocation.temperature"),
        ({"parameters": {"leadership": {"resident_share": 0.5}}},
         "parameters.leadership.resident_share"),
        ({"parameters": {"learning": {"form": "code"}}}, "parameters.learning.form"),
        ({"parameters": {"start": {"threshold_shape": "even"}}},
         "parameters.start.threshold_shape"),
    ],
)  # fmt: skip
def test_what_hangs_on_single_people_and_ties_is_refused_by_key(
    changes: dict[str, Any], key: str
) -> None:
    with pytest.raises(InputError) as refused:
        MeanField.of(specify(changes))
    assert refused.value.key == key


def test_a_setting_without_a_limit_is_refused_also_when_an_event_makes_it() -> None:
    event = {"id": "e", "kind": "set", "month": 2, "key": "governance.rule", "value": "majority"}
    field = MeanField.of(specify(events=[event], spin_up=0))
    field.step()
    with pytest.raises(InputError, match=r"governance\.rule"):
        field.step()


def test_a_form_that_does_not_run_is_not_refused() -> None:
    spec = only("dialogue", groups=[{"name": "g", "size": 50}], ties=EVERYONE,
                parameters={"activation": {"input": "weakest"}})  # fmt: skip
    assert MeanField.of(spec).run(2).month.max() == 2
