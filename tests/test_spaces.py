"""Spaces: exact shapes, distributions, and independence from storage order."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from simulation.chance import Luck
from simulation.errors import InputError
from simulation.spaces import Edges, Space, build_ties, is_implicit, positions
from simulation.spaces import networks as net
from simulation.spaces.geometry import share_within

GRIDS = ("moore", "von_neumann")
DRAWN = ("random", "small_world", "scale_free", "blocks", "geometric")
WRITTEN = (*GRIDS, "ring", *DRAWN, "complete")


def build(n: int, seed: int = 1, groups: Any = None, **settings: Any) -> Edges:
    group = np.arange(n) % 3 if groups is None else np.asarray(groups)
    return build_ties(Space(**settings), group, np.arange(n), Luck(seed))


def degrees(edges: Edges, n: int) -> np.ndarray:
    return np.bincount(np.concatenate(edges), minlength=n)


def inside(edges: Edges, group: np.ndarray) -> float:
    return float((group[edges.first] == group[edges.second]).mean())


# --- what all kinds keep --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("strict", [False, True])
def test_pairs_are_distinct_sorted_and_without_self_ties(kind: str, strict: bool) -> None:
    groups = np.arange(120) // 50
    edges = build_ties(Space(kind=kind), groups, np.arange(120), Luck(3, strict=strict))
    assert edges.first.dtype == edges.second.dtype == np.int64
    assert (edges.first < edges.second).all()
    assert (np.diff(edges.first * 120 + edges.second) > 0).all()
    assert edges.first.size >= 2 * 120 - 30


@pytest.mark.parametrize("kind", WRITTEN)
@given(seed=st.integers(0, 2**31), shuffle=st.integers(0, 2**31))
def test_storage_order_means_nothing(kind: str, seed: int, shuffle: int) -> None:
    rng = np.random.default_rng(shuffle)
    n = 60
    ids = np.sort(rng.choice(10_000_000_000, n, replace=False))
    groups = rng.integers(0, 2, n)
    groups[:20] = np.arange(20) % 2
    space, luck = Space(kind=kind, degree=4, homophily=0.3), Luck(seed)
    mixed = rng.permutation(n)
    plain = build_ties(space, groups, ids, luck)
    other = build_ties(space, groups[mixed], ids[mixed], luck)
    assert np.array_equal(ids[plain.first], ids[mixed][other.first])
    assert np.array_equal(ids[plain.second], ids[mixed][other.second])
    where = positions(space, n, plain, luck, ids)
    assert np.array_equal(where[mixed], positions(space, n, other, luck, ids[mixed]))


@pytest.mark.parametrize("kind", WRITTEN)
def test_groups_may_be_called_anything(kind: str) -> None:
    groups = np.arange(120) % 3
    plain = build(120, groups=groups, kind=kind, homophily=0.7)
    other = build(120, groups=np.array([40, -7, 3])[groups], kind=kind, homophily=0.7)
    assert np.array_equal(plain, other)


@pytest.mark.parametrize("kind", DRAWN)
def test_seeds_differ_and_repeat(kind: str) -> None:
    assert np.array_equal(build(200, seed=5, kind=kind), build(200, seed=5, kind=kind))
    assert not np.array_equal(
        build(200, seed=5, kind=kind).second[:150], build(200, seed=6, kind=kind).second[:150]
    )


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("kind", WRITTEN)
def test_nobody_and_a_single_person_have_no_ties(kind: str, n: int) -> None:
    edges = build(n, kind=kind)
    assert edges.first.size == edges.second.size == 0
    assert positions(Space(kind=kind), n, edges, Luck(1)).shape == (n, 2)


def test_ids_must_differ() -> None:
    with pytest.raises(ValueError, match="ids repeat"):
        build_ties(Space(), np.zeros(3), np.array([1, 2, 1]), Luck(1))


# --- grids and rings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "reach", "degree"),
    [("moore", 1, 8), ("moore", 2, 24), ("von_neumann", 1, 4), ("von_neumann", 2, 12)],
)
def test_everyone_on_a_torus_has_all_neighbours(kind: str, reach: int, degree: int) -> None:
    edges = build(6 * 7, kind=kind, reach=reach)
    assert (degrees(edges, 42) == degree).all()


@pytest.mark.parametrize("torus", [True, False])
def test_grids_are_those_of_networkx(torus: bool) -> None:
    edges = build(35, kind="von_neumann", width=5, torus=torus)
    theirs = nx.grid_2d_graph(7, 5, periodic=torus)
    wanted = {tuple(sorted((r * 5 + c, y * 5 + x))) for (r, c), (y, x) in theirs.edges}
    assert set(zip(edges.first.tolist(), edges.second.tolist(), strict=True)) == wanted


def test_a_grid_with_borders_counts_corners_and_sides() -> None:
    count = np.bincount(degrees(build(30, kind="moore", width=6, torus=False), 30))
    assert count.tolist() == [0, 0, 0, 4, 0, 14, 0, 0, 12]


@pytest.mark.parametrize(
    ("n", "settings", "part"),
    [
        (997, {}, "992 (32 by 31) or 1024 (32 by 32)"),
        (20, {"width": 6}, "18 or 24"),
        (20, {"width": 10}, "too narrow"),
        (16, {"reach": 2}, "too narrow"),
        (5, {"width": 7}, "do not fill"),
    ],
)
def test_people_who_do_not_fill_a_grid_are_told_what_would(
    n: int, settings: dict[str, Any], part: str
) -> None:
    with pytest.raises(InputError) as caught:
        build(n, kind="moore", **settings)
    assert part in str(caught.value)
    assert str(caught.value).startswith("ties.")


def test_a_ring_ties_the_next_on_either_side() -> None:
    edges = build(10, kind="ring", degree=4)
    wanted = nx.circulant_graph(10, [1, 2])
    ours = zip(edges.first.tolist(), edges.second.tolist(), strict=True)
    assert {frozenset(e) for e in ours} == {frozenset(e) for e in wanted.edges}


# --- small world ----------------------------------------------------------------------------------


def test_a_small_world_without_rewiring_is_a_ring() -> None:
    edges = build(100, kind="small_world", degree=6, rewiring=0)
    assert (degrees(edges, 100) == 6).all()
    graph = nx.Graph(list(zip(*edges, strict=True)))
    assert nx.is_isomorphic(graph, nx.circulant_graph(100, [1, 2, 3]))


@pytest.mark.parametrize("rewiring", [0.05, 0.3, 1.0])
def test_rewiring_moves_its_share_of_ties_and_keeps_their_number(rewiring: float) -> None:
    n, luck = 4000, Luck(8)
    space = Space(kind="small_world", degree=8, rewiring=rewiring, homophily=0)
    group, ids = np.zeros(n, np.int64), np.arange(n)
    edges = build_ties(space, group, ids, luck)
    assert edges.first.size == n * 4
    on_ring = np.argsort(net.ring_order(0, group, ids, luck))
    gap = np.abs(on_ring[edges.first] - on_ring[edges.second])
    far = np.minimum(gap, n - gap) > 4
    expected = rewiring * (1 - 8 / n)
    assert abs(far.mean() - expected) < 4 * math.sqrt(0.25 / edges.first.size)
    assert (degrees(edges, n) >= 4).all()  # each person keeps the ties it started


def test_a_small_world_is_clustered_and_short() -> None:
    graph = nx.Graph(list(zip(*build(500, degree=10, rewiring=0.1, homophily=0.0), strict=True)))
    assert nx.number_of_nodes(graph) == 500
    assert nx.is_connected(graph)
    assert abs(nx.transitivity(graph) - (2 / 3) * 0.9**3) < 0.05
    assert nx.average_shortest_path_length(graph) < 4.5  # the ring: 25.5


@pytest.mark.parametrize("homophily", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("rewiring", [0.0, 0.1, 1.0])
def test_homophily_means_the_same_in_a_small_world(homophily: float, rewiring: float) -> None:
    group = (np.arange(9000) % 3 > 0).astype(np.int64)
    edges = build(9000, groups=group, degree=6, homophily=homophily, rewiring=rewiring)
    wanted = homophily + (1 - homophily) * (1 / 9 + 4 / 9)
    assert abs(inside(edges, group) - wanted) < 0.015


def test_crowded_small_worlds_keep_their_ties() -> None:
    edges = build(9, degree=8, rewiring=1.0)
    assert (degrees(edges, 9) == 8).all()


# --- random, blocks -------------------------------------------------------------------------------


def test_random_ties_are_drawn_pair_by_pair_alike() -> None:
    n, builds, degree = 12, 3000, 3.0
    seen = np.zeros((n, n))
    numbers = []
    for seed in range(builds):
        edges = build(n, seed=seed, kind="random", degree=degree)
        seen[edges.first, edges.second] += 1
        numbers.append(edges.first.size)
    p, pairs = degree / (n - 1), n * (n - 1) // 2
    counts = seen[np.triu_indices(n, 1)]
    chi2 = ((counts - builds * p) ** 2 / (builds * p * (1 - p))).sum()
    assert stats.chi2.sf(chi2, pairs) > 1e-4
    expected = stats.binom.pmf(np.arange(pairs + 1), pairs, p) * builds
    low, high = 10, 27
    bins = np.bincount(np.clip(numbers, low, high), minlength=high + 1)[low:]
    wanted = np.concatenate(
        [[expected[: low + 1].sum()], expected[low + 1 : high], [expected[high:].sum()]]
    )
    assert stats.chisquare(bins, wanted).pvalue > 1e-4


def test_random_degrees_are_binomial() -> None:
    n = 20_000
    found = np.bincount(degrees(build(n, kind="random", degree=3.0), n), minlength=12)
    wanted = stats.binom.pmf(np.arange(11), n - 1, 3 / (n - 1)) * n
    assert stats.chisquare([*found[:10], found[10:].sum()], [*wanted[:10], n - wanted[:10].sum()])[
        1
    ] > 1e-4  # fmt: skip


def test_a_random_network_of_the_largest_degree_is_complete() -> None:
    assert (degrees(build(30, kind="random", degree=29), 30) == 29).all()


@pytest.mark.parametrize("homophily", [0.0, 0.3, 0.8, 1.0])
def test_blocks_keep_degree_and_homophily_in_every_group(homophily: float) -> None:
    sizes = np.array([6000, 3000, 1000])
    group = np.random.default_rng(1).permutation(np.repeat([0, 1, 2], sizes))
    edges = build(10_000, groups=group, kind="blocks", degree=10, homophily=homophily)
    degree = degrees(edges, 10_000)
    own = group[edges.first] == group[edges.second]
    for g, size in enumerate(sizes):
        assert abs(degree[group == g].mean() - 10) < 5 * math.sqrt(20 / size)
        ties_inside = 2 * (own & (group[edges.first] == g)).sum()
        wanted = homophily + (1 - homophily) * (size - 1) / 9999
        error = 5 * math.sqrt(1 / (10 * size))
        assert abs(ties_inside / degree[group == g].sum() - wanted) < error


def test_blocks_without_homophily_are_blind_to_group() -> None:
    probabilities, between = net.block_probabilities(6.0, 0.0, np.array([5, 40, 1]))
    assert probabilities[:2] == pytest.approx(6 / 45)
    assert between == pytest.approx(6 / 45)


def test_a_group_too_small_for_its_ties_is_refused() -> None:
    with pytest.raises(InputError, match=r"ties.homophily: a group of 5"):
        build(100, groups=np.arange(100) < 5, kind="blocks", degree=8, homophily=0.9)


# --- scale free, geometric, complete --------------------------------------------------------------


def test_scale_free_degrees_fall_with_the_third_power() -> None:
    n, m = 40_000, 3
    edges = build(n, kind="scale_free", attachments=m)
    degree = degrees(edges, n)
    assert edges.first.size == m * (m + 1) // 2 + (n - m - 1) * m
    assert degree.min() == m
    k = np.arange(m, 40)
    wanted = 2 * m * (m + 1) / (k * (k + 1) * (k + 2))  # Bollobas and others 2001
    found = np.bincount(degree, minlength=40)[m:40] / n
    assert np.abs(found - wanted).max() < 0.01
    tail = degree[degree >= 12]
    exponent = 1 + tail.size / np.log(tail / 11.5).sum()
    assert 2.75 < exponent < 3.25


def test_hubs_are_not_the_first_ids() -> None:
    top = np.argsort(-degrees(build(5000, kind="scale_free", degree=6), 5000))[:50]
    assert 1500 < top.mean() < 3500


@pytest.mark.parametrize("torus", [True, False])
@pytest.mark.parametrize("degree", [2.0, 9.0, 300.0])
def test_geometric_ties_reach_all_within_one_radius(torus: bool, degree: float) -> None:
    n = 400
    found = []
    for seed in range(40):
        space = Space(kind="geometric", degree=degree, torus=torus)
        edges = build_ties(space, np.zeros(n), np.arange(n), Luck(seed))
        where = positions(space, n, edges, Luck(seed))
        gap = np.abs(where[:, None] - where)
        gap = np.minimum(gap, 1 - gap) if torus else gap
        apart = np.hypot(gap[..., 0], gap[..., 1])
        tied = np.zeros((n, n), bool)
        tied[edges.first, edges.second] = True
        upper = np.triu(np.ones((n, n), bool), 1)
        assert apart[tied].max() < apart[upper & ~tied].min()
        found.append(2 * edges.first.size / n)
    assert abs(np.mean(found) - degree) < 5 * np.std(found) / math.sqrt(40) + 1e-9


@pytest.mark.parametrize("torus", [True, False])
def test_the_share_within_a_radius_is_that_of_random_points(torus: bool) -> None:
    rng = np.random.default_rng(2)
    gap = np.abs(rng.random((200_000, 2)) - rng.random((200_000, 2)))
    apart = np.hypot(*(np.minimum(gap, 1 - gap) if torus else gap).T)
    for radius in (0.1, 0.4, 0.6, 0.69, 0.9):
        assert abs((apart < radius).mean() - share_within(radius, torus)) < 0.005


def test_complete_is_written_out_only_for_few() -> None:
    assert build(50, kind="complete").first.size == 50 * 49 // 2
    assert not is_implicit(Space(kind="complete"), 1999)
    assert is_implicit(Space(kind="complete"), 2000)
    assert not is_implicit(Space(kind="random"), 5000)
    with pytest.raises(ValueError, match="implicit"):
        build(2000, kind="complete")


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "torus"},
        {"degree": 0},
        {"degree": math.nan},
        {"degree": 7},
        {"kind": "ring", "degree": 2.5},
        {"kind": "scale_free", "degree": 5},
        {"kind": "file"},
        {"rewiring": 1.1},
        {"homophily": -0.1},
        {"width": 0},
        {"reach": 0},
        {"degre": 8},
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Space(**settings)


@pytest.mark.parametrize("kind", ["ring", "small_world", "random", "blocks", "geometric"])
def test_more_ties_than_people_are_refused(kind: str) -> None:
    with pytest.raises(InputError, match=r"ties.degree: 8 people .* cannot have|ties.degree: 8 pe"):
        build(8, groups=np.zeros(8), kind=kind, degree=8)


def test_more_attachments_than_people_are_refused() -> None:
    with pytest.raises(InputError, match="cannot have 5 ties"):
        build(5, kind="scale_free", attachments=5)


def test_a_ties_file_is_read_elsewhere() -> None:
    with pytest.raises(ValueError, match="read_ties"):
        build(5, kind="file", path="ties.csv")


# --- layout and speed -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", WRITTEN)
def test_everyone_has_a_place_of_their_own_on_the_page(kind: str) -> None:
    n = 300
    edges = build(n, kind=kind, degree=4)
    where = positions(Space(kind=kind, degree=4), n, edges, Luck(1))
    assert where.shape == (n, 2)
    assert where.min() >= 0
    assert where.max() <= 1
    assert np.unique(where, axis=0).shape[0] == n
    assert np.ptp(where, axis=0).min() > 0.4


@pytest.mark.parametrize("kind", ["ring", "small_world", "blocks"])
def test_tied_people_are_drawn_nearer(kind: str) -> None:
    n = 600
    group = np.arange(n) % 3
    edges = build(n, groups=group, kind=kind, homophily=0.9)
    where = positions(Space(kind=kind), n, edges, Luck(1))
    tied = np.hypot(*(where[edges.first] - where[edges.second]).T).mean()
    anyone = np.hypot(*(where[:, None] - where).reshape(-1, 2).T).mean()
    assert tied < 0.7 * anyone


def test_people_without_ties_stand_around_the_others() -> None:
    edges = build(500, kind="random", degree=2.5)
    where = positions(Space(kind="random", degree=2.5), 500, edges, Luck(1))
    alone = degrees(edges, 500) == 0
    far = np.hypot(*(where - 0.5).T)
    assert alone.any()
    assert far[alone].min() > np.quantile(far[~alone], 0.9)


def test_a_network_without_any_tie_has_a_layout() -> None:
    assert positions(Space(kind="random"), 20, Edges.none(), Luck(1)).shape == (20, 2)
