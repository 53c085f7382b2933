"""Lays the 3D view's pictures beside MuJoCo's own, into docs/pictures/likeness-WALKER.webp.

    .venv/bin/python scripts/compare-view.py

Left the browser, right mujoco.Renderer; the free camera, the first and the last. Prints how far
they differ: mean colours of squares of ten pixels, of 255. tests/viewer holds the bound.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / folder) for folder in ("e2e", "viewer")]

from vnl_core.rendering import gl  # noqa: E402

gl.choose()

from client_pictures import CHROMIUM, FLAGS, coarse, difference, show  # noqa: E402
from dashboard_server import running_server  # noqa: E402

from vnl_core.config import SceneConfig  # noqa: E402
from vnl_core.rendering.gl_thread import render  # noqa: E402
from vnl_core.scene import build  # noqa: E402
from vnl_core.ui.server.routes import viewer_url  # noqa: E402

WINDOW = {"width": 480, "height": 380}
WALKERS = ("ant", "rodent", "cmu_humanoid")


def main() -> None:
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as nothing,
        running_server(Path(nothing)) as address,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport=WINDOW)
        page.set_default_timeout(120_000)
        for walker in WALKERS:
            scene = build(SceneConfig(walker=walker))
            view, _, query = (address + viewer_url(scene=scene.config)).partition("?")
            rows = []
            for camera in (-1, 0, scene.cameras[-1].index):
                drawn = show(page, view, f"{query}&camera={camera}")
                height, width, _ = drawn.shape
                # The view's free camera begins as the close-up.
                seen_from = "close-up" if camera == -1 else camera
                own = render(scene, None, seen_from, width, height, quality="full").astype(int)
                print(
                    f"{walker:14} camera {camera:2} {difference(coarse(drawn), coarse(own)):6.1f}"
                )
                rows.append(np.concatenate([drawn, own], axis=1))
            picture = Image.fromarray(np.concatenate(rows).astype(np.uint8))
            picture.save(ROOT / "docs" / "pictures" / f"likeness-{walker}.webp", quality=80)
        browser.close()


if __name__ == "__main__":
    main()
