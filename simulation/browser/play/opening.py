"""Opening: what is made only when somebody opens it, for there is much that nobody opens."""

from __future__ import annotations

from collections.abc import Callable

import solara

from simulation.browser import parts


@solara.component
def Opening(label: str, inside: Callable[[], None]) -> None:
    """Show a button that opens what lies under it; `inside` draws it, from the first opening on."""
    shown, set_shown = solara.use_state(False)
    with parts.Html("div", classes=("k-opening",)):
        parts.Button(label, lambda: set_shown(not shown), kind="quiet", expanded=shown)
        if shown:
            with parts.Html("div", classes=("k-opened",)):
                inside()
