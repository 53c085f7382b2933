"""Photographs every page, empty, filled and with an error, light and dark, into docs/pictures.

    .venv/bin/python scripts/take-pictures.py RUNS_DIR [light | dark]

RUNS_DIR holds a finished run or two and a rollout; look at what comes out before you commit it.
The pages show its name as `make run` does, without the folders that it lies in.
"""

import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from conftest import CHROMIUM, FLAGS  # noqa: E402
from dashboard_server import running_server  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
WINDOW = {"width": 1280, "height": 720}
OTHER_WINDOWS = {"narrow": {"width": 700, "height": 900}, "wide": {"width": 1920, "height": 1080}}
WIDTH = 960  # of the pictures kept


@contextlib.contextmanager
def served(runs_dir: Path) -> Iterator[str]:
    runs_dir.mkdir(exist_ok=True)
    with contextlib.chdir(runs_dir.parent), running_server(Path(runs_dir.name)) as address:
        yield address


def photograph(page: Page, name: str) -> None:
    """Keeps what the page shows, once nothing moves any more."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(4000)  # charts and videos come after the script
    picture = Image.open(io.BytesIO(page.screenshot(timeout=90_000))).convert("RGB")
    picture.thumbnail((WIDTH, WIDTH))
    picture.save(PICTURES / f"{name}.webp", quality=80)
    print(name)


def open_page(page: Page, address: str, name: str) -> None:
    page.goto(address + ("/" if name == "design" else f"/{name}"))
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def compare(page: Page) -> None:
    """Selects the first two runs of the table, which shows their curves."""
    table = page.get_by_test_id("stDataFrame").locator("canvas").first
    for row in (1, 2):
        table.click(position={"x": 16, "y": 35 * row + 18}, force=True)
        page.wait_for_timeout(1500)


def show_panels(page: Page) -> None:
    """A rodent with its joints, contacts and forces, what it sees, and the pose panel."""
    page.locator(".st-key-preset_picker input").click()
    page.get_by_role("option", name="Rodent over gaps").first.click()
    page.get_by_text("Rodent, ").first.wait_for()
    view = page.frame_locator("iframe[title='3D view']")
    view.locator("#hand-button").click()
    view.locator("[data-part=drive]").click()  # it falls on its feet
    page.wait_for_timeout(2500)
    view.locator("[data-part=drive]").click()
    for switch in ("Contact points", "Contact forces", "Transparent walker", "What the walker"):
        view.locator("#show-panel label", has_text=switch).locator("input").dispatch_event("click")


def main(runs_dir: Path, *schemes: str) -> None:
    runs_dir = runs_dir.resolve()
    PICTURES.mkdir(parents=True, exist_ok=True)
    rollouts = (runs_dir / "rollouts").iterdir()
    newest = max((r for r in rollouts if r.is_dir()), key=lambda r: r.stat().st_mtime)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as nothing:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for scheme in schemes or ("light", "dark"):
            page = browser.new_context(viewport=WINDOW, color_scheme=scheme).new_page()
            page.set_default_timeout(90_000)
            with served(Path(nothing) / "runs") as address:
                for name in ("rollout", "train", "runs", "watch"):  # Design is never empty
                    open_page(page, address, name)
                    photograph(page, f"{name}-empty-{scheme}")
            with served(runs_dir) as address:
                for name in ("design", f"rollout?rollout={newest.name}", "train", "watch"):
                    open_page(page, address, name)
                    photograph(page, f"{name.partition('?')[0]}-{scheme}")
                open_page(page, address, "design")
                show_panels(page)
                photograph(page, f"view-{scheme}")
                for name, window in OTHER_WINDOWS.items():
                    page.set_viewport_size(window)
                    open_page(page, address, "design")
                    photograph(page, f"design-{name}-{scheme}")
                page.set_viewport_size(WINDOW)
                open_page(page, address, "runs")
                compare(page)
                photograph(page, f"runs-{scheme}")
                open_page(page, address, "design")
                low = page.locator(".st-key-scene-gap_length-low input")
                low.fill("5")
                low.press("Enter")
                photograph(page, f"design-error-{scheme}")
                for link in ("rollout?rollout=no-such", "train?run=no-such", "watch?run=no-such"):
                    open_page(page, address, link)
                    photograph(page, f"{link.partition('?')[0]}-error-{scheme}")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
