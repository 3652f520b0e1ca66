"""Measures against worked values, against an independent library, and against their own laws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from inequality.atkinson import Atkinson  # type: ignore[import-untyped]
from inequality.gini import Gini  # type: ignore[import-untyped]
from inequality.theil import Theil as PysalTheil  # type: ignore[import-untyped]
from inequality.theil import TheilD

from simulation import inequality, metrics, power, reach
from simulation.errors import InputError

TEN = np.arange(1.0, 11.0)
HALVES = np.repeat([0, 1], 5)
HEALTH = np.array([0.2, 0.3, 0.35, 0.5, 0.55, 0.6, 0.7, 0.75, 0.8, 0.9])
ORDER = np.arange(10)

positive = hnp.arrays(np.float64, st.integers(2, 30), elements=st.floats(0.001, 1000.0))
unit = hnp.arrays(np.float64, st.integers(2, 30), elements=st.floats(0.0, 1.0))


def close(first: float, second: float, within: float = 1e-9) -> bool:
    return bool(abs(first - second) <= within)


@st.composite
def grouped(draw: st.DrawFn, n_groups: int = 3) -> tuple[np.ndarray, np.ndarray]:
    values = draw(positive)
    groups = draw(hnp.arrays(np.int64, len(values), elements=st.integers(0, n_groups - 1)))
    return values, groups


# ------------------------------------------------------------------------------ worked values


def test_worked_values_of_inequality() -> None:
    assert round(metrics.gini(TEN), 4) == 0.3
    assert round(metrics.theil_t(TEN).total, 5) == 0.15130
    assert round(metrics.theil_l(TEN).total, 5) == 0.19431
    assert [round(metrics.atkinson(TEN, e), 4) for e in (0.5, 1.0, 2.0)] == [0.0821, 0.1766, 0.3792]
    parts = metrics.theil_t(TEN, HALVES)
    assert round(parts.between, 5) == 0.10719
    assert round(parts.within, 5) == 0.04411


def test_worked_values_of_the_gradient() -> None:
    assert round(metrics.concentration_index(HEALTH, ORDER), 5) == 0.22035
    assert round(metrics.wagstaff(HEALTH, ORDER), 5) == 0.50656
    assert round(metrics.erreygers(HEALTH, ORDER), 5) == 0.49800
    assert round(metrics.slope_index(HEALTH, ORDER), 5) == 0.75455
    assert round(metrics.relative_index(HEALTH, ORDER), 5) == 1.33548


def test_the_gradient_at_once_equals_its_measures_one_by_one() -> None:
    assert metrics.health_gradient(HEALTH, ORDER) == pytest.approx(
        (
            metrics.concentration_index(HEALTH, ORDER),
            metrics.wagstaff(HEALTH, ORDER),
            metrics.erreygers(HEALTH, ORDER),
            metrics.slope_index(HEALTH, ORDER),
            metrics.relative_index(HEALTH, ORDER),
        ),
        abs=1e-14,
    )


@given(grouped())
def test_the_summary_equals_its_measures_one_by_one(people: tuple[np.ndarray, np.ndarray]) -> None:
    values, groups = people
    expected = (
        metrics.gini(values),
        *metrics.theil_t(values, groups, 3),
        *metrics.theil_l(values, groups, 3),
        *(metrics.atkinson(values, epsilon) for epsilon in (0.5, 1.0, 2.0)),
    )
    assert metrics.inequality_summary(values, groups, 3) == pytest.approx(expected, abs=1e-9)


# ---------------------------------------------------------------------- an independent library


@pytest.mark.filterwarnings("ignore:Setting the shape")
@given(grouped())
def test_an_independent_library_agrees(people: tuple[np.ndarray, np.ndarray]) -> None:
    values, groups = people
    summary = metrics.inequality_summary(values, groups, 3)
    assert close(summary.gini, float(Gini(values).g))
    assert close(summary.theil_t, float(PysalTheil(values).T))
    assert close(summary.theil_between, float(np.ravel(TheilD(values, groups).bg)[0]))
    assert close(summary.theil_within, float(np.ravel(TheilD(values, groups).wg)[0]))
    assert close(summary.atkinson_half, float(Atkinson(values, 0.5).A))
    assert close(summary.atkinson_one, float(Atkinson(values, 1.0).A))
    assert close(summary.atkinson_two, float(Atkinson(values, 2.0).A))


@given(unit, st.data())
def test_the_slope_is_that_of_a_least_squares_fit(health: np.ndarray, data: st.DataObject) -> None:
    status = data.draw(hnp.arrays(np.int64, len(health), elements=st.integers(0, 5)))
    assume(len(set(status.tolist())) > 1)
    ranks = metrics.fractional_rank(status)
    assert close(metrics.slope_index(health, status), float(np.polyfit(ranks, health, 1)[0]))


# ------------------------------------------------------------------------------ laws they obey


@given(positive, st.floats(0.01, 100.0))
def test_scale_does_not_matter(values: np.ndarray, factor: float) -> None:
    groups = np.arange(len(values)) % 2
    before = metrics.inequality_summary(values, groups, 2)
    after = metrics.inequality_summary(values * factor, groups, 2)
    assert before == pytest.approx(after, abs=1e-9)


@given(grouped(), st.integers(2, 4))
def test_doubling_everyone_changes_nothing(
    people: tuple[np.ndarray, np.ndarray], times: int
) -> None:
    values, groups = people
    before = metrics.inequality_summary(values, groups, 3)
    after = metrics.inequality_summary(np.tile(values, times), np.tile(groups, times), 3)
    assert before == pytest.approx(after, abs=1e-9)
    status = np.arange(len(values)) % 4
    health = values / 1000.0
    assert metrics.health_gradient(health, status) == pytest.approx(
        metrics.health_gradient(np.tile(health, times), np.tile(status, times)),
        abs=1e-9,
        nan_ok=True,
    )


@given(positive, st.data())
def test_giving_from_richer_to_poorer_lowers_inequality(
    values: np.ndarray, data: st.DataObject
) -> None:
    poor, rich = int(values.argmin()), int(values.argmax())
    difference = values[rich] - values[poor]
    assume(difference > 0.01 * values.mean())
    given_away = data.draw(st.floats(0.1, 0.5)) * difference
    after = values.copy()
    after[rich] -= given_away
    after[poor] += given_away
    assert metrics.gini(after) < metrics.gini(values)
    assert metrics.theil_t(after).total < metrics.theil_t(values).total
    assert metrics.theil_l(after).total < metrics.theil_l(values).total
    assert metrics.atkinson(after, 1.0) < metrics.atkinson(values, 1.0)


@given(hnp.arrays(np.float64, st.integers(1, 30), elements=st.floats(0.0, 100.0)))
def test_measures_stay_within_their_bounds(values: np.ndarray) -> None:
    assume(values.sum() > 1e-6)
    n = len(values)
    summary = metrics.inequality_summary(values, np.arange(n) % 3, 3)
    assert 0.0 <= summary.gini <= 1.0 - 1.0 / n + 1e-12
    assert 0.0 <= summary.theil_t <= math.log(n) + 1e-12
    assert summary.theil_l >= 0.0
    for index in (summary.atkinson_half, summary.atkinson_one, summary.atkinson_two):
        assert 0.0 <= index <= 1.0
    assert 1.0 - 1e-12 <= metrics.effective_voices(values) <= n + 1e-9


@given(grouped())
def test_theil_parts_add_up_to_the_index_without_groups(
    people: tuple[np.ndarray, np.ndarray],
) -> None:
    values, groups = people
    for index in (metrics.theil_t, metrics.theil_l):
        total, between, within = index(values, groups, 3)
        assert between >= 0.0
        assert within >= 0.0
        assert close(between + within, total)
        assert close(total, index(values).total)


@given(grouped())
def test_the_order_of_people_does_not_matter(people: tuple[np.ndarray, np.ndarray]) -> None:
    values, groups = people
    turned = metrics.inequality_summary(values[::-1], groups[::-1], 3)
    assert metrics.inequality_summary(values, groups, 3) == pytest.approx(turned, abs=1e-9)


@given(unit)
def test_erreygers_measures_health_and_illness_alike(health: np.ndarray) -> None:
    status = np.arange(len(health))
    ill = metrics.erreygers(1.0 - health, status)
    assert close(metrics.erreygers(health, status), -ill)
    assert -1.0 - 1e-12 <= ill <= 1.0 + 1e-12
    bounded = metrics.wagstaff(health, status)
    assert math.isnan(bounded) or -1.0 - 1e-9 <= bounded <= 1.0 + 1e-9


@given(unit)
def test_turning_the_order_round_flips_every_gradient(health: np.ndarray) -> None:
    status = np.arange(len(health))
    turned = [-value for value in metrics.health_gradient(health, -status)]
    assert list(metrics.health_gradient(health, status)) == pytest.approx(
        turned, rel=1e-9, abs=1e-9, nan_ok=True
    )


# --------------------------------------------------------------------------- where undefined


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [1.0, -1.0], [1.0, math.nan], [math.inf, 1.0]])
def test_undefined_inequality_is_nan(values: list[float]) -> None:
    groups = np.zeros(len(values), dtype=int)
    answers = [
        metrics.gini(values),
        *metrics.theil_t(values),
        *metrics.theil_l(values),
        metrics.atkinson(values, 0.5),
        *metrics.inequality_summary(values, groups, 2),
    ]
    assert np.isnan(answers).all()


def test_a_zero_follows_the_stated_rule() -> None:
    values = [0.0, 1.0, 2.0, 3.0]
    assert metrics.theil_t([0.0, 1.0]).total == pytest.approx(math.log(2))
    assert metrics.theil_l(values, [0, 0, 1, 1]).within == math.inf
    assert math.isfinite(metrics.theil_l(values, [0, 0, 1, 1]).between)
    assert metrics.theil_l(values, [0, 1, 1, 1]).between == math.inf
    assert metrics.theil_l(values, [0, 1, 1, 1]).within < math.inf
    assert metrics.atkinson(values, 1.0) == metrics.atkinson(values, 2.0) == 1.0
    assert 0.0 < metrics.atkinson(values, 0.5) < 1.0
    summary = metrics.inequality_summary(values, [0, 0, 1, 1], 2)
    assert summary.theil_l == math.inf
    assert (summary.atkinson_one, summary.atkinson_two) == (1.0, 1.0)


def test_equal_values_have_no_inequality_and_one_person_none_either() -> None:
    for values in ([0.3] * 7, [5.0]):
        summary = metrics.inequality_summary(values, [0] * len(values), 1)
        assert summary == pytest.approx((0.0,) * 10, abs=1e-15)
        assert min(summary) >= 0.0


def test_atkinson_does_not_overflow_for_great_aversion() -> None:
    assert metrics.atkinson([1.0, 2.0, 4.0], 400.0) == pytest.approx(1 - 3 / 7, abs=0.01)
    assert metrics.atkinson([1.0, 2.0], 0.0) == 0.0


def test_undefined_gradients_are_nan() -> None:
    assert np.isnan(metrics.health_gradient([], [])).all()
    level = metrics.health_gradient([0.2, 0.4], [1, 1])
    assert level.concentration == 0.0
    assert math.isnan(level.slope_index)
    assert math.isnan(metrics.concentration_index([0.0, 0.0], [0, 1]))
    assert math.isnan(metrics.wagstaff([1.0, 1.0], [0, 1]))
    assert np.isnan(metrics.health_gradient([0.2, 0.4], [1, math.nan])).all()


def test_ranks_are_the_middle_of_each_place_and_ties_share_them() -> None:
    assert metrics.fractional_rank([10, 30, 20]).tolist() == pytest.approx([1 / 6, 5 / 6, 1 / 2])
    assert metrics.fractional_rank([1, 0, 1, 1]).tolist() == pytest.approx(
        [5 / 8, 1 / 8, 5 / 8, 5 / 8]
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.theil_t([1.0, 2.0], [0, 2], 2), "labels outside"),
        (lambda: metrics.theil_t([1.0, 2.0], [0, -1], 2), "labels outside"),
        (lambda: metrics.inequality_summary([1.0, 2.0], [0], 2), "same length"),
        (lambda: metrics.inequality_summary([1.0], [0.5], 2), "whole numbers"),
        (lambda: metrics.inequality_summary([1.0], [0], 0), "at least 1"),
        (lambda: metrics.gini(["a"]), "must be numbers"),
        (lambda: metrics.gini([[1.0]]), "one dimension"),
        (lambda: metrics.atkinson([1.0], -1.0), "epsilon"),
        (lambda: metrics.wagstaff([1.5], [0]), "outside its bounds"),
        (lambda: metrics.wagstaff([0.5], [0], lower=1.0, upper=0.0), "lower bound"),
        (lambda: metrics.slope_index([0.5], [0, 1]), "same length"),
        (lambda: metrics.gap([0.1, 0.2], compared=2), "no such group"),
        (lambda: metrics.effective_voices([1.0, -1.0]), "not be negative"),
        (lambda: metrics.ei_index([0], [5], [0, 1]), "target"),
        (lambda: metrics.ei_index([0, 1], [1], [0, 1]), "same length"),
        (lambda: metrics.cross_group_reach([0], [1], [], [0, 1], 0.5), "same length"),
        (lambda: metrics.ladder_reached([6]), "rungs"),
    ],
)
def test_a_malformed_call_says_what_is_wrong(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


# ----------------------------------------------------------------------------- gaps and shares


def test_a_gap_worked_by_hand() -> None:
    found = metrics.gap([0.4, 0.6], sizes=[300, 100])
    assert found == pytest.approx((0.2, 0.2 / 0.45, 0.2))
    assert metrics.gap([0.4, 0.6]).relative == pytest.approx(0.4)
    assert metrics.gap([0.5, 0.2, 0.9]) == pytest.approx((0.7, 0.7 / (1.6 / 3), -0.3))
    assert metrics.gap([0.5, 0.2, 0.9], compared=2).signed == pytest.approx(0.4)


@given(unit.filter(lambda x: x.sum() > 0.01))
def test_relabelling_keeps_unsigned_measures_and_flips_signed_ones(values: np.ndarray) -> None:
    groups = np.arange(len(values)) % 2
    other = 1 - groups
    means, turned = (metrics.group_means(values, labels, 2) for labels in (groups, other))
    sizes, sizes_turned = np.bincount(groups), np.bincount(other)
    one, two = metrics.gap(means, sizes), metrics.gap(turned, sizes_turned)
    assert (one.absolute, one.relative) == (two.absolute, two.relative)
    assert one.signed == -two.signed
    assert metrics.inequality_summary(values, groups, 2) == metrics.inequality_summary(
        values, other, 2
    )


def test_a_gap_needs_two_groups_with_people() -> None:
    assert np.isnan(metrics.gap([0.4, math.nan])).all()
    assert np.isnan(metrics.gap([])).all()
    assert math.isnan(metrics.gap([0.0, 0.0]).relative)
    without_second = metrics.gap([0.4, math.nan, 0.7])
    assert without_second.absolute == pytest.approx(0.3)
    assert math.isnan(without_second.signed)


def test_means_and_shares_by_group() -> None:
    means = metrics.group_means([1.0, 2.0, 6.0], [0, 0, 2], 3)
    assert means[[0, 2]].tolist() == [1.5, 6.0]
    assert math.isnan(means[1])
    assert metrics.group_shares([1.0, 2.0, 6.0], [0, 0, 2], 3).tolist() == [3 / 9, 0.0, 6 / 9]
    assert np.isnan(metrics.group_shares([0.0], [0], 2)).all()
    assert metrics.share_held([10.0, 30.0], [False, True]) == 0.75
    assert math.isnan(metrics.share_held([0.0, 0.0], [False, True]))
    assert metrics.weighted_mean([0.1, 0.5], [3.0, 1.0]) == pytest.approx(0.2)
    assert math.isnan(metrics.weighted_mean([0.1], [0.0]))
    assert metrics.share_of(3, 4) == 0.75
    assert math.isnan(metrics.share_of(0, 0))


def test_voices_worked_by_hand() -> None:
    assert metrics.effective_voices([1.0] * 8) == 8.0
    assert metrics.effective_voices([0.0, 7.0, 0.0]) == 1.0
    assert metrics.effective_voices([3.0, 1.0]) == pytest.approx(1.6)
    assert math.isnan(metrics.effective_voices([0.0, 0.0]))
    assert math.isnan(metrics.effective_voices([]))
    ratio = metrics.representation([3.0, 3.0, 1.0, 1.0, 1.0, 1.0], [0, 0, 1, 1, 1, 1], 3)
    assert ratio[:2].tolist() == pytest.approx([0.6 / (2 / 6), 0.4 / (4 / 6)])
    assert math.isnan(ratio[2])
    assert np.isnan(metrics.representation([], [], 2)).all()


# ------------------------------------------------------------------------------------- ties


def test_ties_worked_by_hand() -> None:
    groups = [0, 0, 1, 1, -1]
    source, target = [0, 0, 1, 2, 3, 4, 0], [1, 2, 2, 3, 0, 0, 4]
    trust = [0.9, 0.6, 0.4, 0.9, 0.5, 1.0, 1.0]
    assert metrics.ei_index(source, target, groups) == pytest.approx((3 - 2) / 5)
    assert metrics.cross_group_reach(source, target, trust, groups, 0.5) == 2 / 4
    assert metrics.cross_group_reach(source, target, trust, groups, 0.4) == 3 / 4
    assert metrics.cross_group_reach(source, target, trust, groups, 0.95) == 0.0


def test_ties_that_all_stay_or_all_cross() -> None:
    assert metrics.ei_index([0, 1], [1, 0], [0, 0]) == -1.0
    assert metrics.ei_index([0, 1], [1, 0], [0, 1]) == 1.0
    assert math.isnan(metrics.ei_index([], [], [0, 1]))
    assert math.isnan(metrics.ei_index([0], [1], [0, -1]))
    assert metrics.cross_group_reach([], [], [], [0, 1], 0.5) == 0.0
    assert math.isnan(metrics.cross_group_reach([0], [1], [1.0], [-1, -1], 0.5))


@given(st.data())
def test_ties_agree_with_a_plain_count(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 8))
    groups = data.draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    edge = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.floats(0.0, 1.0))
    edges = data.draw(st.lists(edge, min_size=1, max_size=30))
    source, target, trust = zip(*edges, strict=True)
    inside = [(i, j, t) for i, j, t in edges if groups[i] >= 0 and groups[j] >= 0]
    crossing = [(i, t) for i, j, t in inside if groups[i] != groups[j]]
    index = metrics.ei_index(source, target, groups)
    if inside:
        assert index == pytest.approx((2 * len(crossing) - len(inside)) / len(inside))
    else:
        assert math.isnan(index)
    people = sum(group >= 0 for group in groups)
    found = metrics.cross_group_reach(source, target, trust, groups, 0.5)
    if people:
        assert found == len({i for i, t in crossing if t >= 0.5}) / people
    else:
        assert math.isnan(found)


# ------------------------------------------------------------------------------------ power


def test_dominance_worked_by_hand() -> None:
    found = metrics.dominance([6, 2], [90.0, 10.0], [1, 1], [40, 60])
    assert found.power.tolist() == pytest.approx([(0.75 + 0.9 + 0.5) / 3, (0.25 + 0.1 + 0.5) / 3])
    assert found.index == pytest.approx((0.75 + 0.9 + 0.5) / 3 - 0.4)
    assert found.leader == 0


def test_a_dimension_without_anything_is_left_out_of_power() -> None:
    found = metrics.dominance([6, 2], [90.0, 10.0], [0, 0], [50, 50])
    assert found.power.tolist() == pytest.approx([0.825, 0.175])
    nothing = metrics.dominance([0, 0], [0, 0], [0, 0], [5, 5])
    assert math.isnan(nothing.index)
    assert nothing.leader == -1


def test_nobody_leads_where_power_follows_population() -> None:
    found = metrics.dominance([3, 7], [30.0, 70.0], [0, 0], [300, 700])
    assert found.index == pytest.approx(0.0, abs=1e-15)
    assert found.index >= 0.0
    assert found.leader == -1


amounts = hnp.arrays(np.float64, 2, elements=st.floats(0.1, 100.0))


@given(amounts, amounts, amounts, amounts)
def test_dominance_is_bounded_and_knows_no_names(
    seats: np.ndarray, money: np.ndarray, decisions: np.ndarray, people: np.ndarray
) -> None:
    one = metrics.dominance(seats, money, decisions, people)
    two = metrics.dominance(seats[::-1], money[::-1], decisions[::-1], people[::-1])
    assert 0.0 <= one.index < 1.0
    assert one.index == two.index
    assert two.leader == (1 - one.leader if one.leader >= 0 else -1)
    assert one.power.sum() == pytest.approx(1.0)


def test_leaders_seats_that_continue() -> None:
    assert metrics.leadership_continuity([4, 7, -1, 9], [4, 8, -1, -1]) == 0.25
    assert math.isnan(metrics.leadership_continuity([], []))


def test_the_ladder_of_first_contacts() -> None:
    assert metrics.ladder_reached([0, 0, 1, 3], 4).tolist() == [1.0, 0.5, 0.25, 0.25]
    assert np.isnan(metrics.ladder_reached([], 4)).all()


# ---------------------------------------------------------------------------------- kernels


def test_each_kernel_compiles_once_whatever_it_is_given() -> None:
    frozen = np.linspace(0.1, 1.0, 12)
    frozen.setflags(write=False)
    for values in (frozen, frozen[::2], frozen.astype(np.float32), [0.5] * 4):
        groups = np.zeros(len(values), dtype=np.int8)
        metrics.inequality_summary(values, groups, 1)
        metrics.gini(values)
        metrics.dominance(values, values, [1] * len(values), values)
        edges = np.arange(len(values), dtype=np.int32)
        metrics.ei_index(edges, edges, groups)
        metrics.cross_group_reach(edges, edges, values, groups, 0.5)
    for kernel in (
        inequality._moments,
        inequality._theil_parts,
        inequality._weighted_by_order,
        power.excess_power,
        reach._count_ties,
        reach._mark_reached,
    ):
        assert len(kernel.signatures) == 1
