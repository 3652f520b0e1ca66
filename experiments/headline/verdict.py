"""The verdict, by the rule that was registered; pure functions of the tables of outcomes.

The effect in a draw is E at 48 months of the push with succession minus E of the push alone, the
mean over pairs. Succession *helps* in a draw where that is above .03. Of the draws it helps in

- 90 % or more: *supported*;
- 60 % or more: *conditional*, on what is said beside it;
- fewer: *not supported*.

Whatever that share is, the claim is *falsified*

- if a placebo or cash *does as well*: put in the place of the push alone, it leaves succession a
  lead above .03 in fewer than 60 % of the draws;
- if the gain *vanishes* with equal knowledge and vacancy: what ties, origin and trust add, where
  vacancy and knowledge are alike in both arms (the mean of both as before and both improved), is
  above .03 in fewer than 60 % of the draws;
- if the worst off *fall*: in most pairs (the mean over draws above 50 %) they fare worse with the
  push and succession than in the same community on the same luck without any intervention;
- if power *merely swaps*: in most runs another group leads at the end, about as far above its share
  of people as the first one was.

*Conditional on what*: the one uncertain parameter that separates best the draws in which succession
helps from the others: by the ranks of its values (|2 AUC - 1|), or where it is a kind or a form, by
the greatest difference in the share of a level. As the best of many parameters always separates a
few draws somehow, the share of all ways of naming as many draws that would find a parameter
separating as well stands beside it.
"""

from __future__ import annotations

import inspect
import itertools
import math
import sys
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from experiments.headline import effects
from experiments.headline.cells import SUCCESSION
from experiments.headline.contrasts import draw_means
from experiments.headline.registered import REGISTERED
from experiments.statistics import Share, wilson
from experiments.summary import number, percent

SUPPORTED, CONDITIONAL, NOT_SUPPORTED = "supported", "conditional", "not supported"
NOT_RUN = "not run"
RELABELLINGS = 5000


class Separation(NamedTuple):
    """What tells the draws in which succession helps from the others.

    Attributes:
        parameter: the uncertain thing that separates them best.
        strength: how well, from 0 (not at all) to 1 (fully).
        words: how its values differ.
        chance: share of ways of naming as many draws in which the best parameter separates as well.
    """

    parameter: str
    strength: float
    words: str
    chance: float


class Falsified(NamedTuple):
    """What one falsifier came to: whether it fired (None: not run), and by which share."""

    name: str
    words: str
    fired: bool | None
    share: float


@dataclass(frozen=True)
class Verdict:
    """The verdict and all that it rests on.

    Attributes:
        word: "supported", "conditional", "not supported", or "not run".
        helps: share of draws in which the effect is above .03, with Wilson's interval.
        falsifiers: each of them, fired or not.
        separation: what the draws that help have in common, where some do and some do not.
    """

    word: str
    helps: Share
    falsifiers: tuple[Falsified, ...] = field(default=())
    separation: Separation | None = None

    @property
    def fired(self) -> tuple[Falsified, ...]:
        """The falsifiers that fired."""
        return tuple(f for f in self.falsifiers if f.fired)

    @property
    def text(self) -> str:
        """The verdict in a sentence."""
        if self.word == NOT_RUN:
            return "The core of the design has not been run: there is no verdict."
        said = self.word
        if self.fired:
            by = "; ".join(f.words for f in self.fired)
            said = f"falsified ({by})"
            said += ", and not supported" if self.word == NOT_SUPPORTED else (
                f", though the share of draws alone would read {self.word}"
            )  # fmt: skip
        text = (
            f"In this model, by the rule registered before the runs, the claim is {said}: the "
            f"effect of resident succession on E at 48 months exceeds "
            f"{number(REGISTERED.least)} in {self.helps.successes} of {self.helps.n} draws"
        )
        open_ = [f.words for f in self.falsifiers if f.fired is None]
        text += f"; not known for want of runs: whether {'; '.join(open_)}." if open_ else "."
        if self.word == CONDITIONAL and self.separation is not None:
            text += f" {self.separation.words}"
        return text


def rule() -> str:
    """Return the rule in words."""
    return inspect.getdoc(sys.modules[__name__]) or ""


def verdict(tables: effects.Tables, parameters: pd.DataFrame | None = None) -> Verdict:
    """Return the verdict.

    Args:
        tables: the tables of outcomes by part.
        parameters: the uncertain values of each draw, a row a draw in their order, so that it can
            be said on what the claim is conditional.
    """
    means = draw_means(effects.main_effect(tables))
    if means.empty:
        return Verdict(NOT_RUN, wilson(0, 0))
    helps = above(means)
    separated = None
    if parameters is not None and 0 < helps.successes < helps.n:
        chosen = parameters.iloc[[int(str(draw)) for draw in means.index]]
        separated = separation(chosen, (means > REGISTERED.least).to_numpy())
    return Verdict(_word(helps.share), helps, tuple(_falsifiers(tables)), separated)


