"""Every process keeps the promises of the contract, and what each owes beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from docs.examples import gossip as documented
from simulation.community import CommunityModel
from simulation.processes import MONTH
from simulation.processes.activation import Activation
from simulation.processes.allocation import Allocation
from simulation.processes.dialogue import Dialogue
from simulation.processes.events import Events
from simulation.processes.governance import Governance
from simulation.processes.housing import Housing
from simulation.processes.leadership import Leadership
from simulation.processes.learning import Learning
from simulation.processes.living import Living
from simulation.processes.production import Production
from simulation.processes.record import Record
from simulation.processes.sense import Sense
from simulation.processes.trust import Trust
from simulation.state import OUTSIDER_IDS
from simulation.ties import FRIEND
from tests.communities import differing, state, town
from tests.gossip import Gossip
from tests.process_contract import ProcessContract, act, before

SEATS = tuple(f"seats.{n}" for n in ("holder", "group", "resident", "tenure", "vacant_for"))
COMING = ("residents", "ties")


class TestEvents(ProcessContract):
    process = Events
    owns = (
        *COMING, *SEATS, "residents.spend", "residents.resources", "residents.stewardship",
        "residents.voice", "residents.committed", "residents.in_seat", "groups.conditions",
        "stocks.policy", "institutions.pooled", "exits",
    )  # fmt: skip
    seldom = (*SEATS, "residents.committed", "residents.in_seat")
    follows = ("spend",)

    @pytest.mark.parametrize("reach", [0.3, 1.0])
    @pytest.mark.parametrize("places", [[], ["hill"]])
    def test_funding_spends_exactly_its_amount(self, reach: float, places: list[str]) -> None:
        push = {
            "id": "push", "kind": "funding", "month": 1, "amount": 1.7, "reach": reach,
            "places": places, "uses": {"organising": 0.55, "cash": 0.25},
        }  # fmt: skip
        community = before("events", month=1, events=[push])
        held = community.residents.resources.sum()
        act(community, "events")
        money = 1.7 * community.size
        assert community.residents.spend.sum() == pytest.approx(0.55 * money, rel=1e-12)
        given = community.residents.resources.sum() - held
        assert given == pytest.approx(0.25 * money, rel=1e-12)

    def test_levers_last_as_long_as_their_events(self) -> None:
        community = CommunityModel(town(), rng=3)
        mentoring, hosted = [], []
        for _ in range(16):
            community.step()
            mentoring.append(community.levers.mentoring)
            hosted.append(community.levers.facilitation)
        assert mentoring == [0.0] + [1.5 * 0.2] * 12 + [0.0] * 3
        assert hosted == [0.0] * 3 + [1.0] * 4 + [0.0] * 9


class TestSense(ProcessContract):
    process = Sense
    owns = ("groups.sensed", "truths")

    @pytest.mark.parametrize("lag", [0, 2])
    def test_what_is_sensed_is_the_truth_of_some_months_ago(self, lag: int) -> None:
        community = CommunityModel(town(parameters={"sense": {"lag": lag, "noise": 0.0}}), rng=3)
        community.run(8)
        assert np.array_equal(community.groups.sensed, community.truths[-1 - lag])


class TestDialogue(ProcessContract):
    process = Dialogue
    owns = (
        "residents.opinion", "residents.reached", "residents.safety", "ties.openness",
        "ties.mission", "connectors.caseload",
    )  # fmt: skip
    seldom = ("connectors.caseload",)
    follows = ("reached",)

    def test_opinions_stay_within_what_is_said(self) -> None:
        community = self.before()
        r = community.residents
        said = np.concatenate([r.opinion[r.present], r.anchor[r.present]])
        act(community, self.name)
        now = community.residents.opinion[r.present]
        assert said.min() - 1e-15 <= now.min() <= now.max() <= said.max() + 1e-15


class TestActivation(ProcessContract):
    process = Activation
    owns = ("residents.stewardship", "residents.ladder")

    def test_the_committed_never_stop_and_the_ladder_never_falls(self) -> None:
        leaving = {"exit": 0.6, "burnout_exit": 0.1, "rejection": 0.2}
        community = CommunityModel(town(parameters={"activation": leaving}), rng=3)
        rung = dict(zip(community.residents.id.tolist(), community.residents.ladder, strict=True))
        for _ in range(12):
            community.step()
            r = community.residents
            assert (r.stewardship[r.committed & r.present] == 1.0).all()
            assert (r.committed & r.present).any()
            for person, now in zip(r.id.tolist(), r.ladder, strict=True):
                assert now >= rung.get(person, 0)
                rung[person] = now


class TestGovernance(ProcessContract):
    process = Governance
    owns = (
        "groups.agenda", "groups.seats", "groups.money", "groups.decisions",
        "institutions.at_table", "institutions.pooled", "stocks.quality", "stocks.ownership",
        "stocks.outside_seats", "stocks.outside_money", "stocks.outside_decisions",
    )  # fmt: skip
    seldom = ("stocks.outside_decisions",)
    coming_and_going: ClassVar = {"leave_rate": 0.3, "join_rate": 1.0, "convening_scale": 0.5}
    changes: ClassVar = {"parameters": {"governance": coming_and_going}}

    @pytest.mark.parametrize("rule", ["mean", "majority", "supermajority"])
    @pytest.mark.parametrize("loudness", [0.0, 3.0])
    def test_the_agenda_gives_out_all_there_is(self, rule: str, loudness: float) -> None:
        parameters = {"governance": {"rule": rule, "loudness": loudness}}
        community = CommunityModel(town(parameters=parameters), rng=3)
        for _ in range(6):
            community.step()
            assert community.groups.agenda.sum() == pytest.approx(1.0, abs=1e-12)
            assert (community.groups.agenda >= 0).all()


class TestAllocation(ProcessContract):
    process = Allocation
    owns = ("institutions.upstream", "institutions.bound_until")


class TestProduction(ProcessContract):
    process = Production
    owns = (
        "institutions.capability", "institutions.savings", "institutions.idle_assets",
        "groups.services", "groups.investment", "residents.resources", "residents.skill_used",
        "stocks.fund", "stocks.released", "stocks.aid",
    )  # fmt: skip

    @pytest.mark.parametrize("aid", [0.05, 1.0])
    def test_mutual_aid_loses_and_makes_nothing(self, aid: float) -> None:
        alone = {"production": {"living": 0.0, "aid": aid, "aid_trust": 0.0}}
        community = self.before(parameters=alone)
        community.institutions.local_spend[:] = 0.0
        before_aid = community.residents.resources.copy()
        act(community, self.name)
        after = community.residents.resources
        assert community.stocks.aid[0] > 0
        assert after.sum() == pytest.approx(before_aid.sum(), rel=1e-12)
        present = community.residents.present
        assert after[present].min() >= before_aid[present].min()
        assert after[present].max() <= before_aid[present].max()
        assert after[present].std() < before_aid[present].std()

    def test_idle_assets_enter_the_fund_and_nothing_is_lost(self) -> None:
        community = self.before(parameters={"production": {"fund_rate": 0.0}})
        held = community.institutions.idle_assets.sum() + community.stocks.fund[0]
        act(community, self.name)
        assert community.stocks.released[0] > 0
        now = community.institutions.idle_assets.sum() + community.stocks.fund[0]
        assert now == pytest.approx(held, rel=1e-12)

    def test_services_cost_what_the_institutions_have(self) -> None:
        community = self.before()
        community.institutions.capability[:] = 1.0
        community.institutions.upstream[:] = 0.0
        act(community, self.name)
        r, groups, levers = community.residents, community.groups, community.levers
        pop = np.bincount(r.group[r.present]) / np.count_nonzero(r.present)
        money = community.institutions.budget.sum() * (1 - levers.charge) + levers.services
        # Capability approaches the upstream share over the month before it is used.
        able = np.exp(-1.0 / community.parameters.production.capability_time)
        assert (groups.services * pop[:, None]).sum() == pytest.approx(money * able, rel=1e-12)


class TestLiving(ProcessContract):
    process = Living
    owns = (
        "groups.conditions", "groups.conditions_before", "residents.wellbeing", "stocks.policy",
    )  # fmt: skip


class TestTrust(ProcessContract):
    process = Trust
    owns = (
        "ties.reliability", "ties.openness", "ties.mission", "residents.efficacy",
        "residents.grievance", "residents.wellbeing", "pairs.made", "pairs.kept",
        "pairs.legitimacy", "groups.made", "groups.kept", "institutions.resistance",
        "institutions.openness", "institutions.upstream_before", "stocks.resisted",
    )  # fmt: skip

    def test_promises_are_counted_once(self) -> None:
        community = CommunityModel(town(), rng=3)
        made = np.zeros(2)
        for _ in range(8):
            community.step()
            pairs = community.pairs
            assert (pairs.kept <= pairs.made).all()
            assert np.array_equal(pairs.made, np.round(pairs.made))
            made += pairs.made.reshape(-1, 2).sum(axis=0)
            assert np.array_equal(community.groups.made, made)


class TestLeadership(ProcessContract):
    process = Leadership
    owns = (
        *SEATS, "seats.changes", "seats.knowledge", "seats.rapport", "residents.in_seat",
        "residents.skill", "residents.unpaid_hours", "residents.burnout", "connectors.burnout",
        "connectors.pay", "stocks.leadership", "stocks.fund", "ties.reliability", "exits",
    )  # fmt: skip
    seldom = ("seats.vacant_for", "stocks.fund")  # leaders from outside bring money only if set

    def test_seats_and_people_agree_on_who_leads(self) -> None:
        community = CommunityModel(town(), rng=3)
        resident_leaders = 0
        for _ in range(24):
            community.step()
            seats, r = community.seats, community.residents
            own = seats.holder[seats.resident]
            resident_leaders += own.size
            assert sorted(own) == sorted(r.id[r.in_seat])
            assert len(set(seats.holder[seats.holder >= 0])) == (seats.holder >= 0).sum()
            assert (r.present[r.in_seat]).all()
            assert (seats.holder[(seats.holder >= 0) & ~seats.resident] >= OUTSIDER_IDS).all()
            for row in np.flatnonzero(seats.resident):
                assert seats.group[row] == r.group[community.row_of(int(seats.holder[row]))]
            assert (seats.group[~seats.resident] == -1).all()
        assert resident_leaders > 24


class TestLearning(ProcessContract):
    process = Learning
    owns = ("residents.know_how", "stocks.memory", "exits")


class TestHousing(ProcessContract):
    process = Housing
    owns = (
        *COMING, *SEATS, "residents.present", "residents.stewardship", "residents.wellbeing",
        "residents.in_seat", "stocks.pressure", "exits",
    )  # fmt: skip
    seldom = (*SEATS, "residents.in_seat", "residents.stewardship", "exits")
    follows = ("wellbeing",)
    changes: ClassVar = {"parameters": {"housing": {"rewiring": 1.0}}}  # ties are fought over

    def test_every_home_has_one_resident(self) -> None:
        community = CommunityModel(town(), rng=3)
        for _ in range(24):
            community.step()
            r = community.residents
            assert len(set(r.home[r.present])) == r.present.sum() == 48 + 3 * (community.month >= 2)
            assert len(set(r.id)) == len(r)
        assert community.absent > 15

    def test_rewiring_keeps_the_number_of_ties(self) -> None:
        still = {"moving_rate": 0.0, "bridging": 0.0, "rewiring": 1.0}
        community = self.before(parameters={"housing": still})
        one = state(community)
        act(community, self.name)
        two = state(community)
        friends = [np.count_nonzero(s["ties.kind"] == FRIEND) for s in (one, two)]
        assert friends[0] == friends[1]
        assert "ties.target" in differing(one, two)
        assert_friends_both_ways(community)

    def test_ties_of_those_who_left_are_gone_and_the_rest_goes_both_ways(self) -> None:
        community = CommunityModel(town(), rng=3).run(16)
        t, r = community.ties, community.residents
        absent = r.id[~r.present]
        assert absent.size
        assert not np.isin(t.table().source, absent).any()
        assert not np.isin(t.table().target, absent).any()
        assert_friends_both_ways(community)

    def test_bridges_are_wide_and_join_groups(self) -> None:
        building = {"moving_rate": 0.0, "rewiring": 0.0, "bridging": 1.0}
        community = self.before(parameters={"housing": building})
        community.connectors.pay[:] = 1.0
        community.connectors.width[:] = 3
        old = community.ties.table()
        known = set(zip(old.source, old.target, strict=True))
        act(community, self.name)
        table = community.ties.table()
        new = [p for p in zip(table.source, table.target, strict=True) if p not in known]
        group = dict(zip(community.residents.id, community.residents.group, strict=True))
        assert len(new) >= 2 * 3
        assert all(group[a] != group[b] for a, b in new)


def assert_friends_both_ways(community: CommunityModel) -> None:
    t = community.ties
    friend = t.kind == FRIEND
    source = t.sources()
    assert (t.reverse[friend] >= 0).all()
    assert np.array_equal(source[t.reverse[friend]], t.target[friend])
    assert np.array_equal(t.target[t.reverse[friend]], source[friend])


class TestRecord(ProcessContract):
    process = Record
    owns = ("recorded",)
    changes: ClassVar = {"measures": {"inequality_every": 1}}

    def test_a_row_a_month_and_nothing_before_the_start(self) -> None:
        community = CommunityModel(town(), rng=3)
        assert community.recorder.months.tolist() == [0]
        assert community.run(7).recorder.months.tolist() == list(range(8))


class TestGossip(ProcessContract):
    process = Gossip
    owns = ("residents.grievance",)


class TestGossipOfTheDocumentation(ProcessContract):
    process = documented.Gossip
    owns = ("residents.grievance",)


def test_no_process_is_left_out() -> None:
    tested = {cls.process for cls in ProcessContract.__subclasses__()}
    assert tested == {*MONTH, Gossip, documented.Gossip}


# ------------------------------------------------------------------------------- compiled code

SHAPES = """
import copy, json, pkgutil, importlib
import numba, numpy as np, pickle
import simulation
from docs.examples import gossip as documented
from simulation.community import CommunityModel
from simulation.renumber import renumber
from tests.communities import only, town

