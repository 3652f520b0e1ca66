"""Run the benchmarks: `python -m tests.benchmarks [--quick] [--write FILE]`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks import measures, page_parts
from tests.benchmarks.sweep_page import sweeps

GOAL = 100


def machine() -> str:
    """Return one line about the machine and the libraries."""
    names = ("mesa", "numpy", "numba", "scipy")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    cpu = platform.processor() or platform.machine()
    return f"{os.cpu_count()} cores ({cpu}), Python {platform.python_version()}, {libraries}"


def against(rows: list[dict[str, Any]]) -> str:
    """Return the table of the engine against the reference."""
    lines = [
        "| residents | engine, M resident-months/s | reference, k/s | with Mesa's generator, k/s "
        "| engine / reference | engine / Mesa's generator |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['residents']:,} | {row['engine'].text(1e-6)} | {row['keyed'].text(1e-3)} "
        f"| {row['mesa'].text(1e-3)} | **{row['ratio_keyed'].text()}** "
        f"| **{row['ratio_mesa'].text()}** |"
        for row in rows
    ]
    return "\n".join(lines)


def by_size(rows: list[dict[str, Any]]) -> str:
    """Return the table of cost and memory by size."""
    lines = [
        "| residents | ties | build, s | month, s (median) | ns a resident-month | "
        "against the smallest | memory of the community, MB |",
        "|---|---|---|---|---|---|---|",
    ]
    base = rows[0]["month"]["median"] / rows[0]["residents"]
    for row in rows:
        each = row["month"]["median"] / row["residents"]
        lines.append(
            f"| {row['residents']:,} | {row['ties']:,} | {row['build']:.3g} "
            f"| {row['month']['median']:.3g} | {each * 1e9:.0f} | {each / base:.2f} "
            f"| {row['own_mb']:.0f} |"
        )
    return "\n".join(lines)


def report(quick: bool) -> str:
    """Measure everything and return the page."""
    say = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    say("The engine against the reference …")
    rows = [measures.engine_against_reference(1_000, 3 if quick else 9, 20)]
    if not quick:
        rows.append(measures.engine_against_reference(10_000, 5, 5))
    say("Building …")
    built = measures.building(1_000, 5 if quick else 15)
    say("Large communities …")
    sizes = [(10_000, 20), (100_000, 5)] if quick else [(10_000, 20), (100_000, 8), (1_000_000, 4)]
    large = [measures.size(*pair) for pair in sizes]
    say("Starting up …")
    start = measures.starting()
    say("Sweeps …")
    swept = sweeps(quick)
    heavy = ", ".join(start["heavy"]) or "none of them"
    lowest = min(min(r["ratio_keyed"].median, r["ratio_mesa"].median) for r in rows)
    verdict = "met" if lowest >= GOAL else "not met"
    build, months = built["build"].text(1e3), built["months"].text()
    return f"""# Performance

Made by `make bench` ({machine()}). Ratios are taken within one run, round by round, in turn; every
figure is the median with the least and the greatest. Absolute times depend on the machine.

## The engine against a plain Mesa model

The reference (`tests/reference/`) is the same model with one Python object an agent, on plain Mesa.
It computes the same numbers to 1e-12. The engine also records some 140 measures a month; the
reference records nothing. Scenario: `{measures.SCENARIO}`, all processes on, after the grant has
begun.

{against(rows)}

Goal: at least {GOAL} times the resident-months a second. **{verdict.capitalize()}**: the lowest
median ratio is {lowest:.0f}. At 1,000 residents a month is bound by the fixed cost of calling some
forty kernels from Python; from 10,000 on by drawing chances and reading neighbours, about twelve
ties a resident.

## Building

Building {built["residents"]:,} residents takes {build} ms, as long as {months} months of stepping
them (goal: at most 20), and creates {built["agents"]} Mesa agents (goal: 0). Spin-up months are
months and not counted.

## Large communities

{by_size(large)}

Memory is what the process needs beyond an imported and compiled Kindling, at its peak (building
included). Beyond the processor's caches a resident costs more, because neighbours lie far apart in
memory; `simulation.renumber` stores residents in another order without changing any result.

{swept}
## Starting up

| what | seconds |
|---|---|
| `import simulation, simulation.community` | {start["import"].text()} |
| `kindling --help` | {start["help"].text()} |
| first `kindling run` of 24 months ({start["kernels"]} kernels) | {start["first_run"]:.3g} |
| second run of the same | {start["second_run"]:.3g} |

Importing the model loads, of Solara, matplotlib, Dask and Mesa's visualization: {heavy}. The second
run compiled {start["compiled_again"]} kernels.
"""


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller sizes")
    parser.add_argument("--write", type=Path, help="file to write the page to")
    given = parser.parse_args()
    page = report(given.quick)
    print(page)
    if given.write:
        old = given.write.read_text(encoding="utf-8") if given.write.exists() else ""
        given.write.write_text(page_parts.carried(old, page), encoding="utf-8")


if __name__ == "__main__":
    main()
