"""Why: what the ledger says of a value in the year before a month, for the window on Play."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from simulation.browser.words import say
from simulation.ledger import INDICATORS
from simulation.recorder import ALL

if TYPE_CHECKING:
    from simulation.browser.session.line import Line

YEAR = 12
INSTEAD = {
    "gap_place": "gap",
    "sustained": "gap",
    "gain": "gap",
    "missing": "stewards",
    "mentored_skill": "skill",
    "lived_seats": "resident_seats",
    "trapped": "idle_assets",
    "held": "resources",
    "shared": "pooled",
    "worst_off": "wellbeing",
}
"""For values that the ledger does not follow: the indicator that comes closest."""


class Why(NamedTuple):
    """An answer: its title, its sentences, and where the whole story is told."""

    title: str
    sentences: tuple[str, ...]
    href: str


def why(line: Line, value: str, month: int) -> Why:
    """Return why a value stands where it does: its change over the last year, in its parts.

    Raises:
        InputError: where too few real people are concerned to tell it.
    """
    from simulation.browser.story.sentences import Asked, Change, name_of, sentences
    from simulation.browser.story.tale import allowed, left_out

    key = value.partition(":")[0]
    indicator = INSTEAD.get(key, key if key in INDICATORS else INDICATORS[0])
    first = max(0, month - YEAR)
    line.upto(month)
    title = say("play.why_title", name=name_of(indicator))
    if indicator not in allowed(left_out(line)):
        return Why(title, (say("story.hidden"),), "")
    asked = Asked(indicator, ALL, first, month)
    change = Change.of(line.ledger, asked)
    query = urlencode({"of": indicator, "group": ALL, "from": first, "to": month})
    return Why(title, tuple(sentences(change, line.ledger.groups)), f"/story?{query}")
