"""The icon array of a hundred pairs of towns, as SVG: shape and pattern say who did better."""

from __future__ import annotations

from html import escape

from simulation.browser.compare.results import (
    EQUAL,
    A,
    B,
    Result,
    sentence,
    verdict_words,
)
from simulation.browser.words import say

ACROSS = 10
CELL = 28
INK, B_COLOUR, A_COLOUR = "#222", "#0072B2", "#B84A00"


def icon_array(found: Result) -> str:
    """Return ten by ten towns: those in which B did better first, then equals, then A."""
    order = [v for verdict in (B, EQUAL, A) for v in [verdict] * found.count(verdict)]
    side = ACROSS * CELL
    rows = max(-(-len(order) // ACROSS), 1)
    marks = [
        _mark(verdict, (n % ACROSS + 0.5) * CELL, (n // ACROSS + 0.5) * CELL)
        for n, verdict in enumerate(order)
    ]
    return svg(side, rows * CELL, [_pattern(), *marks], icon_words(found), "k-icons")


def icon_words(found: Result) -> str:
    """Return what the icon array shows, for those who do not see it."""
    counted = [
        say("compare.counted", n=found.count(verdict), what=verdict_words(found, verdict))
        for verdict in (B, EQUAL, A)
    ]
    return " ".join([sentence(found), *counted])


def legend_mark(verdict: str) -> str:
    """Return one mark alone, for the legend."""
    body = [_pattern(), _mark(verdict, CELL / 2, CELL / 2)]
    return svg(CELL, CELL, body, "", "k-icon-mark")


def _mark(verdict: str, x: float, y: float) -> str:
    """Return a filled circle for B, a hatched triangle for A, an empty bar for equals."""
    r = 0.36 * CELL
    if verdict == B:
        return f'<circle cx="{x:g}" cy="{y:g}" r="{r:.2f}" fill="{B_COLOUR}" stroke="{INK}"/>'
    if verdict == A:
        points = f"{x:g},{y - r:.2f} {x + r:.2f},{y + r:.2f} {x - r:.2f},{y + r:.2f}"
        return (
            f'<polygon points="{points}" fill="url(#kindling-hatch)" stroke="{A_COLOUR}" '
            'stroke-width="1.8"/>'
        )
    return (
        f'<rect x="{x - r:.2f}" y="{y - r / 2.5:.2f}" width="{2 * r:.2f}" '
        f'height="{2 * r / 2.5:.2f}" fill="#fff" stroke="{INK}"/>'
    )


def _pattern() -> str:
    return (
        '<defs><pattern id="kindling-hatch" width="4" height="4" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="4" height="4" fill="#fff"/>'
        f'<rect width="1.6" height="4" fill="{A_COLOUR}"/></pattern></defs>'
    )


def svg(width: float, height: float, body: list[str], told: str, name: str) -> str:
    """Return a drawing; with words it is an image that says them, without it is for the eye only.

    Args:
        width: in pixels, where there is room for so many.
        height: in pixels.
        body: its elements.
        told: what it shows, in words.
        name: class for styles.
    """
    role = f'role="img" aria-label="{escape(told)}"' if told else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" class="{name}" {role}>{"".join(body)}</svg>'
    )
