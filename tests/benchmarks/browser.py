"""What the page costs, in a real browser: `python -m tests.benchmarks.browser [--write FILE]`."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

import scenarios
from simulation.browser.compare.link import compare_link
from simulation.browser.session.course import Course
from simulation.browser.words import say
from tests.benchmarks import browser_page, page_parts
from tests.benchmarks.ledger import ledger_cost
from tests.browser import chromium
from tests.browser.serving import Server
from tests.browser.stagehand import Stagehand
from tests.browser.watching import Watch

PART = "browser"
RESIDENTS = {500: 488, 2_000: 1_988}
"""Residents that make this many agents with the scenario's institutions and connectors."""
DEGREE = 6

NOTHING_AHEAD = """() => {
  const stage = document.querySelector(".k-stage").kindlingStage;
  clearTimeout(stage.ahead);
  stage.ahead = 1;  // it thinks that it has asked for months ahead
  stage.go(stage.known);
}"""
"""Lets the stage ask for a month only when somebody goes there."""

STEPS = """async ([stage, count]) => {
  const play = stage.kindlingStage;
  const button = stage.querySelector(".k-transport-step");
  const painted = (month) => new Promise((done) => {
    const look = () => {
      const marks = performance.getEntriesByName(`kindling:painted:${month}`);
      if (marks.length === 0) return requestAnimationFrame(look);
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
        const marks = performance.getEntriesByName(`kindling:painted:${month}`);
        if (marks.length === 0) return requestAnimationFrame(look);
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


def town_file(folder: Path, agents: int, months: int = 240) -> Path:
    """Write the demo's scenario with so many agents, three friends each, and return its path."""
    half = RESIDENTS[agents] // 2
    changes = {
        "groups.north.size": half,
        "groups.south.size": half,
        "ties.degree": DEGREE,
    }
    specification = scenarios.with_settings(scenarios.load("demo", months=months), changes)
    file = folder / f"town-{agents}.toml"
    file.write_text(scenarios.to_toml(specification), encoding="utf-8")
    return file


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
    return {
        "cold": Sample(tuple(cold)),
        "start": Sample(tuple(starts)),
        "warm": Sample(tuple(warm)),
    }


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
    carried = (taken["bytes"] - before) / steps
    page.evaluate(NOTHING_AHEAD)
    page.wait_for_timeout(300)
    asked = page.evaluate(STEPS, [stage.element.element_handle(), min(steps, 40)])
    result = {
        "step": Sample(tuple(spent)),
        "asked": Sample(tuple(asked)),
        "bytes": carried,
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
        stage.element.locator("select").filter(
            has=page.locator("option[value=fast]")
        ).select_option("fast")
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


def without(watch: Watch, rounds: int) -> Sample:
    """Return seconds from asking "without this?" of an event until the answer is there."""
    spent = []
    for _ in range(rounds):
        page, stage, _ = drawn(watch)
        stage.go(20)
        asked = re.compile(re.escape(say("stage.log.without")))
        stage.log.get_by_role("button", name=asked).first.click()
        began = time.perf_counter()
        page.get_by_role("dialog").get_by_role("table").wait_for()
        spent.append(time.perf_counter() - began)
        watch.close()
    return Sample(tuple(spent))


def hundred(watch: Watch, scenario: str) -> dict[str, float]:
    """Return the seconds that 100 pairs of towns take, from the press to the last, and to where."""
    course = Course.open(scenario)
    page, _, _ = drawn(watch, compare_link(course, course.without("leader")))
    page.wait_for_timeout(3000)  # what the page makes ready while people look at it
    button = page.get_by_role("button", name=say("compare.towns.start"))
    button.wait_for()
    began = time.perf_counter()
    button.click()
    page.get_by_role("progressbar").wait_for()
    first = time.perf_counter() - began
    done = page.get_by_role("status").filter(
        has_text=say("compare.towns.took", n=100, seconds="?")[:16]
    )
    done.wait_for(timeout=180_000)
    seconds = time.perf_counter() - began
    horizon = int(re.findall(r"\d+", page.locator(".k-came .k-hint").first.inner_text())[0])
    watch.close()
    return {"seconds": seconds, "first": first, "months": horizon}


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything."""
    say_so = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    found: dict[str, Any] = {"load": os.getloadavg()[0]}
    say_so("The ledger …")
    found["ledger"] = ledger_cost(400, 12 if quick else 60)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(executable_path=chromium.get(), args=[*chromium.FLAGS])
        found["version"] = browser.version
        say_so("Opening …")
        small, large = (town_file(folder, agents) for agents in (500, 2_000))
        found["ready"] = ready(browser, folder, small, 1 if quick else 3)
        with opened(browser, folder, "--scenario", str(small)) as watch:
            drawn(watch)
            watch.close()
            say_so("Stepping and scrubbing …")
            found["step"] = stepping(watch, 30 if quick else 120)
            say_so("Playing and pausing …")
            found["play"] = playing(watch, 2 if quick else 5)
            say_so("Six visitors …")
            found["normal"] = sessions(watch, 6, 6 if quick else 20, "normal")
            found["fast"] = sessions(watch, 6, 6 if quick else 12, "fast")
            say_so("Without this? …")
            found["without"] = without(watch, 2 if quick else 6)
            say_so("A hundred pairs …")
            found["pairs"] = hundred(watch, "demo")
            found["outside"] = [f for f in watch.faults if f.startswith("request outside")]
            found["faults"] = watch.faults
        say_so("2,000 agents …")
        with opened(browser, folder, "--scenario", str(large)) as watch:
            drawn(watch)
            watch.close()
            found["large"] = playing(watch, 1 if quick else 3)
            found["large_step"] = stepping(watch, 10 if quick else 40)
            found["redraw"] = redrawing(watch, 24, 48)
        browser.close()
    return found


def main() -> None:
    """Measure the page and print or write its part of the page of performance."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.browser")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--write", type=Path, help="page to put this part into")
    given = parser.parse_args()
    text = browser_page.told(measure(given.quick))
    print(text)
    if given.write:
        page = given.write.read_text(encoding="utf-8") if given.write.exists() else ""
        given.write.write_text(page_parts.put(page, PART, text), encoding="utf-8")


if __name__ == "__main__":
    main()
