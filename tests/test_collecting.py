"""Mesa's `DataCollector` and `batch_run` give the numbers of the columns and of the record."""

import functools
import multiprocessing
import operator

import mesa
import numpy as np
import pandas as pd
import pytest

from simulation.agents import Institution, Resident
from simulation.community import CommunityModel
from tests.small_community import small_community, small_specification


@pytest.fixture
def community() -> CommunityModel:
    return small_community()


# --------------------------------------------------------------------- DataCollector


class Collected(CommunityModel):
    """A community with a collector of its own, in Mesa's usual idiom."""

    def __init__(self, specification=None, **more):
        super().__init__(specification, **more)
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "Month": "month",
                "Stewardship": lambda m: m.agents_by_type[Resident].agg("stewardship", np.mean),
                "Policy": functools.partial(operator.attrgetter("stocks.policy")),
            },
            agent_reporters={"Kind": lambda a: type(a).__name__, "Id": "id"},
            agenttype_reporters={
                Resident: {"Opinion": "opinion", "Group": "group_name"},
                Institution: {"Pooled": "pooled", "Seats": [lambda a, n: len(a.seats) * n, [2]]},
            },
        )
        self.datacollector.collect(self)

    def step(self):
        super().step()
        self.datacollector.collect(self)


def test_data_collector_gives_the_columns():
    model = Collected(small_specification(), rng=7)
    opinions, pooled = [model.residents.opinion.copy()], [model.institutions.pooled.copy()]
    for _ in range(5):
        model.step()
        opinions.append(model.residents.opinion.copy())
        pooled.append(model.institutions.pooled.copy())
    collected = model.datacollector
    by_month = collected.get_model_vars_dataframe()
    assert by_month["Month"].tolist() == list(range(6))
    assert by_month["Policy"].map(lambda v: v.item()).iloc[-1] == model.measure("policy")
    people = collected.get_agenttype_vars_dataframe(Resident)
    houses = collected.get_agenttype_vars_dataframe(Institution)
    for month in range(6):
        assert people.loc[month]["Opinion"].tolist() == opinions[month].tolist()
        assert houses.loc[month]["Pooled"].tolist() == pooled[month].tolist()
    assert set(houses["Seats"]) == {4}
    everyone = collected.get_agent_vars_dataframe().loc[5]
    assert everyone["Id"].tolist() == model.agents.get("id")
    assert everyone.index.tolist() == list(range(1, len(model.agents) + 1))


def test_data_collector_agrees_with_the_record():
    still = small_specification(events=[], parameters={"housing": {"enabled": False}})
    model = Collected(still, rng=7).run()
    ours = model.series().query("measure == 'stewards' and group == 'all'").value
    theirs = model.datacollector.get_model_vars_dataframe()["Stewardship"]
    assert model.residents.present.all()
    assert len(ours) == 13
    assert theirs.tolist() == pytest.approx(ours.tolist(), abs=1e-12)
    assert theirs.nunique() > 1


def test_the_record_is_a_data_collector(community):
    community.run()
    table = community.datacollector.get_model_vars_dataframe()
    series = community.series()
    names = {
        "wellbeing": ("wellbeing", "all", "place"),
        "gap": ("gap", "all", "place"),
        "stewards:south": ("stewards", "south", "place"),
        "wellbeing:all:people": ("wellbeing", "all", "people"),
    }
    for name, (measure, group, boundary) in names.items():
        chosen = series[
            (series.measure == measure) & (series.group == group) & (series.boundary == boundary)
        ]
        assert table[name].dropna().tolist() == chosen.value.tolist()
        assert community.datacollector.model_reporters[name](community) == table[name].iloc[-1]
    assert len(table) == 13
    community.datacollector.collect(community)
    assert community.datacollector.get_model_vars_dataframe().equals(table)


# -------------------------------------------------------------------------- batch_run

SWEEP = {
    "specification": [small_specification()],
    "activation__reinforcement": [2.0, 3.0],
    "months": [6],
}


@pytest.fixture
def start_method():
    """Undo what Mesa sets for the whole process."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


def batch(**more):
    rows = mesa.batch_run(CommunityModel, SWEEP, display_progress=False, rng=[1, 2], **more)
    return pd.DataFrame(rows).drop(columns="specification").sort_values(["RunId", "Step"])


@pytest.mark.usefixtures("start_method")
def test_batch_run_gives_what_each_run_gives():
    rows = batch(data_collection_period=1)
    assert len(rows) == 2 * 2 * 7
    for (strength, seed), run in rows.groupby(["activation__reinforcement", "rng"]):
        model = CommunityModel(
            small_specification(), rng=seed, months=6, activation__reinforcement=strength
        )
        model.run()
        wanted = model.series().query("measure == 'stewards' and group == 'all'").value
        assert run["stewards"].tolist() == wanted.tolist()
        assert run["Step"].tolist() == list(range(7))
    last = rows[rows["Step"] == 6]
    assert last["wellbeing"].nunique() == 4
    assert batch(max_steps=3)["Step"].tolist() == [3] * 4


@pytest.mark.slow
@pytest.mark.usefixtures("start_method")
def test_batch_run_is_the_same_on_two_processes():
    one, two = batch(number_processes=1), batch(number_processes=2)
    pd.testing.assert_frame_equal(one.reset_index(drop=True), two.reset_index(drop=True))


@pytest.mark.usefixtures("start_method")
def test_batch_run_with_ones_own_collector():
    rows = mesa.batch_run(
        Collected, {**SWEEP, "months": 2}, display_progress=False, rng=3, data_collection_period=1
    )
    table = pd.DataFrame(rows)
    assert set(table["Step"]) == {0, 1, 2}
    people = table.dropna(subset="Opinion")
    assert set(people["Group"]) == {"north", "south"}
    assert len(people[(people["Step"] == 0) & (people["activation__reinforcement"] == 2.0)]) == 40
