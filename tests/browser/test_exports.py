"""Files that a room takes home: all there, and the scenario gives the same run in the shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from simulation.browser.words import say
from tests.browser.access import check_axe, check_narrow
from tests.browser.room import Room
from tests.browser.serving import ROOT
from tests.browser.stagehand import Stagehand
from tests.browser.watching import Watch, keep_picture


def kindling(*arguments: str) -> str:
    """Run the shell and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "simulation.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_room_takes_home_files_and_a_replay(visit: Watch, tmp_path: Path) -> None:
    room = Room.opened(visit, "/play?v=1&scenario=demo&months=60")
    page, stage = room.page, room.stage
    stage.go(6)
    room.play_card("promise_broken")
    stage.go(24)
    page.wait_for_timeout(400)
    events, months = stage.events(), stage.months
    frames = stage.frames(0, 24)
    gap = stage.value("gap", 24)
    room.opening("play.tool_export")
    keys = ("minutes", "png", "svg", "csv", "scenario", "replay")
    kept = {key: room.keeps(f"play.export_{key}", tmp_path) for key in keys}

    minutes = kept["minutes"].read_text(encoding="utf-8")
    assert minutes.startswith("# ")
    assert say("cards.promise_broken.title") in minutes
    assert kept["png"].read_bytes().startswith(b"\x89PNG")
    assert ElementTree.fromstring(kept["svg"].read_text(encoding="utf-8")).tag.endswith("svg")

    scenario = kept["scenario"].read_text(encoding="utf-8")
    assert "promise" in scenario
    kindling("run", str(kept["scenario"]), "--out", str(tmp_path / "run"), "--quiet")
    check_same_run(kept["csv"], tmp_path / "run")

    # The replay is one file: it opens in another browser, from the disk, with no server to ask.
    other = visit.context(offline=True)
    try:
        window = other.new_page()
        window.goto(kept["replay"].as_uri())
        replay = Stagehand(window)
        replay.passes(0)
        assert replay.months == months
        assert [e["id"] for e in replay.events()] == [e["id"] for e in events]
        replay.go(24)
        assert min(replay.colours()) > 5
        assert replay.colours()[0] > 50
        assert replay.value("gap", 24) == pytest.approx(gap, abs=2e-3)
        assert [text.split(":")[:3] for text in replay.frames(0, 24)] == [
            text.split(":")[:3] for text in frames
        ]
        replay.button("play").click()
        replay.passes(26)
        replay.button("pause").click()
        expect(replay.log.get_by_role("button", name=say("stage.log.undo"))).to_have_count(0)
        keep_picture(window, "replay-file")
        check_axe(window)
        check_narrow(window)
    finally:
        other.close()


def check_same_run(table: Path, run: Path) -> None:
    """Fail where a table of the page and a run of the shell differ in any bit."""
    columns = ["run", "arm", "month", "community", "measure", "group", "boundary"]
    page = pd.read_csv(table, dtype=str, keep_default_na=False)
    shell = pd.read_parquet(run / "series.parquet")
    assert len(page) == len(shell)
    for column in columns:
        assert page[column].astype(str).tolist() == shell[column].astype(str).tolist(), column
    ours = np.array([float(text or "nan") for text in page["value"]])
    theirs = shell["value"].to_numpy()
    assert np.array_equal(ours, theirs, equal_nan=True)
