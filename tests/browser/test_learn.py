"""Learn: stories that lead through Play, words that can be found, exercises that open."""

from __future__ import annotations

from playwright.sync_api import expect

from simulation.browser.words import say
from tests.browser.access import check_axe
from tests.browser.stagehand import Stagehand
from tests.browser.watching import Watch, keep_picture


def test_a_story_begins_on_play_and_goes_on_step_by_step(visit: Watch) -> None:
    page = visit.open("/learn")
    page.get_by_role("link", name=say("learn.story.begin")).first.click()
    expect(page.locator(".k-stage")).to_be_visible()
    guide = page.locator(".k-guide, .k-story-step").first
    expect(guide).to_be_visible()
    first = guide.inner_text()
    keep_picture(page, "learn-story-step")
    check_axe(page)
    page.get_by_role("link", name=say("learn.story.next")).first.click()
    expect(guide).not_to_have_text(first)
    Stagehand(page).passes(0)


def test_the_glossary_finds_words_and_answers_are_closed_until_asked_for(visit: Watch) -> None:
    page = visit.open("/learn")
    terms = page.locator(".k-learn-glossary dt")
    expect(terms.nth(20)).to_be_visible()
    whole = terms.count()
    field = page.get_by_label(say("learn.glossary.filter"), exact=True)
    field.fill("trust")
    page.wait_for_function(
        "(whole) => document.querySelectorAll('.k-learn-glossary dt').length < whole", arg=whole
    )
    assert 0 < terms.count() < whole
    field.fill("qqqq")
    expect(page.locator("main")).to_contain_text(say("learn.glossary.none"))
    field.fill("")
    expect(terms).to_have_count(whole)

    card = page.locator(".k-learn-exercise, .k-exercise").first
    answer = card.locator("details p").first
    expect(answer).to_be_hidden()
    card.locator("summary").click()
    expect(answer).to_be_visible()
    assert "{" not in answer.inner_text()
    check_axe(page)
