"""Rules of evidence: their rates in towns with a push and without, measured on the model."""

import json

import numpy as np
import pandas as pd
import pytest

import scenarios
from experiments.evidence.rates import (
    ALONE,
    BESIDE,
    HELD,
    NO_PUSH,
    TREND,
    TWIN,
    Towns,
    Way,
    rates,
    verdicts,
)
from experiments.evidence.readings import MEASURES, Window, survey
from experiments.evidence.rules import (
    ALLOWED,
    FITTED,
    NEVER,
    RULES,
    fitted_length,
    shift,
    textbook,
)
from experiments.evidence.study import cells_of, put_off, study
from experiments.evidence.telling import answer, examples
from experiments.judge import push_of
from experiments.store import Store
from experiments.sweeping.ask import Memory
from simulation.cli.main import main
from simulation.errors import InputError
from simulation.evidence import run_chart
from tests.small_community import small_specification

ANHOEJ, LIMITS = RULES[2], RULES[3]
WINDOW = Window(start=25, before=24, since=60)
WELLBEING = next(m for m in MEASURES if m.name == "wellbeing")


def noisy(towns: int, months: int, seed: int = 1) -> np.ndarray:
    """Independent normal readings."""
    return np.random.default_rng(seed).standard_normal((towns, months))


def towns_with(series: dict[float, np.ndarray], residents: int = 400) -> Towns:
    """The same made-up series for every measure."""
    return Towns({s: {m.name: v for m in MEASURES} for s, v in series.items()}, WINDOW, residents)


@pytest.mark.parametrize("length", [3, 6, 8])
def test_a_shift_is_the_run_charts_own_on_both_sides_together(length):
    values = np.round(noisy(60, 40), 1)  # rounded, so that some lie on the median
    before, since = values[:, :11], values[:, 11:]
    up = shift(length).ring(before, since)
    down = shift(length).ring(-before, -since)
    for row in range(len(values)):
        chart = run_chart(since[row], centre=float(np.median(before[row])), shift_length=length)
        sides = [int(v) for v in (up[row], down[row]) if v != NEVER]
        assert (min(sides) if sides else None) == chart.shift_position


def test_chart_rules_are_the_run_charts_own_reading_by_reading():
    values = np.cumsum(np.round(noisy(30, 40, 4), 1), axis=1) * 0.3 + noisy(30, 40, 5)
    before, since = values[:, :12], values[:, 12:]
    found = ANHOEJ.ring(before, since)
    assert (found != NEVER).any()
    assert (found == NEVER).any()
    for row, first in enumerate(found):
        rings = [
            run_chart(values[row, : 12 + n + 1]).anhoej
            and np.median(since[row, : n + 1]) > np.median(before[row])
            for n in range(since.shape[1])
        ]
        assert first == (rings.index(True) if True in rings else NEVER)


def test_limits_are_shewharts():
    before = np.array([[0.0, 1.0, 0.0, 1.0, 0.0, 1.0]])  # mean .5, mean moving range 1: 3.16
    assert LIMITS.ring(before, np.array([[3.1, 3.2]]))[0] == 1
    assert LIMITS.ring(before, np.array([[3.1, -9.0]]))[0] == NEVER


def test_textbook_rates_are_those_of_coin_tosses():
    # a run of L heads among n tosses, counted exactly; the median is known when there are many
    def exact(length: int, tosses: int) -> float:
        without = np.zeros(tosses + 1)
        without[0] = 1.0
        for n in range(1, tosses + 1):
            without[n] = sum(without[n - k] * 0.5**k for k in range(1, min(length, n) + 1))
            without[n] += 0.5**n if n < length else 0.0
        ways = [1.0]
        for n in range(1, tosses + 1):
            ways.append(2 * ways[-1] if n < length else sum(ways[-length:]))
        return 1.0 - ways[-1] / 2.0**tosses

    found = textbook(shift(6), 401, 36, series=4000) != NEVER
    assert found.mean() == pytest.approx(exact(6, 36), abs=0.03)


def test_a_fitted_run_is_the_shortest_that_stays_quiet():
    hanging = noisy(200, 60)
    for month in range(1, 60):
        hanging[:, month] += 0.7 * hanging[:, month - 1]
    before, since = hanging[:, :24], hanging[:, 24:]
    length = fitted_length(before, since)
    assert length is not None
    rate = (shift(length).ring(before, since) != NEVER).mean()
    shorter = (shift(length - 1).ring(before, since) != NEVER).mean()
    assert rate <= ALLOWED < shorter
    steady = noisy(200, 60)
    quick = fitted_length(steady[:, :24], steady[:, 24:])
    assert quick is not None
    assert quick < length  # months that hang together need longer runs
    assert fitted_length(before, before + 100.0) is None


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.name)
def test_surveys_err_as_surveys_do(measure):
    truth = np.full((4000, 1), 0.3)
    seen = survey(truth, measure, 50, np.random.default_rng(1), residents=400)
    expected = 0.2 * measure.parts / 50**0.5
    if measure.share:
        expected = (0.3 * 0.7 / 50 * 350 / 399) ** 0.5
    assert seen.std() == pytest.approx(expected, rel=0.05)
    assert seen.mean() == pytest.approx(0.3 * measure.good, abs=0.005)
    exact = survey(truth, measure, None, np.random.default_rng(1), residents=400)
    np.testing.assert_array_equal(exact, measure.good * truth)
    if measure.share:  # who asks everybody errs nowhere
        all_ = survey(truth, measure, 900, np.random.default_rng(1), residents=400)
        np.testing.assert_array_equal(all_, truth)


