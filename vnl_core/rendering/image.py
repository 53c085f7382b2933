"""A picture as the bytes of an image file."""

import io
from typing import Literal

import numpy as np
from PIL import Image


def encode(pixels: np.ndarray, kind: Literal["png", "jpeg"] = "png") -> bytes:
    """RGB pixels, uint8 (height, width, 3), as a PNG, or as a JPEG a third of its size."""
    buffer = io.BytesIO()
    # Level 1: the GL thread draws the next preview sooner than zlib's best would be done.
    Image.fromarray(pixels).save(buffer, kind, quality=85, compress_level=1)
    return buffer.getvalue()
