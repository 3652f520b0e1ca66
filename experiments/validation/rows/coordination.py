"""Coordination: conventions and weakest links (T5, T6, T10)."""

from __future__ import annotations

import math

import numpy as np

from experiments.validation.derived import all_act
from experiments.validation.row import Case, Contrast, Row, Target
from experiments.validation.running import build
from simulation.specification import Specification


def agreed(specification: Specification, seed: int) -> dict[str, float]:
    """Return whether all agree by the horizon with those who never give in, and after how long.

    `sweeps` is the number of months, each one encounter a resident by default; `by 40` whether
    they agree within 40 of them, which half of the runs do if that is the median; `share` how many
    hold only the word of the committed in the end.
    """
    community = build(specification, seed)
    r = community.residents
    wanted = float(r.opinion[r.committed].mean()) if r.committed.any() else 1.0
    while community.month < specification.months:
        community.step()
        share = float((community.residents.opinion == wanted).mean())
        if share == 1.0:
            break
    return {
        "consensus": float(share == 1.0),
        "sweeps": float(community.month) if share == 1.0 else math.nan,
        "by 40": float(share == 1.0 and community.month <= 40),
        "share": share,
    }


def minority(people: int, share: float) -> dict[str, int]:
    """Return the settings for so many people, of whom a share never give in."""
    committed = round(people * share)
    return {"groups.others.size": people - committed, "groups.minority.size": committed}


def tipped(specification: Specification, seed: int) -> dict[str, float]:
    """Return whether over 90 % of those who are not committed act in the end, and what share."""
    r = build(specification, seed).run().residents
    free = r.stewardship[~r.committed]
    if not free.size:
        return {"tipped": math.nan, "share": math.nan}
    share = float(free.mean())
    return {"tipped": float(share > 0.9), "share": share}


def selected(specification: Specification, seed: int) -> dict[str, float]:
    """Return the share of groups and months in which all of a group act, in the second half.

    Each place is a group of its own.
    """
    community = build(specification, seed)
    burn_in = specification.months // 2
    people = np.bincount(community.residents.place)
    together = []
    for _ in range(specification.months):
        community.step()
        if community.month > burn_in:
            r = community.residents
            acting = np.bincount(r.place, weights=r.stewardship)
            together.append(np.mean(acting == people))
    share = float(np.mean(together))
    return {"all act": share, "selected": float(share > 0.5)}


def lasting(specification: Specification, seed: int) -> dict[str, float]:
    """Return for how many months on end all act, from when the group has its full size.

    A group without newcomers has its full size from the start, before the first month. "whole" is
    1 if all act then.
    """
    grows = (e.first for e in specification.events if e.kind == "newcomers")
    full, months = max(grows, default=0), 0
    community = build(specification, seed).run(full)
    while (community.residents.stewardship == 1.0).all():
        months += 1
        if community.month == specification.months:
            break
        community.step()
    return {"months": float(months), "whole": float(months > 0)}


def committed(people: int, target: Target, replicates: int) -> Case:
    """Return the case of so many committed people among twenty-four."""
    settings = {"groups.committed.size": people, "groups.all.size": 24 - people}
    return Case(f"{people} committed of 24", (target,), settings, replicates=replicates)


def weakest(people: int, cost: float, *, high: bool) -> Case:
    """Return the case of fifty groups of a size and a cost of effort, from the other state."""
    share = round(all_act(people, cost, temperature=0.15, rate=0.1), 3)
    settings = {
        "groups.all.size": 50 * people,
        "start.threshold": cost,
        "start.stewards": 0.0 if high else 1.0,
    }
    verdict = Target.near("selected", float(high), 0.0, "yes" if high else "no")
    targets = (verdict, Target.near("all act", share, 0.04 if high else 0.03))
    return Case(f"n = {people}, b/a = {cost:g}, n b/a = {people * cost:g}", targets, settings)


