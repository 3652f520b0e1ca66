"""What a user expects of each kind of event, seen in a community that runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.community import CommunityModel
from simulation.state import HOMES
from tests.communities import differing, state, town

SEED = 3


def community(run: int = 0, /, *, rng: int = SEED, **changes: Any) -> CommunityModel:
    """Return the town after some months, with changes of its scenario."""
    return CommunityModel(town(**changes), rng=rng).run(run)


def effect(event: dict[str, Any], run: int = 6, /, **changes: Any) -> tuple[CommunityModel, ...]:
    """Return the town with one event from month 2 on, and without any."""
    happening = {"id": "it", "month": 2, **event}
    return tuple(community(run, events=events, **changes) for events in ([happening], []))


def test_organising_money_makes_stewards() -> None:
    with_, without = effect({"kind": "funding", "amount": 4.0, "duration": 6}, 8)
    assert with_.measure("stewards") > without.measure("stewards") + 0.05
    assert with_.measure("visited") > without.measure("visited")


def test_cash_makes_people_better_off_and_reaches_only_whom_it_names() -> None:
    cash = {"kind": "funding", "amount": 2.0, "uses": {"cash": 1.0}, "groups": ["south"]}
    with_, without = effect(cash, 2, parameters={"production": {"aid": 0.0}})
    more = with_.residents.resources - without.residents.resources
    r = with_.residents
    own = (r.group == 1) & r.lives_here & r.present
    assert (more[own] > 1.0).all()
    assert (more[~own] == 0.0).all()


def test_mentoring_builds_skill_and_connectors_are_paid() -> None:
    uses = {"mentoring": 0.5, "connectors": 0.5}
    with_, without = effect({"kind": "funding", "amount": 3.0, "duration": 6, "uses": uses})
    assert with_.measure("skill") > without.measure("skill")
    assert (with_.connectors.pay > without.connectors.pay).all()


def test_a_leader_leaves() -> None:
    still: dict[str, Any] = {"parameters": {"leadership": {"turnover": 0.0, "vacancy_months": 6}}}
    targets: list[dict[str, Any]] = [{"count": 2}, {"pick": "most_central", "count": 2}]
    for target in targets:
        with_, without = effect({"kind": "leader_leaves", "target": target}, 2, **still)
        assert (without.seats.holder >= 0).sum() - (with_.seats.holder >= 0).sum() == 2
        assert with_.stocks.leadership[0] < without.stocks.leadership[0]
    holder = int(without.seats.holder[-1])
    target = {"pick": "person", "people": [holder]}
    with_, _ = effect({"kind": "leader_leaves", "target": target}, 2, **still)
    assert holder not in with_.seats.holder
    assert (with_.seats.holder < 0).sum() == 1


def test_a_crisis_takes_its_part_of_conditions_once() -> None:
    crisis = {
        "kind": "crisis",
        "strength": 0.4,
        "groups": ["north"],
        "dimensions": ["health"],
        "duration": 4,
    }
    with_, without = effect(crisis, 2, month=["events"])
    lost = without.groups.conditions - with_.groups.conditions
    assert lost[0, 1] == pytest.approx(0.4 * without.groups.conditions[0, 1], rel=1e-12)
    assert np.count_nonzero(lost) == 1
    assert np.array_equal(with_.run(3).groups.conditions, without.groups.conditions - lost)


def test_a_law_raises_policy_and_conditions_follow() -> None:
    with_, without = effect({"kind": "policy", "strength": 0.8}, 6)
    assert with_.measure("policy") > without.measure("policy") + 0.5
    assert with_.measure("conditions") > without.measure("conditions")


def test_acknowledgement_heals_and_costs() -> None:
    with_, without = effect({"kind": "acknowledgement", "duration": 5})
    assert with_.measure("grievance") < without.measure("grievance")
    assert with_.measure("trust_institutions") > without.measure("trust_institutions")
    assert with_.measure("wellbeing") < without.measure("wellbeing")


def test_displacement_drives_people_out_and_homes_are_taken_over() -> None:
    with_, without = effect({"kind": "displacement", "strength": 1.0, "duration": 5})
    assert with_.absent > without.absent
    r = with_.residents
    came = r.id >= HOMES
    assert came.sum() == with_.absent
    assert (r.home[came] == r.id[came] % HOMES).all()


def test_facilitation_makes_meetings_go_well() -> None:
    with_, without = effect({"kind": "facilitation", "duration": 10}, 11)
    assert with_.measure("trust_across") > without.measure("trust_across")


@pytest.mark.parametrize("kept", [True, False])
def test_a_promise_moves_trust_in_those_who_made_it(kept: bool) -> None:
    promise = {"kind": "promise", "kept": kept, "groups": ["south"], "institutions": ["hall"]}
    with_, without = effect({**promise, "duration": 3}, 4, month=["events", "trust"])
    moved = (with_.pairs.legitimacy - without.pairs.legitimacy).reshape(3, 2)
    assert (moved[1, 1] > 0.02) if kept else (moved[1, 1] < -0.02)
    others = np.delete(moved.ravel(), 3)
    assert np.array_equal(others, np.zeros(5))


def test_shared_seats_pool_at_least_so_much() -> None:
    with_, without = effect(
        {"kind": "share_seats", "strength": 0.5, "institutions": ["hall"]}, 2, month=["events"]
    )
    assert with_.institutions.pooled.tolist() == [0.0, 0.5, 0.0]
    assert without.institutions.pooled.tolist() == [0.0, 0.0, 0.0]


def test_loud_voices_are_louder_once() -> None:
    with_, without = effect(
        {"kind": "loud_voice", "factor": 3.0, "groups": ["north"], "duration": 3},
        5,
        month=["events"],
    )
    ratio = with_.residents.voice / without.residents.voice
    assert np.array_equal(ratio, np.where(with_.residents.group == 0, 3.0, 1.0))


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ({"pick": "random", "count": 7}, 7),
        ({"pick": "most_central", "count": 4}, 4),
        ({"pick": "person", "people": [1, 5]}, 2),
    ],
)
def test_recruits_become_stewards_and_stay_if_committed(
    target: dict[str, Any], number: int
) -> None:
    nobody = {"start": {"stewards": 0.0}}
    groups = [{**group, "committed": 0.0} for group in town().data()["groups"]]
    with_, _ = effect({"kind": "recruit", "committed": True, "target": target}, 2,
                      month=["events"], parameters=nobody, groups=groups)  # fmt: skip
    r = with_.residents
    assert (r.stewardship == 1.0).sum() == r.committed.sum() == number
    if target["pick"] == "most_central":
        degrees = with_.ties.degrees()
        assert degrees[r.committed].min() >= np.sort(degrees)[-number]
    if target["pick"] == "person":
        assert r.id[r.committed].tolist() == [1, 5]


def test_newcomers_move_into_new_homes_with_ties_of_their_own() -> None:
    event = {"kind": "newcomers", "count": 4, "groups": ["south"], "degree": 3}
    with_, without = effect(event, 2, month=["events"])
    r = with_.residents
    assert len(r) == len(without.residents) + 4
    new = r.id >= 48
    (moved,) = with_.specification.events
    assert r.home[new].tolist() == r.id[new].tolist() == list(moved.homes(48))
    assert (r.group[new] == 1).all()
    assert (r.place[new] == 0).all()
    assert not r.founder[new].any()
    assert with_.ties.degrees()[new].tolist() == [3] * 4
    assert with_.residents.stewardship[new].sum() == 0


def test_costs_are_charged_to_the_budgets() -> None:
    with_, without = effect(
        {"kind": "facilitation", "strength": 0.0, "cost": 0.15, "duration": 3}, 3
    )
    assert with_.levers.charge == pytest.approx(0.15 / 0.3)
    assert (with_.groups.services < without.groups.services).all()
    assert with_.run(3).levers.charge == 0.0


def test_delays_durations_and_ends() -> None:
    event = {"kind": "displacement", "strength": 0.3, "delay": 2, "duration": 3}
    model = community(events=[{"id": "it", "month": 2, **event}])
    pressure = [model.run(1).levers.displacement for _ in range(8)]
    assert pressure == [0.0, 0.0, 0.0, 0.3, 0.3, 0.3, 0.0, 0.0]


def test_levers_of_events_at_the_same_time_join() -> None:
    month = {"month": 1, "duration": 2}
    events = [
        {"id": "a", "kind": "displacement", "strength": 0.3, **month},
        {"id": "b", "kind": "displacement", "strength": 0.4, **month},
        {"id": "c", "kind": "acknowledgement", "strength": 0.3, **month},
        {"id": "d", "kind": "acknowledgement", "strength": 0.4, **month},
        {"id": "e", "kind": "funding", "amount": 2.0, "uses": {"mentoring": 0.5}, **month},
        {"id": "f", "kind": "funding", "amount": 1.0, "uses": {"mentoring": 1.0}, **month},
    ]
    levers = community(1, events=events).levers
    assert levers.displacement == pytest.approx(0.7)
    assert levers.acknowledgement == 0.4
    assert levers.mentoring == 2.0


def test_a_parameter_is_set_for_a_time_and_the_last_event_wins() -> None:
    key = {"kind": "set", "key": "dialogue.meeting_rate"}
    events = [
        {"id": "a", "month": 2, "duration": 4, "value": 0.1, **key},
        {"id": "b", "month": 3, "duration": 1, "value": 0.9, **key},
    ]
    model = community(events=events)
    rates = [model.run(1).parameters.dialogue.meeting_rate for _ in range(6)]
    assert rates == [0.5, 0.1, 0.9, 0.1, 0.1, 0.5]


def test_without_its_interventions_a_scenario_is_the_counterfactual() -> None:
    spec = town()
    bare = spec.without_interventions()
    kinds = {event.kind for event in bare.events}
    assert kinds == {"newcomers", "displacement", "crisis", "leader_leaves", "loud_voice"}
    one, two = (CommunityModel(s, rng=SEED) for s in (spec, bare))
    assert differing(state(one), state(two)) == set()
    assert differing(state(one.run(1)), state(two.run(1))) == set()
    assert "residents.resources" in differing(state(one.run(1)), state(two.run(1)))
