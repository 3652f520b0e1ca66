"""Sequential comparisons: intervals hold however often one looks, and end in time."""

import json
import math

import numpy as np
import pytest

import experiments
from experiments.answers.sequential import Stopping, compare_until
from experiments.statistics import paired_effect, paired_share_difference
from experiments.sweeping.ask import Memory
from simulation.cli.tables import effects_table
from simulation.errors import InputError
from simulation.specification import specify

PUSH = {"id": "push", "month": 2, "kind": "funding", "duration": 6, "amount": 2.0}


def town(**changes):
    data = {
        "months": 27,
        "spin_up": 0,
        "groups": [
            {"name": "north", "size": 14, "conditions": 0.7},
            {"name": "south", "size": 10, "conditions": 0.4},
        ],
        "institutions": [{"name": "clinic", "sector": "hospital"}],
        "ties": {"degree": 4},
        "events": [PUSH],
    }
    return specify({**data, **changes})


STRONGER = {"parameters": {"activation": {"reinforcement": 3.5}}}


def studies(make, truth, stopping, outcome="gain_48", count=200):
    """Return in which share of studies the interval holds the truth, and the pairs of each."""
    held, pairs = 0, []
    for study in range(count):
        a, b = make(np.random.default_rng([7, study]), stopping.cap)
        found = compare_until(outcome, stopping, lambda n, a=a, b=b: (a[:n], b[:n]))
        held += found.last["low"] <= truth <= found.last["high"]
        pairs.append(found.pairs)
    return held / count, np.array(pairs)


def test_amounts_are_covered_however_early_one_stops():
    def make(generator, n):
        return generator.normal(0, 1, n), generator.normal(0.3, 1, n)

    covered, pairs = studies(make, 0.3, Stopping(1.1, cap=320, batch=10))
    assert covered >= 0.95
    assert len(set(pairs.tolist())) > 1


def test_outcomes_with_two_peaks_are_covered_once_both_are_likely_seen():
    """One pair in ten takes the other branch; ten pairs alone would miss it too often."""

    def make(generator, n):
        high = generator.random(n) < 0.1
        return np.zeros(n), 0.2 * high + generator.normal(0, 0.01, n)

    assert studies(make, 0.02, Stopping(0.05))[0] >= 0.92
    assert studies(make, 0.02, Stopping(0.05, batch=10))[0] < 0.8


def test_shares_are_covered():
    def make(generator, n):
        luck = generator.random(n)
        return (luck < 0.2).astype(float), (luck < 0.4).astype(float)

    stopping = Stopping(0.35, cap=160, batch=20, share=True)
    covered, pairs = studies(make, 0.2, stopping, "tipped", count=100)
    assert covered >= 0.95
    assert pairs.max() <= 160


def test_looking_each_time_at_a_plain_interval_covers_less():
    """Why looks are paid for: stopping when the plain interval leaves 0 out goes wrong often."""
    looks, wrong, honest = Stopping(1.0).looks, 0, 0
    confidence = Stopping(1.0).confidence
    for study in range(300):
        b = np.random.default_rng([9, study]).normal(0, 1, 400)
        plain, wide = (
            [paired_effect(b[:n], np.zeros(n), c) for n in looks] for c in (0.95, confidence)
        )
        wrong += any(not e.low <= 0 <= e.high for e in plain)
        honest += any(not e.low <= 0 <= e.high for e in wide)
    assert wrong / 300 > 0.08
    assert honest / 300 <= 0.07  # 5 % at most, and the chance of 300 studies


def test_looks_are_laid_down_beforehand():
    assert Stopping(0.1, cap=400, batch=40).looks == (40, 80, 160, 320, 400)
    assert Stopping(0.1, cap=30, batch=40).looks == (30,)
    assert Stopping(0.1, cap=30).confidence == 0.95
    assert Stopping(0.1, cap=400, batch=40).confidence == pytest.approx(0.99)