GROWTH = (
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
"""The newcomers of `published/weber`, by the names of their events."""

ROWS: tuple[Row, ...] = (
    Row(
        id="T5",
        title="A tenth who never give in turn everyone",
        source="Xie et al. 2011; times recomputed for this project",
        tier=1,
        scenario="published/binary_agreement",
        observe=agreed,
        kinds={"consensus": "share", "sweeps": "mean", "by 40": "share", "share": "mean"},
        replicates=40,
        cases=(
            Case(
                "p = .06",
                (Target.most("consensus", 0.0, "none by 2,000 sweeps"),),
                minority(500, 0.06),
                replicates=3,
            ),
            Case(
                "p = .12",
                (
                    Target.least("consensus", 1.0, "all"),
                    Target.near("sweeps", 40.0, 5.0, "≈ 40"),
                    Target.near("by 40", 0.5, 0.25, "half: the median is ≈ 40"),
                ),
                minority(500, 0.12),
            ),
        ),
        note="A sweep is a month: as many encounters as there are people.",
    ),
    Row(
        id="T5b",
        title="The critical minority is .0979 of a large population",
        source="Xie et al. 2011, mean field",
        tier=2,
        scenario="published/binary_agreement",
        observe=agreed,
        kinds={"consensus": "share", "sweeps": "mean", "by 40": "share", "share": "mean"},
        replicates=3,
        cases=tuple(
            Case(
                f"p = {p:g}",
                (
                    Target.least("consensus", 1.0, "all within 1,000 sweeps")
                    if p > 0.0979
                    else Target.most("consensus", 0.0, "none by 1,000 sweeps"),
                ),
                {**minority(20_000, p), "months": 1000},
            )
            for p in (0.09, 0.096, 0.1, 0.11)
        ),
    ),
    Row(
        id="T6",
        title="A committed quarter turns a convention around",
        source="Centola et al. 2018; chances recomputed for this project",
        tier=1,
        scenario="published/centola_2018",
        observe=tipped,
        kinds={"tipped": "share", "share": "mean"},
        cases=(
            committed(5, Target.most("tipped", 0.1), 40),
            committed(6, Target("tipped", 0.55, 0.85, ".55 to .85"), 80),
            committed(7, Target.least("tipped", 0.97), 40),
        ),
    ),
    Row(
        id="T10",
        title="All put in effort where its cost is below one over the size of the group",
        source="Anderson, Goeree & Holt 2001; shares of time derived from the chain of the rule",
        tier=1,
        scenario="published/minimum_effort",
        observe=selected,
        kinds={"all act": "mean"},
        replicates=3,
        cases=(
            weakest(4, 0.15, high=True),
            weakest(4, 0.35, high=False),
            weakest(8, 0.15, high=False),
        ),
        note="Effort is all or nothing here and continuous in the paper. Fifty groups are watched "
        "for the second half of 3,000 months; each case starts from the state that must not last. "
        "The share of months in which all act is that of the stationary distribution of the number "
        "who act, worked out exactly for a month in which everyone reconsiders with chance .1.",
    ),
    Row(
        id="T10b",
        title="A group grown from a pair goes on working together longer than one starting large",
        source="Weber 2006",
        tier=1,
        scenario="published/weber",
        observe=lasting,
        kinds={"months": "mean", "whole": "share"},
        replicates=40,
        cases=(
            Case("grown, newcomers know the history"),
            Case(
                "grown, newcomers do not know it",
                settings={f"events.{name}.informed": False for name in GROWTH},
            ),
            Case("starting with twelve", scenario="published/weber_large"),
        ),
        contrasts=(
            Contrast(
                "growing, against starting large",
                Target.least("months", 1.0, "longer, by a month or more"),
                "grown, newcomers know the history",
                "starting with twelve",
            ),
            Contrast(
                "knowing the history, against not knowing it",
                Target.least("months", 1.0, "longer, by a month or more"),
                "grown, newcomers know the history",
                "grown, newcomers do not know it",
            ),
        ),
        note="The mapping keeps the payoffs (the least effort is worth 2, one's own costs 1) and "
        "the group sizes (2 growing to 12). It leaves out the seven levels of effort: people put "
        "in all or nothing, so there is no sliding from one level to the next, and they respond "
        "to the last month only. A grown group owes its months to arriving whole: once both have "
        "twelve people they are equally fragile. Months are counted up to twenty-five from when "
        "the group has twelve.",
    ),
)
