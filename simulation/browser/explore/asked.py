"""What was asked: the plan, its question, how many runs there are, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator

import solara

from experiments.judge import Outcome
from simulation.browser import parts
from simulation.browser.explore import telling
from simulation.browser.explore.data import ALL, Held, told_outcomes
from simulation.browser.explore.look import Look
from simulation.browser.words import say


@solara.component
def Asked(look: Look, held: Held) -> None:
    """Show what was asked and how far it is answered."""
    plan = held.study.plan
    with parts.Section(say("explore.asked")):
        parts.Heading(3, plan.title or say("explore.untitled"))
        if plan.question:
            parts.Text(plan.question, classes=("k-prose",))
        with parts.Html("ul", classes=("x-facts",)):
            for fact in facts(held):
                parts.Html("li", text=fact)
        for line in warnings(held):
            parts.Notice(line)
        if len(held.plans) > 1:
            parts.Select(
                say("explore.plan"), held.plans, plan.id, lambda name: look.open(held.path, name),
                disabled=bool(look.busy.value),
            )  # fmt: skip


def facts(held: Held) -> Iterator[str]:
    """Yield how much there is."""
    study = held.study
    yield say("explore.facts_runs", n=held.runs)
    yield say("explore.facts_points", n=held.points)
    yield say("explore.facts_draws", n=study.plan.replicates)
    if len(study.arms) > 1:
        names = ", ".join(study.arms)
        yield say("explore.facts_arms", n=len(study.arms), names=names)
    if any(cell.without is not None for cell in study.cells):
        yield say("explore.facts_pairs")


def warnings(held: Held) -> Iterator[str]:
    """Yield what is lacking or left out."""
    study = held.study
    if held.runs < held.wanted:
        yield say("explore.unfinished", have=held.runs, wanted=held.wanted)
    if held.failed:
        yield say("explore.failures", n=held.failed)
    for line in study.left:
        yield say("explore.left_out", line=line)
    if study.hidden:
        names = ", ".join(study.outcomes[name].label for name in study.hidden)
        yield say("explore.hidden", names=names)


@solara.component
def Choose(look: Look, held: Held, outcome: Outcome) -> None:
    """Show what can be looked at: an outcome, and one way it is done or all of them."""
    study, view = held.study, look.view.value
    with parts.Html("div", classes=("x-form",)):
        parts.Select(
            say("explore.outcome"),
            [(o.name, telling.capital(o.label)) for o in told_outcomes(study)],
            outcome.name,
            lambda name: look.change(outcome=name, y="", picked=None),
        )
        if len(study.arms) > 1:
            arms = [(ALL, say("explore.all_arms")), *((a, telling.capital(a)) for a in study.arms)]
            parts.Select(
                say("explore.which_arm"), arms, view.arm,
                lambda arm: look.change(arm=arm, picked=None, page=0),
            )  # fmt: skip
