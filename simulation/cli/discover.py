"""`kindling discover`: where in the space of factors a gain is sustained."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import answering, options, output
from simulation.cli.sensitivity import Plan, Retry, What, announce, keep_in

if TYPE_CHECKING:
    from experiments.answers.discovery import Discovery


class Method(StrEnum):
    """How boxes are sought."""

    prim = "prim"
    cart = "cart"
    both = "both"


Outcome = Annotated[str, typer.Option(help="A yes-or-no outcome: where it is yes.")]
Where = Annotated[
    str | None,
    typer.Option(metavar="CONDITION", help='In its place, a condition: "gain_48 >= .02".'),
]
How = Annotated[Method, typer.Option(help="PRIM, a classification tree, or both.")]
Arm = Annotated[str | None, typer.Option(help="Only this arm; default: the arm is a factor.")]


def discover(
    what: What,
    outcome: Outcome = "sustained_48",
    where: Where = None,
    method: How = Method.both,
    arm: Arm = None,
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
    """Find where a gain is sustained.

    PRIM and a classification tree seek boxes in two thirds of the points; each is tried on the
    others and told in words, with its density and coverage there and 95 % intervals. Where nothing
    is to be found, that is said.
    """
    options.register_own(process)
    from experiments.answers.discovery import discover as seek
    from experiments.answers.plain import answer_id, write_answer
    from experiments.answers.sensitivity_points import described
    from experiments.answers.sensitivity_sources import read_source, table_of
    from experiments.store_run import check_folder
    from experiments.sweeping.progress import show

    source = read_source(what, plan)
    command = answering.words(
        "discover", [what], outcome=None if where else outcome, where=where, method=method.value,
        arm=arm, plan=plan, process=process,
    )  # fmt: skip
    identity = answer_id("discovery", command)
    if out is not None:
        check_folder(out, force=force, result_id=identity)
    announce(source, outcome if where is None else "", quiet)
    with show(quiet=quiet or json, what="Running") as progress:
        table = table_of(
            source, store=store, processes=processes, progress=progress, retry_failed=retry_failed
        )
    factors = None if source.design is None else described(source.design.factors)
    found = seek(
        table, outcome, where=where, method=method.value, factors=factors, arm=arm,
        seed=source.seed,
    )  # fmt: skip
    answer = found.answer(f"{source.title}: {found.cases.sought}", command)
    keep_in(answer, store if source.store is None else source.store.path)
    if out is not None:
        write_answer(
            answer, out, identity=identity, scenarios=[what], seed=source.seed, force=force
        )
    if json:
        answering.show_json(answer)
        return
    output.say(f"{source.title}: where runs are {found.cases.sought}")
    _show(found)
    answering.show(answer)
    if out is not None:
        output.say()
        output.say_path("Results:", out)


def _show(found: Discovery) -> None:
    """Print the restrictions of the boxes that stand."""
    table = found.answer().tables["boxes"]
    rows = []
    for row in answering.table_rows(table[table["stands"].astype(bool)]):
        ends = (row["low"], row["high"])
        low, high = ("open" if end != end else f"{end:.3g}" for end in ends)
        asked = row["choices"] if isinstance(row["choices"], str) else f"{low} to {high}"
        quasi = "—" if row["quasi_p"] != row["quasi_p"] else f"{row['quasi_p']:.1g}"
        again = "—" if row["returns"] != row["returns"] else f"{100 * row['returns']:.0f} %"
        rows.append((str(row["method"]).upper(), str(row["label"]), asked, quasi, again))
    if rows:
        heads = ["by", "factor", "within", "quasi-p", "returns in halves"]
        answering.show_table(heads, rows, left=3)
