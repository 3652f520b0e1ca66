"""`kindling import`: a community's own data, made into a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.cli import options, output

if TYPE_CHECKING:
    from rich.table import Table

    from scenarios.importing import Report

Tabular = Path | None


def import_(
    out: Annotated[Path, typer.Option(help="Folder to write; it will hold the scenario.")],
    people: Annotated[Tabular, typer.Option(help="CSV: residents.")] = None,
    ties: Annotated[
        Tabular, typer.Option(help="CSV: who listens to whom, or who took part in what.")
    ] = None,
    institutions: Annotated[Tabular, typer.Option(help="CSV: organisations.")] = None,
    partners: Annotated[
        Tabular, typer.Option(help="CSV: organisations' ratings of each other.")
    ] = None,
    services: Annotated[Tabular, typer.Option(help="CSV: residents' ties to institutions.")] = None,
    graph: Annotated[Tabular, typer.Option(help="GraphML file, in place of tables.")] = None,
    nodes: Annotated[
        str, typer.Option(help="What the graph's nodes are: people or institutions.")
    ] = "people",
    group: Annotated[str, typer.Option(help="Attribute of the graph's nodes: their group.")] = "",
    weight: Annotated[
        str, typer.Option(help="Attribute of the graph's ties from which trust follows.")
    ] = "",
    ratings: Annotated[str, typer.Option(help="Scale of ratings: 1-4, 0-1 or auto.")] = "auto",
    duplicates: Annotated[
        str, typer.Option(help="Lines that contradict each other: refuse, mean or first.")
    ] = "refuse",
    mutual: Annotated[bool, typer.Option(help="Take ties listed one way both ways.")] = False,
    residents: Annotated[
        int | None, typer.Option(help="Residents to make up where none are given; default 400.")
    ] = None,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Write all names as they are.")
    ] = False,
    keep_institution_names: Annotated[
        bool, typer.Option("--keep-institution-names", help="Write organisations' names.")
    ] = False,
    key: Annotated[
        Path | None, typer.Option(help="Key file; default: beside the folder, <out>-key.csv.")
    ] = None,
    salt: Annotated[
        str | None, typer.Option(help="Secret for the pseudonyms; default: a random one.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the scenario.")] = None,
    json: options.Json = False,
    force: options.Force = False,
) -> None:
    """Make a scenario from data about a community; names become pseudonyms.

    Start from residents and their ties, from organisations and how they rate each other (PARTNER
    survey), or from both. Everything is checked first; nothing is written where anything is wrong.
    """
    from scenarios.importing import import_community

    report = import_community(
        people,
        ties,
        institutions,
        partners,
        services,
        out=out,
        graph=graph,
        nodes=nodes,
        group=group,
        weight=weight,
        ratings=ratings,
        duplicates=duplicates,
        mutual=mutual,
        residents=residents,
        keep_names=keep_names,
        keep_institution_names=keep_institution_names,
        key=key,
        salt=salt,
        title=title,
        force=force,
    )
    if json:
        output.print_json(report.data())
        return
    _show(report, out)


def _show(report: Report, out: Path) -> None:
    """Print the facts, what to take care of, and where everything is."""
    from scenarios.importing.report import TITLES

    for name, heading in (("people", "people"), ("partners", "organisations")):
        if report.facts[name]:
            output.out().print(_facts(report.facts[name], heading))
    for section, title in TITLES.items():
        if section != "read" and (sentences := report.sentences(section, private=True)):
            output.say(f"{title}:")
            for sentence in sentences:
                output.say(f"  - {sentence}")
    scenario = out / report.scenario.name
    output.say_path("\nReport (what can and cannot be said):", out / "report.md")
    if report.key is not None:
        output.say_path("Key to the names, for you alone:", _from_here(report.key))
    output.say_path("Try it: kindling run", scenario)


def _from_here(path: Path) -> Path:
    """Return a path as seen from the current folder, where it lies below it."""
    here = Path.cwd().resolve()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _facts(network: dict[str, Any], heading: str) -> Table:
    """Return the facts about one network as a table."""
    from rich.text import Text

    from scenarios.importing.report import NETWORK, shown
    from simulation.cli.tables import table

    made = table([heading, str(network["nodes"])], right=[1])
    if len(network["groups"]) > 1:
        for name, size in network["groups"].items():
            made.add_row(Text(f"in {name}"), str(size))
    for key, words in NETWORK.items():
        made.add_row(words, shown(network[key]))
    return made
