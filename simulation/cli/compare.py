"""`kindling compare`: two scenarios, pair by pair on the same luck."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simulation.cli import options, output
from simulation.errors import InputError

Width = Annotated[
    float | None,
    typer.Option(
        metavar="W",
        help="Add pairs until the 95 % interval of one outcome is no wider than this; shares as "
        "parts of 1.",
    ),
]
Outcome = Annotated[str | None, typer.Option(help="With --width: which outcome; default: gain_48.")]
Cap = Annotated[int | None, typer.Option(help="With --width: the most pairs; default: 400.")]
Batch = Annotated[
    int | None,
    typer.Option(help="With --width: pairs of the first look, then twice as many; default: 40."),
]


def compare(
    a: options.Scenario,
    b: options.Scenario,
    replicates: Annotated[int | None, typer.Option(help="How many pairs; default: 20.")] = None,
    width: Width = None,
    outcome: Outcome = None,
    cap: Cap = None,
    batch: Batch = None,
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
    the variance. --set changes both. A folder is written only if --out names one. With --width,
    pairs are added until one outcome is known that well; its interval allows for looking often.
    """
    options.register_own(process)
    sequential = _sequential(width, outcome, cap, batch, replicates)
    replicates = 20 if replicates is None else replicates
    import scenarios
    from experiments.compare import compare as simulate
    from experiments.store_run import check_folder
    from simulation.fingerprint import result_id

    first, second = (
        scenarios.load(name, overrides=set_ or [], months=months, seed=seed) for name in (a, b)
    )
    if out is not None:
        identity = None if sequential else result_id([first, second], first.seed, replicates)
        check_folder(out, force=force, result_id=identity)
    with output.progress(quiet or json, "Simulating pairs") as progress:
        comparison = simulate(
            first, second, replicates=replicates, progress=progress, processes=processes,
            **sequential,
        )  # fmt: skip
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


def _sequential(
    width: float | None,
    outcome: str | None,
    cap: int | None,
    batch: int | None,
    replicates: int | None,
) -> dict[str, Any]:
    """Return what a comparison until an interval is narrow enough is told; empty for any other.

    Raises:
        InputError: options that go together do not come together.
    """
    given = {"outcome": outcome, "cap": cap, "batch": batch}
    named = {name: value for name, value in given.items() if value is not None}
    if width is None:
        if named:
            raise InputError(
                "it goes together with --width", key=f"--{next(iter(named))}", mend="add --width"
            )
        return {}
    if replicates is not None:
        raise InputError(
            "with --width the pairs are as many as it takes",
            key="--replicates",
            mend="say the most there may be with --cap",
        )
    return {"width": width, **named}
