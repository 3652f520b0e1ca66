"""Running a scenario from Python: shapes, pairs, judgements, and independence of how it is run."""

import math

import numpy as np
import pandas as pd
import pytest

import experiments
from experiments.judge import OUTCOMES, Push, gain_series, last_year, push_of
from experiments.recorded import SERIES_COLUMNS, Key, Recorded
from experiments.summary import number, percent, summarise
from simulation.chance import derive
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.processes import Process, register, unregister
from simulation.specification import specify

MONTHS = 40
PUSH = {"id": "push", "month": 3, "kind": "funding", "duration": 14, "amount": 2.0}


def town(**changes):
    """A small town with a short push."""
    data = {
        "title": "A small town",
        "months": MONTHS,
        "spin_up": 3,
        "groups": [
            {"name": "north", "size": 24, "conditions": 0.7},
            {"name": "south", "size": 16, "conditions": 0.4, "burden": 0.3},
        ],
        "institutions": [
            {"name": "clinic", "sector": "hospital"},
            {"name": "hall", "sector": "government", "leader_seats": 3, "resident_seats": 1},
        ],
        "ties": {"degree": 4},
        "events": [PUSH],
    }
    return specify({**data, **changes})


@pytest.fixture(scope="module")
def result():
    return experiments.run(town(), seed=5, replicates=3)


def test_series_are_tidy_and_begin_at_month_zero(result):
    series = result.series
    assert tuple(series.columns) == SERIES_COLUMNS
    assert not series["value"].isna().any()
    assert sorted(series["month"].unique()) == list(range(MONTHS + 1))
    assert list(series["run"].unique()) == list(result.run_ids)
    assert set(series["boundary"]) == {"place", "people"}
    assert set(series["group"]) == {"north", "south", "all"}


def test_series_are_what_the_model_itself_reports(result):
    model = CommunityModel(town(), rng=derive(5, 1)).run()
    own = model.series()
    ours = result.series[result.series["run"] == result.run_ids[1]].reset_index(drop=True)
    names = ["month", "measure", "group", "boundary"]
    merged = own.merge(ours.astype(dict.fromkeys(names[1:], object)), on=names, how="outer")
    assert len(merged) == len(own) == len(ours)
    assert (merged["value_x"] == merged["value_y"]).all()


def test_the_pair_differs_only_from_the_push_on(result):
    with_, without = result.series, result.counterfactual
    months = with_["month"] < PUSH["month"]
    before = with_[months]["value"].to_numpy()
    assert np.array_equal(before, without[without["month"] < PUSH["month"]]["value"].to_numpy())
    after = result.recorded.measure("stewards")[:, -20:]
    assert not np.array_equal(after, result.unpushed.measure("stewards")[:, -20:])


def test_the_same_seed_gives_the_same_and_another_another():
    first, again, other = (experiments.run(town(), seed=s) for s in (5, 5, 6))
    pd.testing.assert_frame_equal(first.series, again.series)
    assert first.summary == again.summary
    assert first.id == again.id != other.id
    assert not np.array_equal(first.recorded.values, other.recorded.values, equal_nan=True)


def test_a_replicate_does_not_depend_on_how_many_there_are(result):
    alone = experiments.run(town(), seed=5, replicates=1)
    assert np.array_equal(alone.recorded.values[0], result.recorded.values[0], equal_nan=True)
    assert alone.run_ids[0] == result.run_ids[0]


def test_results_do_not_depend_on_the_number_of_processes(result):
    shared = experiments.run(town(), seed=5, replicates=3, processes=2)
    pd.testing.assert_frame_equal(shared.series, result.series)
    pd.testing.assert_frame_equal(shared.counterfactual, result.counterfactual)
    assert shared.summary == result.summary


def test_progress_counts_every_month_once():
    seen = []
    experiments.run(
        town(months=4), replicates=2, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(n, 16) for n in range(1, 17)]


def test_without_interventions_there_is_no_pair_and_it_says_so():
    result = experiments.run(town(events=[]), seed=5)
    assert result.counterfactual is None
    assert not any(OUTCOMES[n].paired for n in result.summary["outcomes"])
    assert "nobody intervenes" in result.notes[0]
    assert "Nobody intervenes" in result.sentences[1]


def test_an_incident_is_kept_in_the_pair():
    crisis = {"id": "flood", "month": 2, "kind": "crisis", "strength": 0.5}
    spec = town(events=[crisis, PUSH], months=6)
    result = experiments.run(spec, seed=5)
    plain = experiments.run(town(events=[], months=6), seed=5)
    flooded = result.unpushed.measure("conditions")[0]
    assert flooded[-1] < plain.recorded.measure("conditions")[0, -1] - 0.05


def test_the_push_is_the_funding_and_else_every_intervention():
    later = {"id": "law", "month": 20, "kind": "policy"}
    assert push_of(town(events=[PUSH, later])) == Push(3, 17)
    assert push_of(town(events=[later])) == Push(20, 21)
    delayed = {**PUSH, "delay": 2}
    assert push_of(town(events=[delayed])) == Push(5, 19)
    assert push_of(town(events=[{"id": "flood", "month": 2, "kind": "crisis"}])) is None


