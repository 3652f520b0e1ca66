"""Sweeps: the same numbers however they are run, interrupted, resumed and shared."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.designs import Cell, Design, community_cell
from experiments.flow import WorkersLost
from experiments.pool import each
from experiments.store import Store
from experiments.sweeping import running, sweep
from experiments.sweeping.ask import Memory, Tally, ask, carry_out, outcomes_of
from experiments.sweeping.deadline import TooLong, deadline
from experiments.sweeping.progress import Speed, duration, show, words
from experiments.sweeping.running import Pace
from experiments.sweeping.sharing import work_off
from experiments.sweeping.stopping import Stop
from experiments.sweeping.sweeps import Interrupted
from experiments.sweeping.todo import Todo, subjects_of
from simulation.cli.main import main
from simulation.errors import InputError
from simulation.processes import own_processes, register, unregister
from simulation.specification import specify
from tests.doomed import WAYS, Doomed
from tests.small_community import SMALL, small_specification


@pytest.fixture(autouse=True)
def _leave_no_trace() -> Iterator[None]:
    yield
    for process in own_processes():
        unregister(process.name)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give even the smallest sweep to helper processes."""
    monkeypatch.setattr(running, "SHORT", 0.0)
    monkeypatch.setattr(running, "SHORT_WHEN_WARM", 0.0)


def cells(count: int = 4, months: int = 3, **more: Any) -> list[Cell]:
    return [
        community_cell(small_specification(months=months, spin_up=n, **more), point=n)
        for n in range(count)
    ]


def doomed(way: str, point: int = 0, mark: int = 0) -> Cell:
    """Return a cell of a community that goes wrong."""
    parameters = {"doomed": {"way": WAYS.index(way), "mark": mark}}
    changes = {"months": 3, "spin_up": point, "events": [], "parameters": parameters}
    return community_cell(specify({**SMALL, **changes}), point=point, factors={"way": way})


def small_design(**keys: Any) -> Design:
    factors = [{"key": "activation.reinforcement", "values": [1.0, 2.0, 3.0]}]
    given = {"scenario": small_specification(months=3), "replicates": 4, "factors": factors}
    return Design(**{**given, **keys})


def everything(store: Path) -> pd.DataFrame:
    """Return all that a store tells, without how the runs went."""
    opened = Store.open(store)
    runs = opened.runs().drop(columns=["tries", "seconds", "finished", "machine", "process"])
    months = opened.months().groupby("run")["value"].sum()
    return runs.merge(months, left_on="run", right_index=True, how="left")


# ---------------------------------------------------------------------------------- what is to do


def test_each_run_is_done_once_and_replicate_by_replicate() -> None:
    places = [*cells(3), *cells(3)]
    todo = list(Todo(places, range(2), 1, Memory()))
    assert [job.replicate for job in todo] == sorted(job.replicate for job in todo)
    runs = [job.run for job in todo]
    assert len(set(runs)) == len(runs) == 2 * 6
    assert Todo(places, range(2), 1, Memory()).total == len(runs)


def test_of_two_lengths_of_a_run_only_the_longer_is_done() -> None:
    short, long = cells(1, months=2), cells(1, months=3)
    for places in (short + long, long + short):
        assert [s.months for s in subjects_of(places)] == [3, 3]
    memory = Memory()
    table = ask(short + long, 1, runs=memory)
    assert len(memory.rows([job.run for job in Todo(long, range(1), 1, Memory())])) == 2
    assert table["status"].tolist() == ["done", "done"]
    both = pd.concat([ask(short, 1), ask(long, 1)], ignore_index=True)
    pd.testing.assert_frame_equal(table, both)


def test_a_run_that_is_wanted_longer_and_with_more_measures_answers_both_wishes() -> None:
    """Neither row covers the other, so both are kept, and no cell is left out of the table."""
    brief = community_cell(small_specification(months=2, spin_up=0), point=0, measures=None)
    long = community_cell(small_specification(months=4, spin_up=0), point=1)
    for places in ([brief, long], [long, brief]):
        memory = Memory()
        table = ask(places, 1, runs=memory)
        assert table["point"].tolist() == [cell.point for cell in places]
        assert table["status"].tolist() == ["done", "done"]
        assert not list(memory.lacking(Todo(places, range(1), 1, memory).jobs()))


