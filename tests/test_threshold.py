"""Thresholds: found where they are known, with intervals that cover; or none, and said."""

import json
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from experiments.answers.plain import answer_data
from experiments.answers.threshold import find_threshold, most_runs
from experiments.answers.threshold_curve import CURVE_COLUMNS, POINT_COLUMNS, crossing
from experiments.answers.threshold_fit import Law, fit_law
from experiments.answers.threshold_levers import Levers, levers_of
from experiments.answers.threshold_response import (
    Responses,
    Success,
    drop,
    exact_share,
    pairs_to_bound,
    success_of,
)
from experiments.answers.threshold_search import CapReached, search
from experiments.designs.cell import Cell
from experiments.sweeping.ask import Memory
from experiments.sweeping.subject import Simulated
from simulation.errors import InputError
from simulation.specification import specify
from tests.small_community import small_specification

MONTHS = tuple(float(month) for month in range(3, 121, 3))
RHEOBASE, CHRONAXIE = 0.5, 12.0
STEEP = 3.0


def chance(strength, duration):
    """A response that is known: half succeed on the law of Weiss, more beyond it."""
    if strength <= RHEOBASE:
        return 0.0
    middle = CHRONAXIE * RHEOBASE / (strength - RHEOBASE)
    return 1 / (1 + (middle / duration) ** STEEP)


def least(strength, share):
    return min(m for m in MONTHS if chance(strength, m) >= share)


@dataclass(frozen=True)
class Coin:
    """A subject whose chance of success is known."""

    strength: float
    duration: float
    kind: str = "mesa"
    code: str = "coin"
    months: int = 1
    kept: str = "*"

    @property
    def id(self):
        return f"{self.strength} for {self.duration}"

    def simulate(self, seed, stage):
        del stage
        luck = np.random.default_rng(seed).random()
        found = {"success": float(luck < chance(self.strength, self.duration))}
        return Simulated(np.zeros(0, dtype=np.int64), (), np.zeros((0, 0)), found)


