"""What the commands that answer a question share: their store, how they show and keep an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import output

if TYPE_CHECKING:
    import pandas as pd

    from experiments.store.answer import Answer

StoreOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Keep runs and the answer in this store, and take from it the runs that are there.",
    ),
]


@contextmanager
def runs_in(store: Path | None) -> Iterator[Any]:
    """Give what keeps runs: a store, or memory where none is named."""
    if store is None:
        from experiments.sweeping.ask import Memory

        yield Memory()
        return
    from experiments.store import Store

    with Store.create_or_open(store).writer() as writer:
        yield writer


def keep(answer: Answer, runs: Any, store: Path | None) -> None:
    """Keep an answer in the store, where there is one."""
    if store is not None:
        runs.keep_answer(answer)


def show(answer: Answer) -> None:
    """Print what was found in words, and on stderr what has to be known beside it."""
    for sentence in answer.sentences:
        output.say(sentence)
    for note in answer.notes:
        output.warn(note)


def show_json(answer: Answer) -> None:
    """Print an answer as JSON."""
    from experiments.answers.plain import answer_data

    output.print_json(answer_data(answer))


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> None:
    """Print a table whose first `left` columns are words."""
    from rich.text import Text

    from simulation.cli.tables import table

    made = table(heads, right=range(left, len(heads)))
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    output.out().print(made)


def cell_text(value: float, digits: int = 0, nothing: str = "—") -> str:
    """Return a number of a table as people read it; whole ones without decimals."""
    import math

    if math.isnan(value):
        return nothing
    return f"{value:g}" if digits == 0 else f"{value:.{digits}f}"


def table_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict(orient="records")]


def words(command: str, arguments: Sequence[str], **named: Any) -> list[str]:
    """Return the command that repeats an answer, without what does not change it.

    Args:
        command: its name.
        arguments: what it is about.
        named: options by name; None and False are left out, and lists are given one by one.
    """
    found = ["kindling", command, *arguments]
    for name, value in named.items():
        option = f"--{name.rstrip('_').replace('_', '-')}"
        if value is None or value is False:
            continue
        if value is True:
            found.append(option)
        elif isinstance(value, list | tuple):
            for each in value:
                found += [option, str(each)]
        else:
            found += [option, str(value)]
    return found