def test_shards_are_everything_once() -> None:
    places = cells(5)
    whole = [job.run for job in Todo(places, range(3), 1, Memory())]
    shares = [Todo(places, range(3), 1, Memory(), shard=(n, 4)) for n in (1, 2, 3, 4)]
    parts = [[job.run for job in share] for share in shares]
    assert sorted(run for part in parts for run in part) == sorted(whole)
    assert [share.total for share in shares] == [len(part) for part in parts]


# ------------------------------------------------------------------------------------- the runner


@pytest.mark.usefixtures("at_once")
def test_the_same_numbers_on_any_executor() -> None:
    places = cells(3)
    here = ask(places, 2)
    pd.testing.assert_frame_equal(ask(places, 2, processes=2), here)
    with ThreadPoolExecutor(2) as threads:
        pd.testing.assert_frame_equal(ask(places, 2, executor=threads), here)
    assert not here.isna().all(axis=None)


def test_progress_counts_every_run() -> None:
    seen: list[Tally] = []
    memory = Memory()
    ask(cells(2), 2, runs=memory, progress=seen.append)
    assert seen == [Tally(n, 0, 0, 8) for n in range(9)]
    seen.clear()
    ask(cells(2), 3, runs=memory, progress=seen.append)
    assert seen[0] == Tally(0, 0, 0, 12)
    assert seen[-1] == Tally(4, 0, 8, 12)


@pytest.mark.usefixtures("at_once")
def test_killed_workers_cost_no_run() -> None:
    places = cells(4)
    kills = []

    def kill_one(tally: Tally) -> None:
        helpers = multiprocessing.active_children()
        if tally.done in (5, 6, 20, 40) and helpers:
            os.kill(helpers[0].pid or 0, signal.SIGKILL)
            kills.append(tally.done)

    memory = Memory()
    table = ask(places, 8, runs=memory, processes=2, progress=kill_one)
    assert len(kills) >= 3
    pd.testing.assert_frame_equal(table, ask(places, 8))
    assert set(table["status"]) == {"done"}


def test_every_way_to_fail_is_a_row() -> None:
    register(Doomed)
    memory = Memory()
    mark = time.time_ns() % 10**9
    places = [doomed(way, n, mark) for n, way in enumerate(WAYS)]
    todo = Todo(places, range(2), 1, memory)
    tally = carry_out(todo, memory, Stop(), processes=2, timeout=4.0)
    (Path(tempfile.gettempdir()) / f"doomed-{mark}").unlink()
    table = outcomes_of(places, range(2), 1, memory).set_index(["way", "replicate"])
    failed = {"raise", "nan", "exit", "kill", "hang"}
    for way in WAYS:
        told = table.loc[way, ["status", "error"]]
        assert set(told["status"]) == {"failed" if way in failed else "done"}, (way, told.values)
    assert tally == Tally(16, 10, 0, 16)
    assert table.loc[("raise", 0), "error"] == "month 2: ZeroDivisionError: doomed to fail"
    assert table.loc[("nan", 1), "error"].startswith("recording: wellbeing")
    assert table.loc[("hang", 1), "error"] == "month 2: TooLong: the run took longer than 4 s"
    for way in ("exit", "kill"):
        row = memory.rows(table.loc[way, "run"].tolist())[table.loc[(way, 0), "run"]]
        assert (row.stage, row.tries) == ("worker", 3)
        assert row.error.startswith("the run ends its process")
    row = memory.rows([table.loc[("raise", 0), "run"]])[table.loc[("raise", 0), "run"]]
    assert "doomed.py" in row.traceback


def test_workers_that_always_die_end_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.flow.MOST_LOSSES", 3)
    register(Doomed)
    memory = Memory()
    todo = Todo([doomed("exit", n) for n in range(8)], range(1), 1, memory)
    with pytest.raises(WorkersLost, match="3 tasks in succession"):
        carry_out(todo, memory, Stop(), processes=2)


