"""Compare: two towns on the same luck, where their paths split, and a hundred pairs."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from simulation.browser.play.months import when
from simulation.browser.words import say
from tests.browser.access import check_axe, check_narrow
from tests.browser.room import Room
from tests.browser.stagehand import Stagehand
from tests.browser.watching import Watch, keep_picture


def button(page: Page, key: str, **values: object) -> Locator:
    name = re.compile(rf"^(\W+ )?{re.escape(say(key, **values))}$")
    return page.get_by_role("button", name=name)


def test_a_branch_splits_where_it_was_made_and_a_pair_can_be_counted(visit: Watch) -> None:
    room = Room.opened(visit)
    page = room.page
    room.stage.go(14)
    past = room.stage.frames(0, 14)
    room.button("play.branch", when=when(14)).click()
    page.get_by_role("link", name=say("play.to_compare")).click()
    expect(page.locator("h1")).to_have_text(say("compare.title"))

    stage = Stagehand(page)
    stage.passes(0)
    assert len(stage.element.get_by_role("application").all()) == 2
    stage.go(14)
    assert stage.frames(0, 14, run=0) == past
    assert stage.frames(0, 14, run=1) == past
    expect(page.locator("main")).to_contain_text(say("compare.none"))

    # A card in B alone, after the month of the branch.
    button(page, "compare.cards").click()
    button(page, "cards.promise_broken.name").click()
    play = page.get_by_role("button", name=re.compile(re.escape(say("cards.play", when="")[:-1])))
    play.first.click()
    page.wait_for_function(
        """() => { const [a, b] = document.querySelector(".k-stage").kindlingStage.stores;
          return b.setup.events.length === a.setup.events.length + 1; }"""
    )
    stage.go(30)
    a, b = stage.frames(0, 30, run=0), stage.frames(0, 30, run=1)
    month = next(event["month"] for event in stage.events(run=1) if event["own"])
    same = [one == two for one, two in zip(a, b, strict=True)]
    assert same == [True] * month + [False] * (31 - month)
    split = stage.element.locator(".k-flag-split")
    expect(split).to_contain_text(say("stage.pair.split"))
    expect(page.locator("main")).not_to_contain_text(say("compare.none"))
    colours = stage.colours()
    assert min(colours[:2]) > 50
    keep_picture(page, "compare-split")
    check_axe(page)

    # A hundred pairs: stopped, and what is there is shown.
    button(page, "compare.towns.start").click()
    progress = page.get_by_role("progressbar")
    expect(progress).to_be_visible()
    expect(page.locator(".k-came")).to_be_visible()
    button(page, "compare.towns.cancel").click()
    expect(page.locator("main")).to_contain_text(say("compare.towns.honest"))
    expect(button(page, "compare.towns.go_on")).to_be_visible()
    counts = page.get_by_role("table").filter(has_text=say("compare.verdict.a_better"))
    expect(counts.first).to_be_visible()
    keep_picture(page, "compare-pairs")
    check_axe(page)
    check_narrow(page)


def test_swap_and_undo_in_b(visit: Watch) -> None:
    page = visit.open("/compare")
    stage = Stagehand(page)
    stage.passes(0)
    button(page, "compare.questions").click()
    with stage.renewed(run=1):
        page.locator("fieldset").nth(1).get_by_role("radio").last.check(force=True)
    expect(page.locator("main")).not_to_contain_text(say("compare.none"))
    events = [stage.events(run=run) for run in (0, 1)]
    stage.go(24)
    frames = [stage.frames(0, 24, run=run) for run in (0, 1)]
    with stage.renewed():
        button(page, "compare.swap").click()
    stage.go(24)
    assert [stage.frames(0, 24, run=run) for run in (1, 0)] == frames
    assert [[e["id"] for e in stage.events(run=run)] for run in (1, 0)] == [
        [e["id"] for e in each] for each in events
    ]
    button(page, "compare.copy").click()
    expect(page.locator("main")).to_contain_text(say("compare.none"))
