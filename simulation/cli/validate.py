"""`kindling validate`: published results, run on this engine and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.validation.judging import Result

TIERS = (0, 1, 2)

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="IDS", help="Rows such as T2 or P1; default: all of the tiers."),
]
Tiers = Annotated[
    str,
    typer.Option(
        "--tier",
        metavar="0,1,2",
        help="Which tiers: 0 exact, 1 seconds, 2 slow. Not asked where IDS are named.",
    ),
]
Replicates = Annotated[
    int | None, typer.Option(help="How many draws of chance; default: each row's own.")
]


def validate(
    ids: Ids = None,
    tier: Tiers = "0,1",
    set_: options.Settings = None,
    replicates: Replicates = None,
    seed: Annotated[int, typer.Option(help="Seed of all chance.")] = 1,
    processes: options.Processes = 1,
    json: options.Json = False,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """Run published results on this engine and compare what comes out with their targets.

    Every row is a scenario of published/ with settings, a target and its source. In brackets it is
    said where its targets come from (printed in the source, derived from its equations, recomputed
    for this project) and what meeting them says: the result emerges from interaction; the code
    implements an equation; or the result is structural, built into the model. "Wide" passes: the
    estimate is inside and its 95 % interval reaches beyond the tolerance. Where a sign has to be
    shown, the whole interval must lie on that side. With --set rows
    run with other settings and are shown without a verdict. Patterns to which the model was not
    fitted are shown as they come out; nothing requires that they hold. With --out the results are
    also stored in a folder, as results.csv and results-provenance.json.

    Exit code: 0 every target is met, 1 some are not, 2 the input cannot be used.
    """
    from experiments.validation import rows
    from experiments.validation.judging import chosen, judge

    picked = chosen(rows.all_rows(), ids or [], tiers_of(tier))
    if out is not None:
        from experiments.validation.stored import check_folder

        check_folder(out)
    with output.progress(quiet or json, f"Running {_rows(len(picked))}") as progress:
        results = judge(
            picked,
            settings=set_ or (),
            replicates=replicates,
            seed=seed,
            processes=processes,
            progress=progress,
        )
    if out is not None:
        from experiments.validation.stored import write

        command = _command(ids, tier, set_, replicates, seed)
        write(results, out, seed=seed, command=command, changes=set_ or ())
    if json:
        from experiments.validation.stored import record

        output.print_json([record(result, set_ or ()) for result in results])
    else:
        show(results, set_ or ())
    if any(r.passed is False and not r.row.held_out for r in results):
        raise typer.Exit(1)


def tiers_of(text: str) -> tuple[int, ...]:
    """Return the tiers that a text such as "0,1" names.

    Raises:
        InputError: one of them is none.
    """
    from simulation.errors import InputError

    words = [word.strip() for word in text.split(",")]
    if not all(word in {str(tier) for tier in TIERS} for word in words):
        raise InputError(
            "not a tier", key="--tier", found=text, allowed="0, 1, 2 or several, such as 0,1"
        )
    return tuple(sorted({int(word) for word in words}))


def show(results: Sequence[Result], settings: Sequence[str]) -> None:
    """Print the rows with what came out of them, and how many targets were met."""
    from experiments.validation.words import closing
    from simulation.cli.validation_tables import print_rows

    if settings:
        output.say(f"Set: {', '.join(settings)}. These are other settings than the published ones:")
        output.say("what comes out is shown and not judged.")
        output.say()
    if not results:
        output.say("There are no rows in these tiers.")
        return
    print_rows(results)
    for line in closing(results):
        output.say(line)


def _rows(count: int) -> str:
    return f"{count} row" + ("" if count == 1 else "s")


def _command(
    ids: list[str] | None,
    tier: str,
    set_: list[str] | None,
    replicates: int | None,
    seed: int,
) -> list[str]:
    """Return the command that repeats this, without what does not change its results."""
    words = ["kindling", "validate", *(ids or ["--tier", tier])]
    for text in set_ or ():
        words += ["--set", text]
    if replicates is not None:
        words += ["--replicates", str(replicates)]
    return [*words, "--seed", str(seed)]
