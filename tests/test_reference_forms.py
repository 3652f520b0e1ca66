"""Each process and each of its forms, in one small town, against the plain reference model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulation.state import CONNECTOR_IDS, HOMES, OUTSIDER_IDS
from tests.reference import ReferenceModel
from tests.reference.compare import assert_agree
from tests.reference.model import MONTH
from tests.reference.town import GROUPS, INSTITUTIONS, town

SEED, MONTHS = 11, 4
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("sense", {"lag": 0, "noise": 0.0}),
    ("sense", {"lag": 1, "noise": 0.2}),
    ("sense", {"lag": 24}),
    ("dialogue", {"confidence": 0.1, "group_bias": 1.0}),
    ("dialogue", {"meeting_rate": 1.0, "good_base": 0.1, "across_penalty": 0.9}),
    ("dialogue", {"meeting_rate": 0.0, "mission_learning": 1.0}),
    ("dialogue", {"own_voice": 1.0, "confidence": 0.2}),
    ("dialogue", {"exchange": "pairwise", "confidence": 0.2, "group_bias": 0.5}),
    ("dialogue", {"exchange": "pairwise", "encounters": 2.5, "convergence": 1.0}),
    ("dialogue", {"exchange": "agreement"}),
    ("dialogue", {"exchange": "agreement", "encounters": 20.0, "group_bias": 0.9}),
    ("start", {"self_weight": 0.5, "susceptibility": 0.3}),
    ("start", {"opinion_shape": "uniform", "opinion_spread": 0.4, "congruence": 0.3}),
    ("activation", {"input": "share", "exponent": 2.0}),
    ("activation", {"input": "count"}),
    ("activation", {"input": "count", "response": "step", "tie_acts": 0.5}),
    ("activation", {"input": "memory", "memory": 1, "response": "step"}),
    ("activation", {"input": "memory", "memory": 3, "rungs": 1, "base_presence": 0.5}),
    ("activation", {"input": "memory", "memory": 60, "reinforcement": 40.0}),
    ("activation", {"input": "weakest", "reinforcement": 20.0}),
    ("activation", {"input": "weakest", "rungs": 1, "base_presence": 1.0, "rate": 0.1}),
    ("start", {"threshold_shape": "uniform"}),
    ("start", {"threshold_shape": "even"}),
    ("start", {"threshold_shape": "even", "threshold_spread": 0.0}),
    ("activation", {"response": "step", "rate": 1.0, "rejection": 0.9, "burnout_exit": 0.05}),
    ("activation", {"response": "logistic", "temperature": 1e-6}),
    ("activation", {"response": "linear", "rate": 1.0, "rejection": 0.9}),
    ("activation", {"rungs": 1, "response": "linear"}),
    ("activation", {"rungs": 2, "rung_gap": 1.0}),
    ("activation", {"base_presence": 1.0}),
    ("governance", {"rule": "mean", "loudness": 1.0}),
    ("governance", {"rule": "majority"}),
    ("governance", {"rule": "majority", "loudness": 2.5, "leader_voice": 0.5, "care": 0.0}),
    ("governance", {"rule": "supermajority"}),
    ("governance", {"resident_blindness": 1.0, "leader_blindness": 0.0, "care": 1.0}),
    ("governance", {"pool_rate": 1.0, "pool_most": 1.0}),
    ("governance", {"leave_rate": 0.0}),
    ("governance", {"leave_rate": 1.0, "join_rate": 1.0, "pool_rate": 0.5}),
    ("governance", {"leave_rate": 1.0, "join_rate": 0.0, "rule": "majority"}),
    ("governance", {"leave_rate": 0.5, "join_rate": 0.5, "convening_scale": 1e-6}),
    ("allocation", {"mode": "believes", "review_months": 1, "recovered": 5.0}),
    ("allocation", {"mode": "believes", "temperature": 0.5, "review_months": 1}),
    ("allocation", {"mode": "believes", "kept_months": -1, "review_months": 1, "recovered": 3.0}),
    ("allocation", {"mode": "believes", "kept_months": 30, "believed_time": 6.0}),
    ("allocation", {"mode": "believes", "pressure": 1.0, "aspiration": 1.0}),
    ("allocation", {"mode": "believes", "least": 0.25, "most": 0.28, "review_months": 1}),
    ("allocation", {"mode": "schedule", "schedule": [(2, 0.4), (3, 0.0)]}),
    ("production", {"complementarity": 1.0}),
    ("production", {"complementarity": 0.5}),
    ("production", {"complementarity": 0.0}),
    ("production", {"complementarity": -5.0}),
    ("production", {"complementarity": -20.0, "fund_rate": 1.0, "release_rate": 1.0}),
    ("production", {"aid": 1.0, "aid_trust": 0.0}),
    ("production", {"savings_most": 0.1, "return_rate": 10.0, "recapture": 1.0}),
    ("living", {"persistence": 0.0, "best": 0.2, "potency": 10.0}),
    ("living", {"delay": 1.0, "burden_weight": 1.0}),
    ("trust", {"promise_rate": 1.0, "confirmation_bias": 1.0, "spillover": 1.0}),
    ("trust", {"promise_rate": 1.0, "keep_base": 0.0, "hurt": 1.0, "efficacy_loss": 1.0}),
    ("trust", {"promise_rate": 1.0, "inspection": 0.4, "fine": 2.0}),
    ("trust", {"inspection": 1.0, "keep_base": 1.0, "sanction_response": 100.0, "fine": 100.0}),
    ("trust", {"inspection": 1.0, "keep_base": 0.0, "keep_leadership": 0.0}),
    ("trust", {"keeping": "interest", "contribution_return": 0.4, "inspection": 0.5, "fine": 1.2}),
    ("trust", {"keeping": "interest", "promise_rate": 1.0}),
    ("trust", {"keeping": "interest", "keeping_temperature": 0.3, "promise_rate": 1.0}),
    ("leadership", {"resident_share": 1.0, "bench_pick": "most_skilled", "turnover": 0.5}),
    ("leadership", {"resident_share": 1.0, "bench_pick": "random", "vacancy_months": 0}),
    ("leadership", {"resident_share": 1.0, "bench_stewards": False, "bench_group": 1}),
    ("leadership", {"resident_share": 1.0, "bench_skill": 1.0, "turnover": 1.0}),
    ("leadership", {"turnover": 0.5, "knowledge_carried": 0.8, "ties_carried": 0.7}),
    ("leadership", {"insider_knowledge": 1.0, "vacancy_months": 0, "exit_trust_loss": 1.0}),
    ("leadership", {"mentoring_base": 2.0, "mentor_gain": 0.5, "mentor_time": 1.0}),
    ("learning", {"from_memory": 1.0, "by_doing": 1.0, "teaching": 1.0, "exit_loss": 1.0}),
    ("learning", {"form": "code", "from_memory": 0.5, "teaching": 0.3}),
    ("learning", {"form": "code", "from_memory": 1.0, "teaching": 1.0, "dimensions": 1}),
    ("learning", {"form": "code", "dimensions": 60, "personnel_turnover": 0.3, "turbulence": 0.2}),
    ("learning", {"form": "code", "personnel_turnover": 1.0, "turbulence": 1.0}),
    ("housing", {"base_turnover": 0.3, "newcomer_group": 0, "newcomer_share": 0.6}),
    ("housing", {"base_turnover": 1.0}),
    ("housing", {"base_turnover": 0.0, "moving_rate": 0.0}),
    ("housing", {"rewiring": 1.0, "homophily": 1.0}),
    ("housing", {"rewiring": 1.0, "homophily": 0.0, "bridging": 1.0, "most_ties": 1000}),
]


@pytest.mark.parametrize(
    ("table", "values"),
    FORMS,
    ids=lambda x: x if isinstance(x, str) else ",".join(f"{k}={v}" for k, v in x.items()),
)
def test_forms(table: str, values: dict[str, Any]) -> None:
    assert_agree(town({table: values}), SEED, MONTHS)


def test_groups_with_opinions_of_their_own() -> None:
    own = {"opinion": 0.9, "susceptibility": 0.2, "self_weight": 0.6}
    assert_agree(town(groups=[{**GROUPS[0], **own}, *GROUPS[1:]]), SEED, MONTHS)


@pytest.mark.parametrize("name", MONTH)
def test_a_process_switched_off(name: str) -> None:
    assert_agree(town({name: {"enabled": False}}), SEED, MONTHS)


@pytest.mark.parametrize("name", MONTH)
def test_a_process_alone(name: str) -> None:
    others = {other: {"enabled": False} for other in MONTH if other != name}
    assert_agree(town(others), SEED, MONTHS)


def test_another_order_of_the_month() -> None:
    order = ("housing", "trust", "events", "activation", "living", "dialogue", "sense")
    assert_agree(town(month=order, events=[{"kind": "displacement", "month": 2}]), SEED, MONTHS)


# --- events ---------------------------------------------------------------------------------------


def homes(model: ReferenceModel) -> set[int]:
    """Return the homes into which the events' newcomers move."""
    spec = model.specification
    return {h for e in spec.events if e.kind == "newcomers" for h in e.homes(spec.size)}


