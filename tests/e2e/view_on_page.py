"""The 3D view in its frame on a page."""

import io
import time

import numpy as np
from PIL import Image
from playwright.sync_api import Frame, FrameLocator, Page, Response


def is_scene(response: Response) -> bool:
    """Whether the view was sent its description of a scene."""
    return "/view/scene.json" in response.url


def boxes_of(scene: Response) -> list[float]:
    """Places along the corridor of the boxes that the view draws, in m."""
    return [geom["position"][0] for geom in scene.json()["geoms"] if geom["shape"] == "box"]


def view_of(page: Page, where: str = "iframe[title='3D view']") -> FrameLocator:
    """The page's 3D view, once its first picture is there."""
    view = page.frame_locator(where)
    view.locator("body[data-state=ready]").wait_for()
    return view


def frame_of(page: Page) -> Frame:
    """The view's own page, to evaluate scripts in."""
    return next(frame for frame in page.frames if "/viewer/" in frame.url)


def shot_of(view: FrameLocator) -> bytes:
    """A PNG of the picture."""
    return view.locator("#picture").screenshot(timeout=90_000)


def spread(shot: bytes) -> float:
    """Standard deviation of a PNG's brightness, of 255: a blank picture has none."""
    return float(np.asarray(Image.open(io.BytesIO(shot)).convert("L")).std())


def changes(view: FrameLocator, before: bytes) -> bool:
    """Whether the picture becomes another within the seconds a busy machine may take."""
    deadline = time.monotonic() + 20
    while shot_of(view) == before:
        if time.monotonic() > deadline:
            return False
    return True
