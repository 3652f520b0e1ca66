"""`kindling worker`: one share of a planned sweep, as in a job array."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli import options
from simulation.cli.sweep import Minutes, Retry, Timeout, tell
from simulation.errors import InputError

StoreFolder = Annotated[Path, typer.Argument(metavar="STORE", help="Folder of the store.")]
Shard = Annotated[str, typer.Option(metavar="i/n", help="Which share, of how many: 1/4 to 4/4.")]
PlanName = Annotated[
    str | None, typer.Option("--plan", help="Only this plan: its id or title; default: all.")
]


def worker(
    store: StoreFolder,
    shard: Shard,
    plan: PlanName = None,
    processes: options.Processes = 1,
    retry_failed: Retry = False,
    timeout: Timeout = None,
    minutes: Minutes = None,
    json: options.Json = False,
    process: options.OwnProcesses = None,
    quiet: options.Quiet = False,
) -> None:
    """Do one share of the runs that a store lacks.

    Plan first with 'kindling sweep DESIGN --out STORE --plan-only'; then start one worker for each
    share, on any machines that see the folder. They need no scheduler and may come and go: a share
    that was stopped or killed goes on when its worker is started again.
    """
    options.register_own(process)
    from experiments.sweeping.progress import show
    from experiments.sweeping.sharing import work_off
    from experiments.sweeping.sweeps import Interrupted

    with show(quiet=quiet or json, what=f"Share {shard}") as progress:
        try:
            report = work_off(
                store, _shard(shard), plan=plan, processes=processes, progress=progress,
                retry_failed=retry_failed, timeout=timeout, minutes=minutes,
            )  # fmt: skip
        except Interrupted as stopped:
            report = stopped.report
    tell(report, json=json)
    if report.stopped == "asked":
        raise typer.Exit(130)


def _shard(text: str) -> tuple[int, int]:
    """Return a share written as i/n.

    Raises:
        InputError: it is written otherwise.
    """
    number, slash, of = text.partition("/")
    if not (slash and number.strip().isdigit() and of.strip().isdigit()):
        raise InputError("not a share", key="--shard", found=text, allowed="i/n, such as 1/4")
    return int(number), int(of)
