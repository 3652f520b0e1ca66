"""`kindling browser`: the page for a room, served on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from simulation.cli import options, output

Opened = Annotated[
    str | None,
    typer.Option(help="Scenario to open on: a shipped name, or a .toml file; default: demo."),
]
Port = Annotated[
    int, typer.Option(help="Port to listen on; 0 for any that is free.", min=0, max=65535)
]
Host = Annotated[
    str, typer.Option(help="Address to listen on; 0.0.0.0 lets others on the network in.")
]
StoreFolder = Annotated[
    Path | None, typer.Option(help="Store of runs for Explore, made by `kindling sweep`.")
]
Language = Annotated[str, typer.Option(help="Language of the page.")]


def browser(
    scenario: Opened = None,
    port: Port = 8765,
    host: Host = "127.0.0.1",
    store: StoreFolder = None,
    language: Language = "en",
    process: options.OwnProcesses = None,
) -> None:
    """Open Kindling in the browser: play a scenario, change it, compare, explore, learn.

    Works without a network and sends nothing anywhere. Each browser tab has a community of its own.
    """
    options.register_own(process)
    from simulation.browser.server import check_installed, start
    from simulation.browser.words import LANGUAGE_VARIABLE, catalogue

    check_installed()
    catalogue(language)
    os.environ[LANGUAGE_VARIABLE] = language
    if scenario is not None:
        import scenarios

        scenarios.load(scenario)
        if Path(scenario).suffix == ".toml":
            scenario = str(Path(scenario).resolve())
    if store is not None:
        from experiments.store import Store

        Store.open(store)
        store = store.resolve()

    def ready(address: str) -> None:
        from simulation.browser.words import say

        output.say_path(say("site.started", address=address), "")
        local = host in ("localhost", "::1") or host.startswith("127.")
        output.say(say("site.only_here") if local else say("site.open_to_network"))
        output.say(say("site.stop"))

    start(scenario=scenario, store=store, host=host, port=port, ready=ready)
