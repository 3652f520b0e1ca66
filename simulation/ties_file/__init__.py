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

from simulation.errors import InputError, nearest_name
from simulation.ties_file.gathered import TiesFile
from simulation.ties_file.graph import read_graphml
from simulation.ties_file.table import read_csv

__all__ = ["TiesFile", "read_ties"]

LARGEST_FILE = 512 * 1024 * 1024


def read_ties(path: str | PathLike[str]) -> TiesFile:
    """Read a ties file, .csv or .graphml.

    Raises:
        InputError: for any file that cannot be used: with the file, the line (CSV) or the tie
            (GraphML), what was found, what is allowed, and the nearest valid name.
    """
    file = Path(path)
    readers = {".csv": read_csv, ".graphml": read_graphml}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise InputError(
            "the kind of a ties file is told by its ending",
            file=file,
            found=file.suffix or "no ending",
            allowed=" or ".join(readers),
        )
    content = _bytes_of(file)
    if not content.strip():
        raise InputError("the file is empty", file=file)
    return reader(file, content)


def _bytes_of(file: Path) -> bytes:
    """Return a file's content, or say why it cannot be read."""
    try:
        if file.is_dir():
            raise InputError("this is a folder, not a ties file", file=file)
        if not file.exists():
            near = nearest_name(file.name, _names_beside(file))
            raise InputError("there is no such file", file=file, nearest=near)
        if not file.is_file() or file.stat().st_size > LARGEST_FILE:
            raise InputError(
                "this is not a plain file, or too large",
                file=file,
                allowed=f"up to {LARGEST_FILE // 1024**2} MB",
            )
        return file.read_bytes()
    except InputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"the file cannot be read: {reason}", file=repr(str(file))) from None


def _names_beside(file: Path) -> list[str]:
    """Return the names of the files in the same folder."""
    return [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
