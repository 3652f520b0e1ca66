"""One server and one chromium for all tests of this folder, and every window watched.

A test fails on an error in the console, an error of a script, a traceback of the server, or a
request that is meant for another machine, whatever else it looks at.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser import chromium
from tests.browser.serving import Server
from tests.browser.watching import PATIENCE, Watch

HERE = Path(__file__).parent

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests here, so that `-m "not browser"` leaves them out."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


# These last as long as the folder, not the session: Playwright keeps an event loop in this thread,
# and other tests start loops of their own.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    if chromium.left_out():
        pytest.skip(f"{chromium.LEAVE_OUT} is set: the pages are not tested in a browser")
    try:
        path = chromium.get()
    except chromium.NoBrowser as problem:
        pytest.fail(str(problem), pytrace=False)
    playwright: Playwright = request.getfixturevalue("playwright")
    browser = playwright.chromium.launch(executable_path=path, args=[*chromium.FLAGS])
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "server.log") as server:
        yield server


@pytest.fixture(scope="package")
def watch(browser: Browser, server: Server) -> Watch:
    return Watch(browser, server)


@pytest.fixture
def visit(watch: Watch) -> Iterator[Watch]:
    """The visitors of a test; `visit.open("/play")` is a window of one."""
    watch.start()
    yield watch
    watch.close()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    visit = pyfuncitem.funcargs.get("visit")
    if not isinstance(visit, Watch):
        return (yield)
    try:
        result = yield
        visit.check()
    except BaseException:
        visit.keep("".join(c if c.isalnum() else "-" for c in pyfuncitem.name))
        raise
    return result
