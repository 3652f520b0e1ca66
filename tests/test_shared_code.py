"""Learning in the form "code": worked by hand, and what holds for any beliefs."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from simulation.community import CommunityModel
from simulation.processes.learning import Learning
from simulation.processes.shared_code import (
    STREAMS,
    agreed,
    code_score,
    ones,
    people_score,
    right_minus_wrong,
    votes,
)
from simulation.renumber import renumber
from simulation.spaces import space
from simulation.specification import Specification, specify
from simulation.state import BEFORE, HOMES
from tests.communities import differing, only, state
from tests.process_contract import HeardLuck, ProcessContract

CODE = {"learning": {"form": "code"}}
DIMENSIONS = 7


def organisation(size: int = 20, **learning: Any) -> Specification:
    """Return people who do nothing but learn from each other, by way of a code."""
    chosen = {"form": "code", "dimensions": DIMENSIONS, **learning}
    return only(
        "learning", parameters={"learning": chosen}, groups=[{"name": "all", "size": size}],
        ties={"kind": "complete"},
    )  # fmt: skip


def set_up(
    beliefs: list[list[int]], code: list[int], reality: list[int], **learning: Any
) -> CommunityModel:
    """Return a community in which beliefs, code and reality are as given, by dimension."""
    chosen = {"dimensions": len(reality), "from_memory": 0.0, "teaching": 0.0, **learning}
    community = CommunityModel(organisation(len(beliefs), **chosen), rng=4)
    r, s = community.residents, community.stocks
    r.believes[:] = [bits(own, 1) for own in beliefs]
    r.disbelieves[:] = [bits(own, -1) for own in beliefs]
    s.code_for[0], s.code_against[0] = bits(code, 1), bits(code, -1)
    s.reality[0] = bits(reality, 1)
    return community


def bits(values: list[int], of: int) -> int:
    return sum(1 << d for d, value in enumerate(values) if value == of)


def beliefs_of(community: CommunityModel) -> list[list[int]]:
    """Return everybody's beliefs as 1, -1 or 0 by dimension."""
    r, dimensions = community.residents, community.parameters.learning.dimensions
    return [
        [(b >> d & 1) - (c >> d & 1) for d in range(dimensions)]
        for b, c in zip(r.believes.tolist(), r.disbelieves.tolist(), strict=True)
    ]


def code_of(community: CommunityModel) -> list[int]:
    s, dimensions = community.stocks, community.parameters.learning.dimensions
    return [
        (int(s.code_for[0]) >> d & 1) - (int(s.code_against[0]) >> d & 1) for d in range(dimensions)
    ]


class TestCode(ProcessContract):
    """What every process promises, in the form "code"."""

    process = Learning
    owns = (
        "residents.know_how", "residents.believes", "residents.disbelieves", "stocks.memory",
        "stocks.code_for", "stocks.code_against", "stocks.reality", "exits",
    )  # fmt: skip
    changes: ClassVar[dict[str, Any]] = {
        "parameters": {
            "learning": {
                "form": "code", "from_memory": 0.5, "personnel_turnover": 0.2, "turbulence": 0.2,
            }
        }
    }  # fmt: skip


# ------------------------------------------------------------------------------ worked by hand


def test_people_move_to_the_code_by_way_of_no_belief() -> None:
    community = set_up(
        [[-1, -1, 1, 1, 0, 0, 0]], [1, -1, -1, 0, 1, -1, 0], [1] * 7, from_memory=1.0
    )
    community.step()
    assert beliefs_of(community) == [[0, -1, 0, 1, 1, -1, 0]]
    community.step()
    assert beliefs_of(community) == [[1, -1, -1, 1, 1, -1, 0]]
    after = beliefs_of(community)
    community.step()
    assert beliefs_of(community) == after
    assert code_of(community) == [1, -1, -1, 0, 1, -1, 0]


def test_the_code_learns_from_the_majority_of_those_who_know_more() -> None:
    reality = [1, 1, -1, -1]
    beliefs = [
        [1, 1, -1, 1],  # right on three of four: superior
        [1, 1, 1, -1],  # superior
        [1, -1, -1, -1],  # superior
        [-1, -1, -1, 1],  # right on one: no better than the code, which has two
    ]
    community = set_up(beliefs, [1, 1, 1, 1], reality, teaching=1.0)
    net = votes(4, bits(reality, 1), 0b1111, 0, community.residents.present,
                community.residents.believes)  # fmt: skip
    assert net.tolist() == [3, 1, -1, -1]
    community.step()
    assert code_of(community) == [1, 1, -1, -1]
    assert code_score(community) == 1.0
    assert beliefs_of(community) == beliefs
    assert people_score(community) == (2 + 2 + 2 - 2) / 16
    assert community.stocks.memory[0] == 1.0
    assert community.residents.know_how.tolist() == [0.5, 0.5, 0.5, 0.0]


