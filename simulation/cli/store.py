"""kindling store: what a store of runs holds, whether it is sound, and its tables as files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.store import Store


class Action(StrEnum):
    """What to do with a store."""

    INFO = "info"
    VERIFY = "verify"
    EXPORT = "export"
    COMPACT = "compact"


class Form(StrEnum):
    """How tables are written."""

    CSV = "csv"
    PARQUET = "parquet"


What = Annotated[
    Action,
    typer.Argument(
        help="info: what it holds; verify: is it sound; export: its tables; compact: fewer files.",
        show_choices=True,
    ),
]
Where = Annotated[Path, typer.Argument(metavar="STORE", help="Folder of the store.")]
Mend = Annotated[
    bool, typer.Option("--mend", help="verify: set damaged files aside, to be done again.")
]
Tables = Annotated[
    list[str] | None,
    typer.Option(
        "--table", metavar="NAME", help="export: only outcomes, runs or months; repeatable."
    ),
]
Which = Annotated[
    str | None,
    typer.Option(metavar="ID", help="export: the plan, by id or title; default: the last."),
]
Format = Annotated[Form, typer.Option(help="export: how tables are written.")]
Timings = Annotated[
    bool, typer.Option("--timings", help="export: tell when, where and how long runs were done.")
]


def store(
    action: What,
    store: Where,
    out: options.Out = None,
    table: Tables = None,
    plan: Which = None,
    format: Format = Form.CSV,
    timings: Timings = False,
    force: options.Force = False,
    mend: Mend = False,
    json: options.Json = False,
) -> None:
    """Look into a store of runs, check it, export its tables, or make it smaller.

    Reading disturbs no sweep; compact and verify --mend wait for none: they are refused while one
    is writing.
    """
    from experiments.store import Store

    _refuse_unfit(
        action,
        {
            "--out": out, "--table": table, "--plan": plan, "--timings": timings,
            "--force": force, "--mend": mend,
        },
    )  # fmt: skip
    kept = Store.open(store)
    if action is Action.INFO:
        _info(kept, json)
    elif action is Action.VERIFY:
        _verify(kept, mend, json)
    elif action is Action.COMPACT:
        _compact(kept, json)
    else:
        _export(kept, out, table, plan, format.value, timings, force, json)


OF_EXPORT = ("--out", "--table", "--plan", "--timings", "--force")


def _refuse_unfit(action: Action, given: dict[str, Any]) -> None:
    """Refuse options that this action does not know."""
    for name, value in given.items():
        own = Action.EXPORT if name in OF_EXPORT else Action.VERIFY
        if value and action is not own:
            raise InputError(f"only 'kindling store {own.value}' knows this option", key=name)
    if action is Action.EXPORT and given["--out"] is None:
        raise InputError("missing", key="--out", mend="name a folder for the tables")


def _info(kept: Store, json: bool) -> None:
    from experiments.store import info

    told = info(kept)
    if json:
        output.print_json(told)
        return
    runs, files = told["runs"], told["files"]
    output.say_path("Store:", told["path"])
    output.say(
        f"{_count(runs['kept'], 'run')}: {runs['done']} done, {runs['failed']} failed; "
        f"{_time(told['seconds'])} of work on {_count(told['machines'], 'machine')}."
    )
    output.say(
        f"{_size(files['bytes'])} in {_count(files['parts'], 'part')} and "
        f"{_count(files['spools'], 'spool')}; layout {told['layout']}, made by Kindling "
        f"{told['kindling'] or 'of an unknown version'} on {str(told['created'])[:10]}."
    )
    if runs["replaced"]:
        output.say(f"{_count(runs['replaced'], 'row')} of no more use; compact drops them.")
    for line in told["left_out"]:
        output.say(f"In exports, {line}.")
    for who in told["writing"]:
        output.say(f"Writing now: {who}.")
    _show_code(told["code"])
    _show_plans(told["plans"])
    if told["answers"]:
        names = ", ".join(f"{a['kind']} '{a['name']}'" for a in told["answers"])
        output.say(f"Answers: {names}.")


def _show_code(codes: list[dict[str, Any]]) -> None:
    """Say how many runs come from other code than the present one."""
    own = [code for code in codes if code["kind"] == "community"]
    old = [code for code in own if not code["present"]]
    if old:
        present = sum(code["runs"] for code in own if code["present"])
        others = sum(code["runs"] for code in old)
        versions = _count(len(old), "earlier version")
        output.say(
            f"{others} of {others + present} runs come from {versions} of the model's code or "
            "libraries; they are kept, and no new sweep takes them for its own."
        )


def _show_plans(plans: list[dict[str, Any]]) -> None:
    from rich.text import Text

    from simulation.cli.tables import table

    if not plans:
        output.say("No plan.")
        return
    heads = ["plan", "title", "cells", "replicates", "runs", "done", "failed", "to do"]
    made = table(heads, right=range(2, len(heads)))
    for plan in plans:
        title = plan["title"] if plan["present"] else f"{plan['title']} (earlier code)"
        numbers = [plan[n] for n in ("cells", "replicates", "wanted", "done", "failed", "todo")]
        made.add_row(*(Text(str(cell)) for cell in (plan["id"][:8], title, *numbers)))
    output.out().print(made)


def _verify(kept: Store, mend: bool, json: bool) -> None:
    from experiments.store import verify

    found = verify(kept, mend=mend)
    if json:
        faults = [fault._asdict() for fault in found.faults]
        output.print_json({**found._asdict(), "faults": faults, "sound": found.sound})
    else:
        for note in found.notes:
            output.warn(note)
        for fault in found.faults:
            done = "; set aside, so that the same sweep does its runs again" if fault.mended else ""
            output.say_path(f"{fault.file}:", f"{fault.problem}{done}")
        files = f"{_count(found.parts, 'part')} and {_count(found.spools, 'spool')}"
        output.say(f"{_count(found.rows, 'run')} read in {files}.")
        output.say("All is sound." if not found.faults else _ending(found.sound))
    if not found.sound:
        raise typer.Exit(1)


def _ending(sound: bool) -> str:
    if sound:
        return "What was damaged is in set-aside/; give the same sweep again to fill the gaps."
    return "'kindling store verify STORE --mend' sets damaged files aside."


def _compact(kept: Store, json: bool) -> None:
    from experiments.store import compact

    done = compact(kept)
    if json:
        output.print_json(done._asdict())
        return
    output.say(
        f"{_count(done.files_before, 'part')} became {done.files_after}, "
        f"{_size(done.bytes_before)} became {_size(done.bytes_after)}; "
        f"{_count(done.dropped, 'row')} of no more use went."
    )


def _export(
    kept: Store,
    out: Path | None,
    tables: list[str] | None,
    plan: str | None,
    form: str,
    timings: bool,
    force: bool,
    json: bool,
) -> None:
    from experiments.store import export
    from experiments.store.exporting import TABLES

    files = export(
        kept, out or Path(), plan=plan, tables=tuple(tables or TABLES),
        form="parquet" if form == "parquet" else "csv", timings=timings, force=force,
    )  # fmt: skip
    if json:
        output.print_json({"files": [str(file) for file in files]})
        return
    for file in files:
        output.say_path("Written:", file)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"


def _size(number: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number / 1000:.0f} kB"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
