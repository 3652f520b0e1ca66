"""Packing of months into a file: differences from month to month, compressed, as text.

Most people stay as they are from one month to the next, so flags, channels and trust are kept as
their difference to the month before; what remains is mostly zeros. The browser undoes it
(`undoDifferences` in the stage's script). Trust of single ties is kept in twelve steps, two of them
to each of the six steps that the map draws, so the map is the same; everything else is exact.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.browser.session.frames import HEADER, Frame

TRUST_STEPS = 12


def stepped(trust: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return trust as bytes in twelve steps, each at its middle; 0, a tie that is gone, stays."""
    step = trust.astype(np.int64) * TRUST_STEPS // 256
    middle = (2 * step + 1) * 256 // (2 * TRUST_STEPS)
    return np.where(trust > 0, middle, 0).astype(np.uint8)


def packed_text(data: bytes) -> str:
    """Return bytes compressed, as letters that can stand in a page."""
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")


def packed_frames(frames: Sequence[Frame]) -> bytes:
    """Return all months one after another, bodies as differences to the month before."""
    parts: list[bytes] = []
    before: list[NDArray[np.uint8]] = []
    for frame in frames:
        body = [frame.flags, *(frame.channel(n) for n in range(frame.channels))]
        body.append(stepped(frame.trust))
        start = HEADER.size
        parts.append(frame.bytes[:start])
        for n, now in enumerate(body):
            change = now.copy()
            if before:
                both = min(now.size, before[n].size)
                change[:both] -= before[n][:both]
            parts.append(change.tobytes())
            start += now.size
        parts.append(frame.bytes[start:])
        before = body
    return b"".join(parts)
