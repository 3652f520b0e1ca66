"""Address: what the browser's address says on arrival, and how it is renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from simulation.browser.session.share import from_query, to_query
from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.browser.play.desk import Desk

LEFT = "play address"
"""Where a session keeps the address that Play dealt with last."""
KEPT = ("view", "story", "step")
"""Keys that stay in the address when the run changes."""


def arrive(desk: Desk, search: str) -> None:
    """Do what an address asks for: a run, a month, a question, a fork, a step of a story.

    Who comes back from another page, to the address and the run that they left, finds the month
    that they left too; the step of a story always begins where it begins.

    Raises:
        InputError: for a link that cannot be opened; then what was shown stays.
    """
    asked = dict(parse_qsl(search))
    back = search == desk.session.extras.get(LEFT) and "story" not in asked
    dealt_with(desk, search)
    extra = asked
    if "v" in asked or "scenario" in asked:
        shared = from_query(search)
        extra = shared.extra
        if shared.course != desk.course:
            desk.open(shared.course, shared.month)
        elif not back:
            desk.go(shared.month)
    desk.extra.value = {key: extra[key] for key in KEPT if key in extra}
    if "branch" in extra and not back:
        desk.branch(_month(extra["branch"], desk.course.months))
    if "predict" in extra:
        _ask(desk, extra["predict"])
    elif desk.predict.value:
        desk.stop_predicting()


def dealt_with(desk: Desk, search: str) -> None:
    """Note that what an address says is what is shown."""
    desk.address = desk.session.extras[LEFT] = search


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
    """Return the query for what is shown now, with the question and the fork that are open.

    It is the address dealt with last where that says the same, and where a link cannot say it, that
    alone which stands beside the run.
    """
    extra = dict(desk.extra.value)
    if desk.predict.value:
        extra["predict"] = desk.predict.value
    if desk.branched.value is not None:
        extra["branch"] = str(desk.branched.value)
    try:
        query = to_query(desk.course, desk.session.month, extra)
    except InputError:
        query = urlencode(extra)
    same = sorted(parse_qsl(query)) == sorted(parse_qsl(desk.address))
    return desk.address if same else query


def with_extra(desk: Desk, **extra: str) -> str:
    """Return the query for what is shown now with other keys beside it; empty ones left out."""
    wanted = {key: value for key, value in (desk.extra.value | extra).items() if value}
    try:
        return to_query(desk.course, desk.session.month, wanted)
    except InputError:
        return urlencode(wanted)
