"""Repeat: how to get every number of the page again, and what the model cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

import pandas as pd

from experiments.report.blocks import Block, Code, Words, plain_table
from experiments.report.findings import failures
from experiments.report.material import Study

PREAMBLE = """\
from experiments.report import designed, findings, repeat, studies
from experiments.store import Store

store = Store.open("STORE")
studies = studies(store)
answers = {f"{a.kind}/{a.name}": a for a in store.answers()}
"""
"""What stands before the expression of any table: in its names every expression is written."""

LIMITS = (
    "These are results about a model. Nothing here says what will happen in any place, named or "
    "not.",
    "Intervals say how well a number is known given this model and these settings, from luck "
    "alone. They do not hold the doubt about the model itself, nor about settings that were not "
    "varied.",
    "Factors range as far as the design let them; outside of it nothing is known.",
    "No universal critical mass follows: where tipping lies depends on ties, thresholds and "
    "reinforcement.",
    "Where runs fall into two kinds, tipped or not, a mean stands for neither: look at the "
    "distribution and at the share.",
    "Present bias is not measured, and nothing is said of a group’s culture, nature or worth.",
)
"""What stands at the end of every report."""

MOST_FAILURES = 20


def failure_blocks(studies: Sequence[Study], runs: pd.DataFrame) -> Iterator[Block]:
    """Yield how many runs failed, where, and how to replay one."""
    failed = runs[runs["status"] == "failed"].sort_values("run")
    if failed.empty:
        yield Words((f"No run failed: all {len(runs)} are there.",))
        return
    yield Words(
        (
            f"{len(failed)} of {len(runs)} runs failed. Wherever a run failed, its pair is left "
            "out as well; failed runs are counted above as missing. If failing has to do with the "
            "outcome, what is left is not a fair sample.",
        )
    )
    counted = (
        failed.groupby(["stage", "error"]).agg(runs=("run", "size"), example=("run", "first"))
    ).reset_index()
    counted = counted.sort_values("runs", ascending=False, kind="stable").head(MOST_FAILURES)
    yield plain_table(
        "failed", "Where and why runs failed", counted[["stage", "error", "runs"]],
        "repeat.failed(store.runs())",
    )  # fmt: skip
    yield Code(
        f"kindling replay STORE {counted['example'].iloc[0]}",
        "Replay the first of the most frequent kind alone, with its traceback",
    )
    for number, study in enumerate(studies):
        lost = failures(study)
        if not lost.empty:
            yield Words(
                (f"Of “{study.plan.title or f'study {number + 1}'}”: {int(lost['runs'].sum())} "
                 f"of {len(study.table)} results are missing.",)
            )  # fmt: skip


def failed(runs: pd.DataFrame) -> pd.DataFrame:
    """Return how many runs failed at which stage and why: columns stage, error, runs."""
    own = runs[runs["status"] == "failed"]
    counted = own.groupby(["stage", "error"]).size().rename("runs").reset_index()
    return counted.sort_values("runs", ascending=False, kind="stable").head(MOST_FAILURES)


def repeat_blocks(studies: Sequence[Study], runs: pd.DataFrame) -> Iterator[Block]:
    """Yield commands, seeds, ids of the code, and versions."""
    yield Words(
        (
            "STORE stands for the folder of the store. Seeds are part of the design: the same "
            "design gives the same runs on any machine, under the same code and libraries.",
        )
    )
    lines = ["kindling report STORE --out report.html   # this page"]
    for number, study in enumerate(studies):
        name = study.plan.title or f"study {number + 1}"
        lines.append(f"kindling sweep design-{number + 1}.toml --out STORE   # {name}")
    lines.append("kindling store verify STORE               # that nothing in it is damaged")
    yield Code("\n".join(lines), "From the shell")
    if studies:
        yield Words(
            ("Each design stands above under “The design as a file”; save it under the name used "
             "here.",)
        )  # fmt: skip
    yield Code(
        PREAMBLE, "In Python; after these lines the expression beneath each table or figure gives "
        "its data again"
    )  # fmt: skip
    yield plain_table(
        "code", "Code that made the runs", code_table(runs), "repeat.code_table(store.runs())",
        note="The id is that of the model’s code and of the libraries that decide its numbers.",
    )  # fmt: skip


def code_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return how many runs were made by which code: columns code, kind, seed, runs."""
    counted = runs.groupby(["code", "kind", "seed"]).size().rename("runs")
    return counted.reset_index().assign(seed=lambda t: t["seed"].astype(str))


def versions() -> str:
    """Return what wrote the page, and with which libraries."""
    names = ("kindling-abm", "numpy", "numba", "scipy", "pandas", "matplotlib", "duckdb")
    return ", ".join(f"{name} {_version(name)}" for name in names)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def provenance(runs: pd.DataFrame) -> str:
    """Return when and on how many machines the runs were made: all that is not repeatable."""
    from simulation.fingerprint import code_hash

    if runs.empty:
        return "The store holds no run."
    finished = pd.to_datetime(runs["finished"], utc=True)
    first, last = (moment.strftime("%Y-%m-%d %H:%M") for moment in (finished.min(), finished.max()))
    machines = runs["machine"].nunique()
    hours = float(runs["seconds"].sum()) / 3600.0
    now = code_hash()
    old = int(((runs["code"] != now) & (runs["kind"] == "community")).sum())
    stale = f" {old} of the runs were made by other code than is installed now." if old else ""
    return (
        f"{len(runs)} runs, finished between {first} and {last} UTC on "
        f"{machines} machine{'s' if machines != 1 else ''}, {hours:.2g} hours of work. "
        f"Written by {versions()}.{stale}"
    )
