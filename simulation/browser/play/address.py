"""Address: what the browser's address says on arrival, and how it is renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from simulation.browser.session.share import from_query, to_query
from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.browser.play.desk import Desk

KEPT = ("view", "story", "step")
"""Keys that stay in the address when the run changes."""


def arrive(desk: Desk, search: str) -> None:
    """Do what an address asks for: a run, a month, a question, a fork, a step of a story.

    Raises:
        InputError: for a link that cannot be opened; then what was shown stays.
    """
    desk.address = search
    asked = dict(parse_qsl(search))
    extra = asked
    if "v" in asked or "scenario" in asked:
        shared = from_query(search)
        extra = shared.extra
        if shared.course != desk.course:
            desk.open(shared.course, shared.month)
        elif "month" in asked:
            desk.go(shared.month)
    desk.extra.value = {key: extra[key] for key in KEPT if key in extra}
    if "branch" in extra:
        desk.branch(_month(extra["branch"], desk.course.months))
    if "predict" in extra:
        _ask(desk, extra["predict"])


def _ask(desk: Desk, chart: str) -> None:
    charts = [entry["key"] for entry in desk.session.line.setup()["charts"]]
    if chart not in charts:
        raise InputError(
            "there is no such chart", key="predict", found=chart, allowed=", ".join(charts)
        )
    desk.start_predicting(chart)


def _month(text: str, last: int) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= last):
        raise InputError("no month of this run", key="branch", found=text, allowed=f"0 to {last}")
    return int(text)


def renewed(desk: Desk) -> str:
    """Return the query for what is shown now; the old one where a link cannot say it."""
    try:
        return to_query(desk.course, desk.session.month, desk.extra.value)
    except InputError:
        return urlencode(desk.extra.value)


def with_extra(desk: Desk, **extra: str) -> str:
    """Return the query for what is shown now with other keys beside it; empty ones left out."""
    wanted = {key: value for key, value in (desk.extra.value | extra).items() if value}
    try:
        return to_query(desk.course, desk.session.month, wanted)
    except InputError:
        return urlencode(wanted)
