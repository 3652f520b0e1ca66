"""Chance: every draw is a function of its address, and the draws look like chance."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from simulation.chance import Luck, _philox, derive, stream_number, uniform
from simulation.community import CommunityModel
from simulation.processes import MONTH
from simulation.state import BEFORE, HOMES
from tests.communities import differing, state, town

SEEDS = st.integers(0, 2**63 - 1)
IDS = st.integers(0, 2**62)
MONTHS = st.integers(BEFORE, 12_000)
MANY = 100_000
LEAST = 1e-4
"""Probability below which a test of chance fails; seeds are fixed, so it fails always or never."""


# ------------------------------------------------------------------------------- addresses


@given(SEEDS, MONTHS, st.lists(st.tuples(IDS, IDS), min_size=1, max_size=5), st.booleans())
def test_one_draw_and_many_draws_are_the_same(
    seed: int, month: int, pairs: list[tuple[int, int]], strict: bool
) -> None:
    luck = Luck(seed, strict=strict)
    one, two = (np.array(ids, dtype=np.int64) for ids in zip(*pairs, strict=True))
    single = [luck.uniform("s", month, a, b) for a, b in pairs]
    assert luck.uniforms("s", month, one, two).tolist() == single
    assert luck.normals("s", month, one, two).tolist() == [
        luck.normal("s", month, a, b) for a, b in pairs
    ]
    alone = [luck.uniform("s", month, a) for a, _ in pairs]
    assert luck.uniforms("s", month, one).tolist() == alone
    assert all(0.0 <= u < 1.0 for u in single)
    if not strict:
        assert uniform(seed, "s", month, *pairs[0]) == single[0]


@given(st.permutations(range(50)), st.booleans())
def test_a_draw_does_not_depend_on_those_beside_it(order: list[int], strict: bool) -> None:
    luck = Luck(9, strict=strict)
    whole = luck.uniforms("s", 3, np.arange(50))
    assert np.array_equal(luck.uniforms("s", 3, np.array(order)), whole[order])
    assert np.array_equal(luck.uniforms("s", 3, np.arange(0, 50, 2)), whole[::2])
    luck.uniforms("other", 4, np.arange(1000))
    assert np.array_equal(luck.uniforms("s", 3, np.arange(50)), whole)


def test_ids_broadcast_and_come_out_flat() -> None:
    luck = Luck(9)
    grid = luck.uniforms("s", 3, np.arange(4)[:, None], np.arange(3)[None, :])
    assert grid.shape == (12,)
    assert grid[5] == luck.uniform("s", 3, 1, 2)
    strided = luck.uniforms("s", 3, np.arange(20)[::4])
    assert np.array_equal(strided, luck.uniforms("s", 3, [0, 4, 8, 12, 16]))


@pytest.mark.parametrize("strict", [False, True])
def test_every_part_of_an_address_matters(strict: bool) -> None:
    found = {
        Luck(seed, strict=strict).uniform(stream, month, first, second)
        for seed in (0, 1, 2**63 - 1)
        for stream in ("a", "b")
        for month in (BEFORE, -1, 0, 1, 12_000)
        for first in (0, 1, HOMES, 3_000_000_000)
        for second in (0, 1, 63)
    }
    assert len(found) == 3 * 2 * 5 * 4 * 3


def test_first_and_second_id_are_not_interchangeable() -> None:
    one, two = np.triu_indices(60, 1)
    luck = Luck(5)
    assert not np.isin(luck.uniforms("s", 1, one, two), luck.uniforms("s", 1, two, one)).any()


def test_streams_of_the_model_are_all_different() -> None:
    names = [stream for process in MONTH for stream in process.streams]
    assert len(names) > 25
    assert len({stream_number(name) for name in names}) == len(set(names)) == len(names)
    assert stream_number("dialogue/meet") == 2927153670260134257


def test_known_answers_of_philox() -> None:
    # Salmon et al. 2011, known-answer tests of Philox4x32-10; the fourth counter word is zero here.
    assert int(_philox(np.uint64(0), np.int64(0), np.int64(0), np.int64(0))) == 0x6627E8D5E169C58D
    assert plain_philox(0, (0, 0, 0)) == 0x6627E8D5E169C58DBC57AC4C9B00DBD8
    counter = (np.int64(0x243F6A88), np.int64(0x85A308D3), np.int64(0x13198A2E))
    key = 0xA4093822 | 0x299F31D0 << 32
    assert int(_philox(np.uint64(key), *counter)) == plain_philox(key, counter) >> 64


def plain_philox(key: int, counter: Any) -> int:
    """Return the 128 bits of Philox4x32-10 in plain Python, the last counter word being zero."""
    c, k = [int(word) for word in counter] + [0], [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        one, two = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [
            (two >> 32) ^ c[1] ^ k[0], two & 0xFFFFFFFF, (one >> 32) ^ c[3] ^ k[1], one & 0xFFFFFFFF
        ]  # fmt: skip
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c[0] << 96 | c[1] << 64 | c[2] << 32 | c[3]


# ------------------------------------------------------------------------------ is it chance?


def draws(strict: bool, **address: Any) -> NDArray[np.float64]:
    where = {"stream": "s", "month": 5, "first": np.arange(MANY), "second": 0, **address}
    return Luck(17, strict=strict).uniforms(**where)


BOTH = pytest.mark.parametrize("strict", [False, True])


@BOTH
def test_draws_are_uniform_to_the_last_bits(strict: bool) -> None:
    u = draws(strict)
    assert stats.kstest(u, "uniform").pvalue > LEAST
    bits = (u * 2**53).astype(np.int64)
    for shift in (45, 20, 0):
        counts = np.bincount((bits >> shift) & 255, minlength=256)
        assert stats.chisquare(counts).pvalue > LEAST


@BOTH
@pytest.mark.parametrize(
    "other",
    [
        {"first": np.arange(MANY) + 1},
        {"first": np.arange(MANY) + HOMES},
        {"month": 6},
        {"month": -5},
        {"month": BEFORE},
        {"second": 1},
        {"stream": "t"},
        {"first": 0, "second": np.arange(MANY)},
    ],
    ids=lambda change: "-".join(change),
)
def test_neighbouring_addresses_have_nothing_in_common(strict: bool, other: dict[str, Any]) -> None:
    one, two = draws(strict), draws(strict, **other)
    assert stats.pearsonr(one, two).pvalue > LEAST
    cells = np.floor(one * 16).astype(int) * 16 + np.floor(two * 16).astype(int)
    assert stats.chisquare(np.bincount(cells, minlength=256)).pvalue > LEAST


@BOTH
def test_pairs_of_ids_are_chance_in_either_direction(strict: bool) -> None:
    one, two = np.triu_indices(400, 1)
    u = draws(strict, first=one, second=two)
    assert stats.kstest(u, "uniform").pvalue > LEAST
    rows = np.array([u[one == i].mean() for i in range(300)])
    count = np.array([(one == i).sum() for i in range(300)])
    assert stats.kstest((rows - 0.5) * np.sqrt(12 * count), "norm").pvalue > LEAST


@BOTH
def test_one_person_sees_chance_from_month_to_month(strict: bool) -> None:
    luck = Luck(4, strict=strict)
    u = np.array([luck.uniform("s", month, 7) for month in range(BEFORE, BEFORE + 8000)])
    assert stats.kstest(u, "uniform").pvalue > LEAST
    assert stats.pearsonr(u[1:], u[:-1]).pvalue > LEAST


def test_seeds_side_by_side_have_nothing_in_common() -> None:
    table = np.array([Luck(seed).uniforms("s", 1, np.arange(50)) for seed in range(2000)])
    assert stats.kstest(table.ravel(), "uniform").pvalue > LEAST
    assert stats.pearsonr(table[1:].ravel(), table[:-1].ravel()).pvalue > LEAST


def test_normals_are_normal() -> None:
    assert stats.kstest(Luck(3).normals("s", 1, np.arange(MANY)), "norm").pvalue > LEAST


# ---------------------------------------------------------------------------- derived seeds


@given(SEEDS, st.integers(0, 10**6))
def test_derived_seeds_are_seeds(seed: int, part: int) -> None:
    assert 0 <= derive(seed, part) < 2**63
    assert derive(seed, part) == derive(seed, part)
    assert derive(seed, part) != derive(seed, part + 1) != derive(seed + 1, part + 1)


def test_derived_seeds_do_not_repeat() -> None:
    seeds = {derive(seed, replicate) for seed in range(100) for replicate in range(200)}
    assert len(seeds) == 20_000
    assert derive(1, "place", "hill") != derive(1, "place", "valley")
    assert derive(1, 2, 3) != derive(1, 3, 2)
    assert derive(1) != derive(1, 0)


# ------------------------------------------------------------------------------ in the model


def test_the_strict_generator_gives_another_run_of_the_same_kind() -> None:
    fast, strict, again = (
        CommunityModel(town(generator=kind), rng=3).run(12) for kind in ("fast", "strict", "strict")
    )
    assert differing(state(strict), state(again)) == set()
    assert "residents.wellbeing" in differing(state(fast), state(strict))
    for measure in ("wellbeing", "stewards", "trust_within"):
        assert strict.measure(measure) == pytest.approx(fast.measure(measure), abs=0.2)


def run_town(seed: int) -> dict[str, NDArray[Any]]:
    """Return the town's state after a year: run here or in another process."""
    return state(CommunityModel(town(), rng=seed).run(12))


@pytest.mark.parametrize("way", multiprocessing.get_all_start_methods())
def test_another_process_gives_the_same(way: str) -> None:
    if way == "fork":
        pytest.skip("forking a process with threads is unsafe; nothing here uses it")
    context = multiprocessing.get_context(way)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        elsewhere = list(pool.map(run_town, [3, 4, 3]))
    for seed, there in zip([3, 4, 3], elsewhere, strict=True):
        assert differing(run_town(seed), there) == set()
