"""`kindling doctor`: is this machine ready, and if not, what would mend it?"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import typer

from simulation.cli import output

LIBRARIES = (
    "numpy",
    "scipy",
    "numba",
    "mesa",
    "pandas",
    "pyarrow",
    "pydantic",
    "matplotlib",
    "rich",
)
LEAST_PYTHON = (3, 12)


class Finding(NamedTuple):
    """One thing that was looked at: well or not, what was found, and what would mend it."""

    what: str
    well: bool
    found: str
    mend: str = ""


def doctor() -> None:
    """Check that this machine is ready: Python, libraries, folders, fonts, compiled code.

    Ends with exit code 1 where something has to be mended before a run can succeed.
    """
    findings = [
        *_python(),
        *_libraries(),
        *_machine(),
        *_folders(),
        *_fonts(),
        *_scenarios(),
        *_page(),
    ]
    for finding in findings:
        mark = "ok " if finding.well else "NO "
        sys.stdout.write(f"{mark} {finding.what}: {finding.found}\n")
        if finding.mend:
            output.say(f"    {finding.mend}")
    if not all(finding.well for finding in findings):
        output.say("Something has to be mended; see the lines that begin with NO.")
        raise typer.Exit(1)
    output.say("All is well. Begin with: kindling demo")


def _python() -> Iterator[Finding]:
    well = sys.version_info >= LEAST_PYTHON
    mend = "" if well else "Kindling needs Python 3.12 or later"
    yield Finding("Python", well, f"{platform.python_version()} on {platform.platform()}", mend)


def _libraries() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    for name in LIBRARIES:
        try:
            yield Finding(name, True, version(name))
        except PackageNotFoundError:
            yield Finding(name, False, "missing", "install Kindling again: pip install -e .")


def _machine() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("Cores", True, f"{cores} (use them with --processes {cores or 1})")


def _folders() -> Iterator[Finding]:
    """Look at the folder for compiled code and at the current one."""
    from simulation.compiled import cache_root

    folder = cache_root()
    if not folder.is_dir() or not _writable(folder):
        mend = "runs compile anew each time; set KINDLING_CACHE to a folder that can be written"
        yield Finding("Compiled code", True, f"cannot be kept in {cache_root()}", mend)
    else:
        kept = sum(1 for _ in folder.rglob("*.nbi"))
        state = f"{kept} kernels kept" if kept else "none yet: the first run takes a minute longer"
        yield Finding("Compiled code", True, f"{state}, in {folder}")
    here = Path.cwd()
    if _writable(here):
        yield Finding("Results", True, f"can be written in {here}")
    else:
        yield Finding("Results", True, f"cannot be written in {here}", "name a folder with --out")


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _fonts() -> Iterator[Finding]:
    try:
        from matplotlib import font_manager

        from experiments.figures.style import STYLE

        wanted = STYLE["font.sans-serif"][0]
        font_manager.findfont(wanted, fallback_to_default=False)
    except (ImportError, ValueError) as problem:
        yield Finding("Fonts", True, f"figures look different: {problem}")
    else:
        yield Finding("Fonts", True, wanted)


def _page() -> Iterator[Finding]:
    """See whether the page in the browser can be served; everything else works without it."""
    from simulation.browser.server import INSTALL, missing

    needed = missing()
    if needed:
        yield Finding("Page", True, f"needs {' and '.join(needed)}", INSTALL)
    else:
        yield Finding("Page", True, "can be served: kindling browser")


def _scenarios() -> Iterator[Finding]:
    """Read every scenario that comes along."""
    import scenarios
    from simulation.errors import InputError

    names = scenarios.names()
    broken = []
    for name in names:
        try:
            scenarios.load(name)
        except InputError as error:
            broken.append(str(error))
    found = "; ".join(broken) or f"{len(names)} come along, all can be read"
    mend = "" if names and not broken else "install Kindling again: pip install -e ."
    yield Finding("Scenarios", bool(names) and not broken, found, mend)
