"""Which scenario is shown: the shipped ones by folder, and another draw of luck."""

from __future__ import annotations

from functools import cache

import solara

import scenarios
from simulation.browser import parts
from simulation.browser.play.desk import Desk
from simulation.browser.words import known, say

TOP = "start"
"""What the folder of the scenarios at the top is called in the catalogue."""
LAST = "published"
"""The folder of many small ones comes last."""


@cache
def folders() -> dict[str, tuple[str, ...]]:
    """Return the names of the shipped scenarios by folder, those at the top first."""
    found: dict[str, list[str]] = {}
    for name in scenarios.names():
        found.setdefault(name.rpartition("/")[0], []).append(name)
    order = sorted(found, key=lambda folder: (folder == LAST, folder != "", not _named(folder)))
    return {folder: tuple(found[folder]) for folder in order}


def _named(folder: str) -> bool:
    return known(f"play.folder.{folder or TOP}")


@cache
def title_of(name: str) -> str:
    """Return the title of a shipped scenario."""
    return scenarios.load(name).title


@solara.component
def Picker(desk: Desk) -> None:
    """Ask for a folder, then for a scenario in it."""
    _ = desk.version.value
    now = desk.course.base.name
    inside = now.rpartition("/")[0]
    folder, set_folder = solara.use_state(inside if inside in folders() else "")
    places = [
        (name, say(f"play.folder.{name or TOP}") if _named(name) else name) for name in folders()
    ]
    parts.Select(say("play.folders"), places, folder, set_folder)
    names = [(name, title_of(name)) for name in folders()[folder]]
    parts.Select(
        say("play.scenario"),
        names,
        now if desk.course.base.shipped else None,
        lambda name: desk.open_soon(name, title_of(name)),
    )
    if desk.working.value:
        parts.Text(desk.working.value, classes=("k-hint",))
    Luck(desk)


@solara.component
def Luck(desk: Desk) -> None:
    """Show which draw of luck this is, and let another one be drawn."""
    _ = desk.version.value
    seed = desk.course.seed
    parts.Text(say("play.luck_about", seed=seed), classes=("k-hint",))
    parts.Button(
        say("play.luck"), lambda: desk.do(lambda: desk.settle({"seed": desk.course.seed + 1}))
    )
