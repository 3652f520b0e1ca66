"""Statements: what can and what cannot be said from imported data, in plain words.

Every sentence follows from a fact of the report, and is left out where the fact does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenarios.importing.measures import SMALLEST_GROUP

FULL_ENOUGH = 0.8
"""From this share of raters a network is near complete (ties of those who did not answer are seen
only from one side; below it, reciprocity and the rank of single members are known to be biased)."""


def can_say(facts: Mapping[str, Any]) -> list[str]:
    """Return what the data can carry."""
    return list(_can(facts))


def cannot_say(facts: Mapping[str, Any]) -> list[str]:
    """Return what the data cannot carry."""
    return list(_cannot(facts))


def _can(facts: Mapping[str, Any]) -> Iterator[str]:
    people, partners = facts.get("people"), facts.get("partners")
    if people and people["ties"]:
        yield (
            f"How these {people['nodes']} people are tied: who is in reach of whom, how many stand "
            f"alone ({people['isolates']}), and how ties run within and between groups."
        )
        if people["mean_trust"] is not None:
            yield (
                "How trust runs between groups, as far as they have "
                f"{SMALLEST_GROUP} people or more."
            )
    if partners and partners["mutual"]:
        yield (
            f"How the {partners['nodes']} organisations are tied: {partners['ties'] // 2} pairs, "
            "who is central, and who stands apart. The ties have no direction: how each side sees "
            "the other is not known."
        )
    elif partners:
        yield (
            f"How the {partners['nodes']} organisations see each other: {partners['ties']} "
            f"ratings, {_percent(partners['reciprocity'])} of them returned."
        )
        if _response(partners) >= FULL_ENOUGH:
            yield (
                f"{partners['raters']} of {partners['nodes']} organisations rated others, so who "
                "is central and who stands apart can be told with some confidence."
            )
    yield (
        "What would follow in the model from a start like this one, compared between two scenarios "
        "that share it: which of them leaves more behind, under assumptions that are all stated."
    )


def _cannot(facts: Mapping[str, Any]) -> Iterator[str]:
    people, partners = facts.get("people"), facts.get("partners")
    yield (
        "What will happen. The data are one point in time: they show how things stand, not how "
        "they move. How fast trust or stewardship changes comes from the model, not from here."
    )
    if (people and people["ties"]) or partners:
        yield (
            "How things are beyond what people report. Ratings are self-reports: who is rated well "
            "may be liked, feared or simply known."
        )
    if facts["synthetic_residents"]:
        yield (
            f"Anything about residents. None were surveyed: the {facts['synthetic_residents']} in "
            "the scenario are made up, all drawn alike, in one group. Nothing can be said about "
            "gaps between groups of residents, nor about who would become a steward."
        )
    if people and not people["ties"]:
        yield "Who is tied to whom among residents: their ties are drawn, not observed."
    for name, network in (("people", people), ("organisations", partners)):
        if network and network["ties"]:
            yield from _response_limits(name, network)
    if people and people["isolates"] and people["ties"]:
        yield (
            f"That the {people['isolates']} people without any tie are alone: perhaps they were "
            "not asked, or nobody they know was in the survey."
        )
    if people:
        yield from _group_limits(people)
    if not facts["institutions"]:
        yield "Anything about institutions, money or a shared table: the scenario has none."
    elif not partners:
        yield "How institutions see each other: all trust between them is the default."


def _response_limits(name: str, network: Mapping[str, Any]) -> Iterator[str]:
    silent = 0 if network["mutual"] else network["nodes"] - network["raters"]
    if not silent:
        return
    share = _percent(silent / network["nodes"])
    yield (
        f"How {silent} of {network['nodes']} {name} ({share}) see others: they rate or name "
        "nobody, because they did not answer or were not asked. Reciprocity and density are too "
        "low by what they would have said."
    )
    if _response(network) < FULL_ENOUGH:
        yield (
            f"Who is central among the {name}: fewer than {_percent(FULL_ENOUGH)} answered, and "
            "ranks of single members change easily with the missing answers."
        )


def _group_limits(people: Mapping[str, Any]) -> Iterator[str]:
    small = sum(1 for size in people["groups"].values() if size < SMALLEST_GROUP)
    if small:
        yield (
            f"Anything about {small} group{'s' * (small > 1)} of fewer than {SMALLEST_GROUP} "
            "people: single persons could be recognised, and chance alone moves such a group."
        )
    if len(people["groups"]) == 1:
        yield "Gaps between groups: everyone is in one group."
    if people["nodes"] < 30:
        yield (
            f"Small differences: with {people['nodes']} people, outcomes vary widely from run to "
            "run. Use many replicates and look at the intervals."
        )


def _response(network: Mapping[str, Any]) -> float:
    return float(network["raters"] / network["nodes"]) if network["nodes"] else 0.0


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.0f} %"
