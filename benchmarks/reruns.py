"""Reruns of the pages in a real browser: from a user's action until the page has drawn all of it.

What is measured is what the user waits for: the way to the server, the script, the way back and
the drawing in the browser. The browser's own events give the times, so driving it costs nothing.
"""

import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from vnl_core.runs.directory import RunDir

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))

from conftest import CHROMIUM, FLAGS  # noqa: E402  # pyright: ignore
from dashboard_server import running_server  # noqa: E402  # pyright: ignore

WINDOW = ViewportSize(width=1280, height=720)
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
TIMES = 12
# Notes when what came from the server was last drawn.
_LISTEN = """() => {
  window.WebSocket = class extends WebSocket {
    constructor(...where) {
      super(...where);
      const note = () => setTimeout(() => { window.drawn = performance.now(); });
      this.addEventListener('message', () => requestAnimationFrame(note));
    }
  };
}"""
# A promise of the milliseconds from the next click or Enter until the page has drawn the last of
# what comes for it: nothing more for 300 ms. (A short script's state the page may never show.)
_ARM = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  window.rerun = new Promise((tell, fail) => {
    let began;
    const act = ({key, timeStamp}) => {
      if (!key || key === 'Enter') began ??= timeStamp;
    };
    const kinds = ['click', 'keydown'];
    kinds.forEach((kind) => addEventListener(kind, act, {capture: true}));
    const end = (how) => {
      clearInterval(watch);
      clearTimeout(limit);
      kinds.forEach((kind) => removeEventListener(kind, act, {capture: true}));
      how();
    };
    const watch = setInterval(() => {
      const quiet = performance.now() - window.drawn > 300;
      if (window.drawn > began && quiet && app.dataset.testScriptState === 'notRunning')
        end(() => tell(window.drawn - began));
    }, 20);
    const limit = setTimeout(
      () => end(() => fail(new Error('No script has run to its end for a minute.'))), 60_000);
  });
}"""


def in_browser(run: RunDir) -> Iterator[tuple[str, float, str]]:
    """A row for each action on a page that shows `run`, which has a video."""
    filmed, _ = run.videos()[0]
    with sync_playwright() as playwright, running_server(run.path.parent) as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport=WINDOW)
        page.set_default_timeout(120_000)
        page.add_init_script(f"({_LISTEN})()")
        for name, action, act in _ACTIONS:
            page.goto(f"{address}/{name}?run={run.id}&checkpoint={filmed}")
            page.wait_for_selector(SETTLED)
            page.wait_for_timeout(5000)  # charts, pictures and the 3D view come after the script
            times = [_time(page, act, turn) for turn in range(TIMES)]
            yield (f"{name or 'design'}, {action}", statistics.median(times), "ms")
            yield ("   at most", max(times), "ms")
        browser.close()


def _time(page: Page, act: Callable[[Page, int], None], turn: int) -> float:
    page.wait_for_selector(SETTLED)
    page.evaluate(_ARM)
    act(page, turn)
    return page.evaluate("rerun")


def _type(selector: str, value: str) -> Callable[[Page, int], None]:
    """Types a value that differs each turn."""

    def act(page: Page, turn: int) -> None:
        field = page.locator(f"{selector} input")
        field.fill(value.format(turn + 1))
        field.press("Enter")

    return act


def _click(selector: str) -> Callable[[Page, int], None]:
    """Clicks the buttons of `selector` in turn."""

    def act(page: Page, turn: int) -> None:
        buttons = page.locator(f"{selector} button")
        buttons.nth(turn % buttons.count()).click()

    return act


_ACTIONS = (
    ("", "another gap length", _type(".st-key-scene-arena-gap_length-high", "0.3{}")),
    ("train", "another name", _type(".st-key-run-name", "name-{}")),
    ("runs", "Refresh", _click(".st-key-refresh")),
    ("watch", "3D view or video", _click(".st-key-watch-film-view")),
)
