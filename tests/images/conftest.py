"""Images with known pixels for the tests."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

WIDTH, HEIGHT = 96, 64


@pytest.fixture
def drawing() -> np.ndarray:
    """Return a white image with a black block top left and a grey one bottom right."""
    pixels = np.full((HEIGHT, WIDTH), 255, np.uint8)
    pixels[8:24, 8:40] = 0
    pixels[40:56, 64:88] = 128
    return pixels


@pytest.fixture
def encode() -> Callable[..., bytes]:
    """Return a function of image, format and ``save`` options that returns the bytes of a file."""

    def to_bytes(image: Image.Image | np.ndarray, kind: str, **options: Any) -> bytes:
        if isinstance(image, np.ndarray):
            image = Image.fromarray(image)
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        return buffer.getvalue()

    return to_bytes


@pytest.fixture
def tiff_of_three(encode: Callable[..., bytes]) -> bytes:
    """Return a TIFF of three grey square pages: sides and grey levels are 10, 20 and 30."""
    pages = [Image.new("L", (side, side), side) for side in (10, 20, 30)]
    return encode(pages[0], "TIFF", save_all=True, append_images=pages[1:])
