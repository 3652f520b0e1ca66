"""Play: one town, month by month, changed live."""

from __future__ import annotations

from typing import Any

import solara

from simulation.browser import parts
from simulation.browser.app_state import visitor
from simulation.browser.facilitate.view import Facilitate
from simulation.browser.play import address
from simulation.browser.play.cards_view import Cards
from simulation.browser.play.choices import Choices
from simulation.browser.play.desk import Desk
from simulation.browser.play.guide import Guide
from simulation.browser.play.notices import Notices
from simulation.browser.play.opening import Opening
from simulation.browser.play.picker import Picker
from simulation.browser.play.settings_panel import Settings
from simulation.browser.play.tools import Tools
from simulation.browser.play.upload_view import Upload
from simulation.browser.stage.widget import StageView
from simulation.browser.words import say

ACTIONS = ("undo", "without", "branch", "why")


@solara.component
def Page() -> None:
    """Show Play, or with `view=facilitator` the same town for a room."""
    session = visitor()
    router = solara.use_router()
    search = router.search or ""

    def begin() -> Desk:
        made = Desk(session)
        with made.careful():
            address.arrive(made, search)
        return made

    desk: Desk = solara.use_memo(begin, [])
    done = desk.done.value

    def arrive() -> None:
        if search != desk.address:
            with desk.careful():
                address.arrive(desk, search)

    def renew() -> None:
        if done:
            query = address.renewed(desk)
            if query != desk.address:
                address.dealt_with(desk, query)
                router.push(f"/{router.path.strip('/')}?{query}")

    solara.use_effect(desk.follow, [])
    solara.use_effect(arrive, [search])
    solara.use_effect(renew, [done])
    if desk.extra.value.get("view") == "facilitator":
        Facilitate(desk)
    else:
        Room(desk)


@solara.component
def Room(desk: Desk) -> None:
    """Show the title, the stage, and beside it what can be changed."""
    _ = desk.version.value
    with parts.Html("div", classes=("k-room",)):
        Notices(desk)
        _around(desk)


def _around(desk: Desk) -> None:
    """Show everything but the notices, which stay in sight above it."""
    with parts.Html("div", classes=("k-play",)):
        with parts.Html("div", classes=("k-play-head",)):
            Head(desk)
            Guide(desk)
        with parts.Html("div", classes=("k-play-stage",)):
            Tools(desk, more=lambda: ToRoom(desk))
            StageView([desk.session.line], stage_options(desk), desk.on_event, desk.remote)
        with parts.Html(
            "div",
            classes=("k-play-side",),
            attributes={"role": "region", "aria-label": say("play.side")},
        ):
            parts.Heading(2, say("play.choices"))
            Choices(desk)
            parts.Heading(2, say("cards.title"))
            Cards(desk)
            parts.Heading(2, say("play.more"))
            Opening(say("play.settings"), lambda: Settings(desk))
            Opening(say("play.scenarios"), lambda: Picker(desk))
            Opening(say("play.own"), lambda: Upload(desk))


@solara.component
def Head(desk: Desk) -> None:
    """Show the title and one sentence of story."""
    _ = desk.version.value
    specification = desk.course.specification()
    parts.Heading(1, specification.title)
    parts.Text(first_sentence(specification.question or specification.about))


@solara.component
def ToRoom(desk: Desk) -> None:
    """Show the link to the view for a room."""
    _ = (desk.version.value, desk.month.value)
    query = address.with_extra(desk, view="facilitator")
    parts.Link(say("play.to_facilitator"), f"/play?{query}", classes=("k-to-view",))


def first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    text = " ".join(text.split())
    end = min((place for sign in ".?!" if (place := text.find(f"{sign} ")) > 0), default=len(text))
    return text[: end + 1]


def stage_options(desk: Desk, **more: Any) -> dict[str, Any]:
    """Return how the stage is shown; `turn` makes it look again when the run has changed."""
    return {
        "actions": list(ACTIONS),
        "predict": desk.predict.value or None,
        "frozen": desk.frozen.value,
        "month": desk.session.month,
        "turn": desk.version.value,
        **more,
    }
