"""Digits that a data set resized to squares are composed in their written proportions."""

import numpy as np
import pytest

from numerals.records import Digits
from numerals.scripts import SCRIPTS
from numerals.synthesis.composed_page import PageStyle, compose_page
from numerals.synthesis.digit_hands import make_hands
from numerals.synthesis.digit_proportions import proportions_of, restore_width
from numerals.synthesis.line_composition import write_line


def upright_boxes(name="digits", script="latin"):
    """Return a writer's ten digits, each a box of 10 pixels by 20; twos are half as high."""
    images = np.zeros((10, 28, 28), np.uint8)
    images[:, 4:24, 9:19] = 255
    images[2, 4:14] = 0
    return Digits(
        images, np.arange(10), SCRIPTS[script], name, script, writers=np.zeros(10, np.int64)
    )


@pytest.mark.parametrize(("across", "width"), [(1.0, 28), (1.85, 52), (0.75, 21)])
def test_restore_width_resizes_images(across, width):
    images = restore_width(upright_boxes().images, across)
    assert images.shape == (10, 28, width) and images.dtype == np.uint8
    columns = np.flatnonzero((images[3] > 128).any(axis=0))
    assert np.ptp(columns) + 1 == pytest.approx(10 * across, abs=1)
    assert (columns[0] + columns[-1]) / 2 == pytest.approx((width - 1) / 2, abs=1)


def test_proportions_are_known_for_some_data_sets():
    assert proportions_of("mnist").width_factor == proportions_of("my-digits").width_factor == 1
    assert proportions_of("kannada-mnist").width_factor > 1.5
    assert proportions_of("cmaterdb-bangla").width_factor < 1


@pytest.mark.parametrize(
    ("name", "least", "most"), [("kannada-mnist", 0.7, 1.3), ("hoda", 0.3, 0.7)]
)
def test_lines_have_the_written_proportions(name, least, most):
    digits = upright_boxes(name, "kannada")
    (hand,) = make_hands(digits)
    written = write_line(hand, digits.classes[7], np.random.default_rng(0), variation=0)
    rows, columns = np.nonzero(written.ink > 0.5)
    assert least < (np.ptp(columns) + 1) / (np.ptp(rows) + 1) < most


def test_pages_have_the_written_proportions():
    style = PageStyle(400, 300, 80, is_ruled=False, has_shadow=False, tilt=0)
    widths = []
    for name in ("hoda", "kannada-mnist"):
        digits = upright_boxes(name, "kannada")
        page = compose_page(digits, [digits.classes[7]], style)
        ((x_min, y_min, x_max, y_max),) = page.boxes[0]
        widths.append((x_max - x_min) / (y_max - y_min))
    assert widths[1] > 1.5 * widths[0]


def test_a_line_of_low_digits_has_a_low_frame():
    def height_of_frame(digits, seed):
        (hand,) = make_hands(digits)
        rng = np.random.default_rng(seed)
        return write_line(hand, digits.classes[2], rng, variation=0).frame.height

    latin, kannada = upright_boxes(), upright_boxes("hoda", "kannada")
    shares = [height_of_frame(kannada, seed) / height_of_frame(latin, seed) for seed in range(20)]
    # Latin digits are even: one that is low is small. Another script's fills its frame, unless
    # the page tells how high digits are.
    assert all(share == pytest.approx(0.5, abs=0.1) or share == 1 for share in shares)
    assert 4 < shares.count(1) < 16
