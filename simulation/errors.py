"""Errors that a person can act on: one line with what is wrong, where, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class InputError(ValueError):
    """Something the user wrote cannot be used.

    Reads as one line: `file: key: problem (found …; allowed …); did you mean …?`. Every front door
    prints it as it is and ends with exit code 2.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: object = None,
        key: str | None = None,
        found: Any = None,
        allowed: str | None = None,
        nearest: str | None = None,
        mend: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else str(file)
        self.key = key
        self.found = found
        self.allowed = allowed
        self.nearest = nearest
        self.mend = mend
        super().__init__(self.line())

    def line(self) -> str:
        """Return the whole message as one line."""
        where = ": ".join(part for part in (self.file, self.key) if part)
        details = []
        if self.found is not None:
            details.append(f"found {_short(self.found)}")
        if self.allowed:
            details.append(f"allowed: {self.allowed}")
        text = f"{where}: {self.problem}" if where else self.problem
        if details:
            text += f" ({'; '.join(details)})"
        if self.nearest:
            text += f"; did you mean '{self.nearest}'?"
        if self.mend:
            text += f"; {self.mend}"
        return " ".join(text.split())

    def at(self, *, file: object = None, key: str | None = None) -> InputError:
        """Return the same error with the place filled in where it was not known."""
        return InputError(
            self.problem,
            file=self.file if self.file is not None else file,
            key=self.key if self.key is not None else key,
            found=self.found,
            allowed=self.allowed,
            nearest=self.nearest,
            mend=self.mend,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle whole, so that a worker process can hand the error back."""
        fields = (self.problem, self.file, self.key, self.found, self.allowed, self.nearest)
        return (_rebuild, (*fields, self.mend))


def _rebuild(
    problem: str, file: Any, key: Any, found: Any, allowed: Any, nearest: Any, mend: Any
) -> InputError:
    return InputError(
        problem, file=file, key=key, found=found, allowed=allowed, nearest=nearest, mend=mend
    )


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """Return the valid name closest to a mistyped one, or None where nothing is close."""
    close = difflib.get_close_matches(str(name), list(names), n=1, cutoff=0.6)
    return close[0] if close else None


def _short(value: Any, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
