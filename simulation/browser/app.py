"""The page: its routes, the frame around each of them, and a session for every visitor."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import solara

from simulation.browser import app_state, parts
from simulation.browser.words import say

HERE = Path(__file__).parent
PAGES = ("play", "compare", "story", "explore", "learn", "about")
"""The pages, in the order of the navigation; each is a package with `page.py`."""


def _shown(name: str, module: str) -> Callable[[], None]:
    """Return the component that shows a page; its code is read when it is opened."""

    @solara.component
    def Shown() -> None:
        problem, _ = solara.use_exception()
        if problem is not None:
            parts.Heading(1, say("site.broken"))
            parts.Notice(say("site.failed", problem=" ".join(str(problem).split())), "error")
            return
        Opened()

    @solara.component
    def Opened() -> None:
        parts.Title(say("site.title", page=say(f"site.{name}")))
        import_module(module).Page()

    return cast(Callable[[], None], Shown)


def styles() -> str:
    """Return the styles of the pages, each from its own folder."""
    files = sorted(file for page in PAGES for file in (HERE / page).glob("*.css"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@solara.component
def Layout(children: Any = ()) -> None:
    """Show the header with the navigation, the page, and the foot; hand down the session."""
    from simulation.browser.session.session import Session

    session = solara.use_memo(lambda: Session(app_state.settings().scenario), [])
    app_state.provide(session)
    route, _ = solara.use_route(peek=True)
    style = solara.use_memo(styles, [])
    here = (route.path if route else "") or ""
    parts.Html("style", text=style)
    with parts.Html("div", classes=("k-page",)):
        parts.Html("a", text=say("site.skip"), classes=("k-skip",), attributes={"href": "#k-main"})
        with parts.Html("header", classes=("k-header",)):
            with solara.Link("/"):
                parts.Html("span", text=say("site.name"), classes=("k-name",))
            _navigation(here)
        with parts.Html("main", attributes={"id": "k-main", "tabindex": "-1"}):
            solara.Column(children=list(children), gap="0")
        with parts.Html("footer", classes=("k-foot",)):
            parts.Html("p", text=say("site.foot"))


def _navigation(here: str) -> None:
    with (
        parts.Html("nav", attributes={"aria-label": say("site.nav")}),
        parts.Html("ul", classes=("k-nav",)),
    ):
        for name in PAGES:
            current = here == name or (here in ("", "/") and name == "play")
            with (
                parts.Html("li", classes=("k-here",) if current else ()),
                solara.Link(f"/{name}"),
            ):
                parts.Html(
                    "span",
                    text=say(f"site.{name}"),
                    attributes={"aria-current": "page"} if current else {},
                )


MODULES = {
    **{name: f"simulation.browser.{name}.page" for name in PAGES},
    "kit": "simulation.browser.learn.kit_page",
}
"""Where each page is written."""

routes = [
    solara.Route("/", component=_shown("play", MODULES["play"]), layout=Layout),
    *(solara.Route(name, component=_shown(name, module)) for name, module in MODULES.items()),
]