def test_a_process_typed_into_a_prompt_is_told_of() -> None:
    class Local(Doomed):
        name = "local"

    register(Local)
    with pytest.raises(InputError, match="a worker cannot import a process of your own"):
        ask(cells(2), 2, processes=2)


def test_an_executor_that_breaks_ends_the_sweep_and_keeps_what_is_done() -> None:
    register(Doomed)
    memory = Memory()
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as broken,
        pytest.raises(WorkersLost, match="what is done is kept"),
    ):
        ask([doomed("pause"), doomed("exit", 1)], 3, runs=memory, executor=broken)
    assert len(memory.rows([job.run for job in Todo([doomed("pause")], range(3), 1, Memory())]))


def double_or_die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def test_each_says_which_task_kills() -> None:
    assert dict(each(double_or_die, [1, 2, 4], 2)) == {0: 2, 1: 4, 2: 8}
    with pytest.raises(WorkersLost, match="died twice on the same task"):
        dict(each(double_or_die, [1, 3], 2))


def test_batches_fit_the_pace() -> None:
    pace = Pace()
    assert pace.size(100, 2) == 1
    memory = Memory()
    ask(cells(1), 1, runs=memory)
    row = memory.rows([job.run for job in Todo(cells(1), range(1), 1, Memory())]).popitem()[1]
    pace.add([row._replace(seconds=0.01)])
    assert pace.size(100_000, 2) == 40
    assert pace.size(40, 2) == 10
    pace.add([row._replace(seconds=100.0)])
    assert pace.size(100_000, 2) == 1


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs alarms")
def test_a_deadline_is_for_its_block_alone() -> None:
    with pytest.raises(TooLong, match=r"longer than 0\.05 s"), deadline(0.05):
        time.sleep(5)
    with deadline(0.05):
        pass
    time.sleep(0.1)


# -------------------------------------------------------------------------------------- the sweep


