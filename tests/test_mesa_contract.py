"""What Mesa promises of a model and its agents holds for a community.

Written against Mesa's public behaviour: where it can be, Mesa's own `AgentSet` of the same agents
is the judge. The last tests guard the few private names on which the agent sets rely.
"""

import copy
import functools
import gc
import multiprocessing
import operator
import pickle
from random import Random

import mesa
import numpy as np
import pandas as pd
import pytest

from simulation.agent_sets import ADDED_IDS
from simulation.agents import Connector, Institution, Resident
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.views import AgentView
from tests.small_community import small_community, small_specification


@pytest.fixture
def community() -> CommunityModel:
    return small_community()


def same_state(one: CommunityModel, other: CommunityModel) -> bool:
    """Compare all columns, ties and the record, bit for bit."""
    for table in ("residents", "connectors", "institutions", "seats", "stocks", "groups", "pairs"):
        mine, theirs = getattr(one, table).arrays(), getattr(other, table).arrays()
        if any(not np.array_equal(mine[n], theirs[n], equal_nan=n != "id") for n in mine):
            return False
    ties = zip(one.ties.table(), other.ties.table(), strict=True)
    return all(np.array_equal(a, b) for a, b in ties) and one.series().equals(other.series())


def views_alive() -> int:
    gc.collect()
    return sum(isinstance(thing, AgentView) for thing in gc.get_objects())


class Visitor(mesa.Agent):
    """An agent of a researcher's own."""

    def __init__(self, model, mood=0.5):
        super().__init__(model)
        self.mood = mood

    def step(self):
        self.mood /= 2


# ------------------------------------------------------------------ agents of the model


def test_agent_sets_equal_the_columns_every_month(community):
    for _ in range(12):
        community.step()
        by_type = community.agents_by_type
        assert len(by_type[Resident]) == len(community.residents)
        assert by_type[Resident].get("opinion") == community.residents.opinion.tolist()
        assert by_type[Connector].get("burnout") == community.connectors.burnout.tolist()
        assert by_type[Institution].get("pooled") == community.institutions.pooled.tolist()
        assert len(community.agents) == sum(map(len, by_type.values()))
    assert len(community.residents) > 40
    assert set(community.agent_types) == {Institution, Connector, Resident}


def test_building_stepping_and_whole_columns_make_no_agent():
    before = views_alive()
    community = small_community()
    community.run(6)
    residents = community.agents_by_type[Resident]
    residents.get(["opinion", "unique_id"])
    residents.agg("wellbeing", np.mean)
    residents.set("safety", 0.5).sort("opinion").shuffle().select(at_most=5).groupby("group")
    community.agents.select(agent_type=Resident).get("burnout")
    copy.deepcopy(community)
    assert views_alive() == before
    held = residents.to_list()
    assert views_alive() - before == len(held) == len(community.residents)


def test_agents_while_stepping(community):
    seen = []

    def watch(name, model):
        if name == "record":
            agents = model.agents_by_type[Resident]
            seen.append((model.month, model.time, len(agents), agents.agg("opinion", np.mean)))

    community.watch = watch
    community.run(4)
    months = [(m, float(m)) for m in range(1, 5)]
    assert [(m, t) for m, t, _, _ in seen] == months
    assert [n for _, _, n, _ in seen] != [40] * 4
    assert seen[-1][3] == community.residents.opinion.mean()


@pytest.mark.parametrize("at_most", [float("inf"), 0, 7, 0.25, 1.0, 10**6])
@pytest.mark.parametrize("chooses", [None, lambda a: a.opinion > 0.5])
@pytest.mark.parametrize("kind", [None, Resident, Connector, mesa.Agent, Visitor])
def test_select_is_mesas(community, at_most, chooses, kind):
    Visitor.create_agents(community, 3, mood=[0.1, 0.2, 0.3])
    everyone = community.agents if chooses is None else community.agents_by_type[Resident]
    held = list(everyone)
    judge = mesa.agent.AgentSet(held, Random(1)).select(chooses, at_most, agent_type=kind)
    assert list(everyone.select(chooses, at_most, agent_type=kind)) == list(judge)
    changed = everyone.copy()
    assert changed.select(chooses, at_most, inplace=True, agent_type=kind) is changed
    assert list(changed) == list(judge)


