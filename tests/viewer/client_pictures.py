"""The built client in a real browser: opened, photographed, compared."""

import io
import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

import vnl_core.viewer

DIST = Path(vnl_core.viewer.__file__).parent / "frontend" / "dist"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync"]
WAIT = 90_000  # ms; software WebGL on a busy machine


def show(page: Page, address: str, query: str) -> np.ndarray:
    """The picture that the client at `address` first draws."""
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
