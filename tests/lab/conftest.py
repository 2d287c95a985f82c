"""Digits drawn from handwriting fonts, at half their size so that fitting is quick."""

import numpy as np
import pytest

from numerals.data import load_font_glyphs
from numerals.records import Digits


def font_digits(first: int, last: int) -> Digits:
    """Return the ten digits of some of the fonts, 14x14."""
    glyphs, characters = load_font_glyphs()
    columns = [characters.index(c) for c in "0123456789"]
    images = glyphs[first:last, columns].reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    labels = np.tile(np.arange(10), last - first)
    return Digits(images.astype(np.uint8), labels, name="fonts")


@pytest.fixture(scope="session")
def known_fonts() -> Digits:
    return font_digits(0, 30)


@pytest.fixture(scope="session")
def other_fonts() -> Digits:
    return font_digits(30, 45)
