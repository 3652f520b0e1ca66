"""Attempts that are done, kept in a file that grows, so that a stopped calibration can go on.

One line an attempt, in JSON, under an id that follows from the model's code, the code that judges,
the patterns' scenarios, the draw and the seed. Lines of other code, or that were cut off, count as
not there. One calibration at a time may write to a file.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from experiments.calibration import design, patterns, search
from experiments.calibration.search import Attempt, Draw
from experiments.validation import judging
from experiments.validation.rows import patterns as rows
from simulation.errors import InputError
from simulation.fingerprint import code_hash, combined_id, specification_id


class KeptAttempts:
    """What became of draws, by their ids; use it in a `with` statement."""

    def __init__(self, file: Path) -> None:
        """Name the file; it is read on entering.

        Args:
            file: where attempts are kept.
        """
        self.file = file
        self.by = _judged_by()
        self._found: dict[str, Attempt] = {}
        self._lock = FileLock(file.with_name(f"{file.name}.lock"))

    def __enter__(self) -> Self:
        """Read the file, and keep others from writing to it.

        Raises:
            InputError: it is no such file, cannot be used, or somebody else is writing to it.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._found = {line["id"]: _attempt(line) for line in self._lines()}
        except Timeout:
            raise InputError(
                "another calibration is writing to this file", key="out", found=str(self.file),
                mend="wait for it, or name another folder",
            ) from None  # fmt: skip
        except (OSError, UnicodeDecodeError) as problem:
            self._lock.release()
            raise self._refused(getattr(problem, "strerror", None)) from problem
        except InputError:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let others write."""
        self._lock.release()

    def __len__(self) -> int:
        """Return how many attempts are kept."""
        return len(self._found)

    def id_of(self, draw: Draw) -> str:
        """Return the id of an attempt at a draw: 32 hex digits."""
        return combined_id([self.by, json.dumps([draw.number, draw.seed, draw.values])])

    def get(self, draw: Draw) -> Attempt | None:
        """Return what became of a draw; None where it is not kept."""
        return self._found.get(self.id_of(draw))

    def add(self, draw: Draw, attempt: Attempt) -> None:
        """Keep what became of a draw; once this returns it outlives a crash.

        Raises:
            InputError: the file cannot be written.
        """
        line: dict[str, Any] = {
            "id": self.id_of(draw), "number": attempt.number, "passed": attempt.passed,
            "readings": attempt.readings,
        }  # fmt: skip
        try:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            raise self._refused(problem.strerror) from problem
        self._found[line["id"]] = attempt

    def forget(self) -> None:
        """Delete the file: all that it holds is written elsewhere."""
        self.file.unlink(missing_ok=True)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of the file; one that was cut off is mended by ending it."""
        if not self.file.exists():
            return
        text = self.file.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines()):
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            if isinstance(found, dict) and {"id", "number", "passed", "readings"} <= set(found):
                yield found
            elif number == 0 and not line.startswith('{"id": '):
                raise self._refused("it holds something else")
        if text and not text.endswith("\n"):
            with self.file.open("a", encoding="utf-8") as end:
                end.write("\n")

    def _refused(self, reason: str | None) -> InputError:
        text = "attempts cannot be kept" + (f": {reason}" if reason else "")
        return InputError(text, key="out", found=str(self.file), mend="name another folder")


def _judged_by() -> str:
    """Return an id of all code and scenarios that decide what becomes of a draw."""
    sources = [inspect.getsource(module) for module in (design, patterns, search, judging, rows)]
    named = dict.fromkeys(stage.pattern for stage in patterns.STAGES)
    scenes = [specification_id(patterns.scenario_of(pattern)) for pattern in named]
    return combined_id([code_hash(), *sources, *scenes])


def _attempt(line: dict[str, Any]) -> Attempt:
    readings = {str(name): float(value) for name, value in line["readings"].items()}
    return Attempt(int(line["number"]), int(line["passed"]), readings)
