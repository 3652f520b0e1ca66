"""The real `kindling browser`, as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"http://[\w.\[\]:]+")
PATIENCE = 90.0
"""Seconds a server may take until it says its address."""


class Server:
    """A running `kindling browser`; use it with `with`.

    Attributes:
        address: where it is, without a slash at the end.
        seconds: how long it took until it said so.
        pid: its process.
    """

    def __init__(self, log: Path, *arguments: str) -> None:
        self.log = log
        self.arguments = arguments
        self.address = ""
        self.seconds = 0.0
        self._read = 0

    def __enter__(self) -> Self:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        command = [sys.executable, "-m", "simulation.cli", "browser", "--port", "0"]
        began = time.monotonic()
        with self.log.open("w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [*command, *self.arguments],
                cwd=self.log.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        while not (found := ADDRESS.search(self._text())):
            late = time.monotonic() - began > PATIENCE
            if late or self.process.poll() is not None:
                self.__exit__()
                raise RuntimeError(f"the server did not start:\n{self._text()}")
            time.sleep(0.05)
        self.seconds = time.monotonic() - began
        self.address = found[0].rstrip("/")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def pid(self) -> int:
        return self.process.pid

    def _text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def complaints(self) -> list[str]:
        """Return the tracebacks that it has written since this was last asked."""
        text = self._text()
        new, self._read = text[self._read :], len(text)
        start = new.find("Traceback (most recent call last)")
        return [new[start:][-3000:]] if start >= 0 else []
