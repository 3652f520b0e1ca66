"""The stage: its script as one text, its logic under Node, and what feeds it."""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from simulation.browser.replay.packing import packed_frames, stepped
from simulation.browser.session.course import Course
from simulation.browser.session.line import Line
from simulation.browser.stage import bundle
from simulation.browser.stage.feed import BATCH, Feed
from simulation.browser.words import table

HERE = Path(__file__).parent
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")
MONTHS = 16


def small(months: int = MONTHS) -> Course:
    """Return a town of sixty with a leader who leaves and new people who come."""
    course = Course.open("demo", seed=3, months=months)
    sizes = {"groups.north.size": 30, "groups.south.size": 30}
    for key, size in sizes.items():
        course = course.setting(key, size)
    course = course.without("leader")
    return course.playing({"id": "leader", "month": 6, "kind": "leader_leaves"})


@pytest.fixture(scope="module")
def line() -> Line:
    made = Line(small())
    made.upto(MONTHS)
    return made


# ---------------------------------------------------------------------- the script


def test_every_module_is_in_the_script_once_after_what_it_imports():
    names = bundle.order("widget.js", "player.js")
    files = {p.name for p in bundle.MODULES.glob("*.js")}
    assert sorted(names) == sorted(files)
    for number, name in enumerate(names):
        for needed in bundle.IMPORT.findall((bundle.MODULES / name).read_text(encoding="utf-8")):
            assert needed in names[:number], f"{name} stands before {needed}"


def test_no_import_or_export_is_left_and_no_name_is_taken_twice():
    text = bundle.script("widget.js", "player.js")
    assert not re.findall(r"^\s*(?:import|export)\b.*", text, re.MULTILINE)
    declared = re.findall(r"^(?:async function|function|class|const|let) (\w+)", text, re.MULTILINE)
    assert [name for name, times in Counter(declared).items() if times > 1] == []
    assert bundle.module().rstrip().endswith("export default { render: renderWidget };")


