"""Where the runs come from: a folder that is opened, or a small sweep that is run here."""

from __future__ import annotations

from pathlib import Path

import solara

from experiments.designs import Design, DesignCheck, load_design, shipped_designs
from experiments.summary import number
from simulation.browser import parts
from simulation.browser.app_state import settings
from simulation.browser.explore.look import Look
from simulation.browser.explore.small import CAPS, REPLICATES, small
from simulation.browser.explore.sweeping import State
from simulation.browser.words import say

FIRST = "first-sweep"
FEWEST_DRAWS = 3
MOST_OF_A_UNIT = 90
"""Seconds are told up to so many, and minutes."""


@solara.component
def Source(look: Look, level: int) -> None:
    """Show both ways to have runs under headings of a level, the small sweep first."""
    SmallForm(look, level)
    parts.Heading(level, say("explore.open_title"))
    if settings().local:
        OpenForm(look)
    else:
        parts.Text(say("explore.not_local"))


@solara.component
def OpenForm(look: Look) -> None:
    """Show the field for the folder of a store."""
    path, set_path = solara.use_state("")

    def go() -> None:
        if not path.strip():
            look.problem.value = say("explore.open_empty")
            return
        look.open(Path(path.strip()).expanduser())

    with parts.Html("div", classes=("x-form",)):
        parts.TextField(
            say("explore.open_label"), path, set_path, about=say("explore.open_about"), live=True
        )
        with parts.Html("div", classes=("k-field",)):
            parts.Button(say("explore.open_button"), go, disabled=bool(look.busy.value))


@solara.component
def SmallForm(look: Look, level: int) -> None:
    """Show the choices of a small sweep; it starts once it has been said how long it takes."""
    designs = solara.use_memo(shipped_designs, [])
    name, set_name = solara.use_state(FIRST)
    replicates, set_replicates = solara.use_state(FEWEST_DRAWS)
    most, set_most = solara.use_state(CAPS[1])
    folder, set_folder = solara.use_state("")
    asked = (name, replicates, most, folder)
    checked_for, set_checked_for = solara.use_state(asked)
    store = Path(folder.strip()).expanduser() if folder.strip() else None
    busy = bool(look.busy.value) or bool(look.state.value and not look.state.value.over)

    def ask() -> None:
        set_checked_for(asked)
        look.ask(lambda: small(load_design(name), replicates, most), store)

    parts.Heading(level, say("explore.small_title"))
    parts.Text(say("explore.small_lead"), classes=("k-prose",))
    with parts.Html("div", classes=("x-form",)):
        parts.Select(
            say("explore.design"), [(n, d.title) for n, d in designs.items()], name, set_name
        )
        parts.Select(
            say("explore.replicates"), [(n, str(n)) for n in REPLICATES], replicates, set_replicates
        )
        options = [(n, say("explore.most_option", n=n)) for n in CAPS]
        parts.Select(say("explore.most"), options, most, set_most)
        if settings().local:
            parts.TextField(
                say("explore.folder"), folder, set_folder, about=say("explore.folder_about")
            )
    parts.Text(designs[name].question, classes=("k-hint",))
    if replicates < FEWEST_DRAWS:
        parts.Text(say("explore.few_draws"), classes=("k-hint",))
    found = look.check.value
    fresh = found is not None and checked_for == asked
    if found is not None:
        parts.Notice(effort(found[0], found[1]) if fresh else say("explore.check_again"))
    with parts.Html("div", classes=("k-row",)):
        parts.Button(say("explore.check"), ask, disabled=busy, kind="plain" if fresh else "main")
        if found is not None and fresh and not found[1].failed:
            parts.Button(
                say("explore.start"), lambda: look.clicks.do(lambda: look.start(found[0], store)),
                kind="main", disabled=busy,
            )  # fmt: skip


def effort(design: Design, found: DesignCheck) -> str:
    """Return what a small sweep takes, in one or two sentences."""
    if found.failed:
        return say("explore.failed_check", problem=found.failed)
    if not found.todo:
        return say("explore.will_none")
    runs = say("explore.runs", n=found.todo)
    if found.seconds is None:
        return say("explore.will_take_untimed", runs=runs, points=found.points)
    low, high = found.seconds
    return say("explore.will_take", runs=runs, points=found.points, time=span(low, high))


def span(low: float, high: float) -> str:
    """Return between which times something lies."""
    unit, size = "seconds", 1.0
    if high >= MOST_OF_A_UNIT:
        unit, size = "minutes", 60.0
    if high >= MOST_OF_A_UNIT * 60:
        unit, size = "hours", 3600.0
    ends = [number(float(f"{end / size:.2g}"), digits=0 if end / size >= 1 else 1) for end in
            (low, high)]  # fmt: skip
    return say(f"explore.{unit}", low=ends[0], high=ends[1])


@solara.component
def Sweep(look: Look) -> None:
    """Show how far the small sweep is, with a button that stops it."""
    state = look.state.value
    if state is None:
        return
    if state.over:
        parts.Notice(outcome(state), "error" if state.stage == "failed" else "good")
        return
    with parts.Region(say("explore.progress"), classes=("k-card",)):
        parts.Progress(say("explore.progress"), state.done, state.total)
        parts.Text(under_way(state))
        with parts.Html("div", classes=("k-row",)):
            parts.Button(
                say("explore.stop"), lambda: look.clicks.do(look.stop), kind="danger",
                disabled=state.stage == "stopping",
            )  # fmt: skip
            if state.done:
                parts.Button(
                    say("explore.so_far"), look.show_so_far, disabled=bool(look.busy.value)
                )


def under_way(state: State) -> str:
    """Return what a sweep is doing now."""
    if state.stage != "running":
        return say(f"explore.{state.stage}")
    if state.left is None:
        return say("explore.running_untimed")
    minutes = state.left >= 90
    n = max(round(state.left / (60 if minutes else 1)), 1)
    return say(
        "explore.running", time=say(f"explore.left_{'minutes' if minutes else 'seconds'}", n=n)
    )


def outcome(state: State) -> str:
    """Return how a sweep ended."""
    if state.stage == "failed":
        return say("explore.failed", problem=state.text or say("explore.failed_unknown"))
    if state.stage == "done":
        return say("explore.done", n=state.total)
    if not state.done:
        return say("explore.stopped_none")
    return say("explore.stopped", done=state.done, total=state.total)
