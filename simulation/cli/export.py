"""`kindling export`: a run, or an earlier result, in files that other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli import options, output
from simulation.errors import InputError

Source = Annotated[
    str, typer.Argument(help="A scenario's name, a .toml file, or a folder of results.")
]
Folder = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
AtMonths = Annotated[
    list[int] | None,
    typer.Option("--month", help="Month of the network; repeatable; default: the last."),
]
Formats = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="csv,parquet,graphml,edges", help="What to write; default: all."
    ),
]
People = Annotated[bool, typer.Option("--people", help="Write the state of every resident too.")]
KeepNames = Annotated[
    bool, typer.Option("--keep-names", help="Call people as in their file, not r0, r1, …")
]


def export(
    source: Source,
    out: Folder,
    month: AtMonths = None,
    format_: Formats = None,
    people: People = False,
    keep_names: KeepNames = False,
    seed: options.Seed = None,
    set_: options.Settings = None,
    process: options.OwnProcesses = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Write one run for other programs.

    Runs a scenario once and writes its months as CSV and Parquet, and its network as GraphML and as
    lists of ties. A folder of earlier results is turned into tables without running anything.
    Values of groups with few real people are left out.
    """
    options.register_own(process)
    from experiments.export.stored import is_result

    if is_result(Path(source)):
        given = {
            "--month": month, "--seed": seed, "--set": set_,
            "--people": people, "--keep-names": keep_names,
        }  # fmt: skip
        _convert(Path(source), out, format_, [name for name, v in given.items() if v], force)
        return
    import scenarios
    from experiments.export import export as simulate
    from experiments.export import export_id, formats_of, write_export
    from experiments.store_run import check_folder
    from simulation.fingerprint import run_id

    formats = formats_of(format_)
    specification = scenarios.load(source, overrides=set_ or [], seed=seed)
    months = month or [specification.months]
    run = run_id(specification, specification.seed, 0)
    identity = export_id(run, months, formats, people=people, named=keep_names)
    check_folder(out, force=force, result_id=identity)
    with output.progress(quiet, f"Simulating {source}") as progress:
        made = simulate(specification, months, keep_names=keep_names, progress=progress)
    left = write_export(made, out, name=source, formats=formats, people=people, force=force)
    for line in left.lines:
        output.warn(line)
    if people or keep_names or specification.people.path is not None:
        output.warn("these files tell of single people: share them only with their consent")
    _show(out)


def _convert(source: Path, out: Path, format_: str | None, idle: list[str], force: bool) -> None:
    """Turn a folder of results into tables."""
    from experiments.export import convert_result, formats_of

    if idle:
        raise InputError(
            "a folder of results holds months only, and is not run again",
            key=idle[0], found=str(source), mend="name the scenario instead",
        )  # fmt: skip
    convert_result(source, out, formats=formats_of(format_, ("csv", "parquet")), force=force)
    _show(out)


def _show(folder: Path) -> None:
    """Print what was written."""
    for file in sorted(folder.iterdir()):
        output.say_path("Written:", file)
