"""Story: what moved what, with parts that add up."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from simulation.browser.words import say
from tests.browser.access import check_axe, check_narrow
from tests.browser.room import Room
from tests.browser.watching import Watch, keep_picture


def _number(text: str) -> float:
    found = re.search(r"[-+−]?\d*\.?\d+", text.replace("−", "-"))
    assert found is not None, text
    return float(found[0])


def test_parts_add_up_and_why_leads_one_step_back(visit: Watch) -> None:
    room = Room.opened(visit)
    page = room.page
    room.stage.go(40)
    page.wait_for_timeout(400)
    page.get_by_role("link", name=say("site.story"), exact=True).click()
    expect(page.locator("h1")).to_have_text(say("story.title"))
    expect(page.locator("main")).to_contain_text("40")
    page.get_by_label(say("story.indicator"), exact=True).select_option(
        label=say("story.of.stewards.name")
    )
    told = say("story.of.stewards.told", group="")[:17]
    expect(page.locator(".k-told")).to_contain_text(told)
    table = page.get_by_role("table").filter(has_text=say("story.table.sum")).first
    expect(table).to_contain_text(told)
    rows = [row.get_by_role("cell").all_inner_texts() for row in table.get_by_role("row").all()[1:]]
    amounts = [_number(cells[0]) for cells in rows]
    assert len(amounts) >= 2
    digits = 0.006 * len(amounts)
    assert abs(sum(amounts[:-1]) - amounts[-1]) <= digits
    assert page.locator("main").get_by_text(re.compile("in this model", re.I)).count() >= 1
    keep_picture(page, "story-month-40")
    check_axe(page)

    table.get_by_role("button").first.click()
    why = page.locator(".k-card").filter(has=page.get_by_role("button")).first
    expect(why).to_be_visible()
    why.get_by_role("button").first.click()
    way = page.get_by_role("navigation", name=say("story.path"))
    expect(way.get_by_role("button")).to_have_count(1)
    check_axe(page)
    way.get_by_role("button").click()
    expect(way).to_have_count(0)
    check_narrow(page)


def test_before_anything_has_happened_it_says_so(visit: Watch) -> None:
    page = visit.open("/story")
    expect(page.get_by_role("status").filter(has_text=say("story.nothing"))).to_be_visible()
    page.get_by_role("button", name=say("story.to_end")).click()
    expect(page.get_by_role("heading", name=say("story.look"))).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()
