"""A community as a whole: settling in, stopping and going on, what events do, who is counted."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.community import CommunityModel
from simulation.decomposition import people_place
from simulation.errors import InputError
from simulation.processes.events import Levers
from simulation.renumber import renumber
from simulation.specification import Specification, specify
from tests.communities import TOWN, differing, merged, state, town, twin
from tests.process_contract import out_of_bounds
from tests.reference.strategies import communities

SEED = 3


def community(run: int = 0, /, *, rng: int = SEED, **changes: Any) -> CommunityModel:
    """Return the town after some months, with changes of its scenario."""
    return CommunityModel(town(**changes), rng=rng).run(run)


# ------------------------------------------------------------------------ any community at all


@settings(max_examples=25)
@given(communities(), st.integers(0, 2**32))
def test_any_community_stays_in_bounds_after_every_process(spec: Specification, seed: int) -> None:
    found: list[str] = []

    def look(name: str, there: CommunityModel) -> None:
        found.extend(f"{name}, month {there.month}: {line}" for line in out_of_bounds(there))

    model = CommunityModel(spec, rng=seed)
    model.watch = look
    for _ in range(5):
        model.step()
        assert found == []


@settings(max_examples=25)
@given(communities(), st.integers(0, 2**32))
def test_any_community_is_the_same_in_any_order_of_storage(spec: Specification, seed: int) -> None:
    measures = spec.measures.model_copy(update={"inequality_every": 1})
    model = CommunityModel(spec.model_copy(update={"measures": measures}), rng=seed)
    other, chance = twin(model), np.random.default_rng(seed)
    for _ in range(5):
        renumber(other, chance.permutation(len(other.residents)))
        model.step()
        other.step()
        assert differing(state(model), state(other)) == set()


@settings(max_examples=15)
@given(communities(), st.integers(0, 2**32))
def test_any_community_goes_on_from_a_copy(spec: Specification, seed: int) -> None:
    model = CommunityModel(spec, rng=seed).run(2)
    kept, frozen = model.snapshot(), pickle.dumps(model)
    wanted = state(model.run(3))
    assert differing(wanted, state(pickle.loads(frozen).run(3))) == set()
    model.restore(kept)
    assert differing(wanted, state(model.run(3))) == set()


def test_renumbering_keeps_everyone_and_says_what_is_wrong() -> None:
    model = community(4)
    wanted, ids = state(model), model.residents.id.copy()
    count = len(ids)
    order = np.random.default_rng(1).permutation(count)
    renumber(model, order)
    assert np.array_equal(model.residents.id, ids[order])
    assert differing(wanted, state(model)) == set()
    friend = model.ties.reverse >= 0
    assert np.array_equal(
        model.ties.target[model.ties.reverse[friend]], model.ties.sources()[friend]
    )
    for person in (int(ids[0]), int(ids[-1])):
        assert model.residents.id[model.row_of(person)] == person
    renumber(model, np.argsort(model.residents.id))
    assert (np.diff(model.residents.id) > 0).all()
    for wrong in ([0], [0] * count, np.arange(count) + 1, np.arange(count + 1)):
        with pytest.raises(InputError, match="every row"):
            renumber(model, wrong)


# ---------------------------------------------------------------------- building and settling in


def test_a_spin_up_is_those_months_and_is_not_recorded() -> None:
    settled = community(spin_up=6, events=[])
    assert settled.month == 0
    assert settled.recorder.months.tolist() == [0]
    assert settled.residents.founder[settled.residents.present].all()
    assert not settled.residents.founder[~settled.residents.present].any()
    assert (settled.groups.made == 0).all()
    raw = community(spin_up=0, events=[])
    assert differing(state(raw), state(settled)) >= {"residents.wellbeing", "ties.openness"}
    # Who they are is drawn before: settling in changes nobody's character.
    for name in ("threshold", "anchor", "lived_experience", "committed", "lives_here"):
        assert np.array_equal(
            getattr(raw.residents, name), getattr(settled.residents, name)[: len(raw.residents)]
        )


def test_events_wait_until_the_start_is_settled() -> None:
    push = {"id": "push", "kind": "funding", "month": 1, "duration": 2}
    model = community(spin_up=5, events=[push])
    assert not model.residents.spend.any()
    assert model.levers == Levers()
    spends = [bool(model.run(1).residents.spend.any()) for _ in range(4)]
    assert spends == [True, True, False, False]


def test_settings_can_be_given_by_keyword() -> None:
    model = CommunityModel(town(), rng=1, months=7, activation__reinforcement=2.0)
    assert model.specification.months == 7
    assert model.parameters.activation.reinforcement == 2.0
    model.run()
    assert (model.month, model.running) == (7, False)


def test_the_seed_decides() -> None:
    assert differing(state(community(3)), state(community(3))) == set()
    assert "residents.opinion" in differing(state(community(3)), state(community(3, rng=4)))
    own = CommunityModel(town(seed=11))
    assert differing(state(own), state(CommunityModel(town(), rng=11))) == set()
    one, two = (CommunityModel(town(), rng=np.random.default_rng(8)) for _ in range(2))
    assert differing(state(one), state(two)) == set()


# ------------------------------------------------------------------------------ stopping, going on


def test_a_snapshot_goes_on_exactly_and_stays_usable() -> None:
    model = community(5)
    kept, here = model.snapshot(), state(model)
    later = state(model.run(8))
    for _ in range(2):
        model.restore(kept)
        assert differing(here, state(model)) == set()
        assert model.time == 5
        assert differing(later, state(model.run(8))) == set()
    assert model.recorder.months.tolist() == list(range(14))


def test_a_snapshot_leads_to_different_futures() -> None:
    model = community(5, events=[])
    kept = model.snapshot()
    plain = state(model.run(4))
    model.restore(kept)
    model.residents.stewardship[:] = 1.0
    assert "residents.wellbeing" in differing(plain, state(model.run(4)))
    model.restore(kept)
    assert differing(plain, state(model.run(4))) == set()


def test_parameters_set_for_a_time_come_back_with_a_snapshot() -> None:
    model = community(5)
    assert model.parameters.leadership.vacancy_months == 0
    kept = model.snapshot()
    model.run(4)
    assert model.parameters.leadership.vacancy_months == 1
    model.restore(kept)
    assert model.parameters.leadership.vacancy_months == 0


@pytest.mark.parametrize("way", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_is_independent(way: Any) -> None:
    model = community(5)
    other = way(model)
    wanted = state(model.run(6))
    assert other.month == 5
    assert differing(wanted, state(other.run(6))) == set()


def test_watching_changes_nothing() -> None:
    model, seen = community(), []
    model.watch = lambda name, there: seen.append((name, there.month))
    assert differing(state(model.run(3)), state(community(3))) == set()
    names = [process.name for process in model.processes]
    assert seen == [(name, month) for month in (1, 2, 3) for name in names]


def test_the_order_of_the_month_can_be_changed() -> None:
    usual = [process.name for process in community().processes]
    turned = ["living", *(name for name in usual if name != "living")]
    model = community(month=turned)
    assert [process.name for process in model.processes] == turned
    assert "residents.wellbeing" in differing(state(model.run(4)), state(community(4)))


# ---------------------------------------------------------------------------- people and place


@pytest.mark.parametrize("membership", ["live", "work", "either"])
def test_people_and_place_add_up_to_what_was_recorded(membership: str) -> None:
    model = community(measures={"membership": membership}, spin_up=4)
    member = model.membership()
    first = {
        int(i): w.mean() for i, w in zip(model.residents.id, model.residents.wellbeing, strict=True)
    }
    began = {b: model.measure("wellbeing", boundary=b) for b in ("place", "people")}
    at_first = {int(i) for i in model.residents.id[model.residents.present & member]}
    model.run(20)
    r = model.residents
    start = np.array([first.get(int(i), np.nan) for i in r.id])
    was = np.array([int(i) in at_first for i in r.id])
    now = r.present & model.membership()
    parts = people_place(was, now, np.where(was, start, 0.0), r.wellbeing.mean(axis=1))
    assert min(parts.stayers, parts.leavers, parts.newcomers) >= 3
    change = {b: model.measure("wellbeing", boundary=b) - began[b] for b in began}
    assert parts.place_change == pytest.approx(change["place"], abs=1e-12)
    assert parts.people_change == pytest.approx(change["people"], abs=1e-12)
    assert parts.place_stayers + parts.place_composition == pytest.approx(parts.place_change)
    assert parts.people_stayers + parts.people_leavers == pytest.approx(parts.people_change)


def test_the_displaced_go_on_being_followed() -> None:
    model = community(20)
    r = model.residents
    gone = np.flatnonzero(~r.present & r.founder)
    assert gone.size
    before = r.wellbeing[gone].copy()
    model.run(1)
    still = ~model.residents.present[gone]
    moved = model.residents.wellbeing[gone][still] - before[still]
    away = gone[still]
    free = 1.0 - model.parameters.living.burden_weight * model.residents.burden[away]
    goal = model.groups.conditions_start[model.residents.group[away]] * free[:, None]
    assert (np.sign(moved) == np.sign(goal - before[still])).all()
    founders = model.residents.founder
    gone_by_now = founders & ~model.residents.present
    assert model.measure("displaced") == gone_by_now.sum() / founders.sum()


# ----------------------------------------------------------------------------- which group is which


PAIR: dict[str, Any] = {
    "months": 12, "spin_up": 0, "places": [{"name": "town"}], "connectors": [],
    "groups": [
        {"name": "a", "size": 30, "conditions": 0.6},
        {"name": "b", "size": 30, "conditions": 0.3, "burden": 0.2, "extraction": 0.2},
    ],
    "ties": {"kind": "small_world", "degree": 6, "between": 0.0},
    "events": [{"id": "rent", "kind": "displacement", "month": 2, "duration": 8, "strength": 0.5},
               {"id": "push", "kind": "funding", "month": 2, "duration": 5, "groups": ["b"]}],
    "parameters": {"housing": {"newcomer_group": -1}},
}  # fmt: skip


def relabelled(model: CommunityModel) -> CommunityModel:
    """Give the same people the other group's number, and the groups each other's state."""
    spec = model.specification.data()
    spec["groups"] = spec["groups"][::-1]
    other = CommunityModel(specify(spec), rng=SEED)
    r = other.residents
    for name, values in model.residents.arrays().items():
        getattr(r, name)[:] = values
    r.group[:] = 1 - model.residents.group
    other.seats.group[:] = np.where(model.seats.group >= 0, 1 - model.seats.group, -1)
    for name, values in model.groups.arrays().items():
        getattr(other.groups, name)[:] = values[::-1]
    for name, values in model.pairs.arrays().items():
        getattr(other.pairs, name)[:] = values.reshape(-1, 2)[:, ::-1].ravel()
    for name in ("seats", "institutions", "stocks", "connectors"):
        for column, values in getattr(model, name).arrays().items():
            if column != "group":
                getattr(getattr(other, name), column)[:] = values
    other.ties = model.ties.copy()
    other.note_rows()
    other.recorder = type(model.recorder)(("b", "a"), 12, model.specification.measures.trusted)
    other.recorder.record(other)
    return other


def test_groups_by_another_number_change_no_unsigned_measure() -> None:
    # Noise in what is sensed is drawn under the group's number; there is none here.
    quiet = merged(PAIR, {"parameters": {"sense": {"noise": 0.0}}})
    one = community(**quiet)
    two = relabelled(one)
    one.run(12)
    two.run(12)
    assert one.absent == two.absent > 3
    keys, values = one.recorder.keys, one.recorder.values
    flipped = 0
    for column, key in enumerate(keys):
        got = two.recorder.values[:, two.recorder.index[key]]
        sign = -1.0 if key.measure == "gap_signed" else 1.0
        flipped += sign < 0
        assert got == pytest.approx(sign * values[:, column], abs=1e-9, nan_ok=True), key
    assert flipped == 2
    signed = values[:, one.recorder.index[next(k for k in keys if k.measure == "gap_signed")]]
    assert (signed < -0.05).all()
    assert np.array_equal(one.residents.id, two.residents.id)
    assert one.residents.wellbeing == pytest.approx(two.residents.wellbeing, abs=1e-9)


def test_a_groups_name_means_nothing() -> None:
    spec = specify(merged(community(**PAIR).specification.data(), {"events": []}))
    renamed = spec.data()
    renamed["groups"] = [{**g, "name": n} for g, n in zip(renamed["groups"], "xy", strict=True)]
    one, two = (CommunityModel(s, rng=SEED).run(6) for s in (spec, specify(renamed)))
    assert differing(state(one), state(two)) == set()


def test_an_owner_from_outside_counts_without_any_budget() -> None:
    """What the landlord resists has to show, or he would not be in the model."""
    landlord = {"name": "landlord", "sector": "external_owner", "budget": 0.0, "leader_seats": 0}
    weak, strong = (
        CommunityModel(
            town(institutions=[*TOWN["institutions"], {**landlord, "resistance": level}]), rng=3
        ).run(6)
        for level in (0.0, 1.0)
    )
    assert strong.measure("resistance") > weak.measure("resistance") + 0.2
    assert strong.measure("policy") < weak.measure("policy")


def test_leaders_from_outside_hold_power_too() -> None:
    """Where nobody of the place has a seat, power lies outside: it is not undefined."""
    institutions = [{**i, "resident_seats": 0} for i in TOWN["institutions"]]
    model = CommunityModel(town(institutions=institutions, spin_up=0), rng=3)
    assert model.measure("outside_seats") == 1.0
    assert model.measure("dominance") == 1.0
