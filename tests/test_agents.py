"""Residents, connectors and institutions as objects: they are their row, and nothing else."""

import copy
import gc
import pickle
import weakref

import mesa
import numpy as np
import pytest

from simulation.agents import Connector, Institution, Resident
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.ties import KINDS
from tests.small_community import small_community

KINDS_OF_AGENTS = [
    (Institution, "institutions"),
    (Connector, "connectors"),
    (Resident, "residents"),
]


@pytest.fixture
def community() -> CommunityModel:
    return small_community()


def alive(kind: type) -> int:
    gc.collect()
    return sum(isinstance(thing, kind) for thing in gc.get_objects())


# ------------------------------------------------------------------------ columns


@pytest.mark.parametrize(("kind", "table"), KINDS_OF_AGENTS)
def test_every_column_is_an_attribute_that_reads_its_row(community, kind, table):
    columns = getattr(community, table)
    for row, agent in enumerate(community.agents_by_type[kind]):
        for name, values in columns.arrays().items():
            assert np.array_equal(getattr(agent, name), values[row]), name
    assert row == len(columns) - 1
    assert isinstance(agent, mesa.Agent)
    assert kind.columns["burnout" if "burnout" in kind.columns else "budget"].__doc__


@pytest.mark.parametrize(("kind", "table"), KINDS_OF_AGENTS)
def test_every_column_but_the_id_can_be_written(community, kind, table):
    agent = community.agents_by_type[kind][1]
    for name, values in getattr(community, table).arrays().items():
        if name == "id":
            continue
        before = values.copy()
        new = np.zeros_like(values[1]) if values[1].any() else np.ones_like(values[1])
        setattr(agent, name, new)
        assert np.array_equal(values[1], new), name
        assert np.array_equal(np.delete(values, 1, axis=0), np.delete(before, 1, axis=0)), name


def test_a_vector_is_live(community):
    agent = community.agents_by_type[Resident][3]
    agent.wellbeing[1] = 0.125
    assert community.residents.wellbeing[3, 1] == 0.125


def test_plain_values_are_python_numbers(community):
    agent = community.agents_by_type[Resident][0]
    assert type(agent.opinion) is float
    assert type(agent.group) is int
    assert type(agent.present) is bool
    assert type(agent.unique_id) is int


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("opinion", "high"),
        ("opinion", [0.1, 0.2]),
        ("group", 0.5),
        ("present", 2),
        ("ladder", 1000),
        ("wellbeing", 0.5),
        ("id", 3),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_changes_nothing(community, name, value):
    before = getattr(community.residents, name).copy()
    agents = community.agents_by_type[Resident]
    with pytest.raises(InputError, match=name):
        setattr(agents[0], name, value)
    with pytest.raises(InputError, match=name):
        agents.set(name, value)
    assert np.array_equal(getattr(community.residents, name), before)


def test_a_view_follows_its_person_through_new_columns_and_new_rows(community):
    someone = community.agents_by_type[Resident][5]
    identity, number = someone.person_id, someone.unique_id
    community.run(12)
    assert len(community.residents) > 40
    assert community.row_of(identity) == 5
    assert someone.opinion == community.residents.opinion[5]
    assert (someone.person_id, someone.unique_id) == (identity, number)


def test_rows_may_be_stored_in_any_order(community):
    agents = community.agents_by_type[Resident].to_list()
    before = [agent.opinion for agent in agents]
    for name, values in community.residents.arrays().items():
        setattr(community.residents, name, values[::-1].copy())
    community.note_rows()
    assert [agent.opinion for agent in agents] == before


# ----------------------------------------------------------------------- identity


def test_the_same_person_is_the_same_object(community):
    agents = community.agents_by_type[Resident]
    one = agents[4]
    assert agents[4] is one
    assert community.agents.to_list()[one.unique_id - 1] is one
    assert one in {one: 1}
    assert copy.copy(one) is one


def test_mesa_ids_count_from_one_and_newcomers_move_nobody(community):
    before = {agent.person_id: agent.unique_id for agent in community.agents}
    assert list(before.values()) == list(range(1, len(community.agents) + 1))
    community.run(12)
    after = {agent.person_id: agent.unique_id for agent in community.agents}
    assert len(after) > len(before)
    assert {person: after[person] for person in before} == before
    assert list(after.values()) == list(range(1, len(after) + 1))


def test_the_displaced_are_still_there(community):
    community.run(12)
    gone = community.agents.select(lambda a: isinstance(a, Resident) and not a.present)
    assert len(gone) == community.absent > 0


def test_views_nobody_holds_are_forgotten(community):
    base = alive(Resident)
    held = community.agents.to_list()
    assert alive(Resident) == base + 40
    keep = held[-1]
    del held
    assert alive(Resident) == base + 1
    assert keep is community.agents[-1]


def test_a_model_nobody_holds_is_forgotten():
    community = small_community()
    community.agents_by_type[Resident][0].colour = "red"
    gone = weakref.ref(community)
    del community
    gc.collect()
    assert gone() is None


