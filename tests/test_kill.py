"""A sweep that is killed at any moment loses no run and doubles none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import scenarios
from tests.killing import DESIGN
from tests.small_community import small_specification

KILLS = 50


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="process groups are killed on Unix only")
def test_killed_at_fifty_moments_it_ends_as_if_undisturbed(tmp_path: Path) -> None:
    """Kill the process group of a real sweep, go on, and compare what is exported, byte by byte."""
    community = small_specification(months=4)
    (tmp_path / "small.toml").write_text(scenarios.to_toml(community), encoding="utf-8")
    (tmp_path / "design.toml").write_text(DESIGN.format(scenario="small.toml"), encoding="utf-8")
    words = [sys.executable, "-W", "ignore", "-m", "tests.killing", str(tmp_path), str(KILLS), "7"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["kills"] >= KILLS
    assert found["met"].get("running", 0) + found["met"].get("publishing", 0) >= 5, found
    print({name: found[name] for name in ("kills", "met", "seconds", "took", "idle")})
    whole, *killed = [
        {file.name: file.read_bytes() for file in sorted(Path(name).iterdir())}
        for name in found["exports"]
    ]
    assert {"outcomes.csv", "runs.csv", "months.csv"} <= set(whole)
    assert whole["runs.csv"].count(b"\n") == 1 + 2 * 6 * 10
    assert len(killed) >= 2
    for export in killed:
        for name, content in whole.items():
            assert export[name] == content, name