def test_a_tie_of_votes_teaches_nothing() -> None:
    community = set_up([[1, 1, -1], [-1, 1, 1]], [0, 0, 0], [1, 1, 1], teaching=1.0)
    community.step()
    assert code_of(community) == [0, 1, 0]


def test_nobody_who_knows_more_teaches_nothing() -> None:
    wrong = [[-1, -1, 1], [-1, 1, -1]]
    community = set_up(wrong, [0, 0, 0], [1, 1, 1], teaching=1.0)
    community.run(5)
    assert code_of(community) == [0, 0, 0]


def test_those_who_are_not_here_do_not_teach_and_do_not_learn() -> None:
    community = set_up([[1, 1, 1], [1, 1, 1]], [-1, -1, 0], [1] * 3, teaching=1.0, from_memory=1.0)
    community.residents.present[:] = False
    community.note_rows()
    community.run(3)
    assert code_of(community) == [-1, -1, 0]
    assert beliefs_of(community) == [[1, 1, 1]] * 2
    assert math.isnan(people_score(community))


@pytest.mark.parametrize(("people", "teaching"), [(1, 0.3), (2, 0.3), (3, 0.1)])
def test_the_code_takes_over_with_the_chance_of_its_majority(people: int, teaching: float) -> None:
    community = set_up([[1] * 60] * people, [0] * 60, [1] * 60, teaching=teaching)
    taken, start = 0, community.snapshot()
    for month in range(100):
        community.restore(start)
        community.month = month
        community.step()
        taken += sum(code_of(community))
    chance = 1.0 - (1.0 - teaching) ** people
    spread = math.sqrt(chance * (1.0 - chance) / 6000)
    assert taken / 6000 == pytest.approx(chance, abs=4.0 * spread)


def test_a_belief_of_nothing_acts_by_the_toss_of_a_coin() -> None:
    # Two dimensions are believed rightly and the third is open: whoever tosses right scores 3,
    # more than the code's 2, and teaches it; whoever tosses wrong scores 1.
    community = set_up([[1, 1, 0]], [1, 1, 0], [1, 1, 1], teaching=1.0)
    right, start = 0, community.snapshot()
    for month in range(2000):
        community.restore(start)
        community.month = month
        community.step()
        assert code_of(community) in ([1, 1, 0], [1, 1, 1])
        assert beliefs_of(community) == [[1, 1, 0]]
        right += code_of(community)[2]
    assert right / 2000 == pytest.approx(0.5, abs=4.0 * 0.5 / math.sqrt(2000))


def test_new_people_and_a_new_reality() -> None:
    community = set_up([[1] * 60] * 50, [1] * 60, [1] * 60, personnel_turnover=1.0, turbulence=1.0)
    community.step()
    assert community.stocks.reality[0] == 0
    assert code_score(community) == -1.0
    assert community.stocks.memory[0] == 0.0
    drawn = np.array(beliefs_of(community)).ravel()
    for value in (-1, 0, 1):
        share = float((drawn == value).mean())
        assert share == pytest.approx(1 / 3, abs=4.0 * math.sqrt(2 / 9 / drawn.size))


def test_when_all_agree_nothing_moves_any_more() -> None:
    community = CommunityModel(organisation(from_memory=0.5, teaching=0.5), rng=2)
    for _ in range(500):
        if agreed(community):
            break
        community.step()
    assert agreed(community)
    before = state(community)
    community.run(10)
    assert differing(before, state(community)) <= {"month"}
    assert people_score(community) == code_score(community)


def test_counting_bits() -> None:
    for number in (0, 1, 2, 3, 255, 256, (1 << 60) - 1, 1 << 59):
        assert ones(number) == number.bit_count()
    # so on dimensions 0 and 2; believed: 0 (right), 1 (wrong); disbelieved: 2 (wrong), 3 (right)
    assert right_minus_wrong(0b0101, 0b0011, 0b1100) == 0
    assert right_minus_wrong(0b0101, 0b0101, 0b1010) == 4
    assert right_minus_wrong(0b0101, 0b0010, 0b0001) == -2


# -------------------------------------------------------------------------- for any organisation

RATE = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])