def test_an_attribute_of_ones_own_lasts_and_is_pickled(community):
    agents = community.agents_by_type[Resident]
    agents[2].colour = "red"
    gc.collect()
    assert agents[2].colour == "red"
    for twin in (pickle.loads(pickle.dumps(community)), copy.deepcopy(community)):
        other = twin.agents_by_type[Resident]
        assert other[2].colour == "red"
        assert other[2] is not agents[2]
        assert other[2].model is twin
        assert not hasattr(other[3], "colour")


def test_a_view_can_be_pickled_and_brings_its_community(community):
    one = community.agents_by_type[Resident][2]
    one.friend = community.agents_by_type[Resident][3]
    twin = pickle.loads(pickle.dumps(one))
    assert twin.model is not community
    assert twin.opinion == one.opinion
    assert twin is twin.model.agents_by_type[Resident][2]
    assert twin.friend is twin.model.agents_by_type[Resident][3]


# ------------------------------------------------------------ asking one of them


def test_ties_are_those_of_the_graph(community):
    table = community.ties.table()
    for agent in community.agents:
        own = table.source == agent.person_id
        got = {(t.to.person_id, t.kind, t.reliability, t.openness, t.mission) for t in agent.ties}
        kinds = [KINDS[k] for k in table.kind[own]]
        parts = (table.reliability[own], table.openness[own], table.mission[own])
        expected = zip(table.target[own], kinds, *parts, strict=True)
        assert got == set(expected)
        assert len(agent.ties) == np.count_nonzero(own)


def test_trust_in_another(community):
    one = community.agents_by_type[Resident][0]
    for tie in one.ties:
        assert one.trust_in(tie.to) == pytest.approx(tie.trust, abs=1e-15)
    strangers = set(community.agents) - {tie.to for tie in one.ties}
    assert strangers
    assert all(one.trust_in(other) is None for other in strangers)


def test_neighbours_are_friends(community):
    for one in community.agents_by_type[Resident]:
        friends = [tie.to for tie in one.ties if tie.kind == "friend"]
        assert one.neighbours() == friends
        assert friends == sorted(friends, key=lambda a: a.person_id)


def test_when_everyone_listens_to_everyone():
    community = small_community(
        groups=[{"name": "all", "size": 2100}], ties={"kind": "complete"}, events=[], months=1
    )
    assert community.ties.implicit
    one, *others = community.agents_by_type[Resident]
    others[-1].present = False
    assert one.neighbours() == others[:-1]
    assert one.trust_in(others[0]) == community.ties.implicit_trust
    assert one.trust_in(one) is None
    assert [tie.to for tie in one.ties if tie.kind == "friend"] == others[:-1]


def test_names(community):
    north, south = community.agents_by_type[Resident][0], community.agents_by_type[Resident][39]
    assert (north.group_name, south.group_name) == ("north", "south")
    assert north.place_name == "town"
    north.ladder = 3
    assert north.rung == "participant"
    clinic, fund = community.agents_by_type[Institution]
    assert (clinic.name, fund.name) == ("clinic", "fund")
    assert (clinic.sector_name, fund.sector_name) == ("hospital", "funder")


def test_connectors_and_their_clients(community):
    employed, _, free = community.agents_by_type[Connector]
    assert employed.employed_by is community.agents_by_type[Institution][0]
    assert free.employed_by is None
    clients = employed.clients()
    assert clients
    for one in community.agents_by_type[Resident]:
        assert (one in clients) == (one.trust_in(employed) is not None)


def test_seats_and_leaders(community):
    clinic, fund = community.agents_by_type[Institution]
    assert len(clinic.seats) + len(fund.seats) == len(community.seats)
    (leader,) = fund.leaders()
    assert leader.in_seat
    assert leader.seat in fund.seats
    assert leader.seat.leader is leader
    assert leader.seat.institution is fund
    outside = [seat for seat in clinic.seats if seat.holder >= 0]
    assert outside
    assert all(seat.leader is None for seat in outside)
    other = next(a for a in community.agents_by_type[Resident] if not a.in_seat)
    assert other.seat is None


# ----------------------------------------------------------------------- refusals


def test_agents_are_neither_made_nor_removed_by_hand(community):
    one = community.agents_by_type[Resident][0]
    with pytest.raises(InputError, match="Resident"):
        Resident(community)
    with pytest.raises(InputError, match="Resident"):
        Resident.create_agents(community, 3)
    with pytest.raises(InputError, match="leave through the model"):
        one.remove()
    with pytest.raises(InputError, match="leave through the model"):
        community.remove_all_agents()
    assert len(community.agents) == 45


def test_doing_nothing_of_their_own_accord(community):
    before = community.snapshot()
    community.agents.shuffle_do("step")
    community.agents.do("advance")
    for name in ("residents", "connectors", "institutions"):
        for column, values in getattr(community, name).arrays().items():
            assert np.array_equal(values, getattr(before[name], column), equal_nan=True)


def test_who_was_not_there_yet_is_missed_after_a_restore(community):
    start = community.snapshot()
    community.run(12)
    newcomer = community.agents_by_type[Resident][-1]
    chosen = community.agents_by_type[Resident].copy()
    opinion = newcomer.opinion
    community.restore(start)
    with pytest.raises(InputError, match="not in the community as it stands"):
        _ = newcomer.opinion
    assert newcomer not in community.agents
    assert len(chosen) == 40
    community.run(12)
    assert newcomer.opinion == opinion
    assert newcomer is community.agents_by_type[Resident][-1]
