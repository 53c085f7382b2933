"""The real server, on a free port of this machine, one for all tests, and a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dashboard_server import running_server
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = next(
    (path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None
)
# As root in a container; videos start without a click, as they do in a page one has used.
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
)
# Cold caches and two busy cores; a wait ends as soon as what it waits for is there.
PATIENCE = 60_000  # ms
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def runs_dir(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def server(runs_dir) -> Iterator[str]:
    """The server's address."""
    with running_server(runs_dir) as address:
        yield address


# Playwright runs once at a time in a process: a module's browser is closed at its end.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("There is no Chromium. Type: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser, server) -> Iterator[Page]:
    """A fresh tab of 1280 × 720.

    The test fails if a script of the page does, or if a page asks another machine than this
    server; it gets no answer from there, as without a network.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 720}, base_url=server)
    elsewhere: list[str] = []

    def refuse(route) -> None:
        elsewhere.append(route.request.url)
        route.abort()

    context.route(lambda url: urlsplit(url).netloc not in ("", urlsplit(server).netloc), refuse)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    assert not errors
    assert not elsewhere
