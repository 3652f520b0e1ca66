"""Comparing two scenarios: pairs, effects, intervals, and what is said about them."""

import json
import math

import numpy as np
import pytest

import experiments
from experiments.compare import EFFECT_COLUMNS, pairing_warnings, spent
from experiments.statistics import paired_effect, paired_share_difference, wilson
from simulation.errors import InputError
from simulation.specification import specify

MONTHS = 34
PUSH = {"id": "push", "month": 2, "kind": "funding", "duration": 12, "amount": 2.0}


def town(**changes):
    """A small town with a short push."""
    data = {
        "months": MONTHS,
        "spin_up": 2,
        "groups": [
            {"name": "north", "size": 24, "conditions": 0.7},
            {"name": "south", "size": 16, "conditions": 0.4},
        ],
        "institutions": [{"name": "clinic", "sector": "hospital"}],
        "ties": {"degree": 4},
        "events": [PUSH],
    }
    return specify({**data, **changes})


@pytest.fixture(scope="module")
def comparison():
    stronger = town(parameters={"activation": {"reinforcement": 3.5}})
    return experiments.compare(town(), stronger, seed=4, replicates=4)


def test_arms_are_those_of_a_run_of_its_own(comparison):
    alone = experiments.run(town(), seed=4, replicates=4)
    assert comparison.a.summary == alone.summary
    assert comparison.a.run_ids == alone.run_ids
    assert comparison.b.run_ids != alone.run_ids


def test_effects_are_paired_differences_of_b_and_a(comparison):
    effects = comparison.effects
    assert tuple(effects.columns) == EFFECT_COLUMNS
    row = effects.set_index("outcome").loc["stewards"]
    a, b = (arm.outcomes["stewards"].to_numpy() for arm in (comparison.a, comparison.b))
    expected = paired_effect(b, a)
    assert row["difference"] == pytest.approx((b - a).mean())
    assert (row["low"], row["high"]) == (expected.low, expected.high)
    assert row["variance_ratio"] == pytest.approx(
        (b - a).var(ddof=1) / (a.var(ddof=1) + b.var(ddof=1))
    )
    assert row["a"] == pytest.approx(a.mean())
    assert row["pairs"] == 4


def test_tipping_has_a_probability_and_an_interval_in_each_arm(comparison):
    row = comparison.effects.set_index("outcome").loc["tipped"]
    for arm, result in (("a", comparison.a), ("b", comparison.b)):
        share = wilson(int(result.outcomes["tipped"].sum()), 4)
        assert row[arm] == share.share
        assert (row[f"{arm}_low"], row[f"{arm}_high"]) == (share.low, share.high)


def test_a_scenario_does_not_differ_from_itself():
    same = experiments.compare(town(), town(), seed=4, replicates=3)
    assert (same.effects["difference"].dropna() == 0).all()
    assert same.warnings == ()
    assert same.a.id == same.b.id


def test_better_counts_in_the_direction_that_is_good_for_residents():
    easy = town(groups=[{"name": "north", "size": 24, "conditions": 0.7},
                        {"name": "south", "size": 16, "conditions": 0.65}])  # fmt: skip
    effects = experiments.compare(town(), easy, seed=4, replicates=3).effects_by_name
    assert effects["gap_people"]["difference"] < 0
    assert effects["gap_people"]["b_better"] == 3
    assert effects["worst_off"]["difference"] > 0
    assert effects["worst_off"]["b_better"] == 3
    assert effects["stewards"]["b_better"] is None


def test_results_do_not_depend_on_the_number_of_processes(comparison):
    stronger = town(parameters={"activation": {"reinforcement": 3.5}})
    shared = experiments.compare(town(), stronger, seed=4, replicates=4, processes=2)
    assert shared.summary == comparison.summary


def test_the_summary_is_plain(comparison):
    text = json.dumps(comparison.summary, allow_nan=False)
    assert json.loads(text) == comparison.summary
    assert len(comparison.sentences) == 3
    assert not any("nan" in sentence for sentence in comparison.sentences)


def test_an_arm_without_interventions_shares_the_runs_of_the_other_pair():
    months = []
    comparison = experiments.compare(
        town(months=3), town(months=3, events=[]), seed=4, replicates=2,
        progress=lambda done, total: months.append(total),
    )  # fmt: skip
    assert months[-1] == 2 * 2 * 3
    assert comparison.b.unpushed is None
    assert "gain_during" not in comparison.effects_by_name


def test_different_horizons_are_refused():
    with pytest.raises(InputError, match="last different times"):
        experiments.compare(town(), town(months=12), replicates=1)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"groups": [{"name": "north", "size": 40}]}, "groups differ"),
        ({"ties": {"degree": 6}}, "ties"),
        ({"spin_up": 5}, "spin-ups"),
        ({"generator": "strict"}, "not paired at all"),
        ({"institutions": []}, "institutions"),
        ({"measures": {"least_gain": 0.1}}, "measured"),
        ({"events": [{**PUSH, "amount": 3.0}]}, "money differs"),
    ],
)
def test_what_spoils_the_pairing_is_said(change, word):
    assert any(word in warning for warning in pairing_warnings(town(), town(**change)))
    assert list(pairing_warnings(town(), town())) == []


def test_money_is_counted_within_the_horizon():
    assert spent(town()) == pytest.approx(24.0)
    assert spent(town(months=5)) == pytest.approx(8.0)
    assert spent(town(events=[{**PUSH, "cost": 0.5}])) == pytest.approx(30.0)


def test_the_interval_of_a_difference_of_paired_shares_covers_it():
    """Of 1,500 samples with a known difference, at least 93 % of the intervals hold it."""
    generator = np.random.default_rng(7)
    cells = [0.35, 0.25, 0.10, 0.30]  # both, only the first, only the second, neither
    held = 0
    for _ in range(1500):
        kind = generator.choice(4, size=30, p=cells)
        first, second = np.isin(kind, (0, 1)).astype(float), np.isin(kind, (0, 2)).astype(float)
        difference, low, high = paired_share_difference(first, second)
        assert -1 <= low <= difference <= high <= 1
        held += low <= 0.15 <= high
    assert 0.93 <= held / 1500 <= 0.985


def test_exchanging_the_arms_turns_the_interval_round():
    first = np.array([1, 1, 1, 0, 1, 0, 1, 1, 0, 1], dtype=float)
    second = np.array([0, 1, 0, 0, 1, 1, 0, 1, 0, 0], dtype=float)
    forth, back = paired_share_difference(first, second), paired_share_difference(second, first)
    assert forth == pytest.approx((-back[0], -back[2], -back[1]))


def test_shares_that_never_differ_still_have_a_width():
    ones = np.ones(10)
    difference, low, high = paired_share_difference(ones, ones)
    assert difference == 0
    assert -0.4 < low < 0 < high < 0.4
    assert math.isnan(paired_share_difference(ones[:1], ones[:1])[1])
    assert math.isnan(paired_share_difference(ones[:0], ones[:0])[0])
