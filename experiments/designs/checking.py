"""Checking: what a design takes and what to know before it starts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from experiments.designs.cautions import cautions
from experiments.designs.probe import Probe, machine_memory, probe, work_of
from experiments.simulate import check_counts
from experiments.store.index import within
from experiments.sweeping.subject import Subject
from experiments.sweeping.todo import subjects_of
from simulation.fingerprint import lucky_id

if TYPE_CHECKING:
    import pandas as pd

    from experiments.designs.design import Design

ROOM = 2.0
"""Times the space of the runs that should be free: parts are written beside the spools."""


class Kept(Protocol):
    """A store whose runs are counted."""

    def runs(self) -> pd.DataFrame:
        """Return a row a run, with the columns `run`, `months` and `kept`."""


@dataclass(frozen=True)
class DesignCheck:
    """What a design takes.

    Attributes:
        title: what the design is.
        points: how many points.
        arms: how many arms at each.
        replicates: draws of chance of each.
        runs: different runs in all, those without the push included.
        pairs: of these, runs without the push.
        kept: of all, runs that the store has already.
        months: simulated months still to be done.
        processes: how many processes would share the work.
        seconds: between how many seconds it will probably take; None where nothing was probed.
        bytes: how much disk space it will take; None where nothing was probed.
        free: free disk space where the store is to be; None where nobody says.
        memory: bytes of memory that all processes need; None where nobody says.
        machine: bytes of memory of this machine; None where nobody says.
        failed: what went wrong in a probed run; "" where all went well.
        cautions: what should be known before, in words.
    """

    title: str
    points: int
    arms: int
    replicates: int
    runs: int
    pairs: int
    kept: int
    months: int
    processes: int
    seconds: tuple[float, float] | None
    bytes: int | None
    free: int | None
    memory: int | None
    machine: int | None
    failed: str
    cautions: tuple[str, ...]

    @property
    def todo(self) -> int:
        """Runs that are lacking."""
        return self.runs - self.kept

    @property
    def fits(self) -> bool:
        """Whether nothing stands against a start: probed runs went well, disk and memory do."""
        return not self.failed and not self._no_room and not self._no_memory

    @property
    def _no_room(self) -> bool:
        return self.bytes is not None and self.free is not None and self.bytes * ROOM > self.free

    @property
    def _no_memory(self) -> bool:
        known = self.memory is not None and self.machine is not None
        return known and (self.memory or 0) > (self.machine or 0)

    @property
    def verdict(self) -> str:
        """One sentence: what is to do, how long it takes, and whether it fits."""
        if self.failed:
            return f"A run that was tried failed: {self.failed}"
        if not self.todo:
            return "Nothing to do: the store has every run."
        text = f"{self.todo:,} runs to do"
        if self.seconds is not None:
            shared = "process" if self.processes == 1 else "processes"
            text += f", {between(self.seconds)} on {self.processes} {shared}"
        if self.bytes is not None:
            text += f", {size(self.bytes)} of disk"
        if self._no_room:
            assert self.free is not None
            return f"{text}: only {size(self.free)} are free, and twice that is needed for a while."
        if self._no_memory:
            return f"{text}: so many processes need more memory than this machine has."
        return f"{text}."

    def data(self) -> dict[str, Any]:
        """Return everything as plain values."""
        found = asdict(self) | {"todo": self.todo, "fits": self.fits, "verdict": self.verdict}
        found["cautions"] = list(self.cautions)
        found["seconds"] = None if self.seconds is None else list(self.seconds)
        return found


def check_design(
    design: Design,
    store: Kept | Path | str | None = None,
    *,
    processes: int | None = None,
    timed: bool = True,
) -> DesignCheck:
    """Say what a design takes: runs, time from one or two runs that are tried, space, memory.

    Args:
        design: the design.
        store: where its runs are to be kept; those that are there already are counted.
        processes: how many processes are to share the work; default: as many as the machine has.
        timed: whether to try runs; without it there is neither time nor space.

    Raises:
        InputError: a scenario refuses a point, or the store cannot be read.
    """
    processes = (os.cpu_count() or 1) if processes is None else processes
    check_counts(seed=design.seed, replicates=design.replicates, processes=processes)
    cells = design.cells()
    subjects = subjects_of(cells)
    pairs = {c.without.id for c in cells if c.without is not None}
    pairs -= {c.subject.id for c in cells}
    lacking = _lacking(design, subjects, store)
    runs = len(subjects) * design.replicates
    tried = probe(subjects, design.seed) if timed else None
    work = sum(count * work_of(s) for s, count in zip(subjects, lacking, strict=True))
    todo = sum(lacking)
    seen: Probe | None = tried if tried is not None and not tried.failed else None
    return DesignCheck(
        title=design.title,
        points=len(design.points),
        arms=max(len(design.arms), 1),
        replicates=design.replicates,
        runs=runs,
        pairs=sum(s.id in pairs for s in subjects) * design.replicates,
        kept=runs - todo,
        months=sum(n * s.months for s, n in zip(subjects, lacking, strict=True)),
        processes=processes,
        seconds=None if seen is None else seen.expected(work, todo, processes),
        bytes=None if seen is None else seen.bytes_a_run * todo,
        free=_free(store),
        memory=None if seen is None or seen.memory is None else seen.memory * processes,
        machine=machine_memory(),
        failed="" if tried is None else tried.failed,
        cautions=tuple(cautions(design, cells)),
    )


def _lacking(
    design: Design, subjects: Sequence[Subject], store: Kept | Path | str | None
) -> list[int]:
    """Return, for each subject, how many of its runs are still to be done."""
    table = _runs(store)
    kept: dict[str, list[tuple[int, str]]] = {}
    if table is not None and len(table):
        for run, months, measures in zip(table["run"], table["months"], table["kept"], strict=True):
            kept.setdefault(str(run), []).append((int(months), str(measures)))

    def there(subject: Subject, replicate: int) -> bool:
        entries = kept.get(lucky_id(subject.id, design.seed, replicate), [])
        return any(m >= subject.months and within(subject.kept, k) for m, k in entries)

    if not kept:
        return [design.replicates] * len(subjects)
    return [sum(not there(s, r) for r in range(design.replicates)) for s in subjects]


def _runs(store: Kept | Path | str | None) -> pd.DataFrame | None:
    if store is None:
        return None
    if isinstance(store, Path | str):
        if not Path(store).exists():
            return None
        from experiments.store import Store

        return Store.open(store).runs()
    return store.runs()


def _free(store: Any) -> int | None:
    """Return the free bytes where a store is or is to be."""
    place = store if isinstance(store, Path | str) else getattr(store, "path", None)
    folder = Path(place if isinstance(place, Path | str) else ".").absolute()
    for parent in (folder, *folder.parents):
        if parent.is_dir():
            try:
                return shutil.disk_usage(parent).free
            except OSError:
                return None
    return None


# --------------------------------------------------------------------------------------- in words


def between(seconds: tuple[float, float]) -> str:
    """Return a time from a range of seconds, in the unit that people would use."""
    low, high = seconds
    if high < 90:
        return f"{_rounded(low)} to {max(_rounded(high), 1)} seconds"
    if high < 90 * 60:
        return f"{_rounded(low / 60)} to {_rounded(high / 60)} minutes"
    if high < 72 * 3600:
        return f"{_rounded(low / 3600)} to {_rounded(high / 3600)} hours"
    return f"{_rounded(low / 86400)} to {_rounded(high / 86400)} days"


def _rounded(value: float) -> int | float:
    """Return a number with two digits that count, whole from 10 on."""
    if value < 10:
        short = float(f"{value:.1g}") if value < 1 else round(value, 1)
        return int(short) if short == int(short) else short
    return int(float(f"{value:.2g}"))


def size(count: float) -> str:
    """Return bytes as people say them."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return (
                f"{count:.0f} {unit}" if unit == "bytes" or count >= 10 else f"{count:.1f} {unit}"
            )
        count /= 1000
    return f"{count:.1f} TB"
