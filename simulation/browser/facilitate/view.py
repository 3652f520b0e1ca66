"""The view for a room: big type, one chart beside the map, prompts, notes, a picture that holds."""

from __future__ import annotations

import solara

from simulation.browser import parts
from simulation.browser.play import address
from simulation.browser.play.cards_view import Cards
from simulation.browser.play.choices import Choices
from simulation.browser.play.desk import Desk
from simulation.browser.play.guide import Guide
from simulation.browser.play.notices import Notices
from simulation.browser.play.opening import Opening
from simulation.browser.play.tools import Tools
from simulation.browser.stage.widget import StageView
from simulation.browser.words import say


@solara.component
def Facilitate(desk: Desk) -> None:
    """Show the town for a room."""
    from simulation.browser.play.page import stage_options

    _ = desk.version.value
    options = stage_options(desk, projector=True, single=True, compact=True)
    with parts.Html("div", classes=("k-facilitate",)):
        with parts.Html("div", classes=("k-facilitate-head",)):
            parts.Heading(1, desk.course.specification().title)
            Freeze(desk)
            back = address.with_extra(desk, view="")
            parts.Link(say("facilitate.back"), f"/play?{back}")
        Frozen(desk)
        Guide(desk)
        Notices(desk)
        Tools(desk, ("predict",))
        StageView([desk.session.line], options, desk.on_event, desk.remote)
        Prompts(desk)
        Notes(desk)
        with parts.Html("div", classes=("k-columns",)):
            Opening(say("facilitate.choices"), lambda: Choices(desk))
            Opening(say("cards.title"), lambda: Cards(desk))


@solara.component
def Freeze(desk: Desk) -> None:
    """Show the button that holds the picture while things are changed."""
    frozen = desk.frozen.value

    def turn() -> None:
        desk.frozen.value = not frozen

    parts.Button(say("facilitate.freeze"), turn, pressed=frozen)


@solara.component
def Frozen(desk: Desk) -> None:
    """Say that the picture is held."""
    if desk.frozen.value:
        parts.Notice(say("facilitate.frozen"))


@solara.component
def Prompts(desk: Desk) -> None:
    """Show the scenario's questions for the room, one card at a time."""
    _ = desk.version.value
    prompts = desk.course.specification().prompts
    place, set_place = solara.use_state(0)
    if not prompts:
        return
    place = min(place, len(prompts) - 1)
    with parts.Section(say("facilitate.prompts")):
        with parts.Html("div", classes=("k-card", "k-prompt-card")):
            parts.Text(prompts[place], classes=("k-prompt",))
        if len(prompts) > 1:
            with parts.Html("div", classes=("k-row",)):
                last = len(prompts) - 1
                parts.Button(
                    say("facilitate.before"), lambda: set_place(place - 1), disabled=place == 0
                )
                parts.Text(say("facilitate.count", n=place + 1, total=len(prompts)))
                parts.Button(
                    say("facilitate.next"), lambda: set_place(place + 1), disabled=place == last
                )


@solara.component
def Notes(desk: Desk) -> None:
    """Keep what the facilitator writes down; it goes into the minutes."""
    notes, set_notes = solara.use_state(desk.session.notes)

    def keep(text: str) -> None:
        desk.session.notes = text
        set_notes(text)

    parts.TextField(
        say("facilitate.notes"),
        notes,
        keep,
        about=say("facilitate.notes_about"),
        lines=4,
        live=True,
    )
