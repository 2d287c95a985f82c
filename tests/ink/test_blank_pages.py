"""Blank paper: no lines and no numbers are found."""

import numpy as np
import pytest

from numerals.ink import find_field_ink
from numerals.models.page_model import load_page_model
from numerals.page.number_detection import find_numbers

RNG = np.random.default_rng(0)
BLANK = {
    "white": np.full((300, 210), 255, np.uint8),
    "gray": np.full((300, 210), 128, np.uint8),
    "black": np.zeros((300, 210), np.uint8),
    "paper with grain": RNG.normal(225, 4, (300, 210)).clip(0, 255).astype(np.uint8),
    "a strip": np.full((12, 900), 255, np.uint8),
}


@pytest.mark.parametrize("paper", BLANK.values(), ids=BLANK)
def test_blank_fields_have_no_lines(paper):
    assert find_field_ink(paper).lines == ()


@pytest.mark.parametrize("paper", BLANK.values(), ids=BLANK)
def test_blank_pages_have_no_numbers(paper):
    rgb = np.repeat(paper[..., None], 3, axis=2)
    found = find_numbers(load_page_model(), rgb)
    assert found.lines == () and not found.has_number_ink
    assert found.turn == 0
