"""`kindling sensitivity`: what an outcome hangs on, and how much of it is luck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import answering, options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.answers.sensitivity import Sensitivity
    from experiments.answers.sensitivity_sources import Source
    from experiments.store.answer import Answer

What = Annotated[
    str,
    typer.Argument(
        metavar="DESIGN|STORE|TABLE.csv", help="A design to run, a store of runs, or a table."
    ),
]
Outcome = Annotated[str, typer.Option(help="The outcome: gain_48, sustained_48, tipped, …")]
Plan = Annotated[str | None, typer.Option(help="Which plan of the store; default: the last one.")]
Arm = Annotated[str | None, typer.Option(help="Which arm, where there are several.")]
Against = Annotated[
    str | None, typer.Option(metavar="ARM", help="How much more --arm has than this arm.")
]
Second = Annotated[bool, typer.Option("--second", help="Second-order Sobol' indices too.")]
Retry = Annotated[
    bool, typer.Option("--retry-failed", help="Do runs again that failed before; needs a store.")
]


def sensitivity(
    what: What,
    outcome: Outcome = "gain_48",
    arm: Arm = None,
    against: Against = None,
    second: Second = False,
    plan: Plan = None,
    store: answering.StoreOption = None,
    retry_failed: Retry = False,
    out: options.Out = None,
    json: options.Json = False,
    processes: options.Processes = 1,
    process: options.OwnProcesses = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Find out what an outcome hangs on.

    A design is run first, in --store if one is named; a store or a table is only read. Morris
    designs give mu* and sigma, Saltelli designs Sobol' indices, factorial designs an analysis of
    variance, one factor at a time a tornado, all others first-order indices. Everything comes with
    95 % intervals, and with the share that is luck. Failed runs never enter silently.
    """
    options.register_own(process)
    from experiments.answers.plain import answer_id, write_answer
    from experiments.answers.sensitivity import sensitivity as analyse
    from experiments.answers.sensitivity_sources import check_arms, read_source, table_of
    from experiments.store_run import check_folder
    from experiments.sweeping.progress import show

    source = read_source(what, plan)
    if source.design is not None:
        check_arms([one.name for one in source.design.arms], arm, against)
    command = answering.words(
        "sensitivity", [what], outcome=outcome, arm=arm, against=against, second=second, plan=plan,
        process=process,
    )  # fmt: skip
    identity = answer_id("sensitivity", command)
    if out is not None:
        check_folder(out, force=force, result_id=identity)
    announce(source, outcome, quiet)
    with show(quiet=quiet or json, what="Running") as progress:
        table = table_of(
            source, store=store, processes=processes, progress=progress, retry_failed=retry_failed
        )
    found = analyse(
        table, outcome, design=source.design, arm=arm, against=against, second=second,
        seed=source.seed,
    )  # fmt: skip
    name = f"{source.title}: {found.points.label}"
    answer = found.answer(name, command)
    keep_in(answer, store if source.store is None else source.store.path)
    if out is not None:
        write_answer(
            answer, out, identity=identity, scenarios=[what], seed=source.seed, force=force
        )
    if json:
        answering.show_json(answer)
        return
    output.say(f"{source.title}: {found.method} of the {found.points.label}")
    _show(found)
    answering.show(answer)
    if out is not None:
        output.say()
        output.say_path("Results:", out)


def announce(source: Source, outcome: str, quiet: bool) -> None:
    """Refuse what cannot be told before runs are done, and say how many there are."""
    from experiments.answers.sensitivity_sources import check_outcome

    if source.design is None or source.store is not None:
        return
    cells = source.design.cells()
    check_outcome(cells, outcome)
    if not quiet:
        count = len(source.design.points)
        pairs = sum(1 if cell.without is None else 2 for cell in cells)
        output.warn(
            f"{count:,} points, {source.design.replicates} replicates: at most "
            f"{pairs * source.design.replicates:,} runs"
        )


def _show(found: Sensitivity) -> None:
    """Print the table of bars or of indices."""
    if found.kind == "one_at_a_time":
        heads = ["factor", "at", "effect", "95 % interval", "at", "effect", "95 % interval"]
        rows = [
            (
                str(row["label"]),
                *(
                    text
                    for end in ("low", "high")
                    for text in (
                        _value(row[f"{end}_value"]),
                        f"{row[f'effect_{end}']:+.3g}",
                        f"{row[f'{end}_low']:+.3g} to {row[f'{end}_high']:+.3g}",
                    )
                ),
            )
            for row in answering.table_rows(found.tornado)
        ]
        answering.show_table(heads, rows)
        return
    told = {(f["factor"], f["index"]): f for f in answering.table_rows(found.floors)}
    rows = []
    for row in answering.table_rows(found.indices):
        floor = told.get((row["factor"], row["index"]), {})
        known = floor.get("told")
        verdict = "—" if known is None else "yes" if known else "no"
        rows.append(
            (
                str(row["label"]), str(row["index"]).replace("mu_star", "mu*"),
                f"{row['value']:.3g}", f"{row['low']:.3g} to {row['high']:.3g}",
                "" if "floor" not in floor else _floor(floor["floor"]), verdict,
            )
        )  # fmt: skip
    heads = ["factor", "index", "value", "95 % interval", "by chance up to", "told from none"]
    answering.show_table(heads, rows, left=2)


def _floor(value: float) -> str:
    return "—" if value != value else f"{value:.2g}"


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def keep_in(answer: Answer, store: Path | None) -> None:
    """Keep an answer in a store, where there is one; say where somebody else is writing there."""
    if store is None:
        return
    from experiments.store import Store

    try:
        with Store.create_or_open(store).writer() as writer:
            writer.keep_answer(answer)
    except InputError as problem:
        output.warn(f"the answer is not kept in the store: {problem}")
