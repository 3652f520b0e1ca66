"""`kindling threshold`: how much push is enough."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import answering, options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.answers.threshold import Threshold
    from experiments.answers.threshold_levers import Levers

Values = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,C", help="Strengths; default: a quarter, half, one and two times its own."
    ),
]
Strength = Annotated[
    str | None, typer.Option(metavar="KEY", help="The strength; default: the push's amount.")
]
Lever = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY",
        help="What is made longer or larger; default: the push's duration. Repeatable: all take "
        "the same value.",
    ),
]
Number = Annotated[float | None, typer.Option(help="Least value of the lever; months: 3.")]
Longest = Annotated[float | None, typer.Option(help="Greatest value of the lever; months: 120.")]
Step = Annotated[float | None, typer.Option(help="Steps of the lever; months: 3.")]
Outcome = Annotated[
    str, typer.Option(help="What has to hold: sustained_48, sustained_24, tipped, …")
]
AtLeast = Annotated[
    str | None,
    typer.Option(metavar="OUTCOME=LEVEL", help="In its place, a level: gain_48=.02"),
]
Pairs = Annotated[int, typer.Option(help="Pairs of runs on which a push is judged.")]
Cap = Annotated[int | None, typer.Option(help="The most runs; default: as many as it takes.")]


def threshold(
    scenario: options.Scenario,
    values: Values = None,
    longest: Longest = None,
    shortest: Number = None,
    step: Step = None,
    strength: Strength = None,
    lever: Lever = None,
    outcome: Outcome = "sustained_48",
    at_least: AtLeast = None,
    pairs: Pairs = 40,
    cap: Cap = None,
    seed: options.Seed = None,
    months: options.Months = None,
    set_: options.Settings = None,
    store: answering.StoreOption = None,
    out: options.Out = None,
    json: options.Json = False,
    processes: options.Processes = 1,
    process: options.OwnProcesses = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Find how much push is enough.

    For each strength, the shortest push after which the gain is sustained in half and in nine of
    ten pairs of runs, with 95 % intervals: the strength–duration curve. How many runs it may take,
    and about how long, is told before it starts. With --store nothing is run twice.
    """
    options.register_own(process)
    import scenarios
    from experiments.answers.effort import effort_text, first_cell, seconds_a_run
    from experiments.answers.plain import answer_id, write_answer
    from experiments.answers.threshold import find_threshold, most_runs, usual_runs
    from experiments.answers.threshold_levers import levers_of
    from experiments.answers.threshold_response import months_after, success_of
    from experiments.simulate import check_counts
    from experiments.store_run import check_folder

    success = success_of(outcome, at_least)
    specification = scenarios.load(scenario, overrides=set_ or [], months=months, seed=seed)
    check_counts(seed=specification.seed, replicates=pairs, processes=processes)
    levers = levers_of(
        specification,
        strength=strength,
        values=_numbers(values),
        levers=lever or [],
        shortest=shortest,
        longest=longest,
        step=step,
        after=months_after(success),
        fixed_months=months is not None,
    )
    command = answering.words(
        "threshold", [scenario], values=values, longest=longest, shortest=shortest, step=step,
        strength=strength, lever=lever, outcome=None if at_least else outcome, at_least=at_least,
        pairs=pairs, cap=cap, seed=seed, months=months, set=set_, process=process,
    )  # fmt: skip
    identity = answer_id("threshold", command)
    if out is not None:
        check_folder(out, force=force, result_id=identity)
    with answering.runs_in(store) as runs:
        if not quiet:
            most = most_runs(levers, pairs) if cap is None else min(cap, most_runs(levers, pairs))
            seconds = seconds_a_run(first_cell(levers), specification.seed, runs)
            usual = f"; usually about {min(most, usual_runs(levers, pairs)):,} runs or fewer"
            output.warn(f"{effort_text(most, seconds, processes)}{usual}")
        with output.progress(quiet or json, "Running pairs") as progress:
            found = find_threshold(
                levers, success, pairs=pairs, cap=cap, seed=specification.seed, runs=runs,
                processes=processes, progress=progress,
            )  # fmt: skip
        answer = found.answer(f"{scenario}: {at_least or outcome}", command)
        answering.keep(answer, runs, store)
    if out is not None:
        write_answer(
            answer, out, identity=identity, scenarios=[scenario], seed=specification.seed,
            force=force,
        )  # fmt: skip
    if json:
        answering.show_json(answer)
        return
    output.say(f"{specification.title}: pairs of runs in which {success.words}")
    _show_curve(found, levers)
    answering.show(answer)
    if out is not None:
        output.say()
        output.say_path("Results:", out)


def _numbers(text: str | None) -> list[float] | None:
    """Return the numbers of a list with commas.

    Raises:
        InputError: one of them is none.
    """
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InputError(
            "not numbers", key="--values", found=text, mend="write them as .25,.5,1"
        ) from None


def _interval(low: float, high: float, longest: float) -> str:
    if math.isnan(low):
        return f"beyond {longest:g}"
    return f"from {low:g}" if math.isnan(high) else f"{low:g} to {high:g}"


def _show_curve(found: Threshold, levers: Levers) -> None:
    """Print the curve: a row a strength and share."""
    unit = f" ({levers.unit})" if levers.unit else ""
    heads = [
        levers.strength,
        "in",
        f"least {levers.lever.partition(' of ')[0]}{unit}",
        "95 % interval",
        "money",
    ]
    rows = []
    for row in answering.table_rows(found.curve):
        money = row.get("money", float("nan"))
        rows.append(
            (
                f"{row['value']:g}",
                f"{100 * row['share']:.0f} %",
                answering.cell_text(row["duration"], nothing="none"),
                _interval(row["low"], row["high"], levers.candidates[-1]),
                answering.cell_text(money, 1),
            )
        )
    answering.show_table(heads, rows, left=0)