Happened = Callable[[ReferenceModel], bool]
USES = {
    "organising": 0.4,
    "cash": 0.1,
    "mentoring": 0.1,
    "services": 0.1,
    "policy": 0.1,
    "connectors": 0.1,
    "conditions": 0.1,
}
EVENTS: list[tuple[dict[str, Any], Happened]] = [
    (
        {
            "kind": "funding",
            "duration": 9,
            "uses": USES,
            "amount": 3.0,
            "cost": 0.1,
            "reach": 0.7,
            "groups": ["south"],
        },
        lambda m: any(who.spend > 0 for who in m.residents),
    ),
    ({"kind": "funding", "duration": 9, "delay": 1, "cost": 5.0}, lambda m: m.levers.charge == 1.0),
    (
        {"kind": "leader_leaves", "target": {"pick": "random", "count": 2}},
        lambda m: sum(seat.changes for seat in m.seats) > 1,
    ),
    (
        {"kind": "leader_leaves", "target": {"pick": "most_central", "count": 3}},
        lambda m: sum(seat.changes for seat in m.seats) > 1,
    ),
    (
        {
            "kind": "leader_leaves",
            "target": {"pick": "person", "people": [OUTSIDER_IDS + 1000, OUTSIDER_IDS + 4000, 3]},
        },
        lambda m: OUTSIDER_IDS + 1000 not in [seat.holder for seat in m.seats],
    ),
    (
        {"kind": "crisis", "strength": 0.5, "groups": ["north"], "dimensions": ["health"]},
        lambda m: m.groups[0].conditions[1] < m.groups[0].conditions[0],
    ),
    ({"kind": "crisis", "strength": 1.0}, lambda m: m.groups[0].conditions[0] < 0.2),
    ({"kind": "policy", "strength": 0.5}, lambda m: m.stocks.policy > 0.4),
    (
        {"kind": "acknowledgement", "duration": 9, "strength": 0.8},
        lambda m: m.levers.acknowledgement == 0.8,
    ),
    (
        {"kind": "displacement", "duration": 9, "strength": 1.0},
        lambda m: m.stocks.pressure == 1.0 and any(not who.present for who in m.residents),
    ),
    (
        {"kind": "facilitation", "duration": 9, "strength": 0.6},
        lambda m: m.levers.facilitation == 0.6,
    ),
    (
        {
            "kind": "promise",
            "kept": False,
            "duration": 9,
            "groups": ["south"],
            "institutions": ["city"],
        },
        lambda m: m.institutions[1].with_group[1].made > m.institutions[1].with_group[1].kept == 0,
    ),
    (
        {"kind": "promise", "kept": True, "duration": 9},
        lambda m: all(
            pair.made == pair.kept > 0 for it in m.institutions for pair in it.with_group
        ),
    ),
    (
        {"kind": "share_seats", "strength": 0.9, "institutions": ["owner"]},
        lambda m: m.institutions[2].pooled > 0.8,
    ),
    (
        {"kind": "loud_voice", "factor": 5.0, "groups": ["south"]},
        lambda m: any(who.voice == 5.0 for who in m.residents),
    ),
    (
        {"kind": "recruit", "target": {"pick": "random", "count": 6}, "committed": True},
        lambda m: sum(who.committed for who in m.present) > 5,
    ),
    (
        {"kind": "recruit", "target": {"pick": "most_central", "count": 4}, "committed": True},
        lambda m: any(who.committed for who in m.present),
    ),
    (
        {"kind": "recruit", "target": {"pick": "person", "people": [2, 20]}, "committed": True},
        lambda m: m.people[20].committed,
    ),
    (
        {"kind": "recruit", "target": {"pick": "neighbourhood", "people": [2]}, "committed": True},
        lambda m: sum(who.committed for who in m.present) > 3,
    ),
    (
        {"kind": "newcomers", "count": 3, "degree": 4, "groups": ["south"]},
        lambda m: homes(m) <= m.people.keys(),
    ),
    (
        {"kind": "newcomers", "count": 2, "degree": 0, "groups": ["north"]},
        lambda m: homes(m) <= m.people.keys(),
    ),
    (
        {"kind": "set", "key": "activation.reinforcement", "value": 9.0, "duration": 2},
        lambda m: m.parameters.activation.reinforcement == 3.0,
    ),
    (
        {"kind": "set", "key": "activation.rungs", "value": 1, "duration": 9},
        lambda m: m.parameters.activation.rungs == 1,
    ),
    (
        {"kind": "set", "key": "dialogue.enabled", "value": False, "duration": 9},
        lambda m: not m.parameters.dialogue.enabled,
    ),
]


