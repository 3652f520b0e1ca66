"""`kindling sweep`: a design, run into a store."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from experiments.designs import Design
    from experiments.store import Store
    from experiments.sweeping.sweeps import Report

DesignName = Annotated[
    str, typer.Argument(metavar="DESIGN", help="A shipped design's name, or a .toml file.")
]
Out = Annotated[Path, typer.Option("--out", metavar="STORE", help="Folder of the store.")]
Replicates = Annotated[
    int | None, typer.Option(help="Draws of chance of every point; default: the design's own.")
]
Seed = Annotated[int | None, typer.Option(help="Seed of all chance; default: the design's own.")]
Months = Annotated[int | None, typer.Option(help="Months to simulate; default: the design's own.")]
Processes = Annotated[
    int | None, typer.Option(help="Processes that share the work; default: one a processor.")
]
Retry = Annotated[bool, typer.Option("--retry-failed", help="Do failed runs again.")]
Timeout = Annotated[
    float | None, typer.Option(help="Seconds after which a run is given up, and failed.")
]
Minutes = Annotated[
    float | None, typer.Option(help="Stop after so many minutes; the same command goes on.")
]
Check = Annotated[bool, typer.Option("--check", help="Only say what it takes.")]
PlanOnly = Annotated[
    bool, typer.Option("--plan-only", help="Only write the plan, for 'kindling worker'.")
]
Dask = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Give the work to this Dask scheduler.")
]


def sweep(
    design: DesignName,
    out: Out,
    processes: Processes = None,
    replicates: Replicates = None,
    seed: Seed = None,
    months: Months = None,
    set_: options.Settings = None,
    check: Check = False,
    plan_only: PlanOnly = False,
    retry_failed: Retry = False,
    timeout: Timeout = None,
    minutes: Minutes = None,
    dask: Dask = None,
    json: options.Json = False,
    process: options.OwnProcesses = None,
    quiet: options.Quiet = False,
) -> None:
    """Run every point of a design, and keep all runs in a store.

    Runs that the store has already are not done again: the same command goes on after Ctrl-C, a
    crash or a power cut, and a design with more points, replicates or months adds only those. A
    run that fails is kept as a row with its reason. Says first how long it will take.
    """
    options.register_own(process)
    from experiments.designs import load_design

    chosen = load_design(design).with_(
        replicates=replicates, months=months, seed=seed, settings=_settings(set_)
    )
    if plan_only:
        _write_plan(chosen, out)
        return
    if check or not quiet:
        fits = _check(chosen, out, processes)
        if check:
            raise typer.Exit(0 if fits else 1)
    from experiments.sweeping.progress import show
    from experiments.sweeping.sweeps import Interrupted
    from experiments.sweeping.sweeps import sweep as run

    with ExitStack() as stack:
        executor = stack.enter_context(_dask(dask)) if dask is not None else None
        progress = stack.enter_context(show(quiet=quiet or json))
        try:
            report = run(
                chosen, out, processes=processes, executor=executor, progress=progress,
                retry_failed=retry_failed, timeout=timeout, minutes=minutes,
            )  # fmt: skip
        except Interrupted as stopped:
            report = stopped.report
    tell(report, json=json)
    if report.stopped == "asked":
        raise typer.Exit(130)


def _settings(texts: list[str] | None) -> dict[str, Any] | None:
    """Return settings written as KEY=VALUE, by key."""
    from scenarios.settings import changes_of

    if not texts:
        return None
    values = [change.value for change in changes_of(texts)]
    return {t.partition("=")[0].strip(): v for t, v in zip(texts, values, strict=True)}


def _write_plan(design: Design, out: Path) -> None:
    from experiments.store import Plan, Store

    with Store.create_or_open(out).writer() as writer:
        plan = writer.add_plan(Plan.of(design))
    output.say(f"Planned: {len(plan.cells):,} cells, {plan.replicates:,} draws of chance each.")
    output.say_path("Next:    kindling worker --shard 1/2", out)


def _check(design: Design, out: Path, processes: int | None) -> bool:
    """Say what a design takes; return whether it fits.

    Raises:
        InputError: the disk will not hold it.
    """
    from experiments.sweeping.checking import check_safely

    found = check_safely(design, out, processes=processes)
    pairs = f", {found.pairs:,} of them without the push" if found.pairs else ""
    arms = f" × {found.arms} arms" if found.arms > 1 else ""
    points = f"{found.points:,} points{arms} × {found.replicates:,} replicates"
    kept = f"; {found.kept:,} are kept already" if found.kept else ""
    say_aside = output.side().print
    say_aside(f"{found.title}: {points}: {found.runs:,} runs{pairs}{kept}.", soft_wrap=True)
    say_aside(found.verdict, soft_wrap=True)
    for caution in found.cautions:
        output.warn(caution)
    if found.bytes is not None and found.free is not None and found.bytes > found.free:
        raise InputError("the disk has too little room", file=out, mend=found.verdict)
    return found.fits


def _dask(address: str) -> Any:
    from experiments.sweeping.dask_engine import dask_executor

    return dask_executor(address)


def tell(report: Report, *, json: bool = False) -> None:
    """Print what a sweep did, which runs failed and what to do next."""
    from experiments.store import Store

    failed = failures(Store.open(report.store))
    if json:
        output.print_json(_plain(report, failed))
        return
    done, _, found, total = report.tally
    rate = f", {report.rate:.3g} a second" if done else ""
    told = f"{done:,} runs done in {_time(report.seconds)}{rate}"
    output.say(f"{told}; {found:,} were there already; {total:,} in all.")
    if report.stopped:
        why = "Stopped" if report.stopped == "asked" else "Time is up"
        output.say(f"{why}: {report.left:,} runs are left. The same command goes on from here.")
    if len(failed):
        _show_failures(failed, report.store)
    output.say_path("Store:", report.store)
    if not report.stopped:
        output.say_path("Next:  kindling report", report.store)


def failures(store: Store) -> pd.DataFrame:
    """Return the failed runs of a store by where and why: stage, error, runs, example."""
    stage, error = (f"regexp_replace({name}, '[0-9.]+', '…', 'g')" for name in ("stage", "error"))
    return store.sql(
        f"select {stage} as stage, min(error) as error, count(*) as runs, min(run) as example "
        f"from runs where status = 'failed' group by {stage}, {error} "
        "order by runs desc, stage, example"
    )


MOST_SHOWN = 8


def _show_failures(failed: pd.DataFrame, store: Path) -> None:
    from rich.text import Text

    from simulation.cli.tables import table

    made = table(["failed in", "runs", "reason"], right=[1])
    for row in failed.head(MOST_SHOWN).itertuples():
        made.add_row(str(row.stage), f"{row.runs:,}", Text(str(row.error)[:200]))
    output.out().print(made)
    if len(failed) > MOST_SHOWN:
        output.say(f"… and {len(failed) - MOST_SHOWN:,} more reasons.")
    for row in failed.head(1).itertuples():
        output.say_path(f"See one:  kindling replay {store}", str(row.example)[:12])
    output.say("Do them again: the same command with --retry-failed\n")


def _time(seconds: float) -> str:
    from experiments.sweeping.progress import duration

    return duration(seconds)


def _plain(report: Report, failed: pd.DataFrame) -> dict[str, Any]:
    return {
        "store": str(report.store),
        "plans": list(report.plans),
        **report.tally._asdict(),
        "left": report.left,
        "seconds": report.seconds,
        "stopped": report.stopped,
        "failures": failed.to_dict(orient="records"),
    }