@settings(max_examples=40)
@given(
    st.integers(1, 25), st.sampled_from([1, 2, 30, 60]), RATE, RATE, RATE, RATE,
    st.integers(0, 2**32),
)  # fmt: skip
def test_nobody_holds_a_belief_and_its_opposite(
    size: int, dimensions: int, p1: float, p2: float, p3: float, p4: float, seed: int
) -> None:
    spec = organisation(
        size, dimensions=dimensions, from_memory=p1, teaching=p2, personnel_turnover=p3,
        turbulence=p4,
    )  # fmt: skip
    community = CommunityModel(spec, rng=seed)
    r, s, every = community.residents, community.stocks, (1 << dimensions) - 1
    for _ in range(6):
        assert not (r.believes & r.disbelieves).any()
        assert not int(s.code_for[0]) & int(s.code_against[0])
        for column in (r.believes, r.disbelieves, s.code_for, s.code_against, s.reality):
            assert ((column >= 0) & (column <= every)).all()
        assert -1.0 <= code_score(community) <= 1.0
        assert s.memory[0] == max(0.0, code_score(community))
        assert ((r.know_how >= 0.0) & (r.know_how <= 1.0)).all()
        community.step()


def test_without_learning_nothing_moves() -> None:
    community = CommunityModel(organisation(from_memory=0.0, teaching=0.0), rng=1)
    before = state(community)
    community.run(20)
    assert differing(before, state(community)) == {"month"}


def test_storage_order_means_nothing_and_a_snapshot_continues() -> None:
    spec = organisation(from_memory=0.3, teaching=0.2, personnel_turnover=0.1, turbulence=0.1)
    one, two = (CommunityModel(spec, rng=5).run(3) for _ in range(2))
    renumber(two, np.random.default_rng(1).permutation(20))
    kept = one.snapshot()
    wanted = state(one.run(20))
    assert differing(wanted, state(two.run(20))) == set()
    one.restore(kept)
    assert differing(wanted, state(one.run(20))) == set()


def test_ties_do_not_matter_written_out_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    explicit = CommunityModel(organisation(), rng=5)
    monkeypatch.setattr(space, "IMPLICIT_FROM", 20)
    implicit = CommunityModel(organisation(), rng=5)
    assert (explicit.ties.implicit, implicit.ties.implicit) == (False, True)
    one, two = state(explicit.run(20)), state(implicit.run(20))
    assert {name for name in differing(one, two) if not name.startswith("ties.")} == set()


# ----------------------------------------------------------------------- coming and starting


def test_newcomers_have_beliefs_of_their_own_and_leavers_keep_theirs() -> None:
    event = {"id": "new", "kind": "newcomers", "month": 1, "count": 4, "groups": ["all"]}
    spec = specify(
        groups=[{"name": "all", "size": 30}],
        parameters={**CODE, "housing": {"base_turnover": 0.3}},
        events=[event],
        spin_up=0,
    )
    community = CommunityModel(spec, rng=1).run(1)
    r, luck = community.residents, community.luck
    gone = np.flatnonzero(~r.present)
    came = np.flatnonzero(r.id >= HOMES)
    assert came.size == gone.size > 0
    for row in [*range(30, 34), *came.tolist()]:
        third = np.floor(3.0 * luck.uniforms("learning/belief", BEFORE, r.id[row], np.arange(30)))
        assert r.believes[row] == bits(third.tolist(), 0)
        assert r.disbelieves[row] == bits(third.tolist(), 1)
    kept = r.believes[gone].copy(), r.know_how[gone].copy()
    community.run(5)
    assert np.array_equal(kept[0], community.residents.believes[gone])
    assert np.array_equal(kept[1], community.residents.know_how[gone])


def test_the_default_form_draws_and_holds_nothing_of_it() -> None:
    community = CommunityModel(specify(groups=[{"name": "all", "size": 30}]), rng=1)
    community.luck = heard = HeardLuck(community.luck)
    community.run(12)
    r, s = community.residents, community.stocks
    assert not heard.heard & set(STREAMS)
    for column in (r.believes, r.disbelieves, s.code_for, s.code_against, s.reality):
        assert not column.any()
    assert math.isnan(code_score(community))
    assert math.isnan(people_score(community))


@pytest.mark.parametrize(("name", "value"), [("form", "code"), ("dimensions", 12)])
def test_what_there_is_to_know_cannot_change_on_the_way(name: str, value: Any) -> None:
    event = {"id": "x", "kind": "set", "month": 2, "key": f"learning.{name}", "value": value}
    with pytest.raises(ValidationError, match=r"events\.x\.key: what there is to know is drawn at"):
        specify(groups=[{"name": "all", "size": 30}], events=[event])
