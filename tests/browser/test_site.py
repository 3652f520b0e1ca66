"""Every page: it is there, in a language, within the window, and open to everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from simulation.browser.words import known, say
from tests.browser.access import check_axe, check_narrow, check_targets, press_until
from tests.browser.watching import Watch, keep_picture

PAGES = ("play", "compare", "story", "explore", "learn", "about")
EVERY = (*PAGES, "kit")
DRAWN = {"play": 1, "compare": 2}
"""Maps that stand on a page as it opens."""


def settle(page: Page, name: str) -> None:
    """Wait until what a page opens with is drawn."""
    if name in DRAWN:
        for stage in page.locator(".k-stage").all():
            expect(stage).not_to_have_attribute("data-month", "-1")
    page.wait_for_timeout(200)


@pytest.mark.parametrize("name", EVERY)
def test_a_page_is_whole_and_open_to_everybody(visit: Watch, name: str) -> None:
    page = visit.open(f"/{name}")
    if name in DRAWN:
        page.locator(".k-stage canvas:visible").nth(DRAWN[name] - 1).wait_for()
    settle(page, name)

    expect(page).to_have_title(say("site.title", page=say(f"site.{name}")))
    assert page.locator("html").get_attribute("lang") == "en"
    zoom = page.locator('meta[name="viewport"]').get_attribute("content") or ""
    assert "user-scalable=no" not in zoom
    assert "maximum-scale" not in zoom
    expect(page.locator("main")).to_have_count(1)
    expect(page.locator("h1")).to_have_count(1)
    heading = page.locator("h1").inner_text()
    assert heading.strip()
    assert heading != say("site.broken")
    expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0)
    # A key of the catalogue on the page is a text that nobody wrote.
    words = {word.strip(".,:;") for word in page.locator("body").inner_text().split()}
    assert not [w for w in words if "." in w and (known(w) or known(f"stage.{w}"))]

    keep_picture(page, f"page-{name}")
    check_axe(page)
    check_targets(page)
    check_narrow(page, 320)
    if name in DRAWN:
        check_axe(page)


def test_the_navigation_leads_to_every_page_and_says_where_one_is(visit: Watch) -> None:
    page = visit.open("/about")
    bar = page.get_by_role("navigation", name=say("site.nav"))
    for name in PAGES:
        bar.get_by_role("link", name=say(f"site.{name}"), exact=True).click()
        expect(page).to_have_title(say("site.title", page=say(f"site.{name}")))
        expect(bar.locator("[aria-current=page]")).to_have_text(say(f"site.{name}"))
    page.go_back()
    expect(page).to_have_title(say("site.title", page=say(f"site.{PAGES[-2]}")))


def test_the_first_press_of_tab_offers_to_skip_to_the_page(visit: Watch) -> None:
    page = visit.open("/about")
    skip = page.get_by_role("link", name=say("site.skip"))
    assert press_until(page, skip) == 1
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_an_unknown_page_says_so_and_leads_to_the_others(visit: Watch) -> None:
    with visit.expecting("404"):
        page = visit.open("/nowhere", apart=True)
        expect(page.get_by_text(say("site.lost"))).to_be_visible()
        check_axe(page)
        page.get_by_role("link", name=say("site.about"), exact=True).click()
        expect(page).to_have_title(say("site.title", page=say("site.about")))
