"""`kindling list` and `kindling describe`: what scenarios there are, and what they are about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output
from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.specification import Specification


FOLDERS = {
    "": "To begin with",
    "headline": "The headline questions, in pairs",
    "communities": "After real places",
    "allocation": "One sum of money, six policies",
    "published": "Published models and patterns, as settings (see kindling validate)",
}
"""What a folder of scenarios holds, in the order of the list."""

Folder = Annotated[
    str | None, typer.Argument(help="Only the scenarios of this folder, such as published.")
]


def list_(folder: Folder = None, json: options.Json = False) -> None:
    """List the scenarios that come along, folder by folder.

    Those of published/ are many and are listed by name only; name the folder to see their titles.
    """
    import scenarios

    names = [n for n in scenarios.names() if folder is None or _folder_of(n) == folder]
    if not names:
        raise InputError(
            "no scenarios in this folder",
            key="FOLDER",
            found=folder,
            allowed=", ".join(sorted({_folder_of(n) for n in scenarios.names()} - {""})),
        )
    if json:
        output.print_json([_entry(name) for name in names])
        return
    by_folder: dict[str, list[str]] = {name: [] for name in FOLDERS}
    for name in names:
        by_folder.setdefault(_folder_of(name), []).append(name)
    for own, members in by_folder.items():
        if members:
            _show_folder(own, members, brief=own == "published" and folder is None)
    output.say("More about one of them: kindling describe NAME")


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]


def _entry(name: str) -> dict[str, Any]:
    import scenarios

    s = scenarios.load(name)
    return {"name": name, "title": s.title, "question": s.question, "answers": list(s.answers)}


def _show_folder(folder: str, names: list[str], *, brief: bool) -> None:
    """Print the scenarios of one folder: names and titles, or names alone."""
    from rich.text import Text

    import scenarios
    from simulation.cli.tables import table

    heading = FOLDERS.get(folder, folder)
    if brief:
        output.say(f"{heading}:")
        output.say("  " + ", ".join(name.rpartition("/")[2] for name in names))
        output.say("  Their titles: kindling list published\n")
        return
    made = table([heading, ""])
    made.columns[0].no_wrap = True  # a name is there to be copied
    made.columns[0].min_width = max(map(len, names))
    for name in names:
        made.add_row(Text(name), Text(scenarios.load(name).title))
    output.out().print(made)


LAID = {
    "moore": "to the eight cells around them on a grid",
    "von_neumann": "to the four cells around them on a grid",
    "ring": "to their neighbours on a ring",
    "random": "at random",
    "small_world": "as a small world",
    "scale_free": "as a scale-free network",
    "blocks": "by group",
    "geometric": "to those who live near",
    "complete": "everyone with everyone",
    "file": "as a file lists them",
}
"""How people are tied, in words."""


def describe(scenario: options.Scenario, json: options.Json = False) -> None:
    """Say what a scenario is about: who is there, what happens, and where its facts come from."""
    import scenarios

    specification = scenarios.load(scenario)
    if json:
        output.print_json(scenarios.portable(specification))
        return
    s = specification
    for text in (s.title, s.question, s.about):
        if text:
            output.say(" ".join(text.split()))
            output.say()
    people = ", ".join(f"{g.name} {g.size}" for g in s.groups)
    output.say(f"People: {s.size} ({people}), tied {LAID[s.ties.kind]}")
    if s.files():
        named = scenarios.file_names(s)
        output.say("Files: " + ", ".join(f"{named[table]} ({table})" for table in s.files()))
    if s.institutions:
        output.say(f"Institutions: {_institutions(specification)}")
    if connectors := sum(team.count for team in s.connectors):
        output.say(f"Connectors: {connectors}")
    output.say(f"Time: {s.months} months after {s.spin_up} months of settling; seed {s.seed}")
    _events(specification)
    _changed(specification)
    _sources(specification)


MOST_NAMED = 12
"""Institutions that are named one by one; more are counted by sector."""


def _institutions(s: Specification) -> str:
    """Return the institutions with their sectors, or how many there are of each sector."""
    if len(s.institutions) <= MOST_NAMED:
        return ", ".join(f"{i.name} ({i.sector.replace('_', ' ')})" for i in s.institutions)
    sectors = Counter(i.sector.replace("_", " ") for i in s.institutions)
    counts = ", ".join(f"{count} {sector}" for sector, count in sectors.most_common())
    return f"{len(s.institutions)} ({counts})"


def _events(specification: Specification) -> None:
    """Print the timeline."""
    if not specification.events:
        output.say("Nothing happens to it from outside.")
        return
    from rich.text import Text

    from simulation.cli.tables import table

    made = table(["event", "what", "months", "", "told as"])
    for event in sorted(specification.events, key=lambda e: (e.first, e.id)):
        span = f"{event.first}–{event.last}" if event.last > event.first else str(event.first)
        chosen = "intervention" if event.intervention else "incident"
        kind = event.kind.replace("_", " ")
        made.add_row(Text(event.id), kind, span, chosen, Text(event.title))
    output.out().print(made)


def _changed(specification: Specification) -> None:
    """Print the parameters that differ from their defaults."""
    from rich.text import Text

    from simulation.cli.tables import table
    from simulation.parameters import all_parameters

    made = table(["parameter", "here", "default", "meaning"], right=[1, 2])
    for info in all_parameters():
        group, name = info.key.split(".")
        value = getattr(getattr(specification.parameters, group), name)
        if value != info.default:
            cells = (info.key, _short(value), _short(info.default), info.meaning)
            made.add_row(*(Text(cell) for cell in cells))
    if made.row_count:
        output.out().print(made)
    else:
        output.say("All parameters have their defaults.")


def _sources(specification: Specification) -> None:
    if specification.answers:
        output.say(f"Speaks to: {', '.join(specification.answers)}")
    output.say(f"Reviewed: {specification.reviewed}")
    for source in specification.sources:
        output.say(f"Source: {source}")
    for prompt in specification.prompts:
        output.say(f"To ask in a room: {prompt}")


def _short(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 30 else text[:29] + "…"
