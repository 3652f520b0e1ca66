"""Sources: where the table of a study comes from: a design that is run, a store, or a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from experiments.designs.cell import Cell
from experiments.designs.design import Design
from experiments.designs.loading import load_design
from experiments.judge import HORIZONS, OUTCOMES
from experiments.store.plan import Plan
from experiments.store.store import Store
from experiments.sweeping.ask import Progress, ask
from simulation.errors import InputError, nearest_name


class Source(NamedTuple):
    """Where runs are, or come from.

    Attributes:
        name: what it is called.
        design: the design behind it; None where it is not known.
        plan: the plan of a store; None where it is none.
        store: the store; None where it is none.
        table: a table that was read from a file; None for the others.
    """

    name: str
    design: Design | None = None
    plan: Plan | None = None
    store: Store | None = None
    table: pd.DataFrame | None = None

    @property
    def title(self) -> str:
        """What it is about."""
        if self.plan is not None:
            return self.plan.title
        return self.name if self.design is None else self.design.title

    @property
    def seed(self) -> int:
        """Seed of the runs; 1 where it is not known."""
        return 1 if self.design is None else self.design.seed


def read_source(what: str, plan: str | None = None) -> Source:
    """Return the source that a name stands for: a CSV file, the folder of a store, or a design.

    Args:
        what: the name.
        plan: which plan of a store; default: the one written last.

    Raises:
        InputError: there is no such thing, or it cannot be read.
    """
    path = Path(what)
    if what.endswith(".csv"):
        return Source(path.name, table=_read_csv(path))
    if path.is_dir():
        store = Store.open(path)
        chosen = store.plan(plan)
        return Source(path.name, _design_of(chosen), chosen, store)
    return Source(what, load_design(what))


def table_of(
    source: Source,
    *,
    store: Path | None = None,
    processes: int = 1,
    progress: Progress | None = None,
    retry_failed: bool = False,
) -> pd.DataFrame:
    """Return the outcomes of a source; the runs of a design are done if they are lacking.

    Args:
        source: the source.
        store: where runs of a design are kept; default: nowhere.
        processes: how many processes share the work.
        progress: called after every run.
        retry_failed: do runs again that failed before; needs a store.

    Raises:
        InputError: failed runs cannot be done again, or a store cannot be used.
    """
    if source.table is not None:
        return source.table
    if source.store is not None and not retry_failed:
        return source.store.outcomes(source.plan)
    if source.design is None:
        raise InputError(
            "the design behind these runs is not known, so that none can be done again",
            key="--retry-failed",
        )
    kept = source.store.path if source.store is not None else store
    if kept is None:
        if retry_failed:
            raise InputError("only runs in a store can be done again", key="--retry-failed")
        cells, wanted = source.design.cells(), source.design.replicates
        return ask(
            cells, wanted, seed=source.design.seed, processes=processes, progress=progress
        )  # fmt: skip
    from experiments.sweeping.sweeps import sweep

    report = sweep(
        source.design, kept, processes=processes, progress=progress, retry_failed=retry_failed
    )
    return Store.open(kept).outcomes(report.plans[0])


def check_outcome(cells: Sequence[Cell], outcome: str) -> None:
    """Refuse an outcome that no run of a design can tell, before any is done.

    Raises:
        InputError: it needs a pair and no cell has one, or all runs are too short.
    """
    if outcome not in OUTCOMES:
        return  # outcomes of other models are not known beforehand
    if OUTCOMES[outcome].paired and all(cell.without is None for cell in cells):
        raise InputError(
            "this outcome needs a run with and one without interventions, and nobody intervenes",
            key="--outcome", found=outcome,
        )  # fmt: skip
    after = next((k for k in HORIZONS if outcome in (f"gain_{k}", f"sustained_{k}")), None)
    if after is None:
        return
    longest = max(
        (cell.subject.months - cell.push.end for cell in cells if cell.push is not None), default=0
    )
    if longest < after:
        raise InputError(
            f"all runs end less than {after} months after the push", key="--outcome", found=outcome,
            mend="give the design more months, or choose an earlier outcome",
        )  # fmt: skip


def check_arms(arms: Sequence[str], arm: str | None, against: str | None) -> None:
    """Refuse, before any run is done, arms that a design does not have, or none where it has some.

    Raises:
        InputError: an arm has to be named, or there is none of that name.
    """
    for key, name in (("--arm", arm), ("--against", against)):
        if name is not None and name not in arms:
            raise InputError(
                "no such arm", key=key, found=name, allowed=", ".join(arms) or "none",
                nearest=nearest_name(name, arms),
            )  # fmt: skip
    if arm is None and (len(arms) > 1 or against is not None):
        raise InputError(
            "there are several arms", key="--arm", allowed=", ".join(arms) or "none",
            mend="name one, or two with --against",
        )  # fmt: skip


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or type(problem).__name__
        raise InputError("the table cannot be read", file=path, found=reason) from None


def _design_of(plan: Plan) -> Design | None:
    """Return the design behind a plan; None where it was made without, or is not understood now."""
    if not plan.design:
        return None
    data: dict[str, Any] = dict(plan.design)
    try:
        return Design.from_data(data)
    except InputError:
        return None
