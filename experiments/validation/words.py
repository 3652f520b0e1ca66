"""Words for results: numbers, intervals, verdicts and counts, the same in shell and page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from experiments.validation.judging import Result
from experiments.validation.row import Nature, Origin, Row, Target, Verdict

NOTHING = "—"
SIGNS: Mapping[Verdict, tuple[str, str]] = {
    "pass": ("✓ pass", "✓ holds"),
    "wide": ("✓ pass, wide", "✓ holds, wide"),
    "undecided": ("✗ undecided", "✗ undecided"),
    "fail": ("✗ FAIL", "✗ does not hold"),
}
"""Verdicts as a sign and words: of what is required, and of held-out patterns."""

WIDE = "the estimate is inside; the interval reaches beyond the tolerance"
UNDECIDED = "the estimate lies on the side that was to be shown; the interval does not"
"""What the words say, as they are explained to readers."""

ORIGINS: Mapping[Origin, str] = {
    "printed": "printed in the source",
    "derived": "derived from its equations, for this project",
    "recomputed": "recomputed independently for this project",
}
NATURES: Mapping[Nature, str] = {
    "emerges": "a result that comes out of interaction",
    "implements": "the equation is the code's own: the row checks that the code does it",
    "structural": "follows from how the model was built: no independent evidence",
}


def amount(value: float | None) -> str:
    """Return a number as people read it, to four digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if value != 0.0 and not 1e-4 <= abs(value) < 1e5:
        return f"{value:.2g}".replace("-", "−")
    text = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return text.replace("-", "−")


def interval(low: float | None, high: float | None) -> str:
    """Return the ends of an interval as "low to high"; nothing where there is none."""
    ends = (amount(low), amount(high))
    return "" if NOTHING in ends else f"{ends[0]} to {ends[1]}"


def verdict(verdict: Verdict | None, held_out: bool) -> str:
    """Return a verdict as a sign and words; nothing where nothing is judged."""
    return "" if verdict is None else SIGNS[verdict][held_out]


def standing(row: Row) -> str:
    """Return in two words where a row's targets come from and what meeting them says."""
    return f"{row.origin}; {row.nature}"


def asked(target: Target | None) -> str:
    """Return a target in words, with where it comes from if not from where its row's do."""
    if target is None:
        return ""
    return f"{target.says} ({target.origin})" if target.origin else target.says


def met(verdicts: Sequence[Verdict | None]) -> str:
    """Return how many of the targets that were judged are met, and how many of these are wide."""
    judged = [one for one in verdicts if one is not None]
    wide = judged.count("wide")
    text = f"{judged.count('pass') + wide} of {len(judged)}"
    return text + (f" ({wide} wide)" if wide else "")


def closing(results: Sequence[Result]) -> list[str]:
    """Return the closing lines: targets met of how many, how many are wide, which were not met."""
    lines = []
    for held_out, start, end, words in (
        (False, "", "targets met", "Not met"),
        (True, "Held-out patterns: ", "targets hold", "Not"),
    ):
        judged = [r for r in results if r.verdict is not None and r.row.held_out is held_out]
        if not judged:
            continue
        count = sum(bool(r.passed) for r in judged)
        text = f"{start}{count} of {len(judged)} {end}."
        lines.append(text + _wide(judged) + _missed(words, judged))
    return lines


def _wide(results: Sequence[Result]) -> str:
    wide = sum(result.verdict == "wide" for result in results)
    return f" Wide: {wide} of them ({WIDE})." if wide else ""


def _missed(words: str, results: Sequence[Result]) -> str:
    ids = dict.fromkeys(result.row.id for result in results if not result.passed)
    return f" {words}: {', '.join(ids)}." if ids else ""
