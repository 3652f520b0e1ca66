"""Intervals over runs: against SciPy and NumPy, by their coverage, and where there are few runs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import binomtest

from experiments.statistics import mean_interval, paired_effect, wilson
from simulation.errors import InputError

A = np.array([0.31, 0.42, 0.28, 0.50, 0.39])
B = np.array([0.30, 0.38, 0.25, 0.43, 0.37])


def test_a_paired_effect_agrees_with_the_paired_t_test() -> None:
    found = paired_effect(A, B)
    expected = stats.ttest_rel(A, B).confidence_interval(0.95)
    assert found.mean == pytest.approx((A - B).mean())
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.sd == pytest.approx((A - B).std(ddof=1))
    assert found.variance_ratio == pytest.approx(
        (A - B).var(ddof=1) / (A.var(ddof=1) + B.var(ddof=1))
    )
    assert (found.n, found.dropped) == (5, 0)
    assert found.half_width == pytest.approx((expected.high - expected.low) / 2)


def test_a_mean_agrees_with_the_one_sample_t_test() -> None:
    found = mean_interval(A, 0.9)
    expected = stats.ttest_1samp(A, 0.0).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.sd == pytest.approx(A.std(ddof=1))


def test_pairing_that_hurts_is_said() -> None:
    assert paired_effect(A, -A).variance_ratio == pytest.approx(2.0)
    assert paired_effect(A, A + 0.1).variance_ratio == pytest.approx(0.0, abs=1e-12)


def test_failed_runs_are_dropped_in_pairs_and_counted() -> None:
    a, b = np.append(A, [math.nan, 0.1]), np.append(B, [0.2, math.nan])
    found = paired_effect(a, b)
    assert (found.n, found.dropped) == (5, 2)
    assert found.mean == pytest.approx(paired_effect(A, B).mean)
    assert mean_interval([0.1, math.nan]).dropped == 1


def test_few_runs_have_no_interval() -> None:
    one = paired_effect([0.3], [0.1])
    assert one.mean == pytest.approx(0.2)
    assert np.isnan([one.low, one.high, one.sd, one.variance_ratio]).all()
    none = mean_interval([])
    assert none.n == 0
    assert np.isnan([none.mean, none.low, none.high]).all()
    assert math.isnan(paired_effect([0.2, 0.2], [0.1, 0.1]).variance_ratio)


def test_the_interval_covers_as_often_as_it_says() -> None:
    draws = np.random.default_rng(5).normal(1.0, 2.0, size=(1000, 8))
    covered = [m.low <= 1.0 <= m.high for m in (mean_interval(row) for row in draws)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.025)


def test_wilson_worked_values() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I: 81/263, 15/148, 0/20 and 1/29."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (successes, n), interval in published.items():
        found = wilson(successes, n)
        assert (found.low, found.high) == pytest.approx(interval, abs=5e-5)
        assert found.share == successes / n


@given(st.integers(1, 500), st.data())
def test_wilson_is_scipys_and_stays_between_nought_and_one_and_mirrors(
    n: int, data: st.DataObject
) -> None:
    successes = data.draw(st.integers(0, n))
    found, mirror = wilson(successes, n), wilson(n - successes, n)
    known = binomtest(successes, n).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((known.low, known.high), rel=1e-12, abs=1e-15)
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0
    assert found.low < found.high
    assert mirror.high == pytest.approx(1.0 - found.low)


def test_no_runs_leave_a_share_open() -> None:
    found = wilson(0, 0)
    assert math.isnan(found.share)
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: paired_effect([0.1], [0.1, 0.2]), "same pairs"),
        (lambda: mean_interval([[0.1]]), "one dimension"),
        (lambda: mean_interval(["a"]), "must be numbers"),
        (lambda: mean_interval([0.1], 95), "between 0 and 1"),
        (lambda: wilson(3, 2), "from 0 to n"),
        (lambda: wilson(-1, 2), "from 0 to n"),
        (lambda: wilson(1, 2, 0.0), "between 0 and 1"),
    ],
)
def test_a_malformed_call_says_what_is_wrong(call: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()
