"""Sets of agents do what Mesa's do; Mesa's own `AgentSet` of the same agents is the judge."""

import copy
import pickle
from random import Random

import mesa
import numpy as np
import pytest

from simulation.agent_values import ADDED_IDS
from simulation.agents import Connector, Resident
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.views import AgentView
from tests.small_community import same_state, small_community


@pytest.fixture
def community() -> CommunityModel:
    return small_community()


class Visitor(mesa.Agent):
    """An agent of a researcher's own."""

    def __init__(self, model, mood=0.5):
        super().__init__(model)
        self.mood = mood

    def step(self):
        self.mood /= 2


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


@pytest.mark.parametrize("twin_of", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_a_set_brings_its_community(community, twin_of):
    chosen = community.agents.select(at_most=10).shuffle()
    for agents in (chosen, community.agents, community.agents_by_type[Resident]):
        twin = twin_of(agents)
        assert type(twin) is type(agents)
        assert twin.get("id") == agents.get("id")
        assert all(a.model is twin[0].model is not community for a in twin)


def test_an_empty_set(community):
    none = community.agents.select(at_most=0)
    assert (len(none), list(none), none.get("opinion"), none.agg("opinion", len)) == (0, [], [], 0)
    assert none.get(["opinion", "group"]) == []
    assert len(none.sort("opinion").shuffle().copy()) == 0
    assert none.groupby("group").count() == {}
    none.add(community.agents[0])
    assert len(none) == 1
    with pytest.warns(UserWarning, match="no generator"):
        type(none)([])
