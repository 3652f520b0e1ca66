"""Responses: which pairs of runs said yes at which push, and what is known of their share.

The candidates of a lever stand in a row, from the weakest push to the strongest, and every one of
them is tried on the same pairs: replicate r draws the same luck everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from experiments.judge import HORIZONS, OUTCOMES
from experiments.recorded import Floats
from experiments.statistics import Share
from simulation.errors import InputError, nearest_name

CONFIDENCE = 0.95
SAME = 1e-12
"""Differences up to this count as none."""


class Success(NamedTuple):
    """What counts as a success of a pair of runs: an outcome that reaches a level.

    Attributes:
        outcome: its name, as in the table of outcomes.
        least: level from which it counts; yes is 1 and no 0, so that .5 asks for yes.
    """

    outcome: str
    least: float = 0.5

    def of(self, values: ArrayLike) -> Floats:
        """Return yes (1), no (0) or unknown (nan) for each value of the outcome."""
        amount = np.asarray(values, dtype=np.float64)
        return np.where(np.isnan(amount), np.nan, (amount >= self.least - SAME).astype(float))

    @property
    def words(self) -> str:
        """The success in words, fit after "pairs of runs in which"."""
        known = OUTCOMES.get(self.outcome)
        if known is not None and known.kind == "share":
            return SHARES.get(self.outcome, f"'{known.label}' holds")
        label = self.outcome if known is None else f"the {known.label}"
        return f"{label} is at least {self.least:g}"


def months_after(success: Success) -> int:
    """Return how many months after the push have to be seen to judge a success."""
    last = success.outcome.rpartition("_")[2]
    return int(last) if last.isdigit() else max(HORIZONS)


SHARES = {
    "sustained_12": "the gain is sustained 12 months after the push",
    "sustained_24": "the gain is sustained 24 months after the push",
    "sustained_48": "the gain is sustained 48 months after the push",
    "coalition_24": "a coalition of three still acts 24 months after the push",
    "tipped": "stewardship has tipped in the last year",
}


def success_of(outcome: str, at_least: str | None = None) -> Success:
    """Return what counts as a success, from the words of a command.

    Args:
        outcome: a yes-or-no outcome of a community, such as "tipped".
        at_least: an amount that has to be reached in its place, such as "gain_48=.02".

    Raises:
        InputError: there is no such outcome, or an amount comes without its level.
    """
    name, _, level = (outcome, "", "") if at_least is None else at_least.partition("=")
    option = "--outcome" if at_least is None else "--at-least"
    known = OUTCOMES.get(name)
    if known is None:
        near = nearest_name(name, OUTCOMES)
        raise InputError("there is no such outcome", key=option, found=name, nearest=near)
    if at_least is None:
        if known.kind != "share":
            mend = f"say how much is enough: --at-least {name}=.02"
            raise InputError("an amount, not a yes or no", key=option, found=name, mend=mend)
        return Success(name)
    try:
        return Success(name, float(level))
    except ValueError:
        raise InputError(
            "not an amount", key=option, found=at_least, mend="write it as gain_48=.02"
        ) from None


@dataclass
class Responses:
    """What was tried at one strength.

    Attributes:
        candidates: the lever's values, ascending, shape (candidates,).
        pairs: how many pairs a candidate is tried on where its share is to be known.
        seen: yes (1), no (0) or unknown (nan) of the pairs tried so far, by candidate's number.
    """

    candidates: tuple[float, ...]
    pairs: int
    seen: dict[int, Floats] = field(default_factory=dict)

    def add(self, candidate: int, answers: Floats) -> None:
        """Append the answers of the next pairs of a candidate."""
        before = self.seen.get(candidate, np.zeros(0))
        self.seen[candidate] = np.concatenate([before, answers])

    def tried(self, candidate: int) -> int:
        """Return on how many pairs a candidate was tried."""
        return len(self.seen.get(candidate, ()))

    @property
    def full(self) -> list[int]:
        """Candidates tried on all pairs, ascending."""
        return sorted(n for n, row in self.seen.items() if len(row) >= self.pairs)

    def share(self, candidate: int) -> Share:
        """Return the share of a candidate's pairs that said yes, with its 95 % interval."""
        row = self.seen[candidate]
        known = row[~np.isnan(row)]
        return exact_share(int(known.sum()), len(known))

    def resampled(self, replicates: Sequence[int]) -> dict[int, float]:
        """Return the shares of fully tried candidates over these replicates; nan: none known."""
        rows = {n: self.seen[n][list(replicates)] for n in self.full}
        return {
            n: float(np.nanmean(row)) if not np.isnan(row).all() else float("nan")
            for n, row in rows.items()
        }


@lru_cache(maxsize=4096)
def exact_share(successes: int, n: int) -> Share:
    """Return a share of pairs with its exact interval: it covers in 95 % of studies or more.

    Each end errs in at most 2.5 % of studies, whatever the true share and however few the pairs.

    Source: Clopper & Pearson (1934), Biometrika 26:404.
    """
    if n == 0:
        return Share(float("nan"), 0.0, 1.0, 0, 0)
    interval = stats.binomtest(successes, n).proportion_ci(CONFIDENCE, method="exact")
    return Share(successes / n, float(interval.low), float(interval.high), successes, n)


def pairs_to_bound(share: float) -> int:
    """Return the least pairs that can show that a share is reached: all of them have to say yes."""
    tail = (1.0 - CONFIDENCE) / 2.0
    return int(np.ceil(np.log(tail) / np.log(share) - SAME))


class Drop(NamedTuple):
    """A stronger push that does worse than a weaker one."""

    weaker: int
    stronger: int
    fall: float


def drop(responses: Responses) -> Drop | None:
    """Return the clearest case of a stronger push doing worse than a weaker one, if there is one.

    Every two fully tried candidates are compared on their pairs by the exact test of McNemar (pairs
    that say yes to the weaker alone against those that say yes to the stronger alone), at 5 %
    shared among all comparisons.

    Source: McNemar (1947), Psychometrika 12:153; Bonferroni for the number of comparisons.
    """
    full = responses.full
    compared = [(a, b) for n, a in enumerate(full) for b in full[n + 1 :]]
    clearest: tuple[float, Drop] | None = None
    for weak, strong in compared:
        first, second = responses.seen[weak], responses.seen[strong]
        known = ~(np.isnan(first) | np.isnan(second))
        lost = int(np.count_nonzero(first[known] > second[known]))
        won = int(np.count_nonzero(first[known] < second[known]))
        if lost <= won:
            continue
        p = float(stats.binomtest(lost, lost + won, alternative="greater").pvalue)
        if p <= (1.0 - CONFIDENCE) / len(compared) and (clearest is None or p < clearest[0]):
            clearest = p, Drop(weak, strong, (lost - won) / int(known.sum()))
    return None if clearest is None else clearest[1]
