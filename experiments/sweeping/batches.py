"""Batches: several runs that travel to a worker together, and the rows that come back.

A subject travels pickled, once in a batch however many of its runs do, and a worker keeps those it
has unpacked. So a run of milliseconds costs no more for being done elsewhere.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from experiments.pool import Own, know, own_names
from experiments.recorded import Key
from experiments.store.schema import Row
from experiments.sweeping.deadline import TooLong, deadline
from experiments.sweeping.job import Job, failed, perform
from experiments.sweeping.subject import Subject
from simulation.errors import InputError
from simulation.fingerprint import code_hash, process_hash
from simulation.processes import own_processes


class Known(NamedTuple):
    """What a worker has to know to do the same as its parent would.

    Attributes:
        own: the researcher's own processes.
        code: id of the model's code, the libraries and these processes.
    """

    own: Own
    code: str


class Batch(NamedTuple):
    """Some runs.

    Attributes:
        known: what their worker has to know.
        subjects: the pickled subjects.
        runs: for each run the position of its subject, its seed and its replicate.
        tries: how often they have been begun, this time included.
        timeout: seconds after which a run is given up; None: never.
        jobs: the same for the parent; it does not travel.
    """

    known: Known
    subjects: tuple[bytes, ...]
    runs: tuple[tuple[int, int, int], ...]
    tries: int
    timeout: float | None
    jobs: tuple[Job, ...]

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without what only the parent needs."""
        return Batch, (*self[:-1], ())


def batch_of(jobs: Sequence[Job], tries: int = 1, timeout: float | None = None) -> Batch:
    """Return jobs ready to travel."""
    places: dict[int, int] = {}
    packed: list[bytes] = []
    runs = []
    for job in jobs:
        place = places.setdefault(id(job.subject), len(packed))
        if place == len(packed):
            packed.append(_packed(job.subject))
        runs.append((place, job.seed, job.replicate))
    return Batch(known_here(), tuple(packed), tuple(runs), tries, timeout, tuple(jobs))


def again(batch: Batch) -> list[Batch]:
    """Return the jobs of a batch one by one, for another try."""
    return [batch_of([job], batch.tries + 1, batch.timeout) for job in batch.jobs]


def known_here() -> Known:
    """Return what is registered here, and the id of the code that runs it."""
    own = own_processes()
    return Known(own_names(), _code(own))


@lru_cache(maxsize=8)
def _code(own: tuple[type, ...]) -> str:
    hashes = [code_hash(), *(process_hash(process) for process in own)]
    return hashlib.blake2b(" ".join(hashes).encode(), digest_size=16).hexdigest()


def perform_batch(batch: Batch) -> list[Row]:
    """Do all runs of a batch, in a worker.

    Raises:
        InputError: the worker has other code than its parent, or lacks one of its processes.
    """
    _learn(batch.known)
    rows = []
    for place, seed, replicate in batch.runs:
        job = Job(_unpacked(batch.subjects[place], batch.known), seed, replicate)
        rows.append(perform_within(job, batch.tries, batch.timeout))
    return rows


def perform_within(job: Job, tries: int = 1, timeout: float | None = None) -> Row:
    """Do one run, which fails where it takes longer than `timeout` seconds."""
    try:
        with deadline(timeout):
            row = perform(job, tries)
    except TooLong as problem:  # the alarm rang between the run and its end
        return failed(job, tries, "recording", str(problem))
    return row._replace(keys=_same_keys(row.keys))


def row_of_lost(job: Job, tries: int, reason: str) -> Row:
    """Return the row of a run that killed its worker again and again."""
    return failed(job, tries, "worker", f"the run ends its process ({reason})")


def check_code(rows: Iterable[Row], jobs: Sequence[Job]) -> None:
    """Refuse rows that come from other code than the jobs ask for.

    Raises:
        InputError: naming the machine.
    """
    for row, job in zip(rows, jobs, strict=True):
        if row.run != job.run or row.code != job.subject.code:
            raise _other_code(row.machine)


def _learn(known: Known) -> None:
    """Register the researcher's processes, and make sure that the code is the same."""
    try:
        know(known.own)
    except (ImportError, AttributeError) as problem:
        names = ", ".join(f"{module}:{name}" for module, name in known.own)
        raise InputError(
            f"a worker cannot import a process of your own ({problem})",
            key="--process",
            found=names,
            mend="keep it in a module that workers find, too",
        ) from problem
    if known_here() != known:
        from platform import node

        raise _other_code(node())


def _other_code(machine: str) -> InputError:
    return InputError(
        f"a worker on {machine} runs other code, or other versions of NumPy, SciPy or Numba",
        mend="install the same on all machines, and start the workers again",
    )


_kept: dict[tuple[str, int, str], bytes] = {}
MOST_KEPT = 4096


def _packed(subject: Subject) -> bytes:
    """Return a subject pickled; those of late are kept."""
    key = (subject.id, subject.months, subject.kept)
    packed = _kept.get(key)
    if packed is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        packed = _kept[key] = pickle.dumps(subject, protocol=pickle.HIGHEST_PROTOCOL)
    return packed


@lru_cache(maxsize=1024)
def _unpacked(packed: bytes, known: Known) -> Subject:
    subject: Subject = pickle.loads(packed)
    return subject


_KEYS: dict[tuple[Key, ...], tuple[Key, ...]] = {}


def _same_keys(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """Return one object for equal keys, which then travels once a batch."""
    if len(_KEYS) >= MOST_KEPT:
        _KEYS.clear()
    return _KEYS.setdefault(keys, keys)


__all__ = [
    "Batch", "Known", "again", "batch_of", "check_code", "known_here", "perform_batch",
    "perform_within", "row_of_lost",
]  # fmt: skip
