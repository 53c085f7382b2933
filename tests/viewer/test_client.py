"""The built client in a real browser, served as plain files."""

import functools
import io
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

import vnl_core.viewer
from vnl_core.rendering.worker import render
from vnl_core.scene import build
from vnl_core.viewer import motion_file, scene_file

DIST = Path(vnl_core.viewer.__file__).parent / "frontend" / "dist"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync"]
WAIT = 60_000  # ms; software WebGL on a busy machine

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (DIST / "viewer.js").exists(), reason="the 3D client is not built: run `make setup`"
    ),
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(scene, glide, tmp_path_factory) -> Path:
    """What the server serves: the bundle and the files of an ant and of a rodent."""
    folder = tmp_path_factory.mktemp("www")
    shutil.copytree(DIST, folder / "viewer")
    (folder / "ant.json").write_bytes(scene_file(scene))
    (folder / "ant.bin").write_bytes(b"".join(motion_file(scene, glide)))
    rodent = build(scene.config.changed(walker="rodent"))
    (folder / "rodent.json").write_bytes(scene_file(rodent))
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/viewer/index.html"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 400, "height": 340})
    page.set_default_timeout(WAIT)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def show(page: Page, address: str, query: str) -> np.ndarray:
    page.goto(f"{address}?{query}")
    page.wait_for_selector("body[data-state=ready]")
    return picture(page)


def picture(page: Page) -> np.ndarray:
    """The canvas after two refreshes of the screen: what was asked before has been drawn."""
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    shot = page.locator("#picture").screenshot(timeout=WAIT)
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Mean absolute difference of two pictures, of 255."""
    return float(np.abs(a - b).mean())


def coarse(pixels: np.ndarray) -> np.ndarray:
    """Mean colours of squares of ten pixels: each blade of grass is drawn differently."""
    image = Image.fromarray(pixels.astype(np.uint8))
    return np.asarray(image.reduce(10)).astype(int)


@pytest.mark.parametrize("walker", ["ant", "rodent"])
@pytest.mark.parametrize("camera", [-1, 1])
def test_it_looks_as_mujocos_own_picture(page, address, scene, walker, camera):
    drawn = show(page, address, f"scene=../{walker}.json&camera={camera}")
    height, width, _ = drawn.shape
    own = render(build(scene.config.changed(walker=walker)), None, camera, width, height)
    elsewhere = render(scene, None, 0, width, height)
    assert drawn.std() > 20
    # The rodent's spot light is as bright on the ground between corners only here (15, ant 3).
    assert difference(coarse(drawn), coarse(own)) < 20
    assert difference(coarse(drawn), coarse(elsewhere)) > 30


def test_the_scrubber_moves_the_walker_and_follow_keeps_it_in_sight(page, address):
    start = show(page, address, "scene=../ant.json&motion=../ant.bin&camera=0")
    page.locator("#scrubber").fill("0.5")
    middle = picture(page)
    assert difference(start, middle) > 1
    assert page.locator("#clock").inner_text() == "0.50 / 1.00 s"

    page.select_option("#camera", "-1")
    page.locator("#follow").uncheck()
    before = picture(page)
    page.locator("#scrubber").fill("1")
    assert difference(before, picture(page)) > 3


def test_cameras_are_chosen_by_index_and_name_and_the_free_one_is_kept(page, address, scene):
    start = show(page, address, "scene=../ant.json")
    listed = page.locator("#camera option").all_inner_texts()
    assert listed == [f"{index} {name}" for index, name in scene.cameras]
    page.select_option("#camera", "0")
    assert difference(start, picture(page)) > 10
    page.select_option("#camera", "-1")
    assert difference(start, picture(page)) < 1


def test_dragging_orbits_the_free_camera(page, address):
    start = show(page, address, "scene=../ant.json")
    page.mouse.move(200, 100)
    page.mouse.down()
    page.mouse.move(260, 120, steps=3)
    page.mouse.up()
    assert difference(start, picture(page)) > 3


def test_play_runs_to_the_end_and_stops(page, address):
    show(page, address, "scene=../ant.json&motion=../ant.bin")
    page.select_option("#speed", "2")
    page.click("#play")
    page.wait_for_function("document.querySelector('#clock').textContent.startsWith('1.00')")
    assert page.locator("#play").get_attribute("aria-label") == "Play"


def test_nothing_is_fetched_from_elsewhere(page, address):
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    show(page, address, "scene=../ant.json&motion=../ant.bin")
    own = address.removesuffix("viewer/index.html")
    assert urls
    assert [url for url in urls if not url.startswith((own, "data:"))] == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "No scene was named."),
        ("scene=../none.json", "The scene could not be loaded (404)."),
        ("scene=../rodent.json&motion=../ant.bin", "The motion belongs to another scene."),
    ],
)
def test_a_failure_is_told_on_the_page(page, address, query, message):
    page.goto(f"{address}?{query}")
    page.wait_for_selector("body[data-state=failed]")
    assert message in page.get_by_role("alert").inner_text()
