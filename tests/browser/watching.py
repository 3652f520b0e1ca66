"""Visitors of the page, watched: what goes wrong in any of their windows is a fault of the test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.serving import ROOT, Server

SHOTS = ROOT / "build" / "browser"
"""Where screenshots of the pages are kept, and of windows in which a test failed."""

PATIENCE = 45_000
"""Milliseconds that anything may take to appear; tests share the machine with other work."""


class Watch:
    """Every window of a browser, and what went wrong there.

    Attributes:
        faults: errors in the console, errors of scripts, requests to other machines.
        server: the server whose pages are looked at.
    """

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser = browser
        self.server = server
        self.faults: list[str] = []
        self.expected: tuple[re.Pattern[str], ...] = ()
        self._host = urlsplit(server.address).netloc
        self._usual: BrowserContext | None = None
        self._others: list[BrowserContext] = []

    # ------------------------------------------------------------------ windows

    def context(self, **options: Any) -> BrowserContext:
        """Return another browser as it were: own cookies, own storage, own cache."""
        context = self.browser.new_context(
            viewport=options.pop("viewport", {"width": 1280, "height": 900}), **options
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._fault(f"script: {error.error}"))
        context.on("request", lambda request: self._request(request.url))
        context.on("page", lambda page: page.on("websocket", lambda ws: self._request(ws.url)))
        return context

    def open(
        self,
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 900,
        apart: bool = False,
        **options: Any,
    ) -> Page:
        """Open a page of the server in a new window and wait until its heading is there.

        Args:
            path: what comes after the address.
            width: width of the window, pixels.
            height: height of the window, pixels.
            apart: in a browser of its own, which shares nothing with the others.
            **options: options of that browser, such as `reduced_motion`; they set it apart.
        """
        if apart or options:
            context = self.context(**options)
            self._others.append(context)
        else:
            self._usual = context = self._usual or self.context()
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(path if "://" in path else self.server.address + path)
        page.locator("main h1").first.wait_for()
        return page

    def close(self) -> None:
        """Close all windows; the usual browser keeps its cache for the next test."""
        for context in self._others:
            context.close()
        self._others.clear()
        for page in self._usual.pages if self._usual else ():
            page.close()

    @property
    def pages(self) -> Iterator[Page]:
        """All windows that are open."""
        for context in self.browser.contexts:
            yield from context.pages

    # ------------------------------------------------------------------- faults

    def _fault(self, text: str) -> None:
        if not any(pattern.search(text) for pattern in self.expected):
            self.faults.append(text)

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self._fault(f"console: {message.text[:500]} ({message.page and message.page.url})")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("data", "blob", "about", "file"):
            return
        if parts.netloc != self._host:
            self._fault(f"request outside: {url}")

    @contextmanager
    def expecting(self, *patterns: str) -> Iterator[None]:
        """Take faults that match as part of what is tested."""
        before, self.expected = self.expected, tuple(re.compile(text) for text in patterns)
        yield
        self.expected = before

    def start(self) -> None:
        """Begin a test: what went wrong before is not its fault."""
        self.faults.clear()
        self.server.complaints()

    def check(self) -> None:
        """Fail where anything went wrong that nobody would have noticed."""
        faults = [*self.faults, *(f"server: {text}" for text in self.server.complaints())]
        assert not faults, "\n".join(faults)

    def keep(self, name: str) -> None:
        """Keep a picture of every window, after a failure."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        for place, page in enumerate(self.pages):
            file = SHOTS / f"failed-{name}-{place}.png"
            try:
                page.screenshot(path=file, full_page=True, timeout=5000)
            except Exception as problem:
                file.with_suffix(".txt").write_text(str(problem), encoding="utf-8")


def keep_picture(page: Page, name: str) -> Path:
    """Keep a picture of a page for who looks at the results of CI."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    file = SHOTS / f"{name}.png"
    page.screenshot(path=file, full_page=True, animations="disabled")
    return file
