"""The replay: one file with everything in it, that keeps what is private and plays anywhere."""

import base64
import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios import to_toml
from simulation.browser.replay import replay_html
from simulation.browser.replay.opening import open_run
from simulation.browser.replay.sharing import shared
from simulation.browser.session.base import Base
from simulation.browser.session.course import Course
from simulation.browser.session.line import Line
from simulation.cli.main import main
from simulation.errors import InputError
from simulation.specification import specify
from tests.browser import chromium

MONTHS = 14
SMALL = ("mill", "quay")


def town(months: int = MONTHS) -> Course:
    course = Course.open("demo", seed=3, months=months)
    return course.setting("groups.north.size", 30).setting("groups.south.size", 30)


@pytest.fixture(scope="module")
def page() -> str:
    return replay_html(Line(town()), story=['Ada says: 1 < 2 & "so"'], minutes="# Minutes\nWe met.")


def held(html: str) -> dict:
    """Return what the page holds for its script."""
    packed = re.search(r'<script id="about" type="text/plain">(.*?)</script>', html, re.DOTALL)
    return json.loads(gzip.decompress(base64.b64decode(packed.group(1))))


# ------------------------------------------------------------------------ what it says


def test_it_says_what_it_is_and_how_to_do_it_again(page):
    text = re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    for words in ("in this model", "Nobody on the map is a real person", "Emberfield", "14 months"):
        assert words in text
    command = "kindling run demo --seed 3 --months 14 --set groups.north.size=30"
    assert command in text
    assert "Ada says: 1 &lt; 2 &amp; &#34;so&#34;" in text
    assert "We met." in text
    assert re.search(r"<th scope=\"row\">Stewards</th><td>0\.\d\d</td>", text)


