"""What Mesa promises of a model holds for a community (its agents: `test_agent_sets.py`).

Written against Mesa's public behaviour. The last tests guard the few private names relied upon.
"""

import copy
import gc
import pickle

import mesa
import numpy as np
import pytest

from simulation.agents import Connector, Institution, Resident
from simulation.community import CommunityModel
from simulation.views import AgentView
from tests.small_community import same_state, small_community, small_specification


@pytest.fixture
def community() -> CommunityModel:
    return small_community()


def views_alive() -> int:
    gc.collect()
    return sum(isinstance(thing, AgentView) for thing in gc.get_objects())


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


# ------------------------------------------------------------------------------ seeds


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

    class Newcomer(mesa.Agent):
        pass

    model = Plain(rng=1)
    assert model.agent_id_counter == 1
    agent = Newcomer(model)
    assert model.agents is model._all_agents
    assert model.agents_by_type is model._agents_by_type
    assert list(model._all_agents) == list(model._agents_by_type[Newcomer]) == [agent]
    assert (agent.unique_id, model.agent_id_counter) == (1, 2)
    # A set of another class is left in place, and is where agents register and leave.
    taken: list[mesa.Agent] = []

    class Put:
        add = staticmethod(taken.append)
        remove = staticmethod(taken.remove)

    model._all_agents = Put()
    another = Newcomer(model)
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
