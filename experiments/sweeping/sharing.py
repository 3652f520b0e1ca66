"""Sharing: the plans of a store, done by workers that know nothing of each other.

Every worker reads the same plans, numbers the runs the same way, and does those of its own share.
"""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

from experiments.designs import Design
from experiments.store import Plan, Store
from experiments.sweeping.ask import Progress
from experiments.sweeping.sweeps import Report, check_shard, follow
from simulation.errors import InputError


def work_off(
    store: Store | Path | str,
    shard: tuple[int, int],
    *,
    plan: str | None = None,
    processes: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    retry_failed: bool = False,
    timeout: float | None = None,
    minutes: float | None = None,
) -> Report:
    """Do one share of what is planned in a store.

    Args:
        store: a store that `kindling sweep --plan-only` has planned, or any other sweep.
        shard: (i, n): the runs whose number leaves i - 1 when divided by n.
        plan: only this plan: its id, the beginning of it, or its title; default: all plans.
        processes: how many processes share the share.
        executor: any other pool, in place of `processes`.
        progress: called after every run.
        retry_failed: do the runs again that failed before.
        timeout: seconds after which a run is given up.
        minutes: stop after so many minutes.

    Raises:
        InputError: there is no such shard or plan, or it was made under other code.
        Interrupted: Ctrl-C or SIGTERM; what was done is kept.
    """
    check_shard(shard)
    kept = store if isinstance(store, Store) else Store.open(store)
    chosen = kept.plans() if plan is None else [kept.plan(plan)]
    plans = [remade(p, kept.path) for p in chosen if p.design]
    if not plans:
        raise InputError(
            "holds no plan of a design", file=kept.path, mend="kindling sweep --plan-only adds one"
        )
    return follow(
        plans, kept, processes=processes, executor=executor, progress=progress,
        retry_failed=retry_failed, timeout=timeout, minutes=minutes, shard=shard,
    )  # fmt: skip


def remade(plan: Plan, store: Path) -> Plan:
    """Return a stored plan with cells that can be run.

    Raises:
        InputError: the model's code, its libraries or a process of one's own has changed since.
    """
    made = Plan.of(Design.from_data(plan.design, file=f"plan {plan.id[:8]}"))
    if made.id != plan.id:
        raise InputError(
            f"the plan '{plan.title}' was made under other code than is installed here",
            file=store, mend="plan again with 'kindling sweep … --plan-only', or install the same",
        )  # fmt: skip
    return Plan(
        plan.id, plan.title, plan.question, plan.answers, plan.design, plan.replicates, plan.seed,
        made.cells,
    )  # fmt: skip