def test_it_asks_nothing_of_anybody(page):
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    outside = re.findall(r"""(?:src|href|action)\s*=\s*["'](?!data:)([^"']+)""", page)
    assert outside == []
    assert re.findall(r"\b(?:fetch|XMLHttpRequest|WebSocket|import)\s*\(", page) == []
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_a_run_that_a_room_changed_brings_its_scenario(tmp_path):
    course = town(3).playing({"id": "gift", "month": 2, "kind": "funding"})
    html = replay_html(Line(course))
    assert "kindling run town.toml --seed 3 --months 3" in html
    written = re.search(r'<pre class="r-file".*?>(.*?)</pre>', html, re.DOTALL).group(1)
    file = tmp_path / "town.toml"
    file.write_text(written.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&"))
    again, _ = open_run(str(file))
    assert again.specification() == course.specification()


def test_a_pair_holds_both_runs():
    lines = [Line(town(3)), Line(town(3).without("leader"), "B")]
    html = replay_html(lines, "Two towns")
    data = held(html)
    assert [run["label"] for run in data["message"]["runs"]] == ["A", "B"]
    assert html.count('<script class="frames"') == 2
    assert "<h1>Two towns</h1>" in html
    assert "B: month 3" in html


# ----------------------------------------------------------------------------- privacy


def real_town(folder: Path, sizes: dict[str, int], degree: int = 4) -> Line:
    names = [
        (f"{group}-neighbour-{n}", group) for group, size in sizes.items() for n in range(size)
    ]
    rows = "".join(f"{name},{group}\n" for name, group in names)
    (folder / "people.csv").write_text("person,group\n" + rows)
    conditions = {"north": 0.7, "south": 0.4, "mill": 0.1, "quay": 0.2}
    spec = specify(
        months=6, spin_up=0, ties={"degree": degree}, people={"path": str(folder / "people.csv")},
        groups=[{"name": n, "size": s, "conditions": conditions[n]} for n, s in sizes.items()],
        institutions=[{"name": "hall", "sector": "government"}],
        events=[{"id": "push", "month": 1, "kind": "funding", "duration": 4}],
    )  # fmt: skip
    course = Course(Base("real", to_toml(spec), folder), spec.seed, spec.months)
    return Line(course)


def test_real_people_stay_at_home(tmp_path):
    line = real_town(tmp_path, {"north": 20, "south": 12, "mill": 3, "quay": 4})
    html = replay_html(line)
    data = held(html)
    run = data["message"]["runs"][0]
    assert data["message"]["options"]["map"] is False
    assert run["nodes"]["x"] == run["ties"]["source"] == run["channels"] == []
    assert "-neighbour-" not in html + json.dumps(data)
    assert "answers of real people" in html
    assert "Nobody on the map" not in html
    assert "<dd>real" not in html
    assert 'class="r-file"' not in html


def test_small_groups_are_left_out(tmp_path):
    run = shared(real_town(tmp_path, {"north": 20, "south": 12, "mill": 3, "quay": 4}))
    assert run.groups_left_out == SMALL
    keys = [value["key"] for value in run.setup["values"]]
    gone = {"gap", "gap_place", "gain", "sustained", "wellbeing:mill", "stewards:quay"}
    kept = {"wellbeing:north", "wellbeing", "trust_within", "stewards"}
    for key in gone | kept:
        values = [frame.values[keys.index(key)] for frame in run.frames]
        assert all(value != value for value in values) == (key in gone), key
    labels = {line["label"] for chart in run.setup["charts"] for line in chart["lines"]}
    assert not labels & set(SMALL)
    assert "gap" not in {chart["key"] for chart in run.setup["charts"]}
    assert run.setup["badges"] == []
    for frame in run.frames:
        assert frame.nodes == frame.ties == 0


def test_large_groups_of_real_people_keep_their_values(tmp_path):
    run = shared(real_town(tmp_path, {"north": 20, "south": 12}))
    assert run.people_kept_back
    assert run.groups_left_out == ()
    assert "gap" in {chart["key"] for chart in run.setup["charts"]}
    assert run.setup["nodes"]["x"] == []


def test_of_a_tiny_community_there_is_no_replay(tmp_path):
    with pytest.raises(InputError, match="too small"):
        replay_html(real_town(tmp_path, {"north": 2, "south": 2}, degree=2))


# --------------------------------------------------------------------------- the shell


def test_the_shell_writes_a_file_and_needs_no_server_for_it(tmp_path, capsys):
    out = tmp_path / "r.html"
    heavy = {"solara", "anywidget"} & set(sys.modules)
    words = ["demo", "--months", "2", "--seed", "7", "--out", str(out), "--quiet"]
    assert main(["replay-file", *words]) == 0
    assert "--seed 7 --months 2" in out.read_text(encoding="utf-8")
    assert {"solara", "anywidget"} & set(sys.modules) == heavy
    assert capsys.readouterr().out == ""


def test_a_folder_of_a_run_is_shown_with_its_seed(tmp_path):
    folder = tmp_path / "town"
    folder.mkdir()
    course = town(2)
    (folder / "scenario.toml").write_text(to_toml(course.specification()))
    (folder / "provenance.json").write_text('{"seed": 41}')
    assert open_run(str(folder))[0].seed == 41
    assert open_run(str(folder), seed=5)[0].seed == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "no shipped scenario has this name"),
        (["."], "it has no scenario.toml"),
        ([".", "--run", "3f2a", "--seed", "1"], "a run of a store is shown as it was"),
        ([".", "--run", "3f2a"], "not a store"),
        (["demo", "--set", "nothing"], "="),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_line(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["replay-file", *words]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


# -------------------------------------------------------------------------- a browser


@pytest.fixture(scope="module")
def opened(page, tmp_path_factory) -> Iterator:
    if chromium.left_out():
        pytest.skip(f"{chromium.LEAVE_OUT} is set")
    from playwright.sync_api import sync_playwright

    file = tmp_path_factory.mktemp("replay") / "town.html"
    file.write_text(page, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium.get()), args=list(chromium.FLAGS)
        )
        window = browser.new_page(viewport={"width": 1280, "height": 900})
        window.heard, window.asked = [], []
        window.on("console", lambda m: window.heard.append(m.text) if m.type == "error" else None)
        window.on("pageerror", lambda problem: window.heard.append(str(problem)))
        window.on("request", lambda request: window.asked.append(request.url))
        window.goto(file.as_uri())
        window.wait_for_selector(".k-stage[data-month='0']")
        yield window
        assert window.heard == []
        assert [url for url in window.asked if not url.startswith(("file:", "data:"))] == []
        browser.close()


