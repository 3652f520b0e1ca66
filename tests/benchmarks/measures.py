"""What is measured: the engine against the reference, building, size, and starting up."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import mesa

import scenarios
from simulation.community import CommunityModel
from simulation.specification import Specification
from tests.benchmarks.timing import Spread, seconds
from tests.reference.model import ReferenceModel

SCENARIO = "demo"
WARM_UP = 14
"""Months run before timing: the demo's grant starts in month 13, so every process has work."""


def town(residents: int, **more: Any) -> Specification:
    """Return the demo scenario at another size, without spin-up, for as long as needed."""
    half = residents // 2
    settings = {"groups.north.size": half, "groups.south.size": residents - half, "spin_up": 0}
    return scenarios.with_settings(scenarios.load(SCENARIO), {**settings, **more})


def engine_against_reference(residents: int, rounds: int, engine_months: int) -> dict[str, Any]:
    """Time months of the engine and of the reference in turn, at one size."""
    spec = town(residents)
    engine = CommunityModel(spec).run(WARM_UP)
    references = {
        "keyed": ReferenceModel(spec, spec.seed),
        "mesa": ReferenceModel(spec, spec.seed, chance="mesa"),
    }
    for model in references.values():
        for _ in range(WARM_UP if residents <= 1000 else 1):
            model.step()
    times: dict[str, list[float]] = {"engine": [], "keyed": [], "mesa": []}
    for _ in range(rounds):
        times["engine"].append(seconds(engine.step, engine_months))
        for name, model in references.items():
            times[name].append(seconds(model.step))
    result: dict[str, Any] = {"residents": residents, "rounds": rounds}
    for name, values in times.items():
        result[name] = Spread.of([residents / value for value in values])
    for name in references:
        pairs = zip(times[name], times["engine"], strict=True)
        result[f"ratio_{name}"] = Spread.of([slow / fast for slow, fast in pairs])
    return result


def building(residents: int, rounds: int) -> dict[str, Any]:
    """Time building a community, in months of stepping it, and count the Mesa agents it makes."""
    spec = town(residents)
    made = 0
    original = mesa.Agent.__init__

    def counted(self: Any, *args: Any, **kwargs: Any) -> None:
        nonlocal made
        made += 1
        original(self, *args, **kwargs)

    model = CommunityModel(spec).run(WARM_UP)
    build, month = [], []
    for _ in range(rounds):
        build.append(seconds(lambda: CommunityModel(spec), 3))
        month.append(seconds(model.step, 5))
    mesa.Agent.__init__ = counted  # type: ignore[method-assign]
    try:
        CommunityModel(spec).run(2)
    finally:
        mesa.Agent.__init__ = original  # type: ignore[method-assign]
    return {
        "residents": residents,
        "build": Spread.of(build),
        "months": Spread.of([b / m for b, m in zip(build, month, strict=True)]),
        "agents": made,
    }


def size(residents: int, months: int) -> dict[str, Any]:
    """Time months at one size in a process of its own; report its memory."""
    code = "from tests.benchmarks.measures import size_here; size_here(%d, %d)"
    done = subprocess.run(
        [sys.executable, "-c", code % (residents, months)],
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def size_here(residents: int, months: int) -> None:
    """Do what `size` reports, in this process, and print it as JSON."""
    empty = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    CommunityModel(town(100)).run(WARM_UP)
    ready = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spec = town(residents)
    built = seconds(lambda: CommunityModel(spec))
    model = CommunityModel(spec).run(WARM_UP if residents < 100_000 else 1)
    times = [seconds(model.step) for _ in range(months)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = {
        "residents": residents,
        "ties": len(model.ties),
        "build": built,
        "month": Spread.of(times)._asdict(),
        "peak_mb": peak / 1024,
        "own_mb": (peak - max(ready, empty)) / 1024,
    }
    print(json.dumps(report))


def starting() -> dict[str, Any]:
    """Time importing and the shell's help; name heavy libraries loaded; count compilations."""
    probe = (
        "import time; t = time.perf_counter(); import simulation, simulation.community\n"
        "import sys; heavy = [m for m in ('solara', 'matplotlib', 'dask', 'mesa.visualization')"
        " if m in sys.modules]\nprint(time.perf_counter() - t, *heavy)"
    )
    imports, helps, heavy = [], [], set()
    for _ in range(5):
        words = _run([sys.executable, "-c", probe]).split()
        imports.append(float(words[0]))
        heavy.update(words[1:])
        helps.append(seconds(lambda: _run([sys.executable, "-m", "simulation.cli", "--help"])))
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "simulation.cli",
            "run",
            SCENARIO,
            "--months",
            "24",
            "--json",
            "--out",
            str(Path(folder) / "run"),
        ]
        cache = {**os.environ, "KINDLING_CACHE": str(Path(folder) / "cache")}
        first = seconds(lambda: _run(command, cache))
        compiled = _kernels(Path(folder) / "cache")
        again = seconds(lambda: _run([*command[:-1], str(Path(folder) / "run2")], cache))
        more = _kernels(Path(folder) / "cache") - compiled
    return {
        "import": Spread.of(imports),
        "help": Spread.of(helps),
        "heavy": sorted(heavy),
        "first_run": first,
        "second_run": again,
        "kernels": len(compiled),
        "compiled_again": len(more),
    }


def _kernels(folder: Path) -> set[str]:
    return {f"{file}:{file.stat().st_mtime_ns}" for file in folder.rglob("*.nbc")}


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout
