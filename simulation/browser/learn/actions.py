"""What a story or an exercise does on the page: a link that opens one town, or two side by side.

A town is told in TOML as a scenario and what is changed in it; the link is made by
`session.share` and `compare.link`, so that whatever the page can open can be told here,
and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.browser.session.course import Course

TOWN_KEYS = {"scenario", "changes", "remove", "from_month", "settings", "events"}
PLAIN_KEYS = ("predict", "branch")
"""Keys of an action that go into the link as they are."""


def course(town: Mapping[str, Any]) -> Course:
    """Return the course of a town: `scenario`, and what differs in it.

    `changes` hold from the start, `settings` from the month after `from_month`; `remove` names
    events that are taken away, `events` lists events that are added.

    Raises:
        InputError: for a key that no town has.
    """
    from simulation.browser.session.course import Course

    unknown = set(town) - TOWN_KEYS
    if unknown:
        raise InputError(
            "no such key of a town", found=min(unknown), allowed=", ".join(sorted(TOWN_KEYS))
        )
    made = Course.open(town["scenario"])
    for key, value in town.get("changes", {}).items():
        made = made.setting(key, value)
    for event_id in town.get("remove", ()):
        made = made.without(event_id)
    for event in town.get("events", ()):
        made = made.playing(event)
    for key, value in town.get("settings", {}).items():
        made = made.from_month(int(town["from_month"]), key, value)
    return made


def href(action: Mapping[str, Any], **also: Any) -> str:
    """Return the link of an action, with further keys behind it.

    An action is a town with `month` (Play opens there), and may ask for a prediction (`predict`, a
    chart) or for a fork (`branch`, a month); or two towns `a` and `b` with `month` (Compare).
    """
    from simulation.browser.compare.link import compare_link
    from simulation.browser.session.share import to_query

    month = int(action.get("month", 0))
    if "a" in action:
        link = compare_link(course(action["a"]), course(action["b"]), month)
    else:
        town = {key: value for key, value in action.items() if key in TOWN_KEYS}
        link = f"/play?{to_query(course(town), month)}"
    plain = {key: action[key] for key in PLAIN_KEYS if key in action} | also
    return f"{link}&{urlencode(plain)}" if plain else link
