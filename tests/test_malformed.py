"""A thousand malformed files: each either loads, or is refused in one line that names it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scenarios
from simulation.cli.main import main
from simulation.errors import InputError
from simulation.ties_file import read_ties
from tests.fuzzer import Spoilt, spoilt_scenarios, spoilt_ties

SEED = 20
RICH = """
schema = 1
title = "A push"
question = "What remains?"
answers = ["Q1", "S2"]
months = 24
seed = 3
month = []

[parameters.activation]
reinforcement = 3.0
response = "logistic"
rungs = 2

[parameters.allocation]
mode = "schedule"
schedule = [[1, 0.1], [12, 0.3]]

[parameters.sense]
enabled = false
lag = 2

[[groups]]
name = "north"
size = 30
conditions = 0.4
commuters = 0.1

[[groups]]
name = "south side"
size = 20
conditions = { housing = 0.3, health = 0.5, livelihood = 0.2 }

[[places]]
name = "hill"
share = 2.0

[[institutions]]
name = "clinic"
sector = "hospital"
budget = 0.2
leader_seats = 3
resident_seats = 1

[[institutions]]
name = "town"
sector = "government"
serves = { housing = 1.0, health = 0.0, livelihood = 1.0 }

[[connectors]]
name = "bridge"
count = 2
employer = "clinic"
place = "hill"

[ties]
kind = "small_world"
degree = 6
rewiring = 0.2

[[events]]
id = "push"
month = 6
kind = "funding"
duration = 12
amount = 1.5
uses = { organising = 0.5, mentoring = 0.25 }
groups = ["north"]

[[events]]
id = "learn"
month = 3
kind = "set"
key = "leadership.vacancy_months"
value = 2
duration = 4

[[events]]
id = "loss"
month = 9
kind = "leader_leaves"
target = { pick = "random", count = 2 }

[[events]]
id = "join"
month = 2
kind = "recruit"
target = { pick = "person", people = [1, 4] }

[measures]
membership = "live"
least_gain = 0.05
"""
SMALL = """
extends = "other.toml"
title = "Smaller"

[[groups]]
name = "north"
size = 10

[[events]]
id = "loss"
remove = true
"""
TIES = {
    ".csv": "from,to,trust\n" + "".join(f"p{n},p{(n * 7 + 3) % 40},0.5\n" for n in range(40)),
    ".graphml": """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="t" for="edge" attr.name="trust" attr.type="double"/>
  <graph id="g" edgedefault="directed">
    <node id="p1"/>
    <node id="p2"/>
    <node id="p3"/>
    <edge source="p1" target="p2"><data key="t">0.5</data></edge>
    <edge source="p2" target="p3"><data key="t">0.7</data></edge>
    <edge source="p3" target="p1"/>
  </graph>
