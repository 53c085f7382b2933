import io

import numpy as np
from PIL import Image

from vnl_core.rendering.image import encode


def test_png_gives_the_pixels_back_and_jpeg_nearly():
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, 30:] = (200, 100, 50)
    png = Image.open(io.BytesIO(encode(pixels)))
    jpeg = Image.open(io.BytesIO(encode(pixels, "jpeg")))
    assert (png.format, jpeg.format) == ("PNG", "JPEG")
    assert np.array_equal(np.asarray(png), pixels)
    assert np.abs(np.asarray(jpeg).astype(int) - pixels).mean() < 5
