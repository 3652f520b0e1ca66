"""Content: the bytes of a file that a person named, or why there are none."""

from __future__ import annotations

from pathlib import Path

from simulation.errors import InputError, nearest_name

LARGEST_FILE = 512 * 1024 * 1024


def content_of(file: Path, what: str) -> bytes:
    """Return a file's bytes.

    Args:
        file: where it lies.
        what: what it should be, such as "a ties file".

    Raises:
        InputError: there is no such file (with the nearest name beside it), it is a folder, no
            plain file, too large, empty, or cannot be read.
    """
    try:
        if file.is_dir():
            raise InputError(f"this is a folder, not {what}", file=file)
        if not file.exists():
            near = nearest_name(file.name, _names_beside(file))
            raise InputError("there is no such file", file=file, nearest=near)
        if not file.is_file() or file.stat().st_size > LARGEST_FILE:
            raise InputError(
                "this is not a plain file, or too large",
                file=file,
                allowed=f"up to {LARGEST_FILE // 1024**2} MB",
            )
        content = file.read_bytes()
    except InputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"the file cannot be read: {reason}", file=repr(str(file))) from None
    if not content.strip():
        raise InputError("the file is empty", file=file)
    return content


def _names_beside(file: Path) -> list[str]:
    """Return the names of the files in the same folder."""
    return [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
