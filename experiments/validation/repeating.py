"""Repeating: every replicate of every case, shared between processes, each equal one run once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from experiments.pool import each
from experiments.validation.row import Observe
from simulation.chance import derive
from simulation.errors import InputError
from simulation.specification import Specification

CHUNK = 2e6
"""Resident-months below which replicates travel to another process together."""

FIXED = 1e4
"""Resident-months that building a community is taken to cost."""


class Work(NamedTuple):
    """One case: the row it belongs to, what runs and reads a replicate, on what, and how often."""

    row: str
    observe: Observe
    specification: Specification
    replicates: int


class _Chunk(NamedTuple):
    """Replicates that are done together: positions in the list of distinct runs, and seeds."""

    work: Work
    positions: tuple[int, ...]
    seeds: tuple[int, ...]

    @property
    def cost(self) -> float:
        return len(self.seeds) * _cost(self.work.specification)


def repeat(
    work: Sequence[Work],
    *,
    seed: int,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[list[Mapping[str, float]]]:
    """Run all replicates and return, for each piece of work, its readings in order.

    Replicate r uses `derive(seed, r)`. What is observed alike on equal specifications with the same
    seed runs once and is handed to all that asked. With several processes long runs start first and
    short ones travel together; the results are the same.

    Args:
        work: what is to be done.
        seed: seed of the whole.
        processes: how many processes share it.
        progress: called with distinct replicates done and in all.

    Raises:
        InputError: a specification cannot be built; the row is named.
    """
    places: dict[tuple[str, str, str, int], int] = {}
    runs: list[tuple[Work, int]] = []
    wanted: list[list[int]] = []
    for one in work:
        same = (one.observe.__module__, one.observe.__qualname__)
        resolved = one.specification.model_dump_json()
        own = []
        for r in range(one.replicates):
            key = (*same, resolved, r)
            if key not in places:
                places[key] = len(runs)
                runs.append((one, r))
            own.append(places[key])
        wanted.append(own)
    chunks = _chunks(runs, seed, processes)
    found: list[Mapping[str, float]] = [{} for _ in runs]
    done = 0
    with closing(each(_observe, chunks, processes)) as finished:
        for number, readings in finished:
            for position, reading in zip(chunks[number].positions, readings, strict=True):
                found[position] = reading
            done += len(readings)
            if progress is not None:
                progress(done, len(runs))
    return [[found[position] for position in own] for own in wanted]


def _chunks(runs: Sequence[tuple[Work, int]], seed: int, processes: int) -> list[_Chunk]:
    """Return what is done at a time: one by one alone, else short ones together, long ones first.

    No piece of work is cut into fewer than four chunks a process, so that all finish together.
    """
    chunks: list[_Chunk] = []
    first = 0
    while first < len(runs):
        work = runs[first][0]
        last = first
        while last < len(runs) and runs[last][0] is work:
            last += 1
        least = CHUNK / _cost(work.specification)
        size = max(1, int(min(least, (last - first) / (4 * processes)))) if processes > 1 else 1
        for start in range(first, last, size):
            positions = tuple(range(start, min(start + size, last)))
            seeds = tuple(derive(seed, runs[position][1]) for position in positions)
            chunks.append(_Chunk(work, positions, seeds))
        first = last
    return chunks if processes == 1 else sorted(chunks, key=lambda chunk: -chunk.cost)


def _cost(specification: Specification) -> float:
    """Return about how long one run takes, in resident-months."""
    return specification.size * (specification.months + specification.spin_up) + FIXED


def _observe(chunk: _Chunk) -> list[dict[str, float]]:
    observe, specification = chunk.work.observe, chunk.work.specification
    try:
        return [
            {name: float(value) for name, value in observe(specification, seed).items()}
            for seed in chunk.seeds
        ]
    except InputError as error:
        raise of_row(error, chunk.work.row) from None


def of_row(error: InputError, row: str) -> InputError:
    """Return the same error with the row named for which something does not fit."""
    return InputError(
        f"{error.problem}, in row {row}",
        file=error.file,
        key=error.key,
        found=error.found,
        allowed=error.allowed,
        nearest=error.nearest,
        mend=error.mend,
    )
