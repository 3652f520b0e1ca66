"""The `kindling` command as a user meets it: output, exit codes, folders, and no traceback."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from simulation.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parent.parent
TOWN = """
schema = 1
title = "Two banks of a river"
question = "What remains after the funding?"
months = 16
spin_up = 2
[ties]
degree = 4
[[groups]]
name = "north"
size = 24
conditions = 0.7
[[groups]]
name = "south"
size = 16
conditions = 0.4
[[institutions]]
name = "hall"
sector = "government"
resident_seats = 1
[[events]]
id = "push"
month = 2
kind = "funding"
duration = 6
"""
FILES = {
    "figure.png", "figure.svg", "outcomes.csv", "provenance.json", "scenario.toml",
    "series.parquet", "summary.json",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of its own with one small scenario."""
    (tmp_path / "town.toml").write_text(TOWN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(*words, cwd, **environment):
    """Run the command in a process of its own, as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "simulation.cli", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        timeout=600,
        check=False,
    )


def hidden(folder):
    return [path.name for path in folder.rglob(".*")]


# ------------------------------------------------------------------------------------- overview


def test_help_names_every_command_and_loads_nothing_heavy(tmp_path):
    code = (
        "import sys; from simulation.cli.main import main; code = main(['--help']);"
        "heavy = {'numpy', 'numba', 'mesa', 'pandas', 'pydantic', 'matplotlib', 'scipy'};"
        "print('HEAVY', sorted(heavy & set(sys.modules)), code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "HEAVY [] 0" in done.stdout
    assert all(re.search(rf"\b{name}\b", done.stdout) for name in COMMANDS)


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_explains_itself_with_an_example(command, capsys):
    assert main([command, "--help"]) == 0
    assert f"Example: kindling {command}" in " ".join(capsys.readouterr().out.split())


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("kindling ")


@pytest.mark.parametrize(
    "words",
    [
        ["runn"],
        ["run"],
        ["run", "town.toml", "--no-such-option"],
        ["run", "town.toml", "--replicates", "many"],
        ["run", "town.toml", "--replicates", "0"],
        ["run", "town.toml", "--months", "0"],
        ["run", "town.toml", "--seed", "-4"],
        ["run", "town.toml", "--processes", "0"],
        ["run", "nowhere.toml"],
        ["run", "no-such-scenario"],
        ["run", "town.toml", "--set", "activation.reinforcment=2"],
        ["run", "town.toml", "--set", "activation.reinforcement"],
        ["run", "town.toml", "--set", "activation.reinforcement=many"],
        ["run", "town.toml", "--process", "nothing"],
        ["run", "town.toml", "--process", "no_such_module:Class"],
        ["run", "town.toml", "--process", "json:JSONDecoder"],
        ["run", "town.toml", "--out", "town.toml"],
        ["run", "town.toml", "--out", "."],
        ["compare", "town.toml"],
        ["compare", "town.toml", "nowhere.toml"],
        ["describe", "nowhere"],
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(words, folder, capsys):
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("kindling: ")
    assert captured.err.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["town.toml"]


def test_the_nearest_name_is_offered(folder, capsys):
    main(["run", "town.toml", "--set", "activation.reinforcment=2"])
    assert "did you mean 'activation.reinforcement'" in capsys.readouterr().err


def test_a_failure_nobody_foresaw_is_one_line_and_exit_code_one(folder, capsys, monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("the disk\nis on fire")

    monkeypatch.setattr("scenarios.load", broken)
    assert main(["run", "town.toml"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "the disk is on fire" in error
    assert "KINDLING_TRACEBACK=1" in error
    monkeypatch.setenv("KINDLING_TRACEBACK", "1")
    assert main(["run", "town.toml"]) == 1
    assert "Traceback" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------ run


def test_run_prints_outcomes_and_sentences_and_writes_a_whole_folder(folder, capsys):
    assert main(["run", "town.toml", "--replicates", "2", "--seed", "3"]) == 0
    text = capsys.readouterr().out
    assert "Two banks of a river" in text
    assert "stewardship tipped" in text
    assert "In this model" in text
    (result,) = (folder / "results").iterdir()
    assert re.fullmatch(r"town-[0-9a-f]{8}", result.name)
    assert {path.name for path in result.iterdir()} == FILES
    assert f"results/{result.name}" in text
    assert hidden(folder) == []

    series = pd.read_parquet(result / "series.parquet")
    assert set(series["arm"]) == {"with", "without"}
    assert series["run"].nunique() == 4
    assert set(series["month"]) == set(range(17))
    provenance = json.loads((result / "provenance.json").read_text())
    assert provenance["run_ids"] == list(pd.read_csv(result / "outcomes.csv")["run"])
    assert provenance["id"].startswith(result.name[-8:])
    assert {"time", "machine", "packages", "code", "command"} <= set(provenance)


def test_the_folder_holds_all_that_is_needed_to_run_it_again(folder, capsys):
    words = ["--set", "activation.reinforcement=2.5", "--seed", "9", "--months", "15"]
    assert main(["run", "town.toml", *words, "--out", "one"]) == 0
    assert main(["run", "one/scenario.toml", "--out", "two"]) == 0
    one, two = (json.loads((folder / n / "summary.json").read_text()) for n in ("one", "two"))
    assert one == two
    ids = [json.loads((folder / n / "provenance.json").read_text())["id"] for n in ("one", "two")]
    assert ids[0] == ids[1]


def test_json_gives_the_same_bytes_twice_and_nothing_of_the_machine(folder):
    first, second = (shell("run", "town.toml", "--seed", "1", "--json", cwd=folder) for _ in "ab")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert first.stderr == b""
    answer = json.loads(first.stdout)
    assert list(answer) == sorted(answer)
    assert answer["outcomes"]["stewards"]["mean"] is not None
    text = first.stdout.decode()
    assert str(folder) not in text
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b|\d\d:\d\d", text)
    assert sorted(path.name for path in folder.iterdir()) == ["town.toml"]


def test_json_does_not_depend_on_processes(folder):
    words = ("run", "town.toml", "--seed", "1", "--replicates", "3", "--json")
    one, two = (shell(*words, "--processes", n, cwd=folder) for n in ("1", "2"))
    assert one.returncode == two.returncode == 0, two.stderr
    assert one.stdout == two.stdout


@pytest.mark.slow
def test_a_second_run_compiles_nothing(folder):
    """Numba says what it takes from the cache on disk, and what it compiles and puts there."""
    words = ("run", "town.toml", "--json")
    assert shell(*words, cwd=folder).returncode == 0
    again = shell(*words, cwd=folder, NUMBA_DEBUG_CACHE="1")
    said = (again.stdout + again.stderr).decode()
    assert "data loaded from" in said
    assert "data saved to" not in said


def test_compiled_code_is_kept_where_one_says(folder):
    code = "from simulation.chance import uniform; print(uniform(1, 'any', 0, 3))"
    cache = folder / "cache"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "KINDLING_CACHE": str(cache)},
        capture_output=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert list(cache.rglob("*.nbc"))


def test_a_process_of_ones_own_joins_from_the_current_folder(folder, capsys):
    (folder / "rain.py").write_text(
        "from simulation.processes import Process\n\n\n"
        "class Rain(Process):\n"
        "    name = 'rain'\n\n"
        "    def apply(self, community, p):\n"
        "        community.residents.wellbeing[:] *= 0.9\n"
    )
    words = ("run", "town.toml", "--json", "--replicates", "2", "--processes", "2")
    wet = json.loads(shell(*words, "--process", "rain:Rain", cwd=folder).stdout)
    assert main([*words[:-2], "--processes", "1"]) == 0
    dry = json.loads(capsys.readouterr().out)
    last = [answer["outcomes"]["wellbeing"]["mean"] for answer in (dry, wet)]
    assert last[1] < last[0] - 0.1


# ------------------------------------------------------------------------------------- folders


def test_an_earlier_result_is_replaced_only_if_it_is_the_same_or_by_force(folder, capsys):
    run = ["run", "town.toml", "--months", "3", "--out", "here"]
    assert main(run) == 0
    first = (folder / "here" / "summary.json").read_text()
    assert main(run) == 0
    assert main([*run, "--seed", "8"]) == 2
    assert "--force" in capsys.readouterr().err
    assert (folder / "here" / "summary.json").read_text() == first
    assert main([*run, "--seed", "8", "--force"]) == 0
    assert (folder / "here" / "summary.json").read_text() != first
    assert hidden(folder) == []


def test_a_folder_of_other_things_is_never_touched(folder, capsys):
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.txt").write_text("years of work")
    assert main(["run", "town.toml", "--out", "mine", "--force"]) == 2
    assert "something other" in capsys.readouterr().err
    assert (folder / "mine" / "thesis.txt").read_text() == "years of work"
    (folder / "empty").mkdir()
    assert main(["run", "town.toml", "--months", "2", "--out", "empty"]) == 0
    assert {path.name for path in (folder / "empty").iterdir()} == FILES


def test_a_failure_while_writing_leaves_what_was_there(folder, capsys, monkeypatch):
    run = ["run", "town.toml", "--months", "2", "--out", "deep/down/here"]

    def full(*args, **more):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("experiments.figures.save.save_figure", full)
        assert main(run) == 2
        assert "No space left on device" in capsys.readouterr().err
        assert sorted(path.name for path in folder.iterdir()) == ["town.toml"]
    assert main(run) == 0
    whole = (folder / "deep/down/here/summary.json").read_text()
    with monkeypatch.context() as broken:
        broken.setattr("experiments.figures.save.save_figure", full)
        assert main([*run, "--seed", "4", "--force"]) == 2
    assert (folder / "deep/down/here/summary.json").read_text() == whole
    assert hidden(folder) == []


def hear_ctrl_c() -> None:
    """Let a child hear Ctrl-C though the tests themselves were begun in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
@pytest.mark.parametrize("processes", ["1", "2"])
def test_ctrl_c_ends_with_130_and_leaves_nothing(folder, processes):
    running = subprocess.Popen(
        [sys.executable, "-m", "simulation.cli", "run", "town.toml", "--months", "12000",
         "--replicates", "4", "--processes", processes],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=hear_ctrl_c,
    )  # fmt: skip
    time.sleep(12)
    assert running.poll() is None
    os.killpg(running.pid, signal.SIGINT)
    out, error = running.communicate(timeout=60)
    assert running.returncode == 130, error
    assert out == b""
    assert b"Traceback" not in error
    assert sorted(path.name for path in folder.iterdir()) == ["town.toml"]


# --------------------------------------------------------------------------- compare and others


def test_compare_prints_effects_tipping_and_the_variance_ratio(folder, capsys):
    other = TOWN.replace("duration = 6", "duration = 12")
    (folder / "longer.toml").write_text(other)
    assert main(["compare", "town.toml", "longer.toml", "--replicates", "3", "--out", "both"]) == 0
    captured = capsys.readouterr()
    text = " ".join(captured.out.split())
    assert "B − A" in text
    assert "variance" in text
    assert "runs that tip" in text
    assert "Stewardship tips in" in text
    assert "the money differs" in captured.err
    names = {path.name for path in (folder / "both").iterdir()}
    assert names == (FILES - {"outcomes.csv", "scenario.toml"}) | {"effects.csv", "a", "b"}
    arms = pd.read_parquet(folder / "both" / "series.parquet")["arm"]
    assert set(arms) == {"a", "a without", "b", "b without"}


def test_compare_as_json_is_the_same_twice(folder):
    words = ("compare", "town.toml", "town.toml", "--replicates", "2", "--json")
    first, second = (shell(*words, cwd=folder) for _ in "ab")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert set(json.loads(first.stdout)["effects"]["stewards"]) >= {"difference", "low", "high"}


def test_describe_says_what_a_file_is_about(folder, capsys):
    assert main(["describe", "town.toml"]) == 0
    text = capsys.readouterr().out
    assert "What remains after the funding?" in text
    assert "north 24, south 16" in text
    assert "not reviewed by residents" in text
    assert main(["describe", "town.toml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Two banks of a river"


def test_list_names_every_scenario_that_comes_along(capsys):
    import scenarios

    assert main(["list", "--json"]) == 0
    assert [entry["name"] for entry in json.loads(capsys.readouterr().out)] == scenarios.names()


def test_list_shows_titles_by_folder_and_published_ones_when_asked(capsys):
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert "headline/push_alone" in text
    assert "watts" in text
    assert "Cascades" not in text
    assert main(["list", "published"]) == 0
    text = capsys.readouterr().out
    assert "Cascades" in text
    assert "headline/push_alone" not in text
    assert main(["list", "nowhere"]) == 2
    assert (
        "allowed: allocation, communities, headline, headline_arms, published"
        in capsys.readouterr().err
    )


def test_doctor_looks_at_what_a_run_needs(folder, capsys):
    assert main(["doctor"]) == 0, capsys.readouterr().out
    text = capsys.readouterr().out
    assert all(word in text for word in ("Python", "numba", "Cores", "Compiled code", "Fonts"))


def test_demo_writes_its_result_and_can_be_repeated(folder, capsys):
    for _ in range(2):
        assert main(["demo", "--replicates", "2", "--months", "6"]) == 0
    text = capsys.readouterr().out
    assert "results/demo/figure.png" in text
    assert {path.name for path in (folder / "results" / "demo").iterdir()} == FILES


def test_demo_finds_another_place_where_its_own_is_taken(folder, capsys):
    (folder / "results").write_text("a file")
    assert main(["demo", "--replicates", "1", "--months", "2"]) == 0
    captured = capsys.readouterr()
    place = re.search(r"Results: (.+)", captured.out).group(1)
    assert {path.name for path in Path(place).iterdir()} == FILES
    assert not Path(place).is_relative_to(folder)
