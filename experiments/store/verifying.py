"""Verifying: whether every file of a store is what it should be, and setting aside what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from experiments.store import parts, spool
from experiments.store.answers import read_answer
from experiments.store.folder import Folder, sync_folder, told
from experiments.store.locks import held
from experiments.store.parts import group_sizes, read_foot, read_part
from experiments.store.plan import read_plan
from experiments.store.schema import DONE, FAILED, RUNS
from experiments.store.small_groups import read_groups
from experiments.store.spool import read_spool
from simulation.errors import InputError
from simulation.fingerprint import lucky_id

if TYPE_CHECKING:
    from experiments.store.store import Store


GROUPS = "groups"
"""Never set aside: without it an export might tell of small groups."""


class Fault(NamedTuple):
    """Something wrong with a file.

    Attributes:
        file: its name, as seen from the store's folder.
        problem: what is wrong.
        mended: whether the file was set aside.
    """

    file: str
    problem: str
    mended: bool = False


class Verified(NamedTuple):
    """What verifying found.

    Attributes:
        parts: parts read.
        spools: spools read.
        rows: runs read.
        faults: what is wrong.
        notes: what is not as usual but needs nothing to be done.
    """

    parts: int
    spools: int
    rows: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong any more."""
        return all(fault.mended for fault in self.faults)


def verify(store: Store, *, mend: bool = False) -> Verified:
    """Read every file of a store to its end and check that runs are what their ids say.

    Checked are: checksums; columns; that the id of every run follows from its scenario, seed and
    replicate; that its series are as long as its months; plans, answers and notes.

    Args:
        store: the store.
        mend: move damaged files to `set-aside/`: then the same sweep does what they held again.

    Raises:
        InputError: somebody is writing while files are to be set aside.
    """
    folder = store.folder
    with held(folder) if mend else nullcontext():
        rows = 0
        faults: list[Fault] = []
        notes: list[str] = []
        names = folder.files("parts", parts.ENDING)
        for name in names:
            found, problem = _tried(partial(_check_part, folder, name))
            rows += found or 0
            faults += [Fault(name, problem)] if problem else []
        spools = folder.files("spool", spool.ENDING)
        for name in spools:
            found, problem = _tried(partial(_check_spool, folder, name, notes))
            rows += found or 0
            faults += [Fault(name, problem)] if problem else []
        faults += _check_words(folder)
        if mend:
            faults = [_set_aside(folder, f) if f.file != GROUPS else f for f in faults]
    return Verified(len(names), len(spools), rows, tuple(faults), tuple(notes))


def _tried[T](check: Callable[[], T]) -> tuple[T | None, str]:
    """Return what a check returns, and what is wrong."""
    try:
        return check(), ""
    except InputError as problem:
        return None, problem.problem
    except FileNotFoundError:  # published or merged just now
        return None, ""


def _check_part(folder: Folder, name: str) -> int:
    """Read a part to its end; return its rows.

    Raises:
        InputError: it is damaged, or a row is not what it should be.
    """
    foot = read_foot(folder.root, name)
    for group in range(len(group_sizes(folder.root, name))):
        _check_rows(read_part(folder.root, name, groups=[group]))
    return foot.rows


def _check_spool(folder: Folder, name: str, notes: list[str]) -> int:
    """Read a spool; return its rows.

    Raises:
        InputError: it cannot be read, or a row is not what it should be.
    """
    with told(folder / name):
        found = read_spool(folder / name)
    if found.lost:
        notes.append(
            f"{name}: {found.lost} bytes belong to no whole run, as happens where a sweep is "
            "killed; the sweep does that run again"
        )
    for batch in found.batches:
        _check_rows(pa.Table.from_batches([batch]))
    return sum(batch.num_rows for batch in found.batches)


def _check_rows(table: pa.Table) -> None:
    """Check that rows are what they should be."""
    if not table.schema.remove_metadata().equals(RUNS):
        raise InputError("its columns are not those of a store")
    columns = (table.column(n).to_pylist() for n in ("run", "specification", "seed", "replicate"))
    for run, specification, seed, replicate in zip(*columns, strict=True):
        if lucky_id(specification, seed, replicate) != run:
            raise InputError(f"run {run} has an id that does not follow from what it holds")
    if not set(table.column("status").to_pylist()) <= {DONE, FAILED}:
        raise InputError("a run is neither done nor failed")
    for batch in table.to_batches():
        months = batch.column("recorded").value_lengths().fill_null(0).to_numpy()
        series = batch.column("series")
        each = np.repeat(months, series.value_lengths().fill_null(0).to_numpy())
        lengths = series.flatten().field(3).value_lengths().fill_null(0).to_numpy()
        if not np.array_equal(each, lengths):
            raise InputError("the series of a run are not as long as its months")


def _check_words(folder: Folder) -> Iterator[Fault]:
    """Yield the faults of plans, answers and notes."""
    for name in folder.files("plans", ".json"):
        _, problem = _tried(partial(read_plan, folder, name))
        if problem:
            yield Fault(name, problem)
    for name in folder.files("answers", ".json"):
        _, problem = _tried(partial(read_answer, folder, name))
        if problem:
            yield Fault(name, problem)
    _, problem = _tried(partial(read_groups, folder))
    if problem:
        yield Fault(GROUPS, f"{problem}; the same sweep writes it anew")


def _set_aside(folder: Folder, fault: Fault) -> Fault:
    """Move a damaged file out of the way."""
    with told(folder.root):
        aside = folder / "set-aside"
        aside.mkdir(exist_ok=True)
        target = aside / fault.file.replace("/", "-")
        (folder / fault.file).replace(target)
        sync_folder(aside)
        sync_folder((folder / fault.file).parent)
    return fault._replace(mended=True)
