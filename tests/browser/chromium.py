"""The browser of the tests: one that is there already, or Debian's chromium, installed for them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

LEAVE_OUT = "KINDLING_NO_BROWSER"
"""Environment variable that leaves the tests in a browser out when it is 1."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WANTED = (
    "the tests of the page need chromium: install it (Debian: apt-get install chromium), "
    f"or leave them out with {LEAVE_OUT}=1"
)

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Names of other machines lead nowhere, so that no request can leave this one.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


class NoBrowser(Exception):
    """There is no chromium here and it cannot be installed; the text says what to do."""


def left_out() -> bool:
    """Return whether the tests in a browser are to be left out."""
    return os.environ.get(LEAVE_OUT, "") not in ("", "0")


def find() -> Path | None:
    """Return the chromium of this machine; None where there is none."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    return Path(found[0]) if found else None


def get() -> Path:
    """Return chromium, installed first where Debian's can be.

    Raises:
        NoBrowser: where it is missing and cannot be installed.
    """
    if (path := find()) is not None:
        return path
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get")
    if not debian or not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise NoBrowser(WANTED)
    # Test workers start at the same time; the first installs, the others wait for it.
    with FileLock("/tmp/kindling-chromium.lock"):
        if find() is None:
            _install()
    if (path := find()) is None:
        raise NoBrowser(WANTED)
    return path


def _install() -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True)
        if done.returncode:
            raise NoBrowser(f"{WANTED}; `{' '.join(command)}` said: {done.stderr.strip()[-400:]}")
