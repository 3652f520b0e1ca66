"""Files: what visitors give to the page, and what they take away from it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import solara

MOST_BYTES = 8_000_000
"""Largest file that may be given to the page, bytes."""


@solara.component_vue("vue/file.vue", vuetify=False)
def _files(
    label: str,
    accept: str,
    about: str = "",
    multiple: bool = False,
    most: int = MOST_BYTES,
    error: str = "",
    event_files: Callable[[Any], None] | None = None,
) -> None: ...


def FileField(
    label: str,
    accept: str,
    on_files: Callable[[list[tuple[str, bytes | None]]], object],
    *,
    about: str = "",
    multiple: bool = False,
    error: str = "",
) -> Any:
    """Show a field that takes files from the visitor's machine.

    Args:
        label: what to pick.
        accept: endings it takes, such as ".toml,.csv".
        on_files: called with the (name, content) of each; content is None for one that is larger
            than `MOST_BYTES` or cannot be read.
        about: a hint.
        multiple: whether several may be picked at once.
        error: what is wrong with what was picked last; it is read aloud and stands under the field.
    """

    def take(given: Any) -> None:
        files = []
        for file in given:
            data = file.get("data")
            files.append((str(file["name"]), None if data is None else base64.b64decode(data)))
        on_files(files)

    return _files(
        label=label, accept=accept, about=about, multiple=multiple, error=error, event_files=take
    )


@solara.component_vue("vue/download.vue", vuetify=False)
def _download(
    label: str,
    payload: dict[str, Any],
    disabled: bool = False,
    event_make: Callable[[Any], None] | None = None,
) -> None: ...


@solara.component
def Download(
    label: str,
    filename: str,
    make: Callable[[], bytes],
    mime: str = "application/octet-stream",
    disabled: bool = False,
    on_error: Callable[[Exception], object] | None = None,
) -> None:
    """Show a button that makes a file when it is pressed, and gives it to the browser to keep."""
    payload, set_payload = solara.use_state(dict[str, Any](n=0))

    def give(_: Any) -> None:
        try:
            data = base64.b64encode(make()).decode()
        except Exception as problem:
            if on_error is None:
                raise
            on_error(problem)
            return
        set_payload({"n": payload["n"] + 1, "name": filename, "mime": mime, "data": data})

    _download(label=label, payload=payload, disabled=disabled, event_make=give)


@solara.component_vue("vue/copy.vue", vuetify=False)
def _copy(label: str, text: str, done: str) -> None: ...


def Copy(label: str, text: str, done: str) -> Any:
    """Show a button that copies text; what begins with "/" gets this page's address in front.

    `done` is said afterwards. Where copying is not allowed, the text itself is shown.
    """
    return _copy(label=label, text=text, done=done)
