"""A whole task with the keyboard alone: open, choose, play a card, step, open a person, undo."""

from __future__ import annotations

from playwright.sync_api import expect

from simulation.browser.play.months import when
from simulation.browser.words import say
from tests.browser.access import press_until
from tests.browser.room import Room
from tests.browser.watching import Watch


def test_a_whole_task_without_a_mouse(visit: Watch) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    keyboard = page.keyboard
    page.evaluate("document.addEventListener('mousedown', () => { throw new Error('a mouse'); })")

    # The first group of answers: one press of Tab leads in, an arrow picks the next answer.
    group = page.locator("fieldset").first
    chosen = group.get_by_role("radio", checked=True)
    press_until(page, chosen)
    keyboard.press("ArrowRight")
    expect(group.get_by_role("radio").nth(1)).to_be_checked()
    expect(room.button("play.undo")).to_be_enabled()

    press_until(page, stage.button("step"))
    for month in (1, 2, 3):
        keyboard.press("Enter")
        stage.shows(month)
    press_until(page, stage.ruler)
    keyboard.press("ArrowRight")
    stage.shows(4)
    events = len(stage.events())

    card = room.button("cards.promise_broken.name")
    press_until(page, card)
    keyboard.press("Enter")
    expect(card).to_have_attribute("aria-expanded", "true")
    press_until(page, room.button("cards.play", when=when(5)))
    keyboard.press("Enter")
    room.waits_for_events(events + 1)

    press_until(page, stage.map, "Shift+Tab")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    person = page.get_by_role("region", name=say("stage.person.name"))
    expect(person).to_be_visible()
    expect(person.get_by_role("heading")).to_be_focused()
    keyboard.press("Escape")
    expect(stage.map).to_be_focused()
    expect(person).to_be_hidden()

    press_until(page, room.button("play.undo"), "Shift+Tab")
    keyboard.press("Enter")
    room.waits_for_events(events)
