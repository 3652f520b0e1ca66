"""The short list: fewer mechanisms and perturbations, for a machine with an hour or less.

It was chosen before any of its results was seen, by two rules: every process of the month and every
family of perturbations is in it (of chance one, as a replication), and where one must stand for
several it is the one that a critic of the findings would name first. Left out is `events`, without
which there is no push to speak of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments.robustness.conditions import Condition

MECHANISMS: Mapping[str, str] = {
    "sense": "institutions know late and roughly what they decide by",
    "dialogue": "without meetings neither opinions nor trust between residents move",
    "activation.reinforcement": "the one loop that can make stewardship tip",
    "activation.dose": "what the push's money buys directly",
    "activation.leadership": "how better leadership reaches residents",
    "governance.leave_rate": "coalitions fall apart: the coalition mechanism",
    "governance.pool_rate": "without pooled money the shared table decides about nothing",
    "allocation.step": "how institutions' short-termism takes effect",
    "production.recapture": "the loop by which upstream work pays for itself",
    "living.alone": "investment that works without stewards needs no activation",
    "living.policy_rate": "what lasts in law needs nobody's staying",
    "trust.promise_rate": "trust grows and falls by promises",
    "trust.keep_leadership": "how leadership earns trust",
    "leadership.turnover": "no exits, nothing to succeed to",
    "leadership.mentor_gain": "the one part of succession that has a price",
    "learning": "what is known, taught and lost with leaders",
    "housing": "who improves a place may have to leave it",
    "succession: vacancy time": "first of the five switches",
    "succession: knowledge carried": "second",
    "succession: ties carried": "third",
    "succession: resident origin": "fourth",
    "succession: loss of trust at exit": "fifth",
    "succession: all five": "what mentoring alone does",
}
"""Mechanisms by id, each with why it is here."""

PERTURBATIONS: Mapping[str, str] = {
    "random": "no clustering: complex contagion should find it hardest here",
    "scale free": "a few people know very many",
    "blocks .9": "two almost closed groups",
    "degree 4": "few friends",
    "groups 1 to 3": "equal groups are a choice",
    "half the people": "more chance",
    "twice the people": "less chance",
    "institutions first": "the order of the month is arbitrary",
    "acting before talking": "the same, from the other end",
    "half as often": "the speed of reconsidering is a guess",
    "step response": "thresholds instead of noise",
    "one rung": "one step to steward",
    "number of friends": "the number counts, not the share",
    "memory": "past encounters instead of present friends",
    "pairwise dialogue": "another school of opinion dynamics",
    "code": "another model of learning, for `learning`",
    "majority": "another rule of voting, for `governance`",
    "complementarity -1": "another production function, for `production`",
    "no spin-up": "the start is no equilibrium",
    "strict generator": "replication, not counted",
}
"""Perturbations by id, each with why it is here."""


def short(conditions: Sequence[Condition], chosen: Mapping[str, str]) -> tuple[Condition, ...]:
    """Return the conditions of a short list, in their own order."""
    return tuple(condition for condition in conditions if condition.id in chosen)
