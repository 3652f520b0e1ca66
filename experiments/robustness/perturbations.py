"""Perturbations: other assumptions under which a finding should still stand.

None of them is tuned to a finding. Where another form needs another scale to mean the same, the
scale follows from the scenario's own numbers, and the function that sets it says how.
"""

from __future__ import annotations

import math
from typing import Any

from experiments.robustness.conditions import Condition
from simulation.errors import InputError
from simulation.naming import key_of
from simulation.processes import registered
from simulation.specification import Specification

Settings = dict[str, Any]

# ----------------------------------------------------------------------------- sizes and chance


def _in_parts(specification: Specification, parts: tuple[int, ...]) -> Settings:
    """Return sizes that split the same number of people between two groups."""
    if len(specification.groups) != len(parts):
        raise InputError(
            f"needs {len(parts)} groups", key="groups", found=len(specification.groups)
        )
    sizes = [specification.size * share // sum(parts) for share in parts[:-1]]
    sizes.append(specification.size - sum(sizes))
    return _sizes(specification, sizes)


def _times(specification: Specification, factor: float) -> Settings:
    return _sizes(specification, [max(1, round(factor * g.size)) for g in specification.groups])


def _sizes(specification: Specification, sizes: list[int]) -> Settings:
    groups = specification.groups
    return {key_of("groups", g.name, "size"): n for g, n in zip(groups, sizes, strict=True)}


SIZES = (
    Condition("groups 1 to 3", "sizes", "first group a quarter", lambda s: _in_parts(s, (1, 3))),
    Condition(
        "groups 3 to 1", "sizes", "first group three quarters", lambda s: _in_parts(s, (3, 1))
    ),
    Condition("half the people", "sizes", "half the population", lambda s: _times(s, 0.5)),
    Condition("twice the people", "sizes", "twice the population", lambda s: _times(s, 2)),
)

REPLICATION = "chance"
"""The family that is no other assumption: the same one with other random numbers."""

CHANCE = (
    Condition("strict generator", REPLICATION, "Philox generator", {"generator": "strict"}),
    Condition("other seeds 1", REPLICATION, "other seeds", other_chance=1),
    Condition("other seeds 2", REPLICATION, "other seeds again", other_chance=2),
)

# ------------------------------------------------------------------------------------- networks

NETWORKS = (
    Condition("random", "networks", "random ties", {"ties.kind": "random"}),
    Condition("scale free", "networks", "scale-free ties", {"ties.kind": "scale_free"}),
    Condition("ring", "networks", "a ring", {"ties.kind": "ring"}),
    Condition("moore", "networks", "a grid of eight neighbours", {"ties.kind": "moore"}),
    Condition("geometric", "networks", "ties to those nearby", {"ties.kind": "geometric"}),
    Condition(
        "blocks 0", "networks", "blocks blind to group",
        {"ties.kind": "blocks", "ties.homophily": 0.0},
    ),
    Condition(
        "blocks .9", "networks", "blocks of almost closed groups",
        {"ties.kind": "blocks", "ties.homophily": 0.9},
    ),
    Condition("homophily 0", "networks", "small world blind to group", {"ties.homophily": 0.0}),
    Condition(
        "homophily .9", "networks", "small world of almost closed groups", {"ties.homophily": 0.9}
    ),
    Condition("degree 4", "networks", "four friends", {"ties.degree": 4.0}),
    Condition("degree 16", "networks", "sixteen friends", {"ties.degree": 16.0}),
)  # fmt: skip

# ----------------------------------------------------------------------------- order and timing


def _order(first: tuple[str, ...], last: tuple[str, ...] = ()) -> Settings:
    """Return an order of the month: events, then `first`, the others as usual, then `last`."""
    usual = [process.name for process in registered()]
    moved = {"events", "record", *first, *last}
    middle = [name for name in usual if name not in moved]
    return {"month": ("events", *first, *middle, *last, "record")}


ORDER = (
    Condition(
        "institutions first", "order", "institutions decide and act before residents meet",
        lambda s: _order((), ("dialogue", "activation")),
    ),
    Condition(
        "leaders first", "order", "leaders change and promises fall due before anything else",
        lambda s: _order(("leadership", "learning", "trust")),
    ),
    Condition(
        "acting before talking", "order", "people decide before they meet",
        lambda s: _order(("sense", "activation", "dialogue")),
    ),
    Condition(
        "half as often", "order", "people reconsider half as often",
        lambda s: {"activation.rate": s.parameters.activation.rate / 2},
    ),
    Condition(
        "twice as often", "order", "people reconsider twice as often",
        lambda s: {"activation.rate": min(1.0, s.parameters.activation.rate * 2)},
    ),
)  # fmt: skip

TIME = (
    Condition(
        "shorter horizon", "time", "half the horizon, 120 months at least",
        lambda s: {"months": max(s.months // 2, min(s.months, 120))},
    ),
    Condition(
        "longer horizon", "time", "half as long again", lambda s: {"months": s.months * 3 // 2}
    ),
    Condition("no spin-up", "time", "no spin-up", {"spin_up": 0}),
    Condition(
        "longer spin-up", "time", "two years more spin-up", lambda s: {"spin_up": s.spin_up + 24}
    ),
)  # fmt: skip

# ----------------------------------------------------------------------------- functional forms


def _step(specification: Specification) -> Settings:
    """Return a sharp response; what chance was in it becomes differences between people.

    A logistic response of width `temperature` is a sharp threshold with logistic noise, drawn anew
    each time, of standard deviation π·temperature/√3. Here it is drawn once for each person.
    """
    p: Any = specification.parameters
    noise = math.pi * p.activation.temperature / math.sqrt(3.0)
    spread = math.hypot(p.start.threshold_spread, noise)
    return {"activation.response": "step", "start.threshold_spread": spread}


def _linear(specification: Specification) -> Settings:
    """Return a linear response, thresholds lowered by 1/2: it is 1/2 where the logistic is."""
    p: Any = specification.parameters
    return {"activation.response": "linear", "start.threshold": p.start.threshold - 0.5}


def _count(specification: Specification) -> Settings:
    """Return a pull of the number of friends, which at the mean degree equals that of the share."""
    p: Any = specification.parameters
    pull = p.activation.reinforcement / specification.ties.degree
    return {"activation.input": "count", "activation.reinforcement": pull}


def _set(id_: str, label: str, **settings: Any) -> Condition:
    return Condition(id_, "forms", label, {k.replace("__", "."): v for k, v in settings.items()})


FORMS = (
    Condition("step response", "forms", "sharp thresholds", _step),
    Condition("linear response", "forms", "linear response", _linear),
    Condition("number of friends", "forms", "the number of friends counts, not the share", _count),
    _set("exponent 2", "several reinforcing friends needed", activation__exponent=2.0),
    _set("one rung", "one step to steward", activation__rungs=1),
    _set("no rejection", "nobody stops for want of support", activation__rejection=0.0),
    _set("leaders stay neighbours", "leaders still count as neighbours",
         activation__base_presence=1.0),
    _set("confidence .3", "only nearby opinions are heard", dialogue__confidence=0.3),
    _set("pairwise dialogue", "opinions move two people at a time",
         dialogue__exchange="pairwise"),
    _set("memory", "what counts is recalled from the last twelve encounters",
         activation__input="memory", activation__memory=12),
    _set("code", "beliefs about many dimensions and a shared code", learning__form="code"),
    _set("interest", "promises are kept where it pays", trust__keeping="interest"),
    _set("complementarity 0", "efforts multiply", production__complementarity=0.0),
    _set("complementarity -1", "nearer to the weakest link", production__complementarity=-1.0),
    _set("majority", "decisions by majority", governance__rule="majority"),
    _set("supermajority", "decisions by two thirds", governance__rule="supermajority"),
    _set("loud voices", "votes by voice", governance__loudness=1.0),
    _set("noisy budgets", "chance in budget decisions", allocation__temperature=0.1),
    _set("budgets for ever", "budget switches thought to last", allocation__kept_months=-1),
    _set("confirmation bias .5", "trust filters what is noticed", trust__confirmation_bias=0.5),
    _set("random bench", "leaders picked from the bench by chance",
         leadership__bench_pick="random"),
    _set("measured at once", "well-being known without delay", sense__lag=0),
)  # fmt: skip

# activation.input = "weakest" is left out: among a handful of friends the one who does least does
# next to nothing, so it says what the ablation of `activation.reinforcement` says.

PERTURBATIONS: tuple[Condition, ...] = (*NETWORKS, *SIZES, *ORDER, *FORMS, *CHANCE, *TIME)
"""Every perturbation, in the order in which they are shown."""
