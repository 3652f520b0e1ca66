"""`kindling headline`: the registered headline experiment, at any budget."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.headline.study import Headline, StudyPlan
    from experiments.sweeping.ask import Runs, Tally

Store = Annotated[
    Path | None,
    typer.Option(metavar="STORE", help="Keep runs here, take those that are there, and go on."),
]
Part = Annotated[
    list[str] | None,
    typer.Option("--part", metavar="NAME", help="core, switches, lengths or shortsight; "
                 "repeatable; default: all, in this order."),
]  # fmt: skip
Pairs = Annotated[
    int | None,
    typer.Option(help="Pairs in every draw (a quarter of them for shortsight); default: 20."),
]
Draws = Annotated[int | None, typer.Option(help="Only the first so many retained draws.")]
Budget = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="As much of it as this takes, such as 10m or 2h."),
]
Ensemble = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Another ensemble than the shipped one.")
]
HeldOut = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Held-out patterns over the draws of that ensemble."),
]


def headline(
    store: Store = None,
    part: Part = None,
    pairs: Pairs = None,
    draws: Draws = None,
    budget: Budget = None,
    ensemble: Ensemble = None,
    held_out: HeldOut = None,
    seed: options.Seed = None,
    set_: options.Settings = None,
    out: options.Out = None,
    json: options.Json = False,
    processes: options.Processes = 1,
    process: options.OwnProcesses = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Run the registered headline experiment and print its verdict and ten numbers.

    Question, arms, placebos and the rule of the verdict were written down before any run
    (docs/headline.md). How many runs each part takes, and about how long, is told before it starts.
    If it is stopped, the same command with the same --store goes on where it was. What there is no
    time for is said to be not run. A folder is written only if --out names one.
    """
    options.register_own(process)
    from experiments.headline.study import carry_out, plan_study

    seconds = None if budget is None else seconds_of(budget)
    with _runs(store) as kept:
        plan = plan_study(
            parts=part or [],
            pairs=pairs,
            draws=draws,
            budget=seconds,
            ensemble_file=ensemble,
            held_out_file=held_out,
            overrides=set_ or [],
            seed=seed,
            processes=processes,
            runs=kept,
        )
        if not quiet:
            _announce(plan, store)
        if store is not None:
            _keep_plans(plan, kept)
        with output.progress(quiet or json, "Simulating the headline experiment") as bar:
            study = carry_out(plan, runs=kept, progress=_progress(plan, bar))
        words = _command(part, pairs, draws, budget, ensemble, held_out, seed, set_)
        if store is not None and study.tables:
            keep: Any = kept
            keep.keep_answer(study.answer(words))
    if out is not None:
        from experiments.headline.storing import write_study

        write_study(study, out, force=force, command=words)
    if json:
        output.print_json(study.summary)
        return
    _show(study)
    if out is not None:
        output.say()
        output.say_path("Results:", out)


def seconds_of(text: str) -> float:
    """Return a time such as "90s", "10m" or "2h" in seconds.

    Raises:
        InputError: it is not a time.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smh])\s*", text)
    if found is None or float(found[1]) <= 0:
        raise InputError(
            "not a time", key="--budget", found=text, allowed="a number with s, m or h",
            mend="--budget 10m",
        )  # fmt: skip
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]


@contextmanager
def _runs(path: Path | None) -> Iterator[Runs]:
    """Give what keeps the runs: a store that is written to, or this process's memory."""
    if path is None:
        from experiments.sweeping.ask import Memory

        yield Memory()
        return
    from experiments.store import Store

    with Store.create_or_open(path).writer() as writer:
        yield writer


def _keep_plans(plan: StudyPlan, kept: Any) -> None:
    """Note in the store what each part is to come to."""
    from experiments.headline.registered import REGISTERED
    from experiments.store.plan import Plan

    for part in plan.parts:
        if part.pairs:
            label = next(p.label for p in REGISTERED.parts if p.name == part.name)
            kept.add_plan(
                Plan.made(
                    part.cells,
                    part.pairs,
                    seed=plan.seed,
                    title=f"headline, {part.name}: {label}",
                    question=REGISTERED.question,
                )
            )


def _announce(plan: StudyPlan, store: Path | None) -> None:
    """Say on stderr how much each part takes."""
    from experiments.headline.effort import told
    from experiments.headline.study import counted

    for part in plan.parts:
        if not part.pairs:
            draws = f"{plan.draws} draw{'s' if plan.draws > 1 else ''}; it is not run"
            fewer = " (--draws takes fewer)" if plan.draws > 1 else ""
            output.warn(f"{part.name}: no time for two pairs in {draws}{fewer}")
            continue
        text = f"{part.name}: {counted(part.pairs)} in each draw, {part.runs:,} runs"
        text += f" ({part.found:,} more are there already)" if part.found else ""
        cut = f", cut from {counted(part.wanted)}" if part.pairs < part.wanted else ""
        output.warn(f"{text}, about {told(part.seconds)}{cut}")
    total = sum(part.seconds for part in plan.parts)
    share = "one process" if plan.processes == 1 else f"{plan.processes} processes"
    output.warn(f"in all about {told(total)} on {share}")
    if store is None:
        output.warn("nothing is kept if this is stopped; --store STORE would keep every run")


def _progress(plan: StudyPlan, bar: Callable[[int, int], None]) -> Callable[[str, Tally], None]:
    """Return what moves one bar over all parts."""
    total = {part.name: part.runs for part in plan.parts}
    before, done = 0, 0
    for name in list(total):
        total[name], before = before, before + total[name]
    whole = max(before, 1)

    def tell(part: str, tally: Tally) -> None:
        nonlocal done
        done = max(done, total[part] + tally.done)
        bar(min(done, whole), whole)

    return tell


def _show(study: Headline) -> None:
    """Print the question, the verdict, the numbers, and how the arms' outcomes are distributed."""
    from experiments.headline.registered import REGISTERED
    from experiments.summary import number, percent
    from simulation.cli.tables import table

    output.say(REGISTERED.question)
    output.say()
    for sentence in study.sentences:
        output.say(sentence)
    if len(study.arms):
        heads = ("arm, same money", "E at 48: 5 %", "median", "95 %", "tipped", "sustained")
        made = table(heads, right=(1, 2, 3, 4, 5))
        for row in study.arms.to_dict("records"):
            gains = (number(row[name], True, 3) for name in ("q05", "q50", "q95"))
            made.add_row(
                row["label"], *gains, *(percent(row[n]) for n in ("tipped", "sustained_48"))
            )
        output.say()
        output.out().print(made)
    for note in study.notes:
        output.warn(note)


def _command(
    part: list[str] | None,
    pairs: int | None,
    draws: int | None,
    budget: str | None,
    ensemble: Path | None,
    held_out: Path | None,
    seed: int | None,
    set_: list[str] | None,
) -> list[str]:
    """Return the command that repeats this, without what does not change its results."""
    words = ["kindling", "headline"]
    for name in part or []:
        words += ["--part", name]
    named = (
        ("--pairs", pairs),
        ("--draws", draws),
        ("--budget", budget),
        ("--ensemble", None if ensemble is None else ensemble.name),
        ("--held-out", None if held_out is None else held_out.name),
        ("--seed", seed),
    )
    for name, value in named:
        words += [] if value is None else [name, str(value)]
    for value in set_ or []:
        words += ["--set", value]
    return words
