"""Starts the page: Solara in production mode, on this machine alone, asking nothing of any other.

Solara reads its settings from the environment when it is imported, so they are set here first: no
telemetry, no banner, no icons from elsewhere, our own style and script, sessions that end an hour
after a visitor has gone.
"""

from __future__ import annotations

import os
import secrets
import socket
import warnings
from collections.abc import Callable
from html import escape
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from simulation.errors import InputError

NEEDED = ("solara", "anywidget", "solara_assets")
INSTALL = "install them: python -m pip install 'kindling-abm[browser]' (in a clone: make browser)"

ENVIRONMENT = {
    "SOLARA_APP": "simulation.browser.app",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_VARIANT": "light",
    "SOLARA_THEME_TITLE": "Kindling",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_ASSETS_EXTRA_LOCATIONS": "simulation.browser.assets",
    "SOLARA_ASSETS_PROXY": "true",
    "SOLARA_KERNEL_CULL_TIMEOUT": "1h",
    "SOLARA_KERNEL_MAX_COUNT": "200",
    "SOLARA_CHECK_HOOKS": "off",
    "MPLBACKEND": "agg",
}


def missing() -> list[str]:
    """Return what the page needs and is not installed here."""
    return [name.replace("_", "-") for name in NEEDED if find_spec(name) is None]


def check_installed() -> None:
    """Refuse to start where what the page needs is not installed.

    Raises:
        InputError: naming what is missing and how to get it.
    """
    if needed := missing():
        raise InputError(f"the page needs {' and '.join(needed)}, not installed here", mend=INSTALL)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the address; port 0 takes any that is free.

    Raises:
        InputError: where the address is none of this machine's or the port is taken.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        taken = socket.socket(family, socket.SOCK_STREAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(
            f"cannot listen there: {reason}",
            key="--host, --port",
            found=f"{host}:{port}",
            mend="another port, or --port 0 for any that is free",
        ) from None
    return taken


def address(listening: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "localhost"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def warm_up() -> None:
    """Read the pages' code and let a month pass, so that the first visitor need not wait for it."""
    from simulation.browser import app_state
    from simulation.browser.app import MODULES
    from simulation.browser.session.session import Session

    for module in MODULES.values():
        import_module(module)
    Session(app_state.settings().scenario).line.upto(1)


LOST = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>body {{ font: 18px/1.5 system-ui, sans-serif; margin: 2rem; color: #222 }}</style>
</head>
<body><nav><ul>{links}</ul></nav><main><h1>{name}</h1><p>{text}</p></main></body>
</html>
"""


def lost_page() -> str:
    """Return the page for an address that is none: it says so and leads to those there are."""
    from simulation.browser.app import PAGES
    from simulation.browser.words import say

    pages = [(page, escape(say(f"site.{page}"))) for page in PAGES]
    links = "".join(f'<li><a href="/{page}">{title}</a></li>' for page, title in pages)
    name, text = escape(say("site.name")), escape(say("site.lost"))
    return LOST.format(name=name, text=text, links=links)


def start(
    *,
    scenario: str | None = None,
    store: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 8765,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until it is stopped.

    Args:
        scenario: shipped name or path that Play opens on; the preset if None.
        store: folder of runs that Explore opens.
        host: address to listen on; others than loopback let the network in.
        port: port to listen on; 0 takes any that is free.
        ready: called with the address once the page can be opened.

    Raises:
        InputError: something is not installed, or the address cannot be had.
    """
    check_installed()
    listening = bind(host, port)
    given = {"SCENARIO": scenario or "", "STORE": store or "", "HOST": host}
    for name, value in given.items():
        os.environ[f"KINDLING_BROWSER_{name}"] = str(value)
    for name, text in ENVIRONMENT.items():
        os.environ[name] = text
    os.environ["SOLARA_SESSION_SECRET_KEY"] = secrets.token_hex(32)

    warm_up()
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    import uvicorn
    from solara.server.starlette import app
    from starlette.requests import Request
    from starlette.responses import HTMLResponse

    def lost(_: Request, __: Exception) -> HTMLResponse:
        return HTMLResponse(lost_page(), status_code=404)

    app.add_exception_handler(404, lost)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if ready is not None and self.started:
                ready(address(listening))

    config = uvicorn.Config(app, log_level="warning", access_log=False, ws_per_message_deflate=True)
    Server(config).run(sockets=[listening])
