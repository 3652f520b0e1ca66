"""Encounters and what is remembered of them, the weakest link, ties at a threshold, and spreads."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from experiments.validation.derived import all_act, normal_equilibrium
from simulation.community import CommunityModel
from simulation.processes.activation import Activation
from simulation.processes.recall import pair
from simulation.spaces import space
from simulation.specification import specify
from simulation.state import LONGEST_RECALL
from tests.communities import differing, only, state, town
from tests.process_contract import ProcessContract

EVERYONE = {"kind": "complete"}


class TestActivationByMemory(ProcessContract):
    process = Activation
    owns = ("residents.stewardship", "residents.ladder", "residents.recall")
    changes: ClassVar = {
        "parameters": {"activation": {"input": "memory", "memory": 2, "reinforcement": 9.0}}
    }


class TestActivationByTheWeakest(ProcessContract):
    process = Activation
    owns = ("residents.stewardship", "residents.ladder")
    changes: ClassVar = {"parameters": {"activation": {"input": "weakest", "reinforcement": 30.0}}}


def people(size: int, rng: int = 1, **more: Any) -> CommunityModel:
    """Return people who only ever meet; half of them act, and never change."""
    parameters = more.pop("parameters", {})
    activation = {"input": "memory", "response": "step", **parameters.pop("activation", {})}
    start = {"stewards": 0.5, "threshold": 100.0, **parameters.pop("start", {})}
    spec = only(
        "events", "activation", groups=[{"name": "all", "size": size}],
        parameters={"activation": activation, "start": start, **parameters},
        **{"ties": EVERYONE, **more},
    )  # fmt: skip
    return CommunityModel(spec, rng=rng)


# ------------------------------------------------------------------------------------- encounters


@pytest.mark.parametrize("kind", ["complete", "small_world", "random", "scale_free", "ring"])
def test_encounters_are_a_matching_of_friends_that_leaves_no_pair_of_friends_alone(
    kind: str,
) -> None:
    community = people(61, ties={"kind": kind, "degree": 4})
    community.residents.present[::6] = False
    community.note_rows()
    r, t = community.residents, community.ties
    for community.month in range(1, 40):
        other, felt = pair(community)
        met = np.flatnonzero(other >= 0)
        assert met.size
        assert (other[other[met]] == met).all()
        assert (other[met] != met).all()
        assert r.present[met].all()
        assert (felt[met] == 1.0).all()
        assert (felt[other < 0] == -1.0).all()
        friends = set(zip((t.sources() - t.first_resident).tolist(),
                          (t.target - t.first_resident).tolist(), strict=True))  # fmt: skip
        assert all((i, int(other[i])) in friends for i in met.tolist())
        alone = set(np.flatnonzero((other < 0) & r.present).tolist())
        assert not [1 for i, j in friends if i in alone and j in alone]


@pytest.mark.parametrize(("size", "alone"), [(24, 0), (25, 1), (2, 0), (1, 1)])
@pytest.mark.parametrize("implicit", [False, True])
def test_where_all_know_each_other_at_most_one_is_left_over(
    size: int, alone: int, implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if implicit:
        monkeypatch.setattr(space, "IMPLICIT_FROM", 1)
    community = people(size)
    assert community.ties.implicit == implicit
    for community.month in range(1, 20):
        assert (pair(community)[0] < 0).sum() == alone


def test_every_matching_is_as_likely_as_any_other() -> None:
    community, counts, months = people(6), dict[tuple[int, ...], int](), 6000
    for community.month in range(1, months + 1):
        met = tuple(pair(community)[0].tolist())
        counts[met] = counts.get(met, 0) + 1
    assert len(counts) == 15
    expected = months / 15
    assert sum((n - expected) ** 2 / expected for n in counts.values()) < 36.1  # p = .001, 14 df


# ----------------------------------------------------------------------------------------- memory


def test_memory_is_what_the_people_met_did() -> None:
    community = people(20, parameters={"start": {"stewards": 0.4}})
    r = community.residents
    seen: list[list[int]] = [[] for _ in range(20)]
    for _ in range(LONGEST_RECALL + 15):
        r.stewardship[:] = np.roll(r.stewardship, 3)
        acts = r.stewardship.copy()
        community.step()
        for who, other in enumerate(pair(community)[0].tolist()):
            seen[who].insert(0, int(acts[other]))
    for who, acted in enumerate(seen):
        bits = [int(b) for b in reversed(format(int(r.recall[who]), "060b"))]
        assert bits == acted[:LONGEST_RECALL]


@pytest.mark.parametrize("memory", [1, 5, 12, 60])
def test_people_act_from_the_share_they_recall(memory: int) -> None:
    community = people(40, parameters={"activation": {"memory": memory}})
    r = community.residents
    for needed in range(memory + 1):
        r.stewardship[:20], r.stewardship[20:] = 1.0, 0.0
        r.threshold[:] = needed / memory
        before = r.stewardship.copy()
        community.step()
        share = np.array([int(b).bit_count() for b in r.recall & ((1 << memory) - 1)]) / memory
        assert (r.stewardship == np.maximum(before, share >= needed / memory - 1e-12)).all()


def test_acts_go_unnoticed_where_trust_is_low() -> None:
    trust = {"trust_within": 0.3, "stewards": 1.0, "opinion_spread": 0.0}
    community = people(1000, parameters={"start": trust}, ties={"kind": "ring", "degree": 2})
    felt = community.ties.trust()
    assert felt == pytest.approx((2 * 0.3 + 1.0) / 3.0)
    noticed = met = 0
    for _ in range(20):
        community.step()
        there = pair(community)[0] >= 0
        noticed += int((community.residents.recall[there] & 1).sum())
        met += int(there.sum())
    assert noticed / met == pytest.approx(felt[0], abs=0.02)


def test_who_meets_nobody_remembers_what_they_did_before() -> None:
    community = people(9, parameters={"start": {"stewards": 1.0}})
    for _ in range(30):
        before = community.residents.recall.copy()
        community.step()
        alone = pair(community)[0] < 0
        assert alone.sum() == 1
        assert (community.residents.recall[alone] == before[alone]).all()
        assert (community.residents.recall[~alone] == before[~alone] * 2 + 1).all()


@pytest.mark.parametrize("form", ["memory", "weakest"])
@pytest.mark.parametrize("trust", [1.0, 0.4])
def test_written_out_and_implicit_agree_bit_for_bit(
    form: str, trust: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built() -> CommunityModel:
        activation = {"input": form, "memory": 6, "rejection": 1.0, "rate": 0.5,
                      "response": "logistic", "temperature": 0.3}  # fmt: skip
        start = {"stewards": 0.9, "threshold": 0.4, "threshold_spread": 0.2, "trust_within": trust,
                 "trust_across": trust}  # fmt: skip
        return people(31, parameters={"activation": activation, "start": start})

    explicit = built()
    monkeypatch.setattr(space, "IMPLICIT_FROM", 30)
    implicit = built()
    assert (explicit.ties.implicit, implicit.ties.implicit) == (False, True)
    for community in (explicit, implicit):
        community.residents.present[::5] = False
        community.note_rows()
        community.run(30)
    different = differing(state(explicit), state(implicit))
    assert {name for name in different if not name.startswith("ties.")} == set()


# ------------------------------------------------------------------------------------ other forms


@pytest.mark.parametrize("implicit", [False, True])
def test_the_weakest_of_the_others_decides(implicit: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if implicit:
        monkeypatch.setattr(space, "IMPLICIT_FROM", 2)
    settings = {"input": "weakest", "rejection": 1.0}
    start = {"stewards": 0.0, "threshold": 0.5}
    for who_rests, wanted in ((), [1] * 5), ((2,), [0, 0, 1, 0, 0]), ((1, 3), [0] * 5):
        community = people(5, parameters={"activation": settings, "start": start})
        community.residents.stewardship[:] = 1.0
        community.residents.stewardship[list(who_rests)] = 0.0
        community.step()
        assert community.residents.stewardship.tolist() == wanted
    alone = people(1, parameters={"activation": settings, "start": start | {"stewards": 1.0}})
    assert alone.run(1).residents.stewardship.tolist() == [0.0]


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_a_tie_at_the_threshold_is_decided_by_chance(chance: float) -> None:
    settings = {"input": "share", "tie_acts": chance, "rejection": 1.0}
    for side, wanted in ((-1e-9, 1.0), (0.0, chance), (1e-9, 0.0)):
        community = people(
            4000, parameters={"activation": settings, "start": {"stewards": 0.0}},
            ties={"kind": "ring", "degree": 2},
        )  # fmt: skip
        community.residents.stewardship[::2] = 1.0
        community.residents.threshold[:] = np.where(np.arange(4000) % 2, 1.0, 0.0) + side
        after = community.run(1).residents.stewardship
        assert after[::2].mean() == pytest.approx(wanted, abs=0.04)
        assert after[1::2].mean() == pytest.approx(wanted, abs=0.04)


def thresholds(size: int, shape: str, **start: Any) -> NDArray[np.float64]:
    start = {"threshold": 49.5, "threshold_spread": 49.5, "threshold_shape": shape, **start}
    return people(size, parameters={"start": start}).residents.threshold


def test_thresholds_may_be_spaced_evenly_or_drawn_from_a_range() -> None:
    assert thresholds(100, "even") == pytest.approx(np.arange(100.0), abs=1e-12)
    assert thresholds(1, "even").tolist() == [49.5]
    drawn = thresholds(1999, "uniform")
    assert 0.0 <= drawn.min() < 1.0
    assert 98.0 < drawn.max() < 99.0
    assert np.histogram(drawn, 10, (0, 99))[0] == pytest.approx(np.full(10, 199.9), abs=60)
    assert len(set(thresholds(50, "uniform").round(9).tolist())) == 50


def test_an_unstated_shape_is_normal_and_who_comes_later_is_drawn() -> None:
    assert (
        thresholds(40, "normal").tolist()
        == people(
            40, parameters={"start": {"threshold": 49.5, "threshold_spread": 49.5}}
        ).residents.threshold.tolist()
    )
    coming = {"id": "e", "kind": "newcomers", "month": 1, "count": 30, "groups": ["all"]}
    start = {"threshold": 5.0, "threshold_spread": 1.0, "threshold_shape": "even"}
    late = people(10, parameters={"start": start}, events=[coming]).run(1).residents.threshold[10:]
    assert late.size == 30
    assert ((late >= 4.0) & (late <= 6.0)).all()
    assert len(set(late.tolist())) == 30


@pytest.mark.parametrize(("acting", "wanted"), [(0, 0.0), (5, 0.0), (6, 1.0), (10, 1.0)])
@pytest.mark.parametrize("informed", [False, True])
@pytest.mark.parametrize("implicit", [False, True])
def test_informed_newcomers_do_what_most_do(
    acting: int, wanted: float, informed: bool, implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if implicit:
        monkeypatch.setattr(space, "IMPLICIT_FROM", 2)
    coming = {"id": "e", "kind": "newcomers", "month": 1, "count": 2, "groups": ["all"],
              "degree": 10, "informed": informed}  # fmt: skip
    community = people(
        10, events=[coming], month=("events",), parameters={"start": {"stewards": 0.0}}
    )
    community.residents.stewardship[:acting] = 1.0
    r = community.run(1).residents
    assert r.stewardship[10:].tolist() == [wanted * informed] * 2
    assert r.recall[10:].tolist() == [int(wanted * informed) * (2**60 - 1)] * 2


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        ("activation", "memory", 0),
        ("activation", "memory", LONGEST_RECALL + 1),
        ("activation", "memory", 2.5),
        ("activation", "tie_acts", 1.1),
        ("activation", "input", "recall"),
        ("start", "threshold_shape", "flat"),
    ],
)
def test_settings_that_mean_nothing_are_refused(table: str, name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=name):
        specify(parameters={table: {name: value}})


def test_the_forms_may_be_changed_in_mid_run() -> None:
    events = [
        {"id": name, "kind": "set", "month": 3 * n + 2, "duration": 3,
         "key": "activation.input", "value": name}
        for n, name in enumerate(("memory", "weakest", "count"))
    ]  # fmt: skip
    community = CommunityModel(town(events=events), rng=1)
    forms = []
    for _ in range(12):
        community.step()
        forms.append(community.parameters.activation.input)
    assert forms == ["share"] + ["memory"] * 3 + ["weakest"] * 3 + ["count"] * 3 + ["share"] * 2
    assert community.residents.recall.any()


# -------------------------------------------------------------------------------- derived targets


@pytest.mark.parametrize(("size", "cost"), [(2, 0.4), (4, 0.15), (4, 0.35), (8, 0.15)])
def test_few_revisions_at_a_time_give_the_logit_potential(size: int, cost: float) -> None:
    noise = 0.2
    effort = np.exp(-cost / noise)
    all_high = np.exp((1.0 - cost * size) / noise)
    wanted = all_high / (all_high + (1.0 + effort) ** size - effort**size)
    assert all_act(size, cost, noise, 1e-6) == pytest.approx(wanted, rel=1e-4)


def test_the_potential_selects_by_cost_times_size() -> None:
    for size in (2, 3, 4, 6):
        for side, low, high in ((0.8, 0.9, 1.0), (1.2, 0.0, 0.1)):
            assert low <= all_act(size, side / size, 0.02, 1e-3) <= high


def test_normal_thresholds_jump_at_a_spread_of_twelve() -> None:
    assert normal_equilibrium(0.25, 0.1221) < 0.1
    assert normal_equilibrium(0.25, 0.1223) > 0.9
