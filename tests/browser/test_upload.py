"""Your own community: what cannot be read is one clear notice, and the page lives on."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from simulation.browser.words import say
from tests.browser.access import check_axe
from tests.browser.room import Room
from tests.browser.watching import Watch, keep_picture

BAD_TOML = (
    'schema = 1\nextends = "demo"\ntitle = "Broken"\n[parameters.activation]\nreinforcment = 2\n'
)
GOOD_TOML = 'schema = 1\nextends = "baseline"\ntitle = "Harbour"\n'
BAD_CSV = "id,group\nanna,north\nanna,south\n"


def test_bad_files_are_one_notice_each_and_good_ones_open(visit: Watch, tmp_path: Path) -> None:
    room = Room.opened(visit)
    page, stage = room.page, room.stage
    before = page.locator("h1").inner_text()
    room.opening("play.own")
    scenario = page.get_by_label(say("play.own_scenario"), exact=True)
    alerts = page.locator("main").get_by_role("alert").filter(visible=True)

    bad = tmp_path / "broken.toml"
    bad.write_text(BAD_TOML, encoding="utf-8")
    scenario.set_input_files(bad)
    expect(alerts).to_have_count(1)
    expect(scenario).to_have_attribute("aria-invalid", "true")
    assert alerts.get_attribute("id") in scenario.get_attribute("aria-describedby")
    expect(alerts).to_be_in_viewport()
    expect(alerts).to_contain_text("reinforcment")
    expect(alerts).to_contain_text("reinforcement")
    text = alerts.inner_text()
    assert "Traceback" not in text
    assert "\n" not in text.strip()
    assert str(tmp_path) not in text
    check_axe(page)
    keep_picture(page, "play-upload-refused")
    assert page.locator("h1").inner_text() == before
    assert stage.step() == 1, "the page lives on"

    page.get_by_text(say("play.own_tables"), exact=True).click()
    table = tmp_path / "people.csv"
    table.write_text(BAD_CSV, encoding="utf-8")
    page.get_by_label(say("play.own_people"), exact=True).set_input_files(table)
    expect(page.get_by_text(say("play.own_picked", name="people.csv"))).to_be_visible()
    room.button("play.own_read").click()
    expect(alerts).to_have_count(1)
    expect(alerts).to_contain_text("people.csv")
    expect(alerts).to_be_in_viewport()
    assert "Traceback" not in alerts.inner_text()
    assert stage.step() == 2

    good = tmp_path / "harbour.toml"
    good.write_text(GOOD_TOML, encoding="utf-8")
    scenario.set_input_files(good)
    room.says(say("play.own_opened", title="Harbour"))
    expect(alerts).to_have_count(0)
    expect(page.locator("h1")).to_have_text("Harbour")
    stage.shows(0)
    assert stage.step() == 1


def test_tables_become_a_town_and_a_report(visit: Watch, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    rows = [f"p{n},{'north' if n % 2 else 'south'}" for n in range(60)]
    people.write_text("\n".join(["id,group", *rows]) + "\n", encoding="utf-8")
    ties = tmp_path / "ties.csv"
    pairs = [f"p{n},p{(n + step) % 60}" for n in range(60) for step in (1, 2, 7)]
    ties.write_text("\n".join(["source,target", *pairs]) + "\n", encoding="utf-8")

    room = Room.opened(visit)
    page = room.page
    room.opening("play.own")
    page.get_by_text(say("play.own_tables"), exact=True).click()
    for key, file in (("play.own_people", people), ("play.own_ties", ties)):
        page.get_by_label(say(key), exact=True).set_input_files(file)
        expect(page.get_by_text(say("play.own_picked", name=file.name))).to_be_visible()
    name = page.get_by_label(say("play.own_name"), exact=True)
    name.fill("Sixty people")
    name.press("Enter")
    page.get_by_role("checkbox", name=say("play.own_mutual")).check()
    room.button("play.own_read").click()
    room.says(say("play.own_opened", title="Sixty people"))
    expect(page.locator("h1")).to_have_text("Sixty people")
    expect(page.get_by_role("heading", name=say("play.own_report"))).to_be_visible()
    room.stage.passes(0)
    assert room.stage.residents() == 60
    assert "p17" not in page.content(), "names have become pseudonyms"
    report = room.keeps("play.own_keep_report", tmp_path)
    assert "60" in report.read_text(encoding="utf-8")
    check_axe(page)
