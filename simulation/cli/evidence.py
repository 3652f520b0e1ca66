"""`kindling evidence`: which rules tell a real change from noise, and how soon."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import answering, options, output

if TYPE_CHECKING:
    import pandas as pd

Scenario = Annotated[
    str, typer.Argument(help="A scenario with a push: a shipped one's name, or a .toml file.")
]
Towns = Annotated[int, typer.Option(help="How many towns, each with every size of push and none.")]


def evidence(
    scenario: Scenario = "headline/push_alone",
    replicates: Towns = 100,
    seed: options.Seed = None,
    set_: options.Settings = None,
    store: answering.StoreOption = None,
    out: options.Out = None,
    json: options.Json = False,
    processes: options.Processes = 1,
    process: options.OwnProcesses = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Tell which rules of evidence can be trusted.

    Watches towns with a push of several sizes and without any, as towns watch themselves: by
    surveys, month by month or less often, against their own past, its trend, or a like town; and
    as only a model can, against their own twin. Says how often each rule rings falsely, how often
    rightly, and how soon, with 95 % intervals, beside what textbooks expect. The table shows one
    rule; --out and --json give all of them.
    """
    options.register_own(process)
    import scenarios
    from experiments.answers.plain import answer_id, write_answer
    from experiments.evidence.study import study
    from experiments.evidence.telling import answer, examples
    from experiments.store_run import check_folder

    specification = scenarios.load(scenario, overrides=set_ or [], seed=seed)
    command = answering.words(
        "evidence", [scenario], replicates=replicates, seed=seed, set=set_, process=process
    )
    identity = answer_id("evidence", command)
    if out is not None:
        check_folder(out, force=force, result_id=identity)
    with answering.runs_in(store) as runs:
        with output.progress(quiet or json, "Watching towns") as bar:
            found = study(
                specification,
                replicates=replicates,
                seed=specification.seed,
                runs=runs,
                processes=processes,
                progress=lambda tally: bar(tally.done + tally.found, tally.total),
            )
        told = answer(found, scenario, command)
        answering.keep(told, runs, store)
    if out is not None:
        write_answer(
            told, out, identity=identity, scenarios=[scenario], seed=specification.seed,
            force=force,
        )  # fmt: skip
    if json:
        answering.show_json(told)
        return
    output.say(f"{found.title}. A run of eight monthly readings, 200 residents asked, three years:")
    _show(examples(told.tables["verdicts"]))
    answering.show(told)
    if out is not None:
        output.say()
        output.say_path("Results:", out)


def _show(table: pd.DataFrame) -> None:
    """Print the rates of one rule, a line a measure and what it is held against."""
    heads = ["watched", "against", "textbook", "rings falsely", "finds it", "after"]
    rows = []
    for row in answering.table_rows(table):
        late = row["delay"]
        rows.append(
            [
                row["measure"],
                row["against"].removeprefix("its ").removeprefix("a "),
                f"{row['textbook']:.0%}",
                _interval(row["false"], row["false_low"], row["false_high"]),
                _interval(row["found"], row["found_low"], row["found_high"]),
                "—" if math.isnan(late) else f"{late:g} mo",
            ]
        )
    answering.show_table(heads, rows, left=2)


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:.0%} [{100 * low:.0f}–{100 * high:.0f}]"
