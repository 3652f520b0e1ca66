"""A link restores a run exactly, and visitors never see each other."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from simulation.browser.words import say
from tests.browser.room import Room
from tests.browser.watching import Watch


def test_a_link_opened_in_another_browser_is_the_same_run(visit: Watch) -> None:
    room = Room.opened(visit, permissions=["clipboard-read", "clipboard-write"])
    page, stage = room.page, room.stage
    # Another draw of luck, another answer to a big choice, and a card in month 9.
    place = room.opening("play.scenarios")
    luck = re.compile(re.escape(say("play.luck_about", seed="?")).replace(r"\?", r"\d+"))
    told = place.get_by_text(luck)
    before = told.inner_text()
    with stage.renewed():
        place.get_by_role("button", name=say("play.luck")).click()
    expect(told).not_to_have_text(before)
    answer = page.locator("fieldset").first.get_by_role("radio").last
    with stage.renewed():
        answer.check(force=True)
    expect(answer).to_be_checked()
    stage.go(8)
    room.play_card("promise_broken")
    stage.go(20)
    page.wait_for_timeout(500)

    sharing = room.opening("play.tool_share")
    sharing.get_by_role("button", name=say("play.share")).click()
    expect(sharing).to_contain_text(say("play.shared"))
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(visit.server.address)

    other = Room.opened(visit, link, apart=True)
    other.stage.shows(20)
    assert other.stage.events() == stage.events()
    assert other.stage.frames(0, 20) == stage.frames(0, 20)
    assert other.stage.months == stage.months
    for each in (room, other):
        each.stage.element.get_by_role("button", name=say("stage.view.table")).click()
        everybody = each.page.get_by_role("region", name=say("stage.table.people"))
        expect(everybody.get_by_role("row").nth(20)).to_be_visible()
    assert other.stage.table() == stage.table()
    chosen = [each.page.locator("input[type=radio]:checked").count() for each in (room, other)]
    assert chosen[0] == chosen[1] > 0


def test_the_address_follows_what_is_done_and_back_returns(visit: Watch) -> None:
    room = Room.opened(visit)
    room.stage.go(5)
    events = len(room.stage.events())
    room.play_card("promise_broken")
    expect(room.page).to_have_url(re.compile("event="))
    again = Room.opened(visit, room.page.url, apart=True)
    assert len(again.stage.events()) == events + 1


def test_a_link_that_cannot_be_opened_says_so_and_the_page_lives(visit: Watch) -> None:
    room = Room.opened(visit, "/play?v=1&scenario=no-such-town&seed=5")
    alert = room.page.get_by_role("alert").filter(visible=True)
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("no-such-town")
    assert room.stage.step() == 1


def test_two_visitors_at_once_do_not_see_each_other(visit: Watch) -> None:
    one, two = Room.opened(visit), Room.opened(visit, apart=True)
    two.stage.go(12)
    before = two.stage.frames(0, 12)
    one.stage.go(4)
    events = len(one.stage.events())
    one.play_card("promise_broken")
    one.stage.button("play").click()
    two.stage.button("play").click()
    one.stage.passes(12)
    two.stage.passes(14)
    for each in (one, two):
        each.stage.button("pause").click()
    assert len(two.stage.events()) == events
    assert two.stage.frames(0, 12) == before
    assert one.stage.frames(0, 4) == before[:5]
    assert one.stage.frames(5, 12) != before[5:]
    expect(two.button("play.undo")).to_be_disabled()
