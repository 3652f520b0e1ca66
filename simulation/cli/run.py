"""`kindling run`: one scenario, each run beside its pair without the push."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import options, output

if TYPE_CHECKING:
    from experiments.run import RunResult


def run(
    scenario: options.Scenario,
    replicates: Annotated[int, typer.Option(help="How many draws of chance.")] = 1,
    seed: options.Seed = None,
    months: options.Months = None,
    set_: options.Settings = None,
    out: options.Out = None,
    json: options.Json = False,
    processes: options.Processes = 1,
    process: options.OwnProcesses = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a scenario and see what remains.

    Prints a table of outcomes and three plain sentences, and writes a folder with the monthly
    table, a summary, a figure, the resolved scenario and where it came from. With --json a folder
    is written only if --out names one.
    """
    options.register_own(process)
    import scenarios
    from experiments.run import run as simulate
    from experiments.store_run import check_folder
    from simulation.fingerprint import result_id

    specification = scenarios.load(scenario, overrides=set_ or [], months=months, seed=seed)
    identity = result_id([specification], specification.seed, replicates)
    folder = out
    if folder is None and not json:
        folder = options.results_folder([scenario], identity)
    if folder is not None:
        check_folder(folder, force=force, result_id=identity)
    with output.progress(quiet or json, f"Simulating {scenario}") as progress:
        result = simulate(
            specification, replicates=replicates, progress=progress, processes=processes
        )
    if folder is not None:
        from experiments.store_run import write_run
        from experiments.suppression import left_out_of

        write_run(result, folder, name=scenario, force=force)
        for line in left_out_of(specification).lines:
            output.warn(line)
    if json:
        output.print_json(result.summary)
    elif folder is not None:
        show(result, folder)


def show(result: RunResult, folder: Path) -> None:
    """Print a run: its title, its outcomes, three sentences, and where its folder is."""
    from simulation.cli.tables import NOTHING, outcomes_table

    output.say(result.specification.title)
    if result.specification.question:
        output.say(result.specification.question)
    output.out().print(outcomes_table(result))
    if any(not entry["runs"] for entry in result.summary["outcomes"].values()):
        output.say(f"{NOTHING} means that these runs cannot tell.\n")
    for sentence in result.sentences:
        output.say(sentence)
    for note in result.notes:
        output.warn(note)
    output.say()
    output.say_path("Results:", folder)
    output.say_path("Figure: ", folder / "figure.png")
