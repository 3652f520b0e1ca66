"""The commands that work on scenario files: `kindling check` and `kindling new`."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.cli import options

if TYPE_CHECKING:
    from simulation.specification import Specification


def check(
    scenario: Annotated[
        str | None, typer.Argument(help="A scenario file, or the name of a shipped scenario.")
    ] = None,
    set_: options.Settings = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of scenario files instead.")
    ] = False,
    process: options.OwnProcesses = None,
) -> None:
    """Check a scenario file: say that it is fine, or what is wrong in one line (exit code 2)."""
    options.register_own(process)
    from scenarios import json_schema, load
    from scenarios.choices import check_choices
    from simulation.errors import InputError

    if schema:
        typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return
    if scenario is None:
        raise InputError("name a scenario file to check", mend="or ask for --schema")
    specification = load(scenario, overrides=set_ or ())
    _read_files(specification)
    check_choices(specification)
    if as_json:
        facts = {
            "scenario": scenario,
            "fine": True,
            "title": specification.title,
            "residents": specification.size,
            "groups": len(specification.groups),
            "places": len(specification.places),
            "institutions": len(specification.institutions),
            "events": len(specification.events),
            "months": specification.months,
        }
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    typer.echo(
        f"{scenario}: fine — {specification.title}, {specification.size} residents in "
        f"{_count(specification.groups, 'group')}, "
        f"{_count(specification.institutions, 'institution')}, "
        f"{_count(specification.events, 'event')}, {specification.months} months"
        + ("" if "groups" in specification.model_fields_set else " (the default groups)")
    )


def _count(things: Sequence[object], word: str) -> str:
    return f"{len(things)} {word}" + ("" if len(things) == 1 else "s")


def _read_files(specification: Specification) -> None:
    """Read the files of a scenario, where it has some, and see that they fit."""
    from simulation.consistency import check_room
    from simulation.own_files import read_own_files

    own = read_own_files(specification)
    if own.seating is not None:
        check_room(specification, own.seating.group, own.seating.place)


def new(
    name: Annotated[str, typer.Argument(help="Name of the new file; .toml is added.")],
    base: Annotated[
        str, typer.Option("--from", help="Scenario to start from: a shipped name or a file.")
    ] = "baseline",
) -> None:
    """Write a starter scenario with every setting, its meaning and its range in comments."""
    from scenarios import names, starter
    from scenarios.template import title_of
    from simulation.errors import InputError

    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    extends = base if base in names() else os.path.relpath(base, path.parent)
    text = starter(title_of(path), base, extends=Path(extends).as_posix())
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("is there already; choose another name", file=path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be written: {reason}", file=path) from None
    typer.echo(f"{path}: written. Change what differs, then try: kindling check {path}")
