"""Works Play as a visitor does: cards, tools, notices."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self

from playwright.sync_api import Locator, Page, expect

from simulation.browser.play.months import when
from simulation.browser.words import say
from tests.browser.stagehand import Stagehand
from tests.browser.watching import Watch

_EVENTS = "document.querySelector('.k-stage').kindlingStage.stores[0].setup.events.length"


class Room:
    """Play in one window, with its stage.

    Attributes:
        page: the window.
        stage: its stage, drawn at least once.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stage = Stagehand(page)
        self.stage.passes(0)

    @classmethod
    def opened(cls, visit: Watch, path: str = "/play", **options: object) -> Self:
        """Open Play in a new window."""
        return cls(visit.open(path, **options))  # type: ignore[arg-type]

    def button(self, key: str, **values: object) -> Locator:
        """A button by the key of its words; a sign may stand before them."""
        name = re.compile(rf"^(\W+ )?{re.escape(say(key, **values))}$")
        return self.page.get_by_role("button", name=name)

    def opening(self, key: str) -> Locator:
        """Open what is folded away under the words of a key; return the page's main part."""
        button = self.button(key)
        if button.get_attribute("aria-expanded") != "true":
            button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
        return self.page.locator("main")

    def open_card(self, name: str) -> Locator:
        """Open an event card; return its button that plays it."""
        button = self.button(f"cards.{name}.name")
        # By the keyboard: words that appear elsewhere may push a card away from under the mouse.
        button.press("Enter")
        expect(button).to_have_attribute("aria-expanded", "true")
        return self.button("cards.play", when=when(self.stage.month + 1))

    def play_card(self, name: str) -> str:
        """Play a card as it stands in the month to come; return the id of its event."""
        before = {event["id"] for event in self.stage.events()}
        month = self.stage.month + 1
        self.open_card(name).click()
        card = say(f"cards.{name}.name")
        self.says(say("cards.played", card=card, when=when(month)))
        self.page.wait_for_function(f"(n) => {_EVENTS} > n", arg=len(before))
        (event,) = {event["id"] for event in self.stage.events()} - before
        return str(event)

    def says(self, text: str, kind: str = "status") -> None:
        """Wait until a notice says something."""
        notice = self.page.get_by_role(kind).filter(has_text=text)  # type: ignore[arg-type]
        expect(notice.first).to_be_visible()

    def undo(self, events: int) -> None:
        """Take the last change back and wait until so many events are left."""
        self.button("play.undo").click()
        self.waits_for_events(events)
        self.says(say("play.undone", paused=""))

    def redo(self, events: int) -> None:
        """Do again what was taken back, and wait until there are so many events."""
        self.button("play.redo").click()
        self.waits_for_events(events)
        self.says(say("play.redone", paused=""))

    def waits_for_events(self, count: int) -> None:
        """Wait until the run has so many events."""
        self.page.wait_for_function(f"(n) => {_EVENTS} === n", arg=count)

    def keeps(self, key: str, folder: Path) -> Path:
        """Press a button that gives a file to keep; return where it is."""
        with self.page.expect_download() as given:
            self.button(key).click()
        file = folder / given.value.suggested_filename
        given.value.save_as(file)
        return file
