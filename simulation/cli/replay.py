"""`kindling replay`: one run of a store, done again alone."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output
from simulation.cli.sweep import Timeout

if TYPE_CHECKING:
    from experiments.store.schema import Row
    from experiments.sweeping.replaying import Replay

StoreFolder = Annotated[Path, typer.Argument(metavar="STORE", help="Folder of the store.")]
Run = Annotated[str, typer.Argument(help="Id of the run, or the beginning of it.")]


def replay(
    store: StoreFolder,
    run: Run,
    timeout: Timeout = None,
    json: options.Json = False,
    process: options.OwnProcesses = None,
) -> None:
    """Do one run of a store again, and say whether it comes to the same.

    Nothing is written. A run that failed shows what makes it, where it fails, and its traceback.
    Exit code 0: it came to the same, bit for bit; 1: it did not.
    """
    options.register_own(process)
    from experiments.store import Store
    from experiments.sweeping.replaying import replay as again

    found = again(Store.open(store), run, timeout=timeout)
    if json:
        output.print_json(_plain(found))
    else:
        _show(found)
    raise typer.Exit(0 if found.same else 1)


def _show(found: Replay) -> None:
    before, after = found.before, found.after
    output.say(f"Run {before.run} of '{found.plan.title}'")
    for name, value in found.settings().items():
        output.say(f"  {name} = {value}")
    if not found.same_code:
        changed = "the code or its libraries have" if before.code != after.code else (
            "a process of your own has"
        )  # fmt: skip
        output.warn(f"{changed} changed since the run was kept: what follows compares two versions")
    output.say(f"Kept:  {_told(before)}")
    output.say(f"Again: {_told(after)}")
    if found.same and not after.failed:
        output.say(f"The same numbers, bit for bit: {len(after.keys)} series.")
    elif found.same:
        output.say("The same failure.")
    else:
        output.say("Not the same.")
    for difference in found.differences[:5]:
        name = ".".join(difference.key)
        text = f"{difference.before!r} before, {difference.after!r} now"
        output.say(f"  {name} differs from month {difference.month} on: {text}")
    if len(found.differences) > 5:
        output.say(f"  … and {len(found.differences) - 5} more series")
    trace = after.traceback or before.traceback
    if trace:
        output.say(f"\n{trace.rstrip()}")


def _told(row: Row) -> str:
    if row.failed:
        return f"failed in {row.stage}: {row.error}"
    return f"done in {row.seconds:.3g} s, {row.months} months, on {row.machine}"


def _plain(found: Replay) -> dict[str, Any]:
    def side(row: Row) -> dict[str, Any]:
        names = ("run", "code", "status", "stage", "error", "traceback", "months")
        outcomes = {name: _number(value) for name, value in row.outcomes.items()}
        return {**{name: getattr(row, name) for name in names}, "outcomes": outcomes}

    return {
        "plan": found.plan.id,
        "settings": dict(found.settings()),
        "same": found.same,
        "same_code": found.same_code,
        "before": side(found.before),
        "after": side(found.after),
        "differences": [
            {
                "series": ".".join(d.key),
                "month": d.month,
                "before": _number(d.before),
                "after": _number(d.after),
            }
            for d in found.differences
        ],
    }


def _number(value: float) -> float | None:
    """Return a number as JSON knows it."""
    return None if math.isnan(value) else value
