"""Takes the pictures of the pages that stand in the README and the docs.

`python -m tests.browser.screenshots` (or `make screenshots`) writes `docs/images/page-*.png`,
always of the same town, the same luck and the same month.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from simulation.browser.compare.link import compare_link
from simulation.browser.session.course import Course
from simulation.browser.session.share import to_query
from simulation.browser.words import say
from tests.browser import chromium
from tests.browser.serving import ROOT, Server
from tests.browser.stagehand import Stagehand
from tests.browser.watching import PATIENCE, Watch

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1440, 900
MOST_BYTES = 250_000
TOWN, MONTH, LATER = "demo", 45, 96
SWEEP = ("first-sweep", "--replicates", "3", "--months", "84")


def settled(page: Page, month: int) -> None:
    """Wait until the stage has drawn a month and nothing moves any more."""
    Stagehand(page).shows(month)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1200)


def keep(page: Page, name: str) -> None:
    """Write what the window shows as a picture of few colours."""
    file = IMAGES / f"page-{name}.png"
    page.mouse.move(0, 0)
    page.screenshot(path=file, animations="disabled")
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    picture.save(file, optimize=True)
    for colours in (256, 128, 64):
        if file.stat().st_size <= MOST_BYTES:
            break
        fewer = picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        fewer.save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:.0f} kB")


def top_at(page: Page, text: str) -> None:
    """Move the page so that a heading stands at the top of the window."""
    heading = page.get_by_role("heading", name=text, exact=True).first
    heading.evaluate("(element) => scrollTo(0, element.getBoundingClientRect().top + scrollY - 16)")


def play(watch: Watch) -> None:
    """Play, in the second year of the grant, after the leader has left."""
    query = to_query(Course.open(TOWN), MONTH)
    page = watch.open(f"/play?{query}", width=WIDTH, height=HEIGHT)
    settled(page, MONTH)
    keep(page, "play")
    page.get_by_role("link", name=say("site.story"), exact=True).click()
    expect(page.get_by_role("table").first).to_be_visible()
    page.wait_for_timeout(600)
    keep(page, "story")


def compare(watch: Watch) -> None:
    """Compare: the town, and the same town in which the leader stays."""
    course = Course.open(TOWN)
    address = compare_link(course, course.without("leader"), LATER)
    page = watch.open(address, width=WIDTH, height=HEIGHT)
    settled(page, LATER)
    top_at(page, say("compare.stage"))
    page.wait_for_timeout(300)
    keep(page, "compare")


def explore(watch: Watch) -> None:
    """Explore: a small sweep as a map."""
    page = watch.open("/explore", width=WIDTH, height=HEIGHT)
    expect(page.locator(".x-heat .x-cell").first).to_be_visible()
    page.wait_for_timeout(600)
    top_at(page, say("explore.map"))
    keep(page, "explore")


def sweep(folder: Path) -> Path:
    """Run the small sweep that Explore shows; return its store."""
    store = folder / "store"
    command = [sys.executable, "-m", "simulation.cli", "sweep", *SWEEP, "--out", str(store)]
    subprocess.run([*command, "--quiet"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return store


def main() -> None:
    """Take all pictures."""
    expect.set_options(timeout=PATIENCE)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        store = sweep(folder)
        browser = playwright.chromium.launch(executable_path=chromium.get(), args=[*chromium.FLAGS])
        with Server(folder / "server.log", "--store", str(store)) as server:
            watch = Watch(browser, server)
            for take in (play, compare, explore):
                take(watch)
                watch.close()
            watch.check()
        browser.close()


if __name__ == "__main__":
    main()
