"""The study: planned, carried out part by part, and turned into numbers, a verdict and an answer.

Every run goes through `ask` with whatever keeps the runs. So a study that is stopped goes on where
it was, and the same command over the same store gives the same answer without a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.calibration.ensemble import ensemble, made, retained
from experiments.calibration.held_out import FILE as HELD_OUT
from experiments.compare import spent
from experiments.headline.cells import PARTS, arm_specification, cells_of
from experiments.headline.effects import arm_table, contrast_table
from experiments.headline.effort import PartPlan, Wish, pace, planned
from experiments.headline.numbers import Number, ten_numbers
from experiments.headline.registered import REGISTERED
from experiments.headline.verdict import Verdict, verdict
from experiments.reference_docs import ROOT
from experiments.simulate import check_counts
from experiments.store.answer import Answer
from experiments.summary import plain
from experiments.sweeping.ask import Memory, Runs, Tally, ask
from simulation.errors import InputError
from simulation.fingerprint import combined_id

PARAMETERS_FROM = 1
"""Column of the ensemble from which on its parameters stand; readings have a pattern in front."""

Told = Callable[[str, Tally], None]
"""Called with the part and how far it is."""


@dataclass(frozen=True)
class StudyPlan:
    """What is to be done, over which draws.

    Attributes:
        parts: the parts in their order, those that are not run among them.
        account: how the ensemble was made: draws tried, retained and more.
        parameters: the uncertain values of the draws that are run.
        seed: seed of the experiment.
        processes: how many processes share the work.
        held_out: in which draws held-out patterns hold, where that is known.
    """

    parts: tuple[PartPlan, ...]
    account: Mapping[str, Any]
    parameters: pd.DataFrame
    seed: int
    processes: int
    overrides: tuple[str, ...]
    held_out: pd.DataFrame | None

    @property
    def draws(self) -> int:
        """How many draws are run."""
        return len(self.parameters)


def plan_study(
    *,
    parts: Sequence[str] = (),
    pairs: int | None = None,
    draws: int | None = None,
    budget: float | None = None,
    ensemble_file: Path | None = None,
    held_out_file: Path | None = None,
    overrides: Sequence[str] = (),
    seed: int | None = None,
    processes: int = 1,
    runs: Runs | None = None,
) -> StudyPlan:
    """Return what is to be done, and how long it takes by a few runs that are timed and kept.

    Args:
        parts: which parts; default: all.
        pairs: pairs in every draw (a quarter of them for `shortsight`); default: 20.
        draws: only so many retained draws, the first ones.
        budget: seconds there are.
        ensemble_file: another ensemble than the shipped one.
        held_out_file: in which of its draws the held-out patterns hold.
        overrides: settings laid over every arm and draw.
        seed: seed; default: the registered one.
        processes: how many processes share the work.
        runs: what keeps the runs; default: nothing is kept, and every run is to do.

    Raises:
        InputError: a number is out of range, there is no such part, or a file cannot be read.
    """
    wanted = REGISTERED.replicates["pairs"] if pairs is None else pairs
    seed = REGISTERED.seed if seed is None else seed
    check_counts(seed=seed, replicates=wanted, processes=processes)
    for name, value in (("--draws", draws), ("--budget", budget)):
        if value is not None and value <= 0:
            raise InputError("out of range", key=name, found=value, allowed="above 0")
    settings = ensemble(ensemble_file)[:draws]
    if not settings:
        raise InputError("no draw was retained", file=ensemble_file, key="--ensemble")
    table = retained(ensemble_file)
    names = [c for c in table.columns[PARAMETERS_FROM:] if not c.startswith(("P1.", "P5."))]
    account, held_out = made(ensemble_file), _held_out(held_out_file, ensemble_file)
    kept: Runs = Memory() if runs is None else runs
    wishes = _wishes(parts, wanted, settings, overrides)
    seconds = pace(wishes, seed, kept)
    plans = planned(wishes, seed, kept, pace=seconds, processes=processes, budget=budget)
    return StudyPlan(
        tuple(plans),
        account,
        table.loc[: len(settings) - 1, names],
        seed,
        processes,
        tuple(overrides),
        held_out,
    )


def _wishes(
    parts: Sequence[str], pairs: int, settings: list[dict[str, Any]], overrides: Sequence[str]
) -> list[Wish]:
    for name in parts:
        if name not in PARTS:
            cells_of(name, ())  # refuses it
    return [
        Wish(name, tuple(cells_of(name, settings, overrides)), REGISTERED.pairs_of(name, pairs))
        for name in PARTS
        if not parts or name in parts
    ]


def _held_out(file: Path | None, ensemble_file: Path | None) -> pd.DataFrame | None:
    """Return the table of held-out patterns: the one named, or that of the shipped ensemble."""
    shipped = ROOT / "docs" / "validation" / HELD_OUT
    if file is None:
        if ensemble_file is not None or not shipped.exists():
            return None
        file = shipped
    try:
        table = pd.read_csv(file)
        return table[["id", "draw", "met"]]
    except (OSError, ValueError, KeyError):
        raise InputError("the table of held-out patterns cannot be read", file=file) from None


def carry_out(
    plan: StudyPlan, *, runs: Runs | None = None, progress: Told | None = None
) -> Headline:
    """Run what is lacking, part by part, and return what came of all of it.

    Args:
        plan: what is to be done.
        runs: what keeps the runs.
        progress: called after every run.
    """
    kept: Runs = Memory() if runs is None else runs
    tables = {}
    for part in plan.parts:
        if part.pairs:
            tell = None if progress is None else _telling(progress, part.name)
            tables[part.name] = ask(
                part.cells, part.pairs, seed=plan.seed, runs=kept, processes=plan.processes,
                progress=tell,
            )  # fmt: skip
    return Headline(plan, tables)


def _telling(progress: Told, part: str) -> Callable[[Tally], None]:
    return lambda tally: progress(part, tally)


@dataclass(frozen=True)
class Headline:
    """What came of the headline experiment.

    Attributes:
        plan: what was to be done.
        tables: the table of outcomes of every part that was run, by its name.
    """

    plan: StudyPlan
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """The ten numbers."""
        return ten_numbers(self.tables, self.plan.account, self.plan.held_out)

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict, by the registered rule."""
        return verdict(self.tables, self.plan.parameters)

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """Every contrast, over all draws and in each: columns `contrasts.COLUMNS`."""
        return contrast_table(self.tables)

    @cached_property
    def arms(self) -> pd.DataFrame:
        """How the primary outcome is distributed in each arm, and what tips."""
        return arm_table(self.tables)

    @property
    def runs(self) -> list[str]:
        """Ids of all runs it rests on."""
        found = {r for t in self.tables.values() for c in ("run", "pair") for r in t[c] if r}
        return sorted(found)

    @property
    def id(self) -> str:
        """Id of the whole, from those of its runs."""
        return combined_id([*self.runs, *(f"{p.name} {p.pairs}" for p in self.plan.parts)])

    @property
    def sentences(self) -> tuple[str, ...]:
        """The verdict, then the ten numbers."""
        return (
            self.verdict.text,
            *(f"{n.number}. {_capital(n.title)}: {n.words}." for n in self.numbers),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know beside it."""
        return tuple(_notes(self))

    @property
    def summary(self) -> dict[str, Any]:
        """All of it as plain values: no time, no path, nothing of the machine."""
        v = self.verdict
        return {
            "question": REGISTERED.question,
            "seed": self.plan.seed,
            "settings": list(self.plan.overrides),
            "ensemble": {k: self.plan.account[k] for k in ("draws", "retained", "seed")},
            "draws": self.plan.draws,
            "parts": [
                {"name": p.name, "pairs": p.pairs, "wanted": p.wanted, "cells": len(p.cells)}
                for p in self.plan.parts
            ],
            "runs": len(self.runs),
            "verdict": {
                "word": v.word,
                "text": v.text,
                "helps": v.helps.successes,
                "of": v.helps.n,
                "falsifiers": [
                    {"name": f.name, "words": f.words, "fired": f.fired, "share": plain(f.share)}
                    for f in v.falsifiers
                ],
                "separation": None if v.separation is None else v.separation._asdict(),
            },
            "numbers": [
                {"number": n.number, "title": n.title, "words": n.words, "run": n.run,
                 "values": dict(n.values)}
                for n in self.numbers
            ],
            "notes": list(self.notes),
        }  # fmt: skip

    def answer(self, command: Sequence[str] = ()) -> Answer:
        """Return it as a store keeps it and a report shows it."""
        listed = pd.DataFrame(
            [(n.number, n.title, n.words) for n in self.numbers],
            columns=["number", "title", "words"],
        )
        done = [name for name in PARTS if name in self.tables]
        return Answer(
            "headline",
            "headline" if len(done) == len(PARTS) else f"headline: {', '.join(done)}",
            REGISTERED.question,
            self.sentences,
            self.notes,
            {"numbers": listed, "contrasts": self.contrasts, "arms": self.arms},
            self.summary,
            tuple(command),
        )


def counted(pairs: int) -> str:
    """Return a number of pairs in words."""
    return f"{pairs} pair{'' if pairs == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _notes(study: Headline) -> list[str]:
    plan = study.plan
    kept = int(plan.account["retained"])
    done = [p for p in plan.parts if p.pairs]
    notes = []
    if done:
        told = ", ".join(f"{p.name} {counted(p.pairs)}" for p in done)
        notes.append(
            f"{plan.draws} of {kept} retained draws, {told} in each; {len(study.runs):,} runs"
        )
    missing = [n for n in PARTS if n not in {p.name for p in done}]
    if missing:
        numbers = sorted(x for p in REGISTERED.parts if p.name in missing for x in p.numbers)
        notes.append(
            f"not run: {', '.join(missing)}; without them the numbers "
            f"{', '.join(map(str, numbers))} are missing or in part"
        )
    failed = sum(int((t["status"] == "failed").sum()) for t in study.tables.values())
    if failed:
        notes.append(f"{failed} runs or pairs failed and are left out")
    notes.append(money_told(plan.overrides))
    return notes


def money_told(overrides: Sequence[str] = ()) -> str:
    """Say what the arms cost, and what the check of it cannot see.

    Raises:
        InputError: two arms cost different amounts.
    """
    money = {arm.name: spent(arm_specification(arm, overrides)) for arm in REGISTERED.arms}
    least, most = min(money.values()), max(money.values())
    if most - least > 1e-9 * max(most, 1.0):
        raise InputError("the arms of the core cost different amounts", found=money)
    return (
        f"every arm of the core costs {most:g} a resident, mentoring included; the check counts "
        "money given, not money that finds nobody: mentoring while no seat is filled or nobody is "
        "to be mentored, and services beyond what institutions can do, are paid for all the same"
    )
