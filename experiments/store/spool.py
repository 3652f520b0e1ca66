"""Spools: files to which runs are written the moment they are done.

A spool is a row of frames, each with a checksum: first the schema, then batches of runs, both as
Arrow writes them to streams. The frames are ours because Arrow's stream has no checksums: after a
power cut a file may have its full length and still lack its end, and such a run must not be
believed. A frame that is cut short or wrong is passed over: its runs are done again.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from experiments.store.schema import RUNS

ENDING = ".spool"
MAGIC = b"KDLS"
HEAD = struct.Struct("<4sIQ")  # magic, checksum, length of what follows


class SpoolWriter:
    """Writes a new spool.

    Attributes:
        file: where it lies.
        size: bytes of whole frames.
    """

    def __init__(self, file: Path) -> None:
        """Begin the file.

        Raises:
            OSError: it cannot be written.
        """
        self.file, self.size = file, 0
        self._handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | _BINARY, 0o666)
        self._frame(RUNS.serialize())

    def append(self, batch: pa.RecordBatch) -> None:
        """Write runs through to the system: a killed process does not lose them.

        Raises:
            OSError: they cannot be written; the spool is then as it was before.
        """
        self._frame(batch.serialize())

    def _frame(self, payload: pa.Buffer) -> None:
        frame = HEAD.pack(MAGIC, zlib.crc32(payload), payload.size) + payload.to_pybytes()
        try:
            rest = memoryview(frame)
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        except OSError:
            os.ftruncate(self._handle, self.size)
            os.lseek(self._handle, self.size, os.SEEK_SET)
            raise
        self.size += len(frame)

    def sync(self) -> None:
        """Wait until all is on the disk: a power cut does not lose it either."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Close the file; once is enough."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


_BINARY = getattr(os, "O_BINARY", 0)


class Spooled(NamedTuple):
    """What stands in a spool.

    Attributes:
        batches: the runs of all whole frames, in order.
        size: bytes of the file.
        lost: bytes that belong to no whole frame; a live spool may have some at its end.
    """

    batches: list[pa.RecordBatch]
    size: int
    lost: int


def read_spool(file: Path) -> Spooled:
    """Read the whole frames of a spool.

    Raises:
        OSError: the file cannot be read, or has gone.
    """
    content = file.read_bytes()
    schema: pa.Schema | None = None
    batches: list[pa.RecordBatch] = []
    at = good = 0
    whole = pa.py_buffer(content)
    while at + HEAD.size <= len(content):
        magic, checksum, length = HEAD.unpack_from(content, at)
        end = at + HEAD.size + length
        if magic != MAGIC or end > len(content):
            break
        payload = whole.slice(at + HEAD.size, length)
        if zlib.crc32(payload) == checksum:
            good += HEAD.size + length
            if at == 0:
                schema = pa.ipc.read_schema(payload)
            elif schema is not None:
                batches.append(pa.ipc.read_record_batch(payload, schema))
        at = end
    if schema is None or not schema.equals(RUNS):
        return Spooled([], len(content), len(content))
    return Spooled(batches, len(content), len(content) - good)
