"""What the server was started with, and the session of the visitor who is looking.

Settings never change once the server runs. Everything that a visitor changes hangs on their own
`Session`, which Solara keeps apart for each browser tab.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import solara

from simulation.browser.session.base import PRESET

if TYPE_CHECKING:
    from simulation.browser.session.session import Session

SCENARIO_VARIABLE = "KINDLING_BROWSER_SCENARIO"
STORE_VARIABLE = "KINDLING_BROWSER_STORE"
HOST_VARIABLE = "KINDLING_BROWSER_HOST"


@dataclass(frozen=True)
class Settings:
    """What `kindling browser` was asked for.

    Attributes:
        scenario: name or path of the scenario that Play opens on.
        store: folder of runs that Explore opens; None for none.
        host: address that the server listens on.
    """

    scenario: str = PRESET
    store: Path | None = None
    host: str = "127.0.0.1"

    @property
    def local(self) -> bool:
        """Whether only this machine can reach the page."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


@cache
def settings() -> Settings:
    """Return what the server was started with."""
    store = os.environ.get(STORE_VARIABLE)
    return Settings(
        scenario=os.environ.get(SCENARIO_VARIABLE) or PRESET,
        store=Path(store) if store else None,
        host=os.environ.get(HOST_VARIABLE) or Settings.host,
    )


_session: Any = solara.create_context(None)


def provide(session: Session) -> None:
    """Hand a visitor's session to all components below; called once, by the layout."""
    _session.provide(session)


def visitor() -> Session:
    """Return the session of the visitor for whom this component is drawn."""
    session: Session | None = solara.use_context(_session)
    assert session is not None, "the layout provides the session"
    return session