found = {}
for info in pkgutil.walk_packages(simulation.__path__, "simulation."):
    if not info.name.startswith(("simulation.cli", "simulation.browser")):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, numba.core.registry.CPUDispatcher):
                if value.py_func.__module__ == info.name:
                    found[f"{info.name}.{name}"] = value
called_from_kernels = {
    word for kernel in found.values() for word in kernel.py_func.__code__.co_names
}

for changes in (
    {},
    {"institutions": [], "connectors": [], "events": []},
    {"generator": "strict"},
    {"parameters": {"allocation": {"mode": "schedule", "schedule": [[1, 0.2]]}}},
    {"parameters": {"governance": {"rule": "majority"}, "activation": {"input": "count"}}},
    {"groups": [{"name": "all", "size": 30}], "connectors": [], "events": [], "spin_up": 0},
    {"groups": [{"name": "all", "size": 2100}], "ties": {"kind": "complete"}, "events": []},
    {"ties": {"kind": "blocks"}},
    {"ties": {"kind": "scale_free"}},
    {"parameters": {"dialogue": {"exchange": "pairwise"}}},
    {"parameters": {"dialogue": {"exchange": "agreement"}}},
    {"groups": [{"name": "all", "size": 2100}], "ties": {"kind": "complete"}, "events": [],
     "parameters": {"dialogue": {"exchange": "pairwise", "confidence": 0.3}}},
    {"groups": [{"name": "all", "size": 2100}], "ties": {"kind": "complete"}, "events": [],
     "parameters": {"dialogue": {"exchange": "agreement"}}},
):
    community = CommunityModel(town(**changes), rng=np.int64(3)).run(4)
    kept = community.snapshot()
    renumber(community, np.arange(len(community.residents))[::-1])
    community.run(2)
    community.restore(kept)
    pickle.loads(pickle.dumps(community)).run(2)
    copy.deepcopy(community).run(2)
    community.run(13)
    community.series()

print(json.dumps({
    name: [str(s) for s in kernel.signatures]
    for name, kernel in found.items()
    if kernel.signatures and name.rpartition(".")[2] not in called_from_kernels
}))
"""
"""Runs communities of many shapes, and prints the signatures of kernels called from Python."""


def test_every_kernel_is_compiled_for_one_signature() -> None:
    done: Any = subprocess.run(
        [sys.executable, "-c", SHAPES],
        cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    called: dict[str, list[str]] = json.loads(done.stdout)
    assert len(called) > 30
    assert {name: types for name, types in called.items() if len(types) > 1} == {}
