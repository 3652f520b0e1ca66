"""What the shell prints: progress and warnings on stderr, results on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console


def out() -> Console:
    """Return the console for results."""
    from rich.console import Console

    return Console(highlight=False)


def side() -> Console:
    """Return the console for what is not a result."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(text: str = "") -> None:
    """Print plain text whatever brackets it holds; long lines break between words."""
    from rich.text import Text

    out().print(Text(text))


def say_path(label: str, path: object) -> None:
    """Print where something is, unbroken, so that it can be copied."""
    sys.stdout.write(f"{label} {path}\n")


def warn(text: str) -> None:
    """Print a warning on stderr."""
    sys.stderr.write(f"kindling: note: {text}\n")


def write_whole(file: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        InputError: where it cannot be written.
    """
    beside = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(file)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise InputError(f"cannot be written: {problem.strerror}", file=file) from problem


def print_json(value: Any) -> None:
    """Print plain values as JSON: sorted keys, the same bytes every time."""
    from experiments.store_run import as_json

    sys.stdout.write(as_json(value) + "\n")


@contextmanager
def progress(quiet: bool, what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr while months are simulated; nothing where nobody is looking."""
    console = side()
    if quiet or not console.is_terminal:
        yield lambda done, total: None
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
