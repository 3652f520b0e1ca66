"""The About page: why to trust the model and why not, its rules in a sentence each, its limits."""

from __future__ import annotations

from functools import cache
from importlib.metadata import metadata

import solara

from simulation.browser import parts
from simulation.browser.words import known, say
from simulation.parameters import all_parameters
from simulation.processes import registered
from simulation.processes.base import ASSUMPTION

DISTRIBUTION = "kindling-abm"
REASONS = ("one", "two", "three", "four", "five")
LIMITS = (
    "forecast", "mass", "loss", "connectors", "bias", "naming", "framework", "groups", "others",
)  # fmt: skip
KEPT_FREE = ("spread", "record")
"""A step that is kept free, and the step that it will come before."""


def month() -> tuple[str, ...]:
    """Return the names of the steps of a month in their order, the one kept free among them."""
    names = [process.name for process in registered()]
    free, before = KEPT_FREE
    if free not in names:
        names.insert(names.index(before), free)
    return tuple(names)


def rule(name: str) -> tuple[str, str, str]:
    """Return the name, the sentence and the source of a step; a visitor's own says that it is."""
    if not known(f"about.rule.{name}.says"):
        return name, say("about.rules.own"), say("about.rules.own_source")
    title, says, source = (say(f"about.rule.{name}.{part}") for part in ("name", "says", "source"))
    return title, says, source


@cache
def counted() -> dict[str, int]:
    """Return how many parameters the rules have, switches apart, and how many are assumed."""
    found = [p for p in all_parameters() if not p.key.endswith(".enabled")]
    assumed = sum(p.source == ASSUMPTION for p in found)
    return {"parameters": len(found), "assumed": assumed}


def about_this() -> dict[str, str]:
    """Return the version, the licence and the authors, as the installed package states them."""
    read = metadata(DISTRIBUTION)
    return {
        "version": read["Version"],
        "licence": read["License-Expression"] or read["License"],
        "author": read["Author"],
    }


def citation() -> str:
    """Return how to cite this version, as `CITATION.cff` says."""
    return say("about.version.citation", **about_this())


@solara.component
def Page() -> None:
    """Show the whole page."""
    with parts.Html("div", classes=("k-about",)):
        parts.Heading(1, say("about.title"))
        parts.Text(say("about.lead"), classes=("k-learn-lead",))
        with parts.Html("div", classes=("k-columns",)):
            _reasons("trust")
            _reasons("doubt")
        _rules()
        with parts.Section(say("about.limits.title")), parts.Html("ul", classes=("k-prose",)):
            for name in LIMITS:
                parts.Html("li", text=say(f"about.limits.{name}"))
        with parts.Section(say("about.privacy.title")):
            parts.Text(say("about.privacy.text"), classes=("k-prose",))
            parts.Text(say("about.privacy.network"), classes=("k-prose",))
        with parts.Section(say("about.version.title")):
            this = about_this()
            parts.Text(say("about.version.version", version=this["version"]))
            parts.Text(say("about.version.licence", licence=this["licence"]))
            parts.Text(say("about.version.cite", citation=citation()), classes=("k-prose",))
            parts.Text(say("about.version.also"), classes=("k-prose",))


def _reasons(side: str) -> None:
    """Show five reasons, to trust it or not to."""
    with parts.Html("section", classes=("k-card", f"k-about-{side}")):
        parts.Heading(2, say(f"about.{side}.title"))
        with parts.Html("ol"):
            for name in REASONS:
                parts.Html("li", text=say(f"about.{side}.{name}", **counted()))


def _rules() -> None:
    """Show the steps of a month, each in one sentence with its source."""
    names = month()
    with parts.Section(say("about.rules.title")):
        rows = [[f"{n} · {title}", *rest] for n, (title, *rest) in enumerate(map(rule, names), 1)]
        columns = [say(f"about.rules.{part}") for part in ("name", "says", "source")]
        parts.Table(say("about.rules.lead", count=len(names)), columns, rows)
        parts.Text(say("about.sources"), classes=("k-hint",))
