"""Historical digit shapes: size, variation, and use in composed lines."""

import numpy as np
import pytest

from numerals.synthesis.digit_hands import GLYPH_BASELINE, Hand
from numerals.synthesis.historical_digits import HISTORICAL_DIGITS, draw_historical_digit
from numerals.synthesis.line_composition import write_line


@pytest.mark.parametrize("digit", list(HISTORICAL_DIGITS))
def test_a_digit_fills_the_frame_of_mnist(digit):
    for seed in range(10):
        glyph = draw_historical_digit(digit, np.random.default_rng(seed))
        rows, columns = np.nonzero(glyph > 60)
        assert glyph.shape == (28, 28) and glyph.max() > 200
        assert rows.min() < 10 and 19 < rows.max() < 28
        assert 3 < np.ptp(columns) < 22


def test_shapes_are_random():
    rng = np.random.default_rng(0)
    assert (draw_historical_digit("7", rng) != draw_historical_digit("7", rng)).any()


@pytest.mark.parametrize("is_american", [True, False])
def test_some_lines_of_american_hands_have_historical_digits(is_american):
    blank = {c: np.full((1, 28, 20), 255, np.uint8) for c in "0123456789"}
    hand = Hand(blank, {c: np.full(1, GLYPH_BASELINE) for c in blank}, is_american=is_american)
    filled = []
    for seed in range(150):
        line = write_line(hand, "777", np.random.default_rng(seed), european=1.0)
        filled.append(float((line.ink > 0.3).mean()))
    is_old = np.array(filled) < 0.6 * np.median(filled)
    assert is_old.any() == is_american
