"""Hundreds of damaged files are read or raise an ImageError, each within a time limit."""

import io
import random

import numpy as np
import pytest
from PIL import Image

import hostile_pdfs as pdfs
from numerals.errors import NumeralsError
from numerals.images import Limits, load_pictures

SMALL = Limits(pixels=1_000_000, pages=5)  # a damaged header may declare a large image


def seeds() -> list[bytes]:
    """Return small files of many formats."""
    ramp = np.arange(24 * 16, dtype=np.uint8).reshape(16, 24)
    gray = Image.fromarray(ramp)
    exif = Image.Exif()
    exif[0x0112] = 6
    kinds = [
        (gray, "JPEG", {"progressive": True, "exif": exif}),
        (gray.convert("CMYK"), "JPEG", {}),
        (gray.convert("P"), "PNG", {"transparency": 3}),
        (Image.fromarray(ramp.astype(np.uint16) * 256), "PNG", {}),
        (gray.convert("LA"), "PNG", {}),
        (Image.fromarray(ramp.astype(np.float32)), "TIFF", {"compression": "tiff_adobe_deflate"}),
        (Image.fromarray(ramp.astype(np.int32)), "TIFF", {"compression": "tiff_lzw"}),
        (gray.convert("1"), "TIFF", {"compression": "group4"}),
        (gray.convert("CMYK"), "TIFF", {}),
        (gray, "TIFF", {"save_all": True, "append_images": [gray, gray]}),
        (gray, "GIF", {"save_all": True, "append_images": [gray.rotate(90)]}),
        (gray.convert("RGBA"), "WEBP", {"lossless": True}),
        (gray.convert("RGB"), "BMP", {}),
    ]
    return [encoded(*kind) for kind in kinds]


def encoded(image: Image.Image, kind: str, options: dict) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Change some bytes, and sometimes truncate the file, or repeat or remove a part."""
    content = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 30))):
        place = min(chance.randrange(len(content)), chance.randrange(len(content)))  # headers first
        content[place] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    start = chance.randrange(len(content))
    end = chance.randrange(start, len(content))
    match chance.randrange(5):
        case 0:
            del content[end:]
        case 1:
            del content[start:end]
        case 2:
            content[start:start] = content[start:end]
    return bytes(content)


def check(data: bytes) -> bool:
    """Return whether the bytes were decoded."""
    try:
        for picture in load_pictures(data, limits=SMALL, resolution=36, max_side=200):
            assert picture.pixels.dtype == np.uint8
            assert picture.pixels.ndim == 2 and picture.pixels.size > 0
    except NumeralsError as error:
        assert str(error).startswith("<bytes>")
        return False
    return True


@pytest.mark.parametrize("number", range(13))
def test_damaged_pictures(number):
    chance = random.Random(number)
    seed = seeds()[number]
    assert check(seed)
    outcomes = {check(mutated(seed, chance)) for _ in range(25)}
    assert False in outcomes


def test_damaged_pdfs():
    chance = random.Random(0)
    page = pdfs.one_page(b"0 0 200 300 re f q 9 0 0 9 0 0 cm Q BT ET", b"/Font << >>")
    assert check(page)
    outcomes = {check(mutated(page, chance)) for _ in range(12)}
    assert outcomes == {True, False}
