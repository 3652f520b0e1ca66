"""Setup: all that a page has to know of a run before its first month, as plain JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.browser.session.drawing import CHANNELS, Drawing
from simulation.browser.session.layout import Layout, role_of
from simulation.browser.session.log import kind_of, title_of
from simulation.browser.session.values import Value
from simulation.browser.words import say

if TYPE_CHECKING:
    from simulation.browser.session.course import Course
    from simulation.specification import Specification

ROLES_OF = {"trust": [0, 1, 2], "burnout": [0, 1]}
"""Roles that a channel says something of, where that is more than residents."""


def nodes(specification: Specification, layout: Layout, drawing: Drawing) -> dict[str, Any]:
    """Return the nodes of the map: places, roles, groups, homes and names."""
    new = new_homes(specification)
    where = np.round(layout.places(new), 4)
    added = sum(len(homes) for homes in new)
    first = drawing.first_home
    group = np.full(drawing.nodes, -1)
    known = drawing.group[: drawing.nodes].astype(int)
    group[: known.size] = np.where(known == 255, -1, known)
    names = [g.name for g in specification.groups]
    at = first + len(layout.homes)
    for event in (e for e in specification.events if e.kind == "newcomers"):
        group[at : at + event.count] = names.index(event.groups[0])
        at += event.count
    return {
        "x": where[:, 0].tolist(),
        "y": where[:, 1].tolist(),
        "role": role_of(layout, added).tolist(),
        "group": group.tolist(),
        "home": [-1] * first + drawing.homes.tolist(),
        "name": [*_names(specification), *[""] * len(drawing.homes)],
    }


def new_homes(specification: Specification) -> list[range]:
    """Return the homes that are built later, event by event."""
    events = (e for e in specification.events if e.kind == "newcomers")
    return [event.homes(specification.size) for event in events]


def _names(specification: Specification) -> list[str]:
    names = [institution.name for institution in specification.institutions]
    for team in specification.connectors:
        names += [say("session.connector", team=team.name, n=k + 1) for k in range(team.count)]
    return names


def ties(drawing: Drawing, count: int) -> dict[str, Any]:
    """Return the ties of month 0, each once."""
    return {
        "source": drawing.source[:count].tolist(),
        "target": drawing.target[:count].tolist(),
        "kind": drawing.kind[:count].tolist(),
    }


def channels() -> list[dict[str, Any]]:
    """Return what the map can be filled with."""
    return [
        {
            "key": key,
            "label": say(f"session.channel.{key}"),
            "low_word": say(f"session.channel.{key}_low"),
            "high_word": say(f"session.channel.{key}_high"),
            "roles": ROLES_OF.get(key, [0]),
        }
        for key in CHANNELS
    ]


def events(course: Course, specification: Specification) -> list[dict[str, Any]]:
    """Return the timeline as flags on the ruler: the months in which each event acts."""
    return [
        {
            "id": event.id,
            "month": event.first,
            "last": min(event.last, specification.months),
            "told": event.month,
            "title": title_of(event),
            "kind": event.kind,
            "icon": kind_of(event),
            "own": course.is_own(event.id),
        }
        for event in specification.events
    ]


def badges(place: dict[str, int]) -> list[dict[str, Any]]:
    """Return the values that are shown as a word."""
    words = [say(f"session.verdict.{word}") for word in ("not_yet", "yes", "lost")]
    return [{"value": place["sustained"], "label": say("session.sustained"), "words": words}]


# ------------------------------------------------------------------------------------ charts


CHARTS: dict[str, tuple[str, ...]] = {
    "trust": ("trust_within", "trust_across", "trust_institutions"),
    "gap": ("gap", "gap_place"),
    "stewards": ("stewards",),
    "resources": ("shared", "held", "trapped"),
    "leadership": ("seats_filled", "resident_seats", "lived_seats", "mentored_skill"),
    "energy": ("missing",),
    "gain": ("gain",),
    "wellbeing": (),
}
"""The lines of each chart, in the order in which they are shown; groups come on top."""

BETTER = {"trust": "up", "gap": "down", "energy": "down"}
OPEN_ENDED = {"resources", "energy", "gap", "gain"}
"""Charts whose values have no greatest one."""


def charts(
    specification: Specification, values: tuple[Value, ...], place: dict[str, int], gained: bool
) -> list[dict[str, Any]]:
    """Return the charts of a run, without those that it can never show anything in.

    Args:
        specification: of the run.
        values: what frames hold.
        place: where each value stands in them.
        gained: whether anybody intervenes, so that a gain can be told.
    """
    found = []
    for key, lines in CHARTS.items():
        if key == "energy" and not specification.parameters.activation.enabled:
            continue
        if key == "gap" and len(specification.groups) < 2:
            continue
        found.append(_chart(key, lines, specification, values, place, gained))
    return found


def _chart(
    key: str,
    lines: tuple[str, ...],
    specification: Specification,
    values: tuple[Value, ...],
    place: dict[str, int],
    gained: bool,
) -> dict[str, Any]:
    words = f"session.chart.{key}"
    drawn = [{"value": place[v], "label": say(f"{words}.{v}")} for v in lines]
    if key == "wellbeing":
        own = [v for v in values if v.key.startswith("wellbeing:")]
        drawn = [{"value": place[v.key], "label": v.group} for v in own]
    marks = []
    if key == "stewards":
        mark = specification.measures.tipping_share
        marks = [{"at": mark, "label": say("session.critical_mass")}]
    if key == "gain":
        marks = [{"at": specification.measures.least_gain, "label": say("session.least_gain")}]
    unknown = key == "gain" and not gained
    return {
        "key": key,
        "title": say(f"{words}.title"),
        "unit": say(f"{words}.unit"),
        "better": "" if key == "resources" else BETTER.get(key, "up"),
        "low": None if key == "gain" else 0,
        "high": None if key in OPEN_ENDED else 1,
        "help": say(f"{words}.nobody" if unknown else f"{words}.help"),
        "empty": unknown,
        "lines": [{**line, "style": n} for n, line in enumerate(drawn)],
        "marks": marks,
    }


def value_labels(values: tuple[Value, ...]) -> list[dict[str, str]]:
    """Return key and label of every value, in the order of frames."""
    labels = {v: say(f"session.chart.{c}.{v}") for c, lines in CHARTS.items() for v in lines}
    labels |= {
        "worst_off": say("session.measure.worst_off"),
        "wellbeing": say("session.measure.wellbeing"),
        "displaced": say("session.measure.displaced"),
        "ownership": say("session.measure.ownership"),
        "sustained": say("session.sustained"),
    }
    titles = {"wellbeing": "session.chart.wellbeing.title", "stewards": "session.measure.stewards"}
    return [
        {
            "key": v.key,
            "label": f"{say(titles[v.key.split(':')[0]])}: {v.group}" if v.group else labels[v.key],
        }
        for v in values
    ]
