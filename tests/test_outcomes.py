"""Outcomes of whole runs: identities, verdicts worked by hand, and what is not observable."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from simulation import outcomes
from simulation.errors import InputError
from simulation.evidence import run_limits

MONTHS = np.arange(133)
PUSH = {"push_end": 48, "push_start": 12}


def course(during: float, after: float, months: np.ndarray = MONTHS) -> np.ndarray:
    """Return a gain that is 0 before month 12, then at one level, and from month 48 at another."""
    return np.where(months < 12, 0.0, np.where(months < 48, during, after))


# ------------------------------------------------------------------------- people and place

person = st.tuples(st.booleans(), st.booleans(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))


@given(st.lists(person, min_size=1, max_size=40))
def test_people_and_place_are_identities(people: list[tuple[bool, bool, float, float]]) -> None:
    before, after, start, now = (np.array(column) for column in zip(*people, strict=True))
    found = outcomes.people_place(before, after, start, now)
    assert found.stayers + found.leavers == before.sum()
    assert found.stayers + found.newcomers == after.sum()
    if before.any() and after.any():
        assert found.place_change == pytest.approx(now[after].mean() - start[before].mean())
    else:
        assert math.isnan(found.place_change)
    if before.any():
        assert found.people_change == pytest.approx((now - start)[before].mean())
    else:
        assert math.isnan(found.people_change)


@given(st.lists(person, min_size=1, max_size=40))
def test_the_parts_are_those_of_the_formula(people: list[tuple[bool, bool, float, float]]) -> None:
    before, after, start, now = (np.array(column) for column in zip(*people, strict=True))
    stay, leave, come = before & after, before & ~after, after & ~before
    if not (stay.any() and leave.any() and come.any()):
        return
    found = outcomes.people_place(before, after, start, now)
    n_stay, n_0, n_t = stay.sum(), before.sum(), after.sum()
    stayers = (now - start)[stay].mean()
    bracket = n_stay / n_t * start[stay].mean() + come.sum() / n_t * now[come].mean()
    expected = (
        n_stay / n_t * stayers,
        bracket - start[before].mean(),
        n_stay / n_0 * stayers,
        leave.sum() / n_0 * (now - start)[leave].mean(),
    )
    parts = (
        found.place_stayers,
        found.place_composition,
        found.people_stayers,
        found.people_leavers,
    )
    assert parts == pytest.approx(expected, abs=1e-12)


def test_a_place_can_improve_while_nobody_in_it_does() -> None:
    """The poorer half is pushed out and loses; richer people come; those who stay see no change."""
    before, after = [True, True, False], [True, False, True]
    found = outcomes.people_place(before, after, [0.6, 0.2, math.nan], [0.6, 0.1, 0.9])
    assert found.place_change == pytest.approx(0.75 - 0.4)
    assert found.place_stayers == 0.0
    assert found.people_change == pytest.approx(-0.05)
    assert found.people_leavers == pytest.approx(-0.05)
    assert (found.stayers, found.leavers, found.newcomers) == (1, 1, 1)


def test_a_place_that_empties_still_has_people_to_follow() -> None:
    found = outcomes.people_place([True, True], [False, False], [0.2, 0.4], [0.1, 0.3])
    assert math.isnan(found.place_change)
    assert found.people_change == pytest.approx(-0.1)


# ------------------------------------------------------------------------------ equity gain


def test_the_gain_is_the_smaller_of_fall_and_rise() -> None:
    gain = outcomes.equity_gain([0.10, 0.20, 0.3], [0.25, 0.25, 0.2], [0.5, 0.6, 0.6], [0.4] * 3)
    assert gain.tolist() == pytest.approx([0.1, 0.05, -0.1])


def test_levelling_down_is_never_a_gain() -> None:
    """The better-off lose .2 and the worst-off nothing: the gap shrinks, and no gain is found."""
    pair = ([0.1], [0.3], [0.4], [0.4])
    assert outcomes.levelling_down(*pair).tolist() == [True]
    assert outcomes.equity_gain(*pair)[0] <= 0.0
    assert outcomes.levelling_down([0.1], [0.3], [0.5], [0.4]).tolist() == [False]
    assert outcomes.levelling_down([0.3], [0.3], [0.4], [0.4]).tolist() == [False]
    assert outcomes.levelling_down([math.nan], [0.3], [0.4], [0.4]).tolist() == [False]


def test_the_worst_off_worse_than_without() -> None:
    found = outcomes.worst_off_worse([0.3, 0.4, 0.5, math.nan], [0.4] * 4)
    assert found.tolist() == [True, False, False, False]


def test_the_worst_off_are_found_without_regard_to_order() -> None:
    assert outcomes.worst_off([0.5, 0.2, 0.4]).tolist() == [1]
    assert outcomes.worst_off([0.2, 0.5, 0.2 + 1e-15]).tolist() == [0, 2]
    assert outcomes.worst_off([math.nan, 0.5]).tolist() == [1]
    assert outcomes.worst_off([math.nan]).tolist() == []


def test_the_gain_from_the_means_of_groups() -> None:
    without = np.array([[0.4, 0.6], [0.4, 0.6], [0.4, 0.6]])
    with_ = np.array([[0.4, 0.6], [0.5, 0.6], [0.4, 0.5]])
    found = outcomes.equity_gain_by_group(with_, without)
    assert found.gain.tolist() == pytest.approx([0.0, 0.1, 0.0])
    assert found.gap_reduction.tolist() == pytest.approx([0.0, 0.1, 0.1])
    assert found.worst_rise.tolist() == pytest.approx([0.0, 0.1, 0.0])
    assert found.levelled_down.tolist() == [False, False, True]


def test_where_groups_tie_at_the_start_the_least_rise_counts() -> None:
    without = np.array([[0.5, 0.5], [0.3, 0.7]])
    with_ = np.array([[0.5, 0.5], [0.45, 0.6]])
    assert outcomes.equity_gain_by_group(with_, without).gain[1] == pytest.approx(-0.1)


means = hnp.arrays(np.float64, (4, 2), elements=st.floats(0.0, 1.0))


@given(means, means)
def test_the_gain_does_not_know_the_groups_names(with_: np.ndarray, without: np.ndarray) -> None:
    one = outcomes.equity_gain_by_group(with_, without)
    two = outcomes.equity_gain_by_group(with_[:, ::-1], without[:, ::-1])
    assert all((a == b).all() for a, b in zip(one, two, strict=True))
    assert (one.gain[one.levelled_down] <= 1e-12).all()


# ------------------------------------------------------------------------------- sustained


@pytest.mark.parametrize(
    ("during", "after", "verdict", "required"),
    [
        (0.10, 0.05, True, 0.05),
        (0.10, 0.0499, False, 0.05),
        (0.04, 0.03, True, 0.03),
        (0.04, 0.0299, False, 0.03),
        (-0.10, 0.04, True, 0.03),
        (0.00, 0.0, False, 0.03),
    ],
)
def test_sustained_at_the_edge(during: float, after: float, verdict: bool, required: float) -> None:
    for horizon in (12, 24, 48):
        gain = course(during, after)
        found = outcomes.sustained(gain, MONTHS, **PUSH, after=horizon)
        assert found.sustained is verdict
        assert found.observable
        assert found.gain_during == pytest.approx(during)
        assert found.gain_after == pytest.approx(after)
        assert found.required == pytest.approx(required)


def test_sustained_reads_exactly_its_two_windows() -> None:
    gain = np.full(len(MONTHS), 99.0)
    gain[36:48] = 0.2
    gain[66:79] = np.linspace(0.0, 0.24, 13)
    found = outcomes.sustained(gain, MONTHS, 48, after=24)
    assert found.gain_during == pytest.approx(0.2)
    assert found.gain_after == pytest.approx(0.12)
    assert found.sustained is True


def test_too_short_a_run_is_not_observable_rather_than_false() -> None:
    gain = course(0.1, 0.1)
    assert outcomes.sustained(gain[:103], MONTHS[:103], **PUSH, after=48).sustained is True
    short = outcomes.sustained(gain[:102], MONTHS[:102], **PUSH, after=48)
    assert short.sustained is None
    assert not short.observable
    assert np.isnan([short.gain_after, short.gain_during, short.required]).all()
    late = outcomes.sustained(gain[37:], MONTHS[37:], **PUSH, after=24)
    assert late.sustained is None
    gain[70] = math.nan
    assert outcomes.sustained(gain, MONTHS, **PUSH, after=24).sustained is None
    assert outcomes.sustained([], [], 48).sustained is None


def test_a_short_push_is_judged_by_its_own_months() -> None:
    gain = np.where(MONTHS < 42, 0.0, np.where(MONTHS < 48, 0.2, 0.09))
    assert outcomes.sustained(gain, MONTHS, 48, push_start=42).sustained is False
    assert outcomes.sustained(gain, MONTHS, 48, push_start=42).gain_during == pytest.approx(0.2)
    assert outcomes.sustained(gain, MONTHS, 48).gain_during == pytest.approx(0.1)


def test_months_need_not_be_every_month_nor_start_at_zero() -> None:
    quarters = np.arange(-12, 133, 3)
    found = outcomes.sustained(course(0.1, 0.08, quarters), quarters, **PUSH, after=24)
    assert found.gain_after == pytest.approx(0.08)
    assert found.gain_during == pytest.approx(0.1)


def test_other_ways_of_asking_what_remains() -> None:
    gain = course(0.1, 0.06)
    gain[60:] = 0.04
    assert outcomes.months_above(gain, MONTHS, **PUSH) == 12
    assert outcomes.survival_time(gain, MONTHS, **PUSH) == (12, False)
    assert outcomes.survival_time(course(0.1, 0.0), MONTHS, **PUSH) == (0, False)
    assert outcomes.survival_time(course(0.1, 0.06), MONTHS, **PUSH) == (85, True)
    assert outcomes.months_above(course(-0.1, 0.0), MONTHS, **PUSH) == 0
    assert outcomes.months_above(gain[40:], MONTHS[40:], **PUSH) is None
    assert outcomes.survival_time(gain[:48], MONTHS[:48], **PUSH) is None
    assert outcomes.survival_time(gain[40:], MONTHS[40:], **PUSH) is None
    gain[55] = math.nan
    assert outcomes.survival_time(gain, MONTHS, **PUSH) == (7, True)


def test_institutions_still_jointly_active() -> None:
    active = np.where(MONTHS < 72, 4.0, 2.0)
    assert outcomes.jointly_active(active, MONTHS, 48, after=12) is True
    assert outcomes.jointly_active(active, MONTHS, 48, after=48) is False
    assert outcomes.jointly_active(active[:80], MONTHS[:80], 48, after=48) is None


@given(st.floats(0.0, 0.5), st.floats(-0.5, 0.5), st.floats(0.0, 0.2))
def test_more_gain_afterwards_never_undoes_the_verdict(
    during: float, after: float, more: float
) -> None:
    lower = outcomes.sustained(course(during, after), MONTHS, **PUSH)
    higher = outcomes.sustained(course(during, after + more), MONTHS, **PUSH)
    assert higher.sustained or not lower.sustained


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: outcomes.sustained([0.1], [0, 1], 1), "same length"),
        (lambda: outcomes.sustained([0.1, 0.1], [1, 1], 1), "later than the one before"),
        (lambda: outcomes.sustained([0.1], [0.5], 1), "whole numbers"),
        (lambda: outcomes.sustained([0.1], [0], 12, push_start=12), "end after it starts"),
        (lambda: outcomes.sustained([0.1], [0], 12, after=3), "back into the push"),
        (lambda: outcomes.equity_gain([0.1], [0.1], [0.1], []), "same length"),
        (lambda: outcomes.equity_gain_by_group([[0.1, 0.2]], [[0.1]]), "same months"),
        (lambda: outcomes.equity_gain_by_group([[0.1]], [[0.1]]), "two or more groups"),
        (lambda: outcomes.equity_gain_by_group([[0.1, 0.2]], [[0.1, 0.2]], 1), "baseline"),
        (lambda: outcomes.people_place([True], [True, False], [0.1], [0.1]), "same length"),
        (lambda: outcomes.power_shift([], []), "first month"),
        (lambda: outcomes.power_shift([0.1], [0, 1]), "same length"),
        (lambda: outcomes.power_shift([0.1], [0], window=0), "at least one month"),
        (lambda: outcomes.tipped([0.1], window=0), "at least one month"),
        (lambda: outcomes.run_chart([0.1], shift_length=1), "two or more"),
        (lambda: outcomes.alarm_rate([0.1], bool), "table"),
    ],
)
def test_a_malformed_call_says_what_is_wrong(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


# ------------------------------------------------------------------------- power and tipping


def test_power_that_changes_hands_is_a_swap() -> None:
    index = [0.3] * 10 + [0.2] * 12
    leader = [0] * 10 + [1] * 12
    found = outcomes.power_shift(index, leader)
    assert (found.swapped, found.opened, found.first_swap) == (True, False, 10)
    assert (found.leader_before, found.leader_after) == (0, 1)
    assert found.index_before == 0.3
    assert found.index_after == pytest.approx(0.2)


def test_power_that_opens_is_no_swap_whoever_leads() -> None:
    for leader_after in (0, 1, -1):
        found = outcomes.power_shift([0.3] * 10 + [0.14] * 12, [0] * 10 + [leader_after] * 12)
        assert (found.swapped, found.opened) == (False, True)


def test_the_edges_of_a_swap() -> None:
    leader = [0] + [1] * 12
    assert outcomes.power_shift([0.3] + [0.15] * 12, leader).swapped is True
    assert outcomes.power_shift([0.3] + [0.15] * 11 + [0.149], leader).swapped is False
    assert outcomes.power_shift([0.08] + [0.05] * 12, leader).swapped is True
    below_floor = outcomes.power_shift([0.08] + [0.045] * 12, leader)
    assert (below_floor.swapped, below_floor.opened) == (False, False)
    assert outcomes.power_shift([0.3] * 13, [0] + [1] * 11 + [0]).swapped is False
    assert outcomes.power_shift([0.3] * 13, [0] + [1] * 6 + [2] * 6).swapped is False
    assert outcomes.power_shift([0.3] * 13, [0] * 13).swapped is False


def test_a_swap_that_did_not_last_is_remembered() -> None:
    found = outcomes.power_shift([0.3] * 30, [0] * 5 + [1] * 12 + [0] * 13)
    assert (found.swapped, found.first_swap, found.leader_after) == (False, 5, 0)


def test_power_without_a_leader_or_without_enough_months() -> None:
    none_led = outcomes.power_shift([0.0] + [0.3] * 12, [-1] + [1] * 12)
    assert (none_led.swapped, none_led.opened, none_led.first_swap) == (False, False, None)
    short = outcomes.power_shift([0.3] * 12, [0] * 12)
    assert (short.swapped, short.opened) == (None, None)
    missing = outcomes.power_shift([0.3] * 12 + [math.nan], [0] * 13)
    assert (missing.swapped, missing.opened) == (None, None)


@given(
    hnp.arrays(np.float64, 16, elements=st.floats(0.0, 0.9)),
    hnp.arrays(np.int64, 16, elements=st.integers(0, 1)),
)
def test_a_swap_and_an_opening_exclude_each_other(index: np.ndarray, leader: np.ndarray) -> None:
    found = outcomes.power_shift(index, leader, window=3)
    assert not (found.swapped and found.opened)
    renamed = outcomes.power_shift(index, 1 - leader, window=3)
    assert (renamed.swapped, renamed.opened) == (found.swapped, found.opened)
    assert renamed.first_swap == found.first_swap


def test_tipped_by_the_mean_of_the_last_year() -> None:
    assert outcomes.tipped([0.0] * 20 + [0.5] * 12) is True
    assert outcomes.tipped([1.0] * 20 + [0.49] * 12) is False
    assert outcomes.tipped([0.4] * 6 + [0.6] * 6) is True
    assert outcomes.tipped([1.0] * 11) is None
    assert outcomes.tipped([1.0] * 11 + [math.nan]) is None
    assert outcomes.tipped([0.2, 0.3], threshold=0.25, window=1) is True


# --------------------------------------------------------------------------- rules of evidence


def test_a_run_chart_worked_by_hand() -> None:
    """Median 5; useful values go below ×3, above ×6 (one on the line is passed over), below ×3."""
    series = [1, 2, 3, 6, 7, 5, 8, 9, 7, 6, 2, 1, 3]
    chart = outcomes.run_chart(series)
    assert (chart.median, chart.useful) == (5.0, 12)
    assert (chart.longest_run, chart.crossings) == (6, 2)
    assert (chart.longest_run_limit, chart.crossings_limit) == (7, 3)
    assert chart.shift
    assert chart.shift_position == 9
    assert chart.anhoej, "too few crossings"
    assert not outcomes.run_chart(series, shift_length=7).shift


def test_published_limits_of_the_run_chart() -> None:
    """Longest run and fewest crossings by number of useful values (Anhøj & Olesen 2014)."""
    published = {10: (6, 2), 12: (7, 3), 16: (7, 4), 20: (7, 6), 24: (8, 8), 30: (8, 10)}
    assert {n: run_limits(n) for n in published} == published


def test_a_six_point_shift_alone_cries_wolf() -> None:
    """In pure noise it alarms in 15 % of 24-month and 30 % of 36-month series; Anhøj's rarely."""
    noise = np.random.default_rng(20)
    for months, expected in ((24, 0.15), (36, 0.30)):
        series = noise.normal(size=(3000, months))
        shift = outcomes.alarm_rate(series, lambda s: outcomes.run_chart(s).shift)
        assert shift == pytest.approx(expected, abs=0.03)
        assert outcomes.alarm_rate(series, lambda s: outcomes.run_chart(s).anhoej) < 0.07


def test_both_rules_see_a_real_step() -> None:
    noise = np.random.default_rng(21).normal(size=(200, 24))
    noise[:, 12:] += 3.0
    assert outcomes.alarm_rate(noise, lambda s: outcomes.run_chart(s).shift) > 0.95
    assert outcomes.alarm_rate(noise, lambda s: outcomes.run_chart(s).anhoej) > 0.95


def test_a_given_centre_and_missing_values() -> None:
    chart = outcomes.run_chart([2.0, math.nan, 2.0, 2.0, 1.0], centre=1.0, shift_length=3)
    assert (chart.useful, chart.longest_run, chart.shift_position) == (3, 3, 3)
    empty = outcomes.run_chart([])
    assert (empty.useful, empty.longest_run, empty.shift, empty.anhoej) == (0, 0, False, False)
    flat = outcomes.run_chart([4.0] * 20)
    assert (flat.useful, flat.shift, flat.anhoej) == (0, False, False)
    assert math.isnan(outcomes.alarm_rate(np.zeros((0, 5)), lambda s: True))
