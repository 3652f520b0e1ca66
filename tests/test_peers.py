"""Independent libraries as judges of thresholds, ties and centrality: same input, same answer.

NDlib (Rossetti et al. 2018) for cascades, networkx for graphs. How opinions move is judged in
`test_peers_opinion`, measures of inequality in `test_metrics`.
"""

from __future__ import annotations

from typing import Any

import ndlib.models.epidemics as peers
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ndlib.models.ModelConfig import Configuration

from simulation import reach
from simulation.community import CommunityModel
from tests.communities import only

SIZE = 150
SPACES: dict[str, dict[str, Any]] = {
    "random": {"kind": "random", "degree": 4},
    "small world": {"kind": "small_world", "degree": 4, "rewiring": 0.1},
    "scale free": {"kind": "scale_free", "degree": 4},
    "blocks": {"kind": "blocks", "degree": 5, "homophily": 0.7},
    "complete": {"kind": "complete"},
}
space = st.sampled_from(list(SPACES.values()))
seeds = st.integers(0, 2**31)


def graph_of(community: CommunityModel) -> nx.Graph:
    """Return the friend ties of a community as the library's graph, nodes by id."""
    graph = nx.Graph()
    graph.add_nodes_from(community.residents.id.tolist())
    table = community.ties.table()
    graph.add_edges_from(zip(table.source.tolist(), table.target.tolist(), strict=True))
    return graph


def starting(people: list[int]) -> dict[str, Any]:
    return {
        "id": "seed", "kind": "recruit", "month": 1, "target": {"pick": "person", "people": people}
    }  # fmt: skip


def thresholds(ties: dict[str, Any], seed: int, first: list[int], **start: float) -> CommunityModel:
    """Return people who act once the share of their friends who do reaches their threshold."""
    spec = only(
        "events", "activation", groups=[{"name": "a", "size": SIZE // 2},
                                        {"name": "b", "size": SIZE - SIZE // 2}],
        ties=ties, events=[starting(first)],
        parameters={"activation": {"response": "step"}, "start": start},
    )  # fmt: skip
    return CommunityModel(spec, rng=seed)


def peer_of(community: CommunityModel, first: list[int]) -> Any:
    """Return NDlib's threshold model of the same people, ties and thresholds, ready to run."""
    model, r = peers.ThresholdModel(graph_of(community)), community.residents
    config = Configuration()
    for person, threshold in zip(r.id.tolist(), r.threshold.tolist(), strict=True):
        config.add_node_configuration("threshold", person, threshold)
    config.add_model_initial_configuration("Infected", first)
    model.set_initial_status(config)
    model.iteration()  # the library's first one only reports the start
    return model


# ------------------------------------------------------------------------------------ cascades


@settings(max_examples=25)
@given(space, seeds, st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=20, unique=True),
       st.floats(0.05, 0.5), st.floats(0.01, 0.3))  # fmt: skip
def test_cascades_reach_the_same_people_in_the_same_month(
    ties: dict[str, Any], seed: int, first: list[int], middle: float, spread: float
) -> None:
    community = thresholds(ties, seed, first, threshold=middle, threshold_spread=spread)
    r = community.residents
    model = peer_of(community, first)
    for _ in range(12):
        community.step()
        model.iteration()
        theirs = sorted(person for person, status in model.status.items() if status == 1)
        assert r.id[r.stewardship == 1.0].tolist() == theirs


@pytest.mark.parametrize("name", SPACES)
def test_a_cascade_settles_on_the_same_final_set(name: str) -> None:
    first = list(range(0, SIZE, 10))
    community = thresholds(SPACES[name], 4, first, threshold=0.3, threshold_spread=0.1)
    model = peer_of(community, first)
    community.run(60)
    model.iteration_bunch(60)
    r = community.residents
    theirs = {person for person, status in model.status.items() if status == 1}
    assert set(r.id[r.stewardship == 1.0].tolist()) == theirs
    assert len(theirs) > len(first)


@given(seeds, st.integers(0, SIZE - 1))
def test_whoever_any_friend_moves_is_the_component_of_the_first(seed: int, first: int) -> None:
    ties = {"kind": "random", "degree": 1.5}
    community = thresholds(ties, seed, [first], threshold=1e-9)
    wanted = nx.node_connected_component(graph_of(community), first)
    community.run(SIZE)
    r = community.residents
    assert set(r.id[r.stewardship == 1.0].tolist()) == wanted


# ----------------------------------------------------------------------------- ties and centrality


@settings(max_examples=25)
@given(space, seeds, st.integers(1, 20))
def test_the_most_central_are_those_of_greatest_degree_centrality(
    ties: dict[str, Any], seed: int, count: int
) -> None:
    event = {"id": "e", "kind": "recruit", "month": 1,
             "target": {"pick": "most_central", "count": count}}  # fmt: skip
    spec = only("events", groups=[{"name": "a", "size": SIZE}], ties=ties, events=[event])
    community = CommunityModel(spec, rng=seed).run(1)
    central = nx.degree_centrality(graph_of(community))
    wanted = sorted(central, key=lambda person: (-round(central[person], 12), person))[:count]
    r = community.residents
    assert r.id[r.stewardship == 1.0].tolist() == sorted(wanted)
    degrees = dict(graph_of(community).degree())
    assert community.ties.degrees().tolist() == [degrees[person] for person in r.id.tolist()]


@settings(max_examples=25)
@given(space, seeds)
def test_ties_within_and_across_groups_are_counted_alike(ties: dict[str, Any], seed: int) -> None:
    community = thresholds(ties, seed, [0])
    graph, r, t = graph_of(community), community.residents, community.ties.table()
    nx.set_node_attributes(graph, dict(zip(r.id.tolist(), r.group.tolist(), strict=True)), "group")
    mixing = nx.attribute_mixing_matrix(graph, "group", normalized=False)
    inside = np.trace(mixing)
    index = (mixing.sum() - 2.0 * inside) / mixing.sum()
    assert reach.ei_index(t.source, t.target, r.group) == pytest.approx(index, abs=1e-12)
    trust = np.ones(len(t.source))
    crossing = {a for a, b in graph.edges if graph.nodes[a]["group"] != graph.nodes[b]["group"]}
    crossing |= {b for a, b in graph.edges if graph.nodes[a]["group"] != graph.nodes[b]["group"]}
    assert reach.cross_group_reach(t.source, t.target, trust, r.group, 0.6) == pytest.approx(
        len(crossing) / SIZE
    )
