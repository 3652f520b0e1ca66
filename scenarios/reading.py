"""Reading: one TOML file as plain values, or one clear line saying why not."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.problems import entry_name
from simulation.errors import InputError
from simulation.naming import key_of

Table = dict[str, Any]

MOST_BYTES = 16_000_000
MOST_DEPTH = 12
"""Deeper than any table or list of a scenario."""

LARGEST = 2**63 - 1
"""The largest whole number of a TOML file."""


def read_toml(path: Path) -> Table:
    """Return the values of a TOML file, all of them plain: tables, lists, text, numbers, flags.

    Raises:
        InputError: where there is no such file, it cannot be read, it is no UTF-8 text, it is no
            TOML (with line and column), or holds what no setting can be.
    """
    source = _text(path)
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {_told(str(error))}", file=path) from None
    except RecursionError:
        raise InputError("not valid TOML: nested too deeply", file=path) from None
    except (ValueError, OverflowError):  # numbers and dates that cannot be
        raise InputError(
            "not valid TOML: a number or date in it is impossible", file=path
        ) from None
    values: Table = plain(data, file=path)
    return values


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise InputError("is a folder, not a scenario file", file=path)
        if not path.exists():
            raise InputError("there is no such file", file=path)
        if not path.is_file():
            raise InputError("is not a regular file", file=path)
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"is larger than any scenario ({MOST_BYTES:,} bytes)", file=path)
        raw = path.read_bytes()
    except InputError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"cannot be read: {_lowered(reason)}", file=path) from None
    except ValueError:
        raise InputError("is no possible file name", file=path) from None
    try:
        return raw.decode("utf-8-sig")  # older editors put a mark before the text
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"is not UTF-8 text (line {line})", file=path, mend="save it with the encoding UTF-8"
        ) from None


def _told(words: str) -> str:
    """Return what the TOML reader says, plainer, and no longer than a line."""
    words = words.replace("Cannot overwrite a value", "the same key is given twice")
    what, _, where = words.rpartition(" (at ")
    if len(what) > 120:
        what = f"{what[:119]}…"
    return _lowered(f"{what} (at {where}" if what else words[:120])


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def plain(value: Any, *, file: object = None, key: str = "", depth: int = 0) -> Any:
    """Return values as JSON and TOML both know them.

    Tuples become lists, and numbers of NumPy plain ones.

    Raises:
        InputError: for dates and other values that no setting has, for whole numbers beyond 64
            bits, and for tables nested too deeply.
    """
    if depth > MOST_DEPTH:
        raise InputError("nested too deeply", file=file, key=key)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if value is None or isinstance(value, bool | float | str):
        return value
    if isinstance(value, int):
        if not -LARGEST - 1 <= value <= LARGEST:
            raise InputError(
                "whole number out of range", file=file, key=key, allowed="whole numbers of 64 bits"
            )
        return value
    if isinstance(value, Mapping):
        return {
            str(k): plain(v, file=file, key=_joined(key, str(k)), depth=depth + 1)
            for k, v in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [
            plain(v, file=file, key=_counted(key, n, v), depth=depth + 1)
            for n, v in enumerate(value)
        ]
    what = "dates and times have no place in a scenario"
    if not isinstance(value, datetime.date | datetime.time):
        what = f"a value of type {type(value).__name__} has no place in a scenario"
    raise InputError(
        what,
        file=file,
        key=key,
        found=str(value),
        allowed="text, numbers, true or false, lists and tables",
    )


def _joined(key: str, part: str) -> str:
    return f"{key}.{key_of(part)}" if key else key_of(part)


def _counted(key: str, n: int, entry: Any) -> str:
    name = entry_name(key, entry)
    return f"{key}.{key_of(name)}" if name else f"{key}[#{n + 1}]"
