"""Words for results: numbers, intervals, verdicts and counts, the same in shell and page."""

from __future__ import annotations

import math
from collections.abc import Sequence

from experiments.validation.judging import Result

NOTHING = "—"
PASS, FAIL, HOLDS, NOT = "✓ pass", "✗ FAIL", "✓ holds", "✗ does not hold"


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


def verdict(passed: bool | None, held_out: bool) -> str:
    """Return a verdict as a sign and words; nothing where nothing is judged."""
    if passed is None:
        return ""
    if held_out:
        return HOLDS if passed else NOT
    return PASS if passed else FAIL


def closing(results: Sequence[Result]) -> list[str]:
    """Return the closing lines: targets met of how many, and which were not."""
    lines = []
    required = [r for r in results if r.passed is not None and not r.row.held_out]
    if required:
        met = sum(bool(r.passed) for r in required)
        lines.append(f"{met} of {len(required)} targets met." + _missed("Not met", required))
    held = [r for r in results if r.passed is not None and r.row.held_out]
    if held:
        met = sum(bool(r.passed) for r in held)
        text = f"Held-out patterns: {met} of {len(held)} targets hold."
        lines.append(text + _missed("Not", held))
    return lines


def _missed(words: str, results: Sequence[Result]) -> str:
    ids = dict.fromkeys(result.row.id for result in results if not result.passed)
    return f" {words}: {', '.join(ids)}." if ids else ""