@pytest.mark.parametrize(
    "key", ["opinion", "group", "present", "unique_id", "group_name", "negated"]
)
@pytest.mark.parametrize("ascending", [False, True])
def test_sort_is_mesas(community, key, ascending):
    key = (lambda a: -a.susceptibility) if key == "negated" else key
    residents = community.agents_by_type[Resident]
    held = list(residents)
    judge = mesa.agent.AgentSet(held, Random(1)).sort(key, ascending)
    assert list(residents.sort(key, ascending)) == list(judge)
    changed = residents.copy()
    assert changed.sort(key, ascending, inplace=True) is changed
    assert list(changed) == list(judge)


def test_shuffling_is_mesas(community):
    everyone = community.agents
    held = list(everyone)
    start = community.random.getstate()
    judge = Random()
    judge.setstate(start)
    expected = list(mesa.agent.AgentSet(held, judge).shuffle())
    assert list(everyone.shuffle()) == expected
    assert set(expected) == set(held)
    called: list[AgentView] = []
    community.random.setstate(start)
    everyone.shuffle_do(called.append)
    assert called == expected


def test_do_and_map_call_each_agent(community):
    residents = community.agents_by_type[Resident]
    held = list(residents)
    called: list[AgentView] = []
    assert residents.do(called.append) is residents
    assert called == held
    assert residents.map("trust_in", held[0]) == [a.trust_in(held[0]) for a in held]
    assert residents.map(lambda a, plus: a.opinion + plus, plus=1) == [a.opinion + 1 for a in held]


@pytest.mark.parametrize("by", ["group", "group_name", lambda a: a.opinion > 0.5])
def test_groupby_is_mesas(community, by):
    residents = community.agents_by_type[Resident]
    held = list(residents)
    judge = mesa.agent.AgentSet(held, Random(1)).groupby(by)
    ours = residents.groupby(by)
    assert [(k, list(group)) for k, group in ours] == [(k, list(group)) for k, group in judge]
    assert ours.count() == judge.count()
    assert ours.agg("opinion", np.mean) == judge.agg("opinion", np.mean)
    as_lists = residents.groupby(by, result_type="list")
    assert dict(as_lists.groups) == {k: list(group) for k, group in judge}
    assert type(next(iter(ours.groups.values()))) is type(residents.copy())


@pytest.mark.parametrize("function", [np.mean, np.std, np.max, sum, min, len, np.median, list])
@pytest.mark.parametrize("name", ["opinion", "ladder", "present", "group"])
def test_agg_is_mesas(community, name, function):
    community.run(3)
    for agents in (
        community.agents_by_type[Resident],
        community.agents_by_type[Resident].shuffle(),
    ):
        judge = mesa.agent.AgentSet(held := list(agents), Random(1))
        assert agents.agg(name, function) == judge.agg(name, function)
        assert agents.agg(name, [function, max]) == judge.agg(name, [function, max])
        assert len(held) == len(agents)


def test_get_and_set(community):
    residents = community.agents_by_type[Resident]
    held = list(residents)
    names = ["opinion", "group_name", "unique_id"]
    assert residents.get(names) == [[getattr(a, n) for n in names] for a in held]
    assert np.array_equal(np.array(residents.get("wellbeing")), community.residents.wellbeing)
    some = residents.select(at_most=10).shuffle()
    assert some.get("opinion") == [a.opinion for a in some]
    assert some.set("opinion", 0.25) is some
    assert np.array_equal(community.residents.opinion == 0.25, [a in some for a in held])
    some.set("colour", "red")
    assert sum(hasattr(a, "colour") for a in community.agents) == 10


def test_an_attribute_that_not_all_have(community):
    everyone = community.agents
    with pytest.raises(AttributeError, match="wellbeing"):
        everyone.get("wellbeing")
    with pytest.raises(ValueError, match="handle_missing"):
        everyone.get("opinion", handle_missing="ignore")
    values = everyone.get("opinion", handle_missing="default", default_value=-1.0)
    assert values == [-1.0] * 5 + community.residents.opinion.tolist()
    assert everyone.get("id") == [a.id for a in everyone]


