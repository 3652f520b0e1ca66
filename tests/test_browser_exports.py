"""What a room takes home: the table, the scenario, the charts and the minutes of a run."""

from __future__ import annotations

import io
import json
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from simulation.browser import exports
from simulation.browser.exports.result import hidden_values
from simulation.browser.session.base import Base
from simulation.browser.session.course import Course
from simulation.browser.session.session import Session
from simulation.cli.main import main
from tests.browser_towns import shipped, town


@pytest.fixture(scope="module")
def session() -> Session:
    """Return a session in which a room has done a few things."""
    session = Session(shipped(36))
    session.line.upto(10)
    session.month = 10
    session.play({"kind": "crisis", "strength": 0.3, "title": "The mill | closes"})
    session.change("activation.rate", 0.5)
    session.remove("listening")
    session.line.upto(30)
    return session


def test_the_scenario_runs_in_the_shell_to_the_same_record(session, tmp_path):
    (tmp_path / "scenario.toml").write_text(exports.scenario_toml(session.line), encoding="utf-8")
    command = ["run", str(tmp_path / "scenario.toml"), "--out", str(tmp_path / "out"), "--quiet"]
    assert main(command) == 0
    written = pd.read_parquet(tmp_path / "out" / "series.parquet")
    own = pd.read_csv(io.BytesIO(exports.run_csv(session.line)), dtype={"value": str})
    assert list(own.columns) == list(written.columns)
    assert [float(value) for value in own["value"]] == written["value"].to_list()
    for column in ("run", "arm", "month", "measure", "group", "boundary"):
        assert own[column].astype(str).to_list() == written[column].astype(str).to_list()
    record = json.loads((tmp_path / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert set(own["run"]) >= set(record["run_ids"])


def test_the_table_does_not_move_the_run(session):
    before = [frame.bytes for frame in session.line.frames]
    exports.run_csv(session.line)
    assert [frame.bytes for frame in session.line.frames] == before
    session.line.upto(36)
    values = session.line.recorder.values
    again = exports.run_result(session.line).recorded.values[0]
    assert np.array_equal(values, again, equal_nan=True)


def test_the_minutes_tell_what_the_room_did_and_how_to_do_it_again(session):
    session.predict("gap", [(10, 0.3), (30, 0.1)])
    text = exports.minutes(session.line, "We were surprised.", session.predictions, upto=30)
    for words in (
        "# Minutes: Emberfield",
        "- From the start: groups.north.size = 30",
        "- Month 11: The mill \\| closes",
        "- Month 11: How often people reconsider: now 0.5",
        "- Taken away: A year of listening sessions",
        "## What happened, up to month 30",
        "the room drew 0.10",
        "We were surprised.",
        "kindling run scenario.toml",
        f"/play?{session.link()}".partition("&month=10")[0],
        "one draw of luck",
        "in this model",
    ):
        assert words in text, words
    assert "{" not in text
    seen = session.line.value("gap", 30)
    assert f"the model went to {seen:.2f}" in text
    told = [line for line in text.splitlines() if line.startswith("- Month")]
    months = [int(line.split()[2].rstrip(":")) for line in told]
    assert max(months) <= 30


def test_minutes_of_an_untouched_run_of_ones_own_have_no_link():
    session = Session(town(6))
    session.line.upto(6)
    text = exports.minutes(session.line)
    assert "Nothing. The scenario ran as it was written." in text
    assert "/play?" not in text
    assert "What the room predicted" not in text


def test_charts_are_pictures_with_words(session):
    svg = exports.charts_svg(session.line, 20)
    root = ElementTree.fromstring(svg)
    words = root.find("{http://www.w3.org/2000/svg}desc").text
    assert "up to month 20" in words
    assert "Gap between groups" in words
    assert f"{session.line.value('gap', 20):.2f}" in words
    picture = matplotlib.image.imread(io.BytesIO(exports.charts_png(session.line, 20)))
    assert picture.shape[0] > 600
    blue = (picture[..., 2] - picture[..., 0] > 0.4).sum()
    assert blue > 500  # lines are drawn


def test_small_groups_of_real_people_are_left_out(tmp_path):
    people = "person,group\n" + "".join(f"p{n},{'few' if n < 3 else 'many'}\n" for n in range(40))
    people = people.replace("p39,many", "p39,third")
    for n in range(20, 39):
        people = people.replace(f"p{n},many", f"p{n},third")
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    text = (
        'extends = "demo"\nmonths = 6\n[people]\npath = "people.csv"\n'
        '[[groups]]\nname = "north"\nremove = true\n[[groups]]\nname = "south"\nremove = true\n'
        '[[groups]]\nname = "few"\nsize = 3\n[[groups]]\nname = "many"\nsize = 17\n'
        '[[groups]]\nname = "third"\nsize = 20\n'
    )
    session = Session(Course.open(Base("real town", text, tmp_path)))
    assert session.line.setup()["private"]
    session.line.upto(6)
    hidden = hidden_values(session.line)
    assert {"wellbeing:few", "stewards:few", "wellbeing:many"} <= hidden
    assert "wellbeing:third" not in hidden
    table = pd.read_csv(io.BytesIO(exports.run_csv(session.line)))
    assert table.loc[table["group"] == "few", "value"].isna().all()
    assert table.loc[table["group"] == "third", "value"].notna().all()
    svg = exports.charts_svg(session.line)
    assert "few from" not in svg
    assert "third from" in svg
    assert "Values of small groups are left out" in svg
    text = exports.minutes(session.line)
    assert "the few group" not in text
    assert "/play?" not in text