def test_points_replicates_and_months_are_added(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert sweep(small_design(), store, processes=1).tally == Tally(24, 0, 0, 24)
    assert sweep(small_design(), store, processes=1).tally == Tally(0, 0, 24, 24)
    assert sweep(small_design(replicates=5), store, processes=1).tally == Tally(6, 0, 24, 30)
    more = [{"key": "activation.reinforcement", "values": [1.0, 2.0, 3.0, 4.0]}]
    assert sweep(small_design(factors=more), store, processes=1).tally == Tally(8, 0, 24, 32)
    assert sweep(small_design(months=4), store, processes=1).tally == Tally(24, 0, 0, 24)
    assert sweep(small_design(), store, processes=1).tally == Tally(0, 0, 24, 24)


def test_stopped_after_some_runs_it_goes_on(tmp_path: Path) -> None:
    sweep(small_design(), tmp_path / "whole", processes=1)

    def interrupt(tally: Tally) -> None:
        if tally.done == 7:
            os.kill(os.getpid(), chosen)

    for chosen in (signal.SIGINT, signal.SIGTERM):
        store = tmp_path / f"stopped-{chosen}"
        before = signal.getsignal(signal.SIGTERM)
        with pytest.raises(Interrupted) as stopped:
            sweep(small_design(), store, processes=1, progress=interrupt)
        assert stopped.value.report.tally == Tally(7, 0, 0, 24)
        assert stopped.value.report.left == 17
        assert signal.getsignal(signal.SIGTERM) is before
        assert sweep(small_design(), store, processes=1).tally == Tally(17, 0, 7, 24)
        pd.testing.assert_frame_equal(everything(store), everything(tmp_path / "whole"))


def test_time_is_up(tmp_path: Path) -> None:
    report = sweep(small_design(), tmp_path / "store", processes=1, minutes=0.0)
    assert report.stopped == "time"
    assert report.left == 24


def test_failed_runs_are_done_again_when_asked(tmp_path: Path) -> None:
    register(Doomed)
    factors = [{"key": "doomed.way", "values": [0, 1]}]
    base = specify({**SMALL, "months": 3, "events": []})
    design = Design(scenario=base, replicates=2, factors=factors)
    assert sweep(design, tmp_path / "s", processes=1).tally == Tally(4, 2, 0, 4)
    assert sweep(design, tmp_path / "s", processes=1).tally == Tally(0, 0, 4, 4)
    again = sweep(design, tmp_path / "s", processes=1, retry_failed=True)
    assert again.tally == Tally(2, 2, 2, 4)
    assert Store.open(tmp_path / "s").runs()["status"].value_counts().to_dict() == {
        "done": 2,
        "failed": 2,
    }


def test_shards_side_by_side_end_as_one_sweep(tmp_path: Path) -> None:
    design = small_design()
    sweep(design, tmp_path / "whole", processes=1)
    from experiments.store import Plan

    with Store.create_or_open(tmp_path / "shared").writer() as writer:
        writer.add_plan(Plan.of(design))
    workers = [
        threading.Thread(target=work_off, args=(tmp_path / "shared", (n, 3))) for n in (1, 2, 3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    pd.testing.assert_frame_equal(everything(tmp_path / "shared"), everything(tmp_path / "whole"))
    with pytest.raises(InputError, match="no such shard"):
        work_off(tmp_path / "shared", (4, 3))


def test_a_second_sweep_on_the_same_store_is_refused(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with store.writer(), pytest.raises(InputError, match="is writing to this store"):
        sweep(small_design(), tmp_path / "store", processes=1)


def test_a_truncated_part_is_told_of_and_filled_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("whole", "torn"):
        sweep(small_design(), tmp_path / name, processes=1)
    part = next((tmp_path / "torn" / "parts").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.raises(InputError, match="verify STORE --mend"):
        sweep(small_design(), tmp_path / "torn", processes=1)
    main(["store", "verify", str(tmp_path / "torn"), "--mend"])
    capsys.readouterr()
    assert sweep(small_design(), tmp_path / "torn", processes=1).tally == Tally(24, 0, 0, 24)
    pd.testing.assert_frame_equal(everything(tmp_path / "torn"), everything(tmp_path / "whole"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_read_only_folder_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir(mode=0o555)
    with pytest.raises(InputError, match="not allowed"):
        sweep(small_design(), tmp_path / "store", processes=1)


# --------------------------------------------------------------------------------- from the shell


DESIGN = """
schema = 1
scenario = "small.toml"
replicates = 2
[[factors]]
key = "doomed.way"
values = [0, 1]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with a scenario and a design half of whose runs fail."""
    import scenarios

    monkeypatch.chdir(tmp_path)
    base = specify({**SMALL, "months": 3, "events": []})
    Path("small.toml").write_text(scenarios.to_toml(base), encoding="utf-8")
    Path("design.toml").write_text(DESIGN, encoding="utf-8")
    return tmp_path


OWN = ["--process", "tests.doomed:Doomed"]


@pytest.mark.usefixtures("folder")
def test_sweep_and_replay_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    swept = ["sweep", "design.toml", "--out", "store", "--processes", "1", "--quiet", *OWN]
    assert main(swept) == 0
    shown = capsys.readouterr().out
    assert "4 runs done" in shown
    assert "month …" in shown
    assert "ZeroDivisionError: doomed to fail" in shown
    runs = Store.open("store").runs()
    failed = str(runs[runs["status"] == "failed"]["run"].iloc[0])
    assert "kindling replay store" in shown
    assert main(["replay", "store", failed[:12], *OWN]) == 0
    shown = capsys.readouterr().out
    assert "doomed.way = 1" in shown
    assert "failed in month 2: ZeroDivisionError: doomed to fail" in shown
    assert "The same failure." in shown
    assert 'raise ZeroDivisionError("doomed to fail")' in shown
    good = str(runs[runs["status"] == "done"]["run"].iloc[0])
    assert main(["replay", "store", good, "--json", *OWN]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["same"]
    assert found["same_code"]
    assert found["before"]["outcomes"] == found["after"]["outcomes"]


@pytest.mark.usefixtures("folder")
def test_replay_of_changed_code_compares_anyway(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["sweep", "design.toml", "--out", "store", "--processes", "1", "-q", *OWN]) == 0
    runs = Store.open("store").runs()
    good = str(runs[runs["status"] == "done"]["run"].iloc[0])
    capsys.readouterr()
    monkeypatch.setattr(Doomed, "after", "trust")  # the process is another now
    assert main(["replay", "store", good, *OWN]) == 0
    told = capsys.readouterr()
    assert "a process of your own has changed since the run was kept" in told.err
    assert "bit for bit" in told.out


@pytest.mark.usefixtures("folder")
def test_workers_share_a_plan_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "design.toml", "--out", "store", "--plan-only", *OWN]) == 0
    assert "2 cells" in capsys.readouterr().out
    for shard, done in (("1/2", 2), ("2/2", 2), ("2/2", 0)):
        assert main(["worker", "store", "--shard", shard, "--json", *OWN]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["done"], found["left"]) == (done, 0)
    assert main(["worker", "store", "--shard", "one"]) == 2
    assert "allowed: i/n, such as 1/4" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_the_check_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "design.toml", "--out", "store", "--check", "--set", "doomed.way=0"]) == 2
    capsys.readouterr()
    register(Doomed)
    Path("design.toml").write_text(DESIGN.replace("[0, 1]", "[0, 6]"), encoding="utf-8")
    unregister("doomed")
    assert main(["sweep", "design.toml", "--out", "store", "--check", "--months", "1", *OWN]) == 0
    told = capsys.readouterr().err
    assert "4 runs" in told
    assert not Path("store").exists()


def test_ctrl_c_says_how_to_go_on(folder: Path) -> None:
    slow = DESIGN.replace("[0, 1]", "[7]").replace("= 2", "= 500")
    (folder / "design.toml").write_text(slow, encoding="utf-8")
    words_ = ["sweep", "design.toml", "--out", "store", "--processes", "2", "--quiet", *OWN]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    running_ = subprocess.Popen(
        [sys.executable, "-m", "simulation.cli", *words_],
        cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    end = time.monotonic() + 60
    while time.monotonic() < end and not any((folder / "store" / "spool").glob("*")):
        time.sleep(0.05)
    running_.send_signal(signal.SIGINT)
    out, err = running_.communicate(timeout=30)
    assert running_.returncode == 130, out + err
    assert "The same command goes on from here." in out
    assert "Traceback" not in err
    done = len(Store.open(folder / "store").runs())
    assert 0 < done < 500
    assert not any((folder / "store" / "spool").glob("*"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_job_array_of_the_docs_is_right() -> None:
    page = Path(__file__).parent.parent / "docs" / "sweeps.md"
    script = page.read_text(encoding="utf-8").split("```bash\n")[1].split("```")[0]
    assert script.startswith("#!/bin/bash\n#SBATCH")
    assert "kindling worker" in script
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


# ---------------------------------------------------------------------------------------- progress


def test_progress_in_words() -> None:
    now = iter([0.0, 10.0, 20.0, 100.0, 110.0])
    speed = Speed(lambda: next(now))
    assert speed.rate == 0
    speed.note(10)
    assert speed.rate == 1
    speed.note(20)
    speed.note(20)
    speed.note(40)
    assert speed.rate == pytest.approx(20 / 90)
    told = words(Tally(100, 3, 50, 1000), 2.0)
    assert told == "150 of 1,000 runs, 50 found, 3 failed, 2 a second, 7 min left"
    assert [duration(s) for s in (5, 600, 9000, 1e6)] == ["5 s", "10 min", "2.5 h", "11.6 days"]


def test_progress_without_a_terminal_is_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with show() as progress:
        progress(Tally(0, 0, 0, 2))
        progress(Tally(2, 0, 0, 2))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Sweeping: 2 of 2 runs")
    with show(quiet=True) as progress:
        progress(Tally(2, 0, 0, 2))
    assert capsys.readouterr().err == ""
