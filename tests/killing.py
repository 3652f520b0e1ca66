"""Killing: runs `kindling sweep` over and over, each time killed at a random moment.

Called as `python -m tests.killing FOLDER KILLS SEED`. One warm process forks every sweep, in a
process group of its own, and kills the whole group: the sweep, its workers, and whatever they are
writing. The same command then goes on with the same store, until the sweep is whole; then the store
is exported and a new one is begun, until there were as many kills as asked for. So that kills meet
every stage, parts are tiny and every run is forced to the disk, and workers are forked, which takes
no time. Prints as JSON how many kills there were, what they met, and the exports.
"""

import json
import multiprocessing
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

import experiments.designs.checking
import experiments.designs.loading
import experiments.pool
import experiments.store.exporting
import experiments.sweeping.sweeps
import simulation.cli.sweep
from experiments.store import writer
from experiments.sweeping import running, warm
from simulation.cli.main import main

DESIGN = """
schema = 1
title = "A sweep to be killed"
scenario = "{scenario}"
replicates = 10
seed = 3
[[factors]]
key = "activation.reinforcement"
values = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
"""


def hurry() -> None:
    """Make parts of a few runs, force every run to the disk, and use workers at once."""
    writer.RUNS_IN_PART = 5
    writer.SYNC_EVERY = 0.0
    running.SHORT = running.SHORT_WHEN_WARM = 0.0
    running.AIM = 0.05
    experiments.pool._context = lambda: multiprocessing.get_context("fork")


def forked(words: list[str], delay: float | None, partial: Path | None = None) -> int | None:
    """Run a command in a process group of its own; kill the group after `delay` seconds.

    Where a folder is named, kill it sooner: once it holds a file that is being written.

    Returns its exit code; None where it was killed.
    """
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        if delay is not None:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
        os._exit(main(words))
    with suppress(OSError):  # whoever comes first
        os.setpgid(child, child)
    if delay is None:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    end = time.monotonic() + delay
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if partial is not None and any(partial.glob(".*partial")):
            break
        time.sleep(0.002)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def met(store: Path) -> str:
    """Tell what a kill left behind."""
    spools = [f for f in store.glob("spool/*") if f.stat().st_size]
    if list(store.glob("parts/.*partial")):
        return "publishing"
    if spools:
        return "running"
    return "between" if list(store.glob("parts/*.parquet")) else "starting"


def go(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill sweeps; see the module."""
    chance = random.Random(seed)
    found: dict[str, Any] = {"kills": 0, "met": {}, "exports": []}
    began = time.monotonic()

    def sweep(store: Path, delay: float | None, partial: Path | None = None) -> int | None:
        words = ["sweep", str(folder / "design.toml"), "--out", str(store), "--processes", "2"]
        return forked([*words, "--quiet"], delay, partial)

    times = []
    for _ in range(2):  # the sweep itself, and one that finds all runs there
        start = time.monotonic()
        assert sweep(folder / "whole", None) == 0
        times.append(time.monotonic() - start)
    took, idle = times
    rounds = 0
    while found["kills"] < kills:
        store = folder / f"killed-{rounds}"
        code = None
        while code is None:
            delay = None if found["kills"] >= kills else chance.uniform(0, idle + took / 3)
            sight = store / "parts" if chance.random() < 0.25 else None
            code = sweep(store, delay, sight)
            if code is None:
                found["kills"] += 1
                what = met(store)
                found["met"][what] = found["met"].get(what, 0) + 1
        assert code == 0, f"a sweep that went on ended with {code}"
        rounds += 1
    for store in [folder / "whole", *(folder / f"killed-{n}" for n in range(rounds))]:
        out = folder / f"{store.name}-export"
        assert forked(["store", "verify", str(store)], None) == 0
        assert forked(["store", "export", str(store), "--out", str(out)], None) == 0
        found["exports"].append(str(out))
    return found | {"seconds": time.monotonic() - began, "took": took, "idle": idle}


LOADED = (duckdb, experiments, simulation)
"""Read once, before the first fork, so that no sweep has to."""

if __name__ == "__main__":
    hurry()
    warm.warm_up()
    print(json.dumps(go(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
