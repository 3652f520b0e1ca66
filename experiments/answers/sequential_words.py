"""Sequential comparisons in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator

from experiments.answers.sequential import Sequential
from experiments.judge import OUTCOMES
from experiments.summary import number


def sentences(found: Sequential) -> Iterator[str]:
    """Yield the difference and whether it is known well enough, and what pairing was worth."""
    yield _difference(found)
    yield _ending(found)
    yield _pairing(found)


def in_unit(outcome: str, value: float, signed: bool = False) -> str:
    """Return a difference or a width of an outcome; of shares in percentage points."""
    known = OUTCOMES[outcome]
    if known.kind == "share" or known.unit == "share":
        return f"{number(100 * value, signed, 1)} points"
    if known.unit == "months":
        return f"{number(value, signed, 1)} months"
    return number(value, signed, 4)


def _difference(found: Sequential) -> str:
    last, name = found.last, found.outcome
    text = f"In this model, {OUTCOMES[name].label} differs by "
    text += f"{in_unit(name, last['difference'], True)} between B and A"
    ends = (in_unit(name, last[end], True) for end in ("low", "high"))
    return f"{text} (95 % interval {' to '.join(ends)}, however often one looked)."


def _ending(found: Sequential) -> str:
    last, name = found.last, found.outcome
    asked = in_unit(name, found.stopping.width)
    width = in_unit(name, last["width"])
    if found.reached:
        text = f"{found.pairs} pairs were enough for an interval no wider than {asked} ({width})"
    else:
        text = f"The cap of {found.pairs} pairs came first: the interval is {width} wide, not "
        text += f"{asked}; read it as it is"
    if found.missing:
        text += f"; {found.missing} of the pairs could not be judged"
    if math.isnan(found.price):
        return f"{text}."
    return (
        f"{text}; had the number of pairs been settled beforehand, about "
        f"{max(2, round(found.pairs / found.price))} would have given the same width."
    )


def _pairing(found: Sequential) -> str:
    ratio = found.variance_ratio
    if math.isnan(ratio):
        return "The outcome does not vary between runs, so that pairing had nothing to do."
    if ratio == 0:
        return "The pairs do not differ at all, whatever the draw of chance."
    return (
        f"Pairing left {number(ratio)} of the variance of unpaired runs (Var(B − A) ÷ (Var A + "
        f"Var B)): without pairs, the same width would have taken about "
        f"{found.unpaired_runs:,.0f} runs in place of {2 * (found.pairs - found.missing):,}."
    )
