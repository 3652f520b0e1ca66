"""Small communities of every kind, drawn by Hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal, get_args, get_origin

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import ValidationError

from simulation.errors import InputError
from simulation.parameters import ParameterInfo, all_parameters
from simulation.processes import MONTH
from simulation.specification import SERVES, Specification, specify
from simulation.state import OUTSIDER_IDS
from simulation.timeline import AnyEvent
from tests.reference.town import LIVELY

Draw = Callable[[st.SearchStrategy[Any]], Any]
GRIDS = ("moore", "von_neumann")
KINDS = (
    "small_world",
    "blocks",
    "random",
    "ring",
    "scale_free",
    "geometric",
    "complete",
    *GRIDS,
)
SECTORS = tuple(SERVES)
SIZES = {
    "activation.reinforcement": 6.0,
    "activation.exponent": 2.0,
    "activation.temperature": 1.0,
    "activation.dose_scale": 5.0,
    "start.threshold": 2.0,
    "start.threshold_spread": 1.0,
    "governance.leader_voice": 4.0,
    "governance.convening_scale": 2.0,
    "trust.fine": 2.0,
    "trust.sanction_response": 5.0,
    "trust.contribution_return": 1.5,
    "trust.keeping_temperature": 1.0,
    "governance.loudness": 2.0,
    "leadership.vacancy_months": 3,
    "leadership.rapport_months": 12.0,
    "leadership.bench_skill": 0.4,
    "leadership.mentoring_base": 2.0,
    "leadership.mentoring_cost": 5.0,
    "leadership.pay_rate": 5.0,
    "leadership.connector_cost": 20.0,
    "leadership.outsider_funds": 1.0,
    "living.potency": 2.0,
    "living.delay": 24.0,
    "living.service_scale": 1.0,
    "production.savings_most": 2.0,
    "production.capability_time": 60.0,
    "allocation.review_months": 4,
    "allocation.believed_time": 60.0,
    "allocation.benefit_delay": 36.0,
    "allocation.kept_months": 24,
    "housing.outside_delay": 24.0,
    "housing.most_ties": 8,
    "start.service_ties": 4,
    "sense.lag": 4,
    "learning.evidence_gain": 1000.0,
    "dialogue.encounters": 3.0,
    "production.return_rate": 1.0,
    "production.savings_rate": 1.0,
}
"""Upper ends of what is drawn, where the whole range would drown all else."""

LOWEST = {"start.threshold": -0.5, "production.complementarity": -5.0}
SETTABLE = (
    ("leadership.vacancy_months", (0, 1)),
    ("leadership.turnover", (0.0, 1.0)),
    ("dialogue.meeting_rate", (0.0, 1.0)),
    ("dialogue.exchange", ("averaging", "pairwise", "agreement")),
    ("activation.response", ("step", "linear")),
    ("activation.input", ("memory", "weakest")),
    ("activation.rungs", (1, 2)),
    ("allocation.review_months", (1, 2)),
    ("sense.lag", (0, 2)),
    ("governance.rule", ("mean", "majority")),
    ("governance.leave_rate", (0.0, 1.0)),
    ("trust.inspection", (0.0, 1.0)),
    ("production.complementarity", (0.0, -1.0)),
    ("housing.base_turnover", (0.0, 0.3)),
    ("housing.newcomer_trust", (0.1, 0.9)),
    ("trust.enabled", (False, True)),
    ("living.enabled", (False, True)),
    ("allocation.mode", ("schedule", "believes")),
    ("learning.enabled", (False, True)),
)


def between(low: float, high: float) -> st.SearchStrategy[float]:
    """Draw a number, the ends not rarely; simple numbers where a failure is narrowed down."""
    return st.integers(0, 100).map(lambda n: low + (high - low) * n / 100.0)


SHARE = between(0.0, 1.0)


def _value(info: ParameterInfo) -> st.SearchStrategy[Any]:
    """Draw a value of one parameter."""
    if get_origin(info.kind) is Literal:
        return st.sampled_from(get_args(info.kind))
    if info.kind is bool:
        return st.sampled_from(
            [True, True, True, False] if "enabled" in info.key else [True, False]
        )
    low = LOWEST.get(info.key, info.low if info.low is not None else 0.0)
    high = SIZES.get(info.key, min(info.high if info.high is not None else 1.0, 10.0))
    if info.kind is int:
        return st.integers(int(low), int(high))
    return between(low, high)


@cache
def _tables() -> dict[str, dict[str, st.SearchStrategy[Any]]]:
    tables: dict[str, dict[str, st.SearchStrategy[Any]]] = {}
    own = {"start", *(process.name for process in MONTH)} - {"record"}
    for info in all_parameters():
        table, _, name = info.key.partition(".")
        if table in own and name != "schedule" and (table, name) != ("start", "enabled"):
            tables.setdefault(table, {})[name] = _value(info)
    return tables


def _parameters(draw: Draw, groups: int) -> dict[str, dict[str, Any]]:
    drawn = {
        table: draw(st.fixed_dictionaries({}, optional=fields))
        for table, fields in _tables().items()
    }
    for table, values in LIVELY.items() if draw(st.booleans()) else ():
        drawn[table] = {**values, **drawn[table]}
    _in_order(drawn["start"], "skill_low", "skill_high", 0.1, 0.4)
    _in_order(drawn["leadership"], "knowledge_low", "knowledge_high", 0.3, 0.6)
    _in_order(drawn["allocation"], "least", "most", 0.05, 0.5)
    falls = drawn["activation"]
    for name, most in (("exit", 0.2), ("burnout_exit", 0.2), ("rejection", 0.6)):
        falls[name] = most * falls.get(name, 0.1)
    for table, name in (("housing", "newcomer_group"), ("leadership", "bench_group")):
        if name in drawn[table]:
            drawn[table][name] = min(drawn[table][name], groups - 1)
    shares = draw(st.lists(SHARE, min_size=1, max_size=3))
    first = draw(st.integers(-1, 2))
    drawn["allocation"]["schedule"] = [(first + 2 * n, share) for n, share in enumerate(shares)]
    return drawn


def _in_order(table: dict[str, Any], low: str, high: str, least: float, most: float) -> None:
    ends = sorted((table.get(low, least), table.get(high, most)))
    table[low], table[high] = ends


def _groups(draw: Draw) -> list[dict[str, Any]]:
    count = draw(st.integers(1, 3))
    dimensions = st.fixed_dictionaries({"housing": SHARE, "health": SHARE, "livelihood": SHARE})
    fields = {
        "conditions": st.one_of(SHARE, dimensions),
        "lived_experience": SHARE,
        "commuters": between(0.0, 0.4),
        "works": SHARE,
        "committed": between(0.0, 0.5),
        "threshold_shift": between(-1.0, 1.0),
        "voice": between(0.1, 3.0),
        "opinion": SHARE,
        "susceptibility": SHARE,
        "self_weight": SHARE,
        "resources": between(0.0, 3.0),
        "burden": SHARE,
        "extraction": SHARE,
        "promises": st.integers(0, 4),
        "kept": SHARE,
    }
    return [
        {
            "name": "abc"[n],
            "size": draw(st.integers(10 if n == 0 else 0, 40 // count)),
            **draw(st.fixed_dictionaries({}, optional=fields)),
        }
        for n in range(count)
    ]


def _institutions(draw: Draw) -> list[dict[str, Any]]:
    weights = {"housing": between(0.1, 1.0), "health": SHARE, "livelihood": SHARE}
    fields = {
        "budget": between(0.0, 0.5),
        "present_bias": SHARE,
        "discount": SHARE,
        "horizon": st.integers(0, 40),
        "present_length": st.integers(0, 14),
        "commit_months": st.integers(0, 3),
        "upstream": SHARE,
        "capability": SHARE,
        "pooled": SHARE,
        "openness": SHARE,
        "resistance": SHARE,
        "keeps": SHARE,
        "savings": SHARE,
        "local_spend": SHARE,
        "idle_assets": SHARE,
        "serves": st.fixed_dictionaries(weights),
    }
    found = []
    for n in range(draw(st.integers(0, 3))):
        seats = draw(st.integers(0, 3))
        found.append(
            {
                "name": f"institution {n}",
                "sector": draw(st.sampled_from(SECTORS)),
                "leader_seats": seats,
                "resident_seats": draw(st.integers(0, min(seats, 1))),
                **draw(st.fixed_dictionaries({}, optional=fields)),
            }
        )
    return found


def _connectors(draw: Draw, institutions: list[str], places: list[str]) -> list[dict[str, Any]]:
    if not (count := draw(st.integers(0, 2))):
        return []
    return [
        {
            "count": count,
            "employer": draw(st.sampled_from(["", *institutions])),
            "place": draw(st.sampled_from(["", *places])),
            "attention": draw(between(0.0, 20.0)),
            "caseload": draw(st.integers(0, 15)),
            "width": draw(st.integers(1, 3)),
            "depends": draw(SHARE),
        }
    ]


def _ties(draw: Draw, size: int, places: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    ties = {
        "kind": kind,
        "degree": float(draw(st.sampled_from([2, 4]))),
        "homophily": draw(SHARE),
        "rewiring": draw(SHARE),
        "torus": draw(st.booleans()),
        "between": draw(SHARE),
    }
    if kind in GRIDS and (places > 1 or ties["torus"] or all(size % d for d in (3, 4, 5, 6))):
        ties["torus"], ties["width"] = False, 1
    return ties


# --- events ---------------------------------------------------------------------------------------


def _event_strategies(
    people: int, groups: list[str], institutions: list[str], places: list[str]
) -> dict[str, dict[str, st.SearchStrategy[Any]]]:
    some_groups = st.lists(st.sampled_from(groups), max_size=2, unique=True)
    some = (
        st.lists(st.sampled_from(institutions), max_size=2, unique=True)
        if institutions
        else (st.just([]))
    )
    dimensions = st.lists(
        st.sampled_from(["housing", "health", "livelihood"]), max_size=2, unique=True
    )
    strength = {"strength": SHARE}
    uses = ("organising", "mentoring", "services", "cash", "policy", "connectors", "conditions")
    portions = st.fixed_dictionaries({use: between(0.0, 1.0 / 7.0) for use in uses})
    return {
        "funding": {
            "amount": between(0.0, 4.0),
            "uses": portions,
            "groups": some_groups,
            "places": st.lists(st.sampled_from(places), max_size=1),
            "reach": SHARE,
        },
        "leader_leaves": {"target": _target(people, outsiders=True)},
        "crisis": {**strength, "groups": some_groups, "dimensions": dimensions},
        "policy": strength,
        "acknowledgement": strength,
        "displacement": strength,
        "facilitation": strength,
        "promise": {"kept": st.booleans(), "groups": some_groups, "institutions": some},
        "share_seats": {**strength, "institutions": some},
        "loud_voice": {
            "factor": between(0.1, 3.0),
            "groups": st.lists(st.sampled_from(groups), min_size=1, max_size=2, unique=True),
        },
        "recruit": {"target": _target(people), "committed": st.booleans()},
        "newcomers": {
            "count": st.integers(1, 4),
            "degree": st.integers(0, 4),
            "informed": st.booleans(),
            "groups": st.sampled_from(groups).map(lambda name: [name]),
        },
        "set": {},
    }


def _target(people: int, *, outsiders: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    someone = st.integers(0, people - 1)
    if outsiders:
        someone = st.one_of(someone, st.integers(0, 3).map(lambda n: OUTSIDER_IDS + 1000 * n))
    people_named = st.lists(someone, min_size=1, max_size=3, unique=True)
    by_name = ["person"] if outsiders else ["person", "neighbourhood"]
    return st.one_of(
        st.fixed_dictionaries(
            {
                "pick": st.sampled_from(["random", "most_central"]),
                "count": st.integers(1, 4),
            }
        ),
        st.fixed_dictionaries({"pick": st.sampled_from(by_name), "people": people_named}),
    )


def _events(draw: Draw, strategies: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for n in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(sorted(strategies)))
        event = {
            "id": f"event {n}",
            "kind": kind,
            "month": draw(st.integers(1, 4)),
            "duration": draw(st.integers(1, 3)),
            "delay": draw(st.integers(0, 1)),
            "cost": draw(st.sampled_from([0.0, 0.0, 0.05, 1.0])),
            **draw(st.fixed_dictionaries(strategies[kind])),
        }
        if kind == "set":
            event["key"], values = draw(st.sampled_from(SETTABLE))
            event["value"] = draw(st.sampled_from(values))
        found.append(event)
    return found


EVENT_KINDS = frozenset(
    get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(AnyEvent)[0])
)


@st.composite
def communities(draw: Draw) -> Specification:
    """Draw a small community, its ties, its parameters and what happens to it."""
    groups = _groups(draw)
    size = sum(group["size"] for group in groups)
    places = ["town", "hill"][: draw(st.integers(1, 2))]
    institutions = _institutions(draw)
    names = [item["name"] for item in institutions]
    events = _event_strategies(size, [group["name"] for group in groups], names, places)
    assert events.keys() == EVENT_KINDS
    try:
        return specify(
            groups=groups,
            places=[{"name": name, "share": draw(between(0.5, 2.0))} for name in places],
            institutions=institutions,
            connectors=_connectors(draw, names, places),
            ties=_ties(draw, size, len(places)),
            spin_up=draw(st.integers(0, 2)),
            generator=draw(st.sampled_from(["fast", "fast", "fast", "strict"])),
            parameters=_parameters(draw, len(groups)),
            events=_events(draw, events),
        )
    except (InputError, ValidationError):
        reject()