@pytest.mark.parametrize(
    ("event", "happened"), EVENTS, ids=lambda x: x["kind"] if isinstance(x, dict) else ""
)
def test_events(event: dict[str, Any], happened: Happened) -> None:
    reference = assert_agree(town(events=[{"month": 2, **event}]), SEED, MONTHS)
    assert happened(reference)


def test_events_together_later_ones_win() -> None:
    events = [
        {"kind": "set", "key": "dialogue.meeting_rate", "value": 0.0, "month": 1, "duration": 9},
        {"kind": "set", "key": "dialogue.meeting_rate", "value": 1.0, "month": 2, "duration": 9},
        {"kind": "set", "key": "dialogue.decay", "value": 0.5, "month": 1, "duration": 9},
        {"kind": "promise", "kept": True, "month": 1, "duration": 9},
        {"kind": "promise", "kept": False, "month": 2, "duration": 9, "groups": ["north"]},
        {"kind": "displacement", "month": 1, "duration": 9, "strength": 0.3},
        {"kind": "displacement", "month": 1, "duration": 9, "strength": 0.4},
        {"kind": "funding", "month": 1, "duration": 9, "amount": 0.5},
        {"kind": "funding", "month": 1, "duration": 9, "amount": 0.5, "reach": 0.5},
        {"kind": "newcomers", "month": 2, "count": 2, "groups": ["north"]},
        {"kind": "newcomers", "month": 3, "count": 2, "groups": ["south"]},
    ]
    reference = assert_agree(town(events=events), SEED, 5)
    assert reference.parameters.dialogue.meeting_rate == 1.0
    assert len(homes(reference)) == 4
    assert homes(reference) <= reference.people.keys()


