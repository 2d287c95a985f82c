"""Transparent images are composed on a background on which they are visible."""

import numpy as np
import pytest
from PIL import Image

from numerals.images import load_picture


def strokes(color: tuple[int, int, int], canvas: tuple[int, int, int, int]) -> Image.Image:
    image = Image.new("RGBA", (60, 40), canvas)
    image.paste((*color, 255), (20, 10, 40, 30))
    return image


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize(
    ("ink", "stroke", "paper"),
    [((255, 255, 255), 255, 0), ((255, 255, 160), 244, 0), ((0, 0, 0), 0, 255)],
)
def test_strokes_on_a_transparent_canvas_are_visible(ink, stroke, paper, color, encode):
    picture = load_picture(encode(strokes(ink, (0, 0, 0, 0)), "PNG"), color=color)
    gray = picture.pixels.mean(axis=2) if color else picture.pixels
    assert abs(int(gray[20, 30]) - stroke) <= 25
    assert gray[0, 0] == paper


def test_holes_in_a_white_canvas_are_visible():
    image = Image.new("RGBA", (60, 40), "white")
    image.paste((255, 255, 255, 0), (20, 10, 40, 30))
    pixels = load_picture(image).pixels
    assert (pixels[20, 30], pixels[0, 0]) == (0, 255)


def test_page_with_dark_writing_gets_a_white_background():
    page = Image.new("RGBA", (60, 40), (255, 255, 255, 255))
    page.paste((0, 0, 0, 255), (20, 10, 40, 30))
    page.paste((0, 0, 0, 0), (0, 0, 5, 40))  # a transparent margin
    pixels = load_picture(page).pixels
    assert (pixels[20, 30], pixels[0, 0]) == (0, 255)


@pytest.mark.parametrize("mode", ["LA", "P", "RGBA", "La", "RGBa"])
def test_every_mode_with_transparency(mode, encode):
    image = strokes((255, 255, 255), (255, 255, 255, 0))
    if mode == "P":
        palette = Image.new("P", (60, 40), 0)
        palette.putpalette([255] * 6)
        palette.paste(1, (20, 10, 40, 30))
        palette.info["transparency"] = 0
        image = palette
    else:
        image = image.convert("LA").convert(mode) if mode == "La" else image.convert(mode)
    pixels = load_picture(image).pixels
    assert (pixels[20, 30], pixels[0, 0]) == (255, 0)


def test_fully_transparent_picture_is_white():
    assert (load_picture(Image.new("RGBA", (30, 20), (9, 9, 9, 0))).pixels == 255).all()


def test_arrays_with_an_alpha_channel():
    array = np.zeros((40, 60, 2), np.uint8)
    array[10:30, 20:40] = 255
    pixels = load_picture(array).pixels
    assert (pixels[20, 30], pixels[0, 0]) == (255, 0)
