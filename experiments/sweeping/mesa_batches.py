"""Batches of any Mesa model: parameter grids as `mesa.batch_run` reads them, kept and resumable.

`batch_run` takes what Mesa's own takes and returns the same columns as a DataFrame. `run_scenarios`
takes a list of scenarios, as Mesa 4 does. Both ask a store first, so a batch that was stopped goes
on, and one with more values or more replicates runs only what is new.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.designs.cell import Cell
from experiments.store.schema import Row
from experiments.sweeping.ask import Memory, Progress, Runs, ask
from experiments.sweeping.job import Job
from experiments.sweeping.mesa_models import MesaModel
from experiments.sweeping.mesa_notes import TAKEN, Reporters
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.store import Store

FIRST_COLUMNS = ("RunId", "iteration", "Step")
"""First columns of a batch, as Mesa names them; then the parameters, then the reporters."""

LAST_COLUMNS = ("run", "status", "error")
"""Last columns of a batch: the id in the store, "done" or "failed", and why."""


def grid(parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every combination of values, the last parameter varying fastest, as Mesa does.

    A text or a thing that cannot be gone through is one value; all else is a choice of values.

    Raises:
        InputError: a parameter has no value.
    """
    choices = []
    for name, values in parameters.items():
        if isinstance(values, str) or not isinstance(values, Iterable):
            choices.append([values])
            continue
        each = sorted(values, key=repr) if isinstance(values, set | frozenset) else list(values)
        if not each:
            raise InputError("no value is given", key=name)
        choices.append(each)
    return [dict(zip(parameters, place, strict=True)) for place in product(*choices)]


def mesa_cells(
    model: MesaModel | type | str,
    parameters: Mapping[str, Any] | pd.DataFrame | Sequence[Any],
    *,
    steps: int = 1000,
    reporters: Reporters | None = None,
    missing: bool = False,
) -> list[Cell]:
    """Return the cells of a batch, to be given to `ask` or to a sweep.

    Args:
        model: the class, "module:Class", or a `MesaModel`, whose own settings then count.
        parameters: choices of values by name, of which every combination is run; or a table, or a
            list of dictionaries or of Mesa scenarios, each a place of the design.
        steps: most steps of a run.
        reporters: see `MesaModel`.
        missing: see `MesaModel`.

    Raises:
        InputError: a parameter has no value, or the name of a column.
    """
    base = model
    if not isinstance(base, MesaModel):
        base = MesaModel(base, {}, steps, reporters, missing)  # type: ignore[arg-type]
    places = _places(parameters)
    for name in dict.fromkeys(name for place in places for name in place):
        if name in TAKEN:
            raise InputError("a parameter has the name of a column of the results", key=name)
    return [
        Cell(point, "", {k: _shown(v) for k, v in place.items()}, base.with_parameters(**place))
        for point, place in enumerate(places)
    ]