def test_windows_end_right_before_the_push():
    assert WINDOW.months(1) == (list(range(1, 25)), list(range(25, 85)))
    before, since = WINDOW.months(12)
    assert before == [12, 24]
    assert since == [36, 48, 60, 72, 84]


def test_what_readings_are_held_against():
    luck = noisy(12, 85)
    drift = 0.05 * np.arange(85)
    pushed = luck + drift + np.where(np.arange(85) >= 25, 1.0, 0.0)
    towns = towns_with({NO_PUSH: luck + drift, 1.0: pushed})
    _, twin = towns.seen(1.0, Way(WELLBEING, None, 1, TWIN), 1)
    np.testing.assert_allclose(twin, 1.0)
    _, quiet = towns.seen(NO_PUSH, Way(WELLBEING, None, 1, TWIN), 1)
    np.testing.assert_array_equal(quiet, 0.0)
    _, beside = towns.seen(NO_PUSH, Way(WELLBEING, None, 1, BESIDE), 1)
    np.testing.assert_allclose(beside[0], (luck[0] - luck[1])[25:])
    straight = towns_with({NO_PUSH: np.tile(drift, (12, 1))})
    _, level = straight.seen(NO_PUSH, Way(WELLBEING, None, 3, TREND), 1)
    np.testing.assert_allclose(level, 0.0, atol=1e-9)


def test_rates_of_towns_that_are_as_the_textbook_says():
    still = noisy(150, 85, 8)
    push = still + np.where(np.arange(85) >= 25, 4.0, 0.0)
    quiet, pushed = rates(towns_with({NO_PUSH: still, 1.0: push}), seed=1)
    own = quiet[(quiet.measure == "wellbeing") & (quiet.people == 0) & (quiet.against == ALONE)]
    row = own[(own.rule == "run of 6") & (own.every == 1) & (own.months == 36)].iloc[0]
    assert row.low <= row.textbook <= row.high
    assert row.a_year_low < row.a_year < row.a_year_high
    table = verdicts(quiet, pushed, 1.0, 36)
    alone = (table.people == 0) & (table.against == ALONE) & (table.measure == "wellbeing")
    eight = table[alone & (table.rule == "run of 8") & (table.every == 1)].iloc[0]
    assert eight.found == 1.0
    assert eight.delay == pytest.approx(8, abs=1)
    assert eight.verdict == HELD
    fitted = table[alone & (table.rule == FITTED) & (table.every == 1)].iloc[0]
    assert fitted.towns == 75  # judged on the towns it was not chosen on
    assert not ((table.every == 12) & (table.rule == "limits")).any()  # two readings before


@pytest.fixture(scope="module")
def found():
    """A study of twelve towns of forty."""
    specification = small_specification(
        events=[{"id": "push", "kind": "funding", "month": 3, "duration": 12, "amount": 2.0}]
    )
    memory = Memory()
    first = study(specification, replicates=12, before=8, since=36, sizes=(1.0,), runs=memory)
    again = study(specification, replicates=12, before=8, since=36, sizes=(1.0,), runs=memory)
    return first, again


def test_a_study_is_repeatable_and_told_in_words(found):
    first, again = found
    pd.testing.assert_frame_equal(first.quiet, again.quiet)
    pd.testing.assert_frame_equal(first.pushed, again.pushed)
    assert first.towns == 12
    assert first.failed == 0
    twin = first.quiet[(first.quiet.against == TWIN) & (first.quiet.people == 0)]
    assert (twin.share == 0.0).all()  # nothing differs from its twin without a push
    told = answer(first, "small", ["kindling", "evidence"])
    assert told.kind == "evidence"
    assert "Outside a model nobody has the twin" in told.sentences[-1]
    assert set(told.tables) == {"verdicts", "quiet", "pushed"}
    assert len(examples(told.tables["verdicts"])) > 0


def test_the_push_is_put_off_and_its_money_varied():
    specification = scenarios.load("headline/push_with_succession")
    later, window = put_off(specification, 24, 36)
    assert push_of(later) == (25, 61)
    assert (window.start, later.months) == (25, 60)
    assert [e.month for e in later.events] == [e.month + 12 for e in specification.events]
    cells = cells_of(later, (0.5, 2.0))
    amounts = [[e.amount for e in c.subject.specification.events if e.kind == "funding"]
               for c in cells]  # fmt: skip
    assert amounts == [[], [0.5], [2.0]]
    assert [c.factors["size"] for c in cells] == [0.0, 0.5, 2.0]


@pytest.mark.parametrize(
    ("name", "towns", "words"),
    [
        ("baseline", 20, "nobody intervenes"),
        ("headline/succession_alone", 20, "no funding"),
        ("headline/push_alone", 3, "too few towns"),
    ],
)
def test_what_cannot_be_told_is_refused(name, towns, words):
    with pytest.raises(InputError, match=words):
        study(scenarios.load(name), replicates=towns)


def test_the_command_prints_and_keeps_its_answer(tmp_path, capsys):
    small = ["--set", "groups.north.size=20", "--set", "groups.south.size=20"]
    words = ["evidence", "headline/push_alone", "--replicates", "10", *small, "--quiet"]
    assert main([*words, "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "Of " in shown
    assert "twin" in shown
    assert (tmp_path / "out" / "verdicts.csv").is_file()
    told = json.loads((tmp_path / "out" / "answer.json").read_text(encoding="utf-8"))
    assert told["numbers"]["towns"] == 10
    assert told["sentences"][0] in " ".join(shown.split())
    kept = Store.open(tmp_path / "store")
    assert len(kept.runs()) == 40
    assert kept.answers()[0].sentences == tuple(told["sentences"])
