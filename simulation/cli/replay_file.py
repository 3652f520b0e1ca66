"""`kindling replay-file`: one run as a page that opens anywhere, with nothing installed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli import options, output
from simulation.errors import InputError

Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A scenario's name or file, a folder of 'kindling run', or with --run a store.",
    ),
]
Out = Annotated[Path, typer.Option(metavar="FILE", help="Where the page goes.")]
Stored = Annotated[
    str | None, typer.Option("--run", help="Id of a store's run, or the beginning of it.")
]
Title = Annotated[str, typer.Option(help="Title of the page; default: the scenario's.")]


def replay_file(
    run: Run,
    out: Out = Path("replay.html"),
    stored: Stored = None,
    title: Title = "",
    seed: options.Seed = None,
    months: options.Months = None,
    set_: options.Settings = None,
    process: options.OwnProcesses = None,
    quiet: options.Quiet = False,
) -> None:
    """Write a run as one HTML file: map, charts and log, month by month, to play and to mail.

    The file asks nothing of the internet. Of a folder of several replicates the first is shown. A
    town that starts from files about real people is shown without its map, and without what rests
    on small groups.
    """
    options.register_own(process)
    from simulation.browser.replay import replay_html
    from simulation.browser.replay.opening import open_run
    from simulation.browser.session.line import Line

    if out.is_dir():
        raise InputError("is a folder", file=out, mend="name a file with --out")
    course, notes = open_run(run, run=stored, seed=seed, months=months, settings=set_ or [])
    line = Line(course)
    with output.progress(quiet, f"Simulating {run}") as progress:
        for month in range(line.months + 1):
            line.upto(month)
            progress(month, line.months)
    page = replay_html(line, title)
    output.write_whole(out, page)
    if not quiet:
        output.say_path("Replay:", out)
        output.say(f"{len(page.encode()) / 1000:.0f} kB; open it in any browser.")
    for note in notes:
        output.warn(note)
