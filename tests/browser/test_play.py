"""Play: the run is drawn, plays, pauses, goes on and back, and can be read in other ways."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from simulation.browser.play.months import when
from simulation.browser.words import say
from tests.browser.access import check_axe
from tests.browser.room import Room
from tests.browser.watching import Watch, keep_picture

_MOVING = """() => {
  const milliseconds = (part) => parseFloat(part) * (part.includes("ms") ? 1 : 1000);
  const long = (text) => text.split(",").some((part) => milliseconds(part) > 20);
  const moves = (style) => (style.animationName !== "none" && long(style.animationDuration))
    || (style.transitionProperty !== "none" && long(style.transitionDuration));
  return [...document.querySelectorAll("*")]
    .filter((element) => moves(getComputedStyle(element)))
    .map((element) => element.outerHTML.slice(0, 120));
}"""
_PICTURE = "(canvas) => canvas.toDataURL()"


def test_it_opens_paused_on_a_drawn_town_with_its_story(visit: Watch) -> None:
    room = Room.opened(visit, "/")
    stage = room.stage
    assert stage.month == 0
    expect(stage.button("play")).to_be_visible()
    room.page.wait_for_timeout(400)
    assert stage.month == 0, "nothing plays by itself"
    room.page.wait_for_function(
        "(stage) => stage.kindlingStage.known >= 12", arg=stage.element.element_handle()
    )
    assert stage.month == 0, "a step has its month already"
    assert not stage.lines(), "and nobody is told of it"

    map_colours, *chart_colours = stage.colours()
    assert map_colours > 50, "people, ties and names make many colours"
    assert len(chart_colours) >= 6
    assert min(chart_colours) > 5
    headings = room.page.get_by_role("heading").all_inner_texts()
    for text in ("stage.map.title", "stage.charts.title", "stage.log.name", "cards.title"):
        assert say(text) in headings
    assert room.page.locator("h1 ~ p, h1 + p").first.inner_text().strip()


def test_play_pause_step_back_and_scrub(visit: Watch) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    canvas = stage.map.locator("canvas")
    start = canvas.evaluate(_PICTURE)
    assert stage.step() == 1
    assert stage.step() == 2
    stage.button("back").click()
    stage.shows(1)

    stage.button("play").click()
    stage.passes(4)
    stage.button("pause").click()
    page.wait_for_timeout(300)
    month = stage.month
    page.wait_for_timeout(600)
    assert stage.month == month, "after Pause nothing moves"
    expect(stage.button("play")).to_be_visible()

    stage.go(40)
    late = canvas.evaluate(_PICTURE)
    assert late != start
    expect(stage.ruler).to_have_attribute("aria-valuetext", re.compile(r"^.*40"))
    assert stage.lines(), "by now something has happened"
    stage.go(7)
    assert stage.last() >= 40, "what has been seen stays"
    assert not [line for line in stage.lines() if say("stage.when.month", year=3, month=6) in line]
    stage.go(40)
    assert canvas.evaluate(_PICTURE) == late
    keep_picture(page, "play-month-40")
    stage.button("over").click()
    stage.shows(0)
    assert canvas.evaluate(_PICTURE) == start


def test_playing_ends_at_the_last_month_and_can_begin_again(visit: Watch) -> None:
    room = Room.opened(visit)
    stage = room.stage
    last = stage.months
    stage.go(last)
    again = stage.button("again")
    expect(again).to_be_visible()
    expect(stage.button("step")).to_have_attribute("aria-disabled", "true")
    again.click()
    room.page.wait_for_function(
        "([stage, last]) => Number(stage.dataset.month) < last",
        arg=[stage.element.element_handle(), last],
    )
    stage.button("pause").click()


def test_a_person_tells_about_themselves_and_the_fill_changes_colours(visit: Watch) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    stage.map.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name=say("stage.person.name"))
    expect(panel).to_contain_text(say("stage.person.not_real"))
    expect(panel).to_contain_text(say("session.channel.trust"))
    check_axe(page)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(stage.map).to_be_focused()

    whole = stage.map.locator("canvas").evaluate(_PICTURE)
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(150)
    assert stage.map.locator("canvas").evaluate(_PICTURE) != whole
    stage.element.get_by_role("button", name=say("stage.zoom.whole")).click()
    expect(stage.element.get_by_role("button", name=say("stage.zoom.closer"))).to_be_focused()
    check_axe(page)

    before = stage.map.locator("canvas").evaluate(_PICTURE)
    fill = stage.element.get_by_label(say("stage.map.fill"))
    fill.select_option("burnout")
    expect(stage.element).to_contain_text(say("session.channel.burnout_low"))
    page.wait_for_timeout(150)
    assert stage.map.locator("canvas").evaluate(_PICTURE) != before


def test_the_table_says_what_the_map_shows(visit: Watch) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    stage.go(30)
    stage.element.get_by_role("button", name=say("stage.view.table")).click()
    expect(stage.map).to_be_hidden()
    everybody = page.get_by_role("region", name=say("stage.table.people"))
    expect(everybody.get_by_role("row").nth(20)).to_be_visible()
    head, *rows = stage.table()
    assert say("session.channel.wellbeing") in head
    values = page.get_by_role("region", name=say("stage.table.values"))
    expect(values).to_contain_text(say("session.chart.gap.gap"))
    gap = stage.value("gap", 30)
    expect(values).to_contain_text(f"{gap:.2f}")
    keep_picture(page, "play-table")
    check_axe(page)
    when = say("stage.when.month", year=3, month=7)
    stage.go(31)
    expect(everybody.locator("caption")).to_contain_text(when)
    assert stage.table()[1:] != rows


def test_a_big_choice_is_another_run_and_undo_brings_the_old_one_back(visit: Watch) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    stage.go(40)
    before = stage.frames(0, 40)
    # The preset's own words: the third of five answers is in force.
    strength = page.get_by_role("group", name=re.compile("How strong"))
    expect(strength.get_by_role("radio").nth(2)).to_be_checked()
    strength.get_by_role("button", name=re.compile("How strong")).last.click()
    expect(strength.get_by_role("radio").nth(3)).to_be_checked()
    # The grant begins in month 13: what was before it stays, and the town is back there.
    room.says(say("play.went_back", when=when(12), paused=""))
    stage.shows(12)
    stage.go(40)
    after = stage.frames(0, 40)
    assert after[:13] == before[:13], "the grant has not begun yet"
    assert after[20:] != before[20:]
    with stage.renewed():
        room.button("play.undo").click()
    stage.go(40)
    assert stage.frames(0, 40) == before


def test_whoever_wants_less_movement_gets_none_on_the_page(visit: Watch) -> None:
    room = Room.opened(visit, reduced_motion="reduce")
    page, stage = room.page, room.stage
    moving = page.evaluate(_MOVING)
    assert not moving, moving[:5]
    stage.step()
    page.wait_for_timeout(400)
    assert stage.month == 1
