"""What the page costs, in a real browser: `python -m tests.benchmarks.browser [--write FILE]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

import scenarios
from tests.benchmarks import browser_page, page_parts
from tests.browser import chromium
from tests.browser.serving import Server
from tests.browser.stagehand import Stagehand
from tests.browser.watching import Watch

PART = "browser"
RESIDENTS = {500: 490, 2_000: 1_990}
"""Residents that make this many agents with the scenario's institutions and connectors."""
DEGREE = {500: 6, 2_000: 6}

STEPS = """async ([stage, count]) => {
  const play = stage.kindlingStage;
  const button = stage.querySelector(".k-transport-step");
  const painted = (month) => new Promise((done) => {
    const look = () => {
      if (performance.getEntriesByName(`kindling:painted:${month}`).length === 0) return requestAnimationFrame(look);
      const after = new MessageChannel();
      after.port1.onmessage = () => done(performance.now());
      after.port2.postMessage(0);
    };
    requestAnimationFrame(look);
  });
  const spent = [];
  for (let k = 0; k < count; k += 1) {
    const month = Number(stage.dataset.month) + 1;
    const began = performance.now();
    button.click();
    spent.push(await painted(month) - began);
    await new Promise((done) => setTimeout(done, 30));
  }
  return spent;
}"""

SCRUBS = """async ([stage, months]) => {
  const ruler = stage.querySelector("input[type=range].k-ruler");
  const spent = [];
  for (const month of months) {
    performance.clearMarks();
    const began = performance.now();
    ruler.value = String(month);
    ruler.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => {
      const look = () => {
        if (performance.getEntriesByName(`kindling:painted:${month}`).length === 0) return requestAnimationFrame(look);
        const after = new MessageChannel();
        after.port1.onmessage = () => done();
        after.port2.postMessage(0);
      };
      look();
    });
    spent.push(performance.now() - began);
  }
  return spent;
}"""

BACKLOG = """async (stage) => {
  const button = stage.querySelector(".k-transport-play");
  const began = performance.now();
  button.click();
  let last = 0;
  const seen = new MutationObserver(() => { last = performance.now() - began; });
  seen.observe(stage, { attributes: true, attributeFilter: ["data-month"] });
  await new Promise((done) => setTimeout(done, 1200));
  seen.disconnect();
  return last / 1000;
}"""


class Sample(NamedTuple):
    """Measurements of one thing."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return float(np.median(self.values))

    @property
    def p95(self) -> float:
        return float(np.percentile(self.values, 95))

    @property
    def most(self) -> float:
        return max(self.values)


def town_file(folder: Path, agents: int, months: int = 240) -> tuple[Path, dict[str, int]]:
    """Write the demo's scenario with so many agents, about three ties each; return its size too."""
    half = RESIDENTS[agents] // 2
    changes = {
        "groups.north.size": half,
        "groups.south.size": half,
        "ties.degree": DEGREE[agents],
    }
    specification = scenarios.load("demo", changes, months=months)
    file = folder / f"town-{agents}.toml"
    file.write_text(scenarios.to_toml(specification), encoding="utf-8")
    return file, changes


@contextmanager
def opened(browser: Browser, folder: Path, *arguments: str) -> Iterator[Watch]:
    """Start a server and return the watch over its visitors."""
    with Server(folder / f"server-{time.monotonic_ns()}.log", *arguments) as server:
        yield Watch(browser, server)


def drawn(watch: Watch, path: str = "/play", **options: Any) -> tuple[Page, Stagehand, float]:
    """Open a page; return it, its stage and the seconds until month 0 was painted."""
    began = time.perf_counter()
    page = watch.open(path, **options)
    stage = Stagehand(page)
    stage.shows(0)
    return page, stage, time.perf_counter() - began


# ------------------------------------------------------------------ what is measured


def ready(browser: Browser, folder: Path, town: Path, rounds: int) -> dict[str, Sample]:
    """Return seconds until a page is drawn: from a cold server's start on, and from a warm one."""
    cold, starts, warm = [], [], []
    for _ in range(rounds):
        began = time.perf_counter()
        with opened(browser, folder, "--scenario", str(town)) as watch:
            starts.append(watch.server.seconds)
            drawn(watch, apart=True)
            cold.append(time.perf_counter() - began)
            watch.close()
            for _ in range(3):
                warm.append(drawn(watch, apart=True)[2])
                watch.close()
    return {"cold": Sample(tuple(cold)), "start": Sample(tuple(starts)), "warm": Sample(tuple(warm))}


