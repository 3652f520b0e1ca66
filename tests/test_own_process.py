"""A researcher's own process: in plain Python, under a page, joined to the month."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

import experiments
from simulation.cli.options import register_own
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.parameters import all_parameters
from simulation.processes import (
    MONTH,
    Process,
    ProcessParameters,
    own_processes,
    register,
    registered,
    unregister,
)
from simulation.specification import Specification, specify
from tests import gossip
from tests.communities import differing, state, town
from tests.gossip import Gossip


@pytest.fixture
def gossiping() -> Iterator[None]:
    """Register the process for one test."""
    register(Gossip)
    yield
    unregister("gossip")


@pytest.fixture(autouse=True)
def _leave_no_trace() -> Iterator[None]:
    yield
    for process in own_processes():
        unregister(process.name)


def grievance(spec: Specification, months: int = 12) -> float:
    return CommunityModel(spec, rng=3).run(months).measure("grievance")


def test_it_fits_on_a_page() -> None:
    lines = Path(gossip.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) < 60
    assert not any("numba" in line or "kernel" in line for line in lines)


@pytest.mark.usefixtures("gossiping")
def test_it_runs_after_the_process_it_names() -> None:
    names = [p.name for p in CommunityModel(town()).processes]
    assert names.index("gossip") == names.index("dialogue") + 1
    assert len(names) == len(MONTH) + 1
    community = CommunityModel(town(), rng=3)
    seen: list[str] = []
    community.watch = lambda name, _: seen.append(name)
    community.run(2)
    assert seen == names * 2


@pytest.mark.usefixtures("gossiping")
def test_its_parameters_stand_in_the_scenario() -> None:
    spec = town(parameters={"gossip": {"talk": 1.0, "believed": 0.5}})
    assert spec.data()["parameters"]["gossip"] == {"enabled": True, "talk": 1.0, "believed": 0.5}
    community = CommunityModel(spec)
    assert community.parameters.gossip.talk == 1.0
    assert CommunityModel(spec, gossip__talk=0.2).parameters.gossip.talk == 0.2
    keys = {info.key: info for info in all_parameters()}
    assert keys["gossip.talk"].high == 1.0
    assert keys["gossip.talk"].unit == "a month"
    with pytest.raises(ValidationError):
        town(parameters={"gossip": {"talk": 1.5}})
    with pytest.raises(ValidationError):
        town(parameters={"gossip": {"tallk": 0.5}})


@pytest.mark.usefixtures("gossiping")
def test_what_it_does_is_recorded_and_only_what_it_does() -> None:
    off = {"parameters": {"gossip": {"enabled": False}}}
    quiet = {"parameters": {"gossip": {"talk": 0.0}}}
    loud = {"parameters": {"gossip": {"talk": 1.0, "believed": 1.0}}}
    assert grievance(town(**loud)) > grievance(town(**off)) + 0.05
    assert grievance(town(**quiet)) == grievance(town(**off))
    unregister("gossip")
    plain = state(CommunityModel(town(), rng=3).run(12))
    register(Gossip)
    assert differing(plain, state(CommunityModel(town(**off), rng=3).run(12))) == set()


@pytest.mark.usefixtures("gossiping")
def test_events_set_its_parameters_and_the_month_may_name_it() -> None:
    event = {
        "id": "rumour",
        "kind": "set",
        "month": 3,
        "duration": 2,
        "key": "gossip.talk",
        "value": 1.0,
    }
    community = CommunityModel(town(events=[event], parameters={"gossip": {"talk": 0.0}}), rng=3)
    talk = [community.run(1).parameters.gossip.talk for _ in range(6)]
    assert talk == [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    alone = CommunityModel(town(month=["gossip", "record"]), rng=3)
    start = state(alone)
    assert differing(start, state(alone.run(3))) == {"residents.grievance", "month", "recorded"}


@pytest.mark.usefixtures("gossiping")
def test_a_community_with_it_pickles_and_copies() -> None:
    community = CommunityModel(town(), rng=3).run(4)
    twins = [pickle.loads(pickle.dumps(community)), copy.deepcopy(community)]
    wanted = state(community.run(4))
    assert all(differing(wanted, state(other.run(4))) == set() for other in twins)
    assert pickle.loads(pickle.dumps(community.specification)) == community.specification


@pytest.mark.usefixtures("gossiping")
def test_it_runs_in_other_processes_too() -> None:
    spec = town(
        months=6, spin_up=0, events=[], parameters={"gossip": {"talk": 1.0, "believed": 1.0}}
    )
    here, there = (experiments.run(spec, replicates=2, processes=n) for n in (1, 2))
    assert here.id == there.id
    assert here.series.equals(there.series)


def test_a_result_knows_which_processes_made_it() -> None:
    spec = town(months=2, spin_up=0, events=[])
    plain = experiments.run(spec).id
    register(Gossip)
    assert experiments.run(specify(spec.data())).id != plain


def test_registering_again_changes_nothing_and_unregistering_removes() -> None:
    register(Gossip)
    register(Gossip)
    assert [p.name for p in registered()].count("gossip") == 1
    assert own_processes() == (Gossip,)
    unregister("gossip")
    unregister("never there")
    assert own_processes() == ()
    assert registered() == MONTH
    with pytest.raises(ValidationError):
        town(parameters={"gossip": {"talk": 1.0}})
    with pytest.raises(ValidationError, match="gossip"):
        town(month=["events", "gossip"])


def test_a_second_class_of_the_same_name_replaces_the_first() -> None:
    @register
    class Louder(Gossip):
        """The same, but it says where it stands."""

        after = "housing"

    assert own_processes() == (Louder,)
    register(Gossip)
    assert own_processes() == (Gossip,)


def test_it_runs_just_before_the_record_unless_it_says_otherwise() -> None:
    class Late(Process[ProcessParameters]):
        """Do nothing, late."""

        name = "late"

        def apply(self, community: CommunityModel, p: ProcessParameters) -> None: ...

    register(Late)
    assert [p.name for p in registered()][-2:] == ["late", "record"]

    class Later(Late):
        """Do nothing, later."""

        name = "later"
        after = "late"

    register(Later)
    assert [p.name for p in registered()][-3:] == ["late", "later", "record"]


@pytest.mark.parametrize(
    ("name", "after", "words"),
    [
        ("dialogue", None, "belongs to the model"),
        ("start", None, "belongs to the model"),
        ("two words", None, "plain word"),
        ("", None, "plain word"),
        ("mine", "dialog", "did you mean 'dialogue'"),
        ("mine", "mine", "no such process"),
    ],
)
def test_refusals_say_what_is_wrong(name: str, after: str | None, words: str) -> None:
    wrong = type("Wrong", (Gossip,), {"name": name, "after": after, "__doc__": "Wrong."})
    with pytest.raises(InputError, match=words):
        register(wrong)
    assert own_processes() == ()


def test_a_process_must_say_how_it_applies() -> None:
    @register
    class Empty(Process[ProcessParameters]):
        """Say nothing."""

        name = "empty"

    with pytest.raises(TypeError, match="Empty does not say how it applies"):
        CommunityModel(town(spin_up=0)).step()


def test_the_shell_finds_it_by_its_name() -> None:
    register_own(["tests.gossip:Gossip"])
    assert [p.name for p in own_processes()] == ["gossip"]
    assert "gossip" in [p.name for p in CommunityModel(town(spin_up=0)).processes]


def test_the_shell_finds_it_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = Path(gossip.__file__).read_text(encoding="utf-8").replace('"gossip"', '"whispers"')
    (tmp_path / "whispering.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    register_own(["whispering:Gossip"])
    assert [p.name for p in own_processes()] == ["whispers"]
    share = CommunityModel(town(), rng=3).run(2).residents.grievance
    assert np.isfinite(share).all()


@pytest.mark.parametrize(
    "name",
    ["tests.gossip", "tests.gossip:", ":Gossip", "no_such_module:Gossip", "tests.gossip:Nothing",
     "tests.gossip:Parameters", "tests.gossip:parameter", "json:dumps",
     "simulation.processes.dialogue:Dialogue"],
)  # fmt: skip
def test_the_shell_refuses_what_is_no_process(name: str) -> None:
    with pytest.raises(InputError):
        register_own([name])
    assert own_processes() == ()
