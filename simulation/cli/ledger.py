"""`kindling ledger`: which process moved an indicator, in parts that add up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from experiments.suppression import LeftOut

Indicator = Annotated[
    str, typer.Option(help="What to take apart: gap, wellbeing, stewards, trust_across, …")
]
OfGroup = Annotated[str, typer.Option(help="A group's name, or all.")]
From = Annotated[
    int | None, typer.Option("--from", help="Month at whose end to begin; default: the start.")
]
To = Annotated[
    int | None, typer.Option("--to", help="Month at whose end to stop; default: the last.")
]
Table = Annotated[
    Path | None, typer.Option("--out", help="File for the table of all months (.csv).")
]
NOT_KNOWN = "not known"
MOST = 8
"""Parts that the table names."""


def ledger(
    scenario: options.Scenario,
    indicator: Indicator = "gap",
    group: OfGroup = "all",
    from_: From = None,
    to: To = None,
    out: Table = None,
    seed: options.Seed = None,
    months: options.Months = None,
    set_: options.Settings = None,
    json: options.Json = False,
    process: options.OwnProcesses = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Take the change of an indicator apart: how much came from which process.

    Runs a scenario once, on the luck of the first run of `kindling run`. The parts sum to the
    change; nothing is estimated. With --out, the amounts of every month, indicator, process and
    group are written as one tidy table.
    """
    options.register_own(process)
    import scenarios
    from experiments.suppression import left_out_of
    from simulation.chance import derive
    from simulation.community import CommunityModel
    from simulation.ledger import Ledger

    if out is not None and out.exists() and not force:
        raise InputError("there is a file already", file=out, mend="--force replaces it")
    specification = scenarios.load(scenario, overrides=set_ or [], months=months, seed=seed)
    left = left_out_of(specification)
    for line in left.lines:
        output.warn(line)
    check_shared(left, indicator, group)
    community = CommunityModel(specification, rng=derive(specification.seed, 0))
    noted = Ledger(community)
    noted.row(indicator), noted.column(group)
    with output.progress(quiet or json, f"Simulating {scenario}") as progress:
        while community.month < specification.months:
            community.step()
            progress(community.month, specification.months)
    first, last = noted.first if from_ is None else from_, noted.last if to is None else to
    noted.between(first, last)
    found = {
        "scenario": specification.title,
        "seed": specification.seed,
        "indicator": indicator,
        "group": group,
        "from": first,
        "to": last,
        "before": noted.value(indicator, group, first),
        "after": noted.value(indicator, group, last),
        "parts": [
            {"process": name, "amount": amount}
            for name, amount in noted.parts(indicator, first, last, group)
        ],
    }
    if out is not None:
        write(noted.table(first, last), left, out)
    if json:
        from experiments.summary import plain

        output.print_json({name: plain(value) for name, value in found.items()})
        return
    show(found)
    if out is not None:
        output.say_path("Table:", out)


def check_shared(left: LeftOut, indicator: str, group: str) -> None:
    """Refuse what would tell of too few real people.

    Raises:
        InputError: for a group that is left out, or a gap that is made of one.
    """
    if left.everyone or group in left.groups or (left and indicator == "gap"):
        raise InputError(
            "this would tell of too few real people",
            key="--group" if group in left.groups else "--indicator",
            found=group if group in left.groups else indicator,
            mend="see people.smallest_group",
        )


def show(found: dict[str, Any]) -> None:
    """Print the change and its largest parts."""
    from experiments.summary import number
    from simulation.cli.tables import table
    from simulation.ledger.rounding import told

    parts = [(part["process"], part["amount"]) for part in found["parts"]]
    known = found["before"] == found["before"] and found["after"] == found["after"]
    shown = told(parts, MOST, ends=(found["before"], found["after"]) if known else None)
    digits = shown.digits
    output.say(found["scenario"])
    before, after = (
        (number(end, digits=digits) for end in shown.ends(found["before"]))
        if known
        else (NOT_KNOWN, NOT_KNOWN)
    )
    output.say(
        f"{found['indicator']} ({found['group']}) from the end of month {found['from']} to the end "
        f"of month {found['to']}: {before} to {after}\n"
    )
    made = table(["process", "group", "amount"], right=[2])
    for name, amount in shown.parts:
        made.add_row(name, found["group"], number(amount, True, digits))
    if shown.rest:
        made.add_row("everything else", found["group"], number(shown.rest, True, digits))
    made.add_section()
    whole = number(shown.whole, True, digits) if known else NOT_KNOWN
    made.add_row("change", found["group"], whole)
    output.out().print(made)


def write(table: pd.DataFrame, left: LeftOut, out: Path) -> None:
    """Write the tidy table, without groups of too few real people."""
    if left:
        hidden = table["group"].isin(left.groups) | (table["indicator"] == "gap")
        table = table[~hidden]
    out.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(out, index=False, lineterminator="\n")
