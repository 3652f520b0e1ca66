"""The stage as a part of the page: an anywidget, and the Solara component around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import solara

from simulation.browser.session.line import Line
from simulation.browser.stage import bundle
from simulation.browser.stage.feed import Feed, Message, OnEvent


class Stage(anywidget.AnyWidget):
    """Map, charts, transport bar, log and table of one run or of a pair."""

    _esm = bundle.module()
    _css = bundle.style()


class Remote:
    """Lets a page move its stage. Make one with `solara.use_memo(Remote, [])`."""

    def __init__(self) -> None:
        self.feed: Feed | None = None

    def tell(self, kind: str, **values: Any) -> None:
        """Send a message; nothing happens while the stage is not there."""
        if self.feed is not None:
            self.feed.tell({"kind": kind, **values})

    def go(self, month: int) -> None:
        """Move the playhead."""
        self.tell("go", month=month)

    def play(self) -> None:
        """Play from the playhead on."""
        self.tell("play")

    def pause(self) -> None:
        """Stop at once."""
        self.tell("pause")

    def reveal(self) -> None:
        """End the question for a drawn line."""
        self.tell("reveal")


def StageView(
    lines: Sequence[Line],
    options: Mapping[str, Any] | None = None,
    on_event: OnEvent | None = None,
    remote: Remote | None = None,
) -> Any:
    """Show one run or a pair.

    Where a line takes another course (`Line.change`), render again: the stage forgets what no
    longer holds and keeps its playhead.

    Args:
        lines: one or two runs.
        options: how they are shown, see the page's protocol; `month` is where the playhead starts.
        on_event: called with what the visitor does, but for the asking for months.
        remote: lets the page move the playhead.
    """
    # A line is the same object after it took another course; its version makes it another one to
    # Solara, which does not draw again what it is given unchanged.
    versions = [line.version for line in lines]
    return _StageView(list(lines), versions, dict(options or {}), on_event, remote)


@solara.component
def _StageView(
    lines: list[Line],
    versions: list[int],
    shown: dict[str, Any],
    on_event: OnEvent | None,
    remote: Remote | None,
) -> None:
    """Connect lines, feed and widget."""
    feed: Feed = solara.use_memo(Feed, [])
    feed.on_event = on_event
    if remote is not None:
        remote.feed = feed
    element = Stage.element()

    def connect() -> Callable[[], None]:
        widget = solara.get_widget(element)

        def receive(_: Any, message: Message, __: Any) -> None:
            feed.receive(message)

        feed.connect(lambda message, buffers: widget.send(message, buffers))
        widget.on_msg(receive)
        return lambda: widget.on_msg(receive, remove=True)

    solara.use_effect(connect, [])
    state = [
        [id(line) for line in lines],
        versions,
        json.dumps(shown, sort_keys=True, default=str),
    ]
    solara.use_effect(lambda: feed.show(lines, shown), state)
