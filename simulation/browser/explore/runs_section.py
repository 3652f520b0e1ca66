"""The section of all runs: dots and a table, in which each run opens in Play."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import solara
from scipy.stats import spearmanr

from experiments.judge import Outcome
from experiments.report import findings
from experiments.report.material import Study, Varied
from simulation.browser import parts
from simulation.browser.app_state import settings, visitor
from simulation.browser.explore import telling
from simulation.browser.explore.data import ALL, ARM, Held, told_outcomes
from simulation.browser.explore.drawing import DotsView, cell_words
from simulation.browser.explore.heat import heat_map
from simulation.browser.explore.look import Look, View
from simulation.browser.explore.map_section import laid_over
from simulation.browser.explore.opening import course_of
from simulation.browser.explore.scatter import Dots, choices, dots
from simulation.browser.session.session import Session
from simulation.browser.session.share import to_query
from simulation.browser.words import say
from simulation.errors import InputError

ON_A_PAGE = 25
"""Runs on a page of the table."""

LEAST_FOR_LINK = 10
"""With fewer runs nothing is said of how the two go together."""

CLEAR = 0.3
"""Rank correlation from which on a link is called one."""


@solara.component
def Runs(look: Look, held: Held, outcome: Outcome) -> None:
    """Show every run as a dot and as a row of a table."""
    view, study = look.view.value, held.study
    router, session = solara.use_router(), visitor()
    problem, set_problem = solara.use_state("")
    options = solara.use_memo(lambda: choices(study, told_outcomes(study)), [held])
    x, y = axes_of(study, options, outcome, view)
    over = laid_over(held, outcome, view)
    picked = solara.use_memo(
        lambda: picked_study(study, over, view), [held, outcome, view.picked, view.arm, x, y]
    )
    shown = solara.use_memo(
        lambda: dots(picked, x, y, view.arm), [held, outcome, view.picked, view.arm, x, y]
    )

    def open_run(n: int) -> None:
        set_problem(open_in_play(session, study, shown.table.iloc[n], router.push) or "")

    with parts.Section(say("explore.every")):
        parts.Text(say("explore.every_lead"), classes=("k-prose",))
        with parts.Html("div", classes=("x-form",)):
            parts.Select(
                say("explore.across"), options, x, lambda name: look.change(x=name, page=0)
            )
            parts.Select(
                say("explore.upward"), options, y, lambda name: look.change(y=name, page=0)
            )
        with parts.Html("div"):
            if view.picked is not None and over is not None:
                _only(look, held, outcome, over)
            if problem:
                parts.Notice(problem, "error")
        if not len(shown.table):
            parts.Text(say("explore.dots_none"))
            return
        DotsView(shown, study.arms, label_of(shown), open_run)
        for line in lacking(shown):
            parts.Text(line, classes=("k-hint",))
        with parts.Disclosure(say("explore.dots_table")):
            RunTable(look, study, shown, open_run)


def axes_of(
    study: Study, options: list[tuple[str, str]], outcome: Outcome, view: View
) -> tuple[str, str]:
    """Return what the dots show: as chosen, or else an amount over the first factor."""
    names = [name for name, _ in options]
    amount = outcome if outcome.kind == "mean" else study.primary or outcome
    x = view.x if view.x in names else names[0]
    y = view.y if view.y in names else f"outcome:{amount.name}"
    return x, y


def picked_study(study: Study, over: tuple[Varied, Varied | None] | None, view: View) -> Study:
    """Return the study with the runs of the picked box alone; all where none is picked."""
    if view.picked is None or over is None:
        return study
    table = study.done if view.arm == ALL else study.done[study.done[ARM] == view.arm]
    keep = pd.Series(True, index=table.index)
    for factor, level in zip(over, reversed(view.picked), strict=True):
        if factor is None:
            continue
        own = study.done[ARM] if factor.name == ARM else findings.leveled(table, factor)
        keep &= own.reindex(table.index) == level
    return replace(study, table=table[keep])


def _only(look: Look, held: Held, outcome: Outcome, over: tuple[Varied, Varied | None]) -> None:
    """Say that only the runs of one box are shown, with a way back."""
    view = look.view.value
    shown = heat_map(held.even or held.study, outcome, over[0], over[1], view.arm)
    told = [
        cell_words(shown, row, column, cell)
        for row, column, cell in shown.known()
        if view.picked == (row, column)
    ]
    with parts.Html("div", classes=("k-row",)):
        parts.Notice(say("explore.only_cell", cell="".join(told[:1])))
        parts.Button(say("explore.all_again"), lambda: look.change(picked=None, page=0))


def label_of(shown: Dots) -> str:
    """Return what is to be seen in the dots, in words."""
    return say(
        "explore.dots_label", up=shown.up.label, across=shown.across.label, n=len(shown.table),
        correlation=link(shown),
    )  # fmt: skip


def link(shown: Dots) -> str:
    """Return how the two go together; "" where there are too few runs to say."""
    different = [len({float(p) for p in s.places}) > 1 for s in (shown.across, shown.up)]
    if len(shown.table) < LEAST_FOR_LINK or not all(different):
        return ""
    r = float(spearmanr(shown.across.places, shown.up.places).statistic)
    word = "flat" if abs(r) < CLEAR else "rising" if r > 0 else "falling"
    return say(f"explore.{word}", r=f"{r:.1f}".replace("-", "−"))


def lacking(shown: Dots) -> list[str]:
    """Return which runs are not drawn, in words."""
    said = [say("explore.dots_more", n=f"{shown.left_out:,}")] if shown.left_out else []
    return [*said, *([say("explore.dots_untold", n=shown.untold)] if shown.untold else [])]


@solara.component
def RunTable(look: Look, study: Study, shown: Dots, on_open: Callable[[int], None]) -> None:
    """Show the runs as a table, a page at a time, each with a button that opens it in Play."""
    total = len(shown.table)
    page = min(look.view.value.page, (total - 1) // ON_A_PAGE)
    first = page * ON_A_PAGE
    last = min(first + ON_A_PAGE, total)
    arms = len(study.arms) > 1
    heads = [say("explore.run_head"), *([telling.capital(say("explore.arm"))] if arms else [])]
    parts.Table(
        say("explore.page", first=first + 1, last=last, n=total),
        [*heads, shown.across.label, shown.up.label, say("explore.open_run")],
        [_row(shown, n, arms=arms) for n in range(first, last)],
        on_act=lambda n: on_open(int(n)),
    )
    if total > ON_A_PAGE:
        with parts.Html("div", classes=("k-row",)):
            parts.Button(
                say("explore.earlier"), lambda: look.change(page=page - 1), disabled=page == 0
            )
            parts.Button(
                say("explore.later"), lambda: look.change(page=page + 1), disabled=last == total
            )


def _row(shown: Dots, n: int, *, arms: bool) -> list[object]:
    row = shown.table.iloc[n]
    name = say("explore.run_name", point=int(row["point"]) + 1, replicate=int(row["replicate"]) + 1)
    button = {
        "label": say("explore.open_run"),
        "name": say("explore.open_run_name", name=f"{name} {row[ARM]}".strip()),
        "action": n,
    }
    arm = [telling.capital(str(row[ARM]))] if arms else []
    return [name, *arm, shown.across.words[n], shown.up.words[n], button]


def open_in_play(
    session: Session, study: Study, row: pd.Series, push: Callable[[str], None]
) -> str | None:
    """Open a run in Play; return what stands against it, in words, or None.

    Args:
        session: the session of the visitor.
        study: the plan that it is a run of.
        row: its row of the table of outcomes.
        push: goes to another page.
    """
    if study.left and not settings().local:
        return say("explore.private")
    try:
        course = course_of(study, int(row["point"]), str(row[ARM]), int(row["replicate"]))
        session.open(course)
    except InputError as problem:
        return say("explore.cannot_open", problem=problem.line())
    try:
        push(f"/play?{to_query(course)}")
    except InputError:  # no link can say it: the visitor's own session knows it
        push("/play")
    return None