def test_it_opens_draws_and_plays_from_a_file(opened):
    from tests.browser.stagehand import Stagehand

    stage = Stagehand(opened)
    assert stage.months == MONTHS
    assert stage.lines() == []
    colours = stage.colours()
    assert colours[0] > 12
    assert all(count > 3 for count in colours)
    before = opened.locator(".k-map-canvas").screenshot()
    stage.button("play").click()
    stage.passes(3)
    stage.button("pause").click()
    month = stage.month
    opened.wait_for_timeout(400)
    assert stage.month == month
    stage.go(MONTHS)
    assert opened.locator(".k-map-canvas").screenshot() != before
    assert any("three-year grant" in line for line in stage.lines())
    values = [stage.value("trust_within", m) for m in (0, MONTHS)]
    assert all(0 < value < 1 for value in values)
    stage.button("over").click()
    stage.shows(0)


def test_it_is_used_with_the_keyboard_alone(opened):
    from tests.browser.access import press_until
    from tests.browser.stagehand import Stagehand

    stage = Stagehand(opened)
    opened.locator("h1").click()
    press_until(opened, stage.map)
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Enter")
    panel = opened.locator(".k-person")
    panel.wait_for()
    opened.keyboard.press("Escape")
    panel.wait_for(state="hidden")
    assert stage.map.evaluate("(map) => map === document.activeElement")
    press_until(opened, stage.ruler)
    opened.keyboard.press("ArrowRight")
    stage.shows(1)
    assert "year 1, month 1" in stage.ruler.get_attribute("aria-valuetext")


def test_a_line_is_drawn_before_the_future_is_shown(opened):
    stage = opened.locator(".k-stage")
    tell = "(stage, options) => stage.kindlingStage.setOptions(options)"
    stage.evaluate("(stage) => stage.kindlingStage.go(2)")
    opened.wait_for_selector(".k-stage[data-month='2']")
    stage.evaluate(tell, {"predict": "stewards"})
    chart = opened.locator(".k-predicting canvas")
    chart.wait_for()
    play = opened.locator(".k-transport-play")
    assert play.get_attribute("aria-disabled") == "true"
    chart.focus()
    opened.keyboard.press("ArrowUp")
    assert "year" in chart.get_attribute("aria-valuetext")
    opened.locator(".k-chart-ask button").first.click()
    stage.evaluate("(stage, month) => stage.kindlingStage.go(month)", MONTHS)
    told = opened.locator(".k-chart-told:visible")
    told.wait_for()
    assert "In this model it came to" in told.inner_text()
    stage.evaluate(tell, {"predict": None})


def test_it_is_accessible_and_narrow_enough(opened):
    from tests.browser.access import check_axe, check_narrow, check_targets

    stage = opened.locator(".k-stage")
    check_axe(opened)
    check_targets(opened)
    stage.evaluate("(stage) => stage.kindlingStage.setOptions({ view: 'table', projector: true })")
    opened.locator(".k-stage-table tbody tr").first.wait_for()
    check_axe(opened)
    check_narrow(opened)
    stage.evaluate("(stage) => stage.kindlingStage.setOptions({ view: 'map', projector: false })")
    check_narrow(opened)


def test_without_scripts_it_is_still_read(opened):
    window = opened.context.browser.new_page(java_script_enabled=False)
    window.goto(opened.url)
    assert window.locator("noscript").inner_text().startswith("This page needs scripts to play")
    assert window.get_by_role("row").count() > 8
    assert window.locator(".r-story li").first.inner_text() == 'Ada says: 1 < 2 & "so"'
    window.close()
