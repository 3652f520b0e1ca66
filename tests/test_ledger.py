"""The ledger: parts that sum to the change, in every month of very different communities."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.ledger import INDICATORS, Ledger
from simulation.ledger.indicators import BY_GROUP, EVENT_WRITES, WRITES
from simulation.ledger.links import LINKS
from simulation.processes import MONTH, Process, register, unregister
from simulation.renumber import renumber
from simulation.state import DIMENSIONS
from tests.communities import state, town
from tests.ledger_nudges import effects_of_nudges

NO_LEADERS: dict[str, Any] = {"institutions": [], "connectors": [], "events": []}
ALL_TIED: dict[str, Any] = {
    "ties": {"kind": "complete"},
    "connectors": [],
    "parameters": {"housing": {"rewiring": 0.0}},
}
NO_SOUTH: dict[str, Any] = {
    "groups": [{"name": "north", "size": 30}, {"name": "south", "size": 0}],
    "events": [{"id": "homes", "kind": "newcomers", "month": 4, "count": 3, "groups": ["south"]}],
}
CODE: dict[str, Any] = {"parameters": {"learning": {"form": "code"}}}
PAIRWISE: dict[str, Any] = {"parameters": {"dialogue": {"exchange": "pairwise"}}}
COMMUNITIES: dict[str, dict[str, Any]] = {
    "town": {},
    "no leaders": NO_LEADERS,
    "all tied": ALL_TIED,
    "no south at first": NO_SOUTH,
    "shared code": CODE,
    "pairwise": PAIRWISE,
    "commuters count": {"measures": {"membership": "work"}},
    "no record": {"parameters": {"record": {"enabled": False}}},
}
ON_RECORD = {"resident_seats": "seats"}
"""Indicators that are recorded under another name by group."""
OWN = {"services", "investment"}
"""Indicators that are not on record."""


def built(changes: dict[str, Any], seed: int = 5, months: int = 14) -> CommunityModel:
    return CommunityModel(town(**{"months": months, **changes}), rng=seed)


def check_month(ledger: Ledger) -> None:
    """Parts of the last month sum to the change; both are nan where an end is not known."""
    month = ledger.last
    sums = ledger.month(month).sum(axis=1)
    for name in ledger.indicators:
        for group in ledger.groups:
            change = ledger.value(name, group) - ledger.value(name, group, month - 1)
            got = sums[ledger.row(name), ledger.column(group)]
            assert got == pytest.approx(change, abs=1e-9, nan_ok=True), (month, name, group)


def check_record(ledger: Ledger, community: CommunityModel) -> None:
    """Values at the end of a month are those on record."""
    for name in set(ledger.indicators) - OWN:
        for group in ledger.groups if name in BY_GROUP else ("all",):
            measure = name if group == "all" else ON_RECORD.get(name, name)
            expected = community.measure(measure, group)
            got = ledger.value(name, group)
            assert got == pytest.approx(expected, abs=1e-9, nan_ok=True), (name, group)


@pytest.mark.parametrize("name", COMMUNITIES)
def test_parts_add_up_and_ends_are_those_on_record(name):
    community = built(COMMUNITIES[name])
    ledger, thorough = Ledger(community), Ledger(community, everything=True)
    assert ledger.indicators == INDICATORS
    for _ in range(14):
        community.step()
        check_month(ledger)
        if name != "no record":
            check_record(ledger, community)
        # what each process is declared to change is all that it changes
        np.testing.assert_allclose(
            ledger.month(community.month), thorough.month(community.month), rtol=0, atol=1e-12
        )
    moved = ledger.between(0, 14)
    assert np.nansum(np.abs(moved)) > 0.0
    assert ledger.value("stewards", month=3) == ledger.values("stewards")[3]


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(0, 25),
    dimension=st.sampled_from(DIMENSIONS),
    pressure=st.floats(0, 1),
    turnover=st.floats(0, 0.4),
    rewiring=st.floats(0, 0.2),
    rule=st.sampled_from(["mean", "majority", "supermajority"]),
    own=st.sampled_from(["live", "work", "either", "both"]),
)
def test_parts_add_up_whatever_the_community(
    seed, size, dimension, pressure, turnover, rewiring, rule, own
):
    changes = {
        "groups": [
            {"name": "north", "size": size, "conditions": 0.6, "commuters": 0.2},
            {"name": "south", "size": 20, "conditions": 0.3, "burden": 0.3},
            {"name": "east", "size": 2, "conditions": 0.5},
        ],
        "measures": {"membership": own},
        "events": [
            {"id": "rent", "kind": "displacement", "month": 1, "duration": 6, "strength": pressure},
            {"id": "storm", "kind": "crisis", "month": 2, "dimensions": [dimension]},
            {"id": "words", "kind": "acknowledgement", "month": 3, "duration": 2},
            {"id": "mayor", "kind": "leader_leaves", "month": 4},
            {"id": "homes", "kind": "newcomers", "month": 5, "count": 2, "groups": ["east"]},
            {"id": "grant", "kind": "funding", "month": 2, "duration": 3, "amount": 1.0,
             "uses": {"cash": 0.5, "organising": 0.5}},
        ],
        "parameters": {
            "housing": {"moving_rate": 0.3, "rewiring": rewiring},
            "leadership": {"turnover": turnover},
            "governance": {"rule": rule},
        },
    }  # fmt: skip
    community = built(changes, seed, months=6)
    ledger, thorough = Ledger(community), Ledger(community, everything=True)
    for _ in range(6):
        community.step()
        check_month(ledger)
        check_record(ledger, community)
    np.testing.assert_allclose(ledger.between(0, 6), thorough.between(0, 6), rtol=0, atol=1e-12)


def test_a_run_is_the_same_with_and_without_it():
    plain, followed = built({}), built({})
    assert plain.watch is None
    ledger = Ledger(followed)
    plain.run()
    followed.run()
    mine, theirs = state(plain), state(followed)
    assert all(
        np.array_equal(mine[k], theirs[k], equal_nan=mine[k].dtype.kind == "f") for k in mine
    )
    assert np.array_equal(plain.recorder.values, followed.recorder.values, equal_nan=True)
    ledger.detach(followed)
    assert followed.watch is None
    assert ledger.last == 14


def test_it_joins_a_watcher_that_is_already_there():
    community, seen = built({}), []
    community.watch = lambda name, there: seen.append((there.month, name))
    ledger = Ledger(community)
    community.run(2)
    assert [name for month, name in seen if month == 1] == list(ledger.processes)
    ledger.detach(community)
    community.run(1)
    assert seen[-1] == (3, "record")
    assert ledger.last == 2


def test_months_after_a_restore_replace_those_before():
    community = built({})
    ledger = Ledger(community)
    community.run(4)
    kept = community.snapshot()
    community.run(8)
    first = [ledger.month(m).copy() for m in range(1, 13)]
    community.restore(kept)
    community.run(8)
    assert ledger.last == 12
    for month, amounts in enumerate(first, start=1):
        np.testing.assert_allclose(ledger.month(month), amounts, rtol=0, atol=1e-12)
    ledger.cut(after=6)
    assert ledger.last == 6
    with pytest.raises(InputError, match="does not hold"):
        ledger.month(7)


def test_it_goes_over_to_a_changed_course():
    spec = town(months=14)
    community = CommunityModel(spec, rng=5)
    ledger = Ledger(community)
    community.run(6)
    kept, past = community.snapshot(), ledger.between(0, 6)
    community.run(8)
    events = [
        *spec.data()["events"],
        {"id": "later", "kind": "policy", "month": 9, "strength": 0.5},
    ]
    other = CommunityModel(town(months=14, events=events), rng=5)
    other.restore(kept)
    ledger.attach(other)
    other.run(8)
    np.testing.assert_array_equal(ledger.between(0, 6), past)
    check_month(ledger)
    by_events = ledger.month(9)[ledger.row("policy"), ledger.processes.index("events"), -1]
    assert by_events == pytest.approx(0.5 * (1 - ledger.value("policy", month=8)), abs=0.01)
    with pytest.raises(InputError, match="begin a new one"):
        ledger.attach(built({"month": ["events", "living", "record"]}))


def test_what_it_did_not_see_is_not_known():
    community = built({})
    ledger = Ledger(community)
    community.run(3)
    ledger.detach(community)
    community.run(2)
    community.watch = ledger
    community.run(2)
    row = ledger.row("wellbeing")
    assert np.isnan(ledger.month(4)[row, :, -1]).all()
    assert np.isnan(ledger.month(6)[row, :, -1]).all()
    assert ledger.value("wellbeing") == pytest.approx(community.measure("wellbeing"), abs=1e-9)
    check_month(ledger)
    assert ledger.parts("wellbeing", 0, 7) == []
    assert ledger.parts("wellbeing", 6, 7)


def test_it_is_pickled_and_copied_with_its_community():
    community = built({})
    Ledger(community).detach(community)
    ledger = Ledger(community)
    community.run(3)
    twins = [pickle.loads(pickle.dumps(community)), copy.deepcopy(community)]
    community.run(3)
    for twin in twins:
        twin.run(3)
        np.testing.assert_array_equal(twin.watch.between(0, 6), ledger.between(0, 6))


def test_rows_mean_nothing():
    plain, shuffled = built({}), built({})
    ledgers = Ledger(plain), Ledger(shuffled)
    for month in range(6):
        renumber(shuffled, np.random.default_rng(month).permutation(len(shuffled.residents)))
        plain.step()
        shuffled.step()
    one, two = (ledger.between(0, 6) for ledger in ledgers)
    np.testing.assert_allclose(one, two, rtol=0, atol=1e-12)


def test_a_group_of_nobody_has_no_amounts():
    community = built(NO_SOUTH)
    ledger = Ledger(community)
    community.run(8)
    assert np.isnan(ledger.value("wellbeing", "south", 3))
    assert ledger.value("wellbeing", "south", 4) > 0.0
    column, row = ledger.column("south"), ledger.row("wellbeing")
    assert np.isnan(ledger.month(4)[row, :, column]).all()
    assert np.isfinite(ledger.month(5)[row, :, column]).all()
    assert ledger.parts("gap", 0, 8) == []


class Away(Process):
    """Let the south be away from month 3 until month 5."""

    name = "away"
    after = "sense"

    def apply(self, community, p):
        r = community.residents
        if community.month in (3, 5):
            r.present[r.group == 1] = community.month == 5
            community.note_rows()


def test_what_changed_while_a_group_was_away_counts_for_what_brought_it_back():
    register(Away)
    try:
        community = built({"events": [], "parameters": {"housing": {"enabled": False}}})
        ledger = Ledger(community)
        community.run(6)
    finally:
        unregister("away")
    assert np.isnan(ledger.value("gap", month=4))
    check_month(ledger)
    for indicator, group in (("gap", "all"), ("wellbeing", "south"), ("safety", "south")):
        parts = ledger.parts(indicator, 2, 6, group)
        change = ledger.value(indicator, group) - ledger.value(indicator, group, 2)
        assert sum(amount for _, amount in parts) == pytest.approx(change, abs=1e-9)
        assert parts


class Luckless(Process):
    """Take a little from everybody, by rebuilding the column and by writing into it."""

    name = "luckless"
    after = "sense"

    def apply(self, community, p):
        community.residents.wellbeing *= 0.999
        community.institutions.openness = community.institutions.openness * 0.99
        community.stocks.memory[0] = 0.5


def test_a_process_of_ones_own_has_its_own_column():
    register(Luckless)
    try:
        community = built({})
        ledger = Ledger(community)
        community.run(5)
        check_month(ledger)
        place = ledger.processes.index("luckless")
        assert ledger.month(5)[ledger.row("openness"), place, -1] < 0.0
        assert dict(ledger.parts("wellbeing", 4, 5, "south"))["luckless"] < 0.0
        assert ledger.inputs("wellbeing", "luckless") == ()
    finally:
        unregister("luckless")


def test_names_that_it_does_not_know_are_refused():
    community = built({})
    ledger = Ledger(community)
    community.run(2)
    with pytest.raises(InputError, match="did you mean 'wellbeing'"):
        ledger.value("wellbeng")
    with pytest.raises(InputError, match="did you mean 'south'"):
        ledger.value("wellbeing", "sooth")
    with pytest.raises(InputError, match="no such process"):
        ledger.inputs("gap", "weather")
    with pytest.raises(InputError, match="ends before"):
        ledger.between(2, 1)


def test_every_process_and_event_is_declared():
    assert set(WRITES) == {process.name for process in MONTH}
    from simulation.processes.events import Events

    assert all(callable(getattr(Events, kind)) for kind in EVENT_WRITES)
    assert set(LINKS) <= set(WRITES)
    for links in LINKS.values():
        for indicator, read in links.items():
            assert {indicator, *read} <= set(INDICATORS)


def closure(process: str, indicator: str) -> set[str]:
    """What a process reads for an indicator, also by way of what it moves itself."""
    found, todo = {indicator}, [indicator]
    while todo:
        for read in LINKS.get(process, {}).get(todo.pop(), ()):
            if read not in found:
                found.add(read)
                todo.append(read)
    if "gap" in found:
        found.add("wellbeing")
    return found


SELDOM = {
    ("learning", "memory", "conditions"),
    ("leadership", "seats_filled", "skill"),
    ("leadership", "seats_filled", "stewards"),
    ("trust", "trust_partners", "upstream"),
    ("activation", "stewards", "trust_connectors"),
    ("activation", "stewards", "resistance"),
}
"""Links of the equations that need a draw, or a state, that these communities may not come to."""


def test_links_say_what_a_process_reads():
    moody = {"rate": 0.9, "rejection": 0.1, "temperature": 2.0}
    found = effects_of_nudges(built({}), months=12, every=3)
    found |= effects_of_nudges(
        built({"parameters": {"activation": moody}}, seed=8), months=8, every=2
    )
    unsaid = {f for f in found if f.read not in closure(f.process, f.moved)}
    assert unsaid == set()
    said = {
        (process, moved, read)
        for process, links in LINKS.items()
        for moved, reads in links.items()
        for read in reads
        if read not in links  # what the process itself moves first is set anew, nudge or no nudge
    }
    by_way_of_sense = {("allocation", "upstream", "wellbeing")}
    assert said - found - SELDOM == by_way_of_sense


def test_the_benchmark_measures():
    from tests.benchmarks.ledger import ledger_cost

    spread = ledger_cost(residents=60, rounds=2, months=3)
    assert 0.2 < spread.low <= spread.median <= spread.high < 20.0
