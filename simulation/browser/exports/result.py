"""Result: the run of a page as the shell would have made it, as a table and as a scenario file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from experiments.judge import push_of
from experiments.run import RunResult
from experiments.suppression import hidden_keys, left_out_of, suppress_table
from scenarios import to_toml
from simulation.browser.session.difference import recorded_of
from simulation.browser.session.track import run_on
from simulation.fingerprint import run_id

if TYPE_CHECKING:
    from simulation.browser.session.line import Line


def run_result(line: Line) -> RunResult:
    """Return the whole run, to its horizon, with its pair without the interventions.

    It is what `kindling run` makes of `scenario_toml(line)`, bit for bit.
    """
    course = line.course
    specification = course.specification()
    push = push_of(specification)
    unpushed = None
    if push is not None:
        alone = specification.without_interventions()
        first = min(e.month for e in specification.events if e.intervention)
        recorder = run_on(alone, course.luck, line.snapshot(first - 1)).recorder
        unpushed = recorded_of(recorder, run_id(alone, course.seed, course.replicate))
    whole = run_id(specification, course.seed, course.replicate)
    return RunResult(
        specification=specification,
        seed=course.seed,
        recorded=recorded_of(line.whole(), whole),
        unpushed=unpushed,
        push=push,
    )


def run_csv(line: Line) -> bytes:
    """Return the tidy months of the whole run as CSV in UTF-8.

    The table is that of `series.parquet`: run, arm ("with", "without"), month, community, measure,
    group, boundary, value. Values of small groups of real people are empty.
    """
    result = run_result(line)
    tables = []
    for arm, recorded in (("with", result.recorded), ("without", result.unpushed)):
        if recorded is not None:
            table = recorded.tidy()
            table.insert(1, "arm", arm)
            tables.append(table)
    joined = pd.concat(tables, ignore_index=True)
    shared = suppress_table(joined, left_out_of(result.specification))
    return shared.to_csv(index=False, lineterminator="\n").encode()


def scenario_toml(line: Line) -> str:
    """Return the course as a scenario file that `kindling run` makes the same run from."""
    return to_toml(line.course.specification())


def hidden_values(line: Line) -> set[str]:
    """Return the keys of a frame's values that rest on groups too small to be shared."""
    specification = line.course.specification()
    left = left_out_of(specification)
    if not left:
        return set()
    recorded = recorded_of(line.whole())
    hidden = hidden_keys(recorded.keys, recorded.values, left)
    gone = {tuple(key) for key, out in zip(recorded.keys, hidden, strict=True) if out}
    found = {v.key for v in line.values if v.measure is not None and tuple(v.measure) in gone}
    if left.everyone:
        found = set(line.value_keys)
    if found & {"gap", "worst_off"}:
        found |= {"gain", "sustained"}
    return found
