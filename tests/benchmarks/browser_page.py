"""The part of the page of performance that is about the page in the browser."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from typing import Any

from tests.benchmarks.timing import Spread

STEP_MS, BACKLOG_S, SCRUB_MS, MONTH_KB, RATE = 100, 0.3, 50, 10, 10
READY_S, CORES, MEMORY_MB, WITHOUT_S, PAIRS_S = 4, 0.1, 25, 2, 20


def told(found: dict[str, Any]) -> str:
    """Return the part in words and a table from what was measured."""
    step, fast, normal = found["step"], found["fast"], found["normal"]
    pairs, ready = found["pairs"], found["ready"]
    large = found["large_step"]
    faults = "; ".join(found["faults"]) or "none"
    return f"""## The page in the browser

Made by `make bench-browser` ({_machine()}, Chromium {found["version"]} drawing without a graphics
card; server and browser on one machine, whose load before was {found["load"]:.1f}). One run of the
preset made larger: {step["agents"]} agents, {step["ties"]:,} ties (three friends each, and the ties
to institutions), all {step["charts"]} charts of Play. The budgets were set for 1,500 ties and 4
charts.

{_table(_rows(found))}

- **Step**: from the press of "one month on" to the end of the browser's painting;
  n = {len(step["step"].values)} presses in a row. The stage keeps up to a year of months ahead,
  so the month is usually there. Where it is made only then, as right after a change, the model's
  month and the way there and back are between, too: n = {len(step["asked"].values)}.
- **Scrub**: from the ruler's new month to the end of painting; n = {len(step["scrub"].values)}.
  It asks the server for nothing.
- **A month on the wire**: all that comes over the connection for each month, before compression;
  the frame itself is {step["frame"] / 1000:.1f} kB.
- **Ready**: from opening the address in a browser with nothing stored until the town is drawn, on a
  server that runs; n = {len(ready["warm"].values)}. The server itself takes
  {ready["start"].median:.1f} s to start (its kernels compiled before), and from starting it to the
  first town it is {ready["cold"].median:.1f} s.
- **2,000 agents**: {large["agents"]:,} agents, {large["ties"]:,} ties; the fastest speed asks for
  16.7 months a second. A step takes {large["step"].median:.0f} ms (p95 {large["step"].p95:.0f});
  months that are there already are redrawn {found["redraw"]:.0f} times a second.
- **A session**: {normal["count"]:.0f} visitors who play at once at normal speed
  ({normal["pace"]:.1f} months a second each); the server's processor time and memory, shared out.
  At the fastest speed they get {fast["pace"]:.1f} months a second each and take
  {fast["cores"]:.2f} cores and {fast["memory"]:.0f} MB each. Their browsers run on the same cores.
- **100 pairs**: on Compare, the preset against itself without the leader's leaving, to month
  {pairs["months"]:.0f}, the horizon that the page offers first; the bar shows after
  {pairs["first"]:.1f} s.
- Errors in the console, of scripts, or requests to other machines while measuring: {faults}.
"""


def _rows(found: dict[str, Any]) -> list[list[str]]:
    step, play, large = found["step"], found["play"], found["large"]
    ready, normal, pairs = found["ready"]["warm"], found["normal"], found["pairs"]
    kilobytes = step["bytes"] / 1000
    return [
        _row("step to painted, ms (p95)", _two(step["step"]), f"≤ {STEP_MS}",
             step["step"].p95 <= STEP_MS),
        _row("the same, where nothing is ahead, ms (p95)", _two(step["asked"]), f"≤ {STEP_MS}",
             step["asked"].p95 <= STEP_MS),
        _row("still moving after Pause, s (most)", f"{play['backlog'].most:.2f}", f"≤ {BACKLOG_S}",
             play["backlog"].most <= BACKLOG_S),
        _row("scrub, ms (p95)", _two(step["scrub"]), f"≤ {SCRUB_MS}",
             step["scrub"].p95 <= SCRUB_MS),
        _row("a month on the wire, kB", f"{kilobytes:.1f}", f"≤ {MONTH_KB}", kilobytes <= MONTH_KB),
        _row("2,000 agents, months painted a second", f"{large['rate'].median:.1f}", f"≥ {RATE}",
             large["rate"].median >= RATE),
        _row("page ready, s (p95)", _two(ready, 2), f"≤ {READY_S}", ready.p95 <= READY_S),
        _row("a session playing, cores", f"{normal['cores']:.3f}", f"≤ {CORES}",
             normal["cores"] <= CORES),
        _row("a session playing, MB", f"{normal['memory']:.0f}", f"≤ {MEMORY_MB}",
             normal["memory"] <= MEMORY_MB),
        _row("“without this?”, s (p95)", _two(found["without"], 2), f"≤ {WITHOUT_S}",
             found["without"].p95 <= WITHOUT_S),
        _row("100 pairs of towns, s", f"{pairs['seconds']:.1f}", f"≤ {PAIRS_S}",
             pairs["seconds"] <= PAIRS_S),
        _row("the ledger, part of a month of 400 people (range of single rounds)",
             _added(found["ledger"]), "≤ 10 %", found["ledger"].median <= 1.1),
        _row("requests to other machines", str(len(found["outside"])), "0",
             not found["outside"]),
    ]  # fmt: skip


def _added(ratio: Spread) -> str:
    low, median, high = (100 * (value - 1) for value in (ratio.low, ratio.median, ratio.high))
    return f"{median:.0f} % ({low:.0f} to {high:.0f})".replace("-", "−")


def _two(sample: Any, digits: int = 0) -> str:
    return f"{sample.median:.{digits}f} ({sample.p95:.{digits}f})"


def _row(what: str, measured: str, budget: str, met: bool) -> list[str]:
    return [what, measured, budget, "met" if met else "**not met**"]


def _table(rows: list[list[str]]) -> str:
    head = ["| what | measured | budget | |", "|---|---|---|---|"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in rows])


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    names = ", ".join(f"{name} {version(name)}" for name in ("solara", "anywidget"))
    return f"{os.cpu_count()} cores ({cpu}), Python {platform.python_version()}, {names}"