def test_gains_are_those_of_the_definition(result):
    gain = gain_series(result.recorded, result.unpushed)[0]
    a, b = result.series, result.counterfactual

    def people(table, measure):
        chosen = table[
            table["run"].isin(result.outcomes.loc[0, ["run", "pair"]])
            & (table["measure"] == measure)
            & (table["boundary"] == "people")
        ]
        return chosen["value"].to_numpy()

    closing = people(b, "gap") - people(a, "gap")
    rising = people(a, "worst_off") - people(b, "worst_off")
    assert gain == pytest.approx(np.minimum(closing, rising), abs=0)
    row = result.outcomes.loc[0]
    assert row["gain_during"] == pytest.approx(gain[5:17].mean())
    assert row["gain_12"] == pytest.approx(gain[17 + 6 : 17 + 19].mean())
    required = max(0.03, gain[5:17].mean() / 2)
    assert row["sustained_12"] == (gain[23:36].mean() >= required)


def test_what_the_months_cannot_show_is_missing_and_not_no(result):
    assert result.outcomes["gain_48"].isna().all()
    assert result.outcomes["sustained_48"].isna().all()
    entry = result.summary["outcomes"]["sustained_48"]
    assert entry["share"] is None
    assert entry["missing"] == 3


def test_final_is_the_mean_of_the_last_year(result):
    stewards = result.recorded.measure("stewards")[2, -12:].mean()
    assert result.outcomes.loc[2, "stewards"] == pytest.approx(stewards)
    assert last_year(np.array([9.0, 1.0, 3.0])) == 2.0
    assert math.isnan(last_year(np.array([9.0])))


def recorded(**series):
    """Hand-made months of two groups, one run."""
    keys, columns = [], []
    for name, values in series.items():
        measure, group = name.split("__")
        keys.append(Key(measure, group, "place"))
        columns.append(values)
    values = np.array(columns, dtype=float).T[None]
    return Recorded(np.arange(values.shape[1]), tuple(keys), values, ("r",))


def test_power_that_changes_hands_is_told_from_power_that_opens():
    from experiments.judge import outcomes

    half, none, months = [0.5] * 25, [0.0] * 25, 25

    def judged(first_share):
        shares = {}
        for measure in ("seats", "ownership", "decisions"):
            shares[f"{measure}__a"] = first_share
            shares[f"{measure}__b"] = [1 - share for share in first_share]
        run = recorded(
            present__a=half, present__b=half, stewards__all=[0.1] * months,
            wellbeing__all=half, outside_seats__all=none, outside_money__all=none,
            outside_decisions__all=none, **shares,
        )  # fmt: skip
        return outcomes(run, None, None, town().measures).loc[0]

    swapped = judged([0.9] * 10 + [0.1] * 15)
    assert bool(swapped["power_swapped"])
    assert not bool(swapped["power_opened"])
    opened = judged([0.9] * 10 + [0.5] * 15)
    assert bool(opened["power_opened"])
    assert not bool(opened["power_swapped"])


def test_a_summary_holds_plain_values_with_intervals(result):
    import json

    text = json.dumps(result.summary, allow_nan=False)
    assert json.loads(text) == result.summary
    entry = result.summary["outcomes"]["stewards"]
    values = result.outcomes["stewards"]
    assert entry["mean"] == pytest.approx(values.mean())
    assert entry["low"] < entry["mean"] < entry["high"]
    assert entry["runs"] == 3


def test_one_run_has_no_interval():
    entries = experiments.run(town(months=14), seed=1).summary["outcomes"].values()
    assert all(entry["low"] is None and entry["high"] is None for entry in entries)


def test_a_share_of_people_has_no_interval_beyond_none_and_all():
    table = pd.DataFrame({"run": ["a", "b"], "replicate": [0, 1], "displaced": [0.0, 0.1]})
    entry = summarise(table)["displaced"]
    assert entry["low"] == 0.0
    assert entry["high"] <= 1.0


def test_three_sentences_speak_of_the_model(result):
    assert len(result.sentences) == 3
    assert result.sentences[0].startswith("In this model")
    assert all(s.endswith(".") and "nan" not in s for s in result.sentences)


def test_numbers_for_people():
    assert number(-0.001, signed=True) == "0.00"
    assert number(-0.25) == "−0.25"
    assert percent(0.004) == "under 1 %"
    assert percent(0.126) == "13 %"


@pytest.mark.parametrize(
    ("argument", "value"), [("replicates", 0), ("processes", 0), ("seed", -1), ("seed", 2**63)]
)
def test_impossible_numbers_are_refused(argument, value):
    with pytest.raises(InputError, match=argument):
        experiments.run(town(months=1), **{argument: value})


def test_a_scenario_that_records_nothing_is_refused():
    with pytest.raises(InputError, match="nothing is recorded"):
        experiments.run(town(months=1, parameters={"record": {"enabled": False}}))


def test_a_process_of_ones_own_runs_in_every_helper():
    class Rain(Process):
        name = "rain"

        def apply(self, community, p):
            community.residents.wellbeing[:] *= 0.9

    dry = experiments.run(town(months=3), seed=5)
    register(Rain)
    try:
        wet = experiments.run(town(months=3), seed=5)
    finally:
        unregister("rain")
    last = [r.recorded.measure("wellbeing")[0, -1] for r in (dry, wet)]
    assert last[1] < last[0]
    assert dry.id != wet.id