def coins(*strengths):
    return Levers(
        "strength", strengths, "duration", "months", MONTHS,
        lambda s, d: Cell(0, "", {}, Coin(s, d)), lambda s, d: s * d,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return find_threshold(coins(0.25, 0.75, 1.0, 2.0, 6.0), Success("success"), seed=3)


def searched(luck, response, pairs=40):
    """Search one strength; luck has a row a candidate, or one row that all candidates share."""
    responses = Responses(MONTHS, pairs)

    def look(candidates, replicates):
        chosen = slice(replicates.start, replicates.stop)
        return [
            (luck[n % len(luck), chosen] < response(MONTHS[n])).astype(float) for n in candidates
        ]

    return responses, search(responses, look, (0.5, 0.9))


@pytest.mark.parametrize("shared", [True, False])
def test_intervals_cover_the_true_threshold(shared):
    """In 95 % of studies or more, on luck that is shared and, harder, on luck that is not."""
    truth = {share: least(1.0, share) for share in (0.5, 0.9)}
    held = dict.fromkeys(truth, 0)
    studies = 250
    for study in range(studies):
        luck = np.random.default_rng([5, study]).random((1 if shared else len(MONTHS), 40))
        responses, settled = searched(luck, lambda d: chance(1.0, d))
        assert settled
        for share, true in truth.items():
            row = crossing(responses, share)
            assert row["low"] <= row["duration"]
            high = math.inf if math.isnan(row["high"]) else row["high"]
            held[share] += row["low"] <= true <= high
    assert all(count / studies >= 0.93 for count in held.values()), held


def test_a_search_says_what_trying_everything_would_say():
    """With one luck for all pushes, the bisection finds the very crossing of the whole curve."""
    for study in range(20):
        luck = np.random.default_rng([6, study]).random((1, 40))
        responses, _ = searched(luck, lambda d: chance(0.8, d))
        whole = Responses(MONTHS, 40)
        for n, month in enumerate(MONTHS):
            whole.add(n, (luck[0] < chance(0.8, month)).astype(float))
        for share in (0.5, 0.9):
            few, all_ = crossing(responses, share), crossing(whole, share)
            assert few["duration"] == all_["duration"] or math.isnan(all_["duration"])
            assert few["low"] <= all_["low"]
        assert len(responses.full) < len(MONTHS) / 2


def test_the_curve_is_found_and_has_its_columns(found):
    assert tuple(found.curve.columns) == (*CURVE_COLUMNS, "money")
    assert tuple(found.points.columns) == (*POINT_COLUMNS, "money")
    curve = found.curve.set_index(["value", "share"])
    assert math.isnan(curve.loc[(0.25, 0.5), "duration"])
    assert "none within reach" in curve.loc[(0.25, 0.5), "note"]
    assert curve.loc[(6.0, 0.5), "note"] == "the shortest is enough"
    row = curve.loc[(1.0, 0.5)]
    assert row["low"] <= least(1.0, 0.5) <= row["high"]
    assert row["money"] == row["duration"]
    assert found.runs < most_runs(found.levers, 40) / 2


def test_rheobase_and_chronaxie_are_found(found):
    row = found.law.set_index("share").loc[0.5]
    assert row["rheobase_low"] <= RHEOBASE <= row["rheobase_high"]
    assert row["chronaxie_low"] * 0.8 <= CHRONAXIE <= row["chronaxie_high"] * 1.2
    assert row["misfit"] < 1.25


def test_the_law_is_fitted_exactly_where_it_holds():
    strengths = np.array([0.6, 1.0, 2.0, 5.0])
    law = Law(0.4, 20.0, 1.0)
    fitted = fit_law(strengths, np.array([law.duration(s) for s in strengths]))
    assert fitted.rheobase == pytest.approx(0.4, rel=1e-3)
    assert fitted.chronaxie == pytest.approx(20.0, rel=1e-2)
    assert fitted.misfit == pytest.approx(1, abs=1e-3)
    assert math.isinf(law.duration(0.4))
    assert fit_law(strengths[:2], np.array([9.0, 3.0])) is None
    assert fit_law(strengths, np.array([9.0, 9.0, 9.0, 9.0])) is None
    assert fit_law(strengths, 10 / strengths) is None


def test_the_answer_is_plain_and_says_what_was_found(found):
    answer = found.answer("coins", ["kindling", "threshold"])
    assert answer.numbers["push"] == "duration (months)"
    text = " ".join(answer.sentences)
    assert "none up to 120 months" in text
    assert "half of the pairs" in text
    assert "cheapest" in text
    assert "no push is long enough" in text
    assert "nan" not in text
    assert json.loads(json.dumps(answer_data(answer), allow_nan=False))["kind"] == "threshold"
    cheapest = found.cheapest[0.5]
    assert cheapest["money"] == found.curve[found.curve["share"] == 0.5]["money"].min()


def test_a_study_that_is_repeated_runs_nothing_again():
    runs = Memory()
    first = find_threshold(coins(1.0), Success("success"), pairs=12, runs=runs)
    told = []
    again = find_threshold(
        coins(1.0), Success("success"), pairs=12, runs=runs,
        progress=lambda done, most: told.append((done, most)),
    )  # fmt: skip
    pd.testing.assert_frame_equal(first.points, again.points)
    more = find_threshold(coins(1.0), Success("success"), pairs=14, runs=runs)
    assert more.runs > first.runs
    assert all(done <= most for done, most in told)


def test_the_cap_is_kept_and_said():
    found = find_threshold(coins(1.0), Success("success"), pairs=20, cap=120)
    assert found.runs <= 120
    assert found.capped
    assert any("cap" in note for note in found.answer("x").notes)


def test_a_response_that_falls_again_is_found_and_said():
    """A peak in the middle is not missed, and no single threshold is claimed there."""
    luck = np.random.default_rng(1).random((1, 40))
    responses, _ = searched(luck, lambda d: 0.95 if 36 <= d <= 66 else 0.05)
    assert crossing(responses, 0.5)["duration"] == 36
    case = drop(responses)
    assert MONTHS[case.weaker] < MONTHS[case.stronger]
    assert case.fall > 0.5
    rising, _ = searched(luck, lambda d: chance(1.0, d))
    assert drop(rising) is None


def test_unknown_answers_are_left_out():
    responses = Responses((1.0, 2.0), 4)
    responses.add(0, np.array([0.0, np.nan, 0.0, 0.0]))
    responses.add(1, np.array([1.0, np.nan, np.nan, 1.0]))
    assert responses.share(0).n == 3
    assert responses.share(1).share == 1.0
    assert crossing(responses, 0.5)["duration"] == 2.0
    responses.add(0, np.array([np.nan]))
    assert responses.share(0).n == 3


def test_few_pairs_cannot_bound_a_high_share():
    least_pairs = pairs_to_bound(0.9)
    assert exact_share(least_pairs, least_pairs).low >= 0.9
    assert exact_share(least_pairs - 1, least_pairs - 1).low < 0.9
    found = find_threshold(coins(1.0), Success("success"), pairs=20)
    assert found.curve.set_index("share").loc[0.9, "note"].endswith("too few pairs")


def test_a_look_that_is_not_allowed_ends_the_search():
    def look(candidates, replicates):
        raise CapReached

    responses = Responses(MONTHS, 10)
    assert not search(responses, look, (0.5,))
    assert math.isnan(crossing(responses, 0.5)["low"])


# ---------------------------------------------------------------------------------- scenarios


def test_levers_are_the_amount_and_duration_of_the_push():
    specification = small_specification(months=12)
    levers = levers_of(specification, longest=12, step=6)
    assert levers.values == (0.25, 0.5, 1.0, 2.0)
    assert levers.candidates == (6.0, 12.0)
    cell = levers.cell(2.0, 12.0)
    assert cell.push == (3, 15)
    assert cell.subject.months == 15 + 48 + 6
    assert any("in place of 12" in note for note in levers.notes)
    assert levers.money(2.0, 12.0) == pytest.approx(24.0)
    assert cell.without.id == levers.cell(0.25, 6.0).without.id


def test_other_levers_can_be_turned():
    levers = levers_of(
        small_specification(months=90), strength="events.push.duration", values=[4, 8],
        levers=["activation.reinforcement"], longest=4,
    )  # fmt: skip
    assert levers.unit == ""
    assert len(levers.candidates) == 41
    cell = levers.cell(8.0, 0.1)
    assert cell.subject.specification.parameters.activation.reinforcement == 0.1
    assert cell.push.end == 11


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"longest": 12.5}, "months are whole"),
        ({"longest": 2}, "must rise"),
        ({"fixed_months": True}, "too short to see 48 months"),
        ({"strength": "activation.rate"}, "which strengths"),
        ({"strength": "activation.rate", "values": [7.0]}, "activation.rate"),
        ({"levers": ["activation.reinforcement"]}, "how far the lever goes"),
    ],
)
def test_what_makes_no_sense_is_refused(settings, word):
    with pytest.raises(InputError, match=word):
        levers_of(small_specification(), **settings)


