"""`kindling calibrate`: which draws of what is uncertain reproduce two patterns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import answering, options, output
from simulation.cli.sensitivity import keep_in

if TYPE_CHECKING:
    from experiments.store.answer import Answer

Draws = Annotated[int, typer.Option(help="How many draws of what is uncertain.")]
Seed = Annotated[int, typer.Option(help="Seed of the draws and of all runs.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Folder for the results; default: in results/."),
]
Store = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Keep the answer in this store, too.")
]


def calibrate(
    draws: Draws = 500,
    seed: Seed = 1,
    out: Out = None,
    store: Store = None,
    json: options.Json = False,
    processes: options.Processes = 1,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Draw what is uncertain, and keep what fits two patterns.

    The patterns are P1 (how long coalitions last) and P5 (what sanctions do); all others stay held
    out. Prints how many draws passed each stage, and which parameters the kept draws narrow. A
    draw takes from seconds to minutes. If it is stopped, the same command goes on where it was.
    """
    from experiments.answers.plain import answer_id, write_answer
    from experiments.calibration.ensemble import write
    from experiments.calibration.identified import calibration_answer
    from experiments.calibration.kept import KeptAttempts
    from experiments.calibration.search import calibrate as search
    from experiments.store_run import check_folder

    command = answering.words("calibrate", [], draws=draws, seed=seed)
    identity = answer_id("calibration", command)
    folder = out or Path("results") / f"calibration-{identity[:8]}"
    check_folder(folder, force=force, result_id=identity)
    whole = folder.absolute()
    with KeptAttempts(whole.parent / f"{whole.name}.unfinished.jsonl") as kept:
        with output.progress(quiet or json, "Judging draws") as bar:
            found = search(
                draws, seed, processes=processes, kept=kept,
                progress=lambda done, total, retained: bar(done, total),
            )  # fmt: skip
        answer = calibration_answer(found, command)
        write_answer(answer, folder, identity=identity, scenarios=[], seed=seed, force=force)
        write(found, folder / "ensemble.csv")
        kept.forget()
    keep_in(answer, store)
    if json:
        answering.show_json(answer)
        return
    _show(answer)
    answering.show(answer)
    output.say()
    output.say_path("Results:", folder)


def _show(answer: Answer) -> None:
    """Print how many draws passed each stage, and how far each parameter left its prior."""
    output.say("Draws that passed, stage by stage")
    rows = [
        (
            f"{row['pattern']} after {row['replicates']} runs",
            "decides" if row["last"] else "only rejects",
            f"{row['passed']} of {row['tried']}",
        )
        for row in answering.table_rows(answer.tables["stages"])
    ]
    answering.show_table(["stage", "which", "passed"], rows, left=2)
    output.say("How far the kept draws lie from the prior (0 to 1)")
    narrowed = [
        (
            str(row["parameter"]),
            answering.cell_text(row["distance"], 2),
            "—" if row["low"] != row["low"] else f"{row['low']:.2f} to {row['high']:.2f}",
            answering.cell_text(row["chance"], 2),
            "yes" if row["identified"] else "no",
        )
        for row in answering.table_rows(answer.tables["identified"])
    ]
    heads = ["parameter", "distance", "95 % interval", "by chance up to", "narrowed"]
    answering.show_table(heads, narrowed)
