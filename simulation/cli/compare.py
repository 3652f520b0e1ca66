"""`kindling compare`: two scenarios, pair by pair on the same luck."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.cli import options, output


def compare(
    a: options.Scenario,
    b: options.Scenario,
    replicates: Annotated[int, typer.Option(help="How many pairs.")] = 20,
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
    """Run two scenarios on the same luck.

    Prints what B adds to A with 95 % intervals, how likely each is to tip, and what pairing did to
    the variance. --set changes both. A folder is written only if --out names one.
    """
    options.register_own(process)
    import scenarios
    from experiments.compare import compare as simulate
    from experiments.store_run import check_folder
    from simulation.fingerprint import result_id

    first, second = (
        scenarios.load(name, overrides=set_ or [], months=months, seed=seed) for name in (a, b)
    )
    if out is not None:
        identity = result_id([first, second], first.seed, replicates)
        check_folder(out, force=force, result_id=identity)
    with output.progress(quiet or json, "Simulating pairs") as progress:
        comparison = simulate(
            first, second, replicates=replicates, progress=progress, processes=processes
        )
    if out is not None:
        from experiments.store_run import write_comparison
        from experiments.suppression import left_out_of

        write_comparison(comparison, out, names=(a, b), force=force)
        for line in dict.fromkeys((*left_out_of(first).lines, *left_out_of(second).lines)):
            output.warn(line)
    if json:
        output.print_json(comparison.summary)
        return
    from simulation.cli.tables import effects_table, tipping_table

    for arm, name, specification in (("A", a, first), ("B", b, second)):
        output.say(f"{arm}  {name}: {specification.title}")
    output.out().print(effects_table(comparison))
    output.out().print(tipping_table(comparison))
    for sentence in comparison.sentences:
        output.say(sentence)
    for warning in comparison.warnings:
        output.warn(warning)
    if out is not None:
        output.say()
        output.say_path("Results:", out)
