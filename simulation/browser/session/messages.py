"""Messages: errors of the scenario loader, said as somebody at the page would say it."""

from __future__ import annotations

from pathlib import Path

from simulation.errors import InputError

LONGEST_PLACE = 80
"""A change of a setting is named in full in a message up to so many characters."""


def renamed(error: InputError, path: Path | None = None, name: str = "") -> InputError:
    """Return the error speaking of the scenario as the visitor calls it, its place kept short."""

    def told(text: str | None) -> str | None:
        if text is None or path is None:
            return text
        return text.replace(str(path), name).replace(path.name, name)

    place = told(error.file) or name or None
    if place is not None and len(place) > LONGEST_PLACE:
        place = place.partition("=")[0][:LONGEST_PLACE]
    return InputError(
        told(error.problem) or "",
        file=place,
        key=error.key,
        found=told(error.found) if isinstance(error.found, str) else error.found,
        allowed=error.allowed,
        nearest=error.nearest,
        mend=told(error.mend),
    )


def without_folder(error: InputError) -> InputError:
    """Return an error about a file that names it without its place on this machine."""
    if error.file is None:
        return error
    name = Path(error.file).name
    return InputError(
        error.problem.replace(error.file, name),
        file=name,
        key=error.key,
        found=error.found,
        allowed=error.allowed,
        nearest=error.nearest,
        mend=None if error.mend is None else error.mend.replace(error.file, name),
    )


def without_label(error: InputError) -> InputError:
    """Return an error about events without the long list of them that it would name first."""
    return InputError(
        error.problem,
        key=error.key or "events",
        found=error.found,
        allowed=error.allowed,
        nearest=error.nearest,
        mend=error.mend,
    )