def test_one_look_is_a_plain_comparison():
    a, b = np.random.default_rng(3).normal(size=(2, 30))
    found = compare_until("gain_48", Stopping(9.0, cap=30), lambda n: (a[:n], b[:n]))
    plain = paired_effect(b, a)
    assert (found.last["low"], found.last["high"]) == (plain.low, plain.high)
    assert found.reached
    assert found.price == pytest.approx(1.0)
    assert found.unpaired_runs == pytest.approx(60 / plain.variance_ratio)


def test_the_cap_is_kept_and_said():
    a, b = np.random.default_rng(3).normal(size=(2, 50))
    found = compare_until("gain_48", Stopping(0.01, cap=50), lambda n: (a[:n], b[:n]))
    assert found.pairs == 50
    assert not found.reached
    assert "cap of 50 pairs" in found.sentences[1]
    assert json.loads(json.dumps(found.summary, allow_nan=False)) == found.summary


def test_pairs_that_do_not_differ_yet_are_not_enough():
    """An interval of no width after a few equal pairs is no knowledge."""
    b = np.zeros(80)
    b[60:] = 1.0
    found = compare_until("gain_48", Stopping(0.5, cap=80), lambda n: (np.zeros(n), b[:n]))
    assert found.pairs == 80


@pytest.mark.parametrize(
    "settings", [{"width": 0}, {"width": -1}, {"width": 1, "cap": 1}, {"width": 1, "batch": 0}]
)
def test_numbers_that_teach_nothing_are_refused(settings):
    with pytest.raises(InputError, match="out of range"):
        Stopping(**settings)


# ------------------------------------------------------------------------------- communities


@pytest.fixture(scope="module")
def runs():
    return Memory()


@pytest.fixture(scope="module")
def until(runs):
    return experiments.compare(
        town(), town(**STRONGER), seed=4, width=1e-6, outcome="gain_12", cap=6, batch=3, runs=runs
    )


def test_runs_are_those_of_a_plain_comparison(until):
    plain = experiments.compare(town(), town(**STRONGER), seed=4, replicates=6)
    assert until.id == plain.id
    ours, theirs = until.effects.set_index("outcome"), plain.effects.set_index("outcome")
    for name in theirs.index.drop("gain_12"):
        assert ours.loc[name].equals(theirs.loc[name])
    row, last = ours.loc["gain_12"], until.sequential.last
    assert (row["low"], row["high"]) == (last["low"], last["high"])
    assert row["high"] - row["low"] > theirs.loc["gain_12", "high"] - theirs.loc["gain_12", "low"]
    assert "sequential" not in plain.summary
    assert until.summary["sequential"]["pairs"] == 6
    assert until.sentences[:3] == plain.sentences
    assert any("settled beforehand" in warning for warning in until.warnings)


def test_a_comparison_stops_once_it_knows_enough(runs):
    found = experiments.compare(
        town(), town(**STRONGER), seed=4, width=5.0, outcome="gain_12", cap=6, batch=3, runs=runs
    )
    assert found.replicates == 3
    assert found.sequential.reached


def test_an_outcome_that_nobody_can_see_is_refused(runs):
    for outcome, word in (("gain_48", "no pair shows"), ("gane_12", "did you mean 'gain_12'")):
        with pytest.raises(InputError, match=word):
            experiments.compare(
                town(), town(**STRONGER), seed=4, width=1, outcome=outcome, cap=6, batch=3,
                runs=runs,
            )  # fmt: skip


def test_so_few_pairs_that_they_tell_nothing_are_said_to(until):
    """0 of 4 against 0 of 4 is no difference "from −49 to +49 points": it is no knowledge."""
    from rich.console import Console

    low, high = paired_share_difference(np.zeros(4), np.zeros(4))[1:]
    assert high - low > 0.9
    console = Console(width=160)
    with console.capture() as said:
        console.print(effects_table(until))
    line = next(row for row in said.get().splitlines() if "stewardship tipped" in row)
    assert "too few pairs" in line
    assert not math.isnan(until.effects.set_index("outcome").loc["tipped", "low"])