def test_sets_are_collections(community):
    residents = community.agents_by_type[Resident]
    first, second = residents.select(at_most=10), residents.to_list()[5:15]
    assert list(first & second) == residents[5:10]
    assert set(first | second) == set(residents[:15])
    assert list(first - second) == residents[:5]
    assert residents[-1] is residents.to_list()[39]
    assert residents[0] not in community.agents_by_type[Connector]
    assert small_community().agents[0] not in community.agents
    first.remove(second[0])
    first.add(second[9])
    first.add(second[9])
    first.discard(second[9])
    first.discard(second[9])
    assert list(first) == [*residents[:5], *residents[6:10]]
    with pytest.raises(KeyError):
        first.remove(second[0])
    with pytest.raises(InputError, match="one community"):
        first.add(small_community().agents[0])


def test_the_models_own_sets_are_not_changed_in_place(community):
    for agents in (community.agents, community.agents_by_type[Resident]):
        with pytest.raises(InputError, match="copy"):
            agents.shuffle(inplace=True)
        with pytest.raises(InputError, match="copy"):
            agents.select(at_most=3, inplace=True)
        with pytest.raises(InputError, match="leave through the model"):
            agents.remove(agents[-1])
    with pytest.raises(AttributeError):
        community.agents = []


# ------------------------------------------------------------- agents somebody adds


def test_a_researchers_own_agents_register_and_leave(community):
    one, two = Visitor(community), Visitor(community)
    assert [one.unique_id, two.unique_id] == [ADDED_IDS, ADDED_IDS + 1]
    assert list(community.agents)[-2:] == [one, two]
    assert len(community.agents) == 47
    assert list(community.agents_by_type[Visitor]) == [one, two]
    assert community.agents_by_type[Visitor].agg("mood", sum) == 1.0
    assert one in community.agents
    chosen = community.agents.select(agent_type=Visitor)
    assert chosen.get("mood") == [0.5, 0.5]
    community.agents.do("step")
    assert chosen.get("mood") == [0.25, 0.25]
    one.remove()
    assert one not in community.agents
    assert list(chosen) == [two]
    assert len(community.agents) == 46


def test_a_researchers_own_agents_may_leave_while_others_act(community):
    visitors = [Visitor(community) for _ in range(4)]
    acted = []

    def act(agent):
        if isinstance(agent, Visitor):
            acted.append(agent)
            if visitors[-1] in community.agents:
                visitors[-1].remove()

    community.agents.do(act)
    assert acted == visitors[:-1]


def test_a_researchers_own_agents_disturb_nobody_and_are_pickled(community):
    alone = small_community()
    Visitor.create_agents(community, 5, mood=0.75)
    community.run(6)
    alone.run(6)
    assert same_state(community, alone)
    twin = pickle.loads(pickle.dumps(community))
    assert twin.agents_by_type[Visitor].get("mood") == [0.75] * 5
    assert all(a.model is twin for a in twin.agents)
    assert len(twin.agents) == len(community.agents)
    assert Visitor(twin).unique_id == ADDED_IDS + 5


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


@pytest.mark.parametrize(
    "rng", [5, np.int32(5), [1, 2], np.random.SeedSequence(3), np.random.PCG64(3)]
)
def test_every_seed_that_mesa_takes(rng):
    one, two = (CommunityModel(small_specification(), rng=copy.deepcopy(rng)) for _ in range(2))
    assert same_state(one.run(2), two.run(2))
    assert not same_state(one, CommunityModel(small_specification(), rng=6).run(2))


def test_without_a_seed_the_specification_decides():
    built = CommunityModel(small_specification(seed=11))
    assert same_state(built.run(1), CommunityModel(small_specification(seed=4), rng=11).run(1))


# ------------------------------------------------------------ copies and two at once


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_continues_bit_for_bit(community, twin_of):
    alone = small_community().run(12)
    community.run(4)
    community.agents_by_type[Resident][0].colour = "red"
    twin = twin_of(community)
    for _ in range(8):
        twin.step()
    assert (community.month, twin.month, twin.time, twin.steps) == (4, 12, 12.0, 12)
    assert same_state(twin, alone)
    community.run(8)
    assert same_state(community, alone)
    assert twin.agents[0].model is twin
    assert twin.agents is twin.agents
    assert twin.agents_by_type[Resident].get("opinion") == twin.residents.opinion.tolist()


