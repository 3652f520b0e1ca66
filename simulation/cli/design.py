"""`kindling design`: what designs there are, and what one of them takes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from experiments.designs import Design, DesignCheck

Name = Annotated[
    str | None, typer.Argument(help="A shipped design's name, or a .toml file; none: list them.")
]
StoreFolder = Annotated[
    Path | None, typer.Option(help="Store for its runs; those it has already are counted.")
]
Processes = Annotated[
    int | None, typer.Option(help="Processes that are to share the work; default: all.")
]
Points = Annotated[
    Path | None, typer.Option(metavar="FILE.csv", help="Write the points as a CSV file.")
]
Copy = Annotated[
    Path | None, typer.Option(metavar="FILE.toml", help="Copy the design, to start your own.")
]
Timed = Annotated[bool, typer.Option("--probe/--no-probe", help="Try one or two runs for timing.")]

SHOWN = 5
"""Points that are shown."""

WIDE = 6
"""Factors up to which a point is shown as a row."""


def design(
    name: Name = None,
    store: StoreFolder = None,
    processes: Processes = None,
    probe: Timed = True,
    points: Points = None,
    copy: Copy = None,
    json: options.Json = False,
    process: options.OwnProcesses = None,
) -> None:
    """List designs, or check one before it is run.

    Says how many runs a design has, how long they take (from one or two that are tried), how much
    disk space they need, and what should be known before.
    """
    options.register_own(process)
    from experiments.designs import check_design, load_design

    if name is None:
        _list(json)
        return
    if copy is not None:
        _copy(name, copy)
        return
    found = load_design(name)
    check = check_design(found, store, processes=processes, timed=probe)
    if points is not None:
        _write_points(found, points)
    if json:
        output.print_json(_data(found, check))
        return
    _show(found, check)
    if points is not None:
        output.say_path("Points:", points)


def _list(json: bool) -> None:
    from experiments.designs import shipped_designs

    designs = shipped_designs()
    if json:
        rows = [{"name": n, "title": d.title, "about": d.about} for n, d in designs.items()]
        output.print_json(rows)
        return
    from simulation.cli.tables import table

    made = table(["design", "what it is"])
    for name, found in designs.items():
        made.add_row(name, found.title)
    output.out().print(made)
    output.say(
        "kindling design NAME says more; kindling design NAME --copy my.toml starts your own."
    )


def _copy(name: str, file: Path) -> None:
    from experiments.designs import find_design

    source = find_design(name)
    if file.suffix != ".toml":
        raise InputError("a design's name ends in .toml", key="--copy", found=str(file))
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(source.read_text(encoding="utf-8"))
    except FileExistsError:
        raise InputError(
            "there is a file of this name already", file=file, mend="choose another name"
        ) from None
    except OSError as error:
        raise _unwritten(file, error) from None
    output.say_path("Design:", file)


def _write_points(found: Design, file: Path) -> None:
    try:
        found.points.to_csv(file, index_label="point")
    except OSError as error:
        raise _unwritten(file, error) from None


def _unwritten(file: Path, error: OSError) -> InputError:
    reason = error.strerror or type(error).__name__
    return InputError(f"cannot be written: {reason}", file=file)


def _data(found: Design, check: DesignCheck) -> dict[str, Any]:
    """Return what there is to know about a design, for programs."""
    factors = [
        {
            "name": axis.name,
            "keys": list(axis.keys),
            "label": axis.label,
            "low": axis.low,
            "high": axis.high,
            "scale": axis.scale,
            "values": None if axis.values is None else list(axis.values),
            "when": dict(axis.when),
            "unit": axis.unit,
        }
        for axis in found.factors
    ]
    return {
        "question": found.question,
        "answers": list(found.answers),
        "about": found.about,
        "method": found.method,
        "seed": found.seed,
        "factors": factors,
        **check.data(),
        "arms": [arm.name for arm in found.arms],
        "first_points": found.points.head(SHOWN).to_dict(orient="records"),
    }


def _show(found: Design, check: DesignCheck) -> None:
    """Print what a design is, what it takes and what to know before."""
    from simulation.cli.tables import table

    output.say(found.title)
    if found.question:
        output.say(found.question)
    if found.about:
        output.say(f"\n{' '.join(found.about.split())}")
    output.say()
    if found.factors:
        made = table(["factor", "what varies", "over", "own range"])
        for axis in found.factors:
            made.add_row(axis.name, _what(axis), _over(axis, found.method), _own(axis))
        output.out().print(made)
    if found.arms:
        output.say(f"Arms: {', '.join(arm.name for arm in found.arms)}")
    if found.factors:
        output.say(f"First points of {check.points:,} ({found.method}):")
        output.out().print(_points(found))
    _size(check)
    for note in check.cautions:
        output.warn(note)
    sys.stderr.flush()
    output.say()
    output.say(check.verdict)


def _points(found: Design) -> Table:
    """Return the first points: a row each, or a column each where there are many factors."""
    from simulation.cli.tables import table

    first = found.points.head(SHOWN)
    if len(first.columns) <= WIDE:
        made = table(["point", *first.columns], right=range(1 + len(first.columns)))
        for number, row in enumerate(first.to_dict(orient="records")):
            made.add_row(str(number), *(_value(value) for value in row.values()))
        return made
    made = table(["point", *map(str, first.index)], right=range(1, 1 + len(first)))
    for name in first.columns:
        made.add_row(str(name), *(_value(value) for value in first[name].tolist()))
    return made


def _size(check: DesignCheck) -> None:
    from experiments.designs.checking import size

    arms = f" × {check.arms} arms" if check.arms > 1 else ""
    output.say(
        f"{check.points:,} points{arms} × {check.replicates} replicates come to "
        f"{check.runs:,} different runs, {check.pairs:,} of them without the push; "
        f"{check.kept:,} are in the store."
    )
    if check.memory is not None and check.machine is not None:
        output.say(f"Memory: about {size(check.memory)} of {size(check.machine)}.")
    if check.free is not None and check.bytes is not None:
        output.say(f"Disk: about {size(check.bytes)} of {size(check.free)} free.")


def _what(axis: Any) -> str:
    if axis.named:
        return f"{len(axis.named)} named levels"
    return str(axis.key) if len(axis.keys) == 1 else f"{axis.key} and {len(axis.keys) - 1} more"


def _over(axis: Any, method: str) -> str:
    if axis.values is not None:
        listed = ", ".join(_value(v) for v in axis.values[:6])
        text = listed + (f" … ({len(axis.values)} values)" if len(axis.values) > 6 else "")
    else:
        text = f"{_value(axis.low)} to {_value(axis.high)}"
        text += ", log" if axis.scale == "log" else ""
        if method in ("factorial", "one_at_a_time"):
            text += f" in {axis.levels}"
    if axis.when:
        conditions = ", ".join(f"{key} is {value}" for key, value in axis.when.items())
        text += f" where {conditions}"
    return text


def _own(axis: Any) -> str:
    if axis.own_low is None and axis.own_high is None:
        return ""
    if axis.own_high is None:
        return f"from {_value(axis.own_low)}"
    return f"{_value(axis.own_low)} to {_value(axis.own_high)}"


def _value(value: Any) -> str:
    if value is None or value != value:
        return "—"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
