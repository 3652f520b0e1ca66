"""What an intervention cannot reach stays as it is, bit for bit.

Two towns without a tie between them share one community: either two places, or two groups. All that
works through the whole community is off, and every such switch is justified where it is set.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulation.community import CommunityModel
from simulation.specification import Specification, specify
from simulation.state import HOMES
from tests.communities import differing, merged, state, town

EAST, WEST = 0, 1
MONTHS = 10

LOCAL: dict[str, Any] = {
    # The strength of leaders and the resistance of institutions are one number for everybody.
    "activation": {"leadership": 0.0, "resistance": 0.0, "exit": 0.02},
    # So are the chances that an institution keeps its promises, but for their base.
    "trust": {"keep_leadership": 0.0, "keep_capability": 0.0, "keep_accountability": 0.0},
    # Money for causes and for services is shared out over all.
    "living": {"potency": 0.0, "service_gain": 0.0},
    # Skill comes into use through the openness of institutions and the trust of whole groups.
    "production": {"use_rate": 0.0},
    # One bench serves all seats, and an exit costs the trust of everyone who is served.
    "leadership": {"resident_share": 0.0, "exit_trust_loss": 0.0, "turnover": 0.1},
    # There is one shared memory, and one body of evidence.
    "learning": {"from_memory": 0.0, "by_doing": 0.0},
    # Rising conditions press on everybody alike; the turnover of homes and of ties is local.
    "housing": {"sensitivity": 0.0, "base_turnover": 0.03, "moving_rate": 0.1, "rewiring": 0.2},
    # Lasting policy fades with the share of stewards, and conditions follow it; there is none.
    "start": {"policy": 0.0, "stewards": 0.2},
}

# Institutions spend nothing with residents, and none is a government (whose votes are everyone's).
INSTITUTIONS = [
    {"name": "clinic", "sector": "hospital", "local_spend": 0.0},
    {"name": "owner", "sector": "external_owner", "local_spend": 0.0},
]

PRESSED = {"id": "rent", "kind": "displacement", "month": 3, "duration": 5, "strength": 0.6}
"""People have to leave in both towns, with the intervention and without it."""

PLACES: dict[str, Any] = {
    "spin_up": 2,
    "groups": [{"name": "north", "size": 24}, {"name": "south", "size": 24, "promises": 2}],
    "places": [{"name": "east"}, {"name": "west"}],
    "institutions": INSTITUTIONS,
    "connectors": [
        {"name": "of the east", "count": 2, "place": "east", "caseload": 8, "attention": 5},
        {"name": "of the west", "count": 2, "place": "west", "caseload": 8, "attention": 5},
    ],
    "ties": {"kind": "small_world", "degree": 4},
    "parameters": merged(LOCAL, {"housing": {"bridging": 0.8}}),
}

GROUPS: dict[str, Any] = {
    "spin_up": 2,
    "groups": [{"name": "east", "size": 24}, {"name": "west", "size": 24, "promises": 2}],
    "institutions": INSTITUTIONS,
    "ties": {"kind": "blocks", "degree": 4, "homophily": 1.0},
    "parameters": LOCAL,
}


def part(community: CommunityModel, column: str, value: int) -> dict[str, NDArray[Any]]:
    """Return all that belongs to the residents of one town: columns, ties, and connectors."""
    whole = state(community)
    people = whole[f"residents.{column}"] == value
    own = whole["residents.id"][people]
    found = {k: v[people] for k, v in whole.items() if k.startswith("residents.")}
    if column == "place":
        here = whole["connectors.place"] == value
        found |= {k: v[here] for k, v in whole.items() if k.startswith("connectors.")}
        own = np.concatenate([own, whole["connectors.id"][here]])
    held = np.isin(whole["ties.source"], own)
    return found | {k: v[held] for k, v in whole.items() if k.startswith("ties.")}


def assert_untouched(
    base: dict[str, Any], events: list[dict[str, Any]], seed: int, by: str
) -> None:
    """Run with and without the events; the west must not notice in any month."""
    with_, without = (
        CommunityModel(specify({**base, "events": [PRESSED, *more]}), rng=seed)
        for more in (events, [])
    )
    assert differing(part(with_, by, WEST), part(without, by, WEST)) == set()
    for month in range(1, MONTHS + 1):
        with_.step()
        without.step()
        found = differing(part(with_, by, WEST), part(without, by, WEST))
        assert found == set(), f"month {month}"


SHARE = st.integers(0, 20).map(lambda n: n / 20)
WHEN = st.fixed_dictionaries(
    {"month": st.integers(1, 5), "duration": st.integers(1, 4), "cost": st.sampled_from([0.0, 0.2])}
)
USES = st.tuples(SHARE, SHARE).map(lambda p: {"organising": p[0] / 2, "cash": p[1] / 2})
SEATS = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("leader_leaves"),
         "target": st.fixed_dictionaries({"pick": st.sampled_from(["random", "most_central"]),
                                          "count": st.integers(1, 3)})}
    ),
    st.fixed_dictionaries({"kind": st.just("share_seats"), "strength": SHARE}),
)  # fmt: skip


def money(where: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"kind": st.just("funding"), "amount": st.integers(1, 5), "uses": USES, "reach": SHARE}
    ).map(lambda event: {**event, **where})


def recruits(people: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    picked = st.fixed_dictionaries(
        {
            "pick": st.sampled_from(["person", "neighbourhood"]),
            "people": st.lists(st.sampled_from(people), min_size=1, max_size=4, unique=True),
        }
    )
    return st.fixed_dictionaries(
        {"kind": st.just("recruit"), "target": picked, "committed": st.booleans()}
    )


def newcomers(groups: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    # They move into the first place, the east; without ties of their own, as those are drawn
    # among everybody.
    return st.fixed_dictionaries(
        {"kind": st.just("newcomers"), "count": st.integers(1, 3), "degree": st.just(0),
         "groups": st.sampled_from(groups).map(lambda name: [name])}
    )  # fmt: skip


def in_the_east(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({**fields, "groups": st.just(["east"])})


def timeline(kinds: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.tuples(WHEN, kinds).map(lambda pair: {**pair[0], **pair[1]})
    return st.lists(one, min_size=1, max_size=4).map(
        lambda events: [{**event, "id": f"event {n}"} for n, event in enumerate(events)]
    )


IN_PLACES = [
    money({"places": ["east"]}), recruits([*range(12), *range(24, 36)]),
    newcomers(["north", "south"]), SEATS,
]  # fmt: skip
IN_GROUPS = [
    money({"groups": ["east"]}), recruits([*range(24)]), newcomers(["east"]), SEATS,
    in_the_east({"kind": st.just("crisis"), "strength": SHARE}),
    in_the_east({"kind": st.just("promise"), "kept": st.booleans()}),
    in_the_east({"kind": st.just("loud_voice"), "factor": st.integers(1, 9)}),
]  # fmt: skip


@settings(max_examples=30)
@given(timeline(st.one_of(IN_PLACES)), st.integers(0, 2**62))
def test_what_happens_in_one_place_does_not_reach_another(
    events: list[dict[str, Any]], seed: int
) -> None:
    assert_untouched(PLACES, events, seed, "place")


@settings(max_examples=30)
@given(timeline(st.one_of(IN_GROUPS)), st.integers(0, 2**62))
def test_what_happens_to_one_group_does_not_reach_another(
    events: list[dict[str, Any]], seed: int
) -> None:
    assert_untouched(GROUPS, events, seed, "group")


ORGANISING = {"id": "a", "kind": "funding", "month": 3, "duration": 4, "amount": 4.0}
FELT = {
    "money": (PLACES, "place", {**ORGANISING, "places": ["east"]}),
    "cash": (PLACES, "place", {**ORGANISING, "places": ["east"], "uses": {"cash": 1.0}}),
    "people": (PLACES, "place", {"id": "a", "kind": "recruit", "month": 3,
                                 "target": {"pick": "neighbourhood", "people": [3]}}),
    "homes": (PLACES, "place", {"id": "a", "kind": "newcomers", "month": 3, "count": 2,
                                "degree": 0, "groups": ["north"]}),
    "crisis": (GROUPS, "group", {"id": "a", "kind": "crisis", "month": 3, "groups": ["east"]}),
    "promise": (GROUPS, "group", {"id": "a", "kind": "promise", "month": 3, "kept": False,
                                  "groups": ["east"]}),
    "voice": (GROUPS, "group", {"id": "a", "kind": "loud_voice", "month": 3, "groups": ["east"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", FELT)
def test_what_happens_is_felt_where_it_happens(name: str) -> None:
    base, by, event = FELT[name]
    pair = [CommunityModel(specify({**base, "events": more}), rng=4) for more in ([event], [])]
    for community in pair:
        community.run(MONTHS)
    assert differing(*(part(c, by, EAST) for c in pair))
    assert not differing(*(part(c, by, WEST) for c in pair))


def test_people_move_in_both_towns() -> None:
    community = CommunityModel(specify({**PLACES, "events": [PRESSED]}), rng=4).run(MONTHS)
    r = community.residents
    assert all((~r.present & (r.place == place)).sum() > 2 for place in (EAST, WEST))
    assert (r.id >= HOMES).sum() == community.absent


# With one of the couplings back on, the west does notice.
COUPLINGS: dict[str, dict[str, Any]] = {
    "leadership": {"parameters": {"activation": {"leadership": 10.0}}},
    "shared money": {"parameters": {"living": {"potency": 2.0, "service_gain": 0.2}}},
    "one memory": {"parameters": {"learning": {"from_memory": 0.5}}},
    "ties across": {"ties": {"between": 0.3}},
}


@pytest.mark.parametrize("name", COUPLINGS)
def test_a_coupling_through_the_whole_community_is_noticed(name: str) -> None:
    base = merged(PLACES, COUPLINGS[name])
    events = [
        {"id": "a", "kind": "leader_leaves", "month": 2, "target": {"count": 3}},
        {"id": "b", "kind": "recruit", "month": 2,
         "target": {"pick": "person", "people": list(range(12))}},
        {"id": "c", "kind": "share_seats", "month": 2, "strength": 1.0},
    ]  # fmt: skip
    pair = [CommunityModel(specify({**base, "events": more}), rng=4) for more in (events, [])]
    for community in pair:
        community.run(MONTHS)
    assert differing(*(part(c, "place", WEST) for c in pair))


# ------------------------------------------------------------- events and parts leave each other be


def start_of(specification: Specification) -> CommunityModel:
    return CommunityModel(specification, rng=5)


def chosen(events: list[dict[str, Any]], month: int) -> tuple[set[int], set[int]]:
    """Return who is reached by money, and who became a steward that was none before."""
    spec = town(events=events, spin_up=0, parameters={"start": {"stewards": 0.0}})
    community = CommunityModel(spec, rng=5).run(month - 1)
    before = community.residents.stewardship.copy()
    spent: list[NDArray[Any]] = []
    risen: list[NDArray[Any]] = []

    def look(name: str, there: CommunityModel) -> None:
        if name == "events":
            spent.append(there.residents.id[there.residents.spend > 0])
            risen.append(there.residents.id[there.residents.stewardship > before])

    community.watch = look
    community.step()
    return set(spent[0].tolist()), set(risen[0].tolist())


def test_removing_an_event_shifts_no_other() -> None:
    money_ = {"id": "money", "kind": "funding", "month": 1, "reach": 0.4}
    other = {"id": "other", "kind": "funding", "month": 1, "reach": 0.4, "uses": {"cash": 1.0}}
    crew = {"id": "crew", "kind": "recruit", "month": 1, "target": {"count": 5}}
    team = {"id": "team", "kind": "recruit", "month": 1, "target": {"count": 5}}
    all_spent, all_risen = chosen([other, money_, team, crew], 1)
    spent, risen = chosen([money_, crew], 1)
    assert all_spent == spent
    assert len(risen) == 5
    assert risen <= all_risen
    only_team = chosen([team], 1)[1]
    assert all_risen == risen | only_team
    assert only_team != risen
    assert chosen([crew, money_], 1) == (spent, risen)


def test_newcomers_of_one_event_do_not_depend_on_another() -> None:
    one = {"kind": "newcomers", "degree": 0, "duration": 1}
    first = {**one, "id": "first", "month": 1, "count": 2, "groups": ["north"]}
    second = {**one, "id": "second", "month": 2, "count": 3, "groups": ["south"]}
    came = []
    for events in ([first, second], [second]):
        r = (
            CommunityModel(specify({**PLACES, "spin_up": 0, "events": events}), rng=5)
            .run(2)
            .residents
        )
        new = (r.home >= 48) & (r.group == 1)
        came.append(sorted(zip(r.threshold[new], r.anchor[new], strict=True)))
    assert len(came[1]) == 3
    assert came[0] == came[1]


@pytest.mark.parametrize(
    "more",
    [
        {"institutions": [*INSTITUTIONS, {"name": "school", "sector": "school"}]},
        {"connectors": [*PLACES["connectors"], {"name": "more", "count": 3}]},
        {"events": [PRESSED]},
        {"months": 7},
    ],
    ids=["institution", "connectors", "event", "horizon"],
)
def test_more_around_them_leaves_residents_as_they_were(more: dict[str, Any]) -> None:
    one, two = (start_of(specify({**PLACES, "spin_up": 0, **changes})) for changes in ({}, more))
    for name, values in one.residents.arrays().items():
        if name != "grievance":  # what institutions did in the past is part of who is hurt
            assert np.array_equal(values, getattr(two.residents, name)), name
    friends = []
    for community in (one, two):
        table = community.ties.table()
        friend = table.kind == 0
        friends.append({name: values[friend] for name, values in table._asdict().items()})
    assert differing(*friends) == set()


def test_another_group_leaves_the_others_as_they_were() -> None:
    groups = [{"name": "a", "size": 20}, {"name": "b", "size": 10}]
    more = [*groups, {"name": "c", "size": 15}]
    one, two = (start_of(specify(groups=g, spin_up=0)) for g in (groups, more))
    for name, values in one.residents.arrays().items():
        assert np.array_equal(values, getattr(two.residents, name)[:30]), name
