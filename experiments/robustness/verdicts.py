"""How a finding is judged; the rule was stated before the audit was run.

Every finding claims a direction. Under each perturbation the effect's 95 % interval

- *holds* it: the interval lies wholly on the claimed side of 0;
- *reverses* it: wholly on the other side;
- leaves it *undecided*: it holds 0. That is a matter of how many pairs were run, and no failure.

Not counted, but listed: a perturbation that leaves every pair as it was, to the bit; one that
cannot be run; and other random numbers (the strict generator, other seeds), which replicate the
finding and change no assumption. The first of these words that fits is the verdict:

- *not found at the defaults*: there is no interval at the defaults;
- *too small to matter*: the interval at the defaults lies wholly within ±.03 (equity gains only);
  on which side of 0 it lies is said beside it;
- *not found at the defaults*: the interval there holds 0;
- *against the claim*: the interval there lies wholly on the other side;
- *not judged*: fewer than half of the perturbations counted are decided, or none is;
- *robust*: of the decided ones 90 % or more hold it, and in no family do more reverse than hold;
- *conditional*: 60 % or more hold it; where it is reversed is named;
- *artefact*: fewer.

Size is told apart from direction. A gain has fallen below .03 only where the interval at the
defaults lies wholly above .03 and the perturbed one wholly below; such perturbations are named, and
still hold the direction. The ratio of effects (perturbed ÷ default) is given where the interval at
the defaults leaves out 0.
"""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from experiments.robustness.findings import THRESHOLD
from experiments.robustness.pairs import Effect

ROBUST = "robust"
CONDITIONAL = "conditional"
ARTEFACT = "artefact"
NOT_FOUND = "not found at the defaults"
AGAINST_CLAIM = "against the claim"
TOO_SMALL = "too small to matter"
UNJUDGED = "not judged"

HOLDS = "holds"
REVERSES = "reverses"
UNDECIDED = "undecided"

FALLS = "falls below .03"
RISES = "rises above .03"


class Tried(NamedTuple):
    """A perturbation that counts, and the effect under it."""

    family: str
    name: str
    effect: Effect

    @property
    def text(self) -> str:
        """Family and name, such as `networks: ring`."""
        return f"{self.family}: {self.name}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the audit says of one finding and outcome.

    Attributes:
        verdict: one of the words of the module.
        remark: what is to be said beside it; may be empty.
        told: how many perturbations hold, reverse, or leave undecided, by those words.
        families: the same by family, in the order in which they came.
        reverses_with: those that reverse it, as `family: name`.
        falls_with: those under which the gain is wholly below .03, where it was wholly above.
    """

    verdict: str
    remark: str = ""
    told: Counter[str] = field(default_factory=Counter)
    families: dict[str, Counter[str]] = field(default_factory=dict)
    reverses_with: tuple[str, ...] = ()
    falls_with: tuple[str, ...] = ()

    @property
    def counted(self) -> int:
        """How many perturbations count, the undecided ones among them."""
        return self.told.total()


def rule() -> str:
    """Return the rule in words: paragraphs and points, each on one line however long."""
    lines: list[str] = []
    for line in (inspect.getdoc(sys.modules[__name__]) or "").splitlines():
        goes_on = bool(line and lines and lines[-1]) and not line.startswith("- ")
        if goes_on:
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return "\n".join(lines)


def threshold(name: str) -> float | None:
    """Return from which size an outcome matters: an equity gain from .03, others from any size."""
    return THRESHOLD if name.startswith("gain_") else None


def told(found: Effect, claims: int = 1) -> str:
    """Return whether an effect holds a claim, reverses it, or leaves it undecided."""
    low, high = _claimed(found, claims)
    if low > 0.0:
        return HOLDS
    return REVERSES if high < 0.0 else UNDECIDED


def crossed(default: Effect, other: Effect, threshold: float | None, claims: int = 1) -> str:
    """Return whether an effect's interval lies wholly on the other side of the threshold."""
    if threshold is None:
        return ""
    was, is_ = (_side(found, threshold, claims) for found in (default, other))
    if was * is_ != -1:
        return ""
    return FALLS if was > 0 else RISES


def ratio(default: Effect, other: Effect) -> float | None:
    """Return how many times the default's effect it is; None where there is none to speak of."""
    return other.value / default.value if default.found else None


def judged(
    default: Effect,
    others: Iterable[Tried],
    threshold: float | None = THRESHOLD,
    claims: int = 1,
) -> Verdict:
    """Return the verdict on a finding by the rule of the module.

    Args:
        default: the effect at the defaults.
        others: every perturbation that counts.
        threshold: size from which a finding matters; None for any size.
        claims: the direction claimed, 1 or -1.
    """
    tried = list(others)
    words = [told(each.effect, claims) for each in tried]
    families: dict[str, Counter[str]] = {}
    for each, word in zip(tried, words, strict=True):
        families.setdefault(each.family, Counter())[word] += 1
    word, remark = _at_defaults(default, threshold, claims)
    falls = [t for t in tried if crossed(default, t.effect, threshold, claims) == FALLS]
    return Verdict(
        word or _under_others(Counter(words), families),
        remark,
        Counter(words),
        families,
        tuple(t.text for t, w in zip(tried, words, strict=True) if w == REVERSES),
        tuple(t.text for t in falls if told(t.effect, claims) == HOLDS),
    )


def _at_defaults(default: Effect, threshold: float | None, claims: int) -> tuple[str, str]:
    """Return the verdict, where the defaults alone decide it, and a remark; else no words."""
    word = told(default, claims)
    holds_0 = "its interval holds 0"
    if threshold is not None and -threshold < default.low and default.high < threshold:
        return TOO_SMALL, {
            HOLDS: "it is there, on the claimed side: its interval leaves out 0",
            REVERSES: "and against the claim: its interval leaves out 0",
            UNDECIDED: holds_0,
        }[word]
    if word == UNDECIDED:
        known = default.low <= 0.0 <= default.high
        return NOT_FOUND, holds_0 if known else "there is no interval"
    return (AGAINST_CLAIM if word == REVERSES else ""), ""


def _under_others(words: Counter[str], families: dict[str, Counter[str]]) -> str:
    """Return the verdict on a finding that is there at the defaults."""
    decided = words[HOLDS] + words[REVERSES]
    if not decided or 2 * decided < words.total():
        return UNJUDGED
    turned = any(own[REVERSES] > own[HOLDS] for own in families.values())
    if 10 * words[HOLDS] >= 9 * decided and not turned:
        return ROBUST
    return CONDITIONAL if 10 * words[HOLDS] >= 6 * decided else ARTEFACT


def family_text(families: dict[str, Counter[str]]) -> str:
    """Return counts by family as text: `networks 3/0/8` for holds, reverses, undecided."""
    return "; ".join(f"{name} {tally(own)}" for name, own in families.items())


def tally(words: Counter[str] | Sequence[str]) -> str:
    """Return counts as `holds/reverses/undecided`."""
    own = Counter(words)
    return f"{own[HOLDS]}/{own[REVERSES]}/{own[UNDECIDED]}"


def _claimed(found: Effect, claims: int) -> tuple[float, float]:
    """Return the interval seen from the claimed side."""
    return (found.low, found.high) if claims > 0 else (-found.high, -found.low)


def _side(found: Effect, threshold: float, claims: int) -> int:
    """Return 1 for an interval wholly above the threshold, -1 wholly below, 0 for neither."""
    low, high = _claimed(found, claims)
    return int(low > threshold) - int(high < threshold)
