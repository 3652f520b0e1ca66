"""`kindling perturb`: does the conclusion outlive missing ties and noisy ratings?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import options, output

if TYPE_CHECKING:
    from experiments.data_doubt import DataDoubt

Other = Annotated[
    str | None, typer.Option("--compare", metavar="OTHER", help="A scenario to compare with it.")
]
Missing = Annotated[
    str, typer.Option(metavar="0.1,0.2", help="Shares of ties, and of respondents, missing.")
]
Noise = Annotated[
    str, typer.Option(metavar="0.5,1", help="Most by which ratings (1 to 4) are off, in points.")
]
OutcomeNames = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome", metavar="NAME", help="What to judge; default: gap_people and worst_off."
    ),
]
Draws = Annotated[int, typer.Option(help="How often each fault is drawn.")]
Replicates = Annotated[int, typer.Option(help="How many draws of chance behind every effect.")]


def perturb(
    scenario: options.Scenario,
    compare: Other = None,
    missing: Missing = "0.1,0.2,0.3",
    noise: Noise = "0.5,1",
    outcome: OutcomeNames = None,
    draws: Draws = 20,
    replicates: Replicates = 5,
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
    """Try a conclusion against missing and noisy data.

    Re-runs a scenario whose ties come from files with ties missing, people not answering and
    ratings off, and says until where its effect keeps its sign. The effect is that of its
    interventions, or with --compare what the other scenario adds. A folder is written only if --out
    names one.
    """
    options.register_own(process)
    import scenarios
    from experiments.data_doubt import doubt, levels_of, prepare, write_doubt
    from experiments.store_run import check_folder

    names = [scenario] if compare is None else [scenario, compare]
    first, *rest = (
        scenarios.load(name, overrides=set_ or [], months=months, seed=seed) for name in names
    )
    plan = prepare(
        first,
        rest[0] if rest else None,
        missing=levels_of(missing, "--missing"),
        noise=levels_of(noise, "--noise"),
        outcomes=outcome or [],
        draws=draws,
        replicates=replicates,
    )
    if out is not None:
        check_folder(out, force=force, result_id=plan.id)
    with output.progress(quiet or json, "Drawing faults") as progress:
        study = doubt(plan, processes=processes, progress=progress)
    if out is not None:
        write_doubt(study, out, names=names, force=force)
        if study.hidden:
            output.warn(f"left out of the folder for small groups: {', '.join(study.hidden)}")
    if json:
        output.print_json(study.summary)
        return
    _show(study)
    if out is not None:
        output.say()
        output.say_path("Results:", out)


def _show(study: DataDoubt) -> None:
    """Print a table for each outcome, and a sentence on each."""
    from experiments.data_doubt.telling import level_words
    from experiments.judge import OUTCOMES
    from experiments.summary import number
    from simulation.cli.tables import NOTHING, table

    def shown(value: float) -> str:
        return NOTHING if value != value else number(value, signed=True, digits=3)

    what = {
        "missing": "ties missing",
        "respondents": "respondents missing",
        "noise": "ratings off by",
    }
    for name, base in study.base.items():
        output.say(f"{OUTCOMES[name].label}: {shown(base.mean)} with the data as they are")
        heads = ["fault", "level", "mean", "5 to 95 % of draws", "sign changes"]
        made = table(heads, right=(1, 2, 3, 4))
        own = study.table[study.table["outcome"] == name]
        for row in own.to_dict(orient="records"):
            made.add_row(
                what[row["kind"]],
                level_words(row["kind"], row["level"]),
                shown(row["mean"]),
                f"{shown(row['low'])} to {shown(row['high'])}",
                f"{row['sign_changes']} of {row['draws']}",
            )
        output.out().print(made)
    for sentence in study.sentences:
        output.say(sentence)
    for note in study.plan.notes:
        output.warn(note)