def stepping(watch: Watch, steps: int) -> dict[str, Any]:
    """Return milliseconds from a press of "one month on" to its picture, and bytes a month."""
    context = watch.context()
    page = context.new_page()
    taken = {"bytes": 0}

    def count(payload: str | bytes) -> None:
        taken["bytes"] += len(payload)

    page.on("websocket", lambda socket: socket.on("framereceived", count))
    page.goto(f"{watch.server.address}/play")
    stage = Stagehand(page)
    stage.shows(0)
    setup = page.evaluate(
        "() => { const s = document.querySelector('.k-stage').kindlingStage.stores[0];"
        " return [s.setup.nodes.x.length, s.setup.ties.source.length, s.setup.charts.length]; }"
    )
    page.evaluate(STEPS, [stage.element.element_handle(), 3])
    page.wait_for_timeout(300)
    before = taken["bytes"]
    spent = page.evaluate(STEPS, [stage.element.element_handle(), steps])
    page.wait_for_timeout(300)
    months = steps
    result = {
        "step": Sample(tuple(spent)),
        "bytes": (taken["bytes"] - before) / months,
        "frame": page.evaluate(
            "() => { const s = document.querySelector('.k-stage').kindlingStage.stores[0];"
            " return s.frames[s.last].size; }"
        ),
        "agents": setup[0],
        "ties": setup[1],
        "charts": setup[2],
    }
    places = np.random.default_rng(1).integers(0, stage.month + 1, 40)
    result["scrub"] = Sample(
        tuple(page.evaluate(SCRUBS, [stage.element.element_handle(), places.tolist()]))
    )
    context.close()
    return result


def playing(watch: Watch, rounds: int, seconds: float = 3.0) -> dict[str, Sample]:
    """Return painted months a second at the fastest speed, and seconds it moves after Pause."""
    rates, backlog = [], []
    for _ in range(rounds):
        page, stage, _ = drawn(watch)
        stage.element.locator("select").filter(has=page.locator("option[value=fast]")).select_option(
            "fast"
        )
        stage.button("play").click()
        stage.passes(3)
        before, began = stage.month, time.perf_counter()
        page.wait_for_timeout(seconds * 1000)
        rates.append((stage.month - before) / (time.perf_counter() - began))
        backlog.append(stage.element.evaluate(BACKLOG))
        watch.close()
    return {"rate": Sample(tuple(rates)), "backlog": Sample(tuple(backlog))}


def redrawing(watch: Watch, months: int, count: int) -> float:
    """Return pictures a second where all months are there already: each is a month scrubbed to."""
    page, stage, _ = drawn(watch)
    stage.go(months)
    places = [1 + k % months for k in range(count)]
    spent = page.evaluate(SCRUBS, [stage.element.element_handle(), places])
    watch.close()
    return 1000 * count / sum(spent)


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def sessions(watch: Watch, count: int, seconds: float, speed: str) -> dict[str, float]:
    """Return cores and MB of the server for each of several visitors who play at once."""
    drawn(watch)
    watch.close()
    before = _memory(watch.server.pid)
    stages = [drawn(watch)[1] for _ in range(count)]
    for stage in stages:
        stage.element.locator("select").filter(
            has=stage.page.locator("option[value=fast]")
        ).select_option(speed)
        stage.button("play").click()
    months, busy, began = _months(stages), _processor(watch.server.pid), time.perf_counter()
    stages[0].page.wait_for_timeout(seconds * 1000)
    spent = time.perf_counter() - began
    cores = (_processor(watch.server.pid) - busy) / spent / count
    pace = (_months(stages) - months) / spent / count
    memory = (_memory(watch.server.pid) - before) / count
    watch.close()
    return {"cores": cores, "memory": memory, "pace": pace, "count": float(count)}


def _months(stages: list[Stagehand]) -> int:
    return sum(stage.month for stage in stages)


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
