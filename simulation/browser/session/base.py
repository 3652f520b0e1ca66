"""Base: the scenario that a run starts from, shipped with Kindling or brought by a visitor."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import scenarios
from simulation.browser.session.messages import renamed
from simulation.errors import InputError
from simulation.specification import Specification

PRESET = "demo"
"""The scenario that the page opens on where none is named."""
MOST_FILES = 20
"""The longest chain of `extends` that an uploaded scenario may have."""


@dataclass(frozen=True)
class Base:
    """A scenario as it stands before anybody in the room changed it.

    Attributes:
        name: a shipped name such as "demo", the path of a file on this machine, or with `text`
            what the visitor calls it.
        text: the scenario file itself, where a visitor brought it.
        folder: where the files lie that `text` names; None where it names none.
    """

    name: str
    text: str | None = None
    folder: Path | None = None

    @property
    def shipped(self) -> bool:
        """Whether everyone who has Kindling has this scenario."""
        return self.text is None and self.name in scenarios.names()

    def load(
        self,
        changes: Mapping[str, Any] | None = None,
        *,
        months: int | None = None,
        seed: int | None = None,
    ) -> Specification:
        """Return the checked specification, with settings changed as `--set` changes them.

        Raises:
            InputError: for anything in it that cannot be used; uploaded text is called by `name`.
        """
        if self.text is None:
            try:
                return scenarios.load(self.name, overrides=changes or {}, months=months, seed=seed)
            except InputError as error:
                raise renamed(error) from None
        with self._laid_down() as path:
            try:
                _refuse_outside(path, self.folder)
                loaded = scenarios.load(path, overrides=changes or {}, months=months, seed=seed)
                _refuse_far_files(loaded, self.folder)
            except InputError as error:
                raise renamed(error, path, self.name) from None
        return loaded

    @contextmanager
    def _laid_down(self) -> Iterator[Path]:
        """Write the text to a file beside those that it names, for as long as it is read."""
        with tempfile.TemporaryDirectory() as spare:
            folder = Path(spare) if self.folder is None else self.folder
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", newline="\n", suffix=".toml", dir=folder, delete=False
            ) as file:
                file.write(self.text or "")
            path = Path(file.name)
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)


def _refuse_outside(path: Path, folder: Path | None) -> None:
    """Refuse a chain of `extends` that leads out of what the visitor brought.

    Text that is no TOML is left to the loader, which says what is wrong with it.
    """
    for _ in range(MOST_FILES):
        try:
            extends = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("extends")
        except (ValueError, OSError, RecursionError):
            return
        if not isinstance(extends, str) or extends in scenarios.names():
            return
        inside = folder is not None and _within(path.parent / extends, folder)
        if not inside:
            raise InputError(
                "extends a file that was not brought along",
                file=path,
                key="extends",
                found=extends,
                mend="name a shipped scenario, or bring the file too",
            )
        path = path.parent / extends


def _refuse_far_files(specification: Specification, folder: Path | None) -> None:
    """Refuse files of the scenario that are neither brought along nor shipped."""
    allowed = [Path(scenarios.__file__).parent, *([folder] if folder else [])]
    for table, path in specification.files().items():
        if not any(_within(Path(path), place) for place in allowed):
            raise InputError(
                "names a file that was not brought along",
                key=f"{table}.path",
                found=Path(path).name,
                mend="bring the file together with the scenario",
            )


def _within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return False