@pytest.mark.parametrize("stewards", [0.2, 0.6, 1.0])
def test_informed_newcomers_start_as_most_of_those_they_know(stewards: float) -> None:
    changes = {
        "start": {"stewards": stewards},
        "activation": {"input": "memory", "memory": 4, "rungs": 1},
    }
    events = [
        {"kind": "newcomers", "month": month, "count": 6, "degree": degree, "groups": ["south"],
         "informed": True}
        for month, degree in ((1, 3), (2, 0), (3, 40))
    ]  # fmt: skip
    reference = assert_agree(town(changes, events=events), SEED, MONTHS)
    told = [home for home in homes(reference) if len(reference.people[home].recall) == 60]
    assert len(homes(reference)) == 18
    assert stewards < 0.5 or 0 < len(told) < 18


@pytest.mark.parametrize("form", ["memory", "weakest"])
def test_one_way_ties_from_a_file_and_encounters(ties_file: Path, form: str) -> None:
    changes = {"activation": {"input": form, "reinforcement": 9.0}, "start": {"stewards": 0.9}}
    assert_agree(town(changes, ties={"kind": "file", "path": str(ties_file)}), SEED, MONTHS)


def test_people_move_out_and_in_again_and_again() -> None:
    changes = {"housing": {"base_turnover": 0.5, "newcomer_group": 1}}
    reference = assert_agree(town(changes), SEED, 8)
    assert max(reference.people) % CONNECTOR_IDS >= 4 * HOMES


