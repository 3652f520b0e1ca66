"""Any Mesa model: the numbers of Mesa's own batches, kept, resumed, and known by its source."""

import importlib
import pickle
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.examples.basic.boltzmann_wealth_model.model import BoltzmannScenario, BoltzmannWealth
from mesa.examples.basic.conways_game_of_life.model import ConwaysGameOfLife
from mesa.examples.basic.schelling.model import Schelling, SchellingScenario
from mesa.examples.basic.virus_on_network.model import VirusOnNetwork

from experiments.store import Store
from experiments.sweeping.ask import Memory, Tally, ask
from experiments.sweeping.job import Job, perform
from experiments.sweeping.mesa_batches import batch_run, grid, mesa_cells, run_scenarios
from experiments.sweeping.mesa_models import MesaModel, seed_of
from experiments.sweeping.mesa_notes import LAST_STEP
from experiments.sweeping.mesa_sources import plain
from simulation.errors import InputError

OWN_MODEL = '''
"""A town."""
import mesa
from town_agents import Walker
class Town(mesa.Model):
    """Walkers."""
    def __init__(self, n=5, drift=0.0, seed=None):
        super().__init__(seed=seed)
        Walker.create_agents(self, n)
        self.drift = drift
        self.datacollector = mesa.DataCollector({"mean": lambda m: m.agents.agg("place", sum) / n})
        self.datacollector.collect(self)
    def step(self):
        self.agents.shuffle_do("step")
        self.datacollector.collect(self)
        if self.steps == 4:
            self.running = False
'''
OWN_AGENTS = '''
import mesa
class Walker(mesa.Agent):
    """Walks."""
    def __init__(self, model):
        super().__init__(model)
        self.place = 0.0
    def step(self):
        self.place += self.model.drift + self.model.random.gauss(0.0, 1.0)
'''


