"""A line of text along the top of a picture."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_MARGIN = 0.3  # of the font's size, around the text
_SHADE = 0.45  # how much of the picture is seen through the bar


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def with_title(pixels: np.ndarray, text: str) -> np.ndarray:
    """A copy of RGB `pixels` (height, width, 3) with `text` on a dark bar at the top."""
    height, width, _ = pixels.shape
    size = max(9, min(height // 24, round(width / 32)))
    bar = min(height, round(size * (1.2 + 2 * _MARGIN)))
    titled = pixels.copy()
    titled[:bar] = (titled[:bar] * _SHADE).astype(np.uint8)
    image = Image.fromarray(titled)
    ImageDraw.Draw(image).text(
        (round(size * _MARGIN) + 2, round(size * _MARGIN)), text, (255, 255, 255), _font(size)
    )
    return np.asarray(image)
