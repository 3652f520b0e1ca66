"""Ties files: who listens to whom, as written by people or exported by other programs.

**CSV** (`.csv`, UTF-8, fields parted by commas or semicolons) has one tie a line under a header:

    source,target,reliability,openness,mission
    Ada,Ben,0.8,0.6,0.7
    Ben,Ada,0.5,0.6,

`source` listens to `target`; list both directions where both listen. `from` and `to` may be
written instead. The three parts of trust (those of the PARTNER survey) are numbers from 0 to 1; one
column `trust` stands for all three; an empty cell, or no such column, leaves a part unstated.
Everyone named in a tie is a person, in the order of first mention.

**GraphML** (`.graphml`) has a node for each person, and edges with the same data: `reliability`,
`openness`, `mission` or `trust`. Edges of an undirected graph are ties both ways. A node may have
a `name` and a `group`.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from simulation.errors import InputError
from simulation.files import content_of
from simulation.ties_file.gathered import TiesFile
from simulation.ties_file.graph import read_graphml
from simulation.ties_file.table import read_csv

__all__ = ["TiesFile", "read_ties"]


def read_ties(path: str | PathLike[str], *, may_be_empty: bool = False) -> TiesFile:
    """Read a ties file, .csv or .graphml.

    Args:
        path: of the file.
        may_be_empty: take a CSV file without any tie below the header, as there can be where
            another file says who the people are.

    Raises:
        InputError: for any file that cannot be used: with the file, the line (CSV) or the tie
            (GraphML), what was found, what is allowed, and the nearest valid name.
    """
    file = Path(path)
    kinds = (".csv", ".graphml")
    kind = file.suffix.lower()
    if kind not in kinds:
        raise InputError(
            "the kind of a ties file is told by its ending",
            file=file,
            found=file.suffix or "no ending",
            allowed=" or ".join(kinds),
        )
    content = content_of(file, "a ties file")
    if kind == ".graphml":
        return read_graphml(file, content)
    return read_csv(file, content, may_be_empty=may_be_empty)
