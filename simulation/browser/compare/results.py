"""What a hundred pairs came to: who did better how often, by how much, and how sure that is."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.judge import OUTCOMES, SAME
from experiments.recorded import Floats
from experiments.statistics import PairedEffect, Share, paired_effect, wilson
from simulation.browser.compare.pair import GAIN, PLAIN, PairResult
from simulation.browser.words import say
from simulation.chance import derive

B, EQUAL, A = "b", "same", "a"
"""Verdicts on a pair, in the order in which they are shown."""

MOST_PLACES = 6
SHOWS = 0.005
"""Differences below this vanish in two decimals, on a scale from 0 to 1."""

OUTCOME_NAMES = (*PLAIN, GAIN)


@dataclass(frozen=True)
class Result:
    """One outcome over all pairs that are there.

    Attributes:
        outcome: its name, as in `experiments.judge`.
        a, b: the outcome in each pair's towns.
        share: share of pairs in which B did better, with Wilson's interval.
        effect: mean difference B - A with its interval.
        dropped: pairs in which the outcome is not known.
    """

    outcome: str
    a: Floats
    b: Floats
    share: Share
    effect: PairedEffect
    dropped: int

    @property
    def pairs(self) -> int:
        """Pairs in which the outcome is known."""
        return len(self.a)

    @property
    def difference(self) -> Floats:
        """B - A, pair by pair."""
        return self.b - self.a

    @property
    def judged(self) -> bool:
        """Whether it is open which of two values is better for residents: then more is counted."""
        return OUTCOMES[self.outcome].good != 0

    @property
    def verdicts(self) -> tuple[str, ...]:
        """For each pair `B`, `EQUAL` or `A`: who did better, or has more where that is open."""
        good = OUTCOMES[self.outcome].good or 1
        return tuple(
            EQUAL if abs(d) <= SAME else (B if good * d > 0 else A) for d in self.difference
        )

    def count(self, verdict: str) -> int:
        """Return how many pairs have a verdict."""
        return self.verdicts.count(verdict)


def result(outcome: str, pairs: Sequence[PairResult]) -> Result:
    """Return what pairs came to in one outcome; nothing is known of pairs where it is missing."""
    both = np.array(
        [[p.a.get(outcome, math.nan), p.b.get(outcome, math.nan)] for p in pairs], dtype=float
    ).reshape(-1, 2)
    known = both[~np.isnan(both).any(axis=1)]
    a, b = known[:, 0], known[:, 1]
    good = OUTCOMES[outcome].good or 1
    better = int(np.count_nonzero(good * (b - a) > SAME))
    return Result(
        outcome, a, b, wilson(better, len(known)), paired_effect(b, a), len(both) - len(known)
    )


# --------------------------------------------------------------------------------------- words


def name(outcome: str) -> str:
    """Return what an outcome is called."""
    return say(f"compare.outcome.{outcome}.name")


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def places(outcome: str, most: float) -> int:
    """Return how many decimals an outcome needs, so that an amount of `most` shows two digits."""
    share = OUTCOMES[outcome].unit == "share"
    if math.isnan(most) or most == 0:
        return 1 if share else 3
    return min(max(1 - math.floor(math.log10(100 * most if share else most)), 0), MOST_PLACES)


def amount(
    found: Result, value: float, *, signed: bool = False, decimals: int | None = None
) -> str:
    """Return a difference as people read it: shares out of 100, all else as it is.

    Args:
        found: whose difference.
        value: how much.
        signed: whether to say + too.
        decimals: how many; by default as many as the mean and its interval need.
    """
    if math.isnan(value):
        return say("compare.unknown")
    share = OUTCOMES[found.outcome].unit == "share"
    if decimals is None:
        ends = np.array([found.effect.mean, found.effect.low, found.effect.high])
        most = np.nanmax(np.abs(ends)) if not np.isnan(ends).all() else 0.0
        decimals = places(found.outcome, float(most))
    text = _plain(100 * value if share else value, decimals)
    if signed and value > 0 and any(digit in text for digit in "123456789"):
        text = f"+{text}"
    return say("compare.in_hundred", value=text) if share else text


def _plain(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def sentence(found: Result) -> str:
    """Return the one sentence: in how many pairs of towns B did better, with the interval."""
    n, count = found.pairs, found.count(B)
    if not n:
        return say("compare.no_pairs")
    if found.count(EQUAL) == n:
        return say("compare.all_same", n=n, what=say(f"compare.outcome.{found.outcome}.told"))
    low, high = (f"{100 * x:.0f}" for x in (found.share.low, found.share.high))
    kind = "better" if found.judged else "more_in"
    key = f"compare.{kind}" if n == 100 else f"compare.{kind}_of"
    return say(
        key, n=n, count=count, percent=f"{100 * found.share.share:.0f}", low=low, high=high,
        what=say(f"compare.outcome.{found.outcome}.told"),
    )  # fmt: skip


def mean_sentence(found: Result) -> str:
    """Return the mean difference with its interval, and whether it is clear of none at all."""
    effect = found.effect
    if not found.pairs or found.count(EQUAL) == found.pairs:
        return ""
    direction = "more" if effect.mean > 0 else "less"
    values = {
        "what": say(f"compare.outcome.{found.outcome}.{direction}"),
        "by": amount(found, abs(effect.mean)),
        "low": amount(found, effect.low, signed=True),
        "high": amount(found, effect.high, signed=True),
    }
    if math.isnan(effect.low):
        return say("compare.mean_alone", **values)
    clear = effect.low > 0 or effect.high < 0
    return say("compare.mean_clear" if clear else "compare.mean_open", **values)


def tiny_sentence(found: Result) -> str:
    """Return a sentence where all differences are too small to matter to anybody; else ""."""
    d = np.abs(found.difference)
    if not found.pairs or not 0 < d.max() < SHOWS:
        return ""
    return say("compare.tiny", limit=f"{SHOWS:g}")


def counts_table(found: Result) -> list[list[str]]:
    """Return rows (verdict, pairs, share) of the icon array's twin."""
    n = max(found.pairs, 1)
    return [
        [verdict_words(found, verdict), str(found.count(verdict)),
         say("compare.percent", value=f"{100 * found.count(verdict) / n:.0f}")]
        for verdict in (B, EQUAL, A)
    ]  # fmt: skip


