"""`kindling survival`: how long gains, or coalitions, last after the push."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import answering, options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.answers.survival import SurvivalStudy


LONGEST_NAME = 14
"""Longer names of arms stand above the table."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Of(StrEnum):
    """What survives."""

    gain = "gain"
    coalition = "coalition"


What = Annotated[
    str, typer.Argument(help="A store of runs, or a scenario: its shipped name or a .toml file.")
]
Other = Annotated[str | None, typer.Argument(help="A second scenario, run on the same luck.")]
Survives = Annotated[Of, typer.Option(help="What lasts: the gain, or a coalition of three.")]
Replicates = Annotated[int | None, typer.Option(help="How many pairs of runs; default: 40.")]
Plan = Annotated[str | None, typer.Option(help="Of a store: which plan; default: the last one.")]


def survival(
    what: What,
    other: Other = None,
    of: Survives = Of.gain,
    replicates: Replicates = None,
    plan: Plan = None,
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
    """See how long gains last after the push.

    Kaplan–Meier curves by arm, with 95 % intervals: runs that end before the loss are counted as
    long as they were watched. Of two arms, the difference on pairs too. Takes the runs of a store,
    or runs one or two scenarios.
    """
    options.register_own(process)
    from experiments.answers.plain import answer_id, write_answer
    from experiments.store_run import check_folder

    stored = Path(what).is_dir()
    given = {
        "B": other, "--replicates": replicates, "--seed": seed, "--months": months, "--set": set_,
        "--store": store,
    }  # fmt: skip
    _refuse(given if stored else {"--plan": plan}, stored)
    command = answering.words(
        "survival", [what] if other is None else [what, other], of=of.value,
        replicates=replicates, plan=plan, seed=seed, months=months, set=set_, process=process,
    )  # fmt: skip
    identity = answer_id("survival", command)
    if out is not None:
        check_folder(out, force=force, result_id=identity)
    name = f"{' and '.join(n for n in (what, other) if n)}: {of.value}"
    if stored:
        found, answer = _of_store(Path(what), plan, of, command)
    else:
        with answering.runs_in(store) as runs:
            specifications = _loaded([what, other], set_, months, seed)
            with output.progress(quiet or json, "Running pairs") as progress:
                found = _of_scenarios(
                    specifications, replicates or 40, of, runs, processes, progress
                )
            answer = found.answer(name, command)
            answering.keep(answer, runs, store)
    if out is not None:
        write_answer(
            answer, out, identity=identity, scenarios=[n for n in (what, other) if n],
            seed=found.seed, force=force,
        )  # fmt: skip
    if json:
        answering.show_json(answer)
        return
    _show(found)
    answering.show(answer)
    if out is not None:
        output.say()
        output.say_path("Results:", out)


def _refuse(given: dict[str, Any], stored: bool) -> None:
    """Refuse what says nothing here.

    Raises:
        InputError: naming the first.
    """
    for name, value in given.items():
        if value is not None:
            about = "the runs of a store are as they are" if stored else "a scenario has no plans"
            raise InputError(about, key=name, found=str(value), mend=f"leave {name} out")


def _loaded(
    names: Sequence[str | None], set_: list[str] | None, months: int | None, seed: int | None
) -> dict[str, Any]:
    """Return the scenarios by name.

    Raises:
        InputError: one cannot be loaded, or they last different times.
    """
    import scenarios

    found = {
        name: scenarios.load(name, overrides=set_ or [], months=months, seed=seed)
        for name in names
        if name is not None
    }
    if len({specification.months for specification in found.values()}) > 1:
        raise InputError(
            "the two scenarios last different times",
            key="months",
            mend="give both the same with --months",
        )
    return found


def _of_store(
    path: Path, plan: str | None, of: Of, command: Sequence[str]
) -> tuple[SurvivalStudy, Any]:
    """Return what the runs of a store say, and keep the answer there."""
    from experiments.answers.survival import find_survival
    from experiments.store import Store

    store = Store.open(path)
    asked = store.plan(plan)
    cells, replicates = list(asked.cells), range(asked.replicates)
    found = find_survival(cells, replicates, asked.seed, store, of.value)
    answer = found.answer(f"{asked.title}: {of.value}", command)
    with store.writer() as writer:
        writer.keep_answer(answer)
    return found, answer


def _of_scenarios(
    specifications: dict[str, Any],
    replicates: int,
    of: Of,
    runs: Any,
    processes: int,
    progress: Any,
) -> SurvivalStudy:
    """Run one or two scenarios in pairs, and return what their runs say."""
    from experiments.answers.survival import find_survival
    from experiments.designs.cell import community_cell
    from experiments.sweeping.ask import ask

    paired = of is Of.gain
    cells = [community_cell(s, arm=name, paired=paired) for name, s in specifications.items()]
    seed = next(iter(specifications.values())).seed
    ask(
        cells, replicates, seed=seed, runs=runs, processes=processes,
        progress=lambda tally: progress(tally.done + tally.found, tally.total),
    )  # fmt: skip
    return find_survival(cells, range(replicates), seed, runs, of.value)


def _show(found: SurvivalStudy) -> None:
    """Print a row an arm."""
    from experiments.answers.plain import records

    heads = ["arm", "runs", f"had {found.of}", "median", "95 % interval", "mean", "95 % interval"]
    rows = []
    table = records(found.by_arm)
    long = any(len(row["arm"]) > LONGEST_NAME for row in table) and len(table) <= len(LETTERS)
    output.say(
        f"Months after the push until the {found.of} is lost; means within "
        f"{found.horizon:.0f} months"
    )
    for letter, row in zip(LETTERS, table, strict=False):
        if long:
            output.say(f"{letter}  {row['arm']}")
            row["arm"] = letter
    for row in table:
        median = "" if row["median_low"] is None else f"{row['median_low']:.0f} to "
        median += "…" if median and row["median_high"] is None else ""
        median += "" if row["median_high"] is None else f"{row['median_high']:.0f}"
        mean = "" if row["mean_low"] is None else f"{row['mean_low']:.1f} to {row['mean_high']:.1f}"
        rows.append(
            (
                row["arm"] or "all",
                str(row["runs"]),
                str(row["had"]),
                "—" if row["median"] is None else f"{row['median']:.0f}",
                median,
                "—" if row["mean"] is None else f"{row['mean']:.1f}",
                mean,
            )
        )
    answering.show_table(heads, rows)
