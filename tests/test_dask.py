"""Dask: a sweep over two worker processes, one of them killed midway, loses and doubles nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from experiments.designs.cell import Cell, community_cell
from experiments.store import Store
from experiments.store.exporting import export
from experiments.store.plan import Plan
from experiments.sweeping.ask import Tally
from experiments.sweeping.dask_engine import dask_executor
from experiments.sweeping.sweeps import follow
from simulation.errors import InputError
from tests.small_community import small_specification

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[1]
ONE_THREAD = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"]


class Cluster(NamedTuple):
    """A scheduler and its workers, all of them processes that this test started."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def started(log: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a part of Dask that listens on this machine only."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    with log.open("wb") as written:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1"],
            cwd=log.parent,
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )


def address_in(log: Path, scheduler: subprocess.Popen[bytes]) -> str:
    """Return the address that a scheduler tells when it is ready."""
    until = time.monotonic() + 60
    while time.monotonic() < until and scheduler.poll() is None:
        for word in log.read_text(encoding="utf-8", errors="replace").split():
            if word.startswith("tcp://"):
                return word
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers on loopback."""
    folder = tmp_path_factory.mktemp("dask")
    log = folder / "scheduler.log"
    scheduler = started(log, "scheduler", "--port", "0", "--no-dashboard", "--no-show")
    workers: list[subprocess.Popen[bytes]] = []
    try:
        address = address_in(log, scheduler)
        workers += [started(folder / f"{n}.log", "worker", address, *ONE_THREAD) for n in range(2)]
        yield Cluster(address, scheduler, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def plan(replicates: int) -> Plan:
    """Twenty cells in pairs."""
    changes = [{"parameters": {"housing": {"moving_rate": n / 40}}} for n in range(1, 21)]
    cells: list[Cell] = [
        community_cell(small_specification(**change), point=point, factors={"moving": point})
        for point, change in enumerate(changes)
    ]
    return Plan.made(cells, replicates, title="Moving")


def test_a_worker_that_is_killed_midway_costs_and_doubles_nothing(tmp_path, cluster):
    wanted = plan(4)
    killed: list[int] = []

    def kill_one(tally: Tally) -> None:
        if tally.done >= tally.total // 3 and not killed:
            cluster.workers[0].send_signal(signal.SIGKILL)
            killed.append(tally.done)

    spread = Store.create_or_open(tmp_path / "spread")
    with dask_executor(cluster.address, patience=60) as executor:
        deadline = time.monotonic() + 60
        while executor.count() < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        report = follow([wanted], spread, executor=executor, progress=kill_one)
    assert killed
    assert killed[0] < report.tally.total
    assert report.tally == Tally(160, 0, 0, 160)
    cluster.workers[0].wait(10)
    runs = spread.runs()
    assert len(runs) == runs["run"].nunique() == 160
    assert len(set(runs["process"])) == 2  # both had a share

    serial = Store.create_or_open(tmp_path / "serial")
    follow([wanted], serial, processes=1)
    for store, name in ((spread, "a"), (serial, "b")):
        export(store, tmp_path / name)
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert files == sorted(p.name for p in (tmp_path / "b").iterdir())
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_an_executor_gives_what_a_function_gives_or_raises(cluster):
    with dask_executor(cluster.address, patience=60) as executor:
        assert executor.submit(divmod, 7, 2).result(60) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 7, 0).result(60)
        slow = executor.submit(time.sleep, 0.2)
    assert slow.done()  # leaving waits
    with pytest.raises(RuntimeError):
        executor.submit(divmod, 7, 2)


def test_nobody_there_is_one_clear_line():
    with pytest.raises(InputError, match="no Dask scheduler answers there"):
        dask_executor("tcp://127.0.0.1:9", patience=1)
    with pytest.raises(InputError, match="no Dask scheduler answers there"):
        dask_executor("nonsense://here", patience=1)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'kindling-abm\[dask\]'"):
        dask_executor("tcp://127.0.0.1:9")


def test_a_scheduler_that_dies_ends_in_a_broken_executor(tmp_path):
    log = tmp_path / "scheduler.log"
    scheduler = started(log, "scheduler", "--port", "0", "--no-dashboard", "--no-show")
    worker = None
    try:
        address = address_in(log, scheduler)
        with pytest.raises(InputError, match="has no workers"):
            dask_executor(address, patience=0.5)
        worker = started(tmp_path / "worker.log", "worker", address, *ONE_THREAD)
        executor = dask_executor(address, patience=60)
        waiting = executor.submit(time.sleep, 60)
        scheduler.kill()
        with pytest.raises(BrokenExecutor, match="the Dask scheduler is gone"):
            waiting.result(30)
        with pytest.raises(BrokenExecutor, match="the Dask scheduler is gone"):
            executor.submit(divmod, 7, 2)
        executor.shutdown()
    finally:
        for process in (worker, scheduler):
            if process is not None:
                process.kill()
                process.wait()
