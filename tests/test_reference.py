"""The engine agrees with the plain reference model in every column of every month."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.community import CommunityModel
from simulation.specification import Specification, specify
from tests.reference import ReferenceModel
from tests.reference.compare import assert_agree, differences, largest_number
from tests.reference.strategies import communities

TOWN = specify(
    groups=[{"name": "north", "size": 14}, {"name": "south", "size": 10, "promises": 2}],
    institutions=[
        {"name": "clinic", "sector": "hospital", "resident_seats": 1},
        {"name": "city", "sector": "government"},
    ],
    connectors=[{"count": 1, "caseload": 8}],
    ties={"degree": 4},
    spin_up=1,
)


@settings(max_examples=max(150, settings.default.max_examples))
@given(communities(), st.integers(0, 2**32), st.integers(1, 6))
def test_engine_agrees_on_any_small_community(
    specification: Specification, seed: int, months: int
) -> None:
    reference = assert_agree(specification, seed, months)
    assert largest_number(reference) < 1e12


@pytest.mark.parametrize("table", ["residents", "institutions", "seats", "groups", "pairs"])
def test_a_small_deviation_of_any_number_is_noticed(table: str) -> None:
    engine, reference = CommunityModel(TOWN, rng=3), ReferenceModel(TOWN, 3)
    assert differences(engine, reference) == []
    for name, values in getattr(engine, table).arrays().items():
        if values.dtype == np.float64:
            values.flat[-1] += 1e-9
            (found,) = differences(engine, reference)
            assert found.startswith(f"{table}.{name}[")
            values.flat[-1] -= 1e-9


def test_a_small_deviation_of_trust_and_a_missing_tie_are_noticed() -> None:
    engine, reference = CommunityModel(TOWN, rng=3), ReferenceModel(TOWN, 3)
    engine.ties.openness[5] += 1e-9
    (found,) = differences(engine, reference)
    assert found.startswith("ties.openness")
    engine.ties.openness[5] -= 1e-9
    someone = reference.people[3]
    del someone.friends[next(iter(someone.friends))]
    assert any("rows instead of" in line for line in differences(engine, reference))


def test_not_a_number_is_never_the_same() -> None:
    engine, reference = CommunityModel(TOWN, rng=3), ReferenceModel(TOWN, 3)
    engine.stocks.policy[0] = np.nan
    reference.stocks.policy = np.nan
    assert len(differences(engine, reference)) == 1


def test_another_seed_is_another_community() -> None:
    assert differences(CommunityModel(TOWN, rng=3), ReferenceModel(TOWN, 4))


@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_reference_runs_on_the_chance_of_mesa(seed: int) -> None:
    one, two = (ReferenceModel(TOWN, seed, chance="mesa") for _ in range(2))
    for model in (one, two):
        model.step()
        assert largest_number(model) < 1e12
    assert [who.opinion for who in one.residents] == [who.opinion for who in two.residents]
    assert len(one.agents) == 24 + 2 + 1
