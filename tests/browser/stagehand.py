"""Works the stage of a page as a visitor does, and reads what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from simulation.browser.words import say

_FRAMES = """([run, first, last]) => {
  const store = document.querySelector(".k-stage").kindlingStage.stores[run];
  const fold = (hash, bytes) => {
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
    return hash;
  };
  return store.frames.slice(first, last + 1).map((frame) => {
    let hash = fold(2166136261, frame.flags);
    for (const channel of frame.channels) hash = fold(hash, channel);
    hash = fold(hash, frame.trust);
    const values = frame.values;
    hash = fold(hash, new Uint8Array(new Float32Array(values).buffer));
    return `${frame.month}:${frame.nodes}:${frame.ties}:${hash}`;
  });
}"""

_COLOURS = """(canvas) => {
  const { width, height } = canvas;
  if (!width || !height) return 0;
  const image = canvas.getContext("2d").getImageData(0, 0, width, height);
  return new Set(new Uint32Array(image.data.buffer)).size;
}"""


class Stagehand:
    """The stage of one window; `place` is where it is looked for, the whole page by default."""

    def __init__(self, page: Page, place: Locator | None = None) -> None:
        self.page = page
        self.element = (place or page.locator("body")).locator(".k-stage").first
        self.element.wait_for()

    def button(self, key: str) -> Locator:
        """A button of the transport bar, by the key of its words."""
        return self.element.get_by_role("button", name=say(f"stage.transport.{key}"), exact=True)

    @property
    def ruler(self) -> Locator:
        """The ruler of months."""
        return self.element.get_by_role("slider", name=say("stage.transport.ruler"), exact=True)

    @property
    def map(self) -> Locator:
        """The map that is entered with one press of Tab."""
        return self.element.get_by_role("application").first

    @property
    def log(self) -> Locator:
        """The list of what just happened."""
        return self.element.get_by_role("region", name=say("stage.log.name"))

    # --------------------------------------------------------------------- time

    @property
    def month(self) -> int:
        """The month on show; -1 before the first is drawn."""
        return int(self.element.get_attribute("data-month") or -1)

    @property
    def months(self) -> int:
        """The last month of the run."""
        return int(self.ruler.get_attribute("max") or 0)

    def shows(self, month: int) -> None:
        """Wait until a month is drawn."""
        expect(self.element).to_have_attribute("data-month", str(month))

    def passes(self, month: int) -> None:
        """Wait until a month or a later one is drawn."""
        self.page.wait_for_function(
            "([stage, month]) => Number(stage.dataset.month) >= month",
            arg=[self.element.element_handle(), month],
        )

    def go(self, month: int) -> None:
        """Move the ruler to a month and wait until it is drawn."""
        self.ruler.fill(str(month))
        self.shows(month)

    def step(self) -> int:
        """Go one month on; return the month."""
        month = self.month + 1
        self.button("step").click()
        self.shows(month)
        return month

    # ----------------------------------------------------------------- contents

    def frames(self, first: int, last: int, run: int = 0) -> list[str]:
        """Return a fingerprint of all that each month holds, from one month to another."""
        prints: list[str] = self.page.evaluate(_FRAMES, [run, first, last])
        assert len(prints) == last - first + 1, f"months {first} to {last}: {len(prints)} are here"
        return prints

    def last(self, run: int = 0) -> int:
        """Return the last month that the browser holds."""
        return int(self._store("store.last", run))

    def events(self, run: int = 0) -> list[dict[str, Any]]:
        """Return the events that flags stand for."""
        events: list[dict[str, Any]] = self._store("store.setup.events", run)
        return events

    def residents(self, run: int = 0) -> int:
        """Return how many residents' homes the map has."""
        return int(self._store("store.setup.nodes.role.filter((role) => role === 0).length", run))

    def value(self, key: str, month: int, run: int = 0) -> float:
        """Return one value of a month, as the charts draw it."""
        place = f'store.setup.values.findIndex((value) => value.key === "{key}")'
        return float(self._store(f"store.lines[{place}][{month}]", run))

    def _store(self, expression: str, run: int) -> Any:
        store = "const store = stage.kindlingStage.stores[run];"
        code = f"(stage, run) => {{ {store} return {expression}; }}"
        return self.element.evaluate(code, run)

    @contextmanager
    def renewed(self, run: int = 0) -> Iterator[None]:
        """Wait, after what is done inside, until the run is told anew and its month is drawn."""
        self._store("store.setup.seen = true", run)
        yield
        arrived = """(run) => {
          const store = document.querySelector(".k-stage")?.kindlingStage.stores[run];
          return store && !store.setup.seen && store.last >= 0;
        }"""
        self.page.wait_for_function(arrived, arg=run)

    def colours(self) -> list[int]:
        """Return how many colours each canvas in sight shows."""
        shown = self.element.locator("canvas:visible")
        return [canvas.evaluate(_COLOURS) for canvas in shown.all()]

    def lines(self) -> list[str]:
        """Return the lines of the log, the latest first."""
        return self.log.get_by_role("listitem").all_inner_texts()

    def table(self) -> list[str]:
        """Return the rows of the table twin, its first page, as text; it must be open."""
        region = self.element.get_by_role("region", name=say("stage.table.people")).first
        return region.get_by_role("row").all_inner_texts()
