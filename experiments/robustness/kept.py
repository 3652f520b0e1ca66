"""Runs that are done, kept in a file that grows, so that an audit that is stopped can go on.

One line a run, in JSON, under the id of the run (which follows from the model's code, the whole
scenario, the condition and the seed) and the number of its replicate. Whatever else changes, the
same run is never made twice: a stopped audit goes on, and one with more findings, conditions or
replicates takes what is there. Lines that were read by other code, or that were cut off, count as
not there.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from experiments import judge, recorded
from experiments.robustness import pairs
from experiments.robustness.pairs import Reading
from simulation.errors import InputError
from simulation.fingerprint import combined_id


class Kept:
    """What is kept of runs, by id and replicate; without a file only as long as it is held."""

    def __init__(self, file: Path | None = None) -> None:
        """Read what a file holds, if it is there.

        Raises:
            InputError: it is no such file, or cannot be read.
        """
        self.file = file
        self.by = combined_id(inspect.getsource(module) for module in (judge, recorded, pairs))
        self._runs: dict[tuple[str, int], Reading] = {}
        if file is not None and file.exists():
            for line in _lines(file):
                if line.get("by") == self.by:
                    self._runs[line["run"], line["replicate"]] = _reading(line)

    def __contains__(self, key: object) -> bool:
        """Tell whether a run is kept, by (id, replicate)."""
        return key in self._runs

    def __getitem__(self, key: tuple[str, int]) -> Reading:
        """Return what is kept of a run."""
        return self._runs[key]

    def __len__(self) -> int:
        """Return how many runs are kept."""
        return len(self._runs)

    def add(self, run: str, replicate: int, reading: Reading) -> None:
        """Keep a run, in the file too.

        Raises:
            InputError: the file cannot be written.
        """
        self._runs[run, replicate] = reading
        if self.file is None:
            return
        line = {
            "run": run,
            "replicate": replicate,
            "by": self.by,
            "months": reading.months.tolist(),
            "means": reading.means.tolist(),
            "alone": reading.alone,
        }
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as problem:
            raise InputError(
                f"runs cannot be kept: {problem.strerror}", key="runs", found=str(self.file)
            ) from problem


def _reading(line: dict[str, Any]) -> Reading:
    months = np.array(line["months"], dtype=np.int64)
    means = np.array(line["means"], dtype=np.float64)
    return Reading(months, means, {name: float(value) for name, value in line["alone"].items()})


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file of runs; one that was cut off is mended by ending it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise _refused(file) from problem
    for number, line in enumerate(text.splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if isinstance(found, dict) and "run" in found:
            yield found
        elif number == 0 and not line.startswith('{"run": '):
            raise _refused(file)
    if text and not text.endswith("\n"):
        with file.open("a", encoding="utf-8") as end:
            end.write("\n")


def _refused(file: Path) -> InputError:
    return InputError(
        "this is no file of runs that an audit has kept", key="runs", found=str(file),
        mend="name another file",
    )  # fmt: skip
