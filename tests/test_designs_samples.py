"""Samples of designs: even, in SALib's order, and laid on numbers, whole numbers and choices."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.designs import Design
from experiments.designs.axis import Axis
from simulation.errors import InputError
from tests.design_files import SAMPLES, made

SCENARIO = "headline/push_alone"
THREE = [
    {"key": "activation.rate", "low": 0.0, "high": 1.0},
    {"key": "start.threshold", "low": 0.0, "high": 2.0},
    {"key": "sense.lag", "low": 0, "high": 9},
]


def test_a_latin_hypercube_has_one_point_in_every_slice() -> None:
    design = Design(scenario=SCENARIO, method="latin_hypercube", points=40, factors=THREE)
    assert design.sample is not None
    for column in design.sample.unit.T:
        assert sorted(np.floor(column * 40).astype(int)) == list(range(40))
    assert sorted(np.floor(design.points["activation.rate"] * 40)) == list(range(40))
    assert Counter(design.points["sense.lag"]) == dict.fromkeys(range(10), 4)
    grown = design.extended(70)
    assert grown.sample is not None
    assert sorted(np.floor(grown.sample.unit[40:, 0] * 30).astype(int)) == list(range(30))


def test_a_sobol_sequence_is_even_in_every_pair_of_factors() -> None:
    design = Design(scenario=SCENARIO, method="sobol", points=64, factors=THREE[:2])
    assert design.sample is not None
    boxes = Counter(map(tuple, np.floor(design.sample.unit * 8).astype(int).tolist()))
    assert set(boxes.values()) == {1}
    assert len(boxes) == 64


def test_morris_moves_one_factor_at_a_time() -> None:
    design = Design(
        scenario=SCENARIO, method="morris", trajectories=5, levels=6, factors=THREE, seed=4
    )
    sample = design.sample
    assert sample is not None
    assert (sample.base, sample.block, sample.levels) == (5, 4, 6)
    assert len(design.points) == 20
    for walk in sample.unit.reshape(5, 4, 3):
        moved = np.abs(np.diff(walk, axis=0)) > 1e-12
        assert moved.sum() == 3
        assert (moved.sum(axis=0) == 1).all()
    assert np.allclose(sample.unit * 5, np.round(sample.unit * 5))


@pytest.mark.parametrize("second_order", [False, True])
def test_saltelli_finds_the_indices_of_a_known_function(second_order: bool) -> None:
    from SALib.analyze import sobol

    design = Design(
        scenario=SCENARIO, method="saltelli", points=512, second_order=second_order,
        factors=THREE[:2],
    )  # fmt: skip
    assert design.sample is not None
    assert design.sample.block == (6 if second_order else 4)
    known = 3 * design.points["activation.rate"] + design.points["start.threshold"] / 2
    found = sobol.analyze(
        design.problem(), known.to_numpy(), calc_second_order=second_order, seed=1,
        num_resamples=20,
    )  # fmt: skip
    assert found["S1"] == pytest.approx([0.9, 0.1], abs=0.02)


def test_saltelli_of_any_size_is_the_beginning_of_a_larger_one() -> None:
    small, large = (made(SAMPLES["saltelli"]).extended(n) for n in (5, 8))
    assert small.sample is not None
    assert large.sample is not None
    assert np.array_equal(small.sample.unit, large.sample.unit[: len(small.sample.unit)])


def test_a_seed_decides_the_sample() -> None:
    for text in SAMPLES.values():
        one, same, other = made(text), made(text), made(text).with_(seed=2)
        assert one.points.equals(same.points)
        assert not one.points.equals(other.points)


@given(st.integers(-5, 5), st.integers(0, 12), st.floats(0, 1))
def test_whole_numbers_have_equal_slices(low: int, width: int, unit: float) -> None:
    axis = Axis("x", ("x",), "x", low=low, high=low + width, whole=True)
    value = axis.at(unit)
    assert type(value) is int
    assert low <= value <= low + width
    even = [axis.at((n + 0.5) / (10 * (width + 1))) for n in range(10 * (width + 1))]
    assert set(Counter(even).values()) == {10}


@given(st.floats(1e-3, 10), st.floats(1, 1e4), st.floats(0, 1))
def test_values_stay_in_their_range(low: float, factor: float, unit: float) -> None:
    high = low * factor
    for scale in ("even", "log"):
        axis = Axis("x", ("x",), "x", low=low, high=high, scale=scale, levels=5)  # type: ignore[arg-type]
        assert low <= axis.at(unit) <= high
        grid = axis.grid()
        assert grid[0] == pytest.approx(low)
        assert grid[-1] == pytest.approx(high)
        assert grid == sorted(grid)


def test_ranges_come_from_where_settings_are_declared() -> None:
    design = Design(
        scenario="headline/push_with_succession",
        factors=[
            {"key": "activation.rate"},
            {"key": "activation.response"},
            {"key": "leadership.bench_stewards"},
            {"name": "bias", "key": "institutions.*.present_bias", "levels": 3},
            {"name": "vacancy", "key": 'events."succession: vacancy time".value', "high": 12},
        ],
    )
    rate, response, flag, bias, vacancy = design.factors
    assert (rate.low, rate.high, rate.unit) == (0, 1, rate.unit)
    assert rate.meaning
    assert response.values == ("step", "logistic", "linear")
    assert flag.values == (False, True)
    assert bias.grid() == [0, 0.5, 1]
    assert bias.base == 0.8
    assert (vacancy.low, vacancy.high, vacancy.whole, vacancy.own_high) == (0, 12, True, 240)
    assert vacancy.base == 1  # the event's, not the parameter's
    with pytest.raises(InputError, match="no range of its own"):
        Design(scenario=SCENARIO, factors=[{"key": "events.push.amount"}])
