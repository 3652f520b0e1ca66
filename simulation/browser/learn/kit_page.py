"""The kit as a page to print: agenda, role cards, prompts."""

from __future__ import annotations

import solara

from simulation.browser import parts
from simulation.browser.learn.script import (
    Block,
    Card,
    Grid,
    Heading,
    Paragraph,
    Points,
    Prompt,
    blocks,
)
from simulation.browser.words import say


@solara.component
def Page() -> None:
    """Show the whole kit."""
    with parts.Html("div", classes=("k-kit",)):
        parts.Heading(1, say("kit.title"))
        parts.Text(say("kit.lead"), classes=("k-learn-lead",))
        parts.Text(say("kit.print_about"), classes=("k-hint", "k-kit-screen"))
        cards: list[Card] = []
        for block in blocks():
            if isinstance(block, Card):
                cards.append(block)
                continue
            if cards:
                _cards(cards)
                cards = []
            _show(block)


def _cards(cards: list[Card]) -> None:
    """Show the role cards side by side, two to a line when printed."""
    with parts.Html("div", classes=("k-kit-cards",)):
        for card in cards:
            with parts.Html("article", classes=("k-card", "k-kit-role")):
                parts.Heading(3, card.title)
                with parts.Html("dl"):
                    for name, text in card.lines:
                        parts.Html("dt", text=name)
                        parts.Html("dd", text=text)


def _show(block: Block) -> None:
    match block:
        case Heading(level, text):
            parts.Heading(level, text)
        case Paragraph(text, ""):
            parts.Text(text, classes=("k-prose",))
        case Paragraph(text, link):
            with parts.Html("p"):
                parts.Link(text, link)
                parts.Html("code", text=link, classes=("k-kit-path",))
        case Points(items, numbered):
            with parts.Html("ol" if numbered else "ul", classes=("k-prose",)):
                for item in items:
                    parts.Html("li", text=item)
        case Grid(caption, columns, rows):
            parts.Table(caption, columns, rows)
        case Prompt():
            _prompt(block)


def _prompt(prompt: Prompt) -> None:
    with parts.Html("div", classes=("k-kit-prompt",)):
        parts.Html("span", text=prompt.id, classes=("k-kit-id",))
        with parts.Html("div"):
            parts.Html("strong", text=prompt.ask)
            with parts.Html("p", classes=("k-hint",)):
                parts.Html("span", text=prompt.where)
                if prompt.href:
                    with parts.Html("span", classes=("k-kit-screen",)), solara.Link(prompt.href):
                        parts.Html("span", text=say("kit.open"))
                        parts.Html("span", text=f": {prompt.id}", classes=("k-hidden",))
