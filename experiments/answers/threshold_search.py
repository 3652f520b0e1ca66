"""The search for a threshold: which pushes are tried, and on how many pairs.

First a scan: a few pushes from the shortest to the longest, on few pairs, to see the lie of the
land, also where it rises and falls again. Then bisection between the scanned pushes, on all pairs,
for the places where the share of successes and the ends of its interval pass 50 % and 90 %.

What is tried depends on what was seen, but what is told of a push does not: every push that counts
is judged on all of the same pairs, so that a search that had tried every push would say the same of
it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from experiments.answers.threshold_response import SAME, Responses, exact_share
from experiments.recorded import Floats
from experiments.statistics import Share

SCAN = 7
"""Pushes scanned, both ends included."""
SCAN_PAIRS = 10
"""Pairs of the scan."""
NEAR = 8
"""Ends of an interval are placed to within an eighth of the push."""

Look = Callable[[Sequence[int], range], Sequence[Floats]]
"""Tries candidates on a range of replicates, and returns a row of answers for each."""


class CapReached(Exception):
    """The next look would take more runs than allowed."""


class Rule(NamedTuple):
    """What is asked of a candidate; true from some candidate on, if more push is never worse.

    Attributes:
        kind: "possible": a share so high cannot be excluded; "seen": it is that high in the pairs;
            "proven": a lower share is excluded.
        share: the share that is asked for.
    """

    kind: str
    share: float

    def holds(self, share: Share) -> bool:
        """Tell whether it holds of a share and its interval."""
        if self.kind == "possible":
            return share.high >= self.share
        reached = share.share if self.kind == "seen" else share.low
        return bool(reached >= self.share - SAME)

    def least(self, pairs: int) -> float:
        """Return the least share of so many pairs of which it holds; above 1: of none."""
        for successes in range(pairs + 1):
            if self.holds(exact_share(successes, pairs)):
                return successes / pairs
        return 1.0 + 1.0 / pairs


def rules_of(shares: Sequence[float]) -> list[Rule]:
    """Return what a search has to settle: the crossing of each share, and its interval's ends."""
    return [Rule(kind, share) for kind in ("seen", "possible", "proven") for share in shares]


def scanned(candidates: int) -> list[int]:
    """Return the candidates of the scan: evenly spread, both ends among them."""
    return sorted({round(x) for x in np.linspace(0, candidates - 1, SCAN)})


def search(responses: Responses, look: Look, shares: Sequence[float]) -> bool:
    """Try candidates until every crossing is placed; return False where the cap came first.

    Args:
        responses: filled as candidates are tried.
        look: tries candidates; may raise `CapReached`.
        shares: the shares of successes to be placed.
    """
    try:
        _try(responses, look, scanned(len(responses.candidates)), min(SCAN_PAIRS, responses.pairs))
        for rule in rules_of(shares):
            while (candidate := next_to_try(responses, rule)) is not None:
                _try(responses, look, [candidate], responses.pairs)
    except CapReached:
        return False
    return True


def _try(responses: Responses, look: Look, candidates: Sequence[int], pairs: int) -> None:
    """Bring candidates to so many pairs; all of them have been tried on equally many before."""
    have = responses.tried(candidates[0])
    if have < pairs:
        for candidate, row in zip(candidates, look(candidates, range(have, pairs)), strict=True):
            responses.add(candidate, row)


def bracket(responses: Responses, rule: Rule) -> tuple[int, int]:
    """Return the last fully tried candidate before the rule holds, and the first at which it does.

    The first is the number of candidates where it holds of none; the last before is -1 where it
    holds of the first that was tried.
    """
    full = responses.full
    holds = [n for n in full if rule.holds(responses.share(n))]
    first = holds[0] if holds else len(responses.candidates)
    return max((n for n in full if n < first), default=-1), first


def next_to_try(responses: Responses, rule: Rule) -> int | None:
    """Return the candidate to be tried next on all pairs to place a rule; None: it is placed.

    Scanned candidates that look as if the rule held are tried even below one at which it does not,
    so that a response with a peak in the middle is not missed.
    """
    before, first = bracket(responses, rule)
    least = rule.least(responses.pairs)
    waiting = [n for n in responses.seen if n < first and n not in responses.full]
    promising = [n for n in waiting if responses.share(n).share >= min(least, 1.0) - SAME]
    likely = min(promising, default=first)
    if likely < before:
        return likely
    exact = rule.kind == "seen"
    room = 1 if exact else max(1, min(first, len(responses.candidates) - 1) // NEAR)
    if first - before <= room:
        return None
    inside = [n for n in waiting if n > before]
    if inside:
        return min(inside, key=lambda n: (abs(n - likely), n))
    return (before + first) // 2
