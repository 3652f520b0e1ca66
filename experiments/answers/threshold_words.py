"""Threshold curves in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from experiments.answers.threshold import Threshold, records
from experiments.answers.threshold_curve import UNSETTLED
from experiments.answers.threshold_response import pairs_to_bound
from experiments.summary import number, percent


def sentences(found: Threshold) -> Iterator[str]:
    """Yield what was found: the curve, the best that was seen, the cheapest, the law, the drops."""
    for share in found.shares:
        yield _curve(found, share)
    for share, row in found.cheapest.items():
        yield (
            f"Of these, the cheapest that is enough in {of_pairs(share)} ({found.levers.strength} "
            f"{row['value']:g}, {push(found, row['duration'])}) takes "
            f"{number(row['money'], digits=1)} units of money a resident."
        )
    yield from _best(found)
    yield from _law(found)
    for value, case in found.drops.items():
        weaker, stronger = (found.levers.candidates[n] for n in (case.weaker, case.stronger))
        yield (
            f"More is not always better: with {found.levers.strength} {value:g}, "
            f"{push(found, stronger)} succeeds in {100 * case.fall:.0f} points fewer of the pairs "
            f"than {push(found, weaker)}, so that 'enough' is not one threshold there."
        )


def notes(found: Threshold) -> Iterator[str]:
    """Yield what has to be known beside it."""
    yield from found.levers.notes
    yield (
        f"Every push that counts was judged on the same {found.pairs} pairs of runs. Of the pushes "
        f"that could be tried ({_listed(found)}), an interval covers, in at least 95 % of studies, "
        "the least that is enough in so many of all pairs there could be, provided that in no "
        "pair less push does better than more; where luck differs between pushes and the curve is "
        "nearly flat below the share, its upper end errs more often. It says nothing of other "
        "settings of the model."
    )
    for share in found.shares:
        least = pairs_to_bound(share)
        if found.pairs < least:
            yield (
                f"With fewer than {least} pairs no interval for {percent(share)} can have an upper "
                f"end: {found.pairs} were run."
            )
    if found.failed:
        yield f"{found.failed} pairs failed or could not be judged; they are left out."
    if found.capped:
        yield f"{UNSETTLED}: more runs than the cap would have been needed."


def of_pairs(share: float) -> str:
    """Return a share of pairs in words."""
    return "half of the pairs" if share == 0.5 else f"{percent(share)} of the pairs"


def push(found: Threshold, value: Any) -> str:
    """Return a value of the lever as people say it."""
    if found.levers.unit == "months":
        return "1 month" if value == 1 else f"{value:g} months"
    return f"{found.levers.lever} {value:g}"


def _listed(found: Threshold) -> str:
    """Name the pushes that could be tried."""
    candidates = [f"{value:g}" for value in found.levers.candidates]
    if len(candidates) > 4:
        candidates = [*candidates[:2], "…", candidates[-1]]
    return " ".join([", ".join(candidates), found.levers.unit]).strip()


def _curve(found: Threshold, share: float) -> str:
    rows = records(found.curve[found.curve["share"] == share])
    longest = push(found, found.levers.candidates[-1])
    head = "In this model, for pairs of runs in which " + found.success.words
    if all(math.isnan(row["duration"]) for row in rows):
        return (
            f"{head}: no push up to {longest}, at any {found.levers.strength} tried "
            f"({', '.join(f'{row["value"]:g}' for row in rows)}), is enough in {of_pairs(share)}."
        )
    parts = [f"{row['value']:g}: {_shortest(found, row)}" for row in rows]
    return (
        f"{head}, the least push that is enough in {of_pairs(share)}, by {found.levers.strength}: "
        + "; ".join(parts)
        + "."
    )


def _shortest(found: Threshold, row: dict[str, Any]) -> str:
    if math.isnan(row["duration"]):
        text = f"none up to {push(found, found.levers.candidates[-1])}"
        if math.isnan(row["low"]):
            return f"{text}, and chance does not explain that"
        return f"{text}, though chance may hide one from {push(found, row['low'])} on"
    text = push(found, row["duration"])
    if row["duration"] == found.levers.candidates[0]:
        text += ", the shortest tried"
    if math.isnan(row["high"]):
        return f"{text} (95 % interval from {push(found, row['low'])}, no upper end within reach)"
    return f"{text} (95 % interval {row['low']:g} to {row['high']:g})"


def _best(found: Threshold) -> Iterator[str]:
    """Say how far the best push came, where some share is out of reach for every strength."""
    rows = found.points[found.points["pairs"] >= min(found.pairs, found.points["pairs"].max())]
    reached = found.curve.groupby("share")["duration"].count()
    if rows.empty or bool((reached > 0).all()):
        return
    best = rows.sort_values("share", ascending=False, kind="stable").iloc[0]
    yield (
        f"The best push judged on all pairs ({found.levers.strength} {best['value']:g}, "
        f"{push(found, best['duration'])}) succeeds in {int(best['sustained'])} of "
        f"{int(best['pairs'])} pairs ({percent(best['share'])}, 95 % interval "
        f"{percent(best['low'])} to {percent(best['high'])})."
    )


def _law(found: Threshold) -> Iterator[str]:
    for row in records(found.law):
        yield (
            "Written as the strength–duration law of Weiss and Lapicque "
            f"({of_pairs(row['share'])}, {row['strengths']} strengths), below "
            f"{number(row['rheobase'])}{_ends(row, 'rheobase', 2)} no push is long enough, and at "
            "twice that it takes "
            f"{number(row['chronaxie'], digits=0)} months{_ends(row, 'chronaxie', 0)}; the "
            f"pushes found differ from that law by a factor of up to {number(row['misfit'])}."
        )


def _ends(row: dict[str, Any], name: str, digits: int) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if math.isnan(low):
        return " (too few draws can be fitted for an interval)"
    return f" (95 % interval {number(low, digits=digits)} to {number(high, digits=digits)})"