def test_two_models_do_not_disturb_each_other():
    alone = [small_community(rng=seed).run(8) for seed in (1, 2)]
    together = [small_community(rng=seed) for seed in (1, 2)]
    for _ in range(8):
        for model in together:
            model.step()
            model.agents.shuffle_do("step")
    assert all(same_state(a, b) for a, b in zip(alone, together, strict=True))
    assert not same_state(*alone)
    one, two = (model.agents_by_type[Resident] for model in together)
    one.set("opinion", 0.0)
    assert max(two.get("opinion")) > 0.0


def test_looking_changes_nothing(community):
    alone = small_community().run(6)
    for _ in range(6):
        community.step()
        for agent in community.agents.shuffle():
            repr((agent, agent.ties, agent.node))
    assert same_state(community, alone)


def test_a_snapshot_continues_bit_for_bit(community):
    alone = small_community().run(12)
    community.run(3)
    kept = community.snapshot()
    someone = community.agents_by_type[Resident][1]
    then = someone.opinion
    community.run(9)
    assert same_state(community, alone)
    for _ in range(2):
        community.restore(kept)
        assert (community.month, community.time, community.steps) == (3, 3.0, 3)
        assert someone.opinion == then
        assert community.running
        for _ in range(9):
            community.step()
        assert (community.month, community.time, community.steps) == (12, 12.0, 12)
        assert same_state(community, alone)
    other = small_community(rng=7)
    other.restore(kept)
    assert same_state(other.run(9), alone)


# ------------------------------------------------------------------------------ time


def test_mesas_clock_follows_the_months(community):
    assert (community.month, community.time, community.steps) == (0, 0.0, 0)
    community.step()
    assert (community.month, community.time, community.steps) == (1, 1.0, 1)
    community.run_for(3)
    assert (community.month, community.time, community.steps) == (4, 4.0, 4)
    community.run_until(6)
    assert (community.month, community.time, community.steps) == (6, 6.0, 6)
    assert same_state(community, small_community().run(6))


def test_run_model_stops_at_the_horizon(community):
    community.run_model()
    assert (community.month, community.running) == (12, False)


def test_scheduled_events_come_between_the_months(community):
    seen = []

    def note():
        seen.append((community.time, community.month))

    community.schedule_event(note, at=2.5)
    community.run(4)
    assert seen == [(2.5, 2)]


# ------------------------------------------------------- the private names relied upon


def test_mesa_keeps_its_agents_where_the_sets_are_put():
    class Plain(mesa.Model):
        pass

    model = Plain(rng=1)
    assert model.agent_id_counter == 1
    agent = Visitor(model)
    assert model.agents is model._all_agents
    assert model.agents_by_type is model._agents_by_type
    assert list(model._all_agents) == list(model._agents_by_type[Visitor]) == [agent]
    assert (agent.unique_id, model.agent_id_counter) == (1, 2)
    # A set of another class is left in place, and is where agents register and leave.
    taken: list[mesa.Agent] = []

    class Put:
        add = staticmethod(taken.append)
        remove = staticmethod(taken.remove)

    model._all_agents = Put()
    another = Visitor(model)
    assert taken == [another]
    another.remove()
    assert taken == []


def test_mesa_schedules_the_next_step_where_restoring_expects_it():
    class Plain(mesa.Model):
        pass

    model = Plain(rng=1)
    model.step()
    model.step()
    model._default_schedule.pause()
    model.time, model.steps = 0.0, 0
    model._default_schedule.resume()
    assert model._default_schedule.next_scheduled_time == 1.0
    model.step()
    assert (model.time, model.steps) == (1.0, 1)


def test_mesa_reads_the_record_where_it_is_shown(community):
    """`batch_run` looks for these names in a collector; ours answers them from the record."""
    theirs = mesa.DataCollector(model_reporters={"a": "time"})
    ours = community.datacollector
    for name in (
        "model_vars",
        "_collection_steps",
        "_agent_records",
        "_agenttype_records",
        "agent_reporters",
        "agenttype_reporters",
        "model_reporters",
    ):
        assert type(getattr(ours, name)) is type(getattr(theirs, name)), name
