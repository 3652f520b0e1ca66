"""Info: what a store holds, and what is still to be done."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from experiments.store.folder import MARK, read_json
from experiments.store.holdings import Holdings
from experiments.store.locks import holders
from experiments.store.months import jobs_of_plan
from experiments.store.plan import Plan
from experiments.store.wishes import Wish, wish_of
from simulation.fingerprint import code_hash

if TYPE_CHECKING:
    from experiments.store.store import Store


def info(store: Store) -> dict[str, Any]:
    """Return what a store holds, as plain values.

    Keys: path, layout, kindling (the version that made it), created; runs (kept, done, failed,
    replaced: rows that a better one of their run replaces); files (parts, spools, bytes); seconds
    (work that all rows took); machines; code (by code id: runs, and whether it is the present
    model's); plans (by plan: id, title, question, cells, replicates, seed, wanted, done, failed,
    todo, present: whether the present code made its cells); answers; left_out (why groups are left
    out of exports); writing (who is).

    Raises:
        InputError: a part or a plan is damaged.
    """
    mark = read_json(store.path / MARK)
    holdings = store.holdings()
    counts = store.sql(
        "select kind, code, status, count(*) as runs, sum(seconds) as seconds, "
        "count(distinct machine) as machines from runs group by all order by all"
    )
    done = int(counts.loc[counts["status"] == "done", "runs"].sum())
    machines = store.sql("select count(distinct machine) as machines from runs")
    return {
        "path": str(store.path),
        "layout": mark["layout"],
        "kindling": mark.get("kindling"),
        "created": mark.get("created"),
        "runs": {
            "kept": int(counts["runs"].sum()),
            "done": done,
            "failed": int(counts["runs"].sum()) - done,
            "replaced": len(holdings.index.superseded()),
        },
        "files": {
            "parts": len(holdings.parts),
            "spools": len(holdings.spools),
            "bytes": _bytes(store),
        },
        "seconds": float(counts["seconds"].sum()),
        "machines": int(machines["machines"].iloc[0]),
        "code": _codes(counts),
        "plans": [_plan(holdings, plan) for plan in store.plans()],
        "answers": [{"kind": a.kind, "name": a.name} for a in store.answers()],
        "left_out": _left_out(store),
        "writing": holders(store.folder),
    }


def _bytes(store: Store) -> int:
    return sum(file.stat().st_size for file in store.path.rglob("*") if file.is_file())


def _codes(counts: Any) -> list[dict[str, Any]]:
    """Return how many runs come from which code."""
    present = code_hash()
    by_code = counts.groupby(["kind", "code"], sort=True)["runs"].sum()
    return [
        {"kind": kind, "code": code, "runs": int(runs), "present": code == present}
        for (kind, code), runs in by_code.items()
    ]


def _plan(holdings: Holdings, plan: Plan) -> dict[str, Any]:
    """Return how far a plan is."""
    wishes: dict[str, Wish] = {}
    for job in jobs_of_plan(plan):
        wish = wish_of(job)
        known = wishes.get(wish.run)
        wishes[wish.run] = wish if known is None or wish.covers(known) else known
    found = Counter(
        "todo" if entry is None else "done" if entry.done else "failed"
        for entry in (holdings.index.covering(*wish) for wish in wishes.values())
    )
    codes = {cell.subject.code for cell in plan.cells if cell.subject.kind == "community"}
    return {
        "id": plan.id,
        "title": plan.title,
        "question": plan.question,
        "cells": len(plan.cells),
        "replicates": plan.replicates,
        "seed": plan.seed,
        "wanted": len(wishes),
        "done": found["done"],
        "failed": found["failed"],
        "todo": found["todo"],
        "present": codes <= {code_hash()},
    }


def _left_out(store: Store) -> list[str]:
    from experiments.store.small_groups import read_groups

    left = dict.fromkeys(read_groups(store.folder).values())
    return list(dict.fromkeys(line for some in left for line in some.lines))
