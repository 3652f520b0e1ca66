"""Ruler: in which month the stage stands, as far as its messages tell.

The stage tells its month a little late. Each order to move is numbered, and each message says after
which order it was spoken and where the stage is going. So what was spoken before an order reached
the stage, or on the way to the month it was sent to, moves nothing. Nothing is waited for: whoever
moves the ruler by hand meanwhile is heard at once, for then the stage is going somewhere else.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

STILL = 1.0
"""Seconds without a message of the stage after which the ruler counts as still."""


class Ruler:
    """The ruler of one stage.

    Attributes:
        turn: the number of the last order.
        goal: the month that order named, until the stage is there; None when it is.
        playing: whether the stage was playing when it spoke last.
    """

    def __init__(self) -> None:
        self.turn = 0
        self.goal: int | None = None
        self.playing = False
        self._heard = -STILL

    @property
    def moving(self) -> bool:
        """Whether it has moved just now."""
        return self.rest > 0.0

    @property
    def rest(self) -> float:
        """Seconds until it counts as still, where nothing more is heard; 0 when it does."""
        return max(0.0, self._heard + STILL - time.monotonic())

    def order(self, month: int) -> dict[str, int]:
        """Note an order to move to a month; return what it has to say."""
        self.turn += 1
        self.goal = month
        self.playing = False
        return {"month": month, "turn": self.turn}

    def hear(self, message: Mapping[str, Any]) -> int | None:
        """Return the month that a message of the stage moves to; None where it moves nothing."""
        self._heard = time.monotonic()
        month = int(message["month"])
        if int(message.get("turn", self.turn)) < self.turn:
            return None
        if self.goal is not None and month != self.goal == int(message.get("goal", month)):
            return None
        self.goal = None
        self.playing = bool(message.get("playing"))
        return month
