"""Play: cards change what comes and nothing that was; undo is exact; questions are answered."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from simulation.browser.words import say
from tests.browser.access import check_axe, check_narrow
from tests.browser.room import Room
from tests.browser.watching import Watch, keep_picture

CARD = "promise_broken"


def test_a_card_changes_the_months_after_it_and_undo_is_exact(visit: Watch) -> None:
    room = Room.opened(visit)
    stage = room.stage
    stage.go(16)
    events = len(stage.events())
    before = stage.frames(0, 16)
    stage.go(10)
    played = room.open_card(CARD)
    check_axe(room.page)
    keep_picture(room.page, "play-card-open")
    played.click()
    room.waits_for_events(events + 1)
    (event,) = [event for event in stage.events() if event["own"]]
    assert event["month"] == 11
    assert stage.month == 10, "the month on show stays"

    stage.go(16)
    after = stage.frames(0, 16)
    assert after[:11] == before[:11], "what was seen stays, byte for byte"
    assert after[11:] != before[11:]
    assert all(one != two for one, two in zip(after[11:], before[11:], strict=True))
    title = say(f"cards.{CARD}.title")
    assert any(title in line for line in stage.lines())

    room.undo(events)
    stage.go(16)
    assert stage.frames(0, 16) == before
    assert not any(title in line for line in stage.lines())
    room.redo(events + 1)
    stage.go(16)
    assert stage.frames(0, 16) == after


def test_the_log_undoes_one_event_and_says_what_it_changed(visit: Watch) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    stage.go(3)
    events = len(stage.events())
    room.play_card(CARD)
    stage.go(6)
    line = stage.log.get_by_role("listitem").filter(has_text=say(f"cards.{CARD}.title")).first
    line.get_by_role("button", name=re.compile(re.escape(say("stage.log.without")))).click()
    window = page.get_by_role("dialog", name=re.compile(say(f"cards.{CARD}.title")))
    expect(window).to_be_visible()
    expect(window.get_by_role("button", name=say("play.without_compare"))).to_be_visible()
    table = window.get_by_role("table")
    expect(table.get_by_role("row").nth(4)).to_be_visible()
    numbers = re.findall(r"[−+]\d\.\d+", table.inner_text())
    assert any(set(number) & set("123456789") for number in numbers), "it changed nothing"
    keep_picture(page, "play-without")
    check_axe(page)
    page.keyboard.press("Escape")
    expect(window).to_have_count(0)

    line.get_by_role("button", name=re.compile(f"^{re.escape(say('stage.log.undo'))}")).click()
    room.waits_for_events(events)
    assert not any(event["own"] for event in stage.events())


def test_why_walks_one_step_back(visit: Watch) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    stage.go(48)
    why = stage.log.get_by_role("button", name=re.compile(re.escape(say("stage.log.ask_why"))))
    why.first.click()
    answer = page.get_by_role("dialog")
    expect(answer).to_be_visible()
    expect(answer).to_contain_text(re.compile("in this model", re.IGNORECASE))
    check_axe(page)


_ALL_IN_VIEW = """(height) => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const [map, bar] = [box(".k-map-frame"), box(".k-transport")];
  const chart = box(".k-chart:not([hidden]) .k-chart-plot");
  const free = Math.max(map.bottom, chart.bottom) <= bar.top && bar.bottom <= height;
  return scrollY === 0 && free && Math.min(map.height, chart.height) > 0.44 * height;
}"""
"""Whether map, chart and bar of the facilitator's view are in the window, apart, and large."""


def test_predict_then_reveal(visit: Watch) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    stage.go(40)
    assert len(stage.lines()) > 1
    stage.go(12)
    tool = room.opening("play.tool_predict")
    tool.get_by_label(say("play.predict_chart")).select_option(label=say("session.chart.gap.title"))
    tool.get_by_role("button", name=say("play.predict"), exact=True).click()
    pen = page.get_by_label(re.compile("^" + re.escape(say("stage.predict.name").split("{")[0])))
    expect(pen).to_be_visible()
    play = stage.button("play")
    expect(play).to_have_attribute("aria-disabled", "true")
    why = say("stage.transport.asking", title=say("session.chart.gap.title"))
    expect(play).to_have_accessible_description(why)
    expect(stage.element.get_by_text(why)).to_be_visible()
    check_axe(page)
    keep_picture(page, "play-predict")
    for month in ("60", "40"):
        stage.ruler.fill(month)
        page.wait_for_timeout(300)
        assert stage.month == 12, "the future stays hidden until a line is drawn"
    for kind in ("", "badge", "change"):
        stage.log.get_by_role("combobox").select_option(kind)
        page.wait_for_timeout(100)
        told = [
            line
            for line in stage.lines()
            if say("stage.when.month", year=1, month="")[:6] not in line
        ]
        assert not told, "nor does the log tell of it"
    stage.log.get_by_role("combobox").select_option("")
    stage.ruler.fill("3")
    stage.shows(3)
    stage.go(12)
    pen.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    page.get_by_role("button", name=say("stage.predict.keep")).click()
    expect(tool).to_contain_text(say("play.predict_drawn"))
    tool.get_by_role("button", name=say("play.reveal")).click()
    room.says(say("session.chart.gap.gap"))
    page.wait_for_timeout(300)
    assert stage.month > 12


def test_a_room_is_shown_one_chart_in_big_type_and_can_be_frozen(visit: Watch) -> None:
    room = Room.opened(visit, "/play?view=facilitator")
    page, stage = room.page, room.stage
    assert len(stage.colours()) == 2, "the map and one chart"
    size = stage.element.evaluate("(stage) => parseFloat(getComputedStyle(stage).fontSize)")
    assert size >= 18
    for width, height in ((1280, 720), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(_ALL_IN_VIEW, arg=height)
    stage.step()
    first = stage.element.get_by_role("combobox", name=say("stage.charts.choose"))
    shown = first.input_value()
    stage.element.get_by_role("button", name=say("stage.charts.after")).click()
    assert first.input_value() != shown

    prompt = page.locator(".k-prompt").inner_text()
    room.button("facilitate.next").click()
    expect(page.locator(".k-prompt")).not_to_have_text(prompt)
    notes = page.get_by_label(say("facilitate.notes"), exact=True)
    notes.fill("The bench was full.")

    hold = room.button("facilitate.freeze")
    hold.click()
    expect(hold).to_have_attribute("aria-pressed", "true")
    expect(stage.ruler).to_be_disabled()
    expect(stage.button("play")).to_have_attribute("aria-disabled", "true")
    keep_picture(page, "facilitator-frozen")
    check_axe(page)
    hold.click()
    expect(stage.ruler).to_be_enabled()
    check_narrow(page)
    page.get_by_role("link", name=say("facilitate.back")).click()
    expect(page.get_by_role("link", name=say("play.to_facilitator"))).to_be_visible()
