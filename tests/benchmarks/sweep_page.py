"""The part of the page of performance that is about sweeps."""

from __future__ import annotations

from typing import Any

from tests.benchmarks import sweeping

MOST_OVERHEAD, LEAST_SPEED_UP, MOST_FILES, MOST_SECONDS = 0.05, 1.8, 200, 1.0
TIMES_BATCH_RUN, TIMES_FEWER = 100.0, 10.0


def sweeps(quick: bool) -> str:
    """Measure the runner, the store, Mesa's batch runner and pairing; return their part."""
    own = sweeping.overhead(1, 8, 5) if quick else sweeping.overhead(3, 40, 20)
    many = sweeping.many(10_000 if quick else 100_000, 100)
    batch = sweeping.against_batch_run(1_000, 24, 1 if quick else 3)
    replicates = 3 if quick else 20
    return told(own, many, batch, sweeping.pairing(replicates, processes=2), replicates)


def told(
    own: dict[str, Any],
    many: dict[str, Any],
    batch: dict[str, Any],
    pairs: list[dict[str, Any]],
    replicates: int,
) -> str:
    """Return the part in words and tables from what was measured."""
    return f"""## Sweeps

{_table(_rows(own, many, batch))}

- **Overhead**: {own["runs"]:,} runs of {own["each"].text(1e3)} ms (a hamlet of 60, 6 months), by
  themselves and through runner and store in one process, in turn.
- **Many short runs**: {many["runs"]:,} runs that take no time, written one by one
  ({many["write_ms"]:.2g} ms each, {many["bytes"] / 1e6:.0f} MB in all), then one query that opens
  the outcomes of all of them and groups them by 100 points.
- **Mesa's batch runner**: `mesa.batch_run` on the plain Mesa model of the reference, which draws
  from Mesa's generator and collects two measures a month, against a sweep into a store that keeps
  all that outcomes are judged by; {batch["residents"]:,} residents, {batch["months"]} months, one
  process each: {batch["theirs"].text()} s a run against {batch["ours"].text(1e3)} ms.

### What pairing saves

How many times as many runs unpaired arms would need for an interval as narrow: 1 over
Var(paired) / Var(independent), from {replicates} pairs of each contrast. The goal was ten
times; this is the true ratio.

{_pairing(pairs)}
"""


def _rows(own: dict[str, Any], many: dict[str, Any], batch: dict[str, Any]) -> list[list[str]]:
    query = many["query"]
    return [
        ["overhead of runner and store", _percent(own["overhead"]),
         f"at most {MOST_OVERHEAD:.0%}", _met(own["overhead"].median <= MOST_OVERHEAD)],
        ["two processes against one", f"{own['speed_up'].text()} times",
         f"at least {LEAST_SPEED_UP}", _met(own["speed_up"].median >= LEAST_SPEED_UP)],
        [f"files for {many['runs']:,} runs", str(many["files"]),
         f"below {MOST_FILES}", _met(many["files"] < MOST_FILES)],
        ["a question that groups all of them", f"{query.text()} s",
         f"below {MOST_SECONDS:g} s", _met(query.median < MOST_SECONDS)],
        ["runs a second against `mesa.batch_run`", f"{batch['ratio'].text()} times",
         f"at least {TIMES_BATCH_RUN:g}", _met(batch["ratio"].median >= TIMES_BATCH_RUN)],
    ]  # fmt: skip


def _table(rows: list[list[str]]) -> str:
    head = ["| what | measured | goal | |", "|---|---|---|---|"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in rows])


def _percent(spread: Any) -> str:
    low, median, high = (f"{value * 100:.1f}" for value in spread)
    return f"{median} % ({low} to {high})"


def _met(yes: bool) -> str:
    return "met" if yes else "**not met**"


def _pairing(rows: list[dict[str, Any]]) -> str:
    """Return the table of contrasts by outcomes."""
    outcomes = list(dict.fromkeys(row["outcome"] for row in rows))
    found = {(row["contrast"], row["outcome"]): row["fewer"] for row in rows}
    lines = [f"| contrast | {' | '.join(outcomes)} |", "|---|" + "---|" * len(outcomes)]
    for contrast in dict.fromkeys(row["contrast"] for row in rows):
        cells = [found.get((contrast, outcome)) for outcome in outcomes]
        texts = ["no variance" if cell is None else f"{cell:.1f}" for cell in cells]
        lines.append(f"| {contrast} | {' | '.join(texts)} |")
    return "\n".join(lines)
