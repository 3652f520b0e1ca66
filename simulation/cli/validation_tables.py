"""The table of `kindling validate`: a heading for every row, a line for each of its readings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from experiments.validation.words import amount, asked, interval, standing, verdict
from simulation.cli.output import out, say

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from experiments.validation.judging import Result

HEADS = ("case, reading", "target", "result (95 % interval)", "n", "verdict")
WIDEST = 120
"""Characters beyond which lines are no easier to read."""


def print_rows(results: Sequence[Result]) -> None:
    """Print results row by row, in columns that stand below each other."""
    from rich.padding import Padding
    from rich.text import Text

    judged = any(result.target is not None for result in results)
    held_out = any(result.row.held_out for result in results)
    widths = _widths(min(out().width, WIDEST), judged, held_out)
    heads = _table(widths)
    heads.add_row(*(Text(head, style="dim") for head in _shown(HEADS, judged)))
    out().print(Padding(heads, (0, 0, 0, 2)))
    for _, group in groupby(results, key=lambda result: result.row.id):
        own = list(group)
        row = own[0].row
        heading = Text(f"{row.id}  ", style="bold")
        heading.append(row.title, style="bold")
        heading.append(f" ({row.source})", style="not bold")
        if judged:
            heading.append(f" [{standing(row)}]", style="dim not bold")
        out().print(heading, width=min(out().width, WIDEST))
        made = _table(widths)
        for result in own:
            made.add_row(*_shown(_cells(result), judged))
        out().print(Padding(made, (0, 0, 0, 2)))
        say()


def _cells(result: Result) -> tuple[Text, ...]:
    from rich.text import Text

    between = interval(result.low, result.high)
    came_out = amount(result.value) + (f" ({between})" if between else "")
    told = verdict(result.verdict, result.row.held_out)
    style = "" if result.passed is None else "green" if result.passed else "bold red"
    return (
        Text(f"{result.label}: {result.reading}"),
        Text(asked(result.target)),
        Text(came_out),
        Text(str(result.n)),
        Text(told, style=style),
    )


def _shown[T](cells: Sequence[T], judged: bool) -> list[T]:
    """Return what is shown of a line: without verdicts there are no targets either."""
    return list(cells) if judged else [cells[0], cells[2], cells[3]]


def _widths(width: int, judged: bool, held_out: bool) -> list[int]:
    """Return the columns' widths: result and n take what they need, words share the rest."""
    last = (15 if held_out else 12) if width > 100 else 11
    result = 28 if width > 100 else 25
    fixed = [result, 4, last] if judged else [result, 6]
    free = width - 2 - sum(fixed) - 2 * (4 if judged else 2)
    if not judged:
        return [max(free, 16), *fixed]
    target = max(10, free * 2 // 5)
    return [max(free - target, 12), target, *fixed]


def _table(widths: Sequence[int]) -> Table:
    from rich.table import Table

    made = Table.grid(padding=(0, 2, 0, 0))
    for position, width in enumerate(widths):
        right = position == len(widths) - (2 if len(widths) == 5 else 1)
        made.add_column(width=width, justify="right" if right else "left", overflow="fold")
    return made
