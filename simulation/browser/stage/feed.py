"""The feed between lines and their stage in the browser: it answers what the stage asks for.

The browser asks ("want") and gets at most a year of each run; its next question says that the last
answer has arrived, so nothing piles up. What it has of a run is forgotten from where the run took
another course.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulation.browser.session.frames import Frame
from simulation.browser.session.line import Line
from simulation.browser.words import say, table
from simulation.errors import InputError

BATCH = 12
"""Months of a run in one answer, at most."""

Message = dict[str, Any]
Send = Callable[[Message, list[bytes]], None]
OnEvent = Callable[[Message], None]


class Feed:
    """What one stage in one browser has been sent.

    Attributes:
        on_event: called with every message that is no question for months.
    """

    def __init__(self) -> None:
        self.on_event: OnEvent | None = None
        self._send: Send | None = None
        self._ready = False
        self._lines: tuple[Line, ...] = ()
        self._options: Message = {}
        self._versions: list[int] = []
        self._sent: list[dict[int, Frame]] = []

    def connect(self, send: Send) -> None:
        """Take the way on which messages reach the stage; it says itself when it is ready."""
        self._send, self._ready = send, False

    def show(self, lines: Sequence[Line], options: Mapping[str, Any]) -> None:
        """Show these runs, so; only what is another than before is sent."""
        same = len(lines) == len(self._lines) and all(map(lambda a, b: a is b, lines, self._lines))
        changed = {k: v for k, v in options.items() if self._options.get(k) != v}
        self._lines, self._options = tuple(lines), dict(options)
        if not self._ready:
            return
        if not same:
            self._set_up()
            return
        for run in range(len(self._lines)):
            self._follow(run)
        if changed:
            self.tell({"kind": "options", "options": changed})

    def tell(self, message: Message) -> None:
        """Send the stage a message of the page, such as `{"kind": "go", "month": 30}`."""
        if self._ready:
            self._post(message)

    def receive(self, message: Message) -> None:
        """Take a message of the stage."""
        try:
            if message.get("kind") == "ready":
                self._ready = True
                self._set_up()
            elif message.get("kind") == "want":
                self._answer(int(message["upto"]), message.get("have") or [])
                return
            if self.on_event is not None:
                self.on_event(message)
        except InputError as error:
            self._post({"kind": "problem", "text": str(error)})
        except Exception:
            logging.getLogger(__name__).exception("the stage's message could not be answered")
            self._post({"kind": "problem", "text": say("stage.problem")})

    def _post(self, message: Message, buffers: list[bytes] | None = None) -> None:
        if self._send is not None:
            self._send(message, buffers or [])

    def _set_up(self) -> None:
        if not self._lines:
            return
        self._sent = [{} for _ in self._lines]
        setups = []
        self._versions = []
        for line in self._lines:
            with line.lock:
                self._versions.append(line.version)
                setups.append(line.setup())
        self._post(
            {
                "kind": "setup",
                "runs": setups,
                "options": self._options,
                "month": int(self._options.get("month") or 0),
                "words": table("stage"),
            }
        )

    def _follow(self, run: int) -> None:
        """Say from where a run has taken another course since it was last spoken of."""
        line, sent = self._lines[run], self._sent[run]
        with line.lock:
            if line.version == self._versions[run]:
                return
            self._versions[run] = line.version
            setup = line.setup()
            after = -1
            for month, frame in enumerate(line.frames):
                if month not in sent or sent[month].bytes != frame.bytes:
                    break
                after = month
        self._sent[run] = {month: frame for month, frame in sent.items() if month <= after}
        self._post({"kind": "drop", "run": run, "after": after, "setup": setup})

    def _answer(self, upto: int, have: Sequence[int]) -> None:
        for run, line in enumerate(self._lines):
            self._follow(run)
            first = max(0, (int(have[run]) if run < len(have) else -1) + 1)
            with line.lock:
                last = min(upto, first + BATCH - 1, line.months)
                line.upto(last)
                frames = line.frames[first : last + 1]
                entries = line.log(first, last) if frames else []
            self._sent[run].update((frame.month, frame) for frame in frames)
            if entries:
                plain = [entry.data() for entry in entries]
                self._post({"kind": "log", "run": run, "entries": plain})
            self._post(
                {
                    "kind": "frames",
                    "run": run,
                    "months": [frame.month for frame in frames],
                    "sizes": [len(frame.bytes) for frame in frames],
                },
                [b"".join(frame.bytes for frame in frames)],
            )