@needs_node
@pytest.mark.parametrize("make", [bundle.module, bundle.player])
def test_the_script_is_one_that_a_browser_can_read(make, tmp_path):
    file = tmp_path / "script.mjs"
    file.write_text(make(), encoding="utf-8")
    done = subprocess.run([NODE, "--check", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_text_of_the_script_is_in_the_catalogue():
    words = table("stage")
    text = "".join(p.read_text(encoding="utf-8") for p in bundle.MODULES.glob("*.js"))
    keys = set(re.findall(r'(?:phrase\((?:this\.)?words, |say\()"([\w.]+)"', text))
    assert len(keys) > 40
    assert sorted(key for key in keys if key not in words) == []
    patterns = set(re.findall(r"phrase\((?:this\.)?words, `([\w.]+)\.\$\{", text))
    for prefix in patterns - {"log", "transport"}:
        assert any(key.startswith(f"{prefix}.") for key in words), prefix


# ------------------------------------------------------------------------ under Node


def _node(name: str, **environment: str) -> None:
    done = subprocess.run(
        [NODE, "--test", str(HERE / "js" / name)], capture_output=True, text=True,
        env={**os.environ, **environment}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = re.search(r"# pass (\d+)", done.stdout) or re.search(r"pass (\d+)", done.stdout)
    assert passed, done.stdout[-2000:]
    assert int(passed.group(1)) > 4


@needs_node
@pytest.mark.parametrize("name", ["logic.mjs", "drawing.mjs"])
def test_logic_of_the_stage(name):
    _node(name)


@needs_node
def test_the_browser_reads_what_the_model_writes(line, tmp_path):
    frames = line.frames[:8]
    (tmp_path / "setup.json").write_text(json.dumps({**line.setup(), "words": {}}))
    (tmp_path / "frames.bin").write_bytes(b"".join(frame.bytes for frame in frames))
    (tmp_path / "packed.bin").write_bytes(packed_frames(frames))
    expected = [
        {
            "month": frame.month,
            "flags": frame.flags.tolist(),
            "channels": [frame.channel(n).tolist() for n in range(frame.channels)],
            "trust": frame.trust.tolist(),
            "values": [None if np.isnan(v) else float(v) for v in frame.values],
            "added": (frame.added & 0x7FFFFFFF).tolist(),
        }
        for frame in frames
    ]
    (tmp_path / "expected.json").write_text(json.dumps(expected))
    _node("decoding.mjs", KINDLING_FRAMES=str(tmp_path))


def test_trust_in_twelve_steps_is_drawn_in_the_same_of_six():
    every = np.arange(256, dtype=np.uint8)
    kept = stepped(every)
    assert (kept.astype(int) * 6 // 256 == every.astype(int) * 6 // 256).all()
    assert kept[0] == 0
    assert (kept[1:] > 0).all()
    assert len(set(kept.tolist())) == 13


# ------------------------------------------------------------------------- the feed


class Browser:
    """What arrives at the other end of a feed."""

    def __init__(self, *lines: Line, **options: object) -> None:
        self.messages: list[dict] = []
        self.heard: list[dict] = []
        self.feed = Feed()
        self.feed.on_event = self.heard.append
        self.feed.connect(
            lambda message, buffers: self.messages.append({**message, "data": buffers})
        )
        self.feed.show(lines, options)

    def ask(self, **message: object) -> list[dict]:
        self.messages.clear()
        self.feed.receive(message)
        return list(self.messages)


def test_nothing_is_sent_before_the_browser_is_ready_then_the_setup():
    browser = Browser(Line(small()), fill="trust", month=5)
    assert browser.messages == []
    (message,) = browser.ask(kind="ready")
    assert (message["kind"], message["month"], message["options"]["fill"]) == ("setup", 5, "trust")
    assert message["words"]["transport.play"]
    assert browser.heard == [{"kind": "ready"}]
    json.dumps({**message, "data": None})


def test_an_answer_holds_a_year_at_most_and_its_log():
    browser = Browser(Line(small()), Line(small(), "B"))
    browser.ask(kind="ready")
    answers = browser.ask(kind="want", upto=100, have=[-1, -1])
    frames = [m for m in answers if m["kind"] == "frames"]
    assert [m["run"] for m in frames] == [0, 1]
    assert all(m["months"] == list(range(BATCH)) for m in frames)
    assert all(len(m["data"][0]) == sum(m["sizes"]) for m in frames)
    assert {m["kind"] for m in answers} == {"frames", "log"}
    rest = [m for m in browser.ask(kind="want", upto=100, have=[11, 11]) if m["kind"] == "frames"]
    assert rest[0]["months"] == list(range(12, MONTHS + 1))
    assert browser.heard == [{"kind": "ready"}]


def test_another_course_is_told_from_where_it_differs():
    line = Line(small())
    browser = Browser(line)
    browser.ask(kind="ready")
    browser.ask(kind="want", upto=11, have=[-1])
    browser.messages.clear()
    line.change(line.course.without("leader"))
    browser.feed.show([line], {})
    (drop,) = browser.messages
    assert (drop["kind"], drop["run"], drop["after"]) == ("drop", 0, 5)
    assert "leader" not in {event["id"] for event in drop["setup"]["events"]}
    again = browser.ask(kind="want", upto=8, have=[5])
    assert [m["months"] for m in again if m["kind"] == "frames"] == [[6, 7, 8]]


def test_a_change_that_nobody_has_told_goes_before_the_answer():
    line = Line(small())
    browser = Browser(line)
    browser.ask(kind="ready")
    browser.ask(kind="want", upto=8, have=[-1])
    line.change(line.course.without("leader"))
    kinds = [m["kind"] for m in browser.ask(kind="want", upto=8, have=[8])]
    assert kinds[0] == "drop"


def test_only_what_changed_of_the_options_is_sent():
    line = Line(small())
    browser = Browser(line, fill="trust", frozen=False)
    browser.ask(kind="ready")
    browser.messages.clear()
    browser.feed.show([line], {"fill": "trust", "frozen": True})
    assert [m["options"] for m in browser.messages] == [{"frozen": True}]


def test_what_goes_wrong_is_one_line_in_the_browser():
    browser = Browser(Line(small()))
    browser.ask(kind="ready")
    (message,) = browser.ask(kind="want", upto="soon")
    assert message["kind"] == "problem"
    assert "Traceback" not in message["text"]