class Coin(mesa.Model):
    """Says what its one parameter makes it say."""

    def __init__(self, says: object = 1.0, rng: int | None = None) -> None:
        """Begin; draws on shared generators too, as many models do by oversight."""
        super().__init__(rng=rng)
        self.says, self.shared = says, random.random() + np.random.random()  # noqa: NPY002
        self.datacollector = mesa.DataCollector({"said": "says"})

    def step(self) -> None:
        """Collect."""
        self.datacollector.collect(self)
        if self.says == "boom":
            raise ValueError("it fell\non its edge")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A researcher's own model in two files."""
    (tmp_path / "town_model.py").write_text(OWN_MODEL, encoding="utf-8")
    (tmp_path / "town_agents.py").write_text(OWN_AGENTS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("town_model")
    for name in ("town_model", "town_agents"):
        sys.modules.pop(name, None)


def reloaded(folder: Path, file: str, old: str, new: str) -> MesaModel:
    """Change a file of the model and return the model as a new session would see it."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    for name in ("town_model", "town_agents"):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    return MesaModel("town_model:Town", {"n": 5}, 3)


@pytest.mark.filterwarnings("ignore:The use of the `seed` keyword:FutureWarning")
@pytest.mark.parametrize(("period", "last"), [(-1, 4), (1, 4), (3, 3)])
def test_a_batch_equals_mesas_own(period, last, town):
    parameters = {"n": [3, 6], "drift": (0.0, 1.5)}
    theirs = mesa.batch_run(
        town.Town,
        parameters,
        rng=[seed_of(7, i) for i in range(2)],
        max_steps=10,
        data_collection_period=period,
        display_progress=False,
    )
    ours = batch_run(
        town.Town, parameters, 1, 2, data_collection_period=period, max_steps=10, seed=7
    )
    columns = ["RunId", "iteration", "Step", "n", "drift", "mean"]
    expected = pd.DataFrame(theirs)[columns].astype({"Step": int})
    assert list(ours.columns) == [*columns, "run", "status", "error"]
    pd.testing.assert_frame_equal(ours[columns], expected, check_exact=True)
    assert ours["Step"].max() == last  # of 10: the model stopped itself


@pytest.mark.parametrize(
    ("model", "kind", "parameters"),
    [
        (Schelling, SchellingScenario, {"height": 8, "width": 8, "homophily": 0.6}),
        (BoltzmannWealth, BoltzmannScenario, {"n": 12, "width": 5, "height": 5}),
    ],
)
def test_a_model_that_takes_a_scenario_equals_itself_run_by_hand(model, kind, parameters):
    subject = MesaModel(model, parameters, 12)
    row = perform(Job(subject, 3, 1))
    hand = model(scenario=kind(rng=seed_of(3, 1), **parameters))
    while hand.running and hand.steps < 12:
        hand.step()
    assert (row.status, row.error) == ("done", "")
    for key, values in zip(row.keys, row.values.T, strict=True):
        assert values.tolist() == [float(v) for v in hand.datacollector.model_vars[key.measure]]
        assert row.outcomes[key.measure] == values[-1]
    assert row.outcomes[LAST_STEP] == hand.steps
    assert {k.group for k in row.keys} == {"all"}
    assert {k.boundary for k in row.keys} == {""}


def test_models_that_forget_to_seed_a_library_are_repeatable_and_leave_the_session_alone():
    subject = MesaModel(VirusOnNetwork, {"num_nodes": 20}, 5)
    random.seed(1), np.random.seed(1)  # noqa: NPY002
    first, python = perform(Job(subject, 1, 0)), random.getstate()
    random.seed(2), np.random.seed(2)  # noqa: NPY002
    again = perform(Job(subject, 1, 0))
    np.testing.assert_array_equal(first.values, again.values)
    assert len(first.values) > 1
    random.seed(1)
    assert random.getstate() == python
    coin = MesaModel(Coin, {}, 1, {"shared": "shared"})
    a, b = perform(Job(coin, 1, 0)), perform(Job(coin, 1, 1))
    assert a.outcomes["shared"] != b.outcomes["shared"]
    assert a.outcomes["shared"] == perform(Job(coin, 1, 0)).outcomes["shared"]


def test_reporters_are_functions_attributes_or_names_of_the_collectors_own(town):
    given = {"places": lambda m: len(m.agents), "drift now": "drift", "mean": "mean"}
    row = perform(Job(MesaModel(town.Town, {"drift": 2.0}, 3, given), 1, 0))
    assert row.error == ""
    assert [k.measure for k in row.keys] == list(given)
    assert row.values[-1, :2].tolist() == [5.0, 2.0]
    only = perform(Job(MesaModel(town.Town, {"drift": 2.0}, 3, ["mean"]), 1, 0))
    np.testing.assert_array_equal(only.values[:, 0], row.values[:, 2])
    # a model without a collector of its own is asked after every step
    life = {"alive": lambda m: sum(c.state for c in m.agents)}
    row = perform(Job(MesaModel(ConwaysGameOfLife, {"width": 6, "height": 6}, 4, life), 1, 0))
    assert row.error == ""
    assert row.recorded.tolist() == [0, 1, 2, 3, 4]


def test_its_id_follows_its_source_and_values_but_not_its_words(tmp_path, town):
    first = MesaModel(town.Town, {"n": 5}, 3)
    assert len(first.id) == len(first.code) == 32
    assert MesaModel("town_model:Town", {"n": np.int64(5)}, 3).id == first.id
    others = [
        MesaModel(town.Town, {"n": 6}, 3),
        MesaModel(town.Town, {"n": 5}, 4),
        MesaModel(town.Town, {"n": 5}, 3, ["mean"]),
        MesaModel(town.Town, {"n": 5}, 3, {"mean": lambda m: 1.0}),
        MesaModel(town.Town, {"n": 5}, 3, {"mean": lambda m: 2.0}),
        MesaModel(town.Town, {"n": 5}, 3, missing=True),
        MesaModel(Coin, {}, 3),
    ]
    assert len({first.id, *(o.id for o in others)}) == len(others) + 1
    worded = reloaded(tmp_path, "town_agents.py", '"""Walks."""', '"""Walks about."""  # or so')
    assert worded.id == first.id
    changed = reloaded(tmp_path, "town_agents.py", "gauss(0.0, 1.0)", "gauss(0.0, 2.0)")
    assert changed.id != first.id
    assert changed.code != first.code


def test_a_class_typed_into_a_prompt_is_known_by_what_it_does(monkeypatch):
    def typed(agent_step: str) -> MesaModel:
        space: dict[str, object] = {"__name__": "typed_in"}
        exec(OWN_AGENTS.replace("gauss", agent_step), space)
        exec(OWN_MODEL.replace("from town_agents import Walker", ""), space)
        module = ModuleType("typed_in")
        module.__dict__.update(space)
        monkeypatch.setitem(sys.modules, "typed_in", module)
        return MesaModel(space["Town"], {"n": 5}, 3)

    assert typed("gauss").id == typed("gauss").id != typed("lognormvariate").id


def test_other_processes_know_it_under_the_same_id():
    subject = MesaModel(Schelling, {"height": 8, "width": 8}, 2)
    again = pickle.loads(pickle.dumps(subject))
    assert (again.id, again.code, again.kept) == (subject.id, subject.code, "*")
    one, two = perform(Job(subject, 1, 0)), perform(Job(again, 1, 0))
    np.testing.assert_array_equal(one.values, two.values)


@pytest.mark.parametrize(
    ("says", "stage", "words"),
    [
        (float("nan"), "recording", "said: not a number in step 1"),
        (None, "recording", "said: not a number in step 1"),
        ({"a": 1}, "recording", "said: only numbers can be kept, and step 1 gives a dict"),
        ("boom", "step 1", "ValueError: it fell on its edge"),
    ],
)
def test_a_run_that_fails_is_told_by_its_place_and_ruins_nothing(says, stage, words):
    row = perform(Job(MesaModel(Coin, {"says": says}, 2), 1, 0))
    assert (row.status, row.stage) == ("failed", stage)
    assert words in row.error
    table = batch_run(Coin, [{"says": says}, {"says": 2.0}], max_steps=2)
    assert table["status"].tolist() == ["failed", "done"]
    assert words in table["error"][0]
    assert table["said"].tolist()[1] == 2.0
    assert np.isnan(table["said"][0])


def test_missing_numbers_can_be_allowed():
    row = perform(Job(MesaModel(Coin, {"says": None}, 2, missing=True), 1, 0))
    assert row.status == "done"
    assert np.isnan(row.values).all()


def test_nothing_known_is_run_again():
    memory, seen = Memory(), []
    cells = mesa_cells(Coin, {"says": [1.0, 2.0]}, steps=1)
    ask(cells, 2, runs=memory, progress=seen.append)
    more = mesa_cells(Coin, {"says": [1.0, 2.0, 3.0]}, steps=1)
    table = ask(more, 2, runs=memory, progress=seen.append)
    assert seen[-1] == Tally(2, 0, 4, 6)
    assert table["said"].tolist() == table["says"].tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]


def test_a_store_keeps_a_batch_and_shows_it_as_outcomes(tmp_path):
    parameters = {"homophily": [0.2, 0.6], "height": 8, "width": 8}
    wanted: dict[str, Any] = {
        "max_steps": 5,
        "reporters": ["pct_happy"],
        "store": tmp_path / "runs",
    }
    seen: list[Tally] = []
    first = batch_run(Schelling, parameters, iterations=2, **wanted)
    again = batch_run(Schelling, parameters, iterations=3, **wanted, progress=seen.append)
    assert seen[-1] == Tally(2, 0, 4, 6)
    pd.testing.assert_frame_equal(first, again[again["iteration"] < 2].reset_index(drop=True))
    store = Store.open(tmp_path / "runs")
    assert store.plan().title == "Schelling over homophily, height, width"
    outcomes = store.outcomes().sort_values(["replicate", "point"])
    assert outcomes["run"].tolist() == again["run"].tolist()
    assert outcomes["pct_happy"].tolist() == again["pct_happy"].tolist()
    months = store.months()
    assert set(months["measure"]) == {"pct_happy"}
    assert months["month"].max() == again["Step"].max()


def test_scenarios_may_be_listed():
    listed = [SchellingScenario(height=6, width=6, homophily=h) for h in (0.2, 0.6)]
    table = run_scenarios(listed, MesaModel(Schelling, steps=3), replicates=2)
    assert table["homophily"].tolist() == [0.2, 0.6] * 2
    frame = pd.DataFrame({"says": [1.0, 2.0]})
    assert run_scenarios(frame, MesaModel(Coin, steps=1))["said"].tolist() == [1.0, 2.0]


def test_grids_are_read_as_mesa_reads_them():
    parameters = {"n": range(2), "kind": "moore", "p": np.array([0.5, 1.0]), "flag": True}
    assert grid(parameters) == mesa.batchrunner._make_model_kwargs(parameters)


class NoSeed(mesa.Model):
    """Takes no seed."""

    def __init__(self, n: int) -> None:
        """Begin."""
        super().__init__()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: MesaModel(NoSeed), "takes no seed"),
        (lambda: MesaModel("nowhere_at_all:Town"), "the module cannot be imported"),
        (lambda: MesaModel("mesa:Nothing"), "not a Mesa model class"),
        (lambda: MesaModel("mesa"), "module:Class"),
        (lambda: MesaModel(Coin, {"says": object()}), "cannot be told from another"),
        (lambda: MesaModel(Coin, {}, reporters={"x": 3}), "name of an attribute"),
        (lambda: mesa_cells(Coin, {"says": []}), "no value is given"),
        (lambda: mesa_cells(Coin, {"run": [1]}), "the name of a column"),
        (lambda: batch_run(Coin, {}, data_collection_period=0), "data_collection_period"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(wrong, words):
    with pytest.raises(InputError) as refused:
        wrong()
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_values_that_differ_are_told_apart():
    told = [plain(v, "x") for v in ([1], [1.5], {1: 2}, {"1": 2}, np.ones(2), np.ones((2, 1)))]
    assert len({str(t) for t in told}) == len(told)
