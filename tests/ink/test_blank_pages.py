"""Paper without ink: nothing is found on it, and nothing is searched for in what is not there."""

import numpy as np
import pytest

from numerals.ink import find_page_ink
from numerals.ink.components import Pieces
from numerals.ink.rings import erase_rings, without_rings

RNG = np.random.default_rng(0)
BLANK = {
    "white": np.full((300, 210), 255, np.uint8),
    "grey": np.full((300, 210), 128, np.uint8),
    "black": np.zeros((300, 210), np.uint8),
    "paper with grain": RNG.normal(225, 4, (300, 210)).clip(0, 255).astype(np.uint8),
    "a strip": np.full((12, 900), 255, np.uint8),
}


def test_the_paper_is_no_ring():
    gray, ink = BLANK["white"], Pieces(np.zeros((300, 210), np.uint8))
    same_gray, same_ink = erase_rings(gray, ink)
    assert same_gray is gray and same_ink is ink
    assert without_rings(ink) is ink


def test_the_paper_is_no_ring_around_a_few_specks():
    mask = np.zeros((300, 210), np.uint8)
    mask[100:103, 50:53] = mask[200:203, 150:153] = 255
    ink = Pieces(mask)
    assert without_rings(ink) is ink


def test_a_ring_is_still_found():
    mask = np.zeros((300, 210), np.uint8)
    mask[50:250, 20:190] = 255
    mask[56:244, 26:184] = 0
    mask[100:180, 60:70] = mask[100:180, 110:120] = 255
    kept = without_rings(Pieces(mask))
    assert kept.mask[140, 65] and not kept.mask[52, 100]


@pytest.mark.parametrize("paper", BLANK.values(), ids=BLANK)
@pytest.mark.parametrize("how", [{}, {"level": 3.0}, {"level": 0.3}, {"field": True}], ids=str)
def test_blank_pages_have_no_lines(paper, how):
    assert find_page_ink(paper, **how).lines == ()