def above(means: pd.Series) -> Share:
    """Return the share of draws whose mean is above the least effect that counts."""
    return wilson(int((means > REGISTERED.least).sum()), len(means))


def _word(share: float) -> str:
    if share >= REGISTERED.rule["supported"] - 1e-12:
        return SUPPORTED
    return CONDITIONAL if share >= REGISTERED.rule["conditional"] - 1e-12 else NOT_SUPPORTED


def _falsifiers(tables: effects.Tables) -> list[Falsified]:
    found = []
    for falsifier in REGISTERED.falsifiers:
        if falsifier.name in ("worst_off", "swap"):
            outcome = "worst_off_worse" if falsifier.name == "worst_off" else "power_swapped"
            means = draw_means(effects.of_arm(tables, SUCCESSION, outcome))
            share = float(means.mean()) if len(means) else math.nan
            fired = share > REGISTERED.rule["most"]
        else:
            lead = (
                effects.equal_knowledge(tables)
                if falsifier.name == "equal_knowledge"
                else effects.between(tables, SUCCESSION, falsifier.name)
            )
            means = draw_means(lead)
            share = above(means).share if len(means) else math.nan
            fired = share < REGISTERED.rule["conditional"] - 1e-12
        known = None if math.isnan(share) else bool(fired)
        found.append(Falsified(falsifier.name, falsifier.words, known, share))
    return found


# --- conditional on what --------------------------------------------------------------------------


def separation(parameters: pd.DataFrame, helps: np.ndarray) -> Separation:
    """Return the parameter that best separates the draws that help from those that do not.

    Args:
        parameters: a row a draw; columns of numbers or of words.
        helps: which draws help; some do, some do not.
    """
    table = parameters.reset_index(drop=True)
    names = list(table.columns)
    found = _strengths(table, helps[None, :])[0]
    best = int(np.argmax(found))
    labels = _relabellings(helps)
    others = _strengths(table, labels).max(axis=1)
    chance = float((others >= found[best] - 1e-12).mean())
    name = str(names[best])
    how = _how(table[name], helps)
    text = (
        f"Of {len(names)} uncertain parameters, {name} separates best the {int(helps.sum())} draws "
        f"in which it helps from the {int((~helps).sum())} others ({how}; strength "
        f"{number(float(found[best]))} of 1); in {percent(chance)} of all ways of naming as many "
        "draws, some parameter separates as well."
    )
    return Separation(name, float(found[best]), text, chance)


def _relabellings(helps: np.ndarray) -> np.ndarray:
    """Return all ways of naming as many draws, or many drawn at random where they are too many."""
    count, n = int(helps.sum()), len(helps)
    if math.comb(n, count) <= RELABELLINGS:
        labels = np.zeros((math.comb(n, count), n), dtype=bool)
        for row, chosen in enumerate(itertools.combinations(range(n), count)):
            labels[row, list(chosen)] = True
        return labels
    luck = np.random.default_rng(RELABELLINGS)
    return luck.permuted(np.tile(helps, (RELABELLINGS, 1)), axis=1)


def _strengths(table: pd.DataFrame, labels: np.ndarray) -> np.ndarray:
    """Return how well each column separates, for every labelling: shape (labellings, columns)."""
    ones = labels.sum(axis=1).astype(float)
    zeros = labels.shape[1] - ones
    columns = []
    for name in table.columns:
        values = table[name]
        if pd.api.types.is_numeric_dtype(values):
            ranks = rankdata(values.to_numpy(dtype=float))
            area = (labels @ ranks - ones * (ones + 1) / 2) / (ones * zeros)
            columns.append(np.abs(2 * area - 1))
        else:
            levels = pd.get_dummies(values).to_numpy(dtype=float)
            apart = (labels @ levels) / ones[:, None] - (~labels @ levels) / zeros[:, None]
            columns.append(np.abs(apart).max(axis=1))
    return np.stack(columns, axis=1)


def _how(values: pd.Series, helps: np.ndarray) -> str:
    if pd.api.types.is_numeric_dtype(values):
        yes, no = (np.median(values[which]) for which in (helps, ~helps))
        return f"median {yes:.3g} where it helps, {no:.3g} where not"
    counts = [values[which].value_counts().sort_index() for which in (helps, ~helps)]
    yes, no = (", ".join(f"{k} {v}" for k, v in c.items()) for c in counts)
    return f"where it helps: {yes}; where not: {no}"