def verdict_words(found: Result, verdict: str) -> str:
    """Return what a verdict means for an outcome."""
    if verdict == EQUAL:
        return say("compare.verdict.same")
    return say(f"compare.verdict.{verdict}_{'better' if found.judged else 'more'}")


def spread_table(found: Result) -> list[list[str]]:
    """Return rows (which, difference) of the strip's twin: least, quarters, most, and mean."""
    if not found.pairs:
        return []
    d = found.difference
    quarters = np.quantile(d, [0, 0.25, 0.5, 0.75, 1])
    names = ("least", "quarter", "middle", "three_quarters", "most")
    rows = [
        [say(f"compare.spread.{key}"), amount(found, float(value), signed=True)]
        for key, value in zip(names, quarters, strict=True)
    ]
    return [
        *rows,
        [say("compare.spread.mean"), amount(found, found.effect.mean, signed=True)],
    ]


# --------------------------------------------------------------------------------------- files


def pairs_csv(pairs: Sequence[PairResult], seed: int, months: int) -> bytes:
    """Return all pairs as CSV: pair, luck, month, outcome, a, b, difference (b - a)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["pair", "luck", "month", "outcome", "a", "b", "difference"])
    for p in pairs:
        for outcome in OUTCOME_NAMES:
            if outcome in p.a:
                a, b = p.a[outcome], p.b[outcome]
                row = [p.replicate + 1, derive(seed, p.replicate), months, outcome]
                writer.writerow([*row, *(repr(x) for x in (a, b, b - a))])
    return text.getvalue().encode()
