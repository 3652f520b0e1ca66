"""The strip of paired differences, as SVG: a dot for every pair, mean and interval below."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape

import numpy as np

from simulation.browser.compare.icons import A_COLOUR, B_COLOUR, INK, svg
from simulation.browser.compare.results import EQUAL, A, B, Result, amount, mean_sentence, places
from simulation.browser.words import say

WIDTH, BASE, BELOW = 640, 150, 92
"""Width of the strip, height of the line that dots stand on, and room for words below it."""
EDGE, TOP = 30, 26
DOT = 9
"""Room for a dot."""
TICKS = 5
FACE = "system-ui, sans-serif"

Across = Callable[[float], float]
"""Where a difference lies, in pixels from the left."""


def strip(found: Result) -> str:
    """Return a dot for every pair where its difference B - A lies."""
    low, high = _range(found)

    def across(value: float) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * (value - low) / (high - low)

    body = [
        f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{BASE}" y2="{BASE}" stroke="{INK}"/>',
        f'<line x1="{across(0):.1f}" x2="{across(0):.1f}" y1="8" y2="{BASE + 44}" '
        f'stroke="{INK}" stroke-dasharray="3 3"/>',
        *_dots(found, across),
        *_ticks(found, low, high, across),
        *_mean(found, across),
        *_directions(found),
    ]
    return svg(WIDTH, BASE + BELOW, body, strip_words(found), "k-strip")


def strip_words(found: Result) -> str:
    """Return what the strip shows, for those who do not see it."""
    if not found.pairs:
        return say("compare.no_pairs")
    ends = found.difference.min(), found.difference.max()
    low, high = (amount(found, float(end), signed=True) for end in ends)
    text = say("compare.strip", n=found.pairs, low=low, high=high)
    return f"{text} {mean_sentence(found)}".strip()


def _range(found: Result) -> tuple[float, float]:
    """Return the ends of the axis; none at all is always on it."""
    values = np.append(found.difference, 0.0)
    low, high = float(values.min()), float(values.max())
    if not math.isnan(found.effect.low):
        low, high = min(low, found.effect.low), max(high, found.effect.high)
    room = 0.06 * (high - low) or 1e-3
    return low - room, high + room


def _dots(found: Result, across: Across) -> Iterator[str]:
    """Yield the dots; those that lie together are piled up. Equal pairs are counted instead."""
    pairs = [
        (value, round(across(value) / DOT), verdict)
        for value, verdict in zip(found.difference, found.verdicts, strict=True)
        if verdict != EQUAL
    ]
    tallest = max(Counter(column for _, column, _ in pairs).values(), default=1)
    step = min(DOT, (BASE - TOP) / tallest)
    piled: Counter[int] = Counter()
    for _, column, verdict in sorted(pairs):
        y = BASE - step * (piled[column] + 0.5) - 1
        piled[column] += 1
        yield _dot(verdict, column * DOT, y, max(0.42 * step, 1.6))
    if equal := found.count(EQUAL):
        x = across(0.0)
        anchor = "start" if x < WIDTH / 2 else "end"
        words = say("compare.equal", n=equal)
        yield _text(x + (6 if anchor == "start" else -6), 18, words, anchor)


def _dot(verdict: str, x: float, y: float, r: float) -> str:
    fill, edge = {B: (B_COLOUR, B_COLOUR), A: ("#fff", A_COLOUR)}[verdict]
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.2f}" fill="{fill}" stroke="{edge}" '
        'stroke-width="1.4"/>'
    )


def _ticks(found: Result, low: float, high: float, across: Across) -> Iterator[str]:
    step = _round_step((high - low) / TICKS)
    decimals = places(found.outcome, step) - 1
    for n in range(math.ceil(low / step), math.floor(high / step) + 1):
        x = across(n * step)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{BASE}" y2="{BASE + 6}" stroke="{INK}"/>'
        yield _text(x, BASE + 21, amount(found, n * step, signed=True, decimals=max(decimals, 0)))


def _round_step(about: float) -> float:
    """Return 1, 2 or 5 times a power of ten, near a number."""
    power = 10.0 ** math.floor(math.log10(about))
    return float(next((m * power for m in (1, 2, 5) if m * power >= about), 10 * power))


def _mean(found: Result, across: Across) -> Iterator[str]:
    """Yield the mean as a diamond on the bar of its interval."""
    effect, y = found.effect, BASE + 38
    if math.isnan(effect.mean):
        return
    if not math.isnan(effect.low):
        yield (
            f'<line x1="{across(effect.low):.1f}" x2="{across(effect.high):.1f}" y1="{y}" '
            f'y2="{y}" stroke="{INK}" stroke-width="4"/>'
        )
    x = across(effect.mean)
    diamond = f"M{x:.1f} {y - 8}l7 8l-7 8l-7 -8z"
    yield f'<path d="{diamond}" fill="#fff" stroke="{INK}" stroke-width="2"/>'


def _directions(found: Result) -> Iterator[str]:
    """Yield what it means to lie on the left and on the right."""
    words = [say(f"compare.outcome.{found.outcome}.{side}") for side in ("less", "more")]
    yield _text(EDGE, BASE + 64, say("compare.to_left", what=words[0]), "start")
    yield _text(WIDTH - EDGE, BASE + 64, say("compare.to_right", what=words[1]), "end")
    yield _text(WIDTH / 2, BASE + 84, say("compare.mean_key"))


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" font-family="{FACE}" font-size="13" '
        f'fill="{INK}">{escape(words)}</text>'
    )
