"""Explore: a folder of runs as a map, a ranking and dots; a dot opens that very run on Play."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from simulation.browser.parts.twice import TWICE
from simulation.browser.words import say
from tests.browser.access import check_axe, check_narrow
from tests.browser.room import Room
from tests.browser.serving import ROOT
from tests.browser.watching import Watch, keep_picture

DESIGN = """
schema = 1
title = "Two settings, three draws"
question = "Does a longer grant matter?"
scenario = "demo"
method = "factorial"
replicates = 3
seed = 1
months = 66

[settings]
"groups.*.size" = 60

[[factors]]
name = "length"
key = "events.grant.duration"
values = [12, 36]
label = "length of the grant (months)"

[[factors]]
name = "residents"
key = "leadership.resident_share"
values = [0.0, 0.9]
label = "share of seats for residents"
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a dozen small runs."""
    folder = tmp_path_factory.mktemp("explore")
    design = folder / "design.toml"
    design.write_text(DESIGN, encoding="utf-8")
    command = ["sweep", str(design), "--out", str(folder / "store"), "--quiet", "--processes", "1"]
    subprocess.run(
        [sys.executable, "-m", "simulation.cli", *command],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return folder / "store"


def test_a_store_is_drawn_and_a_run_of_it_opens_on_play(visit: Watch, runs: Path) -> None:
    page = visit.open("/explore")
    place = page.get_by_label(say("explore.open_label"), exact=True)
    place.fill(str(runs.parent / "nothing-here"))
    page.get_by_role("button", name=say("explore.open_button"), exact=True).click()
    expect(page.get_by_role("alert").filter(visible=True)).to_have_count(1)

    place.fill(str(runs))
    page.get_by_role("button", name=say("explore.open_button"), exact=True).click()
    expect(page.get_by_role("heading", name="Two settings, three draws")).to_be_visible()
    expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0)
    cells = page.locator(".x-heat .x-cell")
    expect(cells).to_have_count(4)
    assert (
        len(set(cells.evaluate_all("all => all.map((c) => getComputedStyle(c).backgroundColor)")))
        > 1
    )
    dots = page.locator(".x-dots .x-dot")
    expect(dots.first).to_be_visible()
    all_dots = dots.count()
    assert all_dots >= 6
    keep_picture(page, "explore-store")
    check_axe(page)

    # One tab stop each, and the arrows move.
    cells.nth(1).focus()
    page.keyboard.press("ArrowLeft")
    expect(cells.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(dots).to_have_count(3)
    check_axe(page)
    page.get_by_role("button", name=say("explore.all_again")).click()
    expect(dots).to_have_count(all_dots)

    dots.first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/play"))
    room = Room(page)
    assert room.stage.months == 66
    room.stage.go(66)
    assert min(room.stage.colours()) > 5


def test_a_small_sweep_is_timed_started_and_stopped(visit: Watch) -> None:
    page = visit.open("/explore")
    check_narrow(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name=say("explore.check"), exact=True).click()
    start = page.get_by_role("button", name=say("explore.start"), exact=True)
    expect(start).to_be_visible()
    start.click()
    progress = page.get_by_role("progressbar")
    expect(progress).to_be_visible()
    page.wait_for_timeout(1000 * (TWICE + 0.2))  # a click at once would be part of a double click
    page.get_by_role("button", name=say("explore.stop"), exact=True).click()
    expect(progress).to_have_count(0)
    expect(page.locator("main")).to_contain_text(
        re.compile(
            "|".join(
                re.escape(say(f"explore.{key}").split("{")[0])
                for key in ("stopped", "stopped_none")
            )
        )
    )
    check_axe(page)
