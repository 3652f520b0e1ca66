"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from simulation.errors import InputError

Scenario = Annotated[str, typer.Argument(help="A shipped scenario's name, or a .toml file.")]
Seed = Annotated[int | None, typer.Option(help="Seed of all chance; default: the scenario's own.")]
Months = Annotated[
    int | None, typer.Option(help="Months to simulate; default: the scenario's own.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one setting; repeatable."),
]
Out = Annotated[Path | None, typer.Option(help="Folder for the results.")]
Json = Annotated[bool, typer.Option("--json", help="Print only JSON, for programs.")]
Processes = Annotated[
    int, typer.Option(help="Processes that share the work; results are the same.")
]
OwnProcesses = Annotated[
    list[str] | None,
    typer.Option(
        "--process", metavar="MODULE:CLASS", help="Add a process of your own; repeatable."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Force = Annotated[bool, typer.Option(help="Replace an earlier, different result in the folder.")]


def register_own(names: list[str] | None) -> None:
    """Register researchers' own processes, each named `module:Class`.

    Modules are found as Python finds them, and in the current folder.

    Raises:
        InputError: where a name leads to no process.
    """
    from simulation.processes import register

    if names and (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    for name in names or ():
        register(_own_process(name))


def _own_process(name: str) -> Any:
    from simulation.processes.base import Process

    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise InputError("not a process", key="--process", found=name, allowed="module:Class")
    try:
        found: Any = importlib.import_module(module)
    except Exception as problem:
        reason = " ".join(f"{type(problem).__name__}: {problem}".split())
        raise InputError(
            f"the module cannot be imported: {reason}", key="--process", found=name
        ) from problem
    for part in attribute.split("."):
        found = getattr(found, part, None)
    if not (isinstance(found, type) and issubclass(found, Process)):
        raise InputError("not a subclass of Process", key="--process", found=name)
    return found


def results_folder(scenarios: list[str], result_id: str) -> Path:
    """Return where a result goes by default: `results/<scenario>-<first 8 digits of its id>`."""
    words = "-vs-".join(re.sub(r"[^A-Za-z0-9_-]+", "-", Path(name).stem) for name in scenarios)
    return Path("results") / f"{words}-{result_id[:8]}"
