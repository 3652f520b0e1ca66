"""What is measured of sweeps: the runner, the store, Mesa's batch runner, and pairing."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import mesa
import numpy as np

import scenarios
from experiments.compare import compare
from experiments.designs.cell import Cell, community_cell
from experiments.recorded import Key
from experiments.store import Store
from experiments.sweeping.ask import ask, jobs_of
from experiments.sweeping.job import perform
from experiments.sweeping.subject import Simulated, Stage
from simulation.community import CommunityModel
from tests.benchmarks.measures import town
from tests.benchmarks.timing import Spread, seconds
from tests.reference.model import ReferenceModel

CONTRASTS = (
    ("push_alone", "push_with_succession"),
    ("push_short", "push_long"),
    ("present_biased", "far_sighted"),
)
"""Pairs of headline scenarios whose pairing is measured."""


@contextmanager
def _store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        yield Store.create_or_open(Path(folder) / "store")


def short_cells(points: int) -> list[Cell]:
    """Return cells whose runs take about ten milliseconds: a hamlet, a few months."""
    base = scenarios.with_settings(town(60), {"months": 6, "places": None})
    return [
        community_cell(
            scenarios.with_settings(base, {"activation.reinforcement": 2.0 + point / points}),
            point=point,
            paired=False,
        )
        for point in range(points)
    ]


def overhead(rounds: int, points: int, replicates: int) -> dict[str, Any]:
    """Time short runs by themselves, through runner and store, and on two processes, in turn."""
    cells = short_cells(points)
    jobs = list(jobs_of(cells, range(replicates), 1))
    for job in jobs[:points]:
        perform(job)
    alone, stored, two = [], [], []
    for turn in range(rounds):
        seed = turn + 1
        jobs = list(jobs_of(cells, range(replicates), seed))
        alone.append(seconds(lambda jobs=jobs: [perform(job) for job in jobs]))
        for processes, times in ((1, stored), (2, two)):
            with _store() as store, store.writer() as writer:
                begin = time.perf_counter()
                ask(cells, replicates, seed=seed, runs=writer, processes=processes)
                times.append(time.perf_counter() - begin)
    pairs = list(zip(alone, stored, two, strict=True))
    return {
        "runs": len(jobs),
        "each": Spread.of([a / len(jobs) for a in alone]),
        "overhead": Spread.of([s / a - 1.0 for a, s, _ in pairs]),
        "speed_up": Spread.of([s / t for _, s, t in pairs]),
    }


class Instant(NamedTuple):
    """A subject that takes no time: what is measured is the store alone."""

    number: int
    kind: str = "mesa"
    code: str = "0" * 32
    months: int = 12
    kept: str = "value"

    @property
    def id(self) -> str:
        """Return an id of its own."""
        return f"{self.number:032x}"

    def simulate(self, seed: int, stage: Stage) -> Simulated:
        """Return twelve numbers that follow from the seed."""
        values = np.random.default_rng(seed).random((12, 1))
        keys = (Key("value", "all", ""),)
        return Simulated(np.arange(12), keys, values, {"value": float(values[-1, 0])})


def many(runs: int, points: int) -> dict[str, Any]:
    """Keep many instant runs, count the files, and time a question that groups all of them."""
    cells = [Cell(n, "", {"n": n}, Instant(n)) for n in range(points)]
    with _store() as store:
        begin = time.perf_counter()
        with store.writer() as writer:
            for job in jobs_of(cells, range(runs // points), 1):
                writer.add(perform(job))
        written = time.perf_counter() - begin
        again = Store.open(store.path)
        query = (
            "select specification, count(*) as runs, avg(o.value) as mean from "
            "(select specification, unnest(outcomes) as o from kept) group by specification"
        )
        first = seconds(lambda: again.sql(query))
        found = again.sql(query)
        assert len(found) == points
        assert int(found["runs"].sum()) == runs
        folder = store.path
        return {
            "runs": runs,
            "files": sum(1 for file in folder.rglob("*") if file.is_file()),
            "bytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
            "write_ms": written / runs * 1e3,
            "query": Spread.of([first, *(seconds(lambda: again.sql(query)) for _ in range(4))]),
        }


class Plain(ReferenceModel):
    """The plain Mesa model as somebody would sweep it: a few measures collected every month."""

    def __init__(self, residents: int, reinforcement: float, rng: int | None = None) -> None:
        spec = town(residents, **{"activation.reinforcement": reinforcement})
        super().__init__(spec, 1 if rng is None else int(rng), chance="mesa")
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "stewards": lambda m: sum(p.stewardship for p in m.present) / len(m.present),
                "ownership": lambda m: m.stocks.ownership,
            }
        )

    def step(self) -> None:
        """Live through one month and collect."""
        super().step()
        self.datacollector.collect(self)


def against_batch_run(residents: int, months: int, rounds: int) -> dict[str, Any]:
    """Time the same small sweep with `mesa.batch_run` on the plain model and with ours."""
    levels = (2.5, 3.0)
    base = scenarios.with_settings(town(residents), {"months": months})
    cells = [
        community_cell(
            scenarios.with_settings(base, {"activation.reinforcement": level}),
            point=n,
            paired=False,
        )
        for n, level in enumerate(levels)
    ]
    CommunityModel(base).run(2)
    theirs, ours = [], []
    for turn in range(rounds):
        begin = time.perf_counter()
        mesa.batch_run(
            Plain,
            {"residents": residents, "reinforcement": levels},
            number_processes=1,
            rng=[turn + 1],
            max_steps=months,
            data_collection_period=1,
            display_progress=False,
        )
        theirs.append((time.perf_counter() - begin) / len(levels))
        with _store() as store, store.writer() as writer:
            begin = time.perf_counter()
            ask(cells, 10, seed=turn + 1, runs=writer)
            ours.append((time.perf_counter() - begin) / (10 * len(levels)))
    return {
        "residents": residents,
        "months": months,
        "theirs": Spread.of(theirs),
        "ours": Spread.of(ours),
        "ratio": Spread.of([a / b for a, b in zip(theirs, ours, strict=True)]),
    }


def pairing(pairs: int, processes: int) -> list[dict[str, Any]]:
    """Return, by contrast and outcome, how many times as many runs unpaired arms would take."""
    rows = []
    for first, second in CONTRASTS:
        a, b = (scenarios.load(f"headline/{name}") for name in (first, second))
        effects = compare(a, b, replicates=pairs, processes=processes).effects_by_name
        for outcome in ("gain_48", "gain_end", "gap_people", "worst_off"):
            ratio = effects[outcome]["variance_ratio"]
            rows.append(
                {
                    "contrast": f"{first} / {second}",
                    "outcome": effects[outcome]["label"],
                    "fewer": None if not ratio else 1.0 / ratio,
                }
            )
    return rows
