"""Probe: what one run takes in time, disk space and memory, found by doing one or two."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from experiments.store.parts import write_part
from experiments.store.schema import Row, as_batch
from experiments.sweeping.job import Job, perform
from experiments.sweeping.subject import Community, Subject

SLOWER, FASTER = 1.25, 0.85
"""How much slower or faster than the probed runs all runs together may be."""

STARTING = 3.0
"""Seconds until helper processes are ready."""

LONG = 60.0
"""A probed run is cut where it would take longer than about as many seconds."""


@dataclass(frozen=True)
class Probe:
    """What the probed runs took.

    Attributes:
        seconds: seconds of each probed run.
        work: months × residents of each.
        bytes_a_run: bytes that the largest of them takes in the store.
        memory: bytes that this process needed at most; None where the system does not say.
        failed: what went wrong in a probed run; "" where all went well.
    """

    seconds: tuple[float, ...]
    work: tuple[float, ...]
    bytes_a_run: int
    memory: int | None
    failed: str = ""

    def expected(self, work: float, runs: int, processes: int) -> tuple[float, float]:
        """Return between which seconds runs of so much work together will probably take.

        A run has a fixed part and one that grows with months × residents. The two are not told
        apart: the rates of the probed runs are the ends.
        """
        if not runs:
            return 0.0, 0.0
        rates = [s / w for s, w in zip(self.seconds, self.work, strict=True)]
        start = STARTING if processes > 1 else 0.0
        low = min(rates) * work / processes * FASTER
        high = max(rates) * work / processes * SLOWER + start
        return low, high


def work_of(subject: Subject) -> float:
    """Return months × residents, spin-up included: what the length of a run follows most."""
    if not isinstance(subject, Community):
        return float(subject.months)
    specification = subject.specification
    return float((subject.months + specification.spin_up) * max(specification.size, 1))


def probe(subjects: Sequence[Subject], seed: int) -> Probe:
    """Do the cheapest and the dearest run of a design, by months × residents, and measure them.

    A run that would take very long is cut; where all are alike, the first and the last are done.

    Args:
        subjects: what the design runs; at least one.
        seed: seed of the experiment.
    """
    from experiments.sweeping.warm import warm_up

    warm_up()
    ordered = sorted(subjects, key=work_of)
    chosen = [ordered[0], ordered[-1]] if len(ordered) > 1 else [ordered[0]]
    rows: list[Row] = []
    work: list[float] = []
    for subject in chosen:
        if rows and not rows[-1].failed:
            subject = _cut(subject, LONG * work[-1] / max(rows[-1].seconds, 1e-3))
        row = perform(Job(subject, seed, 0))
        rows.append(row)
        work.append(work_of(subject))
    failed = [f"{row.stage}: {row.error}" for row in rows if row.failed]
    return Probe(
        tuple(row.seconds for row in rows),
        tuple(work),
        int(_bytes(rows) * chosen[-1].months / max(rows[-1].months, 1)),
        _most_memory(),
        failed[0] if failed else "",
    )


def _cut(subject: Subject, most: float) -> Subject:
    """Return a subject whose run has about so much work at most."""
    if not isinstance(subject, Community) or work_of(subject) <= most:
        return subject
    specification = subject.specification
    months = max(12, int(most / max(specification.size, 1)) - specification.spin_up)
    shorter = specification.model_copy(update={"months": min(months, specification.months)})
    return replace(subject, specification=shorter)


def _bytes(rows: Sequence[Row]) -> int:
    """Return what the last of the runs takes in a part: the bytes it adds to one that it joins."""
    import pyarrow as pa

    first = rows[0]._replace(run="0" * 32)
    with tempfile.TemporaryDirectory() as folder:
        sizes = []
        for number, kept in enumerate(([first], [first, rows[-1]])):
            file = Path(folder) / f"{number}.parquet"
            write_part(file, pa.Table.from_batches([as_batch(kept)]), ())
            sizes.append(file.stat().st_size)
    return max(sizes[1] - sizes[0], 1)


def _most_memory() -> int | None:
    """Return the bytes that this process held at most; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def machine_memory() -> int | None:
    """Return the bytes of memory of this machine; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
