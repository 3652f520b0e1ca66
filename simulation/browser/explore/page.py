"""Explore: many runs as a map, as a ranking of what matters, and as dots that open in Play."""

from __future__ import annotations

import solara
from solara.server import kernel_context

from simulation.browser import parts
from simulation.browser.app_state import visitor
from simulation.browser.explore.asked import Asked, Choose
from simulation.browser.explore.data import Held, told_outcomes
from simulation.browser.explore.look import Look
from simulation.browser.explore.map_section import Map
from simulation.browser.explore.matters import Matters
from simulation.browser.explore.runs_section import Runs
from simulation.browser.explore.source import Source, Sweep
from simulation.browser.words import say


def look_of(session: object) -> Look:
    """Return what a visitor has open on Explore: it stays while they look at other pages.

    It ends with the visitor: a sweep that is under way is stopped then.
    """
    own = vars(session)
    if "explore" not in own:
        look = own["explore"] = Look()
        if kernel_context.has_current_context():
            kernel_context.get_current_context().on_close(look.close)
    found: Look = own["explore"]
    return found


@solara.component
def Page() -> None:
    """Show the page."""
    look = look_of(visitor())
    solara.use_effect(look.begin, [])
    held = look.held.value
    parts.Heading(1, say("explore.title"))
    parts.Text(say("explore.lead"), classes=("k-prose",))
    if held is None:
        with parts.Section(say("explore.source")):
            Source(look, 3)
    else:
        with parts.Disclosure(say("explore.other_source")):
            Source(look, 2)
    with parts.Html("div"):
        if look.busy.value:
            parts.Notice(look.busy.value)
        if look.problem.value:
            parts.Notice(look.problem.value, "error")
    with parts.Html("div"):
        Sweep(look)
    if held is not None:
        Shown(look, held)


@solara.component
def Shown(look: Look, held: Held) -> None:
    """Show a store: what was asked, and what its runs say."""
    Asked(look, held)
    known = solara.use_memo(lambda: told_outcomes(held.study), [held])
    if not known:
        parts.Notice(say("explore.nothing"))
        return
    name = look.view.value.outcome
    outcome = next((o for o in known if o.name == name), known[0])
    Choose(look, held, outcome)
    Map(look, held, outcome)
    Matters(look, held, outcome)
    Runs(look, held, outcome)
