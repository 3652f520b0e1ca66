"""Survival: curves against worked values, intervals that cover, and runs with nothing to lose."""

import json
import math

import numpy as np
import pytest

from experiments.answers.plain import answer_data
from experiments.answers.survival import find_survival
from experiments.answers.survival_curve import (
    SURVIVAL_COLUMNS,
    kaplan_meier,
    median_of,
    restricted_mean,
    share_at,
)
from experiments.answers.survival_times import coalition_lasted, gain_lasted
from experiments.designs.cell import Cell, community_cell
from experiments.judge import OUTCOMES, Push
from experiments.recorded import Key, Recorded
from experiments.sweeping.ask import Memory, ask
from simulation.errors import InputError
from tests.small_community import small_specification

SIX_MP = (
    [6, 6, 6, 7, 10, 13, 16, 22, 23],
    [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
)
"""Freireich et al. (1963): weeks of remission under 6-MP, ended and still going on."""


def freireich():
    months = np.array([*SIX_MP[0], *SIX_MP[1]], dtype=float)
    return months, np.repeat([False, True], [len(SIX_MP[0]), len(SIX_MP[1])])


def test_the_curve_is_that_of_the_textbook():
    """Kaplan–Meier of the 6-MP trial, as in Collett (2015) and Kleinbaum & Klein (2012)."""
    curve = kaplan_meier(*freireich(), "6-MP")
    assert tuple(curve.columns) == SURVIVAL_COLUMNS
    by_month = curve.set_index("month")
    for month, share in ((6, 0.8571), (7, 0.8067), (10, 0.7529), (13, 0.6902), (16, 0.6275),
                         (22, 0.5378), (23, 0.4482)):  # fmt: skip
        assert by_month.loc[month, "share"] == pytest.approx(share, abs=1e-4)
    assert by_month.loc[22, "at_risk"] == 7
    assert by_month.loc[0, "share"] == 1.0
    assert by_month.loc[23, ["low", "high"]].tolist() == pytest.approx([0.188, 0.680], abs=2e-3)
    median = median_of(curve)
    assert (median.month, median.low) == (23, 13)
    assert math.isnan(median.high)


def test_limits_have_a_width_where_all_or_none_are_left():
    kept = np.full(6, 40.0)
    curve = kaplan_meier(kept, np.ones(6, dtype=bool))
    assert curve["share"].tolist() == [1.0, 1.0]
    assert 0.5 < curve["low"].iloc[-1] < 0.6
    gone = kaplan_meier(np.array([1.0, 2.0, 2.0]), np.zeros(3, dtype=bool))
    assert gone["share"].iloc[-1] == 0.0
    assert gone["high"].iloc[-1] > 0.5
    assert len(kaplan_meier(np.zeros(0), np.zeros(0, dtype=bool))) == 0


def test_intervals_and_medians_cover():
    """Exponential losses, watched for 40 months: the truth is held in 92 % of studies or more."""
    held = {"share": 0, "median": 0}
    for study in range(200):
        lost = np.ceil(np.random.default_rng([3, study]).exponential(30, 40))
        curve = kaplan_meier(np.minimum(lost, 40), lost > 40)
        _, low, high = share_at(curve, 24)
        held["share"] += low <= math.exp(-24 / 30) <= high
        median = median_of(curve)
        top = math.inf if math.isnan(median.high) else median.high
        held["median"] += median.low <= math.ceil(30 * math.log(2)) <= top
    assert all(count / 200 >= 0.92 for count in held.values()), held


def test_restricted_means_draw_whole_clusters():
    generator = np.random.default_rng(1)
    centres = np.repeat(generator.normal(0, 5, 20), 10)
    alone = restricted_mean(centres, np.arange(200.0))
    together = restricted_mean(centres, np.repeat(np.arange(20.0), 10))
    assert alone.mean == together.mean == pytest.approx(centres.mean())
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert math.isnan(restricted_mean(np.zeros(1), np.zeros(1)).low)


def test_runs_that_share_their_luck_are_not_taken_as_independent():
    """Fifteen points on the luck of six replicates: clusters hold the truth, single runs do not."""
    luck = np.random.default_rng(4).normal(size=200_000)
    truth = float(np.exp(-13 / (20 * np.exp(luck / 2))).mean())
    held, studies = {"clusters": 0, "alone": 0}, 80
    for study in range(studies):
        generator = np.random.default_rng([4, study])
        kept = np.floor(generator.exponential(20 * np.exp(generator.normal(size=6) / 2), (15, 6)))
        months, replicate = np.minimum(kept, 48.0).ravel(), np.tile(np.arange(6.0), 15)
        for name, clusters in (("clusters", replicate), ("alone", None)):
            curve = kaplan_meier(months, months >= 48, clusters=clusters)
            _, low, high = share_at(curve, 12)
            held[name] += low <= truth <= high
    assert held["clusters"] / studies >= 0.88, held
    assert held["alone"] / studies < 0.85, held


def test_clusters_of_one_run_change_nothing():
    months, censored = freireich()
    alone = kaplan_meier(months, censored, clusters=np.arange(float(len(months))))
    assert alone.equals(kaplan_meier(months, censored))


# --------------------------------------------------------------------------- from single runs

MONTHS = np.arange(31)
CELL = Cell(0, "", {}, subject=None, push=Push(3, 9))  # type: ignore[arg-type]


def record(**series):
    keys = tuple(Key(name, "all", "people") for name in series)
    return Recorded(MONTHS, keys, np.stack(list(series.values()), axis=1)[None], ("run",))


def gained(gain):
    """A run whose gain over its pair is as given."""
    return record(gap=0.3 - gain, worst_off=0.5 + gain), record(
        gap=np.full(31, 0.3), worst_off=np.full(31, 0.5)
    )


def test_a_gain_is_lost_in_the_month_in_which_it_falls_short():
    gain = np.where((MONTHS >= 3) & (MONTHS < 20), 0.1, 0.0)
    lasted = gain_lasted(*gained(gain), CELL)
    assert lasted == ("lasted", 11.0, False, 22.0)


def test_a_gain_that_is_still_there_is_censored():
    lasted = gain_lasted(*gained(np.full(31, 0.1)), CELL)
    assert lasted == ("lasted", 22.0, True, 22.0)


def test_a_run_without_a_gain_has_nothing_to_lose():
    assert gain_lasted(*gained(np.full(31, 0.01)), CELL).status == "never"
    later = gain_lasted(*gained(np.full(31, 0.1)), Cell(0, "", {}, None, push=Push(3, 40)))
    assert later.status == "unseen"


def test_a_coalition_ends_with_a_year_of_too_few():
    active = np.where(MONTHS < 12, 4.0, 1.0)
    assert coalition_lasted(record(active_institutions=active), CELL)[:3] == ("lasted", 3.0, False)
    brief = np.where((MONTHS > 12) & (MONTHS < 20), 1.0, 3.0)
    assert coalition_lasted(record(active_institutions=brief), CELL)[:3] == ("lasted", 22.0, True)
    none = coalition_lasted(record(active_institutions=np.ones(31)), CELL)
    assert none.status == "never"


# ------------------------------------------------------------------------------- communities


@pytest.fixture(scope="module")
def study():
    settings = {"months": 26, "spin_up": 0, "measures": {"least_gain": 0.0}}
    cells = [
        community_cell(small_specification(**settings), arm="as it is"),
        community_cell(
            small_specification(**settings, parameters={"activation": {"reinforcement": 4.0}}),
            arm="stronger",
        ),
    ]
    runs = Memory()
    table = ask(cells, 4, seed=2, runs=runs)
    return cells, runs, table, find_survival(cells, range(4), 2, runs)


def test_times_agree_with_the_judge(study):
    _, _, table, found = study
    both = found.times.merge(table, on=["arm", "replicate"])
    kept = both[both["status_x"] == "lasted"]
    assert len(kept)
    assert (kept["months"] == kept["gain_survival"]).all()
    never = both[both["status_x"] == "never"]
    assert never["gain_survival"].isna().all()
    assert OUTCOMES["gain_survival"].paired


def test_the_answer_is_plain_and_counts_every_run(study):
    _, _, _, found = study
    arms = found.by_arm
    assert (arms["had"] + arms["never"] + arms["unseen"] + arms["failed"] == arms["runs"]).all()
    answer = found.answer("small", ["kindling", "survival"])
    assert json.loads(json.dumps(answer_data(answer), allow_nan=False))["kind"] == "survival"
    assert not any("nan" in sentence for sentence in answer.sentences)
    assert tuple(answer.tables["survival"].columns) == SURVIVAL_COLUMNS
    assert "to lose when the push ended" in answer.sentences[0]


def test_differences_are_those_of_pairs(study):
    _, _, _, found = study
    mean = found.difference(with_never=True)
    cut = found.times.assign(months=np.minimum(found.times["months"], found.horizon))
    known = cut[cut["status"].isin(["lasted", "never"])]
    wide = known.pivot_table(index="replicate", columns="arm", values="months").dropna()
    assert mean.n == len(wide)
    assert mean.mean == pytest.approx((wide["stronger"] - wide["as it is"]).mean())


def test_runs_that_are_not_kept_are_said(study):
    cells, runs, _, _ = study
    found = find_survival(cells, range(6), 2, runs)
    assert (found.lacking, len(found.times)) == (4, 8)
    assert any("4 runs or their pairs are not there" in note for note in found.answer("x").notes)


def test_points_that_share_luck_are_told_by_their_replicates(study):
    cells, runs, _, _ = study
    again = [Cell(n, "", {}, c.subject, c.without, c.push, c.limits) for n, c in enumerate(cells)]
    assert find_survival(again, range(4), 2, runs).unit == "replicate"
    assert find_survival(again, range(2), 2, runs).unit == "point"


def test_coalitions_need_no_pair(study):
    cells, runs, _, _ = study
    found = find_survival(cells, range(4), 2, runs, "coalition")
    assert set(found.times["status"]) <= {"lasted", "never"}
    assert "coalition" in found.answer("small").sentences[0]


def test_what_cannot_be_told_is_refused(study):
    cells, runs, _, _ = study
    with pytest.raises(InputError, match="none of these runs"):
        find_survival(cells, range(4), 99, runs)
    idle = community_cell(small_specification(events=[]))
    with pytest.raises(InputError, match="nobody intervenes"):
        find_survival([idle], range(1), 2, runs)
    alone = community_cell(small_specification(), paired=False)
    with pytest.raises(InputError, match="--of coalition"):
        find_survival([alone], range(1), 2, runs)