def batch_run(
    model_cls: MesaModel | type | str,
    parameters: Mapping[str, Any] | pd.DataFrame | Sequence[Any],
    number_processes: int = 1,
    iterations: int = 1,
    data_collection_period: int = -1,
    max_steps: int = 1000,
    *,
    seed: int = 1,
    reporters: Reporters | None = None,
    missing: bool = False,
    store: Store | Path | str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run a Mesa model over its parameters, and return what `mesa.batch_run` returns, as a table.

    Iteration i of every place is given `rng=seed_of(seed, i)`: places are compared on equal seeds.

    Args:
        model_cls: the class, "module:Class", or a `MesaModel`.
        parameters: as in `mesa_cells`.
        number_processes: how many processes share the work.
        iterations: how often each place is run.
        data_collection_period: -1 for the last collection only, 1 for every one, n for every nth.
        max_steps: most steps of a run.
        seed: seed of the whole batch.
        reporters: see `MesaModel`.
        missing: see `MesaModel`.
        store: where to keep the runs; those that are there are not made again.
        executor: any `concurrent.futures.Executor`, in place of `number_processes`.
        progress: called after every run.

    Returns:
        A row a run and collected step. Columns: `FIRST_COLUMNS`, the parameters, the reporters,
        `LAST_COLUMNS`. A run that failed is one row without a step or reported values.

    Raises:
        InputError: as in `mesa_cells`, or a number is out of range.
    """
    if data_collection_period != -1 and data_collection_period < 1:
        raise InputError(
            "out of range",
            key="data_collection_period",
            found=data_collection_period,
            allowed="-1, or a whole number from 1",
        )
    cells = mesa_cells(model_cls, parameters, steps=max_steps, reporters=reporters, missing=missing)
    _refuse_prompt(cells, number_processes)
    wanted = range(iterations)
    with _kept(store, cells, iterations, seed) as runs:
        ask(
            cells,
            wanted,
            seed=seed,
            runs=runs,
            processes=number_processes,
            executor=executor,
            progress=progress,
        )
        return _as_batch(cells, wanted, seed, runs, data_collection_period)


def run_scenarios(
    scenarios: pd.DataFrame | Sequence[Any],
    config: MesaModel,
    *,
    replicates: int = 1,
    seed: int = 1,
    executor: Executor | None = None,
    store: Store | Path | str | None = None,
) -> pd.DataFrame:
    """Run a model once a scenario and replicate; see `batch_run`.

    Args:
        scenarios: a table, or a list of dictionaries or of Mesa scenarios (their seeds are not
            read: replicate r draws on `seed_of(seed, r)`).
        config: the model, its steps and its reporters.
        replicates: how often each scenario is run.
        seed: seed of the whole.
        executor: any `concurrent.futures.Executor`.
        store: where to keep the runs.
    """
    return batch_run(
        config, scenarios, iterations=replicates, seed=seed, executor=executor, store=store
    )


def _places(parameters: Mapping[str, Any] | pd.DataFrame | Sequence[Any]) -> list[dict[str, Any]]:
    if isinstance(parameters, pd.DataFrame):
        return [{str(k): v for k, v in row.items()} for row in parameters.to_dict("records")]
    if isinstance(parameters, Mapping):
        return grid(parameters)
    return [
        dict(place) if isinstance(place, Mapping) else _scenario_values(place)
        for place in parameters
    ]


def _scenario_values(scenario: Any) -> dict[str, Any]:
    """Return the values of a Mesa scenario but its seed."""
    if not hasattr(scenario, "to_dict"):
        raise InputError("not a scenario", key="scenarios", found=repr(scenario))
    values = scenario.to_dict()
    return {k: v for k, v in values.items() if k not in ("rng", "model") and k[:1] != "_"}


def _shown(value: Any) -> Any:
    """Return a value as a table shows it."""
    value = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return getattr(value, "__qualname__", None) or str(value)


def _refuse_prompt(cells: Sequence[Cell], processes: int) -> None:
    """Refuse to send to other processes a model that they could not find."""
    main: Any = sys.modules.get("__main__")
    for cell in cells[:1]:
        model: Any = cell.subject
        typed = model.model.__module__ == "__main__" and not hasattr(main, "__file__")
        if processes > 1 and typed:
            raise InputError(
                "a model typed into a notebook or prompt is unknown to other processes",
                key=model.model.__qualname__,
                mend="put it into a file of its own and import it, or use one process",
            )


@contextmanager
def _kept(
    store: Store | Path | str | None, cells: Sequence[Cell], iterations: int, seed: int
) -> Iterator[Runs]:
    """Open what keeps the runs; a store is told the plan, so that its tables show the batch."""
    if store is None:
        yield Memory()
        return
    from experiments.store import Store
    from experiments.store.plan import Plan

    opened = store if isinstance(store, Store) else Store.create_or_open(Path(store))
    names = ", ".join(dict.fromkeys(name for cell in cells for name in cell.factors))
    subject: Any = cells[0].subject
    title = f"{subject.model.__qualname__} over {names}" if names else subject.model.__qualname__
    with opened.writer() as writer:
        writer.add_plan(Plan.made(cells, iterations, seed=seed, title=title))
        yield writer


def _as_batch(
    cells: Sequence[Cell], wanted: range, seed: int, runs: Runs, period: int
) -> pd.DataFrame:
    records = []
    for iteration in wanted:
        ids = [Job(cell.subject, seed, iteration).run for cell in cells]
        rows = runs.rows(ids)
        for place, (cell, run) in enumerate(zip(cells, ids, strict=True)):
            first = {"RunId": iteration * len(cells) + place, "iteration": iteration}
            for step, reported in _reported(rows[run], period):
                records.append(
                    {
                        **first,
                        "Step": step,
                        **cell.factors,
                        **reported,
                        "run": run,
                        "status": rows[run].status,
                        "error": rows[run].error,
                    }
                )
    names = dict.fromkeys(name for record in records for name in record)
    middle = [name for name in names if name not in (*FIRST_COLUMNS, *LAST_COLUMNS)]
    return pd.DataFrame(records, columns=[*FIRST_COLUMNS, *middle, *LAST_COLUMNS])


def _reported(row: Row, period: int) -> list[tuple[int | None, dict[str, float]]]:
    """Return the wanted steps of a run with what was reported."""
    if row.failed:
        return [(None, {})]
    names = [key.measure for key in row.keys]
    chosen = range(len(row.recorded))[-1:] if period == -1 else range(len(row.recorded))[::period]
    return [
        (int(row.recorded[n]), dict(zip(names, map(float, row.values[n]), strict=True)))
        for n in chosen
    ]
