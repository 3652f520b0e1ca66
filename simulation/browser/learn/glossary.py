"""The glossary: every word of the page, what it means, and what it is in the model."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from simulation.browser.words import say, table


@dataclass(frozen=True)
class Term:
    """One word.

    Attributes:
        key: its name in the catalogue, and its anchor on the page.
        term: the word itself.
        plain: what it means.
        model: what it is in the model.
        where: where on the page to see it.
    """

    key: str
    term: str
    plain: str
    model: str
    where: str


@cache
def terms() -> tuple[Term, ...]:
    """Return all terms, in the order of the alphabet."""
    keys = {key.split(".")[0] for key in table("glossary")}
    parts = ("term", "plain", "model", "where")
    found = [Term(key, *(say(f"glossary.{key}.{part}") for part in parts)) for key in keys]
    return tuple(sorted(found, key=lambda term: folded(term.term)))


def folded(text: str) -> str:
    """Return a text without accents and capitals, to search and sort by."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def matching(letters: str) -> tuple[Term, ...]:
    """Return the terms that have these letters in their name or in their meaning."""
    wanted = folded(letters.strip())
    return tuple(
        term
        for term in terms()
        if wanted in folded(term.term) or wanted in folded(f"{term.plain} {term.model}")
    )