def test_a_scenario_without_one_push_is_refused():
    with pytest.raises(InputError, match="has no push"):
        levers_of(specify({}))
    push = {"kind": "funding", "month": 2}
    with pytest.raises(InputError, match="several fundings"):
        levers_of(specify({"events": [{**push, "id": "a"}, {**push, "id": "b"}]}))


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("tiped",), "did you mean 'tipped'"),
        (("gain_48",), "--at-least gain_48"),
        (("tipped", "gain_48=much"), "not an amount"),
        (("tipped", "gain_49=.1"), "no such outcome"),
    ],
)
def test_outcomes_are_named_rightly(words, word):
    with pytest.raises(InputError, match=word):
        success_of(*words)


def test_levels_count_from_their_value_on():
    success = success_of("tipped", "gain_48=.02")
    assert success.of([0.02, 0.019, np.nan])[:2].tolist() == [1.0, 0.0]
    assert "at least 0.02" in success.words
    assert "sustained 48 months" in success_of("sustained_48").words


def test_a_community_is_searched():
    """A small community from end to end: shares are those of its own outcomes."""
    levers = levers_of(
        small_specification(spin_up=0, events=[{"id": "push", "kind": "funding", "month": 3}]),
        values=[1.0], longest=9, step=6, shortest=3, after=12,
    )  # fmt: skip
    runs = Memory()
    found = find_threshold(levers, success_of("", "gain_12=0"), pairs=3, runs=runs)
    assert found.runs == 3 * len(levers.candidates) + 3
    assert found.failed == 0
    assert found.points["pairs"].tolist() == [3, 3]
    assert len(found.answer("small").sentences) >= 2