# --- start ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "small_world",
        "ring",
        "random",
        "blocks",
        "scale_free",
        "geometric",
        "complete",
        "moore",
        "von_neumann",
    ],
)
def test_spaces(kind: str) -> None:
    assert_agree(town(ties={"kind": kind, "degree": 4}), SEED, 2)


def test_places_and_bridges_between_them() -> None:
    places = [{"name": "hill"}, {"name": "dale", "share": 0.7}, {"name": "moor", "share": 0.4}]
    ties = {"degree": 2, "between": 0.8}
    connectors = [{"count": 2, "place": "dale", "caseload": 5}]
    reference = assert_agree(town(places=places, ties=ties, connectors=connectors), SEED, 2)
    assert any(
        tie.other.place != who.place for who in reference.present for tie in who.friends.values()
    )


def test_a_group_without_anybody() -> None:
    groups = [*GROUPS, {"name": "nobody", "size": 0, "conditions": 0.2}]
    assert_agree(town(groups=groups), SEED, 3)


def test_no_institutions_and_no_connectors() -> None:
    assert_agree(town(institutions=[], connectors=[]), SEED, 3)


def test_institutions_without_money() -> None:
    poor = [{**item, "budget": 0.0} for item in INSTITUTIONS]
    assert_agree(town(institutions=poor), SEED, 3)


def test_short_sighted_institutions_that_keep_nothing() -> None:
    blind = [
        {
            "name": f"office {n}",
            "sector": "funder",
            "leader_seats": 0,
            "present_length": 0,
            "capability": n / 17,
            "upstream": 0.1 + n / 43,
        }
        for n in range(12)
    ]
    changes = {"allocation": {"review_months": 1}}
    reference = assert_agree(town(changes, institutions=blind, connectors=[]), SEED, 4)
    assert all(it.bound_until < 0 for it in reference.institutions)


def test_institutions_that_bind_themselves() -> None:
    bound = [{**item, "commit_months": 3, "horizon": 120} for item in INSTITUTIONS]
    changes = {"allocation": {"review_months": 1, "recovered": 5.0}}
    reference = assert_agree(town(changes, institutions=bound), SEED, 6)
    assert any(it.bound_until > 0 for it in reference.institutions)


def test_strict_generator() -> None:
    assert_agree(town(generator="strict"), SEED, 2)


def test_no_spread_at_the_start() -> None:
    flat = {
        "opinion_spread": 0.0,
        "threshold_spread": 0.0,
        "trust_spread": 0.0,
        "resource_spread": 0.0,
        "wellbeing_spread": 0.0,
        "skill_low": 0.3,
        "skill_high": 0.3,
    }
    assert_agree(town({"start": flat}), SEED, 3)


def test_more_seats_for_residents_than_live_here() -> None:
    groups = [{"name": "commuters", "size": 12, "commuters": 0.95}]
    school = {"name": "school", "sector": "school", "leader_seats": 6, "resident_seats": 6}
    for seed in range(4):
        model = assert_agree(town(groups=groups, institutions=[school], connectors=[]), seed, 1)
        able = sum(who.lives_here for who in model.residents if who.id < 12)
        assert able < 6


@pytest.fixture
def ties_file(tmp_path: Path) -> Path:
    """Ties of thirty people, many in one direction only, some with trust of their own."""
    lines = ["source,target,reliability,openness,mission"]
    for n in range(30):
        for step, trust in ((1, ",,"), (3, "0.9,0.8,0.7"), (7, "0.2,,0.4"), (11, ",,")):
            lines.append(f"p{n},p{(n + step) % 30},{trust}")
        if n % 2:
            lines.append(f"p{n},p{(n - 1) % 30},0.5,0.5,0.5")
    path = tmp_path / "ties.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("bridging", [0.0, 1.0])
