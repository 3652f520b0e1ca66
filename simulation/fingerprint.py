"""Fingerprints: which code and which scenario a result came from.

A run is known by the hash of everything that decides its numbers: the parsed source of the model
without docstrings and comments (`cli` and `browser` left out), the versions of the numerical
libraries, a researcher's own processes, the resolved scenario, the seed and the replicate. So a
store never hands back a result of code that has changed since, and mending a docstring makes no
result stale.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import sys
import textwrap
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any

from simulation.compiled import PACKAGE, cache_root, package_hash, source_files
from simulation.processes import own_processes as registered_own_processes
from simulation.processes.base import Process
from simulation.specification import FILE_TABLES, Specification

NUMERICAL_LIBRARIES = ("numpy", "scipy", "numba")
"""Libraries that decide the last bit of a number."""


def without_docstrings(source: str) -> str:
    """Return the parsed source as text: no comments, no layout, no docstrings.

    The same on every supported Python version as far as its grammar allows.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        node.body = [s for s in node.body if not _is_text(s)]
    options: dict[str, Any] = {"show_empty": True} if sys.version_info >= (3, 13) else {}
    return ast.dump(tree, **options)


def _is_text(statement: ast.stmt) -> bool:
    """Tell whether a statement is a bare string: a docstring, or the words below a constant."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return 32 hex digits for the model's parsed source and the numerical libraries' versions.

    Kept beside the compiled code, in a file named after the bytes of the same sources.
    """
    python = f"{sys.version_info[0]}{sys.version_info[1]}"
    kept = cache_root() / f"parsed-{package_hash()}-{python}"
    sources = _kept(kept)
    if sources is None:
        sources = _hash_sources()
        _keep(kept, sources)
    return _digest([sources, numerical_versions()])


def _hash_sources() -> str:
    parts = []
    for file in source_files():
        name = file.relative_to(PACKAGE).as_posix()
        parts.append([name, without_docstrings(file.read_text(encoding="utf-8"))])
    return _digest(parts)


def _kept(file: Path | None) -> str | None:
    try:
        text = "" if file is None else file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return text if len(text) == 32 else None


def _keep(file: Path | None, text: str) -> None:
    if file is None:
        return
    try:
        file.write_text(text, encoding="ascii")
    except OSError:
        return


def numerical_versions() -> dict[str, str]:
    """Return the installed version of each library that decides the last bit of a number."""
    return {name: version(name) for name in NUMERICAL_LIBRARIES}


def process_hash(process: type[Process]) -> str:
    """Return 32 hex digits for a researcher's own process: its name and its parsed source.

    Where Python keeps no source (a class typed into a prompt), its compiled methods stand in.
    """
    try:
        text = without_docstrings(textwrap.dedent(inspect.getsource(process)))
    except (OSError, TypeError, SyntaxError):
        text = repr(sorted((k, _code(v)) for k, v in vars(process).items() if callable(v)))
    return _digest([process.name, process.after, text])


def _code(function: Any) -> str:
    """Return a function's compiled form as text, inner functions included; no addresses."""
    code = function if isinstance(function, CodeType) else getattr(function, "__code__", None)
    if code is None:
        return ""
    constants = [_code(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return repr((code.co_code, code.co_names, constants))


WORDS = ("title", "question", "about", "answers", "sources", "prompts", "reviewed", "choices")
"""What a scenario says, which changes no number; the title of each event is another."""


def scenario_data(specification: Specification) -> dict[str, Any]:
    """Return the plain values of a scenario that decide a run; its files by their content.

    Its words are left out, and two things that are parts of the run and not of the scenario: the
    seed, and the months, for a longer run begins with the shorter one.
    """
    data = specification.data()
    for key in ("seed", "months", *WORDS):
        data.pop(key, None)
    for event in data.get("events", ()):
        event.pop("title", None)
    files = specification.files()
    for table in FILE_TABLES:
        data[table].pop("path", None)
    for table, path in files.items():
        file = Path(path)
        data[table]["path"] = _digest(file.read_bytes().hex()) if file.is_file() else file.name
    return data


def specification_id(
    specification: Specification, own_processes: tuple[type[Process], ...] | None = None
) -> str:
    """Return 32 hex digits for all that decides a run beside its luck: code and scenario.

    Args:
        specification: the resolved scenario; its own `seed`, `months` and words are not read.
        own_processes: a researcher's processes; default: those registered now.
    """
    own = registered_own_processes() if own_processes is None else own_processes
    hashes = [process_hash(process) for process in own]
    return _digest([code_hash(), hashes, scenario_data(specification)])


def run_id(
    specification: Specification,
    seed: int,
    replicate: int = 0,
    own_processes: tuple[type[Process], ...] | None = None,
) -> str:
    """Return the 32 hex digits under which one run is known, however many months it lasts.

    Args:
        specification: the resolved scenario; its own `seed`, `months` and words are not read.
        seed: seed of the experiment.
        replicate: number of the replicate, from 0.
        own_processes: a researcher's processes; default: those registered now.
    """
    return lucky_id(specification_id(specification, own_processes), seed, replicate)


def lucky_id(specification: str, seed: int, replicate: int = 0) -> str:
    """Return the id of a run from that of its specification, its seed and its replicate."""
    return _digest([specification, int(seed), int(replicate)])


def combined_id(ids: Iterable[str]) -> str:
    """Return the 32 hex digits of a result that is made of several runs."""
    return _digest(list(ids))


def result_id(specifications: Iterable[Specification], seed: int, replicates: int) -> str:
    """Return the 32 hex digits of a result before it is made: all months of all runs."""
    return combined_id(
        monthly_id(run_id(s, seed, r), s.months) for s in specifications for r in range(replicates)
    )


def monthly_id(run: str, months: int) -> str:
    """Return the id of so many months of a run."""
    return f"{run}-{months}"


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
