"""`kindling audit`: what carries the headline findings, and whether they outlive other settings."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output

if TYPE_CHECKING:
    from experiments.robustness.kept import Kept
    from experiments.robustness.study import Study
    from experiments.robustness.tables import Cells


class Only(StrEnum):
    """Half of the study."""

    ablation = "ablation"
    audit = "audit"


Findings = Annotated[
    str | None, typer.Option(metavar="F1,F2", help="Which findings; default: all.")
]
Half = Annotated[Only | None, typer.Option(help="Only the ablation, or only the perturbations.")]
Conditions = Annotated[
    list[str] | None,
    typer.Option(
        "--condition",
        metavar="NAME",
        help="Only this mechanism, perturbation or family of them; repeatable.",
    ),
]
Quick = Annotated[
    bool,
    typer.Option(
        "--quick",
        help="Only the short list: 23 mechanisms and 20 perturbations, at least one of every kind.",
    ),
]
Pairs = Annotated[int, typer.Option(help="How many pairs of runs.")]
Runs = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Keep finished runs in this file, and take from it those that are there; default: "
        "beside --out, until the results are written.",
    ),
]


def audit(
    findings: Findings = None,
    only: Half = None,
    condition: Conditions = None,
    quick: Quick = False,
    replicates: Pairs = 10,
    seed: options.Seed = None,
    months: options.Months = None,
    set_: options.Settings = None,
    out: options.Out = None,
    runs: Runs = None,
    json: options.Json = False,
    processes: options.Processes = 1,
    process: options.OwnProcesses = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Try the headline findings hard.

    Switches every mechanism off in turn, and lays other networks, sizes, orders, forms and chance
    on both scenarios of each finding. Prints what carries it and whether it stands, with 95 %
    intervals. --set changes all scenarios first. A folder is written only if --out names one.
    How many runs it is, and about how long, is told before it starts. If it is stopped, the same
    command with the same --out goes on where it was.
    """
    options.register_own(process)
    from experiments.robustness.findings import chosen
    from experiments.robustness.kept import Kept
    from experiments.robustness.study import carry_out, prepare
    from experiments.store_run import check_folder

    planned = prepare(
        chosen([] if findings is None else findings.split(",")),
        only=None if only is None else only.value,
        seed=1 if seed is None else seed,
        replicates=replicates,
        months=months,
        settings=set_ or [],
        conditions=condition or [],
        quick=quick,
    )
    if out is not None:
        check_folder(out, force=force, result_id=planned.plan.id)
    kept = Kept(_runs_file(runs, out))
    if not quiet:
        _announce(planned, kept, processes)
    with output.progress(quiet or json, "Simulating pairs") as progress:
        study = carry_out(planned, processes=processes, progress=progress, kept=kept)
    if out is not None:
        from experiments.robustness.storing import write_study

        words = _command(findings, only, condition, quick, replicates, seed, months, set_)
        write_study(study, out, force=force, command=words)
        if runs is None and kept.file is not None:
            kept.file.unlink(missing_ok=True)
    if json:
        output.print_json(study.summary)
        return
    _show(study)
    if out is not None:
        output.say()
        output.say_path("Results:", out)


def _runs_file(runs: Path | None, out: Path | None) -> Path | None:
    """Return where finished runs are kept: where the user says, else beside the results."""
    if runs is not None or out is None:
        return runs
    folder = out.absolute()
    return folder.parent / f"{folder.name}.unfinished.jsonl"


def _announce(planned: Study, kept: Kept, processes: int) -> None:
    """Say on stderr how much is to be done."""
    from experiments.robustness.effort import effort

    text = effort(planned.plan, kept, processes).text
    conditions = f"{len(planned.mechanisms)} mechanisms, {len(planned.perturbations)} perturbations"
    findings = ", ".join(finding.id for finding in planned.plan.findings)
    share = "one process" if processes == 1 else f"{processes} processes, a free processor each"
    output.warn(
        f"{findings}: {conditions}, {planned.plan.replicates} replicates: {text} on {share}"
    )


def _show(study: Study) -> None:
    """Print all tables, finding by finding, and the sentences."""
    from experiments.robustness import tables
    from experiments.robustness.verdicts import rule

    for finding in study.plan.findings:
        output.say(f"{finding.id} {finding.name}: {finding.with_} beside {finding.without}")
        output.say(f"Claimed: {finding.claim}.")
        own = study.findings[study.findings["finding"] == finding.id]
        _print(tables.narrow(tables.findings_cells(own), (1, 2, 3, 4, 5)))
        if study.mechanisms:
            output.say(f"{finding.id} {finding.name}: without each mechanism, in both arms")
            cells = tables.ablation_cells(study.ablation, finding.id)
            _print(tables.narrow(cells, (0, 4, 5, 6, 7)))
        if study.perturbations:
            output.say(f"{finding.id} {finding.name}: under other assumptions")
            cells = tables.audit_cells(study.audit, finding.id)
            _print(tables.narrow(cells, (1, 2, 3, 4, 6, 7)))
    if study.perturbations:
        output.say()
        output.say(rule())
        output.say()
    for sentence in tables.verdict_sentences(study.findings):
        output.say(sentence)
    if study.perturbations:
        output.say("Beside the primary outcome, whether stewardship tips:")
        for sentence in tables.verdict_sentences(study.findings, "tipped"):
            output.say(sentence)
    if study.mechanisms:
        for sentence in tables.ablation_sentences(study.ablation, study.findings):
            output.say(sentence)
        output.say(
            "Parts are given after the adjustment of Benjamini and Hochberg at 5 % within each "
            "finding; the intervals are single ones."
        )


def _print(cells: Cells) -> None:
    from rich.text import Text

    from simulation.cli.tables import table

    made = table(cells.heads, right=cells.right)
    for row in cells.rows:
        made.add_row(*(Text(cell) for cell in row))
    output.out().print(made)


def _command(
    findings: str | None,
    only: Any,
    condition: list[str] | None,
    quick: bool,
    replicates: int,
    seed: int | None,
    months: int | None,
    set_: list[str] | None,
) -> list[str]:
    """Return the command that repeats this, without what does not change its results."""
    words = ["kindling", "audit"]
    named = (
        ("--findings", findings),
        ("--only", None if only is None else only.value),
        ("--replicates", replicates),
        ("--seed", seed),
        ("--months", months),
    )
    for name, value in named:
        words += [] if value is None else [name, str(value)]
    words += ["--quick"] if quick else []
    for name, values in (("--condition", condition), ("--set", set_)):
        for value in values or []:
            words += [name, value]
    return words