def test_ties_from_a_file_are_directed_and_keep_their_trust(
    ties_file: Path, bridging: float
) -> None:
    changes = {"housing": {"rewiring": 0.5, "bridging": bridging, "homophily": 0.0}}
    ties = {"kind": "file", "path": str(ties_file)}
    connectors = [{"count": 3, "caseload": 15, "depends": 0.0}]
    for exchange in ("pairwise", "agreement"):
        talk = {**changes, "dialogue": {"exchange": exchange, "encounters": 5.0}}
        assert_agree(town(talk, ties=ties, connectors=connectors), SEED, 4)
    for seed in range(3):
        assert_agree(town(changes, ties=ties, connectors=connectors), seed, 4)


SERVED = """person,institution,reliability,openness,mission
p0,clinic,0.9,0.2,0.4
p0,owner,,,
p7,city,0.3,,0.8
p29,clinic,,0.6,
"""
PARTNERS = "source,target,trust\nclinic,city,0.9\ncity,owner,\nowner,clinic,0.2\n"


@pytest.fixture
def own_files(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Return a function that writes the files of thirty people and names them."""

    def write(people: str) -> dict[str, Any]:
        lines = ["source,target,reliability,openness,mission"]
        for n in range(0, 28):  # the last ones are tied to nobody
            lines += [f"p{n},p{(n + 2) % 28},0.9,,0.4", f"p{n},p{(n + 11) % 29},,,"]
        texts = {
            "people": people,
            "ties": "\n".join(lines) + "\n",
            "services": SERVED,
            "partners": PARTNERS,
        }
        named: dict[str, Any] = {}
        for table, text in texts.items():
            (tmp_path / f"{table}.csv").write_text(text)
            named[table] = {"path": str(tmp_path / f"{table}.csv")}
        named["ties"]["kind"] = "file"
        return named

    return write


def test_a_community_of_its_own_with_everything_stated(
    own_files: Callable[..., dict[str, Any]],
) -> None:
    lines = [
        "person,group,opinion,susceptibility,self_weight,voice,threshold,skill,resources,burden,"
        "grievance,safety,efficacy,stewardship,committed,lived_experience,lives_here,works_here"
    ]
    for n in range(30):
        u = (n * 7 % 30) / 30.0
        stands = ("0,no", "0.5,no", "1,no", "1,yes")[n % 4]
        place = ("yes,no", "no,yes", "yes,yes")[n % 3]
        lines.append(
            f"p{n},{'south' if n % 2 and n < 28 else 'north'},{u},{1 - u},{u / 2},{u + 0.5},"
            f"{u + 0.3},{u},{2 * u},{u / 3},{1 - u},{u},{1 - u},{stands},{n % 5 == 0},{place}"
        )
    reference = assert_agree(town(**own_files("\n".join(lines) + "\n")), SEED, MONTHS)
    assert [who.name for who in reference.residents][:3] == ["p0", "p2", "p4"]


@pytest.mark.parametrize("seed", [1, SEED])
def test_a_community_of_its_own_with_gaps(
    own_files: Callable[..., dict[str, Any]], seed: int
) -> None:
    lines = ["person;group;place;opinion;grievance;stewardship;committed;lives_here;works_here"]
    lines += [
        f"p{29 - n};{'north' if n < 16 else 'south'};{('hill', '', '', 'valley')[n % 4]};"
        f"{('', 0.9)[n % 2]};{('', '', 0.7)[n % 3]};{('', 0, 0.5, '')[n % 4]};"
        f"{('', '', '', 'yes', 'no')[n % 5] if n % 4 in (0, 3) else ''};"
        f"{('', 'no', '')[n % 3]};{('no', '', '')[n % 3]}"
        for n in range(30)
    ]
    places = [{"name": "hill"}, {"name": "valley", "share": 2.0}]
    more = own_files("\n".join(lines) + "\n")
    assert_agree(town(places=places, **more), seed, MONTHS)
    del more["services"], more["partners"]
    more["ties"] = {"kind": "random", "degree": 3, "between": 0.2}
    assert_agree(town(places=places, **more), seed, MONTHS)
