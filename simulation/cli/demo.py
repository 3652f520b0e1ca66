"""`kindling demo`: the first thing to try; for machines with and without make."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from simulation.cli import options, output
from simulation.errors import InputError

SCENARIO = "demo"
FOLDER = Path("results") / "demo"


def demo(
    replicates: Annotated[int, typer.Option(help="How many draws of chance.")] = 10,
    months: options.Months = None,
    processes: options.Processes = 1,
    quiet: options.Quiet = False,
) -> None:
    """Run the first demo: a fictional town, a table, a figure, three sentences.

    The result is written to results/demo, or to a temporary folder where that cannot be written.
    """
    import scenarios
    from experiments.run import run
    from experiments.store_run import write_run
    from simulation.cli.run import show

    specification = scenarios.load(SCENARIO, months=months)
    folder = _folder()
    with output.progress(quiet, "Simulating the demo") as progress:
        result = run(specification, replicates=replicates, progress=progress, processes=processes)
    write_run(result, folder, name=SCENARIO, force=True)
    show(result, folder)


def _folder() -> Path:
    """Return where the demo's result goes."""
    from experiments.store_run import check_folder

    try:
        check_folder(FOLDER, force=True)
    except InputError as error:
        output.warn(str(error))
        return Path(tempfile.mkdtemp(prefix="kindling-")) / "demo"
    return FOLDER
