"""Scenarios: the files a community is described in, and how they are read and written.

`load` turns a shipped name or a path into a checked `Specification`; every mistake in a file is an
`InputError` of one line.
"""

from __future__ import annotations

from scenarios.chain import find, names, resolve
from scenarios.loader import file_names, load, portable, to_toml, with_settings
from scenarios.schema import json_schema
from scenarios.template import starter

__all__ = [
    "file_names",
    "find",
    "json_schema",
    "load",
    "names",
    "portable",
    "resolve",
    "starter",
    "to_toml",
    "with_settings",
]