</graphml>
""",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(spoilt: Spoilt, folder: Path) -> Path:
    for name, content in spoilt.beside.items():
        (folder / name).write_bytes(content)
    path = folder / spoilt.name
    path.write_bytes(spoilt.content)
    return path


def scenario_bases() -> list[str]:
    shipped = [scenarios.find(name).read_text(encoding="utf-8") for name in scenarios.names()]
    return [RICH, RICH, SMALL, *shipped]


def is_one_clear_line(line: str, name: str) -> bool:
    """One line of readable characters that names the file and says something beside."""
    return name in line and line.isprintable() and len(name) + 10 < len(line) < 2000


def test_the_unspoilt_files_load(folder: Path) -> None:
    put(Spoilt("other.toml", RICH.encode(), {}), folder)
    put(Spoilt("small.toml", SMALL.encode(), {}), folder)
    assert scenarios.load("other.toml").size == 50
    assert scenarios.load("small.toml").size == 30
    for ending, text in TIES.items():
        path = put(Spoilt(f"ties{ending}", text.encode(), {}), folder)
        assert len(read_ties(path).names) >= 3


def line_of(read: Callable[[], Any]) -> str | None:
    """Return the line in which a file is refused; None where it is not."""
    try:
        read()
    except InputError as error:
        return str(error)
    return None


def test_seven_hundred_spoilt_scenarios(folder: Path) -> None:
    refused = 0
    for spoilt in spoilt_scenarios(scenario_bases(), 700, SEED):
        path = put(spoilt, folder)
        line = line_of(lambda name=path.name: scenarios.load(name))
        if line is not None:
            assert is_one_clear_line(line, path.name), line
            refused += 1
    assert 350 < refused < 680  # spoiling a title or a remark does no harm


def test_three_hundred_spoilt_ties_files(folder: Path) -> None:
    refused = 0
    for spoilt in spoilt_ties(TIES, 300, SEED):
        path = put(spoilt, folder)
        line = line_of(lambda path=path: read_ties(path))
        if line is not None:
            assert is_one_clear_line(line, path.name), line
            refused += 1
    assert 60 < refused < 280


def test_the_fuzzer_is_seeded() -> None:
    bases = [RICH, SMALL]
    assert list(spoilt_scenarios(bases, 40, 1)) == list(spoilt_scenarios(bases, 40, 1))
    assert list(spoilt_scenarios(bases, 40, 1)) != list(spoilt_scenarios(bases, 40, 2))


# --- through the shell ----------------------------------------------------------------------------


def refused_files(folder: Path, count: int) -> list[Path]:
    """Write spoilt scenarios, and scenarios on spoilt ties files, that are refused."""
    refused = []
    for spoilt in spoilt_scenarios(scenario_bases(), 80, SEED + 1):
        path = put(spoilt._replace(name=f"shell-{spoilt.name}"), folder)
        if line_of(lambda path=path: scenarios.load(path)):
            refused.append(path)
        if len(refused) == count - 4:
            break
    refused += [_scenario_on(spoilt, folder) for spoilt in _refused_ties(folder, 4)]
    return refused


def _refused_ties(folder: Path, count: int) -> list[Path]:
    found: list[Path] = []
    for spoilt in spoilt_ties(TIES, 60, SEED + 1):
        path = put(spoilt, folder)
        if line_of(lambda path=path: read_ties(path)):
            found.append(path)
        if len(found) == count:
            break
    return found


def _scenario_on(ties: Path, folder: Path) -> Path:
    text = f"[[groups]]\nname = 'a'\nsize = 3\n[ties]\nkind = 'file'\npath = '{ties.name}'\n"
    path = folder / f"on-{ties.name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def shell(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    root = str(Path(scenarios.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root, "KINDLING_TRACEBACK": ""}
    return subprocess.run(
        [sys.executable, "-m", "simulation.cli", *words],
        cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300,
        check=False,
    )  # fmt: skip


def words_for(n: int, path: Path, folder: Path) -> list[str]:
    """Check every other file, and run the rest."""
    return ["run", path.name, "--out", str(folder / "out")] if n % 2 else ["check", path.name]


def is_clean_end(code: int, out: str, err: str, path: Path) -> bool:
    """Exit code 2, one line on stderr that names the file at fault, and nothing else."""
    at_fault = path.name.removeprefix("on-").removesuffix(".toml")
    one_line = err.count("\n") == 1 and err.startswith("kindling: ") and at_fault in err
    return code == 2 and not out and one_line and "Traceback" not in err


def test_refused_files_end_with_code_2_and_one_line_and_no_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = refused_files(folder, 40)
    assert len(paths) == 40
    before = sorted(folder.iterdir())
    for n, path in enumerate(paths):
        code = main(words_for(n, path, folder))
        said = capsys.readouterr()
        assert is_clean_end(code, said.out, said.err, path), said
    assert sorted(folder.iterdir()) == before


@pytest.mark.slow
def test_the_same_through_a_real_shell(folder: Path) -> None:
    paths = refused_files(folder, 20)[-6:]  # scenarios, and scenarios on spoilt ties files
    before = sorted(folder.iterdir())
    for n, path in enumerate(paths):
        ended = shell(*words_for(n, path, folder), folder=folder)
        assert is_clean_end(ended.returncode, ended.stdout, ended.stderr, path), ended
    assert sorted(folder.iterdir()) == before
