"""Frames: what one month looks like, in a few bytes for each resident and tie.

Little-endian: `u32` month, nodes, ties, added; then a byte of flags for each node, a byte for each
node of each channel, a byte of trust for each tie known so far; zeros up to a multiple of 4; then
the month's values as `f32`, and `u32` source and target of each tie that is new. A tie keeps its
place in the list; 0 is a tie that is gone, 1 … 255 its trust from none to full.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats32 = NDArray[np.float32]

HEADER = struct.Struct("<4I")
PRESENT, HALF, FULL, LEADER, COMMITTED, NEWCOMER = (1 << bit for bit in range(6))
"""Bits of a node's flags."""
OTHER_KIND = 1 << 31
"""Bit of a new tie's source that says it is no tie between friends."""


@dataclass(frozen=True)
class Frame:
    """One month, as the page gets it.

    Attributes:
        month: which month; 0 is the start.
        bytes: the buffer described above.
        channels: how many channels it holds.
    """

    month: int
    bytes: bytes
    channels: int

    @classmethod
    def pack(
        cls,
        month: int,
        flags: Bytes,
        channels: Bytes,
        trust: Bytes,
        values: Floats32,
        added: NDArray[np.uint32],
    ) -> Frame:
        """Make a frame.

        Args:
            month: which month.
            flags: shape (nodes,).
            channels: shape (channels, nodes).
            trust: shape (ties,), with those added.
            values: shape (values,).
            added: new ties, shape (added, 2).
        """
        head = HEADER.pack(month, flags.size, trust.size, len(added))
        body = b"".join((head, flags.tobytes(), channels.tobytes(), trust.tobytes()))
        body += bytes(-len(body) % 4)
        tail = values.astype("<f4").tobytes() + added.astype("<u4").tobytes()
        return cls(month, body + tail, len(channels))

    @property
    def nodes(self) -> int:
        """How many nodes it holds."""
        return int(HEADER.unpack_from(self.bytes)[1])

    @property
    def ties(self) -> int:
        """How many ties it knows, those gone among them."""
        return int(HEADER.unpack_from(self.bytes)[2])

    @property
    def flags(self) -> Bytes:
        """Flags of each node."""
        return np.frombuffer(self.bytes, np.uint8, self.nodes, HEADER.size)

    def channel(self, place: int) -> Bytes:
        """Return one channel, by its place in the list of channels."""
        start = HEADER.size + self.nodes * (1 + place)
        return np.frombuffer(self.bytes, np.uint8, self.nodes, start)

    @property
    def trust(self) -> Bytes:
        """Trust of each tie."""
        start = HEADER.size + self.nodes * (1 + self.channels)
        return np.frombuffer(self.bytes, np.uint8, self.ties, start)

    @cached_property
    def values(self) -> Floats32:
        """The month's values, in the order of the setup."""
        _, nodes, ties, added = HEADER.unpack_from(self.bytes)
        start = HEADER.size + nodes * (1 + self.channels) + ties
        start += -start % 4
        count = (len(self.bytes) - start) // 4 - 2 * added
        return np.frombuffer(self.bytes, "<f4", count, start)

    @property
    def added(self) -> NDArray[np.uint32]:
        """Ties that are new this month, shape (added, 2)."""
        count = HEADER.unpack_from(self.bytes)[3]
        pairs = np.frombuffer(self.bytes, "<u4", 2 * count, len(self.bytes) - 8 * count)
        return pairs.reshape(-1, 2)

    def sized(self, nodes: int) -> Frame:
        """Return the same month for a map with more or fewer new homes, absent in it."""
        if nodes == self.nodes:
            return self
        rows = np.zeros((1 + self.channels, nodes), np.uint8)
        kept = min(nodes, self.nodes)
        rows[0, :kept] = self.flags[:kept]
        for place in range(self.channels):
            rows[1 + place, :kept] = self.channel(place)[:kept]
        return Frame.pack(self.month, rows[0], rows[1:], self.trust, self.values, self.added)


def byte(share: NDArray[np.float64]) -> Bytes:
    """Return shares as bytes: 0 … 1 as 0 … 255; what is not a number is 0."""
    scaled = 255.0 * np.fmin(np.fmax(share, 0.0), 1.0)  # both pass over what is not a number
    return np.rint(scaled).astype(np.uint8)


def squashed(amount: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return amounts from 0 on as shares: 1 becomes a half, much becomes nearly 1."""
    result: NDArray[np.float64] = amount / (1.0 + amount)
    return result
