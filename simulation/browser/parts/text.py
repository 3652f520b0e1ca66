"""Text and frames: headings, notices, tables, sections, things that open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import solara
from reacton import ipyvuetify as vuetify

from simulation.browser.words import say


def Html(
    tag: str,
    children: Sequence[Any] = (),
    *,
    text: str = "",
    classes: Sequence[str] = (),
    attributes: dict[str, Any] | None = None,
) -> Any:
    """Show one HTML element, which others may fill as a `with` block; text is shown as it is."""
    content = [text] if text else list(children)
    return vuetify.Html(
        tag=tag, children=content, class_=" ".join(classes), attributes=attributes or {}
    )


def Heading(level: int, text: str, *, id: str = "") -> Any:
    """Show a heading of level 1 to 6."""
    return Html(f"h{level}", text=text, attributes={"id": id} if id else {})


def Text(text: str, *, classes: Sequence[str] = ()) -> Any:
    """Show a paragraph."""
    return Html("p", text=text, classes=classes)


def Link(label: str, href: str, *, classes: Sequence[str] = ()) -> Any:
    """Show a link; within the page it changes what is shown without loading anew."""
    if href.startswith("/"):
        with solara.Link(href) as link:
            Html("span", text=label, classes=("k-link", *classes))
        return link
    return Html("a", text=label, classes=classes, attributes={"href": href})


def Notice(text: str, kind: str = "info") -> Any:
    """Show a notice that is also read aloud; kind "info", "good" or "error"."""
    role = "alert" if kind == "error" else "status"
    return Html("div", text=text, classes=("k-notice", f"k-{kind}"), attributes={"role": role})


@solara.component_vue("vue/notice.vue", vuetify=False)
def _answer(text: str, kind: str) -> None: ...


def Answer(text: str, kind: str = "info") -> Any:
    """Show a notice just where something was asked for, and bring it into sight."""
    return _answer(text=text, kind=kind)


def Section(title: str, children: Sequence[Any] = (), *, level: int = 2) -> Any:
    """Show a section under a heading; a `with` block fills it."""
    with Html("section", children, classes=("k-section",)) as section:
        Heading(level, title)
    return section


def Region(name: str, *, classes: Sequence[str] = ()) -> Any:
    """Show a named part of the page; a `with` block fills it."""
    return Html("div", classes=classes, attributes={"role": "region", "aria-label": name})


@solara.component_vue("vue/disclosure.vue", vuetify=False)
def _disclosure(summary: str, children: Any = (), shown: bool = False) -> None: ...


def Disclosure(summary: str, children: Sequence[Any] = (), *, open: bool = False) -> Any:
    """Show a line that opens what a `with` block, or `children`, puts under it."""
    return _disclosure(summary=summary, children=list(children), shown=open)


@solara.component_vue("vue/dialog.vue", vuetify=False)
def _dialog(
    title: str,
    shown: bool,
    close_word: str,
    children: Any = (),
    event_shut: Callable[[Any], None] | None = None,
) -> None: ...


def Dialog(
    title: str, open: bool, on_close: Callable[[], object], children: Sequence[Any] = ()
) -> Any:
    """Show a window over the page while `open`; Escape and its button close it."""
    return _dialog(
        title=title,
        shown=open,
        close_word=say("parts.close"),
        children=list(children),
        event_shut=lambda _: on_close(),
    )


@solara.component_vue("vue/table.vue", vuetify=False)
def _table(
    caption: str,
    columns: list[str],
    rows: list[list[Any]],
    event_act: Callable[[Any], None] | None = None,
) -> None: ...


def Table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    on_act: Callable[[Any], object] | None = None,
) -> Any:
    """Show a table; the first cell of a row is its name.

    A cell `{"label": …, "action": …, "name": …}` is a button that calls `on_act(action)`.
    """
    return _table(
        caption=caption,
        columns=list(columns),
        rows=[list(row) for row in rows],
        event_act=(lambda action: on_act(action)) if on_act else None,
    )


def Progress(label: str, done: int, total: int) -> Any:
    """Show how far some work has got."""
    attributes = {"value": done, "max": max(total, 1), "aria-label": label}
    with Html("div", classes=("k-progress",)) as shown:
        Html("span", text=label)
        Html("progress", attributes=attributes)
        Html("span", text=say("parts.progress", done=done, total=total))
    return shown


@solara.component_vue("vue/title.vue", vuetify=False)
def _title(title: str) -> None: ...


def Title(title: str) -> Any:
    """Set the title of the browser's window."""
    return _title(title=title)
